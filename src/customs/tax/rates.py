"""Rates of goods (商品税率) by commodity code and day: tariff, VAT band, class of consumption tax, legal units.

The shipped table holds common goods as an EXAMPLE TO CHECK against the tariff in force: each row names its source, what of
it was inferred, and the day on which it was read. A missing rate is an error, never a default. Tables of your own come from
rows of CSV or SQL (``from_rows``) or from a function (``from_function``); anything with a method ``rate`` is one.
Sources: the yearly tariff (进出口税则) as published, state of the day in ``as_of``.

>>> wine = shipped().rate("2204210000", date(2026, 11, 11))
>>> wine.consumption, wine.tariff()
('wine', Decimal('0.14'))
"""

import csv
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise
from types import MappingProxyType
from typing import Protocol

from customs.codes import code_list
from customs.tax import law

#: The columns that every row of a table has; ``mfn``, ``provisional``, ``agreements`` and ``postal`` may be left out.
COLUMNS = (
    "hs_code", "name", "legal_unit1", "legal_unit2", "vat", "consumption", "valid_from", "valid_to", "as_of", "source",
)  # fmt: skip

#: The list of postal articles had four categories until 2016-04-07, three since.
_CATEGORIES = ("1", "2", "3", "4")

_NONE: Mapping[str, Decimal] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Rate:
    """What the tariff says of one commodity code from ``valid_from`` to ``valid_to``, both days included.

    ``vat`` is a band of the law (``standard``, ``low``, ``medicine``), ``consumption`` one of its classes or None. Units are
    customs codes (035 kilogram). ``as_of`` is the day on which the source was read. ``mfn`` is the tariff of most favoured
    nations (最惠国税率), ``provisional`` the provisional one (暂定税率), ``agreements`` those of trade agreements by country
    of origin (协定税率); None where the table does not say. ``postal`` is the category of postal articles, from 1.
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
    mfn: Decimal | None = None
    provisional: Decimal | None = None
    agreements: Mapping[str, Decimal] = field(default_factory=lambda: _NONE)
    postal: int | None = None

    def tariff(self, origin: str | None = None) -> Decimal | None:
        """The tariff for goods of most favoured nations: the provisional one where it is lower; with an ``origin`` that has
        an agreement, that one where it is lower still. None where the table has no tariff.

        >>> from dataclasses import replace
        >>> pearls = shipped().rate("7101229090", date(2026, 11, 11))
        >>> replace(pearls, agreements={"122": Decimal("0.05")}).tariff("122"), pearls.tariff("122")
        (Decimal('0.05'), Decimal('0.21'))
        """
        known = [each for each in (self.mfn, self.provisional, self.agreements.get(origin or "")) if each is not None]
        return min(known) if known else None


class RateMissingError(LookupError):
    """The table has no rate for a commodity code on a day."""

    def __init__(self, hs_code: str, day: date) -> None:
        super().__init__(f"no rate for commodity code {hs_code} on {day}")
        self.hs_code, self.day = hs_code, day


class ColumnMissingError(KeyError):
    """A row of a rate table lacks a column that every row has; ``column`` is its name."""

    def __init__(self, column: str, hs_code: str) -> None:
        super().__init__(column)
        self.column, self.hs_code = column, hs_code

    def __str__(self) -> str:
        return f"commodity code {self.hs_code or 'unknown'}: the row has no column {self.column}"


class RateTable(Protocol):
    """Where rates come from: the shipped table, a file of one's own, a database."""

    def rate(self, hs_code: str, day: date) -> Rate:
        """The rate in force, of the longest code that matches. Raises ``RateMissingError``."""
        ...


