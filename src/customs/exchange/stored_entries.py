"""The questions to an outbox in a state folder (发件箱查询): its entries, events and answers, and the ways to find them.

It can be asked beside the process that sends.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from customs.documents import BusinessKey
from customs.exchange.circuit import Circuit
from customs.exchange.copies import Copies, SealedBox
from customs.exchange.document_index import DocumentIndex
from customs.exchange.event_rows import EventRows
from customs.exchange.outbox import OutboxEntry, UnknownDeliveryError
from customs.exchange.outbox_rows import ENTRY, answers_of, listed, moment_in, standing_in
from customs.exchange.standing import WAITING, DeliveryEvent, DeliveryState
from customs.journal.state import OpenState


class StoredEntries(SealedBox):
    """The questions that ``customs.exchange.Outbox`` answers, from the database of a destination."""

    _read_only = "this outbox was opened to read its entries 此发件箱仅供查询"

    def __init__(self, state: OpenState, copies: Copies | None) -> None:
        super().__init__(state, copies)
        self._index = DocumentIndex(state.database)
        self._events = EventRows(state)

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
        found = self._events.of(message_id)
        if not found:
            raise UnknownDeliveryError(message_id)
        return found

    def answers(self, message_id: str) -> tuple[bytes, ...]:
        """Return the answers of the other side to a message as they came. Raises ``CopyErasedError``."""
        sealed = self._events.answers(message_id)
        return tuple(
            self._sealing.open(each, answers_of(message_id), message_id.encode(), message_id) for each in sealed
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

    def _marked(self, name: str) -> str:
        row = self._database.execute("SELECT text FROM marks WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else ""
