"""The outbox in a state folder (状态目录中的发件箱): one database for each destination, beside the journal.

What happened stands in a table to which is only added; where each message stands is kept beside it, entered in the same
transaction, so that what is due is found at once.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from customs.documents import BusinessKey
from customs.documents.base import MOST_MESSAGE_BYTES
from customs.exchange.circuit import Circuit
from customs.exchange.contract import Delivery
from customs.exchange.copies import Copies, Erasure, SealedBox, damaged_copy, open_copies
from customs.exchange.document_index import DocumentIndex, ListedDocuments, listed_documents
from customs.exchange.outbox import (
    Dispatch,
    OtherBytesError,
    OutboxEntry,
    PutOutcome,
    UnknownDeliveryError,
    instant,
    written,
)
from customs.exchange.outbox_rows import (
    ADD_EVENT,
    DIGEST_BYTES,
    ENTRY,
    MOST_BYTES_TOGETHER,
    NEXT_DUE,
    STANDING,
    answers_of,
    checked_destination,
    copy_of,
    digest_of,
    form_of,
    listed,
    moment_in,
    outbox_tables,
    pieces_of,
    put_event,
    standing_in,
    text_of,
)
from customs.exchange.packs import PACKED, Pack, PackPlace, new_pack, packed
from customs.exchange.pieces import Pieces, guid_in, number_of
from customs.exchange.standing import (
    WAITING,
    DeliveryEvent,
    DeliveryState,
    Standing,
    TurnKind,
)
from customs.files import NotWrittenError
from customs.journal.records import checksum
from customs.journal.state import JournalError, OpenState, open_state, read_state, unusable


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A message as it is entered."""

    seq: int
    delivery: Delivery
    digest: bytes
    is_divided: bool
    documents: ListedDocuments
    copy: bytes | PackPlace


