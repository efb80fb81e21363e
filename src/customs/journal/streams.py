"""Streams in the journal (批量申报的登记): entered chunk by chunk, each with all that became of it, or not at all.

A chunk is one transaction: its messages, its parcels, what their buyers used of the year's limit, and how far the files
beside the messages reach. Whatever is cut off, the same stream given again goes on after the last chunk that counts; what
was given otherwise this time is decided anew, and what was declared of it is recognised.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path

from customs.files import Growing, Staged, length_of, place_keeping
from customs.journal.chunks import Entered, enter_chunk
from customs.journal.entering import enter_serials
from customs.journal.journal import Journal
from customs.journal.keys import of_numbers
from customs.journal.placing import drop, place_all
from customs.road.chunks import DecidedChunk, DecidedParcel, ParcelNumbers
from customs.road.run import Run
from customs.rules.knowledge import Hashes


class Stream:
    """A stream that is being entered under the number of its run; made by ``streamed``."""

    def __init__(
        self, journal: Journal, number: int, folder: Path, files: Mapping[str, Growing], *, passing: bool
    ) -> None:
        self._journal, self._state, self._database = journal, journal.state, journal.state.database
        self._number, self._folder, self._files, self._passing = number, folder, files, passing
        self._lengths = dict.fromkeys(files, 0)
        self._staged: tuple[list[Staged], list[Path]] = [], []
        if not passing:
            self._cut(0)

    @property
    def hashes(self) -> Hashes:
        """The keyed hashes of the journal."""
        return self._journal.known.hashes

    def digest(self, texts: Iterable[bytes]) -> bytes:
        """Return the keyed digest of what was given as a chunk."""
        found = blake2b(digest_size=16, key=self.hashes.key)
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
            "SELECT digest, lengths, said FROM chunks WHERE run = ? AND first = ?", (self._number, first)
        ).fetchone()
        if row and row[0] == digest:
            self._lengths = json.loads(row[1])
            return str(row[2])
        self._cut(first)
        return None

    def _cut(self, first: int) -> None:
        self._passing = False
        with self._state.written():
            self._database.execute("DELETE FROM chunks WHERE run = ? AND first >= ?", (self._number, first))
        for name, file in self._files.items():
            file.cut(self._lengths[name])

    def known(self, parcels: Iterable[DecidedParcel]) -> bool:
        """True if a number of any of these parcels was declared before: the chunk has to be decided with that known."""
        keys = [(key,) for each in parcels if each.numbers for _, key in of_numbers(each.numbers).once]
        self._database.execute("CREATE TEMP TABLE IF NOT EXISTS asked(key TEXT)")
        self._database.execute("DELETE FROM asked")
        self._database.executemany("INSERT INTO asked VALUES (?)", keys)
        found = self._database.execute("SELECT 1 FROM asked JOIN numbers ON numbers.key = asked.key LIMIT 1").fetchone()
        self._database.commit()
        return found is not None

    def used(self, buyer: bytes) -> Decimal:
        """Return what a buyer has used of the year's limit in this stream, by the hash."""
        row = self._database.execute(
            "SELECT used FROM used WHERE run = ? AND buyer = ?", (self._number, buyer[:16])
        ).fetchone()
        return Decimal(row[0]) if row else Decimal(0)

    def files_of(self, decided: DecidedChunk) -> dict[int, list[str]]:
        """Write the messages of a chunk, which do not count yet; return the names of the files that carry each parcel."""
        placing = self._journal.placing
        self._staged = placing.staged(decided.messages, placing.names(self._folder), self._number)
        named: dict[int, list[str]] = {}
        for message, path in zip(decided.messages, self._staged[1], strict=True):
            for position in message.parcels:
                named.setdefault(position, []).append(path.name)
        return named

    def carrying(self, numbers: ParcelNumbers) -> list[tuple[str, str, str]]:
        """Return the messages that carry a parcel: type and file of each, and the tax of the parcel."""
        found = self._journal.carrying_key(of_numbers(numbers).named_by)
        return [(each.message, Path(each.file).name, each.tax) for each in found]

    def enter(self, entered: Entered, run: Run, at: datetime) -> None:
        """Enter a chunk: from here on its messages count. ``run`` is that of the parcels after it.

        Raises ``NotWrittenError`` and ``JournalError``; then nothing of the chunk counts.
        """
        files, paths = self._staged
        self._staged = [], []
        try:
            for name, lines in entered.lines.items():
                self._files[name].add(lines)
            lengths = {name: file.length for name, file in self._files.items()}
            with self._state.written():
                kept = list(map(self._journal.placing.kept_as, paths))
                enter_chunk(self._database, self._number, entered, kept, lengths, at)
                enter_serials(self._database, run.place)
        except BaseException:
            drop(files)
            raise
        self._lengths = lengths
        if entered.decided.messages:
            place_all(files, self._folder)

    def finish(self) -> None:
        """Enter that the stream is whole: its files get their names, now or when the journal is opened next."""
        if self._passing:
            self._end_of_passed()
        with self._state.written():
            self._database.execute("UPDATE streams SET whole = 1 WHERE run = ?", (self._number,))
        for file in self._files.values():
            file.__exit__(None, None, None)
        for name in self._files:
            place_keeping(self._journal.placing.part(self._number, self._folder / name))

    def _end_of_passed(self) -> None:
        """Cut off what an earlier attempt entered after the last parcel."""
        (last,) = self._database.execute(
            "SELECT coalesce(max(first), 0) FROM chunks WHERE run = ? AND lengths = ?",
            (self._number, json.dumps(self._lengths)),
        ).fetchone()
        self._cut(last + 1)


