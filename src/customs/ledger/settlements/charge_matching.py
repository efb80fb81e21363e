"""Freight and warehouse bills compared with the enterprise's own figures (运费与仓储对账): one number at a time.

Four weights of a parcel stay side by side: declared, by theory of the goods records, of the warehouse's scale, and what
the carrier charges.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from customs.fields.frozen import FrozenDict
from customs.fields.money import EXACT, ZERO, exactly, plus, product, to_cents
from customs.ledger.settlements import charge_kinds as kinds
from customs.ledger.settlements.bill_texts import CellError
from customs.ledger.settlements.provider_profiles import ProviderProfile
from customs.ledger.settlements.weights import FreightPrice, chargeable, deviation, freight, volumetric
from customs.rules.finding import Finding

#: The heaviest parcel that a warehouse's scale takes, in kg.
HEAVIEST = Decimal(20)

_NO = frozenset({"0", "false", "no", "否"})

_PERCENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeLine:
    """A line of a bill: where it stands, its day, and its cells by the words of the profile."""

    file: str
    line: int
    day: date | None = None
    facts: Mapping[str, str] = FrozenDict()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeCase:
    """One number of a bill: all lines of it, in every bill, and the enterprise's own figures if it has any."""

    key: str
    lines: tuple[ChargeLine, ...] = ()
    own: Mapping[str, str] | None = None
    is_due: bool = True
    """True if the period is over in which it should be billed."""


def judged_charges(case: ChargeCase, profile: ProviderProfile) -> tuple[Finding, ...]:
    """Return what differs for one number of a bill."""
    found = list(_twice(case))
    found += _freight(case, profile) if profile.kind == "freight" else _quantity(case, profile)
    return tuple(found)


def number_of(facts: Mapping[str, str], word: str) -> Decimal | None:
    """Return a number of a line, None if it has none. Raises ``CellError`` if the cell holds anything else."""
    text = facts.get(word, "").replace(",", "")
    if not text:
        return None
    try:
        found = Decimal(text)
    except ArithmeticError:
        found = Decimal("nan")
    if not found.is_finite() or abs(found) >= 10**12:
        raise CellError(f"{word} is no number", f"{word} 不是数字")
    return found


def _twice(case: ChargeCase) -> Iterator[Finding]:
    if len(case.lines) > 1:
        places = ", ".join(f"{each.file}:{each.line}" for each in case.lines)
        yield kinds.TWICE.at(case.key, count=len(case.lines), places=places)


def _quantity(case: ChargeCase, profile: ProviderProfile) -> Iterator[Finding]:
    """Compare quantities of packaging, storage or work."""
    what = case.key.rpartition(" ")[2]
    if case.lines and profile.subscribed and what not in profile.subscribed and profile.kind in ("packaging", "work"):
        yield kinds.NOT_AGREED.at(case.key, what=what)
    billed = [number_of(each.facts, "quantity") or ZERO for each in case.lines[:1]]
    own = None if case.own is None else number_of(case.own, "quantity")
    if billed and own is None and case.own is not None:
        own = Decimal(1)  # a table of what was used may have a row for each piece
    counted = own or ZERO
    if (billed or case.is_due) and (billed[0] if billed else ZERO) != counted:
        yield kinds.OF_QUANTITIES[profile.kind].at(case.key, billed=billed[0] if billed else ZERO, own=counted)


def _freight(case: ChargeCase, profile: ProviderProfile) -> Iterator[Finding]:
    yield from _scale(case, profile)
    left = case.own is not None and case.own.get("left", "1").lower() not in _NO
    if not case.lines:
        if left and case.is_due:
            day = (case.own or {}).get("day")
            yield kinds.NOT_BILLED.at(case.key, day_zh=f"（{day}）" if day else "", day_en=f" on {day}" if day else "")
        return
    first = case.lines[0]
    amount = number_of(first.facts, "amount") or ZERO
    if case.own is not None and case.own.get("collected", "1").lower() in _NO:
        yield kinds.NEVER_COLLECTED.at(case.key, billed=amount)
    elif not left:
        yield kinds.NOT_OURS.at(case.key)
        return
    yield from _weight(case, profile, first)
    yield from _price(case, profile, first, amount)


