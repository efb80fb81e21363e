"""The stage (演练场) on which a code of customs is provoked: an office, a good parcel, and ways to spoil it.

A parcel that the road would refuse is declared all the same: its documents are written as they are and signed anew.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

from customs.codes import code_list
from customs.declaration import Declaration
from customs.documents import (
    MESSAGES,
    BusinessKey,
    Cancellation,
    Document,
    ExportTransfer,
    GoodsReturn,
    Message,
    ParcelDocuments,
    Transfer,
)
from customs.fields import Record, part_type, terms_of
from customs.fields.terms import Code, Day, Fixed, Instant, Moment, Part, Term, Text
from customs.office import CALM, OfficeSettings, Trouble
from customs.road import Run, fixed_clock, seeded_guids
from customs.signing import Signer, sign
from customs.testing.keys import KeyPair, issue_test_key
from customs.testing.parcels import DECLARANT, sample_parcels
from customs.testing.rehearsal import Rehearsal, office
from customs.wire import wrap, write

#: When the stage opens, in China.
MORNING = datetime(2026, 11, 11, 8)

_CODES = "910000000000000053"


@cache
def _own() -> KeyPair:
    return issue_test_key(*DECLARANT, since=datetime(2026, 1, 1))


@cache
def own_key() -> Signer:
    """Return a test key of the sample parcels' declarant."""
    return _own().signer()


def own_certificate() -> bytes:
    """Return the certificate of that key."""
    return _own().certificate


@cache
def other_key(name: str = "别家公司", code: str = "91000000000000008C") -> Signer:
    """Return a test key of another enterprise, or of the declarant under another name."""
    return issue_test_key(name, code, since=datetime(2026, 1, 1)).signer()


def sample(mode: Literal["1210", "9610"] = "1210", seed: int = 7) -> Declaration:
    """Return the good parcel that is spoilt."""
    return next(sample_parcels(1, seed=seed, mode=mode))


def changed(parcel: Declaration, part: str, **values: Any) -> Declaration:
    """Return a parcel with other values in one of its parts; ``line`` is the first line of its order."""
    if part == "line":
        first, *rest = parcel.order.lines
        return changed(parcel, "order", lines=(first.model_copy(update=values), *rest))
    return parcel.model_copy(update={part: getattr(parcel, part).model_copy(update=values)})


@dataclass(slots=True)
class Stage:
    """A rehearsal with the documents of one parcel, and a minute that passes after each message."""

    rehearsal: Rehearsal
    parcel: Declaration
    documents: ParcelDocuments
    copies: int = 0
    sent: list[Document] = field(default_factory=list)
    """Every document that was written, in its order, at these times."""
    times: list[datetime] = field(default_factory=list)
    signed: list[tuple[Document, Signer]] = field(default_factory=list)

    @classmethod
    def of(cls, parcel: Declaration, settings: OfficeSettings | None = None, trouble: Trouble = CALM) -> "Stage":
        """Return the stage for a parcel, spoilt or not."""
        run = Run(on=MORNING.date(), clock=fixed_clock(MORNING), guids=seeded_guids(7))
        (prepared,) = run.examine([parcel])
        assert prepared.documents is not None, "the road makes no documents of it: spoil a message instead"
        return cls(office(MORNING, seed=7, settings=settings, trouble=trouble), parcel, prepared.documents)

    # documents of the parcel

    @property
    def four(self) -> tuple[Document, ...]:
        """The four documents of the parcel, in the order in which they are sent."""
        found = self.documents
        return found.order, found.payment, found.waybill, found.declaration_list

    @property
    def keys(self) -> list[BusinessKey]:
        """The business keys of what was sent."""
        return [each.key for each in self.sent]

    @property
    def orders(self) -> list[tuple[str, str]]:
        """The message and the order number of what was sent."""
        heads = [(each.message, getattr(each, "head", each)) for each in self.sent]
        return [(message, str(getattr(head, "order_no", ""))) for message, head in heads]

    def declare(self) -> None:
        """Send the four documents of the parcel, the list once the others are stored."""
        *others, listed = self.four
        self.send(*others)
        self.send(listed)

    def send(
        self,
        *documents: Document,
        signer: Callable[[], Signer] = own_key,
        signed: bool | None = None,
        twist: Callable[[bytes], bytes] = bytes,
    ) -> None:
        """Send documents, each in its message, and let a minute pass; ``twist`` changes the bytes after signing."""
        for each in documents:
            self.rehearsal.send(twist(self.message(each, signer=signer, signed=signed)))
        self.rehearsal.wait(minutes=1)

    def message(
        self,
        *documents: Document,
        signer: Callable[[], Signer] = own_key,
        signed: bool | None = None,
        twist: Any = None,
    ) -> bytes:
        """Return a message of documents of one kind, signed where that is due or asked for."""
        self.copies += 1
        self.sent += documents
        self.times += [self.rehearsal.now] * len(documents)
        kind = type(documents[0])
        carrier = ExportTransfer if kind.flow == "export" else Transfer
        transfer = carrier(transmitter_code=_CODES, transmitter_name=DECLARANT[0], dxp_id=self.parcel.parties.dxp_id)
        content = write(Message(f"{self.copies:036}", documents, transfer))
        if twist:
            content = twist(content)
        due = kind.must_be_signed or kind.message in ("CEB509", "CEB603", "CEB605", "CEB607", "CEB701")
        if not (due if signed is None else signed):
            return content
        key = signer()
        self.signed += [(each, key) for each in documents]
        return sign(content, key)

    def envelope(self, content: bytes, **routing: Any) -> bytes:
        """Return the message in an envelope."""
        given = {"sender": self.parcel.parties.dxp_id, "receivers": ["DXPEDCCEB0000002"], "created": MORNING}
        return wrap(content, copy_id="COPY1", **{**given, **routing})

    # applications about the list

    @property
    def list_no(self) -> str:
        """The number that customs gave to the list."""
        numbers = [str(getattr(each, "list_no", "") or "") for each in self.rehearsal.receipts("CEB622")]
        return next((each for each in numbers if each), "0" * 18)

    def _about_the_list(self, kind: type[Record]) -> dict[str, Any]:
        head = self.documents.declaration_list.head
        shared = {name: getattr(head, name) for name in kind.model_fields if name in type(head).model_fields}
        return shared | {"list_no": self.list_no, "pre_entry_no": None, "guid": "C" * 36}

    def cancellation(self, **values: Any) -> Document:
        """Return a cancellation of the list."""
        given = self._about_the_list(Cancellation) | {"reason": "买家取消订单"}
        return Cancellation.model_validate(given).model_copy(update=values)

    def goods_return(self, *, line: dict[str, Any] | None = None, **values: Any) -> Document:
        """Return a return of all goods of the list; ``line`` changes its first line."""
        head_kind = part_type(GoodsReturn, "head")
        assert head_kind is not None
        lines = [
            {name: getattr(each, name) for name in ("gnum", "hs_code", "goods_name", "qty", "unit")}
            for each in self.documents.declaration_list.lines
        ]
        head = self._about_the_list(head_kind) | {"reason": "不合适"}
        made = GoodsReturn.model_validate({"head": head, "lines": lines})
        document: Document = spoilt(made, line=line, **values)
        return document


