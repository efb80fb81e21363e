"""The law of retail import tax (跨境电商零售进口税收政策) as dated rows with their source.

A parcel is assessed by the law of its declaration day.

>>> from datetime import date
>>> on(date(2018, 12, 31)).limits.single, on(date(2019, 1, 1)).limits.single
(Decimal('2000'), Decimal('5000'))
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal

Band = Literal["standard", "low"]


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
class ConsumptionTax:
    """消费税 an ad-valorem class. With ``at_least`` it is due only from that dutiable value per legal quantity on."""

    rate: Decimal
    at_least: Decimal | None
    per: Literal["legal_qty1", "legal_qty2"] | None
    unit: str | None
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


@cache
def on(day: date) -> Law:
    """The law of a declaration day. Raises ``LawError`` before 2016-04-08, when the regime began."""
    rows = _rows()
    limits, factor = _one(rows["limits"], day), _one(rows["factors"], day)
    consumption = {
        row["class"]: ConsumptionTax(
            Decimal(row["rate"]),
            Decimal(row["at_least"]) if "at_least" in row else None,
            row.get("per"),
            row.get("unit"),
            row["source"],
        )
        for row in rows["consumption"]
        if _in_force(row, day)
    }
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
        MappingProxyType(
            {row["band"]: (Decimal(row["rate"]), row["source"]) for row in rows["vat"] if _in_force(row, day)}
        ),
        MappingProxyType(consumption),
    )


def _in_force(row: dict[str, Any], day: date) -> bool:
    last: date = row.get("to", date.max)
    first: date = row["from"]
    return first <= day <= last


def _one(rows: list[dict[str, Any]], day: date) -> dict[str, Any]:
    for row in rows:
        if _in_force(row, day):
            return row
    raise LawError(f"no law of retail import is known for {day}: the first day is {min(row['from'] for row in rows)}")


@cache
def _rows() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(files("customs.tax").joinpath("law.toml").read_text(encoding="utf-8"))
