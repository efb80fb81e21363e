r"""Reading of bond messages (解析核注清单报文): INV101, INV201, INV202, INV211 as bytes, to values.

Reads within the limits of ``customs.wire.parsing``: nothing is resolved or expanded, time and memory are bounded by the size.
Elements are found by their names, whatever namespace or case they are written in. What is missing, unknown or of another
form is an oddity of the value, with its text; only a message by which no list and no quantity can be known is refused.

>>> text = ('<Package><DataInfo><BussinessData><INV202><InvApprResult><businessId>QD311124E000097307</businessId>'
...         '<manageResult>1</manageResult><createDate>2024-07-26 16:39:17</createDate></InvApprResult></INV202>'
...         '</BussinessData></DataInfo></Package>')
>>> read = read_bond_message(text.encode())
>>> read.numbers.bond_no, read.result, [each.code for each in read.oddities]
('QD311124E000097307', '1', ['field-missing'])
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from lxml import etree

from customs.documents.oddity import Oddity, OddityCode
from customs.fields.digits import within_n19_5
from customs.fields.forgetting import forgetting
from customs.ledger.book import bond_fields
from customs.ledger.book.bond_lists import (
    BondHead,
    BondLine,
    BondList,
    BondMessage,
    BondNumbers,
    BondReceipt,
    BookRow,
    BookStatement,
    DeclaredAs,
    Deduction,
    Direction,
    EntryReceipt,
)
from customs.ledger.book.items import BookItem, book_item
from customs.wire.parsing import ReadError, parse_tolerantly, shown_name

E = TypeVar("E", bound=StrEnum)

#: Oddities of a message; a statement of 5,000 rows in which each lacks four fields has as many.
MOST_ODDITIES = 20_000

#: Characters of one value; the longest that is known, the model of goods, has 512.
LONGEST_VALUE = 4_000

#: No quantity reaches this; the ledger keeps sums of many.
LARGEST = Decimal(10) ** 12

_NUMBER = re.compile(r"-?[0-9]{1,19}(?:\.[0-9]{0,10})?")
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y%m%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y-%m-%d", "%Y%m%d")


@forgetting
def read_bond_message(content: bytes) -> BondMessage:
    """Return what a message of the bonded system says, with its oddities.

    Raises ``ReadError`` for malformed or hostile XML, for a message of another kind, and for one that names no list.
    """
    parsed = parse_tolerantly(content)
    reading = _Reading(list(parsed.oddities))
    for kind, element in _kinds(parsed.root):
        return _READERS[kind](_Part(reading, element, "INV101" if kind == "invtmessage" else kind.upper()))
    raise ReadError(f"{shown_name(parsed.root)} holds none of INV101, INV201, INV202, INV211 of the bonded system")


def holds_bond_message(content: bytes) -> bool:
    """True if bytes look like a message of the bonded system, without reading it.

    >>> holds_bond_message(b"<Package><EnvelopInfo/></Package>"), holds_bond_message(b"<CEB621Message/>")
    (True, False)
    """
    return b"EnvelopInfo" in content or b"BussinessData" in content or b"BusinessData" in content


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname.lower()


def _kinds(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Yield the business data of a package, plain or inside a signature."""
    for element in root.iter(etree.Element):
        if _local(element) in ("bussinessdata", "businessdata"):
            for each in element.iterchildren(etree.Element):
                name = _local(each)
                if name in _READERS:
                    yield name, each


class _Reading:
    """The oddities of one message, within limits."""

    def __init__(self, oddities: list[Oddity]) -> None:
        self.oddities = oddities

    def add(self, code: OddityCode, path: str, line: int | None, text: str = "") -> None:
        if len(self.oddities) >= MOST_ODDITIES:
            raise ReadError(f"line {line}: the message has more than {MOST_ODDITIES} oddities")
        self.oddities.append(Oddity.of(code, path, line, text))