def _scale(case: ChargeCase, profile: ProviderProfile) -> Iterator[Finding]:
    """Compare the scale with the theory, and with what was declared."""
    own = case.own or {}
    scale, theory, declared = (number_of(own, word) for word in ("scale", "theory", "declared"))
    if scale is None or scale <= 0:
        return
    tolerance, of_declared = (profile.tolerances.get(word) for word in ("scale", "declared"))
    if theory and tolerance is not None and (scale > HEAVIEST or deviation(theory, scale) > tolerance):
        shares = {"share": _percent(theory, scale), "theory_share": _percent(scale, theory)}
        yield kinds.SCALE.at(case.key, scale=scale, theory=theory, **shares)
    if declared is not None and of_declared is not None and deviation(declared, scale) > of_declared:
        yield kinds.DECLARED_WEIGHT.at(case.key, scale=scale, declared=declared)


@exactly
def _percent(one: Decimal, other: Decimal) -> int:
    return int((abs(one - other) / other).quantize(_PERCENT) * 100)


def _size(facts: Mapping[str, str]) -> tuple[Decimal, Decimal, Decimal] | None:
    length, width, height = (number_of(facts, word) for word in ("length", "width", "height"))
    return (length, width, height) if length and width and height else None


def _weight(case: ChargeCase, profile: ProviderProfile, line: ChargeLine) -> Iterator[Finding]:
    """Compare the weight that is charged with that of the scale and the box, by the rule of the contract."""
    contract, own = profile.contract_on(line.day), case.own or {}
    billed = number_of(line.facts, "chargeable")
    actual = number_of(own, "scale")
    actual = number_of(line.facts, "actual") if actual is None else actual
    if contract is None or billed is None or actual is None:
        return
    size = _size(own) or _size(line.facts)
    volume = volumetric(contract.rule, size) if size else number_of(line.facts, "volume") or ZERO
    due = chargeable(contract.rule, actual, volume)
    if abs(EXACT.subtract(billed, due)) > profile.tolerances.get("weight", ZERO):
        yield kinds.WEIGHT.at(case.key, billed=billed, due=due, actual=actual, volume=to_cents(volume))
    factor = profile.tolerances.get("volume_factor")
    if factor and actual > 0 and volume > product(factor, actual) and due > chargeable(contract.rule, actual):
        times = EXACT.divide(volume, actual).quantize(Decimal("0.1"))
        yield kinds.VOLUME.at(case.key, volume=to_cents(volume), actual=actual, factor=times)


def _price(case: ChargeCase, profile: ProviderProfile, line: ChargeLine, amount: Decimal) -> Iterator[Finding]:
    """Compare the amount with the contract, for the weight that is charged."""
    billed = number_of(line.facts, "chargeable")
    if not profile.contracts or billed is None:
        return
    contract = profile.contract_on(line.day)
    price = contract.price_to(line.facts.get("province", "")) if contract else None
    if contract is None or price is None:
        yield kinds.NO_PRICE.at(case.key, billed=amount)
        return
    discount = number_of(line.facts, "discount") if contract.discount is None else contract.discount
    due = _due(price, freight(price, contract.first_weight, billed), discount, line)
    if abs(EXACT.subtract(amount, due)) > profile.tolerances.get("amount", ZERO):
        yield kinds.PRICE.at(case.key, billed=amount, due=due)


def _due(price: FreightPrice, carried: Decimal, discount: Decimal | None, line: ChargeLine) -> Decimal:
    """Return the amount by the contract: freight with the discount, the surcharge agreed, insurance and returns."""
    carried = carried if discount is None else to_cents(product(carried, discount))
    others = (price.surcharge, number_of(line.facts, "insurance") or ZERO, number_of(line.facts, "return fee") or ZERO)
    for each in others:
        carried = plus(carried, each)
    return carried
