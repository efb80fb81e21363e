"""Rows of a goods list (商品备案表的行): headings recognised, values taken as they stand or refused, never repaired."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from customs.declaration import ClearanceFacts, Line
from customs.fields import terms_of
from customs.fields.digits import N19_5, plain_digits
from customs.fields.terms import XML_TEXT
from customs.intake import spots
from customs.intake.facts import unfit
from customs.intake.goods import GoodsRecord
from customs.intake.goods_headings import OWN_LABELS, field_of
from customs.intake.list_cells import CellRefusedError, cell_day, cell_text, is_huge, without_blanks
from customs.intake.problems import FileMistake, near, shown_name
from customs.intake.spots import Spot

#: States of a record, by the words for each.
STATES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "approved": ("已备案", "备案通过", "审核通过", "通过", "正常", "有效"),
        "pending": ("待备案", "备案中", "待审核", "审核中", "草稿", "draft"),
        "refused": ("未通过", "审核不通过", "驳回", "rejected"),
        "suspended": ("停用", "暂停", "失效", "已停用"),
    }
)
_STATE_OF = {word: state for state, words in STATES.items() for word in (state, *words)}

#: Characters of a SKU at most: the order admits 30, the declaration list 20.
_LONGEST_SKU = 30

#: Bar codes of products have as many digits (GTIN); as a number, one of another length has lost its zeros.
_BAR_CODE_DIGITS = (8, 12, 13, 14)


@dataclass(frozen=True, slots=True)
class RowSpots(Mapping[str, Spot]):
    """Where each value of a record was written: all in one row, so that the texts are made only when they are asked for."""

    sku: str
    file: str
    row: int
    names: tuple[str, ...]

    def __getitem__(self, name: str) -> Spot:
        if name not in self.names:
            raise KeyError(name)
        return spots.record(self.sku, name, self.file, self.row)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


class RowReading:
    """Reads the rows of one list; ``problems`` collects what is wrong, so that all of it is told at once."""

    def __init__(self, file: str, sheet: str = "", columns: Mapping[str, int] | None = None) -> None:
        self.file, self.sheet, self._columns = file, sheet, columns or {}
        self.problems: list[FileMistake] = []
        self.ignored: dict[str, None] = {}
        """Headings that mean nothing here."""
        self._rows: dict[str, tuple[int, str]] = {}

    def wrong(self, row: int, heading: str, en: str, zh: str) -> None:
        """Note a mistake at a cell."""
        self.problems.append(FileMistake(self.file, row, shown_name(heading), en, zh))

    def record(self, row: int, cells: Mapping[str, Any]) -> GoodsRecord | None:
        """Return the record in a row; None for an empty row, and with a mistake noted for one that is wrong."""
        before = len(self.problems)
        facts: dict[str, Any] = {}
        headings: dict[str, str] = {}
        for name, heading, value in self._values(row, cells):
            facts[name], headings[name] = value, heading
        if not facts and len(self.problems) == before:
            return None
        sku = facts.pop("sku", "")
        self._check_sku(row, headings.get("sku", "sku"), sku)
        if len(self.problems) > before:
            return None
        own = {name: facts.pop(name) for name in OWN_LABELS if name in facts}
        return GoodsRecord(sku=sku, facts=facts, spots=RowSpots(sku, self.file, row, tuple(headings)), **own)

    def _values(self, row: int, cells: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
        """Yield the field, the heading and the value of each cell that is filled and right."""
        seen: dict[str, str] = {}
        for heading, given in cells.items():
            value = without_blanks(given)
            if value in (None, "") or not isinstance(heading, str):
                continue
            name = field_of(heading)
            if not name:
                self.ignored[heading] = None
            elif name in seen:
                self.wrong(
                    row,
                    heading,
                    f"{seen[name]} means {name} as well: leave one of the columns",
                    f"与列“{seen[name]}”含义相同（{name}），请只保留一列",
                )
            else:
                seen[name] = shown_name(heading)
                try:
                    yield name, heading, _read(name, value)
                except CellRefusedError as refused:
                    self.wrong(row, heading, refused.en, refused.zh)

    def _check_sku(self, row: int, heading: str, sku: str) -> None:
        if not sku:
            self.wrong(row, heading, "the SKU is missing: each record has one", "缺少货号：每条备案须有货号")
            return
        key = re.sub(r"\s+", "", unicodedata.normalize("NFKC", sku)).casefold()
        first, other = self._rows.setdefault(key, (row, sku))
        if first != row:
            en, zh = (
                ("the same SKU", "货号相同")
                if other == sku
                else (
                    f"{other}, which differs only in case, width or blanks",
                    f"货号 {other} 仅大小写、全半角或空格不同",
                )
            )
            self.wrong(row, heading, f"row {first} has {en}: leave one record", f"与第 {first} 行{zh}，请只保留一条")


def _read(name: str, value: Any) -> Any:
    if name in ("valid_from", "valid_until"):
        return cell_day(value)
    if name in ("per_unit1", "per_unit2", "record_price"):
        return _factor(value)
    text = _text(name, value)
    if name == "state":
        return _state(text)
    record, field = (ClearanceFacts if name == "account_book_no" else Line), name
    if field in terms_of(record) and (wrong := unfit(text, record, field)):
        raise CellRefusedError(wrong.en, wrong.zh)
    if len(text) > _LONGEST_SKU and name == "sku":
        raise CellRefusedError(
            f"the SKU has {len(text)} characters: the order admits {_LONGEST_SKU}",
            f"货号有 {len(text)} 个字符，订单最多 {_LONGEST_SKU} 个",
        )
    if not re.fullmatch(XML_TEXT, text):
        raise CellRefusedError("it has characters that no message can carry", "含报文不能承载的字符")
    return text


def _text(name: str, value: Any) -> str:
    """Return a text; a bar code that may have lost its zeros is refused."""
    digits = cell_text(value)
    if name == "bar_code" and not isinstance(value, str) and len(digits) not in _BAR_CODE_DIGITS:
        raise CellRefusedError(
            f"the bar code is a number of {len(digits)} digits and may have lost its zeros: format the column as text",
            f"条形码为 {len(digits)} 位数字，开头的 0 可能已丢失，请将该列设为文本格式后重填",
        )
    return digits


def _state(text: str) -> str:
    if found := _STATE_OF.get(text.casefold()):
        return found
    alike = near(text, _STATE_OF)
    en, zh = (f" ({alike} is meant?)", f"（是否为 {alike}）") if alike else ("", "")
    words = ", ".join(f"{state} {names[0]}" for state, names in STATES.items())
    raise CellRefusedError(f"this is no state of a record{en}: {words}", f"不是备案状态{zh}：应为 {words}")


def _factor(value: Any) -> Decimal:
    """Return a legal quantity of one traded unit; a number of a workbook counts with the 15 digits that it holds."""
    if isinstance(value, float | Decimal) and is_huge(value):
        value = ""
    elif isinstance(value, float):
        value = Decimal(f"{value:.15g}")
    text = plain_digits(Decimal(value)) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value
    if not isinstance(text, str) or not re.fullmatch(N19_5, text) or not Decimal(text):
        raise CellRefusedError(
            'a number above zero is expected, with at most 5 places, such as "0.05"',
            '此处应为大于 0 的数字，最多 5 位小数，如 "0.05"',
        )
    return Decimal(text)
