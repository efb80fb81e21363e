"""The law of retail import tax (跨境电商零售进口税收政策) as dated rows with their source.

A parcel is assessed by the law of its declaration day. Rows stand in ``law.toml``.

>>> on(date(2018, 12, 31)).limits.single, on(date(2019, 1, 1)).limits.single
(Decimal('2000'), Decimal('5000'))
>>> on(date(2024, 1, 15)).consumption["spirits"].tiers[0].specific["095"]
Decimal('0.912')
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

Band = Literal["standard", "low", "medicine"]
Quantity = Literal["legal_qty1", "legal_qty2"]

_EMPTY: Mapping[str, Decimal] = MappingProxyType({})


class LawError(LookupError):
    """No law for the day, or none of the kind asked for. The text says which days are known."""


@dataclass(frozen=True, slots=True)
class Limits:
    """额度 limits of dutiable value in CNY: one transaction, one person and calendar year.

    ``over_single`` and ``over_yearly`` say what becomes of a parcel above: ``full`` tax, ``one_piece`` (full tax if it
    is one piece below the yearly limit) or ``outside`` the channel.
    """

    single: Decimal
    yearly: Decimal
    over_single: Literal["full", "one_piece"]
    over_yearly: Literal["full", "outside"]
    source: str


@dataclass(frozen=True, slots=True)
class Tier:
    """档 one step of a class of consumption tax: ad valorem at ``rate``, and ``specific`` CNY per legal quantity by its unit.

    It is reached from ``at_least`` on, a dutiable value per legal quantity; where ``currency`` is given, that is an amount in
    a foreign currency per ``divisor`` units of the quantity (beer: 370 US dollars per ton, a ton being 988 litres).
    """

    rate: Decimal
    specific: Mapping[str, Decimal] = field(default_factory=lambda: _EMPTY)
    at_least: Decimal | None = None
    currency: str | None = None
    divisor: Decimal = Decimal(1)

    def amount(self, unit: str | None) -> Decimal:
        """The specific amount for a unit; for a strange unit, which the checks report, that of the class's own."""
        return self.specific.get(unit or "", next(iter(self.specific.values())))


@dataclass(frozen=True, slots=True)
class ConsumptionTax:
    """消费税 a class of goods: its tiers from the highest threshold down; below the last one no tax is due.

    ``per`` is the legal quantity that thresholds and specific amounts are measured by, ``unit`` the unit that it must have.
    """

    name: str
    tiers: tuple[Tier, ...]
    per: Quantity
    unit: str | None
    source: str

    @property
    def rate(self) -> Decimal:
        """The ad-valorem rate of the highest tier."""
        return self.tiers[0].rate

    @property
    def at_least(self) -> Decimal | None:
        """The highest threshold, None for a class that is due always."""
        return self.tiers[0].at_least


@dataclass(frozen=True, slots=True)
class PostalArticles:
    """行邮税 the tax on postal articles: rates by category, the tax up to which none is asked, limits of a parcel in CNY.

    ``limits`` are by place of departure: ``near`` for Hong Kong, Macao and Taiwan, ``far`` for elsewhere.
    """

    rates: tuple[Decimal, ...]
    waived_up_to: Decimal
    limits: Mapping[Literal["near", "far"], Decimal]
    source: str


@dataclass(frozen=True, slots=True)
class Returns:
    """退货 how goods come back after release: days to apply and days to be back, None where no text gives them."""

    apply_within: int
    back_within: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Law:
    """The law in force on one day."""

    day: date
    limits: Limits
    factor: Decimal
    factor_source: str
    vat: Mapping[str, tuple[Decimal, str]]
    consumption: Mapping[str, ConsumptionTax]
    exchange: Mapping[str, Decimal]
    """Customs exchange rates (计征汇率) of the month, CNY for one unit, by currency, as far as they are known."""
    returns: Returns | None
    postal: PostalArticles | None = None
    """The law of postal articles, on days before the regime of retail import; then ``limits`` are those of a parcel."""


@cache
def on(day: date) -> Law:
    """The law of a declaration day. Before 2016-04-08, when the regime began, that of postal articles.

    Raises ``LawError`` for a day before the first that is known.
    """
    if day < first_day():
        return _before(day)
    limits, factor, returns = (_one(table, day) for table in ("limits", "factors", "returns"))
    return Law(
        day,
        Limits(
            Decimal(limits["single"]),
            Decimal(limits["yearly"]),
            limits["over_single"],
            limits["over_yearly"],
            limits["source"],
        ),
        Decimal(factor["factor"]),
        factor["source"],
        MappingProxyType({row["band"]: (Decimal(row["rate"]), row["source"]) for row in _in_force("vat", day)}),
        MappingProxyType({row["class"]: _consumption(row) for row in _in_force("consumption", day)}),
        MappingProxyType({row["currency"]: Decimal(row["rate"]) for row in _in_force("exchange", day)}),
        Returns(returns["apply_within"], returns.get("back_within"), returns["source"]),
    )


@cache
def first_day() -> date:
    """The first day of the regime of retail import."""
    first: date = min(row["from"] for row in _rows()["limits"])
    return first


def _before(day: date) -> Law:
    """The law of a day before the regime, when parcels of e-commerce were postal articles; one piece may exceed the limit."""
    postal = postal_on(day)
    limits = Limits(postal.limits["far"], Decimal("Infinity"), "one_piece", "outside", postal.source)
    nothing: Mapping[str, Any] = MappingProxyType({})
    return Law(day, limits, Decimal(0), postal.source, nothing, nothing, nothing, None, postal)


@cache
def postal_on(day: date) -> PostalArticles:
    """The law of postal articles on a day. Raises ``LawError`` for a day before the first that is known."""
    rates, waiver, limits = (_one(table, day) for table in ("postal_rates", "postal_waivers", "postal_limits"))
    return PostalArticles(
        tuple(map(Decimal, rates["rates"])),
        Decimal(waiver["up_to"]),
        MappingProxyType({"near": Decimal(limits["near"]), "far": Decimal(limits["far"])}),
        f"{rates['source']}; {waiver['source']}; {limits['source']}",
    )


@cache
def changes() -> tuple[date, ...]:
    """The days on which some row of the law began, from the first day of the regime on."""
    days = {row["from"] for rows in _rows().values() for row in rows}
    return tuple(sorted(day for day in days if day >= first_day()))


def _consumption(row: Mapping[str, Any]) -> ConsumptionTax:
    tiers = tuple(map(_tier, row.get("tiers", [row])))
    return ConsumptionTax(row["class"], tiers, row.get("per", "legal_qty1"), row.get("unit"), row["source"])


def _tier(row: Mapping[str, Any]) -> Tier:
    return Tier(
        Decimal(row.get("rate", "0")),
        MappingProxyType({unit: Decimal(amount) for unit, amount in row.get("specific", {}).items()}),
        Decimal(row["at_least"]) if "at_least" in row else None,
        row.get("currency"),
        Decimal(row.get("divisor", "1")),
    )


def _in_force(table: str, day: date) -> Iterator[dict[str, Any]]:
    for row in _rows()[table]:
        if row["from"] <= day <= row.get("to", date.max):
            yield row


def _one(table: str, day: date) -> dict[str, Any]:
    for row in _in_force(table, day):
        return row
    first = min(row["from"] for row in _rows()[table])
    raise LawError(f"no law of retail import is known for {day}: the first day is {first} ({table})")


@cache
def _rows() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(files("customs.tax").joinpath("law.toml").read_text(encoding="utf-8"))
