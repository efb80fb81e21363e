"""Refused rows (被拒的订单行) on their way back: with their reasons, in the order of the file, packed to take little memory."""

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

from customs.intake.sheets import RETURNED, Sheet, SheetRow

#: Findings of a row that are written out; the others are counted.
MOST_FINDINGS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFault:
    """A reason why an order was refused, and what to do; neither holds personal data."""

    row: int
    """The number of the row, as ``SheetRow`` has it."""
    column: int | None = None
    """From 0; None if no cell of the table is at fault."""
    en: str
    zh: str
    advice_en: str = ""
    advice_zh: str = ""

    def told(self) -> dict[str, Any]:
        """Return the reason for a record, its column counted from 1 as people and spreadsheets do."""
        return {**asdict(self), "column": None if self.column is None else self.column + 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedOrder:
    """A refused order: all of its rows, and why it was refused."""

    rows: tuple[SheetRow, ...]
    faults: tuple[CellFault, ...]


class ReturnedRow(NamedTuple):
    """A row to be given back: with its own faults, and the order that it is of."""

    row: SheetRow
    faults: tuple[CellFault, ...]
    first: bool
    """True if it is the first row of its order."""
    order: int
    blamed: int
    """The number of the order's first row that is at fault."""


def in_order(orders: Iterable[ReturnedOrder]) -> list[bytes]:
    """Return the rows of all orders in the order of the file, packed."""
    packed = sorted((each.row.number, each.order, at, pickle.dumps(each)) for at, each in enumerate(_rows(orders)))
    return [each for *_, each in packed]


def unpacked(rows: Iterable[bytes]) -> Iterator[ReturnedRow]:
    """Yield rows that ``in_order`` has packed."""
    for each in rows:
        found = pickle.loads(each)  # noqa: S301  packed by in_order
        assert isinstance(found, ReturnedRow)
        yield found


def _rows(orders: Iterable[ReturnedOrder]) -> Iterator[ReturnedRow]:
    for number, order in enumerate(orders):
        faults = _by_row(order)
        blamed = min(faults, default=order.rows[0].number)
        for at, row in enumerate(order.rows):
            yield ReturnedRow(row, tuple(faults.pop(row.number, ())), at == 0, number, blamed)


def _by_row(order: ReturnedOrder) -> dict[int, list[CellFault]]:
    """Return the faults of an order by the number of their row; those of no row stand with the first."""
    found: dict[int, list[CellFault]] = {}
    numbers = {row.number for row in order.rows}
    for each in order.faults:
        found.setdefault(each.row if each.row in numbers else order.rows[0].number, []).append(each)
    return found


def numbers_of(rows: Sequence[bytes]) -> tuple[dict[int, int], int]:
    """Return the rows of the new file by those of the old one, and how many columns the widest has."""
    numbers, widest = dict[int, int](), 0
    for at, each in enumerate(unpacked(rows), 2):
        numbers.setdefault(each.row.number, at)
        widest = max(widest, len(each.row.values))
    return numbers, widest


def reason_and_advice(row: ReturnedRow, headings: Mapping[int, str], number_of: Mapping[int, int]) -> tuple[str, str]:
    """Return what the two columns say of a row, a line for each finding.

    ``headings`` names columns, ``number_of`` the rows of the new file by their numbers in the old one.
    """
    if not row.faults:
        at = number_of[row.blamed]
        return f"见本订单第 {at} 行 See row {at} of this order", ""
    shown = row.faults[:MOST_FINDINGS]
    reasons = [f"{_heading(each, headings)}{each.zh} {each.en}" for each in shown]
    if more := len(row.faults) - len(shown):
        reasons.append(f"另有 {more} 项问题 {more} more")
    advice = dict.fromkeys(f"{each.advice_zh} {each.advice_en}".strip() for each in shown)
    return "\n".join(reasons), "\n".join(each for each in advice if each)


def _heading(fault: CellFault, headings: Mapping[int, str]) -> str:
    heading = headings.get(fault.column, "") if fault.column is not None else ""
    return f"【{heading}】" if heading else ""


def all_headings(sheet: Sheet, width: int) -> tuple[str, ...]:
    """Return the headings with those of reason and advice behind the widest row."""
    return (*sheet.headings, *("",) * (width - len(sheet.headings)), *RETURNED)
