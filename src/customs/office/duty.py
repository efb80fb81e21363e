"""Tax as the office computes it (海关计税): a second computation, by its own short code, from the law's figures alone.

Dutiable value is price with freight and insurance, spread by value to the cent. Within the limits no tariff, and 70 % of
consumption tax and VAT; one piece above 5,000 and within 26,000 pays in full (announcement 18 of 2016, 49 of 2018).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from customs.fields.money import exactly
from customs.office.papers import Paper
from customs.office.settings import OfficeSettings
from customs.tax import law
from customs.tax.law import ConsumptionTax

_CENT, _ZERO, _ONE = Decimal("0.01"), Decimal(0), Decimal(1)


@lru_cache(maxsize=10_000)
def number(text: str) -> Decimal:
    """Return the number in a field, 0 if it is empty."""
    return Decimal(text.strip() or "0")


@dataclass(frozen=True, slots=True)
class LineDuty:
    """The tax of one line, in CNY."""

    gnum: str
    hs_code: str
    value: Decimal
    tariff: Decimal
    consumption: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class ListDuty:
    """The tax of a list: dutiable value, whether it keeps within the limit of one transaction, and each line."""

    value: Decimal
    pieces: Decimal
    over_single: bool
    lines: tuple[LineDuty, ...]

    @property
    def total(self) -> Decimal:
        """All taxes together."""
        return sum((each.tariff + each.consumption + each.vat for each in self.lines), _ZERO)


def limits(day: date) -> tuple[Decimal, Decimal]:
    """Return the limits of one transaction and of a person's year, in CNY.

    >>> limits(date(2026, 11, 11))
    (Decimal('5000'), Decimal('26000'))
    """
    found = law.on(day).limits
    return found.single, found.yearly


@exactly
def dutiable_values(paper: Paper) -> list[Decimal]:
    """Return the dutiable value of each line of a list: its total, with its share of freight and insurance."""
    totals = [number(line["totalPrice"]) for line in paper.lines]
    shares = [_spread(number(paper[each]), totals) for each in ("freight", "insuredFee")]
    return [sum(each, _ZERO) for each in zip(totals, *shares, strict=True)]


@exactly
def dutiable_value(paper: Paper) -> Decimal:
    """Return the dutiable value of a list."""
    return sum(dutiable_values(paper), _ZERO)


def _spread(amount: Decimal, totals: Sequence[Decimal]) -> list[Decimal]:
    """Split an amount by weight into cents, spare ones to the largest remainders."""
    whole = sum(totals, _ZERO) or _ONE
    cents = amount / _CENT
    exact = [cents * each / whole for each in totals]
    parts = [each // 1 for each in exact]
    spare = int(cents - sum(parts, _ZERO))
    for place in sorted(range(len(parts)), key=lambda each: (parts[each] - exact[each], -totals[each]))[:spare]:
        parts[place] += 1
    return [each * _CENT for each in parts]


@exactly
def duty_of(paper: Paper, day: date, settings: OfficeSettings) -> ListDuty:
    """Return the tax of a list. Raises ``RateMissingError`` for a code that the parameter library does not have."""
    values = dutiable_values(paper)
    value, pieces = sum(values, _ZERO), sum((number(line["qty"]) for line in paper.lines), _ZERO)
    full = value > limits(day)[0]
    lines = [_line(line, each, day, settings, full) for line, each in zip(paper.lines, values, strict=True)]
    return ListDuty(value, pieces, full, tuple(lines))


def _line(line: Mapping[str, str], value: Decimal, day: date, settings: OfficeSettings, full: bool) -> LineDuty:
    on, rate = law.on(day), settings.rates.rate(line["gcode"], day)
    share = _ONE if full else on.factor
    tariff = value * (rate.tariff() or _ZERO) if full else _ZERO
    percent, specific = _consumption(on.consumption.get(rate.consumption or ""), line, value, settings)
    base = (value + tariff + specific) / (_ONE - percent)
    return LineDuty(
        gnum=line["gnum"],
        hs_code=line["gcode"],
        value=value,
        tariff=_cents(tariff),
        consumption=_cents((base * percent + specific) * share),
        vat=_cents(base * on.vat[rate.vat].rate * share),
    )


def _consumption(
    found: ConsumptionTax | None, line: Mapping[str, str], value: Decimal, settings: OfficeSettings
) -> tuple[Decimal, Decimal]:
    """The rate of consumption tax, and its specific amount, of the first tier whose threshold the value reaches."""
    if found is None:
        return _ZERO, _ZERO
    place = "1" if found.per == "legal_qty1" else "2"
    quantity = number(line.get(f"qty{place}", ""))
    for tier in found.tiers:
        floor = (tier.at_least or _ZERO) * (settings.exchange[tier.currency] if tier.currency else _ONE)
        if value >= floor * quantity:
            amount = quantity * tier.amount(line[f"unit{place}"]) if tier.specific else _ZERO
            return tier.rate, amount
    return _ZERO, _ZERO


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("1E-25")).quantize(_CENT, ROUND_HALF_UP)
