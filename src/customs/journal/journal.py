"""The journal of declarations (申报登记簿): one line for each parcel in each message, before the message has its name."""

import hmac
import json
import sqlite3
from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, NoReturn, Self

from customs.areas import Area, Counting
from customs.areas.area import with_counters
from customs.declaration import Declaration
from customs.documents import BusinessKey
from customs.files import (
    FORM,
    PART,
    FolderHeldError,
    Lines,
    Names,
    NotWrittenError,
    Staged,
    force,
    held,
    part_of,
    place_keeping,
    stage,
    whole_file,
    writing,
)
from customs.journal import state
from customs.journal.state import JournalError, JournalHeldError, JournalNotWrittenError
from customs.road import Batch, DocumentName, Guids, Outgoing, Prepared, Run, SeededGuids
from customs.road.recognition import carrier, content_to_digest, keys_of, once_of, parcel_key
from customs.rules.knowledge import Declared

#: What separates the parts of a key in the database; no number of the trade holds it.
_SEPARATOR = "\x1f"


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

INSERT_NUMBER = "INSERT OR IGNORE INTO numbers VALUES (?, ?)"

#: The parcels that have a number.
_OF_NUMBER = "(SELECT parcel FROM numbers WHERE key >= :number || char(31) AND key < :number || ' ')"

_OF_ORDER = f"{_ENTRIES} WHERE parcels.id IN {_OF_NUMBER} AND parcels.order_no = :number {_IN_ORDER}"

#: The entries with the numbers of parcel and message; of the parcels that have a number, and of the messages that have it.
_PLACED = _ENTRIES.replace(" FROM", ", parcels.id AS parcel, messages.id AS message FROM", 1)
_NUMBERED = (
    f"{_PLACED} WHERE parcels.id IN {_OF_NUMBER} UNION {_PLACED} WHERE messages.id IN"  # noqa: S608
    " (SELECT id FROM messages WHERE guid = :number OR number = :number) ORDER BY parcel, message"
)

#: The entries under the key of a parcel that count: those after its last release.
_CARRYING = (
    f"{_ENTRIES} JOIN numbers ON numbers.parcel = parcels.id WHERE numbers.key = ? AND parcels.id >"  # noqa: S608
    " (SELECT coalesce(max(last_parcel), 0) FROM releases WHERE releases.order_key = parcels.order_key) " + _IN_ORDER
)


def _entry(row: tuple[Any, ...]) -> Entry:
    return Entry._make((*row[:10], datetime.fromisoformat(row[10]), row[11]))


class ParcelRow(NamedTuple):
    """A parcel in the database: its number, the key that names it, and those under which its documents may be declared
    once.
    """

    id: int
    key: str
    keys: tuple[tuple[DocumentName, str], ...]


