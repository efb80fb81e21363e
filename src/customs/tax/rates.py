"""Rates of goods (商品税率) by commodity code and day: tariff, VAT band, class of consumption tax, statutory units.

A rate table is anything with a method ``rate``: the shipped example, rows of CSV or SQL (``rate_rows``), or a function
of the caller (``from_function``). A missing rate is an error, never a default. Source: the yearly tariff (进出口税则).

>>> from customs.tax.rate_rows import shipped
>>> wine = shipped().rate("2204210000", date(2026, 11, 11))
>>> wine.consumption, wine.tariff()
('wine', Decimal('0.14'))
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Protocol

from customs.fields.frozen import FrozenDict
from customs.fields.goods import HsCode
from customs.tax.law import Measure

#: The columns that every row of a table has; ``mfn``, ``provisional``, ``agreements`` and ``postal`` may be left out.
COLUMNS = (
    "hs_code", "name", "legal_unit1", "legal_unit2", "vat", "consumption", "valid_from", "valid_to", "as_of", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """The row of the tariff for one commodity code from ``valid_from`` to ``valid_to``, both days included.

    ``vat`` is a band of the law (``standard``, ``low``, ``medicine``), ``consumption`` one of its classes or None.
    Units are customs codes (035 kilogram). ``as_of`` is the day on which the source was read. ``mfn`` is the tariff
    of most favoured nations (最惠国税率), ``provisional`` the provisional one (暂定税率), ``agreements`` those of trade
    agreements by country of origin (协定税率); None where the table does not say. ``postal`` is the category of postal
    articles, from 1.
    """

    hs_code: HsCode
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
    agreements: Mapping[str, Decimal] = FrozenDict()
    postal: int | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.agreements, FrozenDict):
            object.__setattr__(self, "agreements", FrozenDict(self.agreements))

    def tariff(self, origin: str | None = None) -> Decimal | None:
        """Return the lowest tariff that applies, None where the table has none.

        Without an ``origin`` these are the tariff of most favoured nations and the provisional one; an ``origin`` adds
        the tariff of its trade agreement.

        >>> from dataclasses import replace
        >>> from customs.tax.rate_rows import shipped
        >>> pearls = shipped().rate("7101229090", date(2026, 11, 11))
        >>> replace(pearls, agreements={"122": Decimal("0.05")}).tariff("122"), pearls.tariff("122")
        (Decimal('0.05'), Decimal('0.21'))
        """
        tariffs = (self.mfn, self.provisional, self.agreements.get(origin or ""))
        return min((each for each in tariffs if each is not None), default=None)

    def unit(self, per: Measure) -> str | None:
        """Return the first or second statutory unit."""
        return self.legal_unit1 if per == "legal_qty1" else self.legal_unit2

    def in_force(self, day: date) -> bool:
        """True if the row is in force on a day."""
        return self.valid_from <= day <= self.valid_to


class RateMissingError(LookupError):
    """The table has no rate for a commodity code on a day."""

    def __init__(self, hs_code: HsCode, day: date) -> None:
        super().__init__(hs_code, day)
        self.hs_code, self.day = hs_code, day

    def __str__(self) -> str:
        return f"no rate for commodity code {self.hs_code} on {self.day}"


class ColumnMissingError(KeyError):
    """A row of a rate table lacks a required column; ``column`` is its name."""

    def __init__(self, column: str, hs_code: HsCode) -> None:
        super().__init__(column)
        self.column, self.hs_code = column, hs_code

    def __reduce__(self) -> tuple[type["ColumnMissingError"], tuple[str, str]]:
        return type(self), (self.column, self.hs_code)

    def __str__(self) -> str:
        return f"commodity code {self.hs_code or 'unknown'}: the row has no column {self.column}"


class RateTable(Protocol):
    """A source of rates: the shipped table, a file, a database, a function."""

    def rate(self, hs_code: HsCode, day: date) -> Rate:
        """Return the rate in force, of the longest code that matches. Raises ``RateMissingError``."""
        ...


class Rates:
    """A rate table in memory. The order of its rows does not matter; two tables of the same rows are equal.

    Raises ``ValueError`` for two rows of one code that overlap in days.
    """

    __slots__ = ("_by_code",)

    def __init__(self, rates: Iterable[Rate]) -> None:
        by_code: dict[str, list[Rate]] = {}
        for each in rates:
            by_code.setdefault(each.hs_code, []).append(each)
        self._by_code = FrozenDict({code: _newest_first(code, rows) for code, rows in by_code.items()})

    def rate(self, hs_code: HsCode, day: date) -> Rate:
        """Return the rate in force on a day. An 8-digit row counts only where no 10-digit row is in force."""
        for length in (10, 8):
            for each in self._by_code.get(hs_code[:length], ()):
                if each.valid_from <= day <= each.valid_to:
                    return each
        raise RateMissingError(hs_code, day)

    def rows(self, prefix: str = "") -> list[Rate]:
        """Return the rows whose code begins with some digits, by code and day."""
        matching = (row for code, rows in self._by_code.items() if code.startswith(prefix) for row in rows)
        return sorted(matching, key=lambda row: (row.hs_code, row.valid_from))

    def in_force(self, hs_code: HsCode, day: date) -> list[Rate]:
        """Return the rows in force on a day: the one that counts for a code of ten digits, all below a shorter one.

        >>> from customs.tax.rate_rows import shipped
        >>> [row.hs_code for row in shipped().in_force("220421", date(2026, 11, 11))]
        ['22042100', '2204210000']
        """
        if len(hs_code) < 10:
            return [row for row in self._related(hs_code) if row.in_force(day)]
        try:
            return [self.rate(hs_code, day)]
        except RateMissingError:
            return []

    def neighbours(self, hs_code: HsCode) -> list[Rate]:
        """Return the closest rows to a code without a rate: its rows of other days, otherwise those of its heading."""
        return list(self._related(hs_code)) or self.rows(hs_code[:4])

    def _related(self, hs_code: HsCode) -> Iterator[Rate]:
        return (row for row in self.rows() if row.hs_code.startswith(hs_code) or hs_code.startswith(row.hs_code))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Rates) and self._by_code == other._by_code

    def __hash__(self) -> int:
        return hash(self._by_code)

    def __repr__(self) -> str:
        return f"<Rates of {len(self._by_code)} commodity codes>"


def _newest_first(code: str, rows: list[Rate]) -> tuple[Rate, ...]:
    """Return the rows of one code, newest first, since most parcels are declared today."""
    newest_first = sorted(rows, key=lambda row: row.valid_from, reverse=True)
    for later, earlier in pairwise(newest_first):
        if later.valid_from <= earlier.valid_to:
            spans = " and ".join(f"{each.valid_from} to {each.valid_to}" for each in (earlier, later))
            raise ValueError(
                f"commodity code {code}: two rows overlap, {spans}: end the first before the second begins"
            )
    return tuple(newest_first)


@dataclass(frozen=True, slots=True)
class RateFunction:
    """A rate table that asks a function; it can be pickled if the function can."""

    find: Callable[[str, date], Rate | None]

    def rate(self, hs_code: HsCode, day: date) -> Rate:
        """Return the function's rate. Raises ``RateMissingError`` where it has none."""
        rate = self.find(hs_code, day)
        if rate is None:
            raise RateMissingError(hs_code, day)
        return rate


def from_function(find: Callable[[str, date], Rate | None]) -> RateTable:
    """Return a table that asks ``find(hs_code, day)``, which returns None for an unknown code.

    >>> from customs.tax.rate_rows import shipped
    >>> wine = shipped().rate("2204210000", date(2026, 11, 11))
    >>> table = from_function(lambda code, day: wine if code.startswith("2204") else None)
    >>> table.rate("2204210000", date(2026, 1, 1)).vat
    'standard'
    """
    return RateFunction(find)