class Rates:
    """A rate table in memory; the order of its rows does not matter. Raises ``ValueError`` for rows of one code that overlap in days."""

    def __init__(self, rates: Iterable[Rate]) -> None:
        self._by_code: dict[str, list[Rate]] = {}
        for each in rates:
            self._by_code.setdefault(each.hs_code, []).append(each)
        for code, rows in self._by_code.items():
            if len(rows) > 1:
                rows.sort(key=lambda row: row.valid_from, reverse=True)  # newest first: most parcels are declared today
                _refuse_overlaps(code, rows)

    def rate(self, hs_code: str, day: date) -> Rate:
        """The rate in force on a day; an 8-digit row counts only where no 10-digit row is in force."""
        for length in (10, 8):
            for each in self._by_code.get(hs_code[:length], ()):
                if each.valid_from <= day <= each.valid_to:
                    return each
        raise RateMissingError(hs_code, day)

    def rows(self, prefix: str = "") -> list[Rate]:
        """The rows whose code begins with some digits, by code and day."""
        found = (row for code, rows in self._by_code.items() if code.startswith(prefix) for row in rows)
        return sorted(found, key=lambda row: (row.hs_code, row.valid_from))


class _Computed:
    """A rate table that asks a function."""

    def __init__(self, find: Callable[[str, date], Rate | None]) -> None:
        self._find = find

    def rate(self, hs_code: str, day: date) -> Rate:
        found = self._find(hs_code, day)
        if found is None:
            raise RateMissingError(hs_code, day)
        return found


def from_function(find: Callable[[str, date], Rate | None]) -> RateTable:
    """A table that asks ``find(hs_code, day)``, which answers None for what it does not know.

    >>> wine = shipped().rate("2204210000", date(2026, 11, 11))
    >>> from_function(lambda code, day: wine if code.startswith("2204") else None).rate("2204210000", date(2026, 1, 1)).vat
    'standard'
    """
    return _Computed(find)


def from_rows(rows: Iterable[Mapping[str, object]]) -> Rates:
    """A table from rows with the columns of the shipped ``rates.csv``: dictionaries of a CSV reader, or of a SQL cursor.

    Codes have ten digits, or eight for all goods below them that have no row of ten. Units are customs codes, ``vat`` and
    ``consumption`` a band and a class of the law on the days of the row. Days are ``date`` or text as YYYY-MM-DD, an empty
    ``valid_to`` means still in force. Rates are text or ``Decimal`` below 1, such as 0.13. ``mfn``, ``provisional``,
    ``agreements`` (``305=0.05 502=0`` by country of origin) and ``postal`` (category, from 1) may be left out. Raises
    ``ColumnMissingError`` (a ``KeyError``) for a missing column and ``ValueError`` for a value that cannot be or for rows of one
    code that overlap in days, both with the commodity code.

    >>> import sqlite3
    >>> database = sqlite3.connect(":memory:")
    >>> database.row_factory = lambda cursor, row: dict(zip((each[0] for each in cursor.description), row))
    >>> found = database.execute("select '2203000000' hs_code, 'beer' name, '095' legal_unit1, '' legal_unit2, 'standard' vat,"
    ...     " 'beer' consumption, '2024-01-01' valid_from, null valid_to, '2024-01-25' as_of, 'ours' source, '0' mfn")
    >>> from_rows(found.fetchall()).rate("2203000000", date(2024, 1, 2)).mfn
    Decimal('0')
    >>> database.close()
    """
    return Rates(map(_rate, rows))


def _rate(row: Mapping[str, object]) -> Rate:
    code = _text(row.get("hs_code"))
    for column in COLUMNS:
        if column not in row:
            raise ColumnMissingError(column, code)
    try:
        rate = Rate(
            code,
            _text(row["name"]),
            _text(row["legal_unit1"]),
            _text(row["legal_unit2"]) or None,
            _text(row["vat"]),
            _text(row["consumption"]) or None,
            _day(row, "valid_from"),
            _day(row, "valid_to") if _text(row["valid_to"]) else date.max,
            _day(row, "as_of"),
            _text(row["source"]),
            _share("mfn", row.get("mfn")),
            _share("provisional", row.get("provisional")),
            _agreements(_text(row.get("agreements"))),
            _category(_text(row.get("postal"))),
        )
        _check(rate)
    except ValueError as error:
        raise ValueError(f"commodity code {code}: {error}") from None
    return rate


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _day(row: Mapping[str, object], column: str) -> date:
    value = row[column]
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    try:
        return date.fromisoformat(_text(value))
    except ValueError:
        raise ValueError(f"{column} {value!r} is not a day such as 2026-01-31") from None


