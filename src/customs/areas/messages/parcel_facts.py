"""The facts of a parcel (包裹事实), as local messages draw on them: sections of values under their canonical names.

The documents of the road have been built before: every derived amount is among the facts, and is the same in all
messages.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from customs.areas.area import Area, kept
from customs.areas.profile.conversions import VALUE_OF
from customs.areas.profile.facts import Fact, local_facts
from customs.areas.profile.model import AreaProfile
from customs.declaration import Declaration
from customs.documents import DeclarationListLine, ParcelDocuments
from customs.fields.digits import LAST_PLACE
from customs.fields.frozen import FrozenDict
from customs.fields.money import EXACT, ZERO, exactly
from customs.tax import TaxAssessment

#: The values of one section by field: texts, decimals, whole numbers, times and days; None where nothing is given.
Values = dict[str, Any]

#: No values at all.
NONE: Any = FrozenDict()


@dataclass(frozen=True, slots=True)
class LineFacts:
    """The facts of a line of goods: those of the standard, and the local ones."""

    line: Values = field(default_factory=dict, repr=False)
    goods: Values = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """The facts of a parcel, section by section.

    Local facts that do not have the form of their kind are left out, and their paths are ``malformed``; the paths of
    those that neither the profile nor ``facts.toml`` knows are ``unknown``: they may be for other areas.
    """

    parties: Values = field(default_factory=dict, repr=False)
    order: Values = field(default_factory=dict, repr=False)
    payment: Values = field(default_factory=dict, repr=False)
    waybill: Values = field(default_factory=dict, repr=False)
    clearance: Values = field(default_factory=dict, repr=False)
    parcel: Values = field(default_factory=dict, repr=False)
    tax: Values = field(default_factory=dict, repr=False)
    local: Values = field(default_factory=dict, repr=False)
    lines: tuple[LineFacts, ...] = ()
    malformed: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class MessageFacts(NamedTuple):
    """The facts of a message: its name, number and time, the settings of the area, results of gateway steps, and all
    its parcels. One is made for each message, which a tuple does faster than a dataclass.
    """

    message: Values = NONE
    parameter: Mapping[str, str | None] = NONE
    step: Mapping[str, str] = NONE
    parcels: tuple[ParcelFacts, ...] = ()

    def __repr__(self) -> str:
        return f"MessageFacts(parcels={len(self.parcels)})"

    def with_steps(self, results: Mapping[str, str]) -> "MessageFacts":
        """The same facts with the results of gateway steps."""
        return MessageFacts(self.message, self.parameter, results, self.parcels)


#: The facts of a place without a line, and of a message that carries no parcel of ours.
NO_LINE, NO_PARCEL = LineFacts(), ParcelFacts()


@exactly
def facts_of(
    area: Area, declaration: Declaration, documents: ParcelDocuments, assessment: TaxAssessment | None = None
) -> ParcelFacts:
    """The facts of a parcel whose documents were built; without an assessment those of tax are unknown."""
    wanted, wrong = _wanted(area, area.profile), _Wrong([], [])
    taxed = assessment.lines if assessment and assessment.computed else None
    lines = tuple(
        [
            LineFacts(
                _line(vars(line), listed, taxed[at].due if taxed else None, quotient=wanted.legal_per_unit),
                _local(wanted.goods, line.local, f"order.lines[{at}].local", wrong),
            )
            for at, (line, listed) in enumerate(
                zip(declaration.order.lines, documents.declaration_list.lines, strict=True)
            )
        ]
    )
    return ParcelFacts(
        parties=vars(declaration.parties),
        order={**declaration.order.__dict__, **documents.order.head.__dict__},
        payment={**declaration.payment.__dict__, **documents.payment.head.__dict__},
        waybill={**declaration.waybill.__dict__, **documents.waybill.head.__dict__},
        clearance={**declaration.clearance.__dict__, **documents.declaration_list.head.__dict__},
        parcel=_parcel(declaration, documents),
        tax=_tax(assessment),
        local=_local(wanted.local, declaration.local, "local", wrong),
        lines=lines,
        malformed=tuple(wrong.malformed),
        unknown=tuple(wrong.unknown),
    )


def _line(given: Values, listed: DeclarationListLine, tax: Decimal | None, *, quotient: bool) -> Values:
    """The facts of a line, of which the declaration list has the derived ones."""
    return {
        **given,
        "gnum": listed.gnum,
        "total_price": listed.total_price,
        "goods_name": listed.goods_name,
        "legal_qty1": listed.legal_qty1,
        "legal_qty2": listed.legal_qty2,
        "legal_per_unit": _quotient(listed.legal_qty1, given["qty"]) if quotient else None,
        "tax": tax,
    }


def _parcel(declaration: Declaration, documents: ParcelDocuments) -> Values:
    order, payment, lines = documents.order.head, documents.payment.head, declaration.order.lines
    return {
        "app_type": declaration.app_type,
        "app_status": declaration.app_status,
        "line_count": len(lines),
        "total_qty": sum((each.qty for each in lines), ZERO),
        "main_goods": lines[0].item_name,
        "buyer_is_payer": "1" if order.buyer_id_number == payment.payer_id_number else "0",
        "buyer_is_consignee": "1" if order.buyer_name == order.consignee else "0",
    }


def _tax(assessment: TaxAssessment | None) -> Values:
    taxes = assessment.taxes if assessment else None
    if taxes is None:
        return {"due": None, "tariff": None, "vat": None, "consumption": None}
    return {"due": taxes.total, "tariff": taxes.tariff, "vat": taxes.vat, "consumption": taxes.consumption}


def _quotient(one: Decimal, other: Decimal) -> Decimal | None:
    """Half up to five places, as many as the standard has for quantities."""
    return EXACT.divide(one, other).quantize(LAST_PLACE, ROUND_HALF_UP, EXACT).normalize(EXACT) if other else None


#: The local facts of a section: each as not given, and how the text of each is read; it raises ``ValueError``.
_Known = tuple[Values, Mapping[str, Callable[[str], Any]]]


class _Wanted(NamedTuple):
    """The local facts that an area knows, and if it asks for the quotient of quantities, which takes longest to
    compute.
    """

    local: _Known
    goods: _Known
    legal_per_unit: bool


class _Wrong(NamedTuple):
    """The paths of local facts that are malformed or unknown, as they are found."""

    malformed: list[str]
    unknown: list[str]


@kept
def _wanted(area: Area, profile: AreaProfile) -> _Wanted:
    local, goods = local_facts(profile, "local"), local_facts(profile, "goods")
    quotient = "line.legal_per_unit" in set(profile.facts_drawn_on())
    return _Wanted(_known(local), _known(goods), quotient)


def _known(facts: Mapping[str, Fact]) -> _Known:
    return dict.fromkeys(facts), {name: _reader(fact) for name, fact in facts.items()}


def _reader(fact: Fact) -> Callable[[str], Any]:
    read, values = VALUE_OF[fact.kind], frozenset(fact.values)

    def read_known(text: str) -> Any:
        if text not in values:
            raise ValueError("not one of its values")
        return read(text)

    return read_known if values else read


def _local(known: _Known, given: Mapping[str, str] | None, path: str, wrong: _Wrong) -> Values:
    """The local facts of a parcel or a line; the paths of those that are wrong are added to ``wrong``."""
    blank, readers = known
    if not given:
        return blank
    found = {**blank, **given}
    for name, text in given.items():
        read = readers.get(name)
        if read is str:
            continue
        if read is None:
            wrong.unknown.append(f"{path}.{name}")
            del found[name]
        else:
            try:
                found[name] = read(text)
            except ValueError:
                wrong.malformed.append(f"{path}.{name}")
                found[name] = None
    return found
