"""Facts (规范字段): the names under which profiles find the values of a parcel, and what each of them is.

A name is a section and a field, such as ``order.order_no``. Fields of the standard keep their names; a few are
computed here, and facts that single areas ask for come from ``facts.toml`` and from the profile.

>>> fact_named("order.paid_amount").kind, fact_named("order.buyer_name").personal
('decimal', True)
>>> fact_named("order.colour")
Traceback (most recent call last):
    ...
LookupError: there is no fact 'order.colour'
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from customs.areas.profile.base import FactKind
from customs.areas.profile.expressions import FactName
from customs.areas.profile.model import AreaProfile, LocalFact
from customs.codes import code_list
from customs.declaration import ClearanceFacts, Line, OrderFacts, Parties, PaymentFacts, WaybillFacts
from customs.documents import DeclarationListHead, OrderHead, PaymentHead, WaybillHead
from customs.fields import Record, Term, terms_of
from customs.fields.terms import Allowed, Count, Day, Decimals, Instant, Moment, Part, Texts


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact by its canonical name: what it is, what it is called, and the field of the declaration that it comes
    from.
    """

    name: FactName
    kind: FactKind
    zh: str
    en: str
    personal: bool = False
    path: str = ""
    """The path at which a user gives it, such as ``order.order_no``; for a line below ``order.lines[n]``. Empty if it
    is computed.
    """
    values: tuple[str, ...] = ()
    """The only texts that a local fact may have, if they are known."""

    @property
    def section(self) -> str:
        """The part of the name before the point."""
        return self.name.section

    @property
    def field(self) -> str:
        """The part of the name after the point."""
        return self.name.field

    @property
    def allowed(self) -> Allowed:
        """The values that it may hold, in words."""
        if self.values:
            shown = ", ".join(self.values[:_SHOWN]) + (", ..." if len(self.values) > _SHOWN else "")
            return Allowed(f"以下之一：{shown}", f"one of {shown}")
        return _ALLOWED[self.kind]

    @property
    def of_line(self) -> bool:
        """True if each line of goods has its own."""
        return self.name.of_line


#: How many values a text names.
_SHOWN = 12

_ALLOWED: dict[FactKind, Allowed] = {
    "text": Allowed("文本", "a text"),
    "decimal": Allowed('不为负的数字字符串，如 "12.50"', 'a number of 0 or more in plain digits, such as "12.50"'),
    "count": Allowed('整数，如 "2"', 'a whole number, such as "2"'),
    "moment": Allowed("北京时间 YYYYMMDDhhmmss", "a time as YYYYMMDDhhmmss, in China Standard Time"),
    "day": Allowed("日期 YYYYMMDD", "a day as YYYYMMDD"),
}

_KINDS: dict[type[Term], FactKind] = {
    Decimals: "decimal",
    Count: "count",
    Moment: "moment",
    Instant: "moment",
    Day: "day",
}

#: The records behind each section: what the user gives, and the document in which it is complete.
RECORDS: dict[str, tuple[type[Record], ...]] = {
    "parties": (Parties,),
    "order": (OrderFacts, OrderHead),
    "payment": (PaymentFacts, PaymentHead),
    "waybill": (WaybillFacts, WaybillHead),
    "clearance": (ClearanceFacts, DeclarationListHead),
    "line": (Line,),
}

