"""Streams without bound (海量申报): parcels cut into chunks, each decided by itself, in any process and on any machine.

A chunk and the run decide everything: whoever decides it, in whatever order, gets the same messages byte for byte. A
source gives the parcels one at a time (``json_lines``, ``order_rows``, ``parquet_parcels``); an engine decides the chunks; one
process takes the results in order (``in_order``), which finds what two chunks declare. ``declare`` does all of it on one
machine, into a folder with its journal. Names are loaded when they are
first asked for.

>>> from customs.bulk import in_chunks
>>> [(chunk.first, len(chunk.parcels)) for chunk in in_chunks(["{}"] * 5, size=2)]
[(1, 2), (3, 2), (5, 1)]
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.bulk.arrow import chunk_batches, chunk_schema, decide_batches, decided_of, result_schema
    from customs.bulk.arrow_files import read_results, write_chunks
    from customs.bulk.declaring import declare
    from customs.bulk.lines import json_lines
    from customs.bulk.parquet import parquet_parcels
    from customs.bulk.ray import decided_by_ray
    from customs.bulk.tables import order_rows
    from customs.bulk.totals import Totals
    from customs.road.chunks import PARCELS_IN_A_CHUNK, Chunk, DecidedChunk, DecidedParcel, Decision, in_chunks
    from customs.road.deciding import decide
    from customs.road.given import Given
    from customs.road.many import in_order
    from customs.road.workers import WorkerLostError
    from customs.rules.knowledge import Hashes
else:
    __getattr__, __dir__ = on_demand(
        "customs.bulk",
        {
            "arrow": "chunk_batches chunk_schema decide_batches decided_of result_schema",
            "arrow_files": "read_results write_chunks",
            ".road.chunks": "PARCELS_IN_A_CHUNK Chunk DecidedChunk DecidedParcel Decision in_chunks",
            ".road.deciding": "decide",
            ".road.given": "Given",
            ".road.many": "in_order",
            ".road.workers": "WorkerLostError",
            ".rules.knowledge": "Hashes",
            "declaring": "declare",
            "lines": "json_lines",
            "tables": "order_rows",
            "parquet": "parquet_parcels",
            "ray": "decided_by_ray",
            "totals": "Totals",
        },
    )

__all__ = [
    "PARCELS_IN_A_CHUNK",
    "Chunk",
    "DecidedChunk",
    "DecidedParcel",
    "Decision",
    "Given",
    "Hashes",
    "Totals",
    "WorkerLostError",
    "chunk_batches",
    "chunk_schema",
    "decide",
    "decide_batches",
    "decided_by_ray",
    "decided_of",
    "declare",
    "in_chunks",
    "in_order",
    "json_lines",
    "order_rows",
    "parquet_parcels",
    "read_results",
    "result_schema",
    "write_chunks",
]
