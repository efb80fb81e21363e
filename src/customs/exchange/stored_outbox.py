"""The outbox in a state folder (状态目录中的发件箱): one database for each destination, beside the journal.

What happened stands in a table to which is only added; where each message stands is kept beside it, entered in the same
transaction, so that what is due is found at once.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path

from customs.documents.base import MOST_MESSAGE_BYTES
from customs.exchange.circuit import Circuit
from customs.exchange.contract import Delivery
from customs.exchange.copies import Copies, Erasure, damaged_copy, open_copies
from customs.exchange.document_index import ListedDocuments, listed_documents
from customs.exchange.message_copies import FreshMessages, MessageCopies
from customs.exchange.outbox import (
    Dispatch,
    OtherBytesError,
    PutOutcome,
    UnknownDeliveryError,
    instant,
    written,
)
from customs.exchange.outbox_rows import (
    DIGEST_BYTES,
    MOST_BYTES_TOGETHER,
    NEXT_DUE,
    STANDING,
    answers_of,
    checked_destination,
    copy_of,
    digest_of,
    form_of,
    outbox_tables,
    pieces_of,
    put_event,
    standing_in,
    text_of,
)
from customs.exchange.packs import Pack, PackPlace
from customs.exchange.pieces import Pieces, guid_in, number_of
from customs.exchange.standing import (
    DeliveryEvent,
    Standing,
    TurnKind,
)
from customs.exchange.stored_entries import StoredEntries
from customs.journal.state import OpenState, open_state, read_state


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A message as it is entered."""

    seq: int
    delivery: Delivery
    digest: bytes
    is_divided: bool
    documents: ListedDocuments
    copy: bytes | PackPlace