class _Part:
    """The children of an element by their names in lower case."""

    def __init__(self, reading: _Reading, element: etree._Element, path: str) -> None:
        self.reading, self.element, self.path = reading, element, path
        self.children: dict[str, list[etree._Element]] = {}
        for each in element.iterchildren(etree.Element):
            self.children.setdefault(_local(each), []).append(each)

    def odd(self, code: OddityCode, name: str, element: etree._Element | None = None, text: str = "") -> None:
        place = self.element if element is None else element
        self.reading.add(code, f"{self.path}.{name}", place.sourceline, text)

    def unknown(self, element: etree._Element) -> None:
        kept = etree.tostring(element, encoding="unicode", with_tail=False)
        self.odd("unknown-element", shown_name(element), element, kept)

    def parts(self, *names: str) -> Iterator["_Part"]:
        """Yield the records of any of these names, numbered in their paths."""
        for name in names:
            for number, each in enumerate(self.children.get(name.lower(), ())):
                yield _Part(self.reading, each, f"{self.path}.{name}[{number}]")

    def part(self, name: str) -> "_Part | None":
        return next(self.parts(name), None)

    def check(self, known: frozenset[str], many: frozenset[str] = frozenset()) -> None:
        """Report the elements that are not known, and those that stand twice and are not among the ``many``."""
        for name, found in self.children.items():
            for each in () if name in many else found[1:] if name in known else found:
                self.unknown(each)

    def text(self, name: str, *, needed: bool = False) -> str:
        """Return the value of a field, an empty text for one that is empty or missing."""
        found = self.children.get(name.lower())
        value = (found[0].text or "").strip() if found else ""
        if found and (len(found[0]) or len(value) > LONGEST_VALUE):
            self.odd("value-irregular", name, found[0], value[:LONGEST_VALUE])
            value = ""
        if needed and not value:
            self.odd("field-missing", name)
        return value

    def irregular(self, name: str, value: str) -> None:
        self.odd("value-irregular", name, self.children[name.lower()][0], value)

    def number(self, name: str, *, needed: bool = False) -> Decimal | None:
        """Return a quantity; only those of the book's own rows may be below nought, and they are never ``needed``."""
        value = self.text(name, needed=needed)
        if not value:
            return None
        try:
            found = within_n19_5(Decimal(value)) if _NUMBER.fullmatch(value) else LARGEST
            if abs(found) < LARGEST and (found >= 0 or not needed):
                return found
        except (ValueError, InvalidOperation):
            pass
        self.irregular(name, value)
        return None

    def count(self, name: str) -> int | None:
        value = self.text(name)
        if not value:
            return None
        if value.isascii() and value.isdecimal() and len(value) <= 9:
            return int(value)
        self.irregular(name, value)
        return None

    def moment(self, name: str, *, needed: bool = False) -> datetime | None:
        value = self.text(name, needed=needed)
        for form in _TIMES if value else ():
            try:
                return datetime.strptime(value, form)
            except ValueError:
                continue
        if value:
            self.irregular(name, value)
        return None

    def code(self, name: str, codes: type[E], *, needed: bool = False) -> E | None:
        value = self.text(name, needed=needed)
        if not value:
            return None
        try:
            return codes(value)
        except ValueError:
            self.irregular(name, value)
            return None

    def item(self, ems_no: str, name: str) -> BookItem | None:
        value = self.text(name, needed=True)
        if not value or not ems_no:
            return None
        try:
            return book_item(ems_no, value)
        except ValueError:
            self.irregular(name, value)
            return None

    def others(self, known: frozenset[str], read: frozenset[str]) -> Mapping[str, str]:
        """Return the further known fields that are filled."""
        names = sorted((known - read - {"iccardno"}) & self.children.keys())
        return MappingProxyType({name: value for name in names if (value := self.text(name))})


def _numbers(part: _Part, pre_entry: str) -> BondNumbers:
    return BondNumbers(
        own_no=part.text("etpsInnerInvtNo"), bond_no=part.text("bondInvtNo"), pre_entry_no=part.text(pre_entry)
    )


