"""The memory of the office (已存单证): what was declared, what became of it, and what is left of quotas and guarantees.

Persons are kept by a keyed hash alone.
"""

import hmac
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from customs.office.papers import Paper, PaperKey

ZERO = Decimal(0)

#: Statuses after which the same document may be declared anew.
_ENDED = frozenset({"99", "100", "501", "502", "503", "599", "700", "cancelled", "deleted"})


@dataclass(slots=True)
class Held:
    """One document at the office: its last copy, where it stands, and the numbers that it was given."""

    paper: Paper
    status: str = ""
    statuses: list[str] = field(default_factory=list)
    """All that it went through, in order."""
    pre_no: str = ""
    invt_no: str = ""
    tax_no: str = ""
    released_at: datetime | None = None
    value: Decimal = ZERO
    """The dutiable value that counts to the buyer's year."""
    tax: Decimal = ZERO
    counted_in: int = 0
    """The year to which it counts, 0 while it does not."""
    void: bool = False
    """True once its tax bill is void."""
    withdrawn: str = ""
    """The message that took it back, cancellation or return, while it is under way and after it."""
    returned: dict[str, Decimal] = field(default_factory=dict)
    """Quantities that came back, by line number."""

    def reach(self, status: str) -> None:
        """Go on to a status."""
        self.status = status
        self.statuses.append(status)

    @property
    def stands(self) -> bool:
        """True if the document counts: it was neither refused nor taken back."""
        return bool(self.status) and self.status not in _ENDED and not self.status.startswith("-")

    @property
    def released(self) -> bool:
        """True if the goods may leave."""
        return "800" in self.statuses and self.stands


@dataclass(slots=True)
class DeclarationCount:
    """How often a document came, and how often it was taken in (申报次数)."""

    came: int = 0
    accepted: int = 0


class OfficeStore:
    """Everything that the office remembers."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.held: dict[PaperKey, Held] = {}
        self.counts: defaultdict[PaperKey, DeclarationCount] = defaultdict(DeclarationCount)
        self.spent: defaultdict[bytes, Decimal] = defaultdict(Decimal)
        """What a person bought in a year, by a keyed hash."""
        self.secured: defaultdict[str, Decimal] = defaultdict(Decimal)
        """The tax that a guarantor answers for."""
        self.taken: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
        """Quantities that left an account book, by book and record number."""
        self._payments: dict[tuple[str, str], PaperKey] = {}
        self._lists: dict[str, PaperKey] = {}
        self._naming: defaultdict[PaperKey, list[PaperKey]] = defaultdict(list)
        """Lists by what they name: order, waybill, and order of a merchant."""

    def keep(self, paper: Paper, *, pre_no: str = "") -> Held:
        """Store a document, or a newer copy of one."""
        found = self.held.get(paper.key)
        if found and found.stands:
            found.paper = paper
            return found
        made = self.held[paper.key] = Held(paper, pre_no=pre_no)
        match paper.kind.message:
            case "CEB411":
                self._payments[paper["ebpCode"], paper["orderNo"]] = paper.key
            case "CEB621":
                for named in (*named_by(paper), ("", paper["ebcCode"], paper["orderNo"])):
                    self._naming[named].append(paper.key)
        return made

    def number(self, held: Held, invt_no: str) -> None:
        """Give a list the number by which cancellations and returns name it."""
        held.invt_no = invt_no
        self._lists[invt_no] = held.paper.key

    def standing(self, *key: str) -> Held | None:
        """Return a document that counts, None without it."""
        found = self.held.get(key)
        return found if found and found.stands else None

    def order_of(self, paper: Paper) -> Held | None:
        """Return the order that a list names."""
        return self._stored("CEB311", paper["ebpCode"], paper["orderNo"])

    def waybill_of(self, paper: Paper) -> Held | None:
        """Return the waybill that a list names."""
        return self._stored("CEB511", paper["logisticsCode"], paper["logisticsNo"])

    def payment_of(self, paper: Paper) -> Held | None:
        """Return the payment of the order that a list names."""
        key = self._payments.get((paper["ebpCode"], paper["orderNo"]))
        return self._stored(*key) if key else None

    def arrived(self, paper: Paper) -> tuple[bool, bool, bool]:
        """Return which of order, payment and waybill of a list the e-port has, stored by customs or not yet."""
        paid = self._payments.get((paper["ebpCode"], paper["orderNo"]))
        return (
            self.standing("CEB311", paper["ebpCode"], paper["orderNo"]) is not None,
            bool(paid and self.standing(*paid)),
            self.standing("CEB511", paper["logisticsCode"], paper["logisticsNo"]) is not None,
        )

    def _stored(self, *key: str) -> Held | None:
        """A document that customs has taken in."""
        found = self.standing(*key)
        return found if found and "120" in found.statuses else None

    def list_numbered(self, invt_no: str) -> Held | None:
        """Return the list with a number of customs."""
        key = self._lists.get(invt_no)
        return self.held[key] if key else None

    def lists_of(self, merchant: str, order_no: str) -> Iterator[Held]:
        """Yield the lists of a merchant's order that count."""
        return self._lists_under(("", merchant, order_no))

    def lists_naming(self, paper: Paper) -> Iterator[Held]:
        """Yield the lists that name an order, a payment's order or a waybill, and count."""
        return self._lists_under(meant_by(paper))

    def _lists_under(self, named: PaperKey) -> Iterator[Held]:
        for key in dict.fromkeys(self._naming.get(named, ())):
            if found := self.standing(*key):
                yield found

    def person(self, id_type: str, id_number: str, year: int) -> bytes:
        """Return what stands for a person in a year: a keyed hash, never the number itself."""
        return hmac.digest(self._secret, f"{id_type}/{id_number}/{year}".encode(), "sha256")


def named_by(paper: Paper) -> tuple[PaperKey, PaperKey]:
    """Return the order and the waybill that a list names."""
    return ("CEB311", paper["ebpCode"], paper["orderNo"]), ("CEB511", paper["logisticsCode"], paper["logisticsNo"])


def meant_by(paper: Paper) -> PaperKey:
    """Return the key under which lists name a document; a payment they name by its order."""
    return ("CEB311", paper["ebpCode"], paper["orderNo"]) if paper.kind.message == "CEB411" else paper.key
