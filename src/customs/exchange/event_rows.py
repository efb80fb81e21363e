"""The events of an outbox in a state folder (发件箱事件表): only added to, each with its checksum."""

from datetime import datetime
from typing import Any

from customs.exchange.outbox import written
from customs.exchange.outbox_rows import ADD_EVENT, moment_in, text_of
from customs.exchange.standing import DeliveryEvent, DeliveryState
from customs.journal.records import checksum
from customs.journal.state import JournalError, OpenState


class EventRows:
    """The events of the messages in the database of an outbox."""

    def __init__(self, state: OpenState) -> None:
        self._database, self._folder = state.database, state.folder

    def add(self, message: int, event: DeliveryEvent, answer: bytes) -> None:
        """Enter an event of a message, by its number, with the sealed answer of the other side."""
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

    def of(self, message_id: str) -> tuple[DeliveryEvent, ...]:
        """Return the events of a message in order, without the answers. Raises ``JournalError`` for one that is damaged."""
        rows = self._database.execute(
            "SELECT events.* FROM events JOIN messages ON messages.seq = message WHERE id = ? ORDER BY events.seq",
            (message_id,),
        )
        return tuple(self._event(message_id, row) for row in rows.fetchall())

    def _event(self, message_id: str, row: tuple[Any, ...]) -> DeliveryEvent:
        *values, kept = row
        if checksum(*values) != kept:
            raise JournalError(
                f"an event of {message_id} in {self._folder} is damaged: put a copy of the folder back "
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
        """Return the sealed answers of the other side to a message in order."""
        rows = self._database.execute(
            "SELECT answer FROM events JOIN messages ON messages.seq = message WHERE id = ? AND answer <> x''"
            " ORDER BY events.seq",
            (message_id,),
        )
        return tuple(answer for (answer,) in rows.fetchall())
