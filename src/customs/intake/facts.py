"""Facts (事实) that the enterprise states once for all orders: each is checked by the term of its field in a declaration.

>>> unfit("2991", ClearanceFacts, "customs_code") is None
True
>>> unfit(2991, ClearanceFacts, "customs_code").en
'2991 is a number; a code is a text and may begin with zeros: write "2991" (a code of the list districts, 4 characters)'
>>> unfit("日本", Line, "origin_country").zh
'所给 "日本" 是名称，代码为 116：应写作 "116"（代码表 countries 中的代码，3 位）'
"""

from functools import cache
from typing import Annotated, Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from customs.codes import OPEN_LISTS, code_list
from customs.declaration import ClearanceFacts, Line, OrderFacts, Parties, PaymentFacts, WaybillFacts
from customs.fields import Record, terms_of
from customs.fields.given import meaning, misfit, named, shown_value
from customs.fields.terms import Code, Count, Decimals, Term, Text
from customs.rules.reading import name_of
from customs.rules.texts import text_findings

#: The parts of a declaration whose fields an enterprise may state once, by the first step of a path.
PARTS: dict[str, type[Record]] = {
    "parties": Parties,
    "clearance": ClearanceFacts,
    "order": OrderFacts,
    "payment": PaymentFacts,
    "waybill": WaybillFacts,
    "line": Line,
}

#: Fields that each order has its own value of; stated once for all they would be wrong.
_OF_EACH_ORDER = frozenset(
    {
        "order.order_no", "order.lines", "order.goods_value", "order.tax_total", "order.paid_amount",
        "payment.payment_no", "payment.amount_paid", "payment.paid_at", "waybill.waybill_no", "waybill.goods_info",
        "clearance.internal_no", "clearance.pre_entry_no", "clearance.list_no", "clearance.net_weight", "line.gnum",
        "line.item_no", "line.qty", "line.total_price", "line.legal_qty1", "line.legal_qty2",
    }
)  # fmt: skip


class WrongFact(NamedTuple):
    """Why a value does not fit its field, what is allowed and what to write, in English and Chinese."""

    en: str
    zh: str


def is_of_each_order(part: str, name: str) -> bool:
    """True if every order has its own value of a field: its numbers, its amounts, its persons.

    >>> is_of_each_order("order", "buyer_name"), is_of_each_order("order", "currency")
    (True, False)
    """
    term = terms_of(PARTS[part]).get(name)
    return f"{part}.{name}" in _OF_EACH_ORDER or (term is not None and term.personal and name != "local")


def unfit(value: object, record: type[Record], name: str) -> WrongFact | None:
    """Return why a value does not fit a field of a declaration, None if it does.

    Texts fit where JSON parcels may hold them; numbers fit counts alone.
    """
    term = terms_of(record)[name]
    if not isinstance(value, str) and not (isinstance(term, Count) and type(value) is int):
        return _another_kind(value, term)
    try:
        _adapter(record, name).validate_python(value)
    except ValidationError as error:
        return _refused(value, term, str(error.errors(include_url=False, include_context=False)[0]["type"]))
    if not isinstance(value, str):
        return None
    return _unlisted(value, term) or _badly_formed(value, term, name)


@cache
def _adapter(record: type[Record], name: str) -> "TypeAdapter[Any]":
    info = record.model_fields[name]
    kind: Any = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
    return TypeAdapter(kind)


def _another_kind(value: object, term: Term) -> WrongFact:
    if isinstance(value, int | float) and not isinstance(value, bool):
        why = misfit(value, term)
        return _told(why.en, why.zh, why.right, term)
    return _told("it is no text", "所给的值不是文本", "", term)


def _refused(value: str | int, term: Term, kind: str) -> WrongFact:
    if kind == "string_pattern_mismatch":
        return _told("it has characters that no message can carry", "所给的值含报文不能承载的字符", "", term)
    if isinstance(term, Text) and kind in ("string_too_short", "string_too_long"):
        count = len(str(value))
        return _told(f"it has {count} characters", f"所给的值有 {count} 个字符", "", term)
    why = misfit(value, term)
    return _told(why.en, why.zh, why.right, term)


def _told(en: str, zh: str, right: str, term: Term) -> WrongFact:
    allowed = term.allowed
    write_en, write_zh = (f": write {right}", f"：应写作 {right}") if right else ("", "")
    return WrongFact(f"{en}{write_en} ({allowed.en})", f"{zh}{write_zh}（{allowed.zh}）")


def _unlisted(value: str, term: Term) -> WrongFact | None:
    """Return why a text is no code of its list; a list that is known to be incomplete refuses only names."""
    listed = term.listed if isinstance(term, Code | Text) else None
    if not listed or value in code_list(listed):
        return None
    if meant := named(listed, value):
        zh, en = meaning(value, meant)
        return _told(f'"{value}" {en}', f'所给 "{value}" {zh}', "", term)
    if listed in OPEN_LISTS:
        return None
    shown = shown_value(value, term) or "it"
    return _told(f"{shown} is not in the list", f"{shown if shown != 'it' else '所给的值'} 不在代码表中", "", term)


def _badly_formed(value: str, term: Term, name: str) -> WrongFact | None:
    """Return the error that a parcel with this text would have, such as a wrong check character."""
    if isinstance(term, Decimals | Count):
        return None
    for each in text_findings("", name, value, name_of(term)):
        if each.is_error or each.code == "text-blanks":
            return WrongFact(f"{each.en} {each.advice_en}", f"{each.zh}{each.advice_zh}")
    return None
