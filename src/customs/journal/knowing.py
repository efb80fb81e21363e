"""Knowledge from the journal (已申报查询): what was declared under a key, asked by whichever run and by its workers."""

from array import array
from collections import defaultdict
from datetime import datetime
from pathlib import Path
from typing import Any

from customs.documents import BusinessKey
from customs.journal.forms import JOURNAL
from customs.journal.keys import text_of
from customs.journal.state import OpenState, read_state
from customs.rules.knowledge import Declared, Hashes

_DECLARED = (
    "SELECT parcels.content, carried.carrier, messages.number, messages.at, parcels.id FROM numbers"
    " JOIN parcels ON parcels.id = numbers.parcel JOIN carried ON carried.parcel = parcels.id"
    " JOIN messages ON messages.id = carried.message WHERE numbers.key = ? AND parcels.id >"
    " (SELECT coalesce(max(last_parcel), 0) FROM releases WHERE releases.order_key = parcels.order_key)"
    " ORDER BY messages.id"
)


class Known:
    """The knowledge of a journal: ``stream`` is the number of the stream that is being entered, if there is one."""

    def __init__(self, state: OpenState, hashes: Hashes, stream: int | None = None) -> None:
        self.state, self.hashes, self.stream = state, hashes, stream

    def declared(self, key: BusinessKey) -> Declared | None:
        """Return the latest declaration under the key, with all that carry its order; None if there is none."""
        database, text = self.state.database, text_of(key)
        if database.execute("SELECT 1 FROM numbers WHERE key = ? LIMIT 1", (text,)).fetchone() is None:
            return None
        rows = database.execute(_DECLARED, (text,)).fetchall()
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
            self.stream
            and self.state.database.execute(
                "SELECT first, parcels_from, positions FROM chunks WHERE run = ? AND parcels_from <= ?"
                " ORDER BY parcels_from DESC, first LIMIT 1",
                (self.stream, parcel),
            ).fetchone()
        )
        if not found:
            return None
        first, parcels_from, packed = found
        positions = array("I", packed)
        return first + positions[parcel - parcels_from] if parcel - parcels_from < len(positions) else None

    def digest(self, content: bytes) -> str:
        """Return the keyed hash under which the journal knows a content."""
        return self.hashes.content(content).hex()


class OnDisk:
    """The knowledge of a journal for a worker process, which opens it to read when it first asks."""

    def __init__(self, folder: Path, hashes: Hashes, stream: int) -> None:
        self._given = folder, hashes, stream
        self._known: Known | None = None

    @classmethod
    def of(cls, known: Known) -> "OnDisk":
        """Return the knowledge of a journal in which a stream is being entered."""
        assert known.stream
        return cls(known.state.folder, known.hashes, known.stream)

    def _opened(self) -> Known:
        if self._known is None:
            folder, hashes, stream = self._given
            self._known = Known(read_state(folder, JOURNAL), hashes, stream)
        return self._known

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
