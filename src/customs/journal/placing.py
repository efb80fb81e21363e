"""Placing messages (报文落盘): written beside their place, named once their lines are in the journal, and found again.

What is not complete is a part, whose ending the journal can tell again and nobody else can foresee.
"""

import hmac
import json
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

from customs.files import FORM, Names, NotWrittenError, Staged, drop_parts, force, part_of, stage
from customs.journal.state import OpenState, relative
from customs.road import Outgoing

#: The messages that count and wait for their names; of those that are awaited nobody knows yet that they count.
_WAITING = "SELECT id, run, file FROM messages WHERE placed = 0 AND id NOT IN (SELECT message FROM awaited)"


class Placing:
    """The files of a journal's messages. ``reserved`` are names that no message may take."""

    def __init__(self, state: OpenState, key: bytes, reserved: Sequence[str] = ()) -> None:
        self._state, self._key = state, key
        self._reserved = frozenset(each.lower() for each in reserved)
        self._mark = "." + hmac.digest(key, b"parts", "sha256").hex()[:8]

    def names(self, folder: Path) -> Names:
        """Return the names of a folder, of which none is given twice, nor one that a message of another folder has."""
        return Names(folder, self._is_taken)

    def _is_taken(self, name: str) -> bool:
        """True if a message has the name, in whichever folder, or none may have it."""
        if name in self._reserved:
            return True
        return self._state.database.execute("SELECT 1 FROM names WHERE name = ?", (name,)).fetchone() is not None

    def ending(self, run: int | None, name: str) -> str:
        """Return the ending of a part of a run."""
        return f"{self._mark}-{hmac.digest(self._key, f'{run}/{name}'.encode(), 'sha256').hex()[:16]}"

    def part(self, run: int | None, path: Path) -> Staged:
        """Return a file of a run and its part."""
        return Staged(part_of(path, self.ending(run, path.name)), path)

    def staged(self, messages: Sequence[Outgoing], names: Names, run: int) -> tuple[list[Staged], list[Path]]:
        """Write messages and force them to the disk; return their files and where they will be.

        Raises ``NotWrittenError``; then none of them is left.
        """
        files: list[Staged] = []
        paths: list[Path] = []
        try:
            for message in messages:
                paths.append(self._staged(message, names, run, files))
            force(names.folder)
        except BaseException:
            drop(files)
            raise
        return files, paths

    def _staged(self, message: Outgoing, names: Names, run: int, files: list[Staged]) -> Path:
        path = names.free(message.file_name)
        if message.form is not None:  # may hold a password
            form = json.dumps(dict(message.form), ensure_ascii=False, indent=1) + "\n"
            of_form = path.with_name(path.name + FORM)
            files.append(stage(of_form, form.encode(), ending=self.ending(run, of_form.name)))
        files.append(stage(path, message.content, ending=self.ending(run, path.name)))
        return path

    def place_waiting(self) -> None:
        """Give messages that count their names, if a kill or a cut came in between; those not found keep waiting.

        Raises ``NotWrittenError`` if another file has the name of one, when the others have theirs.
        """
        database, folder = self._state.database, self._state.folder
        rows = database.execute(_WAITING).fetchall()
        found: list[tuple[int]] = []
        taken: list[NotWrittenError] = []
        for number, run, file in rows:
            try:
                if self._place(run, folder / file):
                    found.append((number,))
            except NotWrittenError as error:
                taken.append(error)
        for each in {(folder / file).parent for *_, file in rows}:
            if each.exists():
                force(each)
        with self._state.written():
            database.executemany("UPDATE messages SET placed = 1 WHERE id = ?", found)
        if taken:
            raise taken[0]

    def place_moved(self, folder: Path) -> None:
        """Give messages that count and lie in a folder that was moved after a kill their names."""
        rows = self._state.database.execute(_WAITING).fetchall()
        for _, run, file in rows:
            self._place(run, folder / Path(file).name)

    def _place(self, run: int, path: Path) -> bool:
        """Give a message and its form their names; return False if it is not there, such as in a folder that moved."""
        for each in (path.with_name(path.name + FORM), path):
            self.part(run, each).place()
        return path.exists()

    def drop_left(self, folder: Path, kept: Collection[Path]) -> None:
        """Delete the parts of this journal in a folder, but those that are kept and those of messages that are awaited."""
        rows = self._state.database.execute("SELECT run, file FROM awaited JOIN messages ON id = message").fetchall()
        paths = [(run, folder / Path(file).name) for run, file in rows]
        awaited = {
            self.part(run, each).part for run, path in paths for each in (path.with_name(path.name + FORM), path)
        }
        drop_parts(folder, f"{self._mark}-", kept={*kept, *awaited})

    def kept_as(self, path: Path) -> str:
        """Return a path as the journal keeps it."""
        return relative(path, self._state.folder)


def place_all(files: Sequence[Staged], folder: Path) -> None:
    """Give files that count their names."""
    for each in files:
        each.place()
    force(folder)


def drop(files: Sequence[Staged]) -> None:
    """Delete files that do not count; what is left is deleted by the next run."""
    for each in files:
        with suppress(OSError):
            each.drop()
