"""Chunks (批次分片): parts of a stream of parcels, and what became of each.

A chunk is the unit of work: one process decides it by itself, and the journal enters it whole. Both values are made to
cross from process to process: what was decided holds messages and short outcomes, and no declarations.

>>> first, second = in_chunks(["{}", "{}", "{}"], size=2)
>>> second
Chunk(first=3, 1 parcels)
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Literal, NamedTuple

from customs.road import AreaFindings, Outgoing, Prepared
from customs.road.stages import Source, a_stream
from customs.rules import Finding

#: Parcels of a chunk: ten full messages of each kind. The messages follow from it, see ``in_chunks``.
PARCELS_IN_A_CHUNK = 1000

#: Where a parcel ends: in messages, with the reasons why not, or in messages of an earlier run.
Decision = Literal["declared", "refused", "skipped"]


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a stream: the position of its first parcel, from 1, and its parcels as they were given."""

    first: int
    parcels: tuple[Source, ...]

    def __repr__(self) -> str:
        return f"Chunk(first={self.first}, {len(self.parcels)} parcels)"


class DecidedParcel(NamedTuple):
    """The outcome of one parcel."""

    position: int
    order_no: str | None
    """None if it could not be read."""
    decision: Decision
    tax: Decimal | None
    """The tax due in CNY; None if it was not computed."""
    customs_code: str
    """The customs district that the parcel names; empty if it could not be read."""
    findings: tuple[Finding, ...]
    beside: tuple[AreaFindings, ...]
    """The findings of further areas."""


@dataclass(frozen=True, slots=True)
class DecidedChunk:
    """The outcome of a chunk: its messages in the order in which they were made, and its parcels in the order in which
    they were given. ``Outgoing.parcels`` says which parcels a message holds.
    """

    first: int
    messages: tuple[Outgoing, ...]
    parcels: tuple[DecidedParcel, ...]

    def __repr__(self) -> str:
        return f"DecidedChunk(first={self.first}, {len(self.parcels)} parcels, {len(self.messages)} messages)"


def in_chunks(parcels: Iterable[Source], *, first: int = 1, size: int = PARCELS_IN_A_CHUNK) -> Iterator[Chunk]:
    """Cut a stream into chunks of ``size`` parcels, each read when it is asked for.

    No message holds parcels of two chunks: cut in another size, the stream gives other messages of the same documents.
    Raises ``TypeError`` for a single parcel or the name of a file, as ``Run.prepare_many`` does.
    """
    stream = iter(a_stream(parcels))
    while held := tuple(islice(stream, size)):
        yield Chunk(first, held)
        first += len(held)


def decided_of(parcel: Prepared) -> DecidedParcel:
    """Return the outcome of a parcel without its declaration."""
    declaration, assessment = parcel.declaration, parcel.assessment
    return DecidedParcel(
        position=parcel.position,
        order_no=parcel.order_no,
        decision="refused" if parcel.refused else "skipped" if parcel.skipped else "declared",
        tax=assessment.due if assessment else None,
        customs_code=(declaration.clearance.customs_code or "") if declaration else "",
        findings=parcel.findings,
        beside=parcel.beside,
    )
