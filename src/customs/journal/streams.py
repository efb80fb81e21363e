"""Streams in the journal (批量申报的登记): entered chunk by chunk, each with all that became of it, or not at all.

A chunk is one transaction: its messages, its parcels, what their buyers used of the year's limit, and how far the files
beside the messages reach. Whatever is cut off, the same stream given again goes on after the last chunk that counts; what
was given otherwise this time is decided anew, and what was declared of it is recognised.
"""

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple

from customs.documents import BusinessKey
from customs.files import FolderHeldError, Growing, Names, Staged, held, length_of, place_keeping
from customs.journal import state
from customs.journal.journal import INSERT_NUMBER, Journal, ParcelRow, counters
from customs.journal.state import JournalHeldError
from customs.road import DocumentName
from customs.road.chunks import DecidedChunk, DecidedParcel, ParcelNumbers
from customs.road.results import DOCUMENTS, KINDS
from customs.road.run import Run
from customs.rules.knowledge import Declared, Hashes


class Entered(NamedTuple):
    """A chunk as it is entered."""

    digest: bytes
    decided: DecidedChunk
    lines: Mapping[str, bytes]
    """What is added to each file beside the messages."""
    said: str
    """What is told of the stream up to here, to go on with after an interruption."""
    used: Mapping[bytes, Decimal]
    """What buyers have used of the year's limit after it, by their hashes."""
    again: bool
    """True if some of its parcels may have been declared before."""


