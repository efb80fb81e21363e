r"""Lists of parties (参与企业登记表): registrations with further papers, or agreements, as CSV or XLSX, read and written.

A list with a column of platforms and one of merchants is a list of agreements (约定表). In any other list a row that names a paper is
that paper (证照), and a row that names none is a registration (备案).

>>> from tempfile import mkdtemp
>>> file = Path(mkdtemp()) / "parties.csv"
>>> _ = file.write_text("角色,企业代码,企业名称,有效期至\n支付企业,3301960ABC,示例支付,2026-12-31\n", encoding="utf-8")
>>> [(each.role, each.valid_until) for each in parties_in(file)]
[('payment_company', datetime.date(2026, 12, 31))]
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from customs.fields.frozen import FrozenDict
from customs.intake.list_cells import CellRefusedError, cell_day, cell_text, without_blanks
from customs.intake.problems import FileMistake, IntakeError, near, shown_name
from customs.intake.reading import read_sheet
from customs.intake.sheets import Odd, Sheet, SheetError, SheetRow
from customs.intake.templates import TableTemplate, TemplateColumn, csv_of, workbook_of
from customs.ledger.parties.facts import (
    PARTY_PAPER_WORDS,
    PartyAgreement,
    PartyPaper,
    PartyPaperKind,
    PartyRegistration,
)
from customs.ledger.parties.kept import PartyFact
from customs.ledger.parties.schemes import ROLES, PartyCodeError, PartyRole, check_code, check_dxp_id


class PartiesError(IntakeError):
    """A list of parties cannot be used."""


class _Heading(NamedTuple):
    """A column: its label, further headings that mean it, and what it holds."""

    zh: str
    also: tuple[str, ...]
    en: str
    note: str


_HEADINGS: Mapping[str, _Heading] = FrozenDict(
    {
        "platform_code": _Heading("平台代码", ("电商平台代码", "ebpCode"), "The platform of an agreement", "约定所属的电商平台"),
        "merchant_code": _Heading("商家代码", ("电商企业代码", "ebcCode"), "The merchant of an agreement", "约定所属的电商企业"),
        "role": _Heading("角色", ("企业类型", "record_type"), "Role", "、".join(each.zh for each in ROLES.values())),
        "code": _Heading("企业代码", ("海关注册编码", "备案编码"), "Code of the enterprise", "10 位海关注册编码或 18 位信用代码"),
        "name": _Heading("企业名称", ("备案名称", "海关注册名称"), "Name as registered", "海关备案的名称"),
        "credit_code": _Heading("统一社会信用代码", ("信用代码",), "Credit code, where the code is another", "企业代码为其他编号时填写"),
        "dxp_id": _Heading("传输节点编号", ("DXPID", "dxpId"), "Of a transmitter: its exchange client", "传输企业的 DXP 编号"),
        "paper": _Heading(
            "证照", ("证件", "证照类型"), "A further paper; empty for a registration",
            "、".join(words.zh for words in PARTY_PAPER_WORDS.values()),
        ),
        "number": _Heading("证照编号", ("证件编号", "许可证号"), "Number of the paper", "证照的编号"),
        "agreed": _Heading("是否约定", ("约定",), "No ends the agreement", "否为终止约定，不填为是"),
        "valid_from": _Heading("生效日期", ("有效期起",), "First day; empty is open", "没有则留空"),
        "valid_until": _Heading("失效日期", ("有效期至", "有效期止", "valid_to"), "Last day; empty is open", "没有则留空"),
    }
)  # fmt: skip

#: The columns of the two lists, as they are written.
_REGISTERED = ("role", "code", "name", "credit_code", "dxp_id", "paper", "number", "valid_from", "valid_until")
_AGREED = ("platform_code", "merchant_code", "role", "code", "agreed", "valid_from", "valid_until")

#: What each kind of row needs.
_NEEDED: Mapping[type, tuple[str, ...]] = FrozenDict(
    {
        PartyRegistration: ("role", "code", "name"),
        PartyPaper: ("role", "code", "paper"),
        PartyAgreement: ("platform_code", "merchant_code", "role", "code"),
    }
)

_YES = ("是", "yes", "true", "1", "y")
_NO = ("否", "no", "false", "0", "n", "终止")

#: Why a cell cannot be taken, by what is odd about it.
_ODD: Mapping[Odd, tuple[str, str]] = FrozenDict(
    {
        Odd.MERGED: ("the cell is merged: unmerge it and fill every row", "单元格已合并，请取消合并并逐行填写"),
        Odd.UNCOMPUTED: ("the formula was never computed: write the value", "公式未计算，请直接填写数值"),
        Odd.ERROR: ("the cell holds an error of the spreadsheet: write the value", "单元格为错误值，请填写正确的值"),
        Odd.BEYOND: ("there is a value beyond the last heading: quote texts with commas", "最后一个表头右侧还有值，含逗号的文本须加引号"),
        Odd.HIDDEN: ("the row is hidden: show it or delete it", "该行被隐藏，请取消隐藏或删除"),
    }
)  # fmt: skip


def _key(text: str) -> str:
    return re.sub(r"[\s*＊:：_]+", "", unicodedata.normalize("NFKC", text)).casefold()


#: The field of each heading.
_FIELDS: Mapping[str, str] = FrozenDict(
    {
        _key(each): name
        for name, words in _HEADINGS.items()
        for each in (name, words.zh, f"{words.zh} {name}", *words.also)
    }
)

_ROLE_OF: Mapping[str, PartyRole] = FrozenDict(
    {
        **{_key(each): role for role, words in ROLES.items() for each in (role, words.zh, words.en)},
        "ebp": "platform",
        "ebc": "merchant",
        "pay": "payment_company",
        "logistics": "carrier",
        "agent": "declarant",
        "assure": "guarantor",
        "warehouse": "area_operator",
        _key("区内仓储企业"): "area_operator",
    }
)

_PAPER_OF: Mapping[str, PartyPaperKind] = FrozenDict(
    {_key(each): paper for paper, words in PARTY_PAPER_WORDS.items() for each in (paper, words.zh, words.en)}
)


def parties_in(path: Path | str, sheet: str = "") -> tuple[PartyFact, ...]:
    """Return the registrations and papers, or the agreements, in a CSV or XLSX file; ``sheet`` names one of a workbook.

    Raises ``PartiesError`` with every mistake by file, row and column, and ``OSError`` where the file cannot be read.
    """
    try:
        with read_sheet(path, sheet=sheet) as opened:
            return _Reading(opened).facts()
    except SheetError as error:
        raise PartiesError([FileMistake(Path(path).name, 0, "", error.en, error.zh)]) from None


class _Reading:
    """The reading of one list; ``problems`` collects what is wrong, so that all of it is told at once."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet, self.problems = sheet, list[FileMistake]()
        self.fields = [_FIELDS.get(_key(each), "") for each in sheet.headings]
        self.seen: dict[tuple[object, ...], int] = {}

    def wrong(self, row: int, name: str, en: str, zh: str) -> None:
        self.problems.append(FileMistake(self.sheet.file, row, shown_name(self._heading(name)), en, zh))

    def _heading(self, name: str) -> str:
        return self.sheet.headings[self.fields.index(name)] if name in self.fields else name

    def facts(self) -> tuple[PartyFact, ...]:
        """Return what the rows state."""
        self._check_headings()
        found = [] if self.problems else [each for row in self.sheet.rows if (each := self._fact(row))]
        if not found and not self.problems:
            self.wrong(0, "", "there is no enterprise in it", "其中没有企业")
        if self.problems:
            raise PartiesError(self.problems)
        return tuple(found)

    def _check_headings(self) -> None:
        for name in ("role", "code"):
            if name not in self.fields:
                zh = _HEADINGS[name].zh
                self.wrong(
                    self.sheet.heading_row,
                    name,
                    f"no column has the heading {zh} or {name}",
                    f"没有表头为“{zh}”或 {name} 的列",
                )
        for name in {each for each in self.fields if each and self.fields.count(each) > 1}:
            self.wrong(self.sheet.heading_row, name, "two columns mean this: leave one", "有两列含义相同，请只保留一列")

    def _fact(self, row: SheetRow) -> PartyFact | None:
        if all(without_blanks(value) in (None, "") for value in row.values):
            return None
        before = len(self.problems)
        for column, odd in row.odd.items():
            if odd in _ODD and (odd in (Odd.HIDDEN, Odd.BEYOND) or (column < len(self.fields) and self.fields[column])):
                self.wrong(row.number, self.fields[column] if 0 <= column < len(self.fields) else "", *_ODD[odd])
        values = self._values(row)
        kind = self._kind(values)
        for name in _NEEDED[kind]:
            if name not in values and len(self.problems) == before:
                self.wrong(row.number, name, "it is missing", "不能为空")
        if len(self.problems) > before:
            return None
        found: PartyFact = kind(**{name: values[name] for name in kind.__dataclass_fields__ if name in values})
        key = (kind, *[values.get(each) for each in (*_NEEDED[kind], "paper") if each != "name"])
        if (first := self.seen.setdefault(key, row.number)) != row.number:
            self.wrong(
                row.number, "code", f"row {first} states the same: leave one", f"与第 {first} 行重复，请只保留一行"
            )
        return found

    def _kind(self, values: Mapping[str, Any]) -> type[Any]:
        if "platform_code" in self.fields and "merchant_code" in self.fields:
            return PartyAgreement
        return PartyPaper if values.get("paper", "registration") != "registration" else PartyRegistration

    def _values(self, row: SheetRow) -> dict[str, Any]:
        """Return what stands in a row by field; a cell that cannot be taken is noted."""
        found: dict[str, Any] = {}
        for name, given in zip(self.fields, row.values, strict=False):
            value = without_blanks(given)
            if not name or value in (None, ""):
                continue
            try:
                found[name] = _read(name, value)
            except CellRefusedError as refused:
                self.wrong(row.number, name, refused.en, refused.zh)
        role: PartyRole | None = found.get("role")
        codes: list[tuple[str, PartyRole]] = [("platform_code", "platform"), ("merchant_code", "merchant")]
        for name, of in [*codes, *([("code", role)] if role else [])]:
            try:
                if name in found:
                    check_code(of, found[name])
            except PartyCodeError as error:
                self.wrong(row.number, name, error.en, error.zh)
        return found


