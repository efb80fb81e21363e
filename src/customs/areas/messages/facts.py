"""The facts of a parcel (包裹事实), as local messages draw on them: sections of values under their canonical names.

The documents of the road have been built before: every derived amount is among the facts, and is the same in all messages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from customs.areas.area import Area, kept
from customs.areas.profile.conversions import VALUE_OF
from customs.areas.profile.facts import Fact, local_facts
from customs.areas.profile.model import AreaProfile
from customs.declaration import Declaration
from customs.documents import ParcelDocuments
from customs.fields.money import EXACT, ZERO
from customs.tax import TaxAssessment

#: The values of one section by field: texts, decimals, whole numbers, times and days; None where nothing is given.
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LineFacts:
    """The facts of a line of goods: those of the standard, and the local ones."""

    line: Values = field(default_factory=dict, repr=False)
    goods: Values = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class ParcelFacts:
    """The facts of a parcel, section by section.

    Local facts that do not have the form of their kind are left out, and their paths are ``malformed``; the paths of those that neither
    the profile nor ``facts.toml`` knows are ``unknown``: they may be for other areas.
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


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """The facts of a message: its name, number and time, the settings of the area, results of gateway steps, and all its parcels."""

    message: Values = field(default_factory=dict, repr=False)
    parameter: Mapping[str, str | None] = field(default_factory=dict, repr=False)
    step: Mapping[str, str] = field(default_factory=dict, repr=False)
    parcels: tuple[ParcelFacts, ...] = ()


#: The facts of a place without a line, and of a message that carries no parcel of ours.
NO_LINE, NO_PARCEL = LineFacts(), ParcelFacts()

_FIVE_PLACES = Decimal("0.00001")


def facts_of(
    area: Area, declaration: Declaration, documents: ParcelDocuments, assessment: TaxAssessment | None = None
) -> ParcelFacts:
    """The facts of a parcel whose documents were built; without an assessment those of tax are unknown."""
    local, malformed, unknown = _local(area, "local", declaration.local, "local")
    lines = []
    for at, line in enumerate(declaration.order.lines):
        goods, wrong, foreign = _local(area, "goods", line.local, f"order.lines[{at}].local")
        malformed, unknown = malformed + wrong, unknown + foreign
        lines.append(LineFacts(_line(documents, assessment, at, line.__dict__), goods))
    return ParcelFacts(
        parties=declaration.parties.__dict__,
        order={**declaration.order.__dict__, **documents.order.head.__dict__},
        payment={**declaration.payment.__dict__, **documents.payment.head.__dict__},
        waybill={**declaration.waybill.__dict__, **documents.waybill.head.__dict__},
        clearance={**declaration.clearance.__dict__, **documents.declaration_list.head.__dict__},
        parcel=_parcel(declaration, documents),
        tax=_tax(assessment),
        local=local,
        lines=tuple(lines),
        malformed=malformed,
        unknown=unknown,
    )


def _line(documents: ParcelDocuments, assessment: TaxAssessment | None, at: int, given: Values) -> Values:
    """The facts of a line, of which the declaration list has the derived ones."""
    listed = documents.declaration_list.lines[at]
    return {
        **given,
        "gnum": listed.gnum,
        "total_price": listed.total_price,
        "goods_name": listed.goods_name,
        "legal_qty1": listed.legal_qty1,
        "legal_qty2": listed.legal_qty2,
        "legal_per_unit": _quotient(listed.legal_qty1, given["qty"]),
        "tax": assessment.lines[at].due if assessment and assessment.computed else None,
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
    return EXACT.divide(one, other).quantize(_FIVE_PLACES, ROUND_HALF_UP, EXACT).normalize(EXACT) if other else None


@kept
def _known(area: Area, profile: AreaProfile) -> Mapping[str, tuple[Values, Mapping[str, Fact]]]:
    """By section: every local fact of the area as not given, and what each is."""
    found = {section: local_facts(profile, section) for section in ("local", "goods")}
    return {section: (dict.fromkeys(facts), facts) for section, facts in found.items()}


def _local(
    area: Area, section: str, given: Mapping[str, str] | None, path: str
) -> tuple[Values, tuple[str, ...], tuple[str, ...]]:
    """The local facts of a section, and the paths of those that are malformed or unknown."""
    blank, known = _known(area, area.profile)[section]
    if not given:
        return blank.copy(), (), ()
    found, malformed, unknown = blank.copy(), list[str](), list[str]()
    for name, text in given.items():
        if name not in known:
            unknown.append(f"{path}.{name}")
            continue
        try:
            if known[name].values and text not in known[name].values:
                raise ValueError("not one of its values")
            found[name] = VALUE_OF[known[name].kind](text)
        except ValueError:
            malformed.append(f"{path}.{name}")
    return found, tuple(malformed), tuple(unknown)