class Stream:
    """A stream that is being entered; made by ``streamed``."""

    def __init__(self, journal: Journal, folder: Path, files: Mapping[str, Growing], passed: bool) -> None:
        self._journal, self._database, self._folder, self._files = journal, journal._database, folder, files
        self._passing = passed
        self._lengths = dict.fromkeys(files, 0)
        self._staged: tuple[list[Staged], list[Path]] = [], []

    @property
    def hashes(self) -> Hashes:
        """The keyed hashes of the journal."""
        return Hashes(self._journal._key)

    def digest(self, texts: Iterable[bytes]) -> bytes:
        """Return the keyed digest of what was given as a chunk."""
        found = blake2b(digest_size=16, key=self._journal._key)
        for each in texts:
            found.update(b"%d:" % len(each))
            found.update(each)
        return found.digest()

    def passed(self, first: int, digest: bytes) -> str | None:
        """Return what was said after a chunk that was entered as it is given now; None for one that is to be decided.

        From the first one that is to be decided on, whatever was entered later is cut off; its messages stay declared.
        """
        if not self._passing:
            return None
        row = self._database.execute(
            "SELECT digest, lengths, said FROM chunks WHERE run = ? AND first = ?", (self._journal._run, first)
        ).fetchone()
        if row and row[0] == digest:
            self._lengths = json.loads(row[1])
            return str(row[2])
        self._cut(first)
        return None

    def _cut(self, first: int) -> None:
        self._passing = False
        with self._journal._written():
            self._database.execute("DELETE FROM chunks WHERE run = ? AND first >= ?", (self._journal._run, first))
        for name, file in self._files.items():
            file.cut(self._lengths[name])

    def known(self, parcels: Iterable[DecidedParcel]) -> bool:
        """True if a number of any of these parcels was declared before: the chunk has to be decided with that known."""
        keys = [(key,) for each in parcels if each.numbers for _, key in _keys_of(each.numbers)[1]]
        self._database.execute("CREATE TEMP TABLE IF NOT EXISTS asked(key TEXT)")
        self._database.execute("DELETE FROM asked")
        self._database.executemany("INSERT INTO asked VALUES (?)", keys)
        found = self._database.execute("SELECT 1 FROM asked JOIN numbers ON numbers.key = asked.key LIMIT 1").fetchone()
        self._database.commit()
        return found is not None

    def used(self, buyer: bytes) -> Decimal:
        """Return what a buyer has used of the year's limit in this stream, by the hash."""
        row = self._database.execute(
            "SELECT used FROM used WHERE run = ? AND buyer = ?", (self._journal._run, buyer[:16])
        ).fetchone()
        return Decimal(row[0]) if row else Decimal(0)

    def files_of(self, decided: DecidedChunk) -> dict[int, list[str]]:
        """Write the messages of a chunk, which do not count yet; return the names of the files that carry each parcel."""
        self._journal._names = Names(self._folder, self._journal._is_taken)
        self._staged = self._journal._staged_all(decided.messages, self._folder)
        named: dict[int, list[str]] = {}
        for message, path in zip(decided.messages, self._staged[1], strict=True):
            for position in message.parcels:
                named.setdefault(position, []).append(path.name)
        return named

    def carrying(self, numbers: ParcelNumbers) -> list[tuple[str, str, str]]:
        """Return the messages that carry a parcel: type and file of each, and the tax of the parcel."""
        found = self._journal.carrying_key(_keys_of(numbers)[0])
        return [(each.message, Path(each.file).name, each.tax) for each in found]

    def enter(self, entered: Entered, run: Run, at: datetime) -> None:
        """Enter a chunk: from here on its messages count. ``run`` is that of the parcels after it.

        Raises ``NotWrittenError`` and ``JournalError``; then nothing of the chunk counts.
        """
        journal, decided = self._journal, entered.decided
        files, paths = self._staged
        self._staged = [], []
        try:
            for name, lines in entered.lines.items():
                self._files[name].add(lines)
            with journal._written():
                self._enter(entered, paths, at)
                for name, counter in counters(run.place):
                    self._database.execute("INSERT OR REPLACE INTO serials VALUES (?, ?)", (name, counter.next))
        except BaseException:
            for each in files:
                with suppress(OSError):  # what is left is deleted by the next run
                    each.drop()
            raise
        self._lengths = {name: file.length for name, file in self._files.items()}
        if decided.messages:
            journal._place_all(files, self._folder)

    def _enter(self, entered: Entered, paths: Sequence[Path], at: datetime) -> None:
        journal, database, decided = self._journal, self._database, entered.decided
        database.execute("UPDATE messages SET placed = 1 WHERE placed = 0 AND run = ?", (journal._run,))
        carried = {each for message in decided.messages for each in message.parcels}
        (last,) = database.execute("SELECT coalesce(max(id), 0) FROM parcels").fetchone()
        rows: dict[int, ParcelRow] = {}
        fresh: list[tuple[Any, ...]] = []
        keyed: set[tuple[str, int]] = set()
        positions = array("I")
        whole = _all_documents(decided, len(carried))
        for parcel in decided.parcels:
            if parcel.position not in carried:
                continue
            assert parcel.numbers, "a parcel in a message was read"
            named_by, once = _keys_of(parcel.numbers)
            number = self._earlier(named_by, parcel.numbers.content) if entered.again else None
            if number is None:
                number = last + len(fresh) + 1
                positions.append(parcel.position - decided.first)
                fresh.append((number, *_fields(named_by, parcel)))
                if not whole:  # found by the numbers of documents that others declare, too
                    keyed.update([(f"{each}\x1f", number) for each in parcel.numbers.numbers if each])
            rows[parcel.position] = ParcelRow(number, named_by, once)
        database.executemany(_INSERT_PARCEL, fresh)
        for message, path in zip(decided.messages, paths, strict=True):
            of_message = [rows[position] for position in message.parcels]
            journal._enter(message, path, of_message, at)
            keyed.update(journal._number(message, of_message))
        database.executemany(INSERT_NUMBER, sorted(keyed))  # those that follow each other stand together
        lengths = {name: file.length for name, file in self._files.items()}
        database.execute(
            "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                journal._run,
                decided.first,
                entered.digest,
                len(carried),
                len(decided.messages),
                last + 1,
                positions.tobytes(),
                json.dumps(lengths),
                entered.said,
            ),
        )
        database.executemany(
            "INSERT OR REPLACE INTO used VALUES (?, ?, ?)",
            sorted([(journal._run, buyer[:16], str(each)) for buyer, each in entered.used.items()]),
        )

    def _earlier(self, key: str, content: bytes) -> int | None:
        """Return the row of a parcel that an earlier run declared in part."""
        row = self._database.execute(
            "SELECT max(id) FROM numbers JOIN parcels ON id = parcel WHERE key = ? AND order_key = key AND content = ?"
            " AND id > (SELECT coalesce(max(last_parcel), 0) FROM releases WHERE releases.order_key = parcels.order_key)",
            (key, content),
        ).fetchone()
        return row[0] if row else None

    def finish(self) -> None:
        """Enter that the stream is whole: its files get their names, now or when the journal is opened next."""
        journal = self._journal
        if self._passing:
            self._end_of_passed()
        with journal._written():
            self._database.execute("UPDATE streams SET whole = 1 WHERE run = ?", (journal._run,))
        for file in self._files.values():
            file.__exit__(None, None, None)
        for name in self._files:
            place_keeping(journal._part(journal._run, self._folder / name))

    def _end_of_passed(self) -> None:
        """Cut off what an earlier attempt entered after the last parcel."""
        (last,) = self._database.execute(
            "SELECT coalesce(max(first), 0) FROM chunks WHERE run = ? AND lengths = ?",
            (self._journal._run, json.dumps(self._lengths)),
        ).fetchone()
        self._cut(last + 1)


def _all_documents(decided: DecidedChunk, parcels: int) -> bool:
    """True if messages carry all documents of so many parcels."""
    sent: dict[str, set[int]] = {each: set() for each in DOCUMENTS}
    for message in decided.messages:
        for document in message.documents:
            sent[document].update(message.parcels)
    return all(len(each) == parcels for each in sent.values())


