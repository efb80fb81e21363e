"""Streams of receipts (回执流): files or bytes read at least once, laid to parcels, folded into states.

Receipts arrive repeated, out of order, bare or in envelopes, in the unified or a local format; messages that were sent
may stand among them and tell which order, payment, waybill and list belong together. Whatever cannot be read is a value
that says so; it is never lost and stops nothing.

>>> found = track_all([b"<not a receipt"])
>>> found.parcels, [each.source for each in found.unread]
((), ['1'])
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeAlias

from customs.areas import AreaProfile, read_answers
from customs.codes.states import State
from customs.documents import Answer, Document, Message, Receipt, answers_of
from customs.receipts.events import document_of, identity_of
from customs.receipts.lifecycle import advance, track
from customs.receipts.state import Event, ParcelState, Submitted
from customs.receipts.texts import figures_of
from customs.wire import ReadError, read, unwrap
from customs.wire.envelope import opened
from customs.wire.unread import unread

#: A folder, or several folders and contents; a content with a name or without.
ReceiptSource: TypeAlias = Path | Iterable[Path | bytes | tuple[str, bytes]]

#: The formats that are tried unless others are given: the unified edition and replies of the exchange platform.
UNIFIED = ("unified",)

#: Files of a folder that are read.
_SUFFIXES = frozenset({".xml", ".json"})

#: Numbers that are the document's own: another document of the parcel, or another parcel, may have the same.
_OF_A_DOCUMENT = frozenset({"internal_no", "pre_entry_no", "message_no"})

#: Numbers of a document that lead to others of its parcel.
_LEADING = ("order_no", "waybill_no", "payment_no", "list_no", "pre_entry_no")

#: Numbers by which a parcel is called, the best first.
_CALLED = ("order_no", "waybill_no", "list_no", "payment_no", "CEB621.internal_no")

NamedNumber: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadSource:
    """A file or content that could not be read, and why, in English and Chinese."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedParcel:
    """A parcel of a stream: the numbers by which it is known, and its state."""

    numbers: tuple[NamedNumber, ...]
    """Names and texts, such as ``order_no``; a number of one document has its message before it."""
    state: ParcelState = field(repr=False)

    @property
    def name(self) -> str:
        """The number by which people call it: that of the order, or else the next best."""
        held = dict(reversed(self.numbers))
        return next((held[each] for each in _CALLED if each in held), self.numbers[0][1] if self.numbers else "")

    def has(self, number: str) -> bool:
        """Return True if any of its numbers is this one."""
        return any(text == number for _, text in self.numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelChange:
    """A receipt or submission that was not known before, and what it made of its parcel."""

    source: str
    event: Event = field(repr=False)
    before: ParcelState = field(repr=False)
    """The state before it; where it joins two parcels, that of the first."""
    parcel: TrackedParcel

    @property
    def moved(self) -> bool:
        """True if the parcel is at another node."""
        return self.before.node is not self.parcel.state.node


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedParcels:
    """All parcels of a stream, and what could not be read."""

    parcels: tuple[TrackedParcel, ...] = ()
    unread: tuple[UnreadSource, ...] = ()

    def find(self, number: str) -> tuple[TrackedParcel, ...]:
        """Return the parcels that have a number."""
        return tuple(each for each in self.parcels if each.has(number))


def track_all(
    source: ReceiptSource,
    *,
    areas: Sequence[str | AreaProfile] = UNIFIED,
    sent: Iterable[Iterable[Submitted]] = (),
) -> TrackedParcels:
    """Return the parcels in folders or in contents, with their states, in the order in which they were first seen.

    ``areas`` are the formats that receipts may have, tried in turn. ``sent`` is what was submitted, parcel by parcel: it
    tells which order, payment, waybill and list belong together, as sent messages in the folder do.
    """
    index, unread = _Index(), []
    for each in (*_known(sent), *_events_in(source, areas)):
        if isinstance(each, UnreadSource):
            unread.append(each)
        else:
            for group in index.of(each):
                group.events.append(each.event)
    return TrackedParcels(
        parcels=tuple([group.parcel(track(group.events)) for group in index.groups()]), unread=tuple(unread)
    )


def track_changes(
    source: ReceiptSource,
    *,
    areas: Sequence[str | AreaProfile] = UNIFIED,
    sent: Iterable[Iterable[Submitted]] = (),
) -> Iterator[ParcelChange | UnreadSource]:
    """Yield what each new receipt makes of its parcel; a receipt that is known already yields nothing.

    ``areas`` and ``sent`` are those of ``track_all``; what was sent is known and yields nothing itself.
    """
    index = _Index()
    for known in _known(sent):
        for group in index.of(known):
            group.state = advance(group.state, known.event)
            group.events.append(known.event)
    for each in _events_in(source, areas):
        if isinstance(each, UnreadSource):
            yield each
            continue
        for group in index.of(each):
            before = group.state
            after = advance(before, each.event)
            if group.joined:
                group.joined, after = False, track([*group.events, each.event])
            group.events = list(after.history)
            group.state = after
            if after is not before and after != before:
                yield ParcelChange(source=each.source, event=each.event, before=before, parcel=group.parcel(after))


# reading


@dataclass(frozen=True, slots=True)
class _Read:
    """An event with its source, and further numbers of its document."""

    source: str
    event: Event
    numbers: tuple[NamedNumber, ...] = ()


def _known(sent: Iterable[Iterable[Submitted]]) -> Iterator[_Read]:
    """The submissions, each with the numbers of all of its parcel."""
    for parcel in sent:
        events = tuple(parcel)
        shared = tuple((name, text) for each in events for name, text in each.key.fields if name in _LEADING)
        yield from (_Read("", each, shared) for each in events)


def _contents(source: ReceiptSource) -> Iterator[tuple[str, bytes] | UnreadSource]:
    for number, each in enumerate([source] if isinstance(source, Path) else source, 1):
        if isinstance(each, Path):
            yield from _in_folder(each)
        else:
            yield (str(number), each) if isinstance(each, bytes) else each


def _in_folder(folder: Path) -> Iterator[tuple[str, bytes] | UnreadSource]:
    for path in sorted(each for each in folder.rglob("*") if each.suffix.lower() in _SUFFIXES):
        name = str(path.relative_to(folder))
        try:
            if path.is_file():
                yield name, path.read_bytes()
        except OSError as error:
            yield UnreadSource(source=name, reason=f"{error.strerror or type(error).__name__} 文件无法打开")


def _events_in(source: ReceiptSource, areas: Sequence[str | AreaProfile]) -> Iterator[_Read | UnreadSource]:
    seen: set[bytes] = set()
    for each in _contents(source):
        if isinstance(each, UnreadSource):
            yield each
            continue
        name, content = each
        digest = blake2b(content, digest_size=16).digest()
        if digest in seen:  # the same bytes say nothing new
            continue
        try:
            yield from [_Read(name, event, numbers) for event, numbers in _read(content, areas)]
            seen.add(digest)
        except ReadError as error:
            yield UnreadSource(source=name, reason=unread(error))


def _read(content: bytes, areas: Sequence[str | AreaProfile]) -> list[tuple[Event, tuple[NamedNumber, ...]]]:
    """The events in one content, by the first format that knows it. Raises the error of the first that does not."""
    refused: ReadError | None = None
    for area in areas:
        try:
            if area in UNIFIED:
                return _unified(content)
            return [(each, ()) for each in read_answers(content, area, unwrap=True)]
        except ReadError as error:
            refused = refused or error
    raise refused or ReadError("no format is given")


def _unified(content: bytes) -> list[tuple[Event, tuple[NamedNumber, ...]]]:
    head = content[:1024]
    if b"DxpRep" in head:
        return [(each, ()) for each in read_answers(content)]
    copy: tuple[NamedNumber, ...] = ()
    if b"DxpMsg" in head:
        copy = _copy_of(content)
        content = opened(content)[0]
    message = read(content)
    kind = type(message.documents[0])
    if issubclass(kind, Receipt):
        return [(each, ()) for each in answers_of(message)]
    return [(each, (*numbers, *copy)) for each, numbers in _submitted(message)]


def _copy_of(content: bytes) -> tuple[NamedNumber, ...]:
    """The number of an envelope, by which replies and format errors name it."""
    if b"DxpMsgSv" in content[:1024]:
        return ()
    return (("message_id", unwrap(content).routing.copy_id),)


def _submitted(message: Message[Document]) -> Iterator[tuple[Event, tuple[NamedNumber, ...]]]:
    for document in message.documents:
        head: Mapping[str, Any] = document.__dict__.get("head", document).__dict__
        if not head.get("app_time"):
            raise ReadError(f"{document.message} neither declares anything of a parcel nor answers it")
        event = Submitted(
            key=document.key, guid=head["guid"], app_time=head["app_time"], app_type=str(head["app_type"])
        )
        yield event, tuple((name, str(head[name])) for name in _LEADING if head.get(name))


# laying to parcels


#: The enterprise that gives each number: two platforms may have the same order number.
_GIVERS = {
    "order_no": "platform_code",
    "waybill_no": "carrier_code",
    "payment_no": "payment_company_code",
    "internal_no": "declarant_code",
}


@dataclass(slots=True, eq=False)
class _Group:
    """The parcel that is growing: its events, numbers and enterprises."""

    place: int
    stray: bool = False
    """True for answers to a whole message of which no parcel is known."""
    events: list[Event] = field(default_factory=list)
    numbers: dict[NamedNumber, None] = field(default_factory=dict)
    orders: set[str] = field(default_factory=set)
    enterprises: dict[str, str] = field(default_factory=dict)
    state: ParcelState = field(default_factory=ParcelState)
    joined: bool = False
    """True if events came from elsewhere that the state does not have yet."""

    def parcel(self, state: ParcelState) -> TrackedParcel:
        numbers = tuple([each for each in self.numbers if each[0] not in ("message_id", "event")])
        return TrackedParcel(numbers=numbers or tuple(self.numbers), state=state)

    def fits(self, name: str, enterprises: Mapping[str, str]) -> bool:
        """True if the enterprise that gave a number does not contradict."""
        document, _, plain = name.rpartition(".")
        giver = f"{document}.{_GIVERS[plain]}" if document and plain in _GIVERS else _GIVERS.get(plain, "")
        text = enterprises.get(giver)
        return text is None or self.enterprises.get(giver, text) == text


class _Index:
    """The parcels by each of their numbers."""

    def __init__(self) -> None:
        self._of: dict[NamedNumber, list[_Group]] = {}
        self._groups: dict[int, _Group] = {}
        self._count = 0

    def groups(self) -> list[_Group]:
        """The parcels, in the order in which they were first seen."""
        return [self._groups[place] for place in sorted(self._groups)]

    def of(self, read: _Read) -> list[_Group]:
        """The parcels of an event: one, or those of the message that it is about as a whole."""
        numbers, enterprises = _numbers_of(read)
        own = [each for each in numbers if each[0] != "message_id"]
        whole = [each for each in numbers if each[0] == "message_id"]
        if not own and whole:
            return self._of.get(whole[0]) or [self._new(whole, stray=True)]
        found = self._found(own or [("event", repr(identity_of(read.event)))], enterprises)
        for each in whole:
            self._sent_in(found, each)
        return [found]

    def _new(self, numbers: Sequence[NamedNumber], *, stray: bool = False) -> _Group:
        group = self._groups[self._count] = _Group(self._count, stray)
        self._count += 1
        for number in numbers:
            group.numbers[number] = None
            self._of.setdefault(number, []).append(group)
        return group

    def _sent_in(self, group: _Group, message: NamedNumber) -> None:
        """Note that a parcel was sent in a message, of which answers may be there already."""
        same = self._of.setdefault(message, [])
        if message in group.numbers:
            return
        answers = [event for each in same for event in each.events if isinstance(event, Answer)] if same else []
        group.events += [each for each in answers if not any(each.key.get(name) for name in _LEADING)]
        group.joined = group.joined or bool(answers)
        group.numbers[message] = None
        for stray in [each for each in same if each.stray]:
            same.remove(stray)
            self._groups.pop(stray.place, None)
        same.append(group)

    def _found(self, numbers: Sequence[NamedNumber], enterprises: Mapping[str, str]) -> _Group:
        group: _Group | None = None
        for number in numbers:
            for each in self._of.get(number, ()):
                fits = each is not group and each.fits(number[0], enterprises)
                if fits and not _are_apart(each, group, numbers, number[0]):
                    group = each if group is None else self._joined(group, each)
                    break
        group = group or self._new(())
        for number in numbers:
            if number not in group.numbers:
                group.numbers[number] = None
                group.orders.update([number[1]] if number[0] == "order_no" else ())
                self._of.setdefault(number, []).append(group)
        for name, text in enterprises.items():
            group.enterprises.setdefault(name, text)
        return group

    def _joined(self, one: _Group, other: _Group) -> _Group:
        """Two parcels that turn out to be one."""
        kept, gone = (one, other) if one.place < other.place else (other, one)
        for number in gone.numbers:
            same = self._of[number]
            same.remove(gone)
            if kept not in same:
                same.append(kept)
        kept.numbers |= gone.numbers
        kept.orders |= gone.orders
        kept.enterprises = {**gone.enterprises, **kept.enterprises}
        kept.events += gone.events
        kept.joined = True
        del self._groups[gone.place]
        return kept


def _are_apart(one: _Group, other: _Group | None, numbers: Sequence[NamedNumber], shared: str) -> bool:
    """True if a number that is shared must not make one parcel: the orders differ or, where the number is one that the
    e-port gives, the internal numbers do. Numbers come twice by mistake, and one payment may cover several orders.
    """
    orders = {text for name, text in numbers if name == "order_no"} | (other.orders if other else set())
    if orders and one.orders and orders.isdisjoint(one.orders):
        return True
    if not shared.endswith("pre_entry_no"):
        return False
    mine = {each for each in (*numbers, *(other.numbers if other else ())) if each[0].endswith("internal_no")}
    theirs = {each for each in one.numbers if each[0].endswith("internal_no")}
    same = {name for name, _ in mine} & {name for name, _ in theirs}
    return bool(same) and mine.isdisjoint(theirs)


def _numbers_of(read: _Read) -> tuple[list[NamedNumber], dict[str, str]]:
    """The numbers of an event, those of one document with its message, and the enterprises that it names."""
    event = read.event
    numbers: list[NamedNumber] = []
    enterprises: dict[str, str] = {}
    document = ""
    for name, text in (*event.key.fields, *read.numbers):
        if not text:
            continue
        if name in _OF_A_DOCUMENT:
            document = document or document_of(event)
            numbers.append((f"{document}.{name}", text))
        elif name.endswith("_code"):
            own = name == "declarant_code"
            document = (document or document_of(event)) if own else document
            enterprises[f"{document}.{name}" if own else name] = text
        elif name.endswith(("_no", "_id")):
            numbers.append((name, text))
    if isinstance(event, Answer) and event.state is State.SENT:
        numbers += [("order_no", text) for text in _order_in(event)]
    return numbers, enterprises


def _order_in(answer: Answer) -> Iterator[str]:
    """The order number that the e-port quotes in the text of an accepted list."""
    for text in answer.texts:
        if "订单编号" in text:
            yield from (number for name, number in figures_of(text).numbers if name == "order_no")
