"""Results of a run (申报结果): the outcome of a parcel, the messages, batches of both. All are values: frozen,
comparable, picklable.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pickle import PickleBuffer
from typing import Any, Literal, SupportsIndex

from customs import documents
from customs.declaration import Declaration
from customs.documents import BusinessKeys, DeclarationList, Document, Order, ParcelDocuments, Payment, Waybill
from customs.fields.head import Guid
from customs.rules import Finding
from customs.rules.knowledge import Declared
from customs.tax import TaxAssessment

DocumentName = Literal["order", "payment", "waybill", "declaration_list"]

#: The documents of a parcel in the order in which they are sent.
KINDS: dict[DocumentName, type[Document]] = {
    "order": Order,
    "payment": Payment,
    "waybill": Waybill,
    "declaration_list": DeclarationList,
}
DOCUMENTS: tuple[DocumentName, ...] = tuple(KINDS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message ready to send: its bytes exactly as signed, the business keys of its documents, its parcels."""

    name: str
    """Its type, such as ``CEB311`` or one of the area's own."""
    documents: tuple[DocumentName, ...]
    """The documents of a parcel that it declares; none, if it carries an application such as a cancellation."""
    guid: Guid
    id: str
    """The number by which receipts name the message: its guid, or what the area makes up."""
    content: bytes = field(repr=False)
    signed: bool
    keys: BusinessKeys
    """The business keys of its documents; of several documents of one parcel the first."""
    parcels: tuple[int, ...]
    """The positions of the parcels in the stream."""
    file_name: str
    """As the area names its files; for the unified edition in the way of public practice: message type and guid."""
    area: str = "unified"
    form: Mapping[str, str] | None = field(default=None, repr=False, hash=False)
    """The parameters to post, where the gateway takes more than the bytes."""
    serial: int | None = None
    """The serial number that a message of the area's own format took, if it took one."""

    @property
    def kind(self) -> type[Document]:
        """The document of the unified edition that it declares, the first of several."""
        return KINDS[self.documents[0]] if self.documents else documents.MESSAGES[self.keys.message]

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        """Cross to another process with the bytes beside the rest, where that is asked for: they are not copied then."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        content = values.pop("content")
        return _outgoing, (values, PickleBuffer(content) if int(protocol) >= 5 else content)


def _outgoing(values: Mapping[str, Any], content: bytes) -> Outgoing:
    return Outgoing(**values, content=bytes(content))


@dataclass(frozen=True, slots=True)
class AreaFindings:
    """The findings of a further area that the parcel goes to as well. An error here holds back the messages for that
    area alone.
    """

    area: str
    findings: tuple[Finding, ...]

    @property
    def refused(self) -> bool:
        """True if any finding of the area is an error."""
        return any(finding.is_error for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The outcome of a parcel. ``findings`` say why it was refused or what is doubtful.

    A refused parcel has no message, unless it was refused only when it was signed: a document that must be signed and
    has no signer, or whose signature failed, is not written, and the finding names it; the others are written.
    """

    position: int
    """The position of the parcel in the stream, from 1."""
    declaration: Declaration | None = None
    assessment: TaxAssessment | None = None
    documents: ParcelDocuments | None = None
    findings: tuple[Finding, ...] = ()
    messages: tuple[Outgoing, ...] = ()
    beside: tuple[AreaFindings, ...] = ()
    """The findings of further areas, in the order in which the run names these areas."""
    earlier: Declared | None = None
    """The earlier declaration of the parcel with the same content; ``messages`` holds only what it lacked."""
    salvaged: str | None = None
    """The order number of a parcel that could not be read, where it could be found; see ``order_no``."""

    @property
    def order_no(self) -> str | None:
        """The order number, also of a parcel that could not be read if it could be found."""
        return self.declaration.order.order_no if self.declaration else self.salvaged

    @property
    def skipped(self) -> bool:
        """True if everything was declared earlier, so that nothing is left to declare."""
        return self.earlier is not None and not self.messages and not self.refused

    @property
    def refused(self) -> bool:
        """True if any finding is an error."""
        return any(finding.is_error for finding in self.findings)


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages of up to 100 documents each, and the parcels decided with them, refused ones included."""

    messages: tuple[Outgoing, ...]
    parcels: tuple[Prepared, ...]
