"""What all documents of the standard share: a document, its message, the transmitting enterprise.

A *document* (单证) is one order, payment, waybill or list. A *message* (报文) carries 1 to 100 documents of one type
from one transmitting enterprise. Source: unified edition 2022-05, chapter 2.
"""

from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from customs.fields import head
from customs.fields.base import Record

#: Documents in one message at most (schema of the unified edition 2022-05).
DOCUMENTS_IN_A_MESSAGE = 100


class Document(Record):
    """A business document. Its class says which message carries it and how customs identifies it."""

    message: ClassVar[str]
    """The message's name without the word Message, such as ``CEB311``."""
    element: ClassVar[str]
    """The element that holds one document."""
    title: ClassVar[str]
    """The Chinese name of the document."""
    must_be_signed: ClassVar[bool] = False
    """Whether the schema demands a signature."""

    @property
    def key(self) -> tuple[str, ...]:
        """The business key (业务主键) by which customs and receipts identify the document, never the guid."""
        raise NotImplementedError


class Transfer(Record):
    """传输实体 BaseTransfer: the enterprise that transmits the message, for all its documents."""

    transmitter_code: head.TransmitterCode
    transmitter_name: head.TransmitterName
    dxp_mode: head.DxpMode = "DXP"
    dxp_id: head.DxpId
    note: head.Note | None = None


class Subscription(Record):
    """订阅实体 BaseSubscribe: a further party that receives the data or the receipts."""

    status: head.SubscribeStatus
    dxp_mode: head.DxpMode = "DXP"
    dxp_address: head.DxpAddress
    note: head.Note | None = None


D = TypeVar("D", bound=Document, covariant=True)


@dataclass(frozen=True, slots=True)
class Message(Generic[D]):
    """A message: its guid, 1 to 100 documents of one type, the transmitting enterprise, up to five subscriptions."""

    guid: str
    documents: tuple[D, ...]
    transfer: Transfer
    subscriptions: tuple[Subscription, ...] = ()
    version: str = "1.0"
