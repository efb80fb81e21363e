"""Deciding (分片处理): from a chunk to its messages and outcomes, by the run and the chunk alone.

>>> from datetime import date, datetime
>>> import customs
>>> from customs.bulk import Chunk
>>> from customs.testing import sample_parcels
>>> run = customs.Run(on=date(2026, 11, 11), clock=customs.fixed_clock(datetime(2026, 11, 11, 8)), guids=customs.seeded_guids(1))
>>> chunk = Chunk(1001, tuple(sample_parcels(3, seed=7, mode="1210")))
>>> decided = decide(run, chunk)
>>> [(each.position, each.decision) for each in decided.parcels]
[(1001, 'refused'), (1002, 'refused'), (1003, 'refused')]
>>> decided == decide(run, chunk)
True
"""

from customs.bulk.chunks import Chunk, DecidedChunk, DecidedParcel, decided_of
from customs.road import Outgoing, Run


def decide(run: Run, chunk: Chunk) -> DecidedChunk:
    """Take the parcels of a chunk to their messages.

    Positions, seeded guids and serial numbers of areas follow from ``chunk.first``. ``run`` is the run of the whole
    stream. With seeded guids and a fixed clock the result is the same wherever it is made; with ``random_guids`` all but
    the guids is. Each of its numbers may come once in the chunk; what other chunks declare is compared by whoever
    enters them.
    """
    messages: list[Outgoing] = []
    parcels: list[DecidedParcel] = []
    for batch in run.from_position(chunk.first).prepare_many(chunk.parcels):
        messages += batch.messages
        parcels += map(decided_of, batch.parcels)
    parcels.sort(key=lambda each: each.position)
    return DecidedChunk(chunk.first, tuple(messages), tuple(parcels))