class Journal:
    """Knowledge that lasts: what was declared, by whichever run; made by ``open_journal``.

    Give it to a ``Run`` as ``knowledge``, and ``record`` each batch: that writes its messages. One process writes at a
    time. A journal cannot be pickled.
    """

    def __init__(
        self,
        folder: Path,
        database: sqlite3.Connection,
        *,
        lock: sqlite3.Connection | None = None,
        key: bytes = b"",
        reserved: Sequence[str] = (),
    ) -> None:
        self._folder, self._database, self._lock, self._key = folder, database, lock, key
        self._reserved = frozenset(each.lower() for each in reserved)
        self._mark = "." + hmac.digest(key, b"parts", "sha256").hex()[:8]
        self._run: int | None = None
        self._stream: int | None = None
        self._names: Names | None = None

    # what it knows

    def declared(self, key: BusinessKey) -> Declared | None:
        """Return the latest declaration under the key, with all that carry its order; None if there is none."""
        text = text_of(key)
        if self._database.execute("SELECT 1 FROM numbers WHERE key = ? LIMIT 1", (text,)).fetchone() is None:
            return None
        rows = self._database.execute(
            "SELECT parcels.content, carried.carrier, messages.number, messages.at, parcels.id FROM numbers"
            " JOIN parcels ON parcels.id = numbers.parcel JOIN carried ON carried.parcel = parcels.id"
            " JOIN messages ON messages.id = carried.message WHERE numbers.key = ? AND parcels.id >"
            " (SELECT coalesce(max(last_parcel), 0) FROM releases WHERE releases.order_key = parcels.order_key)"
            " ORDER BY messages.id",
            (text,),
        ).fetchall()
        if not rows:
            return None
        carriers: dict[str, set[str]] = defaultdict(set)
        for content, name, *_ in rows:
            carriers[content.hex()].add(name)
        content, _, number, at, parcel = rows[-1]
        if (position := self._position(parcel)) is not None:
            return Declared(parcel=position)
        return Declared(
            message=number,
            content=content.hex(),
            at=datetime.fromisoformat(at),
            carriers={each: frozenset(names) for each, names in carriers.items()},
        )

    def _position(self, parcel: int) -> int | None:
        """Return the position of a parcel in the stream that is being entered; None if it is not of it."""
        found = (
            self._stream
            and self._database.execute(
                "SELECT first, parcels_from, positions FROM chunks WHERE run = ? AND parcels_from <= ?"
                " ORDER BY parcels_from DESC, first LIMIT 1",
                (self._stream, parcel),
            ).fetchone()
        )
        if not found:
            return None
        first, parcels_from, packed = found
        positions = array("I", packed)
        return first + positions[parcel - parcels_from] if parcel - parcels_from < len(positions) else None

    def digest(self, content: bytes) -> str:
        """Return the keyed hash under which the journal knows a content."""
        return self._digest(content).hex()

    def _digest(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, "sha256")

    def buyer(self, id_type: str, id_number: str) -> bytes:
        """Return the keyed hash under which the journal knows a buyer."""
        return hmac.digest(self._key, f"{id_type}{_SEPARATOR}{id_number}".encode(), "sha256")

    def next_serial(self, area: str) -> int:
        """Return the serial number that follows the last one of an area's messages, 1 if there is none."""
        row = self._database.execute("SELECT next FROM serials WHERE area = ?", (area,)).fetchone()
        return row[0] if row else 1

    @property
    def parcels(self) -> int:
        """The number of parcels that were declared."""
        (count,) = self._database.execute("SELECT count(*) FROM parcels").fetchone()
        return int(count)

    @property
    def messages(self) -> int:
        """The number of messages that count."""
        (count,) = self._database.execute("SELECT count(*) FROM messages").fetchone()
        return int(count)

    @property
    def of_run(self) -> tuple[int, int]:
        """The numbers of parcels and of messages that this run has declared so far."""
        if self._stream:
            found = "SELECT coalesce(sum(declared), 0), coalesce(sum(messages), 0) FROM chunks WHERE run = ?"
            parcels, messages = self._database.execute(found, (self._stream,)).fetchone()
            return int(parcels), int(messages)
        carried = "FROM carried JOIN messages ON messages.id = carried.message WHERE messages.run = ?"
        parcels, messages = self._database.execute(
            f"SELECT count(DISTINCT parcel), count(DISTINCT message) {carried}",
            (self._run,),
        ).fetchone()
        return int(parcels), int(messages)

    def entries(self, number: str = "") -> Iterator[Entry]:
        """Yield what was declared, in order: everything, or under an order, waybill, payment or internal number, in a
        message of that guid or number.
        """
        if number:
            rows = self._database.execute(_NUMBERED, {"number": state.readable(number)})
        else:
            rows = self._database.execute(f"{_ENTRIES} {_IN_ORDER}")
        yield from map(_entry, rows)

    def carrying(self, declaration: Declaration) -> tuple[Entry, ...]:
        """Return the messages that carry a parcel, in order; none if it was not declared, or released since."""
        return self.carrying_key(text_of(parcel_key(keys_of(declaration))))

    def carrying_key(self, key: str) -> tuple[Entry, ...]:
        """Return the messages that carry the parcel with a key as the journal has it."""
        return tuple(map(_entry, self._database.execute(_CARRYING, (key,))))

    def carrying_order(self, order_no: str) -> tuple[Entry, ...]:
        """Return the messages that carry the parcels of an order number, in order, those that were released too."""
        return tuple(map(_entry, self._database.execute(_OF_ORDER, {"number": state.readable(order_no)})))

    @property
    def unfinished(self) -> tuple[str, ...]:
        """The files whose runs were interrupted and not finished since, the latest last."""
        rows = self._database.execute("SELECT source FROM runs WHERE ended IS NULL ORDER BY id").fetchall()
        return tuple(dict.fromkeys(source for (source,) in rows))

    # a run

    @contextmanager
    def run(self, source: str, folder: Path, *, at: datetime) -> Iterator[None]:
        """Enter a run over a file of parcels into a folder; it counts as interrupted until it ends.

        Messages of an interrupted run that count and lack their name get it first; whatever does not count is deleted.
        Raises ``JournalHeldError`` if another process writes into the folder.
        """
        named = state.relative(folder, self._folder)
        try:
            with held(folder), self._entered(state.readable(source), folder, named, at):
                yield
        except FolderHeldError as error:
            raise JournalHeldError(folder, str(error)) from None

    @contextmanager
    def _entered(self, source: str, folder: Path, named: str, at: datetime) -> Iterator[None]:
        self._finish(folder)
        with self._written():
            row = self._database.execute(
                "INSERT INTO runs(source, folder, started) VALUES (?, ?, ?)",
                (source, named, at.isoformat()),
            )
            self._run, self._names = row.lastrowid, Names(folder, self._is_taken)
        try:
            yield
        except BaseException:
            self._break_off(folder)
            raise
        self._end(source, at)

    def _break_off(self, folder: Path) -> None:
        """Do what can be done for a run that broke off; what is left to do is done when it is opened next."""
        with suppress(JournalError, OSError, sqlite3.Error):
            self._finish(folder)

    def _end(self, source: str, at: datetime) -> None:
        """Enter that the runs over a source have ended."""
        with self._written():
            self._database.execute(
                "UPDATE runs SET ended = ? WHERE ended IS NULL AND source = ?", (at.isoformat(), source)
            )

    def record(self, batch: Batch, folder: Path, *, area: Area, at: datetime) -> tuple[Path, ...]:
        """Write the messages of a batch into a folder and enter them; return their paths.

        Either all of the batch counts or nothing. ``area`` is the run's, whose serial numbers go on from here.
        Raises ``NotWrittenError`` if a file cannot be written and ``JournalNotWrittenError`` if the journal cannot.
        """
        if self._run is None:
            raise JournalError("messages are recorded within Journal.run 报文须在 Journal.run 之内登记")
        if not batch.messages:
            return ()
        parcels = {each.position: each for each in batch.parcels}
        files, paths = self._staged_all(batch.messages, folder)
        with self._written():
            self._database.execute("UPDATE messages SET placed = 1 WHERE placed = 0 AND run = ?", (self._run,))
            carried = dict.fromkeys(each for message in batch.messages for each in message.parcels)
            rows = {each: self._row(parcels[each]) for each in carried}
            for message, path in zip(batch.messages, paths, strict=True):
                of_message = [rows[position] for position in message.parcels]
                self._enter(message, path, of_message, at)
                self._database.executemany(INSERT_NUMBER, self._number(message, of_message))
            for name, counter in counters(area):
                self._database.execute("INSERT OR REPLACE INTO serials VALUES (?, ?)", (name, counter.next))
        self._place_all(files, folder)
        return tuple(paths)

    def beside(self, path: Path) -> AbstractContextManager[Lines]:
        """Open a file beside the messages of a run, such as of what was refused, as ``whole_file`` does.

        If the run is killed, its next run deletes what is not complete.
        """
        return whole_file(path, ending=self._ending(self._run, path.name))

    def release(self, order_no: str, reason: str, *, at: datetime) -> int:
        """Let the parcels of an order number be declared again, such as after customs refused them; return how many.

        The reason is entered; nothing is deleted.
        """
        rows = self._database.execute(
            f"SELECT order_key, max(id), count(*) FROM parcels WHERE id IN {_OF_NUMBER} AND order_no = :number AND id >"  # noqa: S608
            " (SELECT coalesce(max(last_parcel), 0) FROM releases WHERE releases.order_key = parcels.order_key)"
            " GROUP BY order_key",
            {"number": state.readable(order_no)},
        ).fetchall()
        with self._written():
            for key, last, _ in rows:
                self._database.execute(
                    "INSERT INTO releases(order_key, last_parcel, reason, at) VALUES (?, ?, ?, ?)",
                    (key, last, reason, at.isoformat()),
                )
        return sum(count for *_, count in rows)

    def close(self) -> None:
        """Give messages that count their names, then the state folder to the next process."""
        try:
            if self._lock is not None and self._database.in_transaction:
                self._database.rollback()
            if self._lock is not None:
                self._place()
        finally:
            self._database.close()
            if self._lock is not None:
                self._lock.close()

    # how it is written

    def _staged_all(self, messages: Sequence[Outgoing], folder: Path) -> tuple[list[Staged], list[Path]]:
        """Write messages and force them to the disk; return their files and where they will be."""
        files: list[Staged] = []
        paths: list[Path] = []
        try:
            for message in messages:
                paths.append(self._stage(message, folder, files))
            force(folder)
        except BaseException:
            for each in files:
                with suppress(OSError):  # what is left is deleted by the next run
                    each.drop()
            raise
        return files, paths

    def _place_all(self, files: Sequence[Staged], folder: Path) -> None:
        for each in files:
            each.place()
        force(folder)

    def _stage(self, message: Outgoing, folder: Path, files: list[Staged]) -> Path:
        names = self._names
        if names is None or names.folder != folder:
            names = self._names = Names(folder, self._is_taken)
        path = names.free(message.file_name)
        if message.form is not None:  # may hold a password
            form = json.dumps(dict(message.form), ensure_ascii=False, indent=1) + "\n"
            files.append(self._staged(path.with_name(path.name + FORM), form.encode()))
        files.append(self._staged(path, message.content))
        return path

    def _staged(self, path: Path, content: bytes) -> Staged:
        return stage(path, content, ending=self._ending(self._run, path.name))

    def _ending(self, run: int | None, name: str) -> str:
        """Return the ending of a part, which the journal can tell again and nobody else can foresee."""
        return f"{self._mark}-{hmac.digest(self._key, f'{run}/{name}'.encode(), 'sha256').hex()[:16]}"

    def _is_taken(self, name: str) -> bool:
        """True if a message has the name, in whichever folder, or none may have it."""
        if name in self._reserved:
            return True
        return self._database.execute("SELECT 1 FROM names WHERE name = ?", (name,)).fetchone() is not None

    def _enter(self, message: Outgoing, path: Path, parcels: Sequence["ParcelRow"], at: datetime) -> None:
        row = self._database.execute(
            "INSERT INTO messages(run, area, name, guid, number, serial, file, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._run,
                message.area,
                message.name,
                message.guid,
                message.id,
                message.serial,
                state.relative(path, self._folder),
                at.isoformat(),
            ),
        )
        self._database.execute("INSERT OR IGNORE INTO names VALUES (?)", (path.name.lower(),))
        carried_by = carrier(message.area, message.name)
        self._database.executemany(
            "INSERT INTO carried VALUES (?, ?, ?)", [(each.id, carried_by, row.lastrowid) for each in parcels]
        )

    def _number(self, message: Outgoing, parcels: Sequence["ParcelRow"]) -> Iterator[tuple[str, int]]:
        """Yield the keys under which a message declares its parcels."""
        documents = set(message.documents)
        for each in parcels:
            yield each.key, each.id
            for document, key in each.keys:
                if document in documents:
                    yield key, each.id

    def _row(self, parcel: Prepared) -> "ParcelRow":
        """Return the row of a parcel, which is made with the first message that carries it."""
        declaration = parcel.declaration
        assert declaration, "a parcel in a message was read"
        named = keys_of(declaration)
        once, named_by = once_of(named), text_of(parcel_key(named))
        keys: list[tuple[DocumentName, str]] = [(each.document, text_of(key)) for each, key in once]
        content = self._digest(content_to_digest(declaration))
        if parcel.earlier:
            known = self._database.execute(
                "SELECT max(id) FROM numbers JOIN parcels ON id = parcel WHERE key = ? AND order_key = key AND content = ?",
                (named_by, content),
            ).fetchone()[0]
            if known is not None:
                return ParcelRow(known, named_by, tuple(keys))
        order, tax = declaration.order, parcel.assessment.due if parcel.assessment else None
        row = self._database.execute(
            "INSERT INTO parcels(order_key, content, app_type, order_no, waybill_no, payment_no, internal_no, tax, buyer)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                named_by,
                content,
                declaration.app_type,
                order.order_no,
                declaration.waybill.waybill_no or "",
                declaration.payment.payment_no or "",
                named["declaration_list"]["internal_no"],
                None if tax is None else str(tax),
                self.buyer(order.buyer_id_type, order.buyer_id_number),
            ),
        )
        assert row.lastrowid
        bare = {key.fields[1][1] for _, key in once} - {""}
        self._database.executemany(INSERT_NUMBER, [(each + _SEPARATOR, row.lastrowid) for each in bare])
        return ParcelRow(row.lastrowid, named_by, tuple(keys))

    @contextmanager
    def _written(self) -> Iterator[None]:
        """Enter all that is written within, or nothing."""
        try:
            with self._database:
                yield
        except sqlite3.Error as error:
            kind = JournalNotWrittenError if state.is_of_disk(error) else JournalError
            raise kind(
                f"the journal in {self._folder} cannot be written: {error}; nothing of this batch counts "
                f"登记簿无法写入，本批报文均不计入"
            ) from error

    def _finish(self, folder: Path) -> None:
        """Give messages that count their names, and delete the parts of those that do not."""
        self._place()
        for run, file in self._database.execute("SELECT run, file FROM messages WHERE placed = 0").fetchall():
            self._name(run, folder / Path(file).name)  # the folder was moved after a kill
        kept = self._growing(folder)
        with writing(folder):
            for part in folder.glob(f"*{self._mark}-*{PART}"):
                if part not in kept:
                    part.unlink()

    def _growing(self, folder: Path) -> set[Path]:
        """Return the parts in a folder of streams that are not finished; those of whole ones get their names."""
        kept: set[Path] = set()
        rows = "SELECT run, files, whole FROM streams JOIN runs ON runs.id = run WHERE ended IS NULL"
        for run, files, whole in self._database.execute(rows).fetchall():
            staged = [self._part(run, folder / name) for name in json.loads(files)]
            if whole:
                for each in staged:
                    place_keeping(each)
                with self._written():
                    self._database.execute("UPDATE runs SET ended = started WHERE id = ?", (run,))
            kept.update(each.part for each in staged)
        return kept

    def _part(self, run: int | None, path: Path) -> Staged:
        """Return a file of a run and its part."""
        return Staged(part_of(path, self._ending(run, path.name)), path)

    def _place(self) -> None:
        """Give messages that count their names, if a kill or a cut came in between; those not found keep waiting."""
        rows = self._database.execute("SELECT id, run, file FROM messages WHERE placed = 0").fetchall()
        found: list[tuple[int]] = []
        taken: list[NotWrittenError] = []
        for number, run, file in rows:
            try:
                if self._name(run, self._folder / file):
                    found.append((number,))
            except NotWrittenError as error:
                taken.append(error)
        for folder in {(self._folder / file).parent for *_, file in rows}:
            if folder.exists():
                force(folder)
        with self._written():
            self._database.executemany("UPDATE messages SET placed = 1 WHERE id = ?", found)
        if taken:
            raise taken[0]

    def _name(self, run: int, path: Path) -> bool:
        """Give a message and its form their names; return False if it is not there, such as in a folder that moved."""
        for each in (path.with_name(path.name + FORM), path):
            self._part(run, each).place()
        return path.exists()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a journal cannot be pickled: one process writes to it; let that process record what the workers made "
            "登记簿不能序列化：由一个进程登记各工作进程的结果"
        )