def spoilt(document: Any, *, line: dict[str, Any] | None = None, **values: Any) -> Any:
    """Return a document with other values in its head, or in itself, and in its first line. Nothing is checked."""
    if line:
        first, *rest = document.lines
        document = document.model_copy(update={"lines": (first.model_copy(update=line), *rest)})
    if not values:
        return document
    if "head" in type(document).model_fields:
        return document.model_copy(update={"head": document.head.model_copy(update=values)})
    return document.model_copy(update=values)


def later(document: Any, seconds: int = 1, **values: Any) -> Any:
    """Return a document with a later time of declaration and another guid."""
    head = document.head if "head" in type(document).model_fields else document
    return spoilt(document, app_time=head.app_time + timedelta(seconds=seconds), guid="B" * 36, **values)


def replaced(before: str, after: str) -> Callable[[bytes], bytes]:
    """Return a change of a message: one text in place of another, which has to be there."""

    def change(content: bytes) -> bytes:
        assert before.encode() in content, "nothing to replace"
        return content.replace(before.encode(), after.encode())

    return change


def without(element: str) -> Callable[[bytes], bytes]:
    """Return a change of a message: all elements of a name taken out, with what they hold."""

    def change(content: bytes) -> bytes:
        opening, closing = f"<ceb:{element}>".encode(), f"</ceb:{element}>".encode()
        assert opening in content, "nothing to take out"
        while opening in content:
            begin, end = content.index(opening), content.index(closing) + len(closing)
            content = content[:begin] + content[end:]
        return content

    return change


def filled(message: str, **values: Any) -> Any:
    """Return a document with the least that its schema asks for, and other values in its head."""
    kind = MESSAGES[message]
    return spoilt(kind.model_validate(_least(kind)), **values)


def _least(record: type[Record]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, term in terms_of(record).items():
        wire = str(term.wire)
        if isinstance(term, Part):
            inner = part_type(record, name)
            assert inner is not None
            values[wire] = _least(inner) if term.maximum == 1 else [_least(inner)]
        elif record.model_fields[name].is_required():
            values[wire] = "2" if wire == "appStatus" else _value(term)
    return values


#: The shortest text of each kind of term.
_SHORTEST: tuple[tuple[type[Term], str], ...] = (
    (Instant, "20261111080000000"),
    (Moment, "20261111080000"),
    (Day, "20261111"),
)


def _value(term: Term) -> str:
    if isinstance(term, Fixed):
        return term.value
    if isinstance(term, Code):
        known: Iterable[str] = code_list(term.listed) if term.listed else ()
        return next((each for each in known if len(each) == term.length), "1" * term.length)
    if isinstance(term, Text):
        text = _CODES if str(term.wire).endswith("Code") else "1" * max(term.minimum, 1)
        return text[: term.maximum]
    return next((text for kind, text in _SHORTEST if isinstance(term, kind)), "1")
