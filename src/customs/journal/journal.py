"""The journal of declarations (申报登记簿): one line for each parcel in each message, before the message has its name."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from customs.areas import Area, Counting
from customs.areas.area import with_counters
from customs.documents import BusinessKey
from customs.files import Lines, Names, whole_file
from customs.journal.awaiting import await_message, belong_to, end_awaiting, settle
from customs.journal.entering import (
    INSERT_NUMBER,
    MessageRow,
    enter_message,
    enter_parcel,
    enter_placed,
    enter_serials,
    numbers_of,
)
from customs.journal.forms import JOURNAL
from customs.journal.hash_key import key_of
from customs.journal.knowing import Known
from customs.journal.placing import Placing, drop, place_all
from customs.journal.reading import OF_NUMBER, JournalReader
from customs.journal.runs import Runs
from customs.journal.shared import Both, SharedDeclarations
from customs.journal.state import JournalError, OpenState, open_state, readable
from customs.road import Batch, Guids, Run, SeededGuids
from customs.rules.knowledge import Declared, Hashes, Knowledge


class Journal(JournalReader):
    """Knowledge that lasts: what was declared, by whichever run; made by ``open_journal``.

    Give it to a ``Run`` as ``knowledge``, and ``record`` each batch: that writes its messages. One process writes at a
    time. A journal cannot be pickled. ``known``, ``placing`` and ``runs`` are what it is made of.
    """

    def __init__(
        self,
        state: OpenState,
        hashes: Hashes,
        *,
        reserved: Sequence[str] = (),
        shared: SharedDeclarations | None = None,
    ) -> None:
        super().__init__(state)
        self.known, self.shared = Known(state, hashes), shared
        self._asked: Knowledge = Both(shared, self.known) if shared else self.known
        self.placing = Placing(state, hashes.key, reserved)
        self.runs = Runs(state, self.placing)
        self._names: Names | None = None

    # what it knows

    def declared(self, key: BusinessKey) -> Declared | None:
        """Return the latest declaration under the key, with all that carry its order; None if there is none."""
        return self._asked.declared(key)

    def digest(self, content: bytes) -> str:
        """Return the keyed hash under which the journal knows a content."""
        return self._asked.digest(content)

    @property
    def messages(self) -> int:
        """The number of messages that count, those of others who share the store included."""
        return max(super().messages, self.shared.messages if self.shared else 0)

    def next_serial(self, area: str) -> int:
        """Return the serial number that follows the last one of an area's messages, 1 if there is none."""
        return max(super().next_serial(area), self.shared.next_serial(area) if self.shared else 1)

    def buyer(self, id_type: str, id_number: str) -> bytes:
        """Return the keyed hash under which the journal knows a buyer."""
        return self.known.hashes.buyer(id_type, id_number)

    @property
    def of_run(self) -> tuple[int, int]:
        """The numbers of parcels and of messages that this run has declared so far."""
        if self.known.stream:
            found = "SELECT coalesce(sum(declared), 0), coalesce(sum(messages), 0) FROM chunks WHERE run = ?"
        else:
            found = (
                "SELECT count(DISTINCT parcel), count(DISTINCT message)"
                " FROM carried JOIN messages ON messages.id = carried.message WHERE messages.run = ?"
            )
        parcels, messages = self.state.database.execute(found, (self.runs.number,)).fetchone()
        return int(parcels), int(messages)

    # a run

    @contextmanager
    def run(self, source: str, folder: Path, *, at: datetime) -> Iterator[None]:
        """Enter a run over a file of parcels into a folder; it counts as interrupted until it ends.

        Messages of an interrupted run that count and lack their name get it first; whatever does not count is deleted.
        Raises ``JournalHeldError`` if another process writes into the folder.
        """
        with self.runs.under_way(source, folder, at=at):
            self.known.stream = self._names = None
            yield

    def record(self, batch: Batch, folder: Path, *, area: Area, at: datetime) -> tuple[Path, ...]:
        """Write the messages of a batch into a folder and enter them; return their paths.

        Either all of the batch counts or nothing. ``area`` is the run's, whose serial numbers go on from here.
        Raises ``NotWrittenError`` if a file cannot be written and ``JournalNotWrittenError`` if the journal cannot, and
        ``OvertakenError`` if another worker who shares the store was first: then decide the batch again.
        """
        run, database = self.runs.number, self.state.database
        if run is None:
            raise JournalError("messages are recorded within Journal.run 报文须在 Journal.run 之内登记")
        if not batch.messages:
            return ()
        parcels = {each.position: each for each in batch.parcels}
        files, paths = self.placing.staged(batch.messages, self._names_in(folder), run)
        entered = False
        try:
            with self.shared.noting(batch, at=at) if self.shared else nullcontext():
                with self.state.written():
                    enter_placed(database, run)
                    carried = dict.fromkeys(each for message in batch.messages for each in message.parcels)
                    rows = {each: enter_parcel(database, parcels[each], self.known.hashes) for each in carried}
                    for message, path in zip(batch.messages, paths, strict=True):
                        of_message = [rows[position] for position in message.parcels]
                        row = MessageRow(run, message, self.placing.kept_as(path), of_message)
                        number = enter_message(database, row, at)
                        database.executemany(INSERT_NUMBER, numbers_of(row))
                        if self.shared:
                            await_message(database, number)
                    enter_serials(database, area)
                entered = True
        except BaseException:
            if not entered:
                drop(files)
            raise
        if self.shared:
            with self.state.written():
                end_awaiting(database)
        place_all(files, folder)
        return tuple(paths)

    def _names_in(self, folder: Path) -> Names:
        if self._names is None or self._names.folder != folder:
            self._names = self.placing.names(folder)
        return self._names

    def beside(self, path: Path) -> AbstractContextManager[Lines]:
        """Open a file beside the messages of a run, such as of what was refused, as ``whole_file`` does.

        If the run is killed, its next run deletes what is not complete.
        """
        return whole_file(path, ending=self.placing.ending(self.runs.number, path.name))

    def release(self, order_no: str, reason: str, *, at: datetime) -> int:
        """Let the parcels of an order number be declared again, such as after customs refused them; return how many.

        The reason is entered; nothing is deleted.
        """
        shared = self.shared.release(order_no, reason, at=at) if self.shared else 0
        rows = self.state.database.execute(
            f"SELECT order_key, max(id), count(*) FROM parcels WHERE id IN {OF_NUMBER} AND order_no = :number AND id >"  # noqa: S608
            " (SELECT coalesce(max(last_parcel), 0) FROM releases WHERE releases.order_key = parcels.order_key)"
            " GROUP BY order_key",
            {"number": readable(order_no)},
        ).fetchall()
        with self.state.written():
            for key, last, _ in rows:
                self.state.database.execute(
                    "INSERT INTO releases(order_key, last_parcel, reason, at) VALUES (?, ?, ?, ?)",
                    (key, last, reason, at.isoformat()),
                )
        return max(shared, sum(int(count) for *_, count in rows))

    def close(self) -> None:
        """Give messages that count their names, then the state folder to the next process."""
        try:
            if self.state.database.in_transaction:
                self.state.database.rollback()
            self.placing.place_waiting()
        finally:
            super().close()

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a journal cannot be pickled: one process writes to it; let that process record what the workers made "
            "登记簿不能序列化：由一个进程登记各工作进程的结果"
        )


