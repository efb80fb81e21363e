"""Declarations that several workers share (共用登记): asked by each of them, and told before a message counts.

A state folder belongs to one process. Where several declare, on whatever machines, they share a further store, such as the
ledger: a message then counts when the store has noted it. ``Declarations`` is what the journal of a state folder and that
store both answer; ``SharedDeclarations`` is the store.

Promised: of two workers that declare the same at one moment exactly one is first, and the other is told by which message,
with ``DeclaredMeanwhileError``; nothing of its batch counts then, and ``decided_again`` decides it anew.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from customs.declaration import Declaration
from customs.documents import BusinessKey
from customs.journal.reading import Entry
from customs.journal.state import JournalError
from customs.road import Batch, Prepared, Run
from customs.road.given import Source
from customs.rules.knowledge import Declared, Knowledge


class Declarations(Knowledge, Protocol):
    """Records of what was declared, in which messages, and what may be declared again."""

    @property
    def messages(self) -> int:
        """The number of messages that count."""
        ...

    def next_serial(self, area: str) -> int:
        """Return the serial number that follows the last one of an area's messages, 1 if there is none."""
        ...

    def entries(self, number: str = "") -> Iterator[Entry]:
        """Yield what was declared, in order: everything, or under a number of a parcel or message."""
        ...

    def carrying(self, declaration: Declaration) -> tuple[Entry, ...]:
        """Return the messages that carry a parcel, in order; none if it was not declared, or released since."""
        ...

    def release(self, order_no: str, reason: str, *, at: datetime) -> int:
        """Let the parcels of an order number be declared again; return how many."""
        ...


class SharedDeclarations(Declarations, Protocol):
    """A store that several workers share, each with a state folder of its own."""

    @property
    def mark(self) -> str:
        """A text by which a state folder knows the store again, which says nothing of it."""
        ...

    def noting(self, batch: Batch, *, at: datetime) -> AbstractContextManager[None]:
        """Note the messages of a batch: they count when the block ends, all of them or none.

        Raises ``OvertakenError`` on entering if others were first, and ``JournalError`` if the store cannot be used.
        """
        ...

    def known(self, guids: Sequence[str]) -> Set[str]:
        """Return those of the guids under which a message counts."""
        ...


class OvertakenError(JournalError):
    """Another worker changed what a batch was decided by: nothing of the batch counts, and it is to be decided again."""


@dataclass(frozen=True, slots=True)
class TakenNumber:
    """A number that another worker has declared meanwhile: of which order of ours, in which message, when."""

    order_no: str
    number: str
    message: str
    at: datetime | None
    same: bool
    """True if it was declared with the same content."""


class DeclaredMeanwhileError(OvertakenError):
    """Other workers have declared numbers of a batch meanwhile."""

    def __init__(self, taken: Sequence[TakenNumber]) -> None:
        first = taken[0]
        more, more_zh = (f" and {len(taken) - 1} more", f"等 {len(taken)} 项") if len(taken) > 1 else ("", "")
        content, content_zh = ("the same content", "内容相同") if first.same else ("other content", "内容不同")
        super().__init__(
            f"order {first.order_no}: {first.number} was declared meanwhile in message {first.message}, with {content}{more}; "
            f"nothing of this batch counts, decide it again "
            f"订单 {first.order_no}：{first.number} 刚由报文 {first.message} 申报（{content_zh}）{more_zh}，本批报文均不计入，请重新处理"
        )
        self.taken = tuple(taken)


class Both:
    """The knowledge of a shared store above that of a state folder, which may be older than the store."""

    def __init__(self, shared: Knowledge, own: Knowledge) -> None:
        self._shared, self._own = shared, own

    def declared(self, key: BusinessKey) -> Declared | None:
        """Return the earlier declaration under the key, as the store has it, else the state folder."""
        for place, each in enumerate((self._shared, self._own)):
            if found := each.declared(key):
                return replace(found, carriers=_Half(place, found.carriers))
        return None

    def digest(self, content: bytes) -> str:
        """Return both digests of a content: each store knows it by a key of its own."""
        return _BETWEEN.join(each.digest(content) for each in (self._shared, self._own))


_BETWEEN = "/"


class _Half(Mapping[str, frozenset[str]]):
    """Messages by the digest of one of two stores, found by both digests."""

    def __init__(self, place: int, carriers: Mapping[str, frozenset[str]]) -> None:
        self._place, self._carriers = place, carriers

    def __getitem__(self, digest: str) -> frozenset[str]:
        return self._carriers[digest.split(_BETWEEN)[self._place]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._carriers)

    def __len__(self) -> int:
        return len(self._carriers)


def decided_again(run: Run, batch: Batch, asking: Callable[[Iterable[Source]], Iterable[Source]]) -> Iterator[Batch]:
    """Decide the parcels that the messages of a batch carry once more, as batches with their old positions.

    ``asking`` gives them to the run as they are now. Parcels of the batch that no message carries stay as they were.
    """
    carried = sorted({position for message in batch.messages for position in message.parcels})
    parcels = {each.position: each for each in batch.parcels}
    rest = tuple(each for each in batch.parcels if each.position not in set(carried))
    for each in run.prepare_many(asking([_declaration(parcels[position]) for position in carried])):
        messages = [
            replace(message, parcels=tuple(carried[position - run.first] for position in message.parcels))
            for message in each.messages
        ]
        own = [replace(parcel, position=carried[parcel.position - run.first]) for parcel in each.parcels]
        yield Batch(tuple(messages), (*rest, *own))
        rest = ()


def _declaration(parcel: Prepared) -> Declaration:
    assert parcel.declaration, "a parcel in a message was read"
    return parcel.declaration
