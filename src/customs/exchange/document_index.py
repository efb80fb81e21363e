"""The index of documents (单证索引): in which messages of an outbox a document is, and which messages share one.

The keys of a message stand in one row. Messages are found by the checksums of the numbers of their documents; others may
have the same checksum, so that the keys themselves decide.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from customs.documents import BusinessKey
from customs.exchange.outbox_rows import StoredKeys, joined, key_in, key_text, parted, short
from customs.exchange.pieces import number_of


class ListedDocuments(NamedTuple):
    """The documents of a message, by its number in the outbox, as the index has them."""

    seq: int
    keys: str
    guids: str
    shorts: Sequence[int]


def listed_documents(
    seq: int, keys: Iterable[BusinessKey], numbers: Sequence[str], guids: Iterable[str]
) -> ListedDocuments:
    """Return the documents of a message as the index has them."""
    return ListedDocuments(
        seq, joined(map(key_text, keys)), joined(guids), sorted({short(each) for each in numbers if each})
    )


class DocumentIndex:
    """The documents of the messages in the database of an outbox."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def add(self, messages: Sequence[ListedDocuments]) -> None:
        """Enter the documents of new messages, and which have one in common with another."""
        execute = self._database.executemany
        execute("INSERT INTO listed VALUES (?, ?, ?)", [each[:3] for each in messages])
        pairs = [(each, message.seq) for message in messages for each in message.shorts]
        before = self._database.total_changes
        execute("INSERT OR IGNORE INTO found_by VALUES (?, ?)", pairs)
        if self._database.total_changes - before < len(pairs):
            self._add_shared(pairs)

    def _add_shared(self, pairs: Sequence[tuple[int, int]]) -> None:
        candidates: set[tuple[int, int]] = set()
        for each, seq in pairs:
            others = self._having(each) - {seq}
            candidates |= {(seq, other) for other in others}
            if others and not self._is_first(each, seq):
                self._database.execute("INSERT INTO shared_by VALUES (?, ?)", (each, seq))
        keys = {seq: set(self.keys(seq).texts) for pair in candidates for seq in pair}
        rivals = [pair for pair in candidates if keys[pair[0]] & keys[pair[1]]]
        self._database.executemany(
            "INSERT OR IGNORE INTO rivals VALUES (?, ?)", [*rivals, *((other, seq) for seq, other in rivals)]
        )

    def _is_first(self, each: int, seq: int) -> bool:
        found = self._database.execute("SELECT message FROM found_by WHERE short = ?", (each,)).fetchone()
        return bool(found[0] == seq)

    def _having(self, each: int) -> set[int]:
        rows = self._database.execute(
            "SELECT message FROM found_by WHERE short = ? UNION SELECT message FROM shared_by WHERE short = ?",
            (each, each),
        )
        return {seq for (seq,) in rows}

    def keys(self, seq: int) -> StoredKeys:
        """Return the keys of the documents of a message."""
        row = self._database.execute("SELECT keys FROM listed WHERE message = ?", (seq,)).fetchone()
        return StoredKeys(row[0] if row else "")

    def numbered(self, number: str) -> dict[int, list[int]]:
        """Return the messages with a document of a number, in order, and the places of these documents."""
        found = {}
        for seq in sorted(self._having(short(number))):
            texts = self.keys(seq).texts
            places = [at for at, text in enumerate(texts) if number in text and number_of(key_in(text)) == number]
            if places:
                found[seq] = places
        return found

    def named(self, key: BusinessKey, guids: Sequence[str]) -> set[int]:
        """Return the messages with a document of one of the guids; if there are none, those with one that the key names.

        Where messages have the numbers of the key, a guid tells these apart.
        """
        numbers = [text for name, text in key.fields if text and name.endswith(("_no", "_id"))]
        numbered = [found for number in numbers for found in self.numbered(number).items()]
        return self._with_guid(guids, [seq for seq, _ in numbered]) or {
            seq for seq, places in numbered if any(self.keys(seq)[place].matches(key) for place in places)
        }

    def _with_guid(self, guids: Sequence[str], among: Sequence[int]) -> set[int]:
        where, values = (f" AND message IN ({', '.join('?' * len(among))})", among) if among else ("", ())
        select = f"SELECT message, guids FROM listed WHERE instr(guids, ?){where}"  # noqa: S608
        return {
            seq
            for guid in guids
            for seq, text in self._database.execute(select, (guid, *values))
            if guid in parted(text)
        }
