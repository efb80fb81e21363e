"""Rate tables from rows (税率表): of a CSV reader, of a SQL cursor, and the shipped example.

The shipped table holds common goods as an EXAMPLE TO CHECK against the tariff in force: each row names its source, the
day on which it was read (``as_of``), and what of it was inferred.

>>> [row.hs_code for row in shipped().rows("220421")]
['22042100', '2204210000']
"""

import csv
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache

from customs.codes import code_list
from customs.fields.frozen import FrozenDict
from customs.shipped import text_of
from customs.tax import law
from customs.tax.rates import COLUMNS, ColumnMissingError, Rate, Rates

#: The list of postal articles had four categories until 2016-04-07, three since.
_CATEGORIES = ("1", "2", "3", "4")


def from_rows(rows: Iterable[Mapping[str, object]]) -> Rates:
    """Return a table made of rows with the columns of the shipped ``rates.csv``.

    Codes have ten digits, or eight for all goods below them without a row of ten. Units are customs codes; ``vat``
    and ``consumption`` are a band and a class of the law on the days of the row. Days are ``date`` or text as
    YYYY-MM-DD; an empty ``valid_to`` means still in force. Rates are text or ``Decimal`` below 1, such as 0.13.
    ``mfn``, ``provisional``, ``agreements`` (``305=0.05 502=0`` by country of origin) and ``postal`` (category, from
    1) may be left out.

    Raises ``ColumnMissingError`` (a ``KeyError``) for a missing column, and ``ValueError`` for an impossible value or
    for rows of one code that overlap in days. Both name the commodity code.

    >>> import sqlite3
    >>> database = sqlite3.connect(":memory:")
    >>> database.row_factory = lambda cursor, row: dict(zip((each[0] for each in cursor.description), row))
    >>> rows = database.execute("select '2203000000' hs_code, 'beer' name, '095' legal_unit1, '' legal_unit2,"
    ...     " 'standard' vat, 'beer' consumption, '2024-01-01' valid_from, null valid_to, '2024-01-25' as_of,"
    ...     " 'ours' source, '0' mfn")
    >>> from_rows(rows.fetchall()).rate("2203000000", date(2024, 1, 2)).mfn
    Decimal('0')
    >>> database.close()
    """
    return Rates(map(_rate, rows))


@cache
def shipped() -> Rates:
    """Return the shipped table of common goods, an example to check before use."""
    return from_rows(csv.DictReader(text_of("customs.tax", "rates.csv").splitlines()))


#: The day on which four categories of postal articles became three.
RENUMBERED = date(2016, 4, 8)


def _rate(row: Mapping[str, object]) -> Rate:
    code = _text(row.get("hs_code"))
    for column in COLUMNS:
        if column not in row:
            raise ColumnMissingError(column, code)
    try:
        rate = Rate(
            hs_code=code,
            name=_text(row["name"]),
            legal_unit1=_text(row["legal_unit1"]),
            legal_unit2=_text(row["legal_unit2"]) or None,
            vat=_text(row["vat"]),
            consumption=_text(row["consumption"]) or None,
            valid_from=_day(row, "valid_from"),
            valid_to=_day(row, "valid_to") if _text(row["valid_to"]) else date.max,
            as_of=_day(row, "as_of"),
            source=_text(row["source"]),
            mfn=_share("mfn", row.get("mfn")),
            provisional=_share("provisional", row.get("provisional")),
            agreements=_agreements(_text(row.get("agreements"))),
            postal=_category(_text(row.get("postal"))),
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
    """Return a rate below 1, None for an empty one. No tariff reaches 100 %, so 13 or 1 is a percentage and refused."""
    if value is None or value == "":
        return None
    try:
        share = Decimal(_text(value))
    except InvalidOperation:
        raise ValueError(f"{column} {value!r} is not a rate such as 0.13") from None
    if isinstance(value, float) or not share.is_finite() or not 0 <= share < 1:
        raise ValueError(f"{column} {value!r} is not a rate such as 0.13 for 13 %, as text or Decimal")
    return share


def _agreements(text: str) -> FrozenDict[str, Decimal]:
    """Return rates by country of origin, written as ``305=0.05 502=0``."""
    rates: dict[str, Decimal] = {}
    for each in text.split():
        country, _, rate = each.partition("=")
        share = _share("agreements", rate)
        if share is None or country in rates or country not in code_list("countries"):
            raise ValueError(f"agreements {each!r} is not a country and its rate such as 305=0.05, each country once")
        rates[country] = share
    return FrozenDict(rates)


def _category(text: str) -> int | None:
    if text and text not in _CATEGORIES:
        raise ValueError(f"postal {text!r} is not a category of postal articles, {_CATEGORIES[0]} to {_CATEGORIES[-1]}")
    return int(text) if text else None


def _check(rate: Rate) -> None:
    """Check the parts of a row against each other and against the law. Raises ``ValueError``."""
    if not (rate.hs_code.isascii() and rate.hs_code.isdecimal() and len(rate.hs_code) in (8, 10)):
        raise ValueError("a commodity code has 10 digits, or 8 for all goods below it")
    if rate.valid_to < rate.valid_from:
        raise ValueError(f"valid_to {rate.valid_to} is before valid_from {rate.valid_from}")
    for column, unit in (("legal_unit1", rate.legal_unit1), ("legal_unit2", rate.legal_unit2)):
        if unit is not None and unit not in code_list("units"):
            raise ValueError(f"{column} {unit!r} is not a unit of customs such as 035 for kilogram")
    if rate.postal is not None and rate.valid_from < RENUMBERED <= rate.valid_to:
        raise ValueError(
            f"postal {rate.postal}: the categories of postal articles were numbered anew on {RENUMBERED}; "
            "end the row the day before, and begin another"
        )
    if unlawful := _unlawful(rate.vat, rate.consumption, rate.valid_from, rate.valid_to):
        raise ValueError(unlawful)


@lru_cache(maxsize=1024)
def _unlawful(vat: str, consumption: str | None, first: date, last: date) -> str | None:
    """Return what the law does not know of a row, None for a lawful one. The band must exist on every day of the row.

    A class may begin or end within the row: on other days its goods bear no consumption tax, like skin care before
    2016-10-01.
    """
    days = [day for day in (first, *law.changes()) if max(first, law.first_day()) <= day <= last]
    for day in days:
        if vat not in law.on(day).vat:
            return f"vat {vat!r} is not a band of the law on {day}, which has {', '.join(law.on(day).vat)}"
    classes = sorted({name for day in days for name in law.on(day).consumption})
    if consumption and days and consumption not in classes:
        known = ", ".join(classes)
        return (
            f"consumption {consumption!r} is not a class of consumption tax on the days of the row, which have {known}"
        )
    return None
