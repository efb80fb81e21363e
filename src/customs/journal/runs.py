"""Runs in the journal (作业登记): begun, broken off, finished by the next one, and ended."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from customs.files import FolderHeldError, Staged, held, place_keeping
from customs.journal.placing import Placing
from customs.journal.state import JournalError, JournalHeldError, OpenState, readable, relative

#: Enters the beginning of a run, given its source, folder and time; returns its number.
Begin = Callable[[str, str, datetime], int]


class Runs:
    """The runs of a journal. ``number`` is that of the one that is under way or was last."""

    def __init__(self, state: OpenState, placing: Placing) -> None:
        self._state, self._placing = state, placing
        self.number: int | None = None

    @contextmanager
    def under_way(self, source: str, folder: Path, *, at: datetime, begin: Begin | None = None) -> Iterator[int]:
        """Enter a run over a source into a folder, which it holds; it counts as interrupted until it ends.

        Raises ``JournalHeldError`` if another process writes into the folder.
        """
        named, source = relative(folder, self._state.folder), readable(source)
        try:
            with held(folder):
                self.finish(folder)
                with self._state.written():
                    self.number = (begin or self.begin)(source, named, at)
                try:
                    yield self.number
                except BaseException:
                    self.break_off(folder)
                    raise
                self._end(source, at)
        except FolderHeldError as error:
            raise JournalHeldError(folder, str(error)) from None

    def begin(self, source: str, folder: str, at: datetime) -> int:
        """Enter that a run begins; return its number."""
        number = self._state.database.execute(
            "INSERT INTO runs(source, folder, started) VALUES (?, ?, ?)", (source, folder, at.isoformat())
        ).lastrowid
        assert number
        return number

    def _end(self, source: str, at: datetime) -> None:
        """Enter that the runs over a source have ended."""
        with self._state.written():
            self._state.database.execute(
                "UPDATE runs SET ended = ? WHERE ended IS NULL AND source = ?", (at.isoformat(), source)
            )

    def break_off(self, folder: Path) -> None:
        """Do what can be done for a run that broke off; what is left to do is done when it is opened next."""
        with suppress(JournalError, OSError, sqlite3.Error):
            self.finish(folder)

    def finish(self, folder: Path) -> None:
        """Give messages of interrupted runs that count their names, and delete the parts of those that do not."""
        self._placing.place_waiting()
        self._placing.place_moved(folder)
        self._placing.drop_left(folder, self._growing(folder))

    def _growing(self, folder: Path) -> set[Path]:
        """Return the parts in a folder of streams that are not finished; those of whole ones get their names."""
        kept: set[Path] = set()
        rows = "SELECT run, files, whole FROM streams JOIN runs ON runs.id = run WHERE ended IS NULL"
        for run, files, whole in self._state.database.execute(rows).fetchall():
            staged: list[Staged] = [self._placing.part(run, folder / name) for name in json.loads(files)]
            if whole:
                for each in staged:
                    place_keeping(each)
                with self._state.written():
                    self._state.database.execute("UPDATE runs SET ended = started WHERE id = ?", (run,))
            kept.update(each.part for each in staged)
        return kept