@contextmanager
def streamed(
    journal: Journal, source: str, folder: Path, *, at: datetime, conditions: str, files: Sequence[str]
) -> Iterator[Stream]:
    """Enter a stream over a source into a folder; it counts as interrupted until it ends.

    An interrupted stream over the same source under the same conditions is gone on with. ``files`` name those that grow
    beside the messages. Raises ``JournalHeldError`` if another process writes into the folder.
    """
    same = True

    def begin(source: str, named: str, at: datetime) -> int:
        nonlocal same
        told = json.dumps(list(files))
        number, same = _interrupted(journal, source, named, conditions, told) or (None, True)
        if number is None:
            number = journal.runs.begin(source, named, at)
            journal.state.database.execute(
                "INSERT INTO streams(run, conditions, files) VALUES (?, ?, ?)", (number, conditions, told)
            )
        return number

    with ExitStack() as opened:
        with journal.runs.under_way(source, folder, at=at, begin=begin) as number:
            journal.known.stream = number
            parts = {each: journal.placing.part(number, folder / each).part for each in files}
            passing = same and _all_there(journal, number, parts)
            growing = {
                each: opened.enter_context(Growing(part, max(0, length_of(part)))) for each, part in parts.items()
            }
            stream = Stream(journal, number, folder, growing, passing=passing)
            yield stream
            stream.finish()
        with journal.state.written():
            journal.state.database.execute(
                "DELETE FROM used WHERE run IN (SELECT id FROM runs WHERE ended IS NOT NULL)"
            )


def _interrupted(journal: Journal, source: str, folder: str, conditions: str, files: str) -> tuple[int, bool] | None:
    """Return the number of an interrupted stream, and True if its conditions were the same; those are the new ones now."""
    row = journal.state.database.execute(
        "SELECT run, conditions FROM streams JOIN runs ON runs.id = run WHERE ended IS NULL AND source = ? AND folder = ?"
        " AND files = ? ORDER BY run DESC LIMIT 1",
        (source, folder, files),
    ).fetchone()
    if row is None:
        return None
    journal.state.database.execute("UPDATE streams SET conditions = ? WHERE run = ?", (conditions, row[0]))
    return int(row[0]), bool(row[1] == conditions)


def _all_there(journal: Journal, number: int, parts: Mapping[str, Path]) -> bool:
    """True if each file is at least as long as it was when its last chunk was entered."""
    row = journal.state.database.execute(
        "SELECT lengths FROM chunks WHERE run = ? ORDER BY first DESC LIMIT 1", (number,)
    ).fetchone()
    lengths: dict[str, int] = json.loads(row[0]) if row else {}
    return all(length_of(parts[name]) >= length for name, length in lengths.items())
