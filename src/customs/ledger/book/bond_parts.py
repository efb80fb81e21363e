"""Parts of a bond message (核注清单报文节点): the children of an element by name, and their values, irregular ones as oddities.

Elements are found by their names, whatever namespace or case they are written in. Nothing that is missing, unknown or of another
form is an error: it is noted, with its text, within limits.

>>> root = etree.fromstring(b"<InvtListType><DclQty>12.5</DclQty><GdsSeqno>one</GdsSeqno></InvtListType>")
>>> part = BondPart(BondReading([]), root, "INV101")
>>> part.number("dclQty"), part.count("gdsSeqno"), [each.code for each in part.reading.oddities]
(Decimal('12.5'), None, ['value-irregular'])
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from lxml import etree

from customs.documents.oddity import Oddity, OddityCode
from customs.fields.digits import within_n19_5
from customs.ledger.book.bond_lists import BondNumbers
from customs.ledger.book.items import BookItem, book_item
from customs.wire.parsing import ReadError, shown_name

E = TypeVar("E", bound=StrEnum)

#: Oddities of a message; a statement of 5,000 rows in which each lacks four fields has as many.
MOST_ODDITIES = 20_000

#: Characters of one value; the longest that is known, the model of goods, has 512.
LONGEST_VALUE = 4_000

#: No quantity reaches this; the ledger keeps sums of many.
LARGEST = Decimal(10) ** 12

_NUMBER = re.compile(r"-?[0-9]{1,19}(?:\.[0-9]{0,10})?")
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%Y%m%d %H:%M:%S", "%Y%m%d%H%M%S", "%Y-%m-%d", "%Y%m%d")


def local_name(element: etree._Element) -> str:
    """Return the name of an element in lower case, without its namespace."""
    return etree.QName(element).localname.lower()


class BondReading:
    """The oddities of one message, within limits."""

    def __init__(self, oddities: list[Oddity]) -> None:
        self.oddities = oddities

    def add(self, code: OddityCode, path: str, line: int | None, text: str = "") -> None:
        if len(self.oddities) >= MOST_ODDITIES:
            raise ReadError(f"line {line}: the message has more than {MOST_ODDITIES} oddities")
        self.oddities.append(Oddity.of(code, path, line, text))


class BondPart:
    """The children of an element by their names in lower case."""

    def __init__(self, reading: BondReading, element: etree._Element, path: str) -> None:
        self.reading, self.element, self.path = reading, element, path
        self.children: dict[str, list[etree._Element]] = {}
        for each in element.iterchildren(etree.Element):
            self.children.setdefault(local_name(each), []).append(each)

    def odd(self, code: OddityCode, name: str, element: etree._Element | None = None, text: str = "") -> None:
        place = self.element if element is None else element
        self.reading.add(code, f"{self.path}.{name}", place.sourceline, text)

    def unknown(self, element: etree._Element) -> None:
        kept = etree.tostring(element, encoding="unicode", with_tail=False)
        self.odd("unknown-element", shown_name(element), element, kept)

    def parts(self, *names: str) -> Iterator["BondPart"]:
        """Yield the records of any of these names, numbered in their paths."""
        for name in names:
            for number, each in enumerate(self.children.get(name.lower(), ())):
                yield BondPart(self.reading, each, f"{self.path}.{name}[{number}]")

    def part(self, name: str) -> "BondPart | None":
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


def numbers_of(part: BondPart, pre_entry: str) -> BondNumbers:
    return BondNumbers(
        own_no=part.text("etpsInnerInvtNo"), bond_no=part.text("bondInvtNo"), pre_entry_no=part.text(pre_entry)
    )