def _read(name: str, value: Any) -> Any:
    if name in ("valid_from", "valid_until"):
        return cell_day(value)
    text = ("yes" if value else "no") if isinstance(value, bool) else cell_text(value)
    if name in ("role", "paper"):
        return _named(text, _ROLE_OF if name == "role" else _PAPER_OF)
    if name == "agreed":
        if text.casefold() not in (*_YES, *_NO):
            raise CellRefusedError("yes or no is expected", "应为“是”或“否”")
        return text.casefold() in _YES
    if name in ("credit_code", "dxp_id"):
        try:
            check_dxp_id(text) if name == "dxp_id" else check_code("declarant", text)
        except PartyCodeError as error:
            raise CellRefusedError(error.en, error.zh) from None
    return text


def _named(text: str, known: Mapping[str, Any]) -> Any:
    if found := known.get(_key(text)):
        return found
    alike = near(_key(text), known)
    every = ", ".join(dict.fromkeys(map(str, known.values())))
    meant = (f"; {known[alike]} is meant?", f"；是否为 {known[alike]}？") if alike else ("", "")
    raise CellRefusedError(f"it is none of {every}{meant[0]}", f"应为 {every} 之一{meant[1]}")


def parties_list(facts: Iterable[PartyFact], *, agreements: bool, workbook: bool) -> bytes:
    """Return facts as a list that ``parties_in`` reads, XLSX or CSV: registrations with papers, or agreements.

    Raises ``SheetError`` without openpyxl.
    """
    columns = _AGREED if agreements else _REGISTERED
    needed = ("role", "code")
    template = TableTemplate(
        "约定 agreements" if agreements else "参与企业 parties",
        tuple(
            TemplateColumn(f"{_HEADINGS[name].zh} {name}", name in needed, _HEADINGS[name].en, _HEADINGS[name].note)
            for name in columns
        ),
    )
    rows = [[_written(name, getattr(each, name, None)) for name in columns] for each in facts]
    return (workbook_of if workbook else csv_of)(template, rows)


def _written(name: str, value: Any) -> str:
    if name == "role":
        return ROLES[value].zh
    if name == "paper" and value:
        return PARTY_PAPER_WORDS[value].zh
    if isinstance(value, bool):
        return "是" if value else "否"
    return value.isoformat() if isinstance(value, date) else value or ""