class StoredOutbox(SealedBox):
    """The outbox of a destination in a state folder, as ``customs.exchange.Outbox`` promises; made by ``open_outbox``."""

    _read_only = "this outbox was opened to read its entries 此发件箱仅供查询"

    def __init__(self, state: OpenState, copies: Copies | None) -> None:
        super().__init__(state, copies)
        self._index = DocumentIndex(state.database)
        self._home = state.folder / state.tables.home
        self._fresh: dict[str, Delivery] = {}

    # what goes in

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
        is_packed = sum(len(each.content) for each, _ in new.values()) >= PACKED
        with ExitStack() as packing:
            with self._sealing.written():
                pack = packing.enter_context(self._pack()) if is_packed else None
                rows = [self._sealed_row(seq, *each, pack) for seq, each in enumerate(new.values(), last + 1)]
            with ThreadPoolExecutor(1) as beside, self._state.written():
                forced = beside.submit(packing.pop_all().close)
                for row in rows:
                    self._put(row, put_event(row.delivery, instant(at), most_bytes))
                self._index.add([row.documents for row in rows])
                forced.result()  # before any of this counts
        self._remember(row.delivery for row in rows if len(row.delivery.content) <= most_bytes)
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

    def _remember(self, deliveries: Iterable[Delivery]) -> None:
        """Keep messages for their first attempt, which then opens no copies: as many as are handed over together."""
        left = MOST_BYTES_TOGETHER - sum(len(each.content) for each in self._fresh.values())
        for each in deliveries:
            left -= len(each.content)
            if left < 0:
                return
            self._fresh[each.id] = each

    @contextmanager
    def _pack(self) -> Iterator[Pack]:
        """Write copies into a new file, which is on the disk at the end."""
        (last,) = self._database.execute("SELECT coalesce(max(pack), 0) FROM packed").fetchone()
        try:
            with new_pack(self._home, last + 1) as pack:
                yield pack
        except NotWrittenError as error:
            raise unusable(self._state.folder, error) from None

    def _sealed(self, seq: int) -> bytes:
        """Return the copy of a message."""
        row = self._database.execute("SELECT sealed FROM copies WHERE message = ?", (seq,)).fetchone()
        if row is not None:
            return bytes(row[0])
        place = PackPlace(
            *self._database.execute("SELECT pack, start, size FROM packed WHERE message = ?", (seq,)).fetchone()
        )
        try:
            return packed(self._home, place)
        except OSError as error:
            raise unusable(self._state.folder, error) from None

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
        if isinstance(row.copy, bytes):
            execute("INSERT INTO copies VALUES (?, ?)", (row.seq, row.copy))
        else:
            execute("INSERT INTO packed VALUES (?, ?, ?, ?)", (row.seq, *row.copy))
        self._add_event(row.seq, event, b"")

    # what happens

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
        self._add_event(row[0], event, answer)

    def _add_event(self, message: int, event: DeliveryEvent, answer: bytes) -> None:
        (last,) = self._database.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
        values = (
            last + 1,
            message,
            written(event.at),
            event.happening,
            event.state.value,
            text_of(event.due),
            event.outcome,
            event.again,
            int(event.counts),
            event.said,
            answer,
        )
        self._database.execute(ADD_EVENT, (*values, checksum(*values)))

    def hear(self, source: str, upto: int, ended: Sequence[tuple[str, DeliveryEvent]]) -> None:
        """Enter what receipts say of messages: see ``Outbox``."""
        answers = self._sealed_answers(ended)
        with self._state.written():
            for (message_id, event), answer in zip(ended, answers, strict=True):
                self._enter(message_id, event, answer)
            self._mark(f"heard {source}", str(upto))

    def heard(self, source: str) -> int:
        """Return up to which receipt of an inbox was looked at."""
        return int(self._marked(f"heard {source}") or 0)

    @property
    def circuit(self) -> Circuit:
        """The circuit of the destination."""
        if not (text := self._marked("circuit")):
            return Circuit()
        failures, since, probe_at, probes = json.loads(text)
        return Circuit(int(failures or 0), moment_in(since), moment_in(probe_at), int(probes or 0))

    def _mark(self, name: str, text: str) -> None:
        self._database.execute("INSERT OR REPLACE INTO marks VALUES (?, ?)", (name, text))

    def _marked(self, name: str) -> str:
        row = self._database.execute("SELECT text FROM marks WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""

    # what it knows

    def delivery(self, message_id: str) -> Delivery:
        """Return a message as it was put: see ``Outbox``."""
        if fresh := self._fresh.pop(message_id, None):
            return fresh
        row = self._database.execute(
            "SELECT seq, name, file_name, size, digest FROM messages WHERE id = ?", (message_id,)
        ).fetchone()
        if row is None:
            raise UnknownDeliveryError(message_id)
        seq, name, file_name, size, digest = row
        whole = self._sealing.open(self._sealed(seq), copy_of(message_id), digest, message_id)
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

    def entry(self, message_id: str) -> OutboxEntry:
        """Return the entry of a message: see ``Outbox``."""
        row = self._database.execute(f"SELECT {ENTRY} FROM messages WHERE id = ?", (message_id,)).fetchone()  # noqa: S608
        if row is None:
            raise UnknownDeliveryError(message_id)
        return self._entry(row)

    def _entry(self, row: tuple[Any, ...]) -> OutboxEntry:
        seq, message_id, name, file_name, size, put_at, *standing = row
        return OutboxEntry(
            id=message_id,
            name=name,
            file_name=file_name,
            size=size,
            documents=self._index.keys(seq),
            put_at=datetime.fromisoformat(put_at),
            standing=standing_in(standing),
        )

    def entries(self, states: Sequence[DeliveryState] = ()) -> Iterator[OutboxEntry]:
        """Yield the entries in order: see ``Outbox``."""
        where = f" WHERE state IN ({listed(states)})" if states else ""
        rows = self._database.execute(f"SELECT {ENTRY} FROM messages{where} ORDER BY seq").fetchall()  # noqa: S608
        yield from map(self._entry, rows)

    def counts(self) -> dict[DeliveryState, int]:
        """Return how many messages are in each state."""
        rows = self._database.execute("SELECT state, count(*) FROM messages GROUP BY state")
        return {DeliveryState(state): count for state, count in rows}

    def history(self, message_id: str) -> tuple[DeliveryEvent, ...]:
        """Return the events of a message in order: see ``Outbox``."""
        rows = self._database.execute(
            "SELECT events.* FROM events JOIN messages ON messages.seq = message WHERE id = ? ORDER BY events.seq",
            (message_id,),
        ).fetchall()
        if not rows:
            raise UnknownDeliveryError(message_id)
        return tuple(self._event(message_id, row) for row in rows)

    def _event(self, message_id: str, row: tuple[Any, ...]) -> DeliveryEvent:
        *values, kept = row
        if checksum(*values) != kept:
            raise JournalError(
                f"an event of {message_id} in {self._state.folder} is damaged: put a copy of the folder back "
                f"{message_id} 的记录已损坏，请以备份恢复状态目录"
            )
        _, _, at, happening, state, due, outcome, again, counts, said, _ = values
        return DeliveryEvent(
            at=datetime.fromisoformat(at),
            happening=happening,
            state=DeliveryState(state),
            due=moment_in(due),
            outcome=outcome,
            again=again,
            counts=bool(counts),
            said=said,
        )

    def answers(self, message_id: str) -> tuple[bytes, ...]:
        """Return the answers of the other side to a message as they came. Raises ``CopyErasedError``."""
        rows = self._database.execute(
            "SELECT answer FROM events JOIN messages ON messages.seq = message WHERE id = ? AND answer <> x''"
            " ORDER BY events.seq",
            (message_id,),
        ).fetchall()
        return tuple(
            self._sealing.open(answer, answers_of(message_id), message_id.encode(), message_id) for (answer,) in rows
        )

    def named(self, key: BusinessKey, submitted: str = "") -> tuple[OutboxEntry, ...]:
        """Return the messages that a receipt may speak of: see ``Outbox``."""
        ids = list({submitted, key.get("message_id")} - {""})
        marks = ", ".join("?" * len(ids))
        rows = self._database.execute(f"SELECT seq FROM messages WHERE id IN ({marks})", ids)  # noqa: S608
        return self._entries_of({seq for (seq,) in rows} or self._index.named(key, ids))

    def _entries_of(self, seqs: Iterable[int]) -> tuple[OutboxEntry, ...]:
        rows = (
            self._database.execute(f"SELECT {ENTRY} FROM messages WHERE seq = ?", (seq,)).fetchone()  # noqa: S608
            for seq in sorted(seqs)
        )
        return tuple(map(self._entry, rows))

    def of_file(self, file_name: str) -> tuple[OutboxEntry, ...]:
        """Return the messages that were handed over under a file name: see ``Outbox``."""
        name = file_name.lower()
        rows = self._database.execute(
            f"SELECT {ENTRY} FROM messages WHERE lower(file_name) IN (?, ?, ?)",  # noqa: S608
            (name, f"{name}.xml", f"{name}.zip"),
        )
        return tuple(map(self._entry, rows.fetchall()))

    def of_number(self, number: str) -> tuple[OutboxEntry, ...]:
        """Return the messages with a document of a business number."""
        return self._entries_of(self._index.numbered(number))

    def next_due(self) -> datetime | None:
        """Return when the next turn comes: see ``Outbox``."""
        row = self._database.execute(
            f"SELECT min(due) FROM messages WHERE state IN ({listed(WAITING)})"  # noqa: S608
        ).fetchone()
        return moment_in(row[0])

    # the end

    def erase(self, numbers: Iterable[str]) -> int:
        """Erase the bytes of documents with these business numbers: see ``Outbox``."""
        self._fresh.clear()
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
