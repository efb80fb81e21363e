"""Rates of goods (商品税率) by commodity code and day: VAT band, class of consumption tax, legal units.

The shipped table holds common goods as an EXAMPLE TO CHECK against the tariff in force: each row names the day on which
its source was read. A missing rate is an error, never a default.

>>> from datetime import date
>>> shipped().rate("2204210000", date(2026, 11, 11)).consumption
'wine'
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Rate:
    """What the tariff says of one commodity code from ``valid_from`` to ``valid_to``, both days included.

    ``vat`` is a band of the law (``standard``, ``low``), ``consumption`` one of its classes or None. Units are customs
    codes (035 kilogram). ``as_of`` is the day on which the source was read.
    """

    hs_code: str
    name: str
    legal_unit1: str
    legal_unit2: str | None
    vat: str
    consumption: str | None
    valid_from: date
    valid_to: date
    as_of: date
    source: str


class RateMissingError(LookupError):
    """The table has no rate for a commodity code on a day."""

    def __init__(self, hs_code: str, day: date) -> None:
        super().__init__(f"no rate for commodity code {hs_code} on {day}")
        self.hs_code, self.day = hs_code, day


class RateTable(Protocol):
    """Where rates come from: the shipped table, a file of one's own, a database."""

    def rate(self, hs_code: str, day: date) -> Rate:
        """The rate in force, of the longest code that matches. Raises ``RateMissingError``."""
        ...


class Rates:
    """A rate table in memory."""

    def __init__(self, rates: Iterable[Rate]) -> None:
        self._by_code: dict[str, list[Rate]] = {}
        for each in rates:
            self._by_code.setdefault(each.hs_code, []).append(each)

    def rate(self, hs_code: str, day: date) -> Rate:
        """The rate in force on a day; an 8-digit row counts only where no 10-digit row is in force."""
        for length in (10, 8):
            for each in self._by_code.get(hs_code[:length], ()):
                if each.valid_from <= day <= each.valid_to:
                    return each
        raise RateMissingError(hs_code, day)


def from_rows(rows: Iterable[Mapping[str, str]]) -> Rates:
    """A table from rows of text as the shipped ``rates.csv`` has them; an empty ``valid_to`` means still in force.

    Raises ``KeyError`` for a missing column and ``ValueError`` for a day that is none.
    """
    return Rates(
        Rate(
            row["hs_code"],
            row["name"],
            row["legal_unit1"],
            row["legal_unit2"] or None,
            row["vat"],
            row["consumption"] or None,
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_to"]) if row["valid_to"] else date.max,
            date.fromisoformat(row["as_of"]),
            row["source"],
        )
        for row in rows
    )


@cache
def shipped() -> Rates:
    """The shipped table of common goods, an example to check before use."""
    table = files("customs.tax").joinpath("rates.csv").read_text(encoding="utf-8")
    return from_rows(csv.DictReader(table.splitlines()))
