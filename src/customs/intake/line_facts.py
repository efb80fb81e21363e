"""Facts of a line (商品行资料): what the row says, what the goods record of its SKU says, what the profile says of all goods.

Legal quantities are the traded quantity times the record's conversion, exactly; nothing is rounded.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from typing import Any

from customs.fields.digits import PLACES, plain_digits
from customs.fields.money import product
from customs.intake.cell_values import narrow
from customs.intake.column_names import SKU, term_of_path
from customs.intake.draft import Draft, WrittenAt, same, shown_cell
from customs.intake.goods import FindGoods, GoodsRecord
from customs.intake.problems import GoodsError
from customs.intake.profile import Profile
from customs.rules import catalogue
from customs.rules.reading import name_of

#: Reasons for which goods may not be declared, in English and Chinese.
_STATES = {
    "pending": ("not approved yet", "待备案"),
    "refused": ("refused", "未通过"),
    "suspended": ("suspended", "停用"),
}


def compose_line(draft: Draft, number: int, profile: Profile | None) -> None:
    """Add to a line of a row what its goods record and the profile give."""
    line = draft.lines[number]
    where = f"order.lines[{number}]"
    sku = line.pop(SKU, None)
    origin = draft.origins.get(f"{where}.{SKU}")
    record = _record(draft, number, sku, origin)
    if record:
        _add_record(draft, where, line, record)
    if sku is not None and origin and "item_no" not in line:
        line["item_no"] = sku
        draft.origins[f"{where}.item_no"] = origin
    for name, value in (profile.of_line if profile else {}).items():
        assert profile is not None, "its values are added"
        _add(draft, (where, name), line, value, (profile, f"line.{name}"))
    if record:
        _look_at_record(draft, where, record)
        _add_legal_quantities(draft, where, line, record)


def _record(draft: Draft, number: int, sku: Any, origin: WrittenAt | None) -> GoodsRecord | None:
    """The goods record of a line; a finding where its SKU has none."""
    goods, line, where = draft.intake.goods, draft.lines[number], f"order.lines[{number}]"
    if goods is None:
        return None
    if draft.intake.columns.at(SKU) is None:
        item_no = line.get("item_no")
        return _found(draft, where, item_no, draft.origins[f"{where}.item_no"]) if item_no else None
    if f"{where}.{SKU}" in draft.broken:
        draft.unknown_goods.add(where)
        return None
    if sku is None:
        if "hs_code" not in line:
            draft.unknown_goods.add(where)
            column = draft.intake.columns.at(SKU)
            assert column is not None
            cell = (draft.order.rows[number].number, column.index)
            draft.breaks(f"{where}.item_no", catalogue.SKU_ABSENT.at(f"{where}.item_no"), cell)
        return None
    assert origin is not None, "a SKU stands in a cell"
    record = _found(draft, where, sku, origin)
    if record is None and where not in draft.unknown_goods:
        draft.unknown_goods.add(where)
        near = next((each for each in _variants(sku) if _is_known(goods, each)), "")
        hints = (f"，相近的有 {near}", f"; there is {near}") if near else ("", "")
        finding = catalogue.SKU_UNKNOWN.at(
            f"{where}.item_no", sku=shown_cell(str(sku)) or "***", near_zh=hints[0], near=hints[1]
        )
        draft.breaks(f"{where}.item_no", finding, origin)
    return record


def _found(draft: Draft, where: str, sku: str, origin: WrittenAt) -> GoodsRecord | None:
    """The record of a SKU; one that cannot be used is a finding. A database that ignores case may find another SKU's."""
    goods = draft.intake.goods
    assert goods is not None
    try:
        record = goods(sku)
    except GoodsError as error:
        draft.unknown_goods.add(where)
        first = error.problems[0]
        path = f"{where}.item_no"
        draft.breaks(
            path, catalogue.GOODS_UNUSABLE.at(path, sku=shown_cell(sku) or "***", why=first.en, why_zh=first.zh), origin
        )
        return None
    return record if record and record.sku == sku else None


