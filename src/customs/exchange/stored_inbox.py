"""The inbox in a state folder (状态目录中的收件箱): one database for each destination, beside the journal."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

from customs.areas import AreaProfile
from customs.documents import BusinessKey
from customs.exchange.contract import HandedOver, Item
from customs.exchange.copies import Erasure, SealedBox, open_copies
from customs.exchange.inbox import TakenItem, TakenKind
from customs.exchange.item_reading import UNIFIED_EDITION, ReceiptLine, read_item
from customs.exchange.outbox import written
from customs.exchange.outbox_rows import checked_destination
from customs.exchange.pieces import Pieces
from customs.journal.records import checksum
from customs.journal.state import JournalError, Tables, open_state, read_state
from customs.wire import ReadError
from customs.wire.envelope import opened
from customs.wire.unread import unread

_FORM = """
CREATE TABLE marks(name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE items(
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL, digest BLOB NOT NULL UNIQUE,
    reason TEXT NOT NULL, about TEXT NOT NULL, word TEXT NOT NULL, checksum BLOB NOT NULL, placed INTEGER NOT NULL DEFAULT 0);
CREATE INDEX items_unplaced ON items(placed) WHERE placed = 0 AND kind = 'receipt';
CREATE TABLE copies(item INTEGER PRIMARY KEY REFERENCES items, sealed BLOB NOT NULL);
CREATE TABLE lines(
    item INTEGER NOT NULL REFERENCES items, place INTEGER NOT NULL, receipt TEXT NOT NULL, key TEXT NOT NULL,
    code TEXT NOT NULL, at TEXT, submitted TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY(item, place)) WITHOUT ROWID;
CREATE INDEX lines_identity ON lines(receipt, key, code, at);
CREATE TABLE numbers(
    number TEXT NOT NULL, item INTEGER NOT NULL REFERENCES items, PRIMARY KEY(number, item)) WITHOUT ROWID
"""

_ITEM = "id, name, kind, at, digest, reason, about, word, checksum"

#: How many receipts are looked through, or placed, at a time.
MOST_AT_ONCE = 200


def inbox_tables(destination: str) -> Tables:
    """Return the tables of the inbox of a destination."""
    return Tables(
        home=f"exchange/inbox-{destination}",
        file="inbox.db",
        forms=(_FORM,),
        name=(f"inbox of {destination}", f"“{destination}”的收件箱"),
        doing=f"receiving from {destination}",
    )


class StoredInbox(SealedBox):
    """The inbox of a destination in a state folder, as ``customs.exchange.Inbox`` promises; made by ``open_inbox``."""

    _read_only = "this inbox was opened to read its entries 此收件箱仅供查询"

    def take(
        self, items: Sequence[Item], *, at: datetime, areas: Sequence[str | AreaProfile] = UNIFIED_EDITION
    ) -> tuple[TakenItem, ...]:
        """Take items in, all of them or none: see ``Inbox``."""
        digests = [item_digest(each) for each in items]
        new: dict[bytes, tuple[Item, tuple[ReceiptLine, ...], str]] = {}
        for item, digest in zip(items, digests, strict=True):
            if digest not in new and not self._known(digest):
                new[digest] = (item, *read_lines(item, areas))
        with self._sealing.written():
            sealed = {
                digest: self._sealing.seal(Pieces((item.content,)), digest.hex(), digest)
                for digest, (item, *_) in new.items()
            }
        with self._state.written():
            for digest, (item, lines, reason) in new.items():
                self._enter(item, digest, lines, reason, at)
                self._database.execute(
                    "INSERT INTO copies SELECT id, ? FROM items WHERE digest = ?", (sealed[digest], digest)
                )
        return tuple(self._taken(digest, new) for digest in digests)

    def _known(self, digest: bytes) -> bool:
        return self._database.execute("SELECT 1 FROM items WHERE digest = ?", (digest,)).fetchone() is not None

    def _enter(self, item: Item, digest: bytes, lines: Sequence[ReceiptLine], reason: str, at: datetime) -> None:
        rows = [_line_row(each) for each in lines]
        kind: TakenKind = (
            "word" if item.word else "aside" if reason else "repeat" if self._all_known(rows) else "receipt"
        )
        (last,) = self._database.execute("SELECT coalesce(max(id), 0) FROM items").fetchone()
        values = (last + 1, item.name, kind, written(at), digest, reason, item.about, word_text(item.word))
        self._database.execute(
            f"INSERT INTO items({_ITEM}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
            (*values, checksum(*values)),
        )
        self._database.executemany(
            "INSERT INTO lines VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [(last + 1, place, *row) for place, row in enumerate(rows)],
        )
        self._database.executemany(
            "INSERT OR IGNORE INTO numbers VALUES (?, ?)",
            [(number, last + 1) for each in lines for number in numbers_of(each.key)],
        )

    def _all_known(self, rows: Sequence[tuple[Any, ...]]) -> bool:
        """True if every line was in another receipt; a line without a time says nothing about that."""
        same = "SELECT 1 FROM lines WHERE receipt = ? AND key = ? AND code = ? AND at = ?"
        return bool(rows) and all(
            row[3] is not None and self._database.execute(same, row[:4]).fetchone() is not None for row in rows
        )

    def _taken(self, digest: bytes, new: dict[bytes, Any]) -> TakenItem:
        found = self._one("digest = ?", digest)
        if new.pop(digest, None) is not None:
            return found
        return replace(as_repeat(found), known=True)

    def _one(self, where: str, value: object) -> TakenItem:
        row = self._database.execute(f"SELECT {_ITEM} FROM items WHERE {where}", (value,)).fetchone()  # noqa: S608
        if row is None:
            raise LookupError(f"the inbox has no item {value} 收件箱中没有 {value}")
        return self._item(row)

    def _item(self, row: tuple[Any, ...]) -> TakenItem:
        *values, kept = row
        number, name, kind, at, digest, reason, about, word = values
        if checksum(*values) != kept:
            raise JournalError(
                f"item {number} of the inbox in {self._state.folder} is damaged: put a copy of the folder back "
                f"收件箱第 {number} 条记录已损坏，请以备份恢复状态目录"
            )
        lines = self._database.execute(
            "SELECT receipt, key, code, at, submitted, word FROM lines WHERE item = ? ORDER BY place", (number,)
        )
        return TakenItem(
            number=number,
            name=name,
            kind=kind,
            at=datetime.fromisoformat(at),
            digest=digest.hex(),
            reason=reason,
            lines=tuple(map(_line, lines)),
            about=about,
            word=word_in(word),
        )

    def content(self, number: int) -> bytes:
        """Return the bytes of an item as they came: see ``Inbox``."""
        row = self._database.execute(
            "SELECT sealed, digest FROM copies JOIN items ON id = item WHERE item = ?", (number,)
        ).fetchone()
        if row is None:
            raise LookupError(f"the inbox has no item {number} 收件箱中没有第 {number} 条")
        sealed, digest = row
        return self._sealing.open(sealed, digest.hex(), digest, f"item {number} 第 {number} 条")

    def _items(self, where: str, *values: object) -> Iterator[TakenItem]:
        rows = self._database.execute(f"SELECT {_ITEM} FROM items WHERE {where}", values).fetchall()  # noqa: S608
        yield from map(self._item, rows)

    def after(self, number: int) -> Iterator[TakenItem]:
        """Yield receipts and words behind a number: see ``Inbox``."""
        yield from self._items(
            "id > ? AND kind IN ('receipt', 'word', 'repeat') ORDER BY id LIMIT ?", number, MOST_AT_ONCE
        )

    def unplaced(self) -> tuple[TakenItem, ...]:
        """Return the receipts that are not in the folder of receipts yet: see ``Inbox``."""
        return tuple(self._items("placed = 0 AND kind = 'receipt' ORDER BY id LIMIT ?", MOST_AT_ONCE))

    def placed(self, numbers: Iterable[int]) -> None:
        """Enter that receipts are in the folder of receipts."""
        with self._state.written():
            self._database.executemany("UPDATE items SET placed = 1 WHERE id = ?", [(each,) for each in numbers])

    def fetched(self, at: datetime) -> None:
        """Enter when everything was last fetched, to the end."""
        with self._state.written():
            self._database.execute("INSERT OR REPLACE INTO marks VALUES ('fetched', ?)", (written(at),))

    def last_fetched(self) -> datetime | None:
        """Return when everything was last fetched; None if never."""
        row = self._database.execute("SELECT text FROM marks WHERE name = 'fetched'").fetchone()
        return datetime.fromisoformat(row[0]) if row else None

    def aside(self) -> Iterator[TakenItem]:
        """Yield what was set aside, in order."""
        yield from self._items("kind = 'aside' ORDER BY id")

    def erase(self, numbers: Iterable[str]) -> int:
        """Erase the bytes of receipts that name these business numbers: see ``Inbox``."""
        erasures = {
            Erasure(digest.hex())
            for number in numbers
            for (digest,) in self._database.execute(
                "SELECT digest FROM numbers JOIN items ON id = item WHERE number = ?", (number,)
            )
        }
        return self._sealing.erase(erasures)


def open_inbox(folder: str | Path, destination: str, *, master: Path | None = None) -> StoredInbox:
    """Open the inbox of a destination in a state folder for receiving; make it if it does not exist.

    ``master`` is the file of the master key of the copies, see ``copies``. Raises ``JournalHeldError`` if another process
    receives from the destination, and ``JournalError`` if the folder cannot be used.
    """
    state = open_state(Path(folder), inbox_tables(checked_destination(destination)))
    try:
        return StoredInbox(state, open_copies(Path(folder), f"inbox-{destination}", master))
    except BaseException:
        state.close()
        raise


def read_inbox(folder: str | Path, destination: str) -> StoredInbox:
    """Open the inbox of a destination to read its entries, also while another process receives.

    Raises ``JournalError`` if there is none.
    """
    return StoredInbox(read_state(Path(folder), inbox_tables(checked_destination(destination))), None)


def inboxes(folder: str | Path) -> tuple[str, ...]:
    """Return the destinations that have an inbox in a state folder."""
    found = Path(folder).glob("exchange/inbox-*/inbox.db")
    return tuple(sorted(each.parent.name.removeprefix("inbox-") for each in found))


#: Writes JSON; ``json.dumps`` makes a writer of its own for each text.
_in_json = json.JSONEncoder(ensure_ascii=False).encode


def item_digest(item: Item) -> bytes:
    """Return the digest of an item out of its envelope; a client's word is told apart by the message that it names."""
    if item.word:
        return blake2b(f"{item.about}\0{item.word.outcome}\0".encode() + item.content, digest_size=32).digest()
    try:
        content = opened(item.content)[0]
    except ReadError:
        content = item.content
    return blake2b(content, digest_size=32).digest()


def read_lines(item: Item, areas: Sequence[str | AreaProfile]) -> tuple[tuple[ReceiptLine, ...], str]:
    """Return the lines of an item, or why it has none."""
    if item.word:
        return (), ""
    try:
        return read_item(item.content, areas), ""
    except ReadError as error:
        return (), unread(error)


def as_repeat(item: TakenItem) -> TakenItem:
    return replace(item, kind="repeat") if item.kind == "receipt" else item


def numbers_of(key: BusinessKey) -> list[str]:
    return [text for name, text in key.fields if text and name.endswith(("_no", "_id"))]


def _line_row(line: ReceiptLine) -> tuple[Any, ...]:
    key = line_key_text(line.key)
    at = written(line.at) if line.at else None
    return line.receipt, key, line.code, at, line.submitted, word_text(line.word)


def _line(row: Sequence[Any]) -> ReceiptLine:
    receipt, key, code, at, submitted, word = row
    message, fields = json.loads(key)
    found = word_in(word)
    assert found
    return ReceiptLine(
        receipt=receipt,
        key=BusinessKey(message, tuple((name, text) for name, text in fields)),
        code=code,
        at=datetime.fromisoformat(at) if at else None,
        submitted=submitted,
        word=found,
    )


def line_key_text(key: BusinessKey) -> str:
    return _in_json([key.message, key.fields])


def word_text(word: HandedOver | None) -> str:
    return _words_text(word.outcome, word.again, word.said) if word else ""


@lru_cache(maxsize=1000)
def _words_text(*words: str) -> str:
    """The text of words, of which receipts say the same few over and over."""
    return _in_json(words)


def word_in(text: str) -> HandedOver | None:
    if not text:
        return None
    outcome, again, said = json.loads(text)
    return HandedOver(outcome=outcome, again=again, said=said)