def open_journal(
    folder: str | Path,
    *,
    key: str | Path | None = None,
    reserved: Sequence[str] = (),
    shared: SharedDeclarations | None = None,
) -> Journal:
    """Open the journal of a state folder for writing; make both if they do not exist.

    ``key`` is the file of the key for its hashes, by default ``journal/hash.key`` in the folder. ``reserved`` are file names
    that no message may take. ``shared`` is the store in which others declare too, such as ``LedgerDeclarations``: a message counts
    when it has noted it, and the folder belongs to it from then on. Raises ``JournalHeldError`` if another process writes to the
    folder, and ``JournalError`` if it cannot be used, also with another store than its own.
    """
    state = open_state(Path(folder), JOURNAL)
    try:
        secret = key_of(state, Path(key) if key else None)
        belong_to(state, shared)
        if shared:
            settle(state, shared)
    except BaseException:
        state.close()
        raise
    return Journal(state, Hashes(secret), reserved=reserved, shared=shared)


def continued(run: Run, journal: Journal) -> Run:
    """Return a run that knows the journal, and goes on with its serial numbers and, in tests, its seeded guids."""
    guids: Guids = run.guids
    if isinstance(guids, SeededGuids) and journal.messages:
        guids = guids.from_position(journal.messages + 1)
    area = with_counters(run.place, lambda names, counter: _continued(names, counter, journal))
    return run.with_(knowledge=journal, guids=guids, area=run.area if area is run.place else area)


def _continued(names: Sequence[str], counter: Counting, journal: Journal) -> Counting:
    return counter.after(max(0, *(journal.next_serial(each) - counter.next for each in names)))
