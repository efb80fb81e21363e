"""Reading a journal (查阅登记簿): what was declared, by number, also while another process writes."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from customs.declaration import Declaration
from customs.journal.forms import JOURNAL
from customs.journal.keys import of_declaration
from customs.journal.state import Closing, OpenState, read_state, readable


class Entry(NamedTuple):
    """One parcel in one message, as the journal has it."""

    order_no: str
    waybill_no: str
    payment_no: str
    internal_no: str
    area: str
    message: str
    """The type of the message, such as ``CEB311``."""
    guid: str
    number: str
    """The number by which receipts name the message."""
    serial: int | None
    file: str
    """Within the state folder, or the whole path."""
    at: datetime
    tax: str
    """In CNY; empty if the parcel was declared before there was a law for it."""


#: The entries of the database, and the order in which they were made.
_ENTRIES = (
    "SELECT order_no, waybill_no, payment_no, internal_no, area, name, guid, number, serial, file, at,"
    " coalesce(tax, '') FROM messages JOIN carried ON carried.message = messages.id"
    " JOIN parcels ON parcels.id = carried.parcel"
)
_IN_ORDER = "ORDER BY parcels.id, messages.id"

#: The parcels that have a number.
OF_NUMBER = "(SELECT parcel FROM numbers WHERE key >= :number || char(31) AND key < :number || ' ')"

_OF_ORDER = f"{_ENTRIES} WHERE parcels.id IN {OF_NUMBER} AND parcels.order_no = :number {_IN_ORDER}"

#: The entries with the numbers of parcel and message; of the parcels that have a number, and of the messages that have it.
_PLACED = _ENTRIES.replace(" FROM", ", parcels.id AS parcel, messages.id AS message FROM", 1)
_NUMBERED = (
    f"{_PLACED} WHERE parcels.id IN {OF_NUMBER} UNION {_PLACED} WHERE messages.id IN"  # noqa: S608
    " (SELECT id FROM messages WHERE guid = :number OR number = :number) ORDER BY parcel, message"
)

#: The entries under the key of a parcel that count: those after its last release.
_CARRYING = (
    f"{_ENTRIES} JOIN numbers ON numbers.parcel = parcels.id WHERE numbers.key = ? AND parcels.id >"  # noqa: S608
    " (SELECT coalesce(max(last_parcel), 0) FROM releases WHERE releases.order_key = parcels.order_key) " + _IN_ORDER
)


def _entry(row: tuple[Any, ...]) -> Entry:
    return Entry._make((*row[:10], datetime.fromisoformat(row[10]), row[11]))


class JournalReader(Closing):
    """A journal to be read: what was declared, by number; made by ``read_journal``."""

    def __init__(self, state: OpenState) -> None:
        self.state = state

    @property
    def parcels(self) -> int:
        """The number of parcels that were declared."""
        return self._count("SELECT count(*) FROM parcels")

    @property
    def messages(self) -> int:
        """The number of messages that count."""
        return self._count("SELECT count(*) FROM messages")

    def _count(self, statement: str) -> int:
        (count,) = self.state.database.execute(statement).fetchone()
        return int(count)

    def next_serial(self, area: str) -> int:
        """Return the serial number that follows the last one of an area's messages, 1 if there is none."""
        row = self.state.database.execute("SELECT next FROM serials WHERE area = ?", (area,)).fetchone()
        return row[0] if row else 1

    def entries(self, number: str = "") -> Iterator[Entry]:
        """Yield what was declared, in order: everything, or under an order, waybill, payment or internal number, in a
        message of that guid or number.
        """
        if number:
            rows = self.state.database.execute(_NUMBERED, {"number": readable(number)})
        else:
            rows = self.state.database.execute(f"{_ENTRIES} {_IN_ORDER}")
        yield from map(_entry, rows)

    def carrying(self, declaration: Declaration) -> tuple[Entry, ...]:
        """Return the messages that carry a parcel, in order; none if it was not declared, or released since."""
        return self.carrying_key(of_declaration(declaration).named_by)

    def carrying_key(self, key: str) -> tuple[Entry, ...]:
        """Return the messages that carry the parcel with a key as the journal has it."""
        return tuple(map(_entry, self.state.database.execute(_CARRYING, (key,))))

    def carrying_order(self, order_no: str) -> tuple[Entry, ...]:
        """Return the messages that carry the parcels of an order number, in order, those that were released too."""
        return tuple(map(_entry, self.state.database.execute(_OF_ORDER, {"number": readable(order_no)})))

    @property
    def unfinished(self) -> tuple[str, ...]:
        """The files whose runs were interrupted and not finished since, the latest last."""
        rows = self.state.database.execute("SELECT source FROM runs WHERE ended IS NULL ORDER BY id").fetchall()
        return tuple(dict.fromkeys(source for (source,) in rows))

    def close(self) -> None:
        """Close the journal."""
        self.state.close()


def read_journal(folder: str | Path) -> JournalReader:
    """Open the journal of a state folder to read what was declared, also while another process writes.

    Raises ``JournalError`` if there is none.
    """
    return JournalReader(read_state(Path(folder), JOURNAL))
