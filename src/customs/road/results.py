"""What the road gives back: a parcel's outcome, the messages, batches of both."""

from dataclasses import dataclass, field
from typing import Literal

from customs.declaration import Declaration
from customs.documents import Document, ParcelDocuments
from customs.rules import Finding
from customs.tax import TaxAssessment

DocumentName = Literal["order", "payment", "waybill", "declaration_list"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message, ready to send: its bytes exactly as signed, the business keys of its documents, its parcels."""

    kind: type[Document]
    guid: str
    content: bytes = field(repr=False)
    signed: bool
    keys: tuple[tuple[str, ...], ...]
    parcels: tuple[int, ...]
    """The positions of the parcels in the stream, from 1."""

    @property
    def file_name(self) -> str:
        """A file name in the way of public practice: message type and guid."""
        return f"{self.kind.message}Message_{self.guid}.xml"


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

    @property
    def refused(self) -> bool:
        """Whether an error stands against the parcel."""
        return any(finding.is_error for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages of up to 100 documents each, and the parcels whose fate is decided with them, refused ones included."""

    messages: tuple[Outgoing, ...]
    parcels: tuple[Prepared, ...]
