"""Bond lists as their enterprise declares them (核注清单申报 INV101): head, lines, and the retail lists that they gather."""

from collections.abc import Iterator

from customs.ledger.book import bond_fields
from customs.ledger.book.bond_lists import BondLine, BondList, DeclaredAs, Direction
from customs.ledger.book.bond_parts import BondPart, numbers_of
from customs.wire.parsing import ReadError


def list_of(part: BondPart) -> BondList:
    """INV101: ``InvtMessage`` with its head, lines and retail bills."""
    head = part.part("InvtHeadType")
    if head is None:
        raise ReadError("INV101: there is no InvtHeadType")
    part.check(bond_fields.AROUND | {"invtheadtype"}, frozenset({"invtlisttype", "invtcbecbilltype"}))
    head.check(bond_fields.LIST_HEAD)
    numbers, ems_no = numbers_of(head, "seqNo"), head.text("putrecNo").upper()
    if not (numbers.own_no or numbers.bond_no) or not ems_no:
        raise ReadError("INV101: neither etpsInnerInvtNo nor bondInvtNo names the list, or putrecNo names no book")
    direction = head.code("impexpMarkcd", Direction)
    if direction is None:
        raise ReadError("INV101: impexpMarkcd must be I or E")
    lines = tuple(line_of(each, ems_no) for each in part.parts("InvtListType"))
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


def _bills(part: BondPart) -> Iterator[str]:
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


def line_of(part: BondPart, ems_no: str) -> BondLine:
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