_COMPUTED = (
    Fact(FactName("parcel.app_type"), "text", "报送类型", "1 new, 2 changed, 3 deleted", path="app_type"),
    Fact(FactName("parcel.app_status"), "text", "业务状态", "1 draft, 2 declared", path="app_status"),
    Fact(FactName("parcel.line_count"), "count", "商品项数", "Lines of goods"),
    Fact(FactName("parcel.total_qty"), "decimal", "商品总数量", "Sum of the traded quantities"),
    Fact(FactName("parcel.main_goods"), "text", "主要商品", "Name of the first line of goods"),
    Fact(
        FactName("parcel.buyer_is_payer"),
        "text",
        "订购人与支付人是否一致",
        "1 where buyer and payer have one identity number, 0 otherwise",
    ),
    Fact(
        FactName("parcel.buyer_is_consignee"),
        "text",
        "订购人与收货人是否一致",
        "1 where buyer and consignee have one name, 0 otherwise",
    ),
    Fact(FactName("tax.due"), "decimal", "应征税款", "Tax due, in CNY"),
    Fact(FactName("tax.tariff"), "decimal", "关税", "Tariff, in CNY"),
    Fact(FactName("tax.vat"), "decimal", "增值税", "Value added tax, in CNY"),
    Fact(FactName("tax.consumption"), "decimal", "消费税", "Consumption tax, in CNY"),
    Fact(FactName("line.tax"), "decimal", "本项税款", "Tax on the line, in CNY"),
    Fact(
        FactName("line.legal_per_unit"),
        "decimal",
        "每成交单位的法定数量",
        "First statutory quantity of one traded unit",
    ),
    Fact(FactName("message.id"), "text", "报文编号", "Number of the message, from its template"),
    Fact(FactName("message.name"), "text", "报文类型", "Name of the message"),
    Fact(FactName("message.guid"), "text", "报文 guid", "Guid of the message"),
    Fact(FactName("message.time"), "moment", "发送时间", "When the message was written"),
    Fact(FactName("message.serial"), "count", "序号", "Serial number of the message"),
    Fact(FactName("message.count"), "count", "单证数", "Parcels in the message"),
)


@cache
def _standard() -> Mapping[str, Fact]:
    parties = set(terms_of(Parties))
    found: dict[str, Fact] = {each.name: each for each in _COMPUTED}
    for section, records in RECORDS.items():
        for record in records:
            for name, term in terms_of(record).items():
                full = f"{section}.{name}"
                if isinstance(term, (Part, Texts)) or full in found or (section != "parties" and name in parties):
                    continue
                given = record is records[0]
                path = (name if section == "line" else full) if given else ""
                found[full] = Fact(
                    FactName(full), _KINDS.get(type(term), "text"), term.zh, term.en, term.personal, path
                )
    for section, facts in _shared().items():
        for name, fact in facts.items():
            found[f"{section}.{name}"] = _local(section, name, fact)
    return found


@cache
def _shared() -> Mapping[str, Mapping[str, LocalFact]]:
    data = tomllib.loads(files("customs.areas.profile").joinpath("facts.toml").read_text(encoding="utf-8"))
    return {
        section: {name: LocalFact.model_validate(fact) for name, fact in data[key].items()}
        for section, key in (("local", "parcel"), ("goods", "goods"))
    }


def _local(section: str, name: str, fact: LocalFact) -> Fact:
    values = fact.values or (tuple(code_list(fact.code_list)) if fact.code_list else ())
    return Fact(FactName(f"{section}.{name}"), fact.kind, fact.zh, fact.en, fact.personal, f"local.{name}", values)


def fact_named(name: str, profile: AreaProfile | None = None) -> Fact:
    """The fact of that name; local facts, parameters and steps are those of ``profile``. Raises ``LookupError``."""
    if found := _standard().get(name):
        return found
    section, field = FactName(name).section, FactName(name).field
    if profile:
        own = {"local": profile.facts, "goods": profile.goods_facts}.get(section, {})
        if field in own:
            return _local(section, field, own[field])
        if section == "parameter" and field in profile.parameters:
            parameter = profile.parameters[field]
            return Fact(FactName(name), "text", parameter.zh, parameter.en, path=f"settings.parameters.{field}")
        if section == "step" and profile.gateway and field in {each.name for each in profile.gateway.all_steps}:
            return Fact(FactName(name), "text", "步骤结果", "Result of a step of the gateway")
    hint = {"local": "facts", "goods": "goods_facts", "parameter": "parameters"}.get(section)
    raise LookupError(f"there is no fact {name!r}{f': say what it is under [{hint}.{field}]' if hint else ''}")


def local_facts(profile: AreaProfile, section: str) -> Mapping[str, Fact]:
    """The facts beyond the standard that a profile may use, of a parcel (``local``) or of its lines (``goods``), by
    field.
    """
    own = profile.facts if section == "local" else profile.goods_facts
    shared = {name.partition(".")[2]: each for name, each in _standard().items() if each.section == section}
    return {**shared, **{name: _local(section, name, fact) for name, fact in own.items()}}


def fact_names() -> tuple[str, ...]:
    """The names of all facts that every profile knows."""
    return tuple(_standard())