def _is_known(goods: FindGoods, sku: str) -> bool:
    try:
        return goods(sku) is not None
    except GoodsError:
        return False


def _variants(sku: str) -> Iterator[str]:
    """Ways in which the same SKU is often written."""
    bare = "".join(narrow(sku).split())
    yield from dict.fromkeys(each for each in (bare, bare.upper(), bare.lower(), bare.lstrip("0")) if each != sku)
    yield from (sku.zfill(length) for length in range(len(sku) + 1, min(len(sku) + 9, 31)) if sku.isdecimal())


def _add_record(draft: Draft, where: str, line: dict[str, Any], record: GoodsRecord) -> None:
    bonded = draft.values.get("clearance.trade_mode") != "9610"
    for name, value in record.facts.items():
        if name != "record_no" or bonded:  # a record number counts in an account book, which direct purchase has not
            _add(draft, (where, name), line, value, (record, name))


def _add(draft: Draft, at: tuple[str, str], line: dict[str, Any], value: str, origin: WrittenAt) -> None:
    """Add a fact of a line, or compare it with the one that is there."""
    where, name = at
    path = f"{where}.{name}"
    outer, _, inner = name.rpartition(".") if "." in name else ("", "", name)
    facts = line.setdefault(outer, {}) if outer else line
    if inner not in facts:
        facts[inner] = value
        draft.origins.setdefault(path, origin)
    elif not same(facts[inner], value, term_of_path(f"line.{name}")):
        draft.differ(path, (value, origin), (facts[inner], draft.origins[path]))


def _look_at_record(draft: Draft, where: str, record: GoodsRecord) -> None:
    """Say of goods that may not be declared now, or not under this account book."""
    origin = draft.origins.get(f"{where}.{SKU}") or draft.origins[f"{where}.item_no"]
    path, on = f"{where}.item_no", draft.intake.on
    if record.state and record.state != "approved":
        state, state_zh = _STATES.get(record.state, (record.state, record.state))
        draft.refuse(catalogue.GOODS_STATE.at(path, sku=record.sku, state=state, state_zh=state_zh), origin)
    begins, ends = record.valid_from, record.valid_until
    if (begins and on < begins) or (ends and on > ends):
        facts = {
            "from_zh": f"自 {begins} 起" if begins else "",
            "until_zh": f"至 {ends} 止" if ends else "",
            "from_en": f", from {begins}" if begins else "",
            "until_en": f", until {ends}" if ends else "",
        }
        draft.refuse(catalogue.GOODS_DAY.at(path, sku=record.sku, day=on, **facts), origin)
    book = draft.values.get("clearance.account_book_no")
    if record.account_book_no and book and book != record.account_book_no:
        finding = catalogue.GOODS_BOOK.at(path, sku=record.sku, book=record.account_book_no, other=book)
        draft.refuse(finding, origin)


def _add_legal_quantities(draft: Draft, where: str, line: dict[str, Any], record: GoodsRecord) -> None:
    qty = line.get("qty")
    if qty is None:
        return
    for name, per_unit in (("legal_qty1", record.per_unit1), ("legal_qty2", record.per_unit2)):
        if per_unit is None:
            continue
        path, origin = f"{where}.{name}", draft.origins[f"{where}.qty"]
        found = _legal_quantity(qty, per_unit)
        if len(found.partition(".")[2]) > PLACES:
            term = term_of_path(f"line.{name}")
            finding = catalogue.LEGAL_PLACES.at(path, name=name_of(term, path), quantity=found)
            draft.breaks(path, finding, origin)
        elif name not in line:
            line[name] = found
            draft.origins[path] = origin
        elif not same(line[name], found, term_of_path(f"line.{name}")):
            draft.differ(path, (found, (record, name)), (line[name], draft.origins[path]))


@lru_cache(maxsize=4096)
def _legal_quantity(qty: str, per_unit: Decimal) -> str:
    """The legal quantity of a traded one, without needless zeros: few differ in a list."""
    text = plain_digits(product(Decimal(qty), per_unit))
    return text.rstrip("0").rstrip(".") if "." in text else text
