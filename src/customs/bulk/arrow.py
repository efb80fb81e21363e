"""Chunks in Arrow (列式数据): the same work for any engine that hands batches of rows to a function, such as Spark or Ray.

A row is a chunk: the position of its first parcel, and its parcels as JSON. The row of its results holds these, its
messages and the outcome of each parcel. ``decide_batches`` makes the one of the other, anywhere and in any order; one
process then takes the results in order, as it takes those of local workers. Needs ``pip install "cbec-customs[arrow]"``.

>>> from datetime import date, datetime
>>> import customs
>>> from customs.bulk import in_chunks
>>> run = customs.Run(on=date(2026, 11, 11), clock=customs.fixed_clock(datetime(2026, 11, 11, 8)), guids=customs.seeded_guids(1))
>>> chunks = chunk_batches(in_chunks(['{"order": ', "{}"]))
>>> for chunk, decided in decided_of(decide_batches(run)(chunks)):
...     print(chunk.first, [(each.position, each.decision) for each in decided.parcels])
1 [(1, 'refused'), (2, 'refused')]
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple, get_type_hints

from customs.bulk.arrow_forms import Form, form_of
from customs.bulk.parquet import pyarrow
from customs.declaration import Declaration
from customs.fields.moments import china_time
from customs.road import Run
from customs.road.chunks import Chunk, DecidedChunk
from customs.road.deciding import decide
from customs.road.given import Given, Plain, Source
from customs.rules import Finding
from customs.rules.knowledge import Hashes

#: Batches of rows to batches of rows, as Arrow has them.
Batches = Callable[[Iterator[Any]], Iterator[Any]]


class _Parcel(NamedTuple):
    """A parcel as it crosses: its JSON, and what its source says of it."""

    parcel: bytes
    place: int | None = None
    order_no: str | None = None
    findings: tuple[Finding, ...] = ()


#: The columns of results that are not those of chunks, and the values of a decided chunk that stand in them.
_COLUMNS = {"messages": "messages", "outcomes": "parcels", "batches": "batches"}


@cache
def chunk_schema() -> Any:
    """Return the schema of chunks: ``first``, and ``parcels``, each with its JSON, the place where it stands, and what
    its source found. A list of texts or of bytes alone is taken as well.
    """
    pa = pyarrow()
    return pa.schema([pa.field("first", pa.int64()), pa.field("parcels", form_of(tuple[_Parcel, ...]).type)])


@cache
def result_schema() -> Any:
    """Return the schema of results: that of chunks, then ``messages``, ``outcomes`` and ``batches``, whose values have
    the fields of ``Outgoing`` and ``DecidedParcel``. Amounts are texts.
    """
    pa = pyarrow()
    return pa.schema([*chunk_schema(), *(pa.field(column, form.type) for column, _, form in _forms())])


@cache
def _forms() -> tuple[tuple[str, str, Form], ...]:
    hints = get_type_hints(DecidedChunk)
    return tuple((column, name, form_of(hints[name])) for column, name in _COLUMNS.items())


def chunk_batches(chunks: Iterable[Chunk]) -> Iterator[Any]:
    """Yield a batch of one row for each chunk."""
    for each in chunks:
        yield _batch(_row_of(each), chunk_schema())


def decide_batches(run: Run, hashes: Hashes | None = None) -> Batches:
    """Return the function from batches of chunks to batches of their results, one row each, in the same order.

    It can be pickled if the run can: give the keys as ``keys=``, and each process opens its own. ``hashes`` are those of
    the journal that will enter the results.
    """
    return _Deciding(run, hashes)


def decided_of(batches: Iterable[Any]) -> Iterator[tuple[Chunk, DecidedChunk]]:
    """Yield the chunks and what was decided of them, from batches of results in the order of the stream.

    Raises ``ValueError`` where a chunk is missing, comes twice or out of order.
    """
    expected: int | None = None
    for row in _rows(batches):
        chunk = _chunk_of(row)
        if expected not in (None, chunk.first):
            raise ValueError(
                f"parcel {expected} comes next, not {chunk.first}: results are taken whole and in order "
                f"结果须按顺序完整读入，应从第 {expected} 个包裹接续"
            )
        expected = chunk.first + len(chunk.parcels)
        values = {name: form.back(row[column]) for column, name, form in _forms()}
        yield chunk, DecidedChunk(first=chunk.first, **values)


@dataclass(frozen=True, slots=True)
class _Deciding:
    run: Run
    hashes: Hashes | None

    def __call__(self, batches: Iterator[Any]) -> Iterator[Any]:
        for row in _rows(batches):
            chunk = _chunk_of(row)
            decided = decide(self.run, chunk, self.hashes)
            found = {column: form.out(getattr(decided, name)) for column, name, form in _forms()}
            yield _batch({**_row_of(chunk), **found}, result_schema())


def _rows(batches: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Yield each row by itself: no more than one is held."""
    for batch in batches:
        for at in range(batch.num_rows):
            yield from batch.slice(at, 1).to_pylist()


def _batch(row: Mapping[str, Any], schema: Any) -> Any:
    return pyarrow().RecordBatch.from_pylist([row], schema=schema)


def _row_of(chunk: Chunk) -> dict[str, Any]:
    form = form_of(_Parcel)
    return {"first": chunk.first, "parcels": [form.out(_crossing(each)) for each in chunk.parcels]}


def _chunk_of(row: Mapping[str, Any]) -> Chunk:
    return Chunk(row["first"], tuple([_source(each) for each in row["parcels"] or ()]))


def _crossing(source: Source) -> _Parcel:
    given = source if isinstance(source, Given) else Given(source)
    return _Parcel(_json_of(given.parcel), *given[1:])


def _json_of(parcel: Plain) -> bytes:
    """Return the JSON of a parcel. What cannot be written as JSON is nothing, which is refused as it would be itself."""
    if isinstance(parcel, bytes):
        return parcel
    if isinstance(parcel, Declaration):
        return parcel.model_dump_json(exclude_none=True).encode()
    try:
        text = parcel if isinstance(parcel, str) else json.dumps(parcel, ensure_ascii=False, default=_text_of)
    except (TypeError, ValueError, RecursionError):
        return b""
    return text.encode("utf-8", "surrogatepass")


def _text_of(value: Any) -> str:
    """Return the text of a value that JSON does not have: times and days as customs writes them, digits of amounts."""
    if isinstance(value, datetime):
        return f"{china_time(value):%Y%m%d%H%M%S}"
    return f"{value:%Y%m%d}" if isinstance(value, date) else str(value)


def _source(given: Any) -> Source:
    """Return a parcel of a row as it was given."""
    if not isinstance(given, dict):
        return b"" if given is None else given
    found: _Parcel = form_of(_Parcel).back({**given, "findings": given["findings"] or ()})
    return Given(*found) if any(found[1:]) else found.parcel
