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

from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from customs.fields.forgetting import forgetting
from customs.ledger.book.bond_answers import entry_receipt_of, receipt_of, statement_of
from customs.ledger.book.bond_declarations import list_of
from customs.ledger.book.bond_lists import BondMessage
from customs.ledger.book.bond_parts import BondPart, BondReading, local_name
from customs.wire.parsing import ReadError, parse_tolerantly, shown_name

#: The reader of each kind of business data, by its name in lower case. INV101 stands as ``InvtMessage``.
_READERS: Mapping[str, Callable[[BondPart], BondMessage]] = {
    "invtmessage": list_of,
    "inv101": list_of,
    "inv201": receipt_of,
    "inv202": entry_receipt_of,
    "inv211": statement_of,
}


@forgetting
def read_bond_message(content: bytes) -> BondMessage:
    """Return what a message of the bonded system says, with its oddities.

    Raises ``ReadError`` for malformed or hostile XML, for a message of another kind, and for one that names no list.
    """
    parsed = parse_tolerantly(content)
    reading = BondReading(list(parsed.oddities))
    for kind, element in _kinds(parsed.root):
        return _READERS[kind](BondPart(reading, element, "INV101" if kind == "invtmessage" else kind.upper()))
    raise ReadError(f"{shown_name(parsed.root)} holds none of INV101, INV201, INV202, INV211 of the bonded system")


def holds_bond_message(content: bytes) -> bool:
    """True if bytes look like a message of the bonded system, without reading it.

    >>> holds_bond_message(b"<Package><EnvelopInfo/></Package>"), holds_bond_message(b"<CEB621Message/>")
    (True, False)
    """
    return b"EnvelopInfo" in content or b"BussinessData" in content or b"BusinessData" in content


def _kinds(root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Yield the business data of a package, plain or inside a signature."""
    for element in root.iter(etree.Element):
        if local_name(element) in ("bussinessdata", "businessdata"):
            for each in element.iterchildren(etree.Element):
                name = local_name(each)
                if name in _READERS:
                    yield name, each
