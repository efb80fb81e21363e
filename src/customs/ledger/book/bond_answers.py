"""Answers of customs about bond lists (核注清单回执): the decision INV201, the entry made INV202, the book after it INV211."""

from collections.abc import Iterator

from customs.ledger.book import bond_fields
from customs.ledger.book.bond_declarations import line_of
from customs.ledger.book.bond_lists import (
    BondHead,
    BondNumbers,
    BondReceipt,
    BookRow,
    BookStatement,
    DeclaredAs,
    Deduction,
    Direction,
    EntryReceipt,
)
from customs.ledger.book.bond_parts import LONGEST_VALUE, BondPart, numbers_of
from customs.wire.parsing import ReadError


def _head(part: BondPart) -> BondHead:
    """BondInvtBsc of a receipt."""
    part.check(bond_fields.RECEIPT_HEAD)
    return BondHead(
        numbers=numbers_of(part, "invtPreentNo"),
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


def receipt_of(part: BondPart) -> BondReceipt:
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
        lines=tuple(line_of(each, head.ems_no if head else "") for each in part.parts("BondInvtDtl")),
        oddities=tuple(part.reading.oddities),
    )


def _reasons(part: BondPart, approval: BondPart) -> Iterator[str]:
    if text := approval.text("rmk"):
        yield text
    for each in part.parts("CheckInfo"):
        if not each.children and (text := (each.element.text or "").strip()):
            yield text[:LONGEST_VALUE]
        each.check(bond_fields.CHECK_INFO)
        yield from filter(None, (each.text(name) for name in ("code", "note", "info", "checkInfo")))


def entry_receipt_of(part: BondPart) -> EntryReceipt:
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


def statement_of(part: BondPart) -> BookStatement:
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


def _row(part: BondPart, ems_no: str) -> BookRow:
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