def _share(column: str, value: object) -> Decimal | None:
    """A rate below 1, None for an empty one. No tariff reaches 100 %, so 13 or 1 is taken for a percentage and refused."""
    if value is None or value == "":
        return None
    try:
        share = Decimal(_text(value))
    except InvalidOperation:
        raise ValueError(f"{column} {value!r} is not a rate such as 0.13") from None
    if isinstance(value, float) or not share.is_finite() or not 0 <= share < 1:
        raise ValueError(f"{column} {value!r} is not a rate such as 0.13 for 13 %, as text or Decimal")
    return share


def _agreements(text: str) -> Mapping[str, Decimal]:
    """Rates by country of origin, as ``305=0.05 502=0``."""
    found: dict[str, Decimal] = {}
    for each in text.split():
        country, _, rate = each.partition("=")
        share = _share("agreements", rate)
        if share is None or country in found or country not in code_list("countries"):
            raise ValueError(f"agreements {each!r} is not a country and its rate such as 305=0.05, each country once")
        found[country] = share
    return MappingProxyType(found) if found else _NONE


def _category(text: str) -> int | None:
    if text and text not in _CATEGORIES:
        raise ValueError(f"postal {text!r} is not a category of postal articles, {_CATEGORIES[0]} to {_CATEGORIES[-1]}")
    return int(text) if text else None


def _check(rate: Rate) -> None:
    """What the parts of a row say together. Raises ``ValueError``."""
    if not (rate.hs_code.isascii() and rate.hs_code.isdecimal() and len(rate.hs_code) in (8, 10)):
        raise ValueError("a commodity code has 10 digits, or 8 for all goods below it")
    if rate.valid_to < rate.valid_from:
        raise ValueError(f"valid_to {rate.valid_to} is before valid_from {rate.valid_from}")
    for column, unit in (("legal_unit1", rate.legal_unit1), ("legal_unit2", rate.legal_unit2)):
        if unit is not None and unit not in code_list("units"):
            raise ValueError(f"{column} {unit!r} is not a unit of customs such as 035 for kilogram")
    if unlawful := _unlawful(rate.vat, rate.consumption, rate.valid_from, rate.valid_to):
        raise ValueError(unlawful)


@lru_cache(maxsize=1024)
def _unlawful(vat: str, consumption: str | None, first: date, last: date) -> str | None:
    """What the law of retail import does not know of a row; its band must exist on every day of the row.

    A class may begin or end within the row: on other days its goods bear no consumption tax, as skin care before 2016-10-01.
    """
    days = [day for day in (first, *law.changes()) if max(first, law.first_day()) <= day <= last]
    for day in days:
        if vat not in law.on(day).vat:
            return f"vat {vat!r} is not a band of the law on {day}, which has {', '.join(law.on(day).vat)}"
    classes = sorted({each for day in days for each in law.on(day).consumption})
    if consumption and days and consumption not in classes:
        return f"consumption {consumption!r} is not a class of consumption tax on the days of the row, which have {', '.join(classes)}"
    return None


def _refuse_overlaps(code: str, newest_first: list[Rate]) -> None:
    for later, earlier in pairwise(newest_first):
        if later.valid_from <= earlier.valid_to:
            spans = " and ".join(f"{each.valid_from} to {each.valid_to}" for each in (earlier, later))
            raise ValueError(
                f"commodity code {code}: two rows overlap, {spans}: end the first before the second begins"
            )


@cache
def shipped() -> Rates:
    """The shipped table of common goods, an example to check before use."""
    table = files("customs.tax").joinpath("rates.csv").read_text(encoding="utf-8")
    return from_rows(csv.DictReader(table.splitlines()))