#: The parcels of a stream are numbered here, so that they are written together.
_INSERT_PARCEL = (
    "INSERT INTO parcels(id, order_key, content, app_type, order_no, waybill_no, payment_no, internal_no, tax, buyer)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@contextmanager
def streamed(
    journal: Journal, source: str, folder: Path, *, at: datetime, conditions: str, files: Sequence[str]
) -> Iterator[Stream]:
    """Enter a stream over a source into a folder; it counts as interrupted until it ends.

    An interrupted stream over the same source under the same conditions is gone on with. ``files`` name those that grow
    beside the messages. Raises ``JournalHeldError`` if another process writes into the folder.
    """
    named, source = state.relative(folder, journal._folder), state.readable(source)
    try:
        with held(folder), ExitStack() as opened:
            journal._finish(folder)
            with journal._written():
                number, same = _number(journal, source, named, at, conditions, files)
            journal._run = journal._stream = number
            parts = {each: journal._part(number, folder / each).part for each in files}
            passing = same and _all_there(journal, number, parts)
            growing = {
                each: opened.enter_context(Growing(part, max(0, length_of(part)))) for each, part in parts.items()
            }
            stream = Stream(journal, folder, growing, passing)
            if not passing:
                stream._cut(0)
            try:
                yield stream
                stream.finish()
            except BaseException:
                journal._break_off(folder)
                raise
            journal._end(source, at)
            with journal._written():
                journal._database.execute("DELETE FROM used WHERE run IN (SELECT id FROM runs WHERE ended IS NOT NULL)")
    except FolderHeldError as error:
        raise JournalHeldError(folder, str(error)) from None


def _number(
    journal: Journal, source: str, named: str, at: datetime, conditions: str, files: Sequence[str]
) -> tuple[int, bool]:
    """Return the number of an interrupted stream, or of a new one, and True if its conditions were the same."""
    database = journal._database
    told = json.dumps(list(files))
    row = database.execute(
        "SELECT run, conditions FROM streams JOIN runs ON runs.id = run WHERE ended IS NULL AND source = ? AND folder = ?"
        " AND files = ? ORDER BY run DESC LIMIT 1",
        (source, named, told),
    ).fetchone()
    if row:
        database.execute("UPDATE streams SET conditions = ? WHERE run = ?", (conditions, row[0]))
        return int(row[0]), bool(row[1] == conditions)
    number = database.execute(
        "INSERT INTO runs(source, folder, started) VALUES (?, ?, ?)", (source, named, at.isoformat())
    ).lastrowid
    assert number
    database.execute("INSERT INTO streams(run, conditions, files) VALUES (?, ?, ?)", (number, conditions, told))
    return number, True


def _all_there(journal: Journal, number: int, parts: Mapping[str, Path]) -> bool:
    """True if each file is at least as long as it was when its last chunk was entered."""
    row = journal._database.execute(
        "SELECT lengths FROM chunks WHERE run = ? ORDER BY first DESC LIMIT 1", (number,)
    ).fetchone()
    lengths: dict[str, int] = json.loads(row[0]) if row else {}
    return all(length_of(parts[name]) >= length for name, length in lengths.items())


def _keys_of(numbers: ParcelNumbers) -> tuple[str, tuple[tuple[DocumentName, str], ...]]:
    """Return the key that names a parcel, and those under which its documents may be declared once, as the journal has
    them: see ``recognition.parcel_key`` and ``ONCE``.
    """
    codes, each_of = numbers.codes, numbers.numbers
    once: tuple[tuple[DocumentName, str], ...] = tuple(
        [
            (document, f"{number}\x1f{message}\x1f{code}")
            for document, message, number, code in zip(DOCUMENTS, _MESSAGES, each_of, codes, strict=True)
        ]
    )
    named = [key for (_, key), code, number in zip(once, codes, each_of, strict=True) if code and number]
    if not named:
        return once[0][1], once
    if named[0] == once[3][1]:  # a list by itself is named by its order too
        return f"{named[0]}\x1f{numbers.merchant_code}\x1f{each_of[0]}", once
    return named[0], once


_MESSAGES = tuple(each.message for each in KINDS.values())


def _fields(named_by: str, parcel: DecidedParcel) -> tuple[Any, ...]:
    numbers = parcel.numbers
    assert numbers
    order_no, payment_no, waybill_no, internal_no = numbers.numbers
    tax = None if parcel.tax is None else str(parcel.tax)
    buyer = parcel.quota.buyer if parcel.quota else b""
    return named_by, numbers.content, numbers.app_type, order_no, waybill_no, payment_no, internal_no, tax, buyer


class OnDisk:
    """The knowledge of a journal for a worker process, which opens it to read when it first asks."""

    def __init__(self, folder: Path, key: bytes, stream: int) -> None:
        self._given = folder, key, stream
        self._journal: Journal | None = None

    @classmethod
    def of(cls, journal: Journal) -> "OnDisk":
        """Return the knowledge of a journal in which a stream is being entered."""
        assert journal._stream
        return cls(journal._folder, journal._key, journal._stream)

    def _opened(self) -> Journal:
        if self._journal is None:
            folder, key, stream = self._given
            self._journal = Journal(folder, state.reader(folder), key=key)
            self._journal._stream = stream
        return self._journal

    def declared(self, key: BusinessKey) -> Declared | None:
        """Return the latest declaration under the key."""
        return self._opened().declared(key)

    def digest(self, content: bytes) -> str:
        """Return the keyed hash under which the journal knows a content."""
        return self._opened().digest(content)

    def __reduce__(self) -> tuple[Any, ...]:
        return OnDisk, self._given

    def __repr__(self) -> str:
        return f"OnDisk({str(self._given[0])!r})"
