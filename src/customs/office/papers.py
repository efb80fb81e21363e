"""Documents as the office reads them (收到的单证): the texts of their fields, by the names of the standard.

The office has its own reading, so that a mistake of the library's reader cannot hide one of its writer. Nothing is
converted: a value is the text that stands in the message, and what is absent is empty.

>>> from lxml import etree
>>> element = etree.XML('<Payment xmlns="http://www.chinaport.gov.cn/ceb"><PaymentHead><payCode>P1</payCode>'
...     '<payTransactionId>T1</payTransactionId></PaymentHead></Payment>')
>>> paper = Paper.of(element, KINDS["CEB411"])
>>> paper["payCode"], paper["amountPaid"], paper.key
('P1', '', ('CEB411', 'P1', 'T1'))
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, Self, TypeAlias

from lxml import etree

#: The message and the texts that name a document at customs, such as ``("CEB311", platform, order number)``.
PaperKey: TypeAlias = tuple[str, ...]


class PaperKind(NamedTuple):
    """The answers to one kind of document, and the codes of the faults that every kind can have.

    A code is empty where no table of the standard prints one for the kind.
    """

    message: str
    receipt: str
    key: tuple[str, ...]
    """The fields of the business key."""
    ends: str
    """The last status of a document that customs took in; a list goes on to its release."""
    form: str
    """A field is missing or outside its form (参数校验不通过). Empty where no code is printed: CEB900 tells it then."""
    empty: str = ""
    """The message holds no document."""
    unread: str = ""
    """The message cannot be parsed."""
    lines: str = ""
    """The document has no lines of goods."""
    many: str = ""
    """More documents than one message may hold."""
    stale: str = ""
    """The time of declaration is not later than that of the stored copy."""
    exists: str = ""
    """Declared as new, and it is there already."""
    unknown: str = ""
    """Changed or deleted, and it is not there."""
    used: str = ""
    """Changed after a list that names it was declared."""
    operation: str = ""
    """The type of the declaration is none of the three."""
    unsigned: str = ""
    changed: str = ""
    """The data differ from what was signed."""
    unverified: str = ""
    """The signature does not match."""
    signer: str = ""
    """Another enterprise signed than the one that declares."""
    fault: str = ""
    """A fault of the e-port's system, not of the data."""

    @property
    def export(self) -> bool:
        """True for the export side."""
        return self.message in EXPORTED


def _export(message: str, receipt: str, key: str, ends: str, first: int) -> PaperKind:
    """A kind of the export side, whose faults have ranges of 1,000 numbers: signature, format, business, processing."""
    sign, form, business, processing = (f"-{first + 1000 * each}" for each in range(4))
    return PaperKind(
        message,
        receipt,
        tuple(key.split()),
        ends,
        form=form,
        many=form,
        stale=business,
        exists=processing,
        unknown=business,
        used=business,
        operation=form,
        unsigned=sign,
        changed=sign,
        unverified=sign,
        signer=sign,
    )


#: The messages of the export side.
EXPORTED = frozenset(
    {f"CEB{number}" for number in (213, 215, 303, 403, 505, 507, 509, 603, 605, 607, 701)}
)  # fmt: skip