def _list(part: _Part) -> BondList:
    """INV101: ``InvtMessage`` with its head, lines and retail bills."""
    head = part.part("InvtHeadType")
    if head is None:
        raise ReadError("INV101: there is no InvtHeadType")
    part.check(bond_fields.AROUND | {"invtheadtype"}, frozenset({"invtlisttype", "invtcbecbilltype"}))
    head.check(bond_fields.LIST_HEAD)
    numbers, ems_no = _numbers(head, "seqNo"), head.text("putrecNo").upper()
    if not (numbers.own_no or numbers.bond_no) or not ems_no:
        raise ReadError("INV101: neither etpsInnerInvtNo nor bondInvtNo names the list, or putrecNo names no book")
    direction = head.code("impexpMarkcd", Direction)
    if direction is None:
        raise ReadError("INV101: impexpMarkcd must be I or E")
    lines = tuple(_line(each, ems_no) for each in part.parts("InvtListType"))
    if not lines:
        part.odd("field-missing", "InvtListType")
    return BondList(
        numbers=numbers,
        ems_no=ems_no,
        direction=direction,
        declared_as=head.code("dclTypecd", DeclaredAs, needed=True) or DeclaredAs.NEW,
        change_no=head.count("chgTmsCnt"),
        kind=head.text("invtType") or head.text("bondInvtTypecd"),
        supervision=head.text("supvModecd"),
        related_bond_no=head.text("rltInvtNo"),
        related_ems_no=head.text("rltPutrecNo").upper(),
        lines=lines,
        retail_list_nos=tuple(_bills(part)),
        others=head.others(bond_fields.LIST_HEAD, bond_fields.HEAD_READ),
        oddities=tuple(part.reading.oddities),
    )


def _bills(part: _Part) -> Iterator[str]:
    """Yield the retail lists that are named, each once."""
    seen: set[str] = set()
    for each in part.parts("InvtCbecBillType"):
        each.check(bond_fields.RETAIL_BILL)
        number = each.text("cbecBillNo", needed=True)
        if number in seen:
            each.irregular("cbecBillNo", number)
        elif number:
            seen.add(number)
            yield number


def _line(part: _Part, ems_no: str) -> BondLine:
    part.check(bond_fields.LIST_LINE)
    return BondLine(
        number=part.text("gdsSeqno"),
        item=part.item(ems_no, "putrecSeqno"),
        sku=part.text("gdsMtno"),
        quantity=part.number("dclQty", needed=True),
        unit=part.text("dclUnitcd"),
        hs_code=part.text("gdecd"),
        name=part.text("gdsNm"),
        legal_quantity=part.number("lawfQty"),
        legal_unit=part.text("lawfUnitcd"),
        change=part.text("modfMarkcd"),
    )


def _head(part: _Part) -> BondHead:
    """BondInvtBsc of a receipt."""
    part.check(bond_fields.RECEIPT_HEAD)
    return BondHead(
        numbers=_numbers(part, "invtPreentNo"),
        ems_no=part.text("putrecNo").upper(),
        direction=part.code("impexpMarkcd", Direction),
        change_no=part.count("chgTmsCnt"),
        kind=part.text("bondInvtTypecd"),
        related_bond_no=part.text("rltInvtNo"),
        related_ems_no=part.text("rltPutrecNo").upper(),
        deduction=part.code("vrfdedMarkcd", Deduction),
        mode=part.text("vrfdedModecd"),
        status=part.text("invtStucd"),
        gate=part.text("invtIochkptStucd"),
        entry_released=part.text("entryStucd"),
        pre_deducted_at=part.moment("prevdTime"),
        deducted_at=part.moment("formalVrfdedTime"),
        others=part.others(bond_fields.RECEIPT_HEAD, bond_fields.HEAD_READ),
    )


