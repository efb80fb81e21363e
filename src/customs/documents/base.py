"""The parts that all documents (单证) of the standard share: document, receipt, message, transmitting enterprise.

A *document* (单证) is one order, payment, waybill or list; a *receipt* (回执) is the answer of customs to one. A *message*
(报文) carries documents of one type: declarations come from one transmitting enterprise, receipts come from customs,
which is not named. Source: unified edition 2022-05, chapter 2.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any, ClassVar, Generic, Literal, TypeVar

from customs.documents.business_key import SEPARATOR, BusinessKey
from customs.documents.oddity import Oddity
from customs.fields import exports, head
from customs.fields.record import Record

#: Documents in one message at most, unless the document says otherwise (schema of the unified edition 2022-05).
DOCUMENTS_IN_A_MESSAGE = 100

#: Bytes of a message at most, as it is handed over, unless its destination says otherwise: the default of IBM MQ. Customs
#: publishes none; 100 lists of 99 lines have some 6 MB (EXCHANGE 2.7).
MOST_MESSAGE_BYTES = 4 * 1024 * 1024

#: The least that a destination or a run may say instead: a document of 99 lines in usual words has some 60 kB.
LEAST_MESSAGE_BYTES = 64 * 1024

#: Parties that a message may name besides the receiver, the characters of its guid, and at most of its version.
SUBSCRIPTIONS_IN_A_MESSAGE = 5
GUID_LENGTH = 36
VERSION_LENGTH = 10

#: The fields of a business key, from the first, that name a number: whose it is, and the number. The internal number of a
#: list is the declarant's, whatever the order.
NAMING = 2

Flow = Literal["import", "export", "both"]

#: Who speaks in a receipt.
Authority = Literal["platform", "customs", "inspection", "tax"]


class Document(Record):
    """A business document that an enterprise sends. Its class says which message carries it and how it is identified."""

    message: ClassVar[str]
    """The message's name without the word Message, such as ``CEB311``."""
    element: ClassVar[str]
    """The element that holds one document."""
    title: ClassVar[str]
    """The Chinese name of the document."""
    flow: ClassVar[Flow] = "import"
    """The side of the standard that the document belongs to."""
    from_customs: ClassVar[bool] = False
    """True if customs sends it. Its message then names no transmitting enterprise and has no signature."""
    must_be_signed: ClassVar[bool] = False
    """True if the schema requires a signature."""
    most: ClassVar[int | None] = DOCUMENTS_IN_A_MESSAGE
    """The most documents that one message may hold, None without limit."""
    key_fields: ClassVar[tuple[str, ...]] = ()
    """The fields of the business key (业务主键), in the document itself or in its head."""

    @property
    def key(self) -> BusinessKey:
        """The business key (业务主键) by which customs and receipts identify the document, never the guid."""
        return BusinessKey(
            self.message,
            tuple(zip(self.key_fields, _texts(_values_of_key(self.__class__)(self._key_holder)), strict=True)),
        )

    @property
    def key_text(self) -> str:
        """The texts of the business key as one, as ``BusinessKeys`` holds them."""
        return self.key_text_of(self._key_holder)

    @classmethod
    def number_in(cls, key_text: str) -> str:
        """Return what names the number in the text of a business key, its message first: whose number it is, and the
        number.

        >>> from customs.documents import DeclarationList
        >>> DeclarationList.number_in(SEPARATOR.join(("D1", "C1", "O1"))).split(SEPARATOR)
        ['CEB621', 'D1', 'C1']
        """
        if len(cls.key_fields) > NAMING:
            key_text = SEPARATOR.join(key_text.split(SEPARATOR, NAMING)[:NAMING])
        return f"{cls.message}{SEPARATOR}{key_text}"

    @classmethod
    def key_text_of(cls, values: Mapping[str, Any]) -> str:
        """Return the texts of the business key as one, from the values of a document or of its head."""
        texts = _values_of_key(cls)(values)
        try:
            return SEPARATOR.join(texts)
        except TypeError:  # a number, or a field that is left out
            return SEPARATOR.join(_texts(texts))

    @property
    def _key_holder(self) -> Mapping[str, Any]:
        values = self.__dict__
        return values["head"].__dict__ if "head" in values else values

    def values(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the texts of fields of the document or of its head, empty where a field is left out."""
        holder: Any = self.__dict__.get("head", self)
        found = (getattr(holder, name) for name in names)
        return tuple("" if value is None else str(value) for value in found)


@cache
def _values_of_key(kind: type[Document]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Return the function that gathers the fields of the key of a type of document from its values."""
    names = kind.key_fields
    return itemgetter(*names) if len(names) > 1 else lambda values: tuple([values[name] for name in names])


def _texts(values: tuple[Any, ...]) -> list[str]:
    return ["" if each is None else str(each) for each in values]


class Receipt(Document):
    """A document that customs sends (回执). It finds the declaration that it answers by business fields, never by guid.

    Customs leaves out what the standard requires, and no receipt may be lost: a field without a default has to be given
    when one is made or written, and is None in a receipt that was read without it.
    """

    from_customs = True
    answers: ClassVar[str]
    """The message of the declarations that it answers."""
    finds_by: ClassVar[tuple[str, ...]]
    """The fields that lead to the declaration; declaration and receipt have them under the same names. A number that
    customs gives (``list_no``, ``summary_no``) is known from an earlier receipt of the same declaration.
    """

    status_field: ClassVar[str] = "return_status"
    """The field of the receipt or of its head that says what became of the declaration."""
    authority: ClassVar[Authority] = "customs"
    """Who speaks. The unified edition has one field for the e-port and for customs; both count as customs."""
    of_application: ClassVar[bool] = False
    """True for receipts of cancellations and returns: their statuses speak of the application."""

    @property
    def reference(self) -> BusinessKey:
        """The key of the declaration that the receipt answers; it matches the key of that document."""
        return BusinessKey(self.answers, tuple(zip(self.finds_by, self.values(self.finds_by), strict=True)))


class Submission(Record):
    """报送信息: the first fields of every declaration document."""

    guid: head.Guid
    app_type: head.AppType
    app_time: head.AppTime
    app_status: head.AppStatus


class ExportSubmission(Record):
    """报送信息: the first fields of every declaration document of the export side."""

    guid: head.Guid
    app_type: head.AppType
    app_time: head.AppTime
    app_status: exports.AppStatus


class Transfer(Record):
    """传输实体 BaseTransfer: the enterprise that transmits the message, for all its documents."""

    transmitter_code: head.TransmitterCode
    transmitter_name: head.TransmitterName
    dxp_mode: head.DxpMode = "DXP"
    dxp_id: head.DxpId
    note: head.Note | None = None


class ExportTransfer(Transfer):
    """传输实体 of the eleven declarations of the export side, whose schema admits an empty code.

    Source: schema of the export side, unified edition 2022-05. It should be given all the same: customs compares it
    with the enterprise that is connected.
    """

    transmitter_code: exports.TransmitterCode


class Subscription(Record):
    """订阅实体 BaseSubscribe: a further party that receives the data or the receipts."""

    status: head.SubscribeStatus
    dxp_mode: head.DxpMode = "DXP"
    dxp_address: head.DxpAddress
    note: head.Note | None = None


D = TypeVar("D", bound=Document, covariant=True)


@dataclass(frozen=True, slots=True)
class Message(Generic[D]):
    """A message: its guid, documents of one type, the transmitting enterprise, up to five subscriptions.

    Messages from customs have no transmitting enterprise. ``oddities`` are the deviations from the
    standard that were found on reading. They are not written, and they do not count in comparisons.
    """

    guid: str
    documents: tuple[D, ...]
    transfer: Transfer | None = None
    subscriptions: tuple[Subscription, ...] = ()
    version: str = "1.0"
    oddities: tuple[Oddity, ...] = field(default=(), compare=False)
