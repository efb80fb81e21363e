"""What the road gives back: a parcel's outcome, the messages, batches of both."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from customs.areas.messages.facts import Facts
from customs.declaration import Declaration
from customs.documents import BusinessKey, DeclarationList, Document, Order, ParcelDocuments, Payment, Waybill
from customs.rules import Finding
from customs.tax import TaxAssessment

DocumentName = Literal["order", "payment", "waybill", "declaration_list"]

#: The documents of a parcel in the order in which they are sent.
KINDS: dict[DocumentName, type[Document]] = {
    "order": Order,
    "payment": Payment,
    "waybill": Waybill,
    "declaration_list": DeclarationList,
}
DOCUMENTS = tuple(KINDS)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message, ready to send: its bytes exactly as signed, the business keys of its documents, its parcels.

    ``name`` is its type, such as ``CEB311`` or one of the area's own, ``documents`` are those that it declares. A gateway that wants
    more than the bytes has its parameters in ``form``: that is what is posted.
    """

    name: str
    documents: tuple[DocumentName, ...]
    guid: str
    id: str
    """The number by which receipts name the message: its guid, or what the area makes up."""
    content: bytes = field(repr=False)
    signed: bool
    keys: tuple[BusinessKey, ...]
    parcels: tuple[int, ...]
    """The positions of the parcels in the stream, from 1."""
    file_name: str
    """As the area names its files; for the unified edition in the way of public practice: message type and guid."""
    area: str = "unified"
    form: Mapping[str, str] | None = field(default=None, repr=False)

    @property
    def kind(self) -> type[Document]:
        """The document that it declares, or the first of several, as the unified edition has it."""
        return KINDS[self.documents[0]]


@dataclass(slots=True)
class Prepared:
    """What became of one parcel. ``findings`` say why it was refused, or what is doubtful; ``position`` counts from 1.

    A refused parcel has no message, but for one that was refused only when it came to signing: a document that has to be
    signed and has no signer, or whose signature failed, is not written, and the finding says which; the others are.
    """

    position: int
    declaration: Declaration | None = None
    assessment: TaxAssessment | None = None
    documents: ParcelDocuments | None = None
    findings: list[Finding] = field(default_factory=list)
    messages: list[Outgoing] = field(default_factory=list)
    beside: dict[str, list[Finding]] = field(default_factory=dict)
    """What further areas say that the parcel goes to as well, by their names. An error there keeps back their messages alone."""
    facts: dict[str, Facts] = field(default_factory=dict, repr=False)
    """What local messages draw on, by area; released with the documents."""

    @property
    def refused(self) -> bool:
        """Whether an error stands against the parcel."""
        return any(finding.is_error for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages of up to 100 documents each, and the parcels whose fate is decided with them, refused ones included."""

    messages: tuple[Outgoing, ...]
    parcels: tuple[Prepared, ...]