def _receipt(part: _Part) -> BondReceipt:
    """INV201."""
    part.check(frozenset({"hdeapprresult", "bondinvtbsc"}), frozenset({"bondinvtdtl", "checkinfo"}))
    approval = part.part("HdeApprResult")
    if approval is None:
        raise ReadError("INV201: there is no HdeApprResult")
    approval.check(bond_fields.APPROVAL)
    basic = part.part("BondInvtBsc")
    head = _head(basic) if basic else None
    numbers = BondNumbers(
        own_no=head.numbers.own_no if head else "",
        bond_no=approval.text("businessId") or (head.numbers.bond_no if head else ""),
        pre_entry_no=approval.text("etpsPreentNo") or (head.numbers.pre_entry_no if head else ""),
    )
    if not numbers:
        raise ReadError("INV201: neither businessId nor etpsPreentNo names a list")
    change_no = approval.count("tmsCnt")
    return BondReceipt(
        numbers=numbers,
        change_no=change_no if change_no is not None or head is None else head.change_no,
        declared_as=approval.code("typecd", DeclaredAs),
        result=approval.text("manageResult", needed=True),
        at=approval.moment("manageDate", needed=True),
        reasons=tuple(_reasons(part, approval)),
        head=head,
        lines=tuple(_line(each, head.ems_no if head else "") for each in part.parts("BondInvtDtl")),
        oddities=tuple(part.reading.oddities),
    )


def _reasons(part: _Part, approval: _Part) -> Iterator[str]:
    if text := approval.text("rmk"):
        yield text
    for each in part.parts("CheckInfo"):
        if not each.children and (text := (each.element.text or "").strip()):
            yield text[:LONGEST_VALUE]
        each.check(bond_fields.CHECK_INFO)
        yield from filter(None, (each.text(name) for name in ("code", "note", "info", "checkInfo")))


def _entry(part: _Part) -> EntryReceipt:
    """INV202."""
    approval = part.part("InvApprResult")
    if approval is None:
        raise ReadError("INV202: there is no InvApprResult")
    part.check(frozenset({"invapprresult"}))
    approval.check(bond_fields.ENTRY_APPROVAL)
    numbers = BondNumbers(bond_no=approval.text("businessId"), pre_entry_no=approval.text("invPreentNo"))
    if not numbers:
        raise ReadError("INV202: neither businessId nor invPreentNo names a list")
    return EntryReceipt(
        numbers=numbers,
        entry_no=approval.text("entrySeqNo", needed=True),
        result=approval.text("manageResult", needed=True),
        at=approval.moment("createDate", needed=True),
        reasons=tuple(filter(None, (approval.text("reason"),))),
        oddities=tuple(part.reading.oddities),
    )


def _statement(part: _Part) -> BookStatement:
    """INV211."""
    part.check(frozenset({"bondinvtbsc"}), frozenset({"bwsdt"}))
    basic = part.part("BondInvtBsc")
    if basic is None:
        raise ReadError("INV211: there is no BondInvtBsc")
    head = _head(basic)
    if not head.numbers:
        raise ReadError("INV211: no number names the list")
    rows = tuple(_row(each, head.ems_no) for each in part.parts("BwsDt"))
    return BookStatement(head=head, rows=rows, oddities=tuple(part.reading.oddities))


def _row(part: _Part, ems_no: str) -> BookRow:
    part.check(bond_fields.BOOK_ROW)
    return BookRow(
        item=part.item(part.text("bwsNo") or ems_no, "gdsSeqno"),
        sku=part.text("gdsMtno"),
        bond_no=part.text("invtNo"),
        line_number=part.text("invtGNo"),
        in_quantity=part.number("inQty"),
        actual_in=part.number("actlIncQty"),
        actual_out=part.number("actlRedcQty"),
        pre_in=part.number("prevdIncQty"),
        pre_out=part.number("prevdRedcQty"),
        unit=part.text("dclUnitcd"),
        in_at=part.moment("inDate"),
        out_at=part.moment("outDate"),
        kept_until=part.moment("limitDate"),
        others=part.others(bond_fields.BOOK_ROW, bond_fields.ROW_READ),
    )


#: The reader of each kind of business data, by its name in lower case. INV101 stands as ``InvtMessage``.
_READERS: Mapping[str, Callable[[_Part], BondMessage]] = {
    "invtmessage": _list,
    "inv101": _list,
    "inv201": _receipt,
    "inv202": _entry,
    "inv211": _statement,
}
