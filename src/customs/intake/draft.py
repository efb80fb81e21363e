"""Drafts (组装草稿): a parcel while it is composed, with the origin of each value and what was found wrong."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from operator import itemgetter
from typing import Any, Literal

from customs.fields import Term
from customs.fields.given import shown_value
from customs.fields.terms import Decimals
from customs.intake.column_names import SHOP, is_of_line, term_of_path
from customs.intake.columns import Columns, SheetColumn
from customs.intake.gathering import OrderRows
from customs.intake.goods import FindGoods, GoodsRecord
from customs.intake.profile import Profile
from customs.intake.sheets import Sheet, SheetRow, Value
from customs.intake.spots import Spot, cell
from customs.rules import catalogue
from customs.rules.finding import Finding, Kind
from customs.rules.identity import is_identity_number
from customs.rules.reading import name_of

#: Where a value was written: row and column of a cell, or a goods record or profile with the name of its value.
WrittenAt = tuple[int, int] | tuple[GoodsRecord, str] | tuple[Profile, str]

#: The parts that every parcel has, so that a missing field is named, not its part.
_PARTS = ("parties", "order", "payment", "waybill", "clearance")

_PLAIN_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/#+-]{0,29}")

#: Telephones have 11 digits, identity numbers more.
_MANY_DIGITS = re.compile(r"(?:[0-9][^0-9]?){10}")

#: An order has so many lines at most (unified edition 2022-05); of one with more, the first beyond them shows it.
MOST_LINES = 99

#: A longer value is not repeated in a finding.
_LONGEST_SHOWN = 60


@dataclass(frozen=True, kw_only=True)
class Intake:
    """The conditions that all orders of a table share: its columns, the goods records, the profiles, the day."""

    file: str
    sheet: str = ""
    kind: Literal["xlsx", "csv", "json"] = "csv"
    columns: Columns
    goods: FindGoods | None = field(default=None, repr=False)
    """Finds the record of a SKU; without it, all facts of goods stand in the rows."""
    profiles: tuple[Profile, ...] = ()
    on: date
    """The declaration day, on which goods records must hold."""

    @classmethod
    def of(
        cls,
        sheet: Sheet,
        columns: Columns,
        *,
        on: date,
        goods: FindGoods | None = None,
        profiles: tuple[Profile, ...] = (),
    ) -> "Intake":
        """Return what the orders of a sheet share."""
        return cls(
            file=sheet.file, sheet=sheet.sheet, kind=sheet.kind, columns=columns, goods=goods, profiles=profiles, on=on
        )

    @cached_property
    def of_order(self) -> tuple[SheetColumn, ...]:
        """The columns of which an order has one value."""
        return tuple(each for each in self.columns.known if each not in self.of_line)

    @cached_property
    def of_line(self) -> tuple[SheetColumn, ...]:
        """The columns of which each line has its own value."""
        return tuple(each for each in self.columns.known if is_of_line(each.path))

    @cached_property
    def said_of_order(self) -> Callable[[tuple[Value, ...]], tuple[Value, ...]]:
        """Returns of the values of a row those that it says of its order."""
        indices = [at for each in self.of_order for at in each.indices]
        return itemgetter(*indices, indices[0])

    @cached_property
    def numbered(self) -> int:
        """The column of the order numbers."""
        column = self.columns.at("order.order_no")
        return column.index if column else 0

    @cached_property
    def headings(self) -> Mapping[int, str]:
        """The headings by column."""
        return {part.index: part.heading for each in self.columns.known for part in (each, *each.parts)}

    def spot(self, origin: WrittenAt) -> Spot:
        """Return an origin as a spot, in words."""
        whose, name = origin
        if isinstance(whose, int):
            assert isinstance(name, int)
            return cell(self.file, self.sheet, whose, name + 1, self.headings.get(name, ""))
        assert isinstance(name, str)
        return whose.spot(name)


class Draft:
    """A parcel while it is composed."""

    def __init__(self, order: OrderRows, intake: Intake) -> None:
        self.order, self.intake = order, intake
        self.looked_at = order.rows[: MOST_LINES + 1]
        self.values: dict[str, str | int] = {}
        self.lines: list[dict[str, Any]] = []
        self.read: list[Mapping[str, Any]] = []
        self.origins: dict[str, WrittenAt] = {}
        self.findings: list[Finding] = []
        self.placed: dict[Finding, WrittenAt] = {}
        self.broken: set[str] = set()
        self.unknown_goods: set[str] = set()
        self.not_given: frozenset[str] = frozenset()
        for each in order.doubts:
            self.refuse(each.kind.at("order.order_no", **each.facts), (each.row, intake.numbered))
        if not order.order_no and not order.doubts:
            self._without_number(order.rows[0])

    @property
    def refused(self) -> bool:
        return any(each.is_error for each in self.findings)

    def refuse(self, finding: Finding, origin: WrittenAt) -> None:
        """Add a finding about what stands at an origin."""
        self.findings.append(finding)
        self.placed.setdefault(finding, origin)

    def breaks(self, path: str, finding: Finding, origin: WrittenAt) -> None:
        """Add a finding about a value that cannot be taken; that it is missing then needs no word."""
        self.broken.add(path)
        self.origins.setdefault(path, origin)
        self.refuse(finding, origin)

    def differ(
        self, path: str, one: tuple[Any, WrittenAt], other: tuple[Any, WrittenAt], *, rows: bool = False
    ) -> None:
        """Add that a value is given twice and differs; the second place is the one that is marked."""
        term = term_of_path(_bare(path))
        facts: dict[str, str] = {"name": name_of(term, path)}
        for name, (value, origin) in (("one", one), ("other", other)):
            spot, shown = self.intake.spot(origin), shown_fact(value, term, origin)
            facts[f"{name}_zh"] = f"{spot.zh}为 {shown}" if shown else spot.zh
            facts[name] = f"{shown} in {spot.en}" if shown else spot.en
        kind: Kind = catalogue.ROWS_DIFFER if rows else catalogue.SOURCES_DIFFER
        self.refuse(kind.at(path, **facts), other[1])

    def given(self) -> dict[str, Any]:
        """The parcel as far as it is composed, nested as JSON would have it."""
        found: dict[str, Any] = {part: {} for part in _PARTS}
        for path, value in self.values.items():
            part, _, name = path.rpartition(".")
            if path != SHOP:
                (found.setdefault(part, {}) if part else found)[name] = value
        found["order"]["lines"] = self.lines
        return found

    def explains(self, finding: Finding) -> bool:
        """True if a finding of reading only repeats what is known to be broken."""
        if finding.path in self.broken:
            return True
        if finding.code != catalogue.MISSING.code:
            return False
        line = finding.path.rpartition(".")[0]
        return line in self.unknown_goods or _bare(finding.path) in self.not_given

    def _without_number(self, row: SheetRow) -> None:
        """Say why a row belongs to no order."""
        from customs.intake.row_values import cell_value

        column = self.intake.columns.at("order.order_no")
        assert column is not None
        if cell_value(self, "order.order_no", row, column) is None and not self.findings:
            origin = (row.number, column.index)
            self.refuse(catalogue.ORDER_NO_ABSENT.at("order.order_no", row=row.number), origin)


def _bare(path: str) -> str:
    """A path of a parcel as columns name it: ``order.lines[0].qty`` is ``line.qty``."""
    if path.startswith("order.lines["):
        return f"line.{path.partition('].')[2]}"
    return path


def shown_fact(value: Any, term: Term, origin: WrittenAt) -> str:
    """Return a value as a finding may show it, an empty text for one that may be personal or is too long.

    A cell may hold anything where columns are shifted; goods records and profiles are the enterprise's own.
    """
    text = str(value)
    if term.personal or len(text) > _LONGEST_SHOWN:
        return ""
    return shown_cell(text, term) if isinstance(origin[0], int) else text


def shown_cell(text: str, term: Term | None = None) -> str:
    """Return the text of a cell if no person can hide in it, an empty text otherwise.

    >>> shown_cell("SKU-0001"), shown_cell("13900000000"), shown_cell("贾宝玉")
    ('SKU-0001', '', '')
    """
    if shown_value(text, term) or (_PLAIN_WORD.fullmatch(text) and not _MANY_DIGITS.search(text)):
        return text
    return ""


def shown_number(number: str) -> str:
    """Return the number of a refused order as it may be shown: in columns that were moved it is an identity number.

    >>> shown_number("EX-1"), shown_number("110101185001159277")
    ('EX-1', '***')
    """
    return "***" if is_identity_number(number.upper(), date.max) else number


def same(one: Any, other: Any, term: Term) -> bool:
    """True if two values are the same fact: amounts by what they are worth, everything else by its characters."""
    if isinstance(term, Decimals):
        try:
            return Decimal(one) == Decimal(other)
        except (InvalidOperation, TypeError):
            return bool(one == other)
    return str(one) == str(other)
