"""The places of copies of messages (报文副本的存放): small ones in the database, many together in a file; and what
is still in memory for its first attempt.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from customs.exchange.contract import Delivery
from customs.exchange.outbox_rows import MOST_BYTES_TOGETHER
from customs.exchange.packs import PACKED, Pack, PackPlace, new_pack, packed
from customs.files import NotWrittenError
from customs.journal.state import OpenState, unusable


class MessageCopies:
    """The sealed copies of the messages in an outbox of a state folder."""

    def __init__(self, state: OpenState) -> None:
        self._database, self._folder = state.database, state.folder
        self._home = state.folder / state.tables.home

    @contextmanager
    def pack_for(self, size: int) -> Iterator[Pack | None]:
        """Write copies of so many bytes into a new file, which is on the disk at the end; None if the database is the place."""
        if size < PACKED:
            yield None
            return
        (last,) = self._database.execute("SELECT coalesce(max(pack), 0) FROM packed").fetchone()
        try:
            with new_pack(self._home, last + 1) as pack:
                yield pack
        except NotWrittenError as error:
            raise unusable(self._folder, error) from None

    def add(self, message: int, copy: bytes | PackPlace) -> None:
        """Enter the copy of a message, by its number, or where it is."""
        if isinstance(copy, bytes):
            self._database.execute("INSERT INTO copies VALUES (?, ?)", (message, copy))
        else:
            self._database.execute("INSERT INTO packed VALUES (?, ?, ?, ?)", (message, *copy))

    def sealed(self, message: int) -> bytes:
        """Return the copy of a message. Raises ``JournalError``."""
        row = self._database.execute("SELECT sealed FROM copies WHERE message = ?", (message,)).fetchone()
        if row is not None:
            return bytes(row[0])
        select = "SELECT pack, start, size FROM packed WHERE message = ?"
        place = PackPlace(*self._database.execute(select, (message,)).fetchone())
        try:
            return packed(self._home, place)
        except OSError as error:
            raise unusable(self._folder, error) from None


class FreshMessages:
    """Messages kept for their first attempt, which then opens no copies: as many as are handed over together."""

    def __init__(self) -> None:
        self._kept: dict[str, Delivery] = {}

    def keep(self, deliveries: Iterable[Delivery]) -> None:
        """Keep messages that were put, as far as there is room."""
        left = MOST_BYTES_TOGETHER - sum(len(each.content) for each in self._kept.values())
        for each in deliveries:
            left -= len(each.content)
            if left < 0:
                return
            self._kept[each.id] = each

    def taken(self, message_id: str) -> Delivery | None:
        """Return a message and keep it no longer; None if it is not here."""
        return self._kept.pop(message_id, None)

    def forget(self) -> None:
        """Keep nothing."""
        self._kept.clear()