#: Every kind of document that enterprises send. Codes: unified edition 2022-05, table 7-2, and for the export side the
#: ranges of the edition of 2018; -301020 was seen in receipts.
KINDS: Mapping[str, PaperKind] = {
    each.message: each
    for each in (
        PaperKind(
            "CEB311", "CEB312", ("ebpCode", "orderNo"), "120", form="-301008", empty="-301007", lines="-301001",
            many="-301015", stale="-301014", exists="-301010", unknown="-301009", used="-301011", operation="-301012",
            changed="-301020", unverified="-301020", fault="-301013",
        ),
        PaperKind(
            "CEB411", "CEB412", ("payCode", "payTransactionId"), "120", form="-401009", empty="-401005", many="-401013",
            stale="-401012", exists="-401007", unknown="-401006", used="-401008", operation="-401010",
            changed="-401009", unverified="-401009", fault="-401011",
        ),
        PaperKind(
            "CEB511", "CEB512", ("logisticsCode", "logisticsNo"), "120", form="-504011", empty="-504010",
            unread="-504000", many="-504013", exists="-504015", unknown="-504014", used="-504016", operation="-504011",
            changed="-504011", unverified="-504011",
        ),
        PaperKind(
            "CEB513", "CEB514", ("logisticsCode", "logisticsNo", "logisticsStatus"), "120", form="-505011",
            empty="-505010", unread="-505000", many="-505013", stale="-505016", exists="-505012", operation="-505014",
            changed="-505011", unverified="-505011", fault="-505015",
        ),
        PaperKind(
            "CEB621", "CEB622", ("agentCode", "copNo"), "120", form="-621001", lines="-621000", many="-621030",
            exists="-621004", unknown="-621011", used="-621012", operation="-621001", unsigned="-621026",
            changed="-621028", unverified="-621029", signer="-621015", fault="-621017",
        ),
        PaperKind(
            "CEB623", "CEB624", ("agentCode", "copNo", "invtNo"), "399", form="-623001", empty="-623000", many="-623008",
            exists="-623009", operation="-623001", unsigned="-623017", changed="-623029", unverified="-623029",
            signer="-623021", fault="-623027",
        ),
        PaperKind(
            "CEB625", "CEB626", ("agentCode", "copNo", "invtNo"), "399", form="-625001", empty="-625003", lines="-625006",
            many="-625001", exists="-625033", operation="-625001", unsigned="-625028", changed="-625005",
            unverified="-625005", signer="-625020", fault="-625019",
        ),
        PaperKind(
            "CEB711", "CEB712", ("operatorCode", "copNo"), "399", form="-800001", unread="-800002", lines="-800000",
            many="-800006", stale="-800005", exists="-800003", operation="-800001", unsigned="-800001",
            changed="-800001", unverified="-800001", signer="-800001", fault="-800004",
        ),
        PaperKind("CEB213", "CEB214", ("agentCode", "coElNo", "invtNo"), "800", form="", exists="100"),
        PaperKind("CEB215", "CEB216", ("operatorCode", "coElNo", "logisticsNo"), "399", form="", exists="100"),
        _export("CEB303", "CEB304", "ebpCode orderNo", "120", 301001),
        _export("CEB403", "CEB404", "ebcCode orderNo payNo", "120", 401001),
        _export("CEB505", "CEB506", "logisticsCode logisticsNo", "399", 501001),
        _export("CEB507", "CEB508", "operatorCode copNo msgSeqNo", "399", 801001),
        _export("CEB509", "CEB510", "logisticsCode copNo msgSeqNo", "399", 505001),
        _export("CEB603", "CEB604", "agentCode copNo", "120", 601001),
        _export("CEB605", "CEB606", "agentCode copNo", "399", 605001),
        _export("CEB607", "CEB608", "agentCode copNo msgSeqNo", "120", 901001),
        _export("CEB701", "CEB702", "agentCode copNo msgSeqNo", "399", 701001),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Paper:
    """One document as it came: the fields of its head, or its own, and its lines."""

    kind: PaperKind
    head: Mapping[str, str] = field(repr=False)
    lines: tuple[Mapping[str, str], ...] = field(repr=False)
    key: PaperKey = field(init=False)
    """The business key, with empty texts for what is absent."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", (self.kind.message, *(self[name] for name in self.kind.key)))

    @classmethod
    def of(cls, element: etree._Element, kind: PaperKind) -> Self:
        """Return the document in an element of a message."""
        head: dict[str, str] = {}
        lines: list[Mapping[str, str]] = []
        for each in element:
            if not len(each):
                head[_local(str(each.tag))] = each.text or ""
            elif _local(str(each.tag)).endswith(("Head", "HeadRd")):
                head.update({_local(str(field.tag)): field.text or "" for field in each})
            else:
                lines.append({_local(str(field.tag)): field.text or "" for field in each})
        return cls(kind, head, tuple(lines))

    def __getitem__(self, name: str) -> str:
        """Return the text of a field, empty if it is absent."""
        return self.head.get(name, "")


@lru_cache(maxsize=1000)
def _local(tag: str) -> str:
    """The name of a tag without its namespace; a message has the same few over and over."""
    return tag.rpartition("}")[2]