class StoredOutbox(StoredEntries):
    """The outbox of a destination in a state folder, as ``customs.exchange.Outbox`` promises; made by ``open_outbox``."""

    def __init__(self, state: OpenState, copies: Copies | None) -> None:
        super().__init__(state, copies)
        self._stored = MessageCopies(state)
        self._fresh = FreshMessages()

    def put(
        self, deliveries: Iterable[Delivery], *, at: datetime, most_bytes: int = MOST_MESSAGE_BYTES
    ) -> tuple[PutOutcome, ...]:
        """Put messages, all of them or none: see ``Outbox``."""
        outcomes: list[PutOutcome] = []
        new: dict[str, tuple[Delivery, bytes]] = {}
        for each in deliveries:
            digest = self._sealing.mark(each.content, form_of(each))
            row = self._database.execute("SELECT digest FROM messages WHERE id = ?", (each.id,)).fetchone()
            known = row[0] if row else new[each.id][1] if each.id in new else None
            if known and len(known) == DIGEST_BYTES:
                digest = digest_of(form_of(each), each.content)
            if known not in (None, digest):
                raise OtherBytesError(each.id, each.file_name)
            if known is None:
                new[each.id] = each, digest
            too_large = len(each.content) > most_bytes
            outcomes.append("known" if known else "too large" if too_large else "put")
        (last,) = self._database.execute("SELECT coalesce(max(seq), 0) FROM messages").fetchone()
        size = sum(len(each.content) for each, _ in new.values())
        with ExitStack() as packing:
            with self._sealing.written():
                pack = packing.enter_context(self._stored.pack_for(size))
                rows = [self._sealed_row(seq, *each, pack) for seq, each in enumerate(new.values(), last + 1)]
            with ThreadPoolExecutor(1) as beside, self._state.written():
                forced = beside.submit(packing.pop_all().close)
                for row in rows:
                    self._put(row, put_event(row.delivery, instant(at), most_bytes))
                self._index.add([row.documents for row in rows])
                forced.result()  # before any of this counts
        self._fresh.keep(row.delivery for row in rows if len(row.delivery.content) <= most_bytes)
        return tuple(outcomes)

    def _sealed_row(self, seq: int, delivery: Delivery, digest: bytes, pack: Pack | None) -> _Row:
        """Return what is entered of a message, whose copy is in a file then, or goes into the database with it."""
        keys = list(delivery.keys)
        numbers = list(map(number_of, keys))
        pieces = pieces_of(delivery, numbers)
        guids = map(guid_in, pieces.documents) if pieces.are_documents else ()
        sealed = self._sealing.seal(pieces, copy_of(delivery.id), digest)
        return _Row(
            seq=seq,
            delivery=delivery,
            digest=digest,
            is_divided=pieces.are_documents,
            documents=listed_documents(seq, keys, numbers, guids),
            copy=pack.add(sealed) if pack else sealed,
        )

    def _put(self, row: _Row, event: DeliveryEvent) -> None:
        delivery, execute = row.delivery, self._database.execute
        execute(
            "INSERT INTO messages(seq, id, name, file_name, size, digest, divided, put_at, state, due, attempts, failures,"
            " doubtful, looks, said) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0, ?)",
            (
                row.seq,
                delivery.id,
                delivery.name,
                delivery.file_name,
                len(delivery.content),
                row.digest,
                row.is_divided,
                written(event.at),
                event.state,
                text_of(event.due),
                event.said,
            ),
        )
        self._stored.add(row.seq, row.copy)
        self._events.add(row.seq, event, b"")

    def enter(self, ended: Sequence[tuple[str, DeliveryEvent]], circuit: Circuit | None = None) -> None:
        """Enter what happened to messages: see ``Outbox``."""
        answers = self._sealed_answers(ended)
        with self._state.written():
            if circuit is not None:
                self._mark("circuit", json.dumps([each and str(each) for each in astuple(circuit)]))
            for (message_id, event), answer in zip(ended, answers, strict=True):
                self._enter(message_id, event, answer)

    def due(self, now: datetime, turn: Callable[[Standing], TurnKind], most: int = 1) -> tuple[Dispatch, ...]:
        """Return the messages whose turns are next: see ``Outbox``."""
        found: list[Dispatch] = []
        left = MOST_BYTES_TOGETHER
        for message_id, size, *values in self._database.execute(NEXT_DUE, (written(now), most)):
            standing = standing_in(values)
            each, left = Dispatch(message_id, standing, turn(standing)), left - size
            is_plain = each.turn == "hand over" and not standing.doubtful
            if found and (left < 0 or not is_plain):
                break
            found.append(each)
            if not is_plain:
                break
        return tuple(found)

    def _sealed_answers(self, ended: Sequence[tuple[str, DeliveryEvent]]) -> list[bytes]:
        if not any(event.answer for _, event in ended):
            return [b""] * len(ended)
        with self._sealing.written():
            return [
                self._sealing.seal(Pieces((event.answer,)), answers_of(message_id), message_id.encode())
                if event.answer
                else b""
                for message_id, event in ended
            ]

    def _enter(self, message_id: str, event: DeliveryEvent, answer: bytes) -> None:
        row = self._database.execute(
            f"SELECT seq, {STANDING} FROM messages WHERE id = ?",  # noqa: S608
            (message_id,),
        ).fetchone()
        if row is None:
            raise UnknownDeliveryError(message_id)
        standing = standing_in(row[1:]).after(event)
        self._database.execute(
            "UPDATE messages SET state = ?, due = ?, attempts = ?, failures = ?, doubtful = ?, looks = ?, said = ? WHERE seq = ?",
            (
                standing.state,
                text_of(standing.due),
                standing.attempts,
                standing.failures,
                standing.doubtful,
                standing.looks,
                standing.said,
                row[0],
            ),
        )
        self._events.add(row[0], event, answer)

    def hear(self, source: str, upto: int, ended: Sequence[tuple[str, DeliveryEvent]]) -> None:
        """Enter what receipts say of messages: see ``Outbox``."""
        answers = self._sealed_answers(ended)
        with self._state.written():
            for (message_id, event), answer in zip(ended, answers, strict=True):
                self._enter(message_id, event, answer)
            self._mark(f"heard {source}", str(upto))

    def _mark(self, name: str, text: str) -> None:
        self._database.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, text))

    def delivery(self, message_id: str) -> Delivery:
        """Return a message as it was put: see ``Outbox``."""
        if fresh := self._fresh.taken(message_id):
            return fresh
        row = self._database.execute(
            "SELECT seq, name, file_name, size, digest FROM messages WHERE id = ?", (message_id,)
        ).fetchone()
        if row is None:
            raise UnknownDeliveryError(message_id)
        seq, name, file_name, size, digest = row
        whole = self._sealing.open(self._stored.sealed(seq), copy_of(message_id), digest, message_id)
        form, content = whole[: len(whole) - size], whole[len(whole) - size :]
        if len(digest) == DIGEST_BYTES and digest_of(form, content) != digest:
            raise damaged_copy(self._state.folder, message_id)
        return Delivery(
            id=message_id,
            name=name,
            file_name=file_name,
            content=content,
            form=json.loads(form) if form else None,
            keys=self._index.keys(seq),
        )

    def erase(self, numbers: Iterable[str]) -> int:
        """Erase the bytes of documents with these business numbers: see ``Outbox``."""
        self._fresh.forget()
        erasures = [each for number in numbers for each in self._erasures(number)]
        return self._sealing.erase(erasures)

    def _erasures(self, number: str) -> Iterator[Erasure]:
        """Yield what is erased of a number: its documents, or the whole of a message in one piece, and the answers."""
        for seq, places in self._index.numbered(number).items():
            message_id, is_divided = self._database.execute(
                "SELECT id, divided FROM messages WHERE seq = ?", (seq,)
            ).fetchone()
            yield Erasure(copy_of(message_id), places if is_divided else None)
            yield Erasure(number if is_divided else message_id)  # as an earlier release named the salts
            yield Erasure(answers_of(message_id))


def open_outbox(folder: str | Path, destination: str, *, master: Path | None = None) -> StoredOutbox:
    """Open the outbox of a destination in a state folder for sending; make it if it does not exist.

    ``master`` is the file of the master key of the copies, see ``copies``. Raises ``JournalHeldError`` if another process
    sends to the destination, and ``JournalError`` if the folder cannot be used.
    """
    state = open_state(Path(folder), outbox_tables(checked_destination(destination)))
    try:
        return StoredOutbox(state, open_copies(Path(folder), f"outbox-{destination}", master))
    except BaseException:
        state.close()
        raise


def read_outbox(folder: str | Path, destination: str) -> StoredOutbox:
    """Open the outbox of a destination to read its entries, also while another process sends.

    Raises ``JournalError`` if there is none.
    """
    return StoredOutbox(read_state(Path(folder), outbox_tables(checked_destination(destination))), None)


def outboxes(folder: str | Path) -> tuple[str, ...]:
    """Return the destinations that have an outbox in a state folder."""
    found = Path(folder).glob("exchange/outbox-*/outbox.db")
    return tuple(sorted(each.parent.name.removeprefix("outbox-") for each in found))
