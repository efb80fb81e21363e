"""The law of retail import tax (跨境电商零售进口税收政策) as dated rows with their source.

The law of the declaration day applies to a parcel. The rows are in ``law.toml``.

>>> on(date(2018, 12, 31)).limits.single, on(date(2019, 1, 1)).limits.single
(Decimal('2000'), Decimal('5000'))
>>> on(date(2024, 1, 15)).consumption["spirits"].tiers[0].specific["095"]
Decimal('0.912')
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal, NamedTuple

from customs.fields.frozen import FrozenDict
from customs.fields.moments import a_day
from customs.shipped import text_of

Band = Literal["standard", "low", "medicine"]
Measure = Literal["legal_qty1", "legal_qty2"]
"""The first or the second statutory quantity, by the names of the declaration's fields."""


class LawError(LookupError):
    """No law is known for the day, or none of the kind asked for. The message names the days that are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """限值: the highest dutiable values in CNY of one transaction, and of one person and calendar year.

    ``over_single`` and ``over_yearly`` say what happens to a parcel above a limit: ``full`` tax, ``one_piece`` (full
    tax for one piece below the yearly limit, otherwise outside) or ``outside`` the channel.
    """

    single: Decimal
    yearly: Decimal
    over_single: Literal["full", "one_piece"]
    over_yearly: Literal["full", "outside"]
    source: str


class VatRate(NamedTuple):
    """增值税率: the VAT rate of a band on a day, 0.13 for 13 %, and its source."""

    rate: Decimal
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """档: one step of a class of consumption tax, ad valorem at ``rate`` and ``specific`` in CNY by statutory unit.

    The tier applies from ``at_least`` on, a dutiable value per statutory quantity; in a foreign currency where
    ``currency`` is given (beer: 0.3745 US dollars a litre, which is 370 a ton).
    """

    rate: Decimal
    specific: Mapping[str, Decimal] = FrozenDict()
    at_least: Decimal | None = None
    currency: str | None = None

    def amount(self, unit: str | None) -> Decimal:
        """Return the specific amount for a unit. For an unknown unit, which the checks report, the first one counts."""
        return self.specific.get(unit or "", next(iter(self.specific.values())))


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsumptionTax:
    """消费税: a class of goods with its tiers, highest threshold first. Below the last threshold no tax is due.

    ``per`` is the statutory quantity that thresholds and specific amounts count, ``unit`` the unit it must have.
    """

    name: str
    tiers: tuple[Tier, ...]
    per: Measure
    unit: str | None
    source: str

    @property
    def rate(self) -> Decimal:
        """The ad-valorem rate of the highest tier."""
        return self.tiers[0].rate

    @property
    def at_least(self) -> Decimal | None:
        """The highest threshold, None for a class that is always due."""
        return self.tiers[0].at_least


class PostalArticles(NamedTuple):
    """行邮税: the tax on postal articles, with its rates by category, its waiver and the limits of a parcel, in CNY.

    ``limits`` depend on the place of departure: ``near`` for Hong Kong, Macao and Taiwan, ``far`` for elsewhere.
    """

    rates: tuple[Decimal, ...]
    waived_up_to: Decimal
    limits: Mapping[Literal["near", "far"], Decimal]
    first: Literal["table", "price"]
    """The value that counts first: that of the table of entry articles, or the price paid."""
    source: str


class Returns(NamedTuple):
    """退货: the days after release to apply for a return and to have the goods back."""

    apply_within: int
    back_within: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """The law in force on one day."""

    day: date
    limits: Limits
    factor: Decimal
    """The share of VAT and consumption tax that is due within the limits."""
    factor_source: str
    vat: Mapping[str, VatRate]
    """The VAT rates by band."""
    consumption: Mapping[str, ConsumptionTax]
    """The classes of consumption tax by name."""
    exchange: Mapping[str, Decimal]
    """The customs exchange rates (计征汇率) of the month that are known, in CNY for one unit, by currency code."""
    returns: Returns | None
    postal: PostalArticles | None = None
    """The law of postal articles, on days before the regime of retail import; ``limits`` are then those of a parcel."""


@cache
def on(day: date) -> Law:
    """Return the law of a declaration day. Before 2016-04-08, when retail import began, it is that of postal articles.

    Raises ``LawError`` for a day before the first that is known, and ``TypeError`` for a text or a time.
    """
    if a_day(day) < first_day():
        return _before(day)
    limits, factor, returns = (_one(table, day) for table in ("limits", "factors", "returns"))
    return Law(
        day=day,
        limits=_limits(limits),
        factor=Decimal(factor["factor"]),
        factor_source=factor["source"],
        vat=FrozenDict({row["band"]: VatRate(Decimal(row["rate"]), row["source"]) for row in _in_force("vat", day)}),
        consumption=FrozenDict({row["class"]: _consumption(row) for row in _in_force("consumption", day)}),
        exchange=FrozenDict({row["currency"]: Decimal(row["rate"]) for row in _in_force("exchange", day)}),
        returns=Returns(
            apply_within=returns["apply_within"], back_within=returns["back_within"], source=returns["source"]
        ),
    )


@cache
def first_day() -> date:
    """Return the first day of the law of retail import."""
    first: date = min(row["from"] for row in _rows()["limits"])
    return first


@cache
def postal_on(day: date) -> PostalArticles:
    """Return the law of postal articles on a day. Raises ``LawError`` for a day before the first that is known."""
    tables = ("postal_rates", "postal_waivers", "postal_limits", "postal_values")
    rates, waiver, limits, values = (_one(table, day) for table in tables)
    return PostalArticles(
        rates=tuple(map(Decimal, rates["rates"])),
        waived_up_to=Decimal(waiver["up_to"]),
        limits=FrozenDict({"near": Decimal(limits["near"]), "far": Decimal(limits["far"])}),
        first=values["first"],
        source=f"{rates['source']}; {waiver['source']}; {limits['source']}",
    )


@cache
def changes() -> tuple[date, ...]:
    """Return the days on which some row of the law began, since the law of retail import began."""
    days = {row["from"] for rows in _rows().values() for row in rows}
    return tuple(sorted(day for day in days if day >= first_day()))


@cache
def dutiable_value_term(day: date) -> str:
    """Return the Chinese term for the dutiable value: 完税价格 until 2024-11-30, 计税价格 since the Tariff Law.

    >>> dutiable_value_term(date(2024, 11, 30)), dutiable_value_term(date(2024, 12, 1))
    ('完税价格', '计税价格')
    """
    term: str = _one("terms", day)["dutiable_value"]
    return term


def _before(day: date) -> Law:
    """Return the law of a day when parcels of e-commerce were postal articles; one piece may exceed the limit."""
    postal = postal_on(day)
    return Law(
        day=day,
        limits=Limits(
            single=postal.limits["far"],
            yearly=Decimal("Infinity"),
            over_single="one_piece",
            over_yearly="outside",
            source=postal.source,
        ),
        factor=Decimal(0),
        factor_source=postal.source,
        vat=FrozenDict(),
        consumption=FrozenDict(),
        exchange=FrozenDict(),
        returns=None,
        postal=postal,
    )


def _limits(row: Mapping[str, Any]) -> Limits:
    return Limits(
        single=Decimal(row["single"]),
        yearly=Decimal(row["yearly"]),
        over_single=row["over_single"],
        over_yearly=row["over_yearly"],
        source=row["source"],
    )


def _consumption(row: Mapping[str, Any]) -> ConsumptionTax:
    return ConsumptionTax(
        name=row["class"],
        tiers=tuple(map(_tier, row.get("tiers", [row]))),
        per=row.get("per", "legal_qty1"),
        unit=row.get("unit"),
        source=row["source"],
    )


def _tier(row: Mapping[str, Any]) -> Tier:
    return Tier(
        rate=Decimal(row.get("rate", "0")),
        specific=FrozenDict({unit: Decimal(amount) for unit, amount in row.get("specific", {}).items()}),
        at_least=Decimal(row["at_least"]) if "at_least" in row else None,
        currency=row.get("currency"),
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
    return tomllib.loads(text_of("customs.tax", "law.toml"))