def open_journal(folder: str | Path, *, key: str | Path | None = None, reserved: Sequence[str] = ()) -> Journal:
    """Open the journal of a state folder for writing; make both if they do not exist.

    ``key`` is the file of the key for its hashes, by default ``journal/hash.key`` in the folder. ``reserved`` are file names
    that no message may take. Raises ``JournalHeldError`` if another process writes to the folder, and ``JournalError`` if
    it cannot be used.
    """
    folder = Path(folder)
    lock, database = state.writer(folder)
    try:
        secret = state.key_of(folder, database, Path(key) if key else None)
        for left in (folder / state.KEY).parent.glob(f"*{PART}"):  # of a run that was killed while it made the key
            left.unlink(missing_ok=True)
    except BaseException:
        database.close()
        lock.close()
        raise
    return Journal(folder, database, lock=lock, key=secret, reserved=reserved)


def read_journal(folder: str | Path) -> Journal:
    """Open the journal of a state folder to read ``entries``, also while another process writes.

    Raises ``JournalError`` if there is none.
    """
    return Journal(Path(folder), state.reader(Path(folder)))


def continued(run: Run, journal: Journal) -> Run:
    """Return a run that knows the journal, and goes on with its serial numbers and, in tests, its seeded guids."""
    guids: Guids = run.guids
    if isinstance(guids, SeededGuids) and journal.messages:
        guids = guids.from_position(journal.messages + 1)
    area = with_counters(run.place, lambda names, counter: _continued(names, counter, journal))
    return run.with_(knowledge=journal, guids=guids, area=run.area if area is run.place else area)


def _continued(names: Sequence[str], counter: Counting, journal: Journal) -> Counting:
    return counter.after(max(0, *(journal.next_serial(each) - counter.next for each in names)))


def counters(area: Area) -> Iterator[tuple[str, Counting]]:
    for each in (area, *area.beside):
        if isinstance(each.serials, Counting):
            yield each.name, each.serials


def text_of(key: BusinessKey) -> str:
    """Return a key as the journal has it: its number, the message, and the other fields, see ``state.number_first``."""
    fields = [text for _, text in key.fields]
    number = fields.pop(1) if len(fields) > 1 else ""
    return _SEPARATOR.join((number, key.message, *fields))
