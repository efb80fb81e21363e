"""Declaring a stream (批量申报): from parcels without number to a folder of messages, with the journal that proves it.

Memory does not grow with the stream: what was declared is looked up on disk. It can be killed at any moment and begun
again: each parcel ends once, in messages or with the reasons why not.

>>> from datetime import date, datetime
>>> from pathlib import Path
>>> from tempfile import TemporaryDirectory
>>> import customs
>>> from customs.bulk import declare
>>> from customs.testing import sample_parcels
>>> run = customs.Run(on=date(2026, 11, 11), clock=customs.system_clock, guids=customs.random_guids, only=("order",))
>>> with TemporaryDirectory() as folder:
...     totals = declare(sample_parcels(250, seed=7, mode="1210"), folder, run=run)
...     totals.parcels, totals.messages, declare(sample_parcels(250, seed=7, mode="1210"), folder, run=run).skipped
(250, 3, 250)
"""

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path

from customs.bulk.lines import json_lines
from customs.bulk.outcomes import manifest_of, refusals
from customs.bulk.parquet import is_parquet, parquet_parcels
from customs.bulk.refusals import REFUSED
from customs.bulk.totals import Totals
from customs.declaration import Declaration
from customs.files import make_folder
from customs.intake.manifest import HEADING_LINE
from customs.journal import Journal, continued, open_journal
from customs.journal.chunks import Entered
from customs.journal.forms import HOME
from customs.journal.knowing import OnDisk
from customs.journal.streams import Stream, streamed
from customs.road.chunks import PARCELS_IN_A_CHUNK, Chunk, DecidedChunk
from customs.road.deciding import decide
from customs.road.given import Given, Source
from customs.road.many import used_after
from customs.road.numbers import SeededGuids
from customs.road.run import Run
from customs.road.stages import a_stream
from customs.road.workers import in_workers

#: The source's name where it is no file.
NAMELESS = "parcels"


def declare(
    source: Path | Iterable[Source],
    sink: Path | str,
    *,
    run: Run,
    workers: int = 1,
    state: Path | str | None = None,
    progress: Callable[[Totals], object] | None = None,
) -> Totals:
    """Declare a stream of parcels into a folder: messages as files, ``refused.jsonl`` and the manifest.

    ``source`` is a file of JSON lines or Parquet, a reader such as ``order_rows``, or any iterable of parcels. The journal is
    in the folder ``state``, by default in ``sink``. With more than one of ``workers`` as many processes decide, see
    ``Run.prepare_many``: give ``keys`` then. ``progress`` is told the totals after each chunk of 1,000 parcels.

    The same call again is always safe: what was entered is passed, what was declared is skipped, what was interrupted is
    finished. Returns the totals, those of an interrupted run over the same source included.

    Raises ``JournalHeldError`` if another process declares, ``NotWrittenError`` and ``JournalError`` if something cannot be
    written, and as ``Run.prepare_many`` does; what was entered until then counts.
    """
    out, name = Path(sink), source.name if isinstance(source, Path) else NAMELESS
    given = parcels_in(source) if isinstance(source, Path) else a_stream(source)
    make_folder(out)
    totals = Totals()
    with open_journal(state or out, reserved=(REFUSED, HOME, manifest_name(name))) as journal:
        for totals in declared(journal, given, out, run=run, name=name, workers=workers):
            if progress:
                progress(totals)
    return totals


def manifest_name(name: str) -> str:
    """Return the name of the manifest of a source.

    >>> manifest_name("november.jsonl")
    'november.manifest.csv'
    """
    return f"{Path(name).stem}.manifest.csv"


def parcels_in(file: Path) -> Iterator[Given]:
    """Yield the parcels of a file, of JSON lines or Parquet, packed or not."""
    return parquet_parcels(file) if is_parquet(file) else json_lines(file)


def declared(
    journal: Journal, parcels: Iterable[Source], out: Path, *, run: Run, name: str, workers: int = 1
) -> Iterator[Totals]:
    """Declare a stream with a journal that is open; yield the totals after each chunk."""
    files = {REFUSED: b"", manifest_name(name): HEADING_LINE}
    with streamed(journal, name, out, at=run.clock(), conditions=_conditions(run), files=tuple(files)) as stream:
        yield from _Declaring(journal, stream, run, files).all(parcels, workers)


class _Declaring:
    """A stream on its way: chunks are given out, decided, compared with the journal, and entered in order."""

    def __init__(self, journal: Journal, stream: Stream, run: Run, files: Mapping[str, bytes]) -> None:
        self._stream, self._hashes = stream, stream.hashes
        self._run = continued_apart(run, journal)
        self._apart = self._run.with_(knowledge=OnDisk.of(journal.known) if journal.messages else None)
        self._refused, self._manifest = files
        self._begun = files
        self._totals = Totals()
        self._said = self._totals.to_json()
        self._first, self._entered = True, False
        self._digests: dict[int, bytes] = {}
        """Those of the chunks on their way, by the first position."""

    def all(self, parcels: Iterable[Source], workers: int) -> Iterator[Totals]:
        """Declare the parcels; yield the totals after each chunk."""
        chunks = self._to_decide(parcels)
        work = partial(decide, hashes=self._hashes)
        with closing(_decided(work, self._apart, chunks, workers)) as decided:
            for chunk, each in decided:
                self._enter(chunk, each)
                yield Totals.said(self._said)
        if not self._entered:
            yield Totals.said(self._said)

    def _to_decide(self, parcels: Iterable[Source]) -> Iterator[Chunk]:
        """Cut a stream into chunks, without those that were entered by an earlier attempt."""
        first, rest = self._run.first, iter(parcels)
        while group := list(islice(rest, PARCELS_IN_A_CHUNK)):
            digest = self._stream.digest(map(_bytes, group))
            said = self._stream.passed(first, digest)
            if said is None:
                self._digests[first] = digest
                yield Chunk(first, tuple(group))
            else:
                self._totals, self._said, self._first = Totals.said(said), said, False
            first += len(group)

    def _enter(self, chunk: Chunk, decided: DecidedChunk) -> None:
        stream = self._stream
        digest = self._digests.pop(chunk.first)
        fresh = [
            each
            for each in decided.parcels
            if each.decision == "declared" or (each.noted and each.decision != "skipped")
        ]
        used = used_after(decided, stream.used)
        again = used is None or stream.known(fresh)
        if again:
            before = {each.quota.buyer: stream.used(each.quota.buyer) for each in decided.parcels if each.quota}
            decided = decide(self._run, chunk, self._hashes, used=before)
            used = used_after(decided, stream.used)
        self._totals.add(decided)
        named = stream.files_of(decided)
        kinds: dict[int, list[str]] = {}
        for message in decided.messages:
            for position in message.parcels:
                kinds.setdefault(position, []).append(message.name)
        lines = {
            self._refused: refusals(decided, kinds),
            self._manifest: manifest_of(decided, kinds, named, stream.carrying),
        }
        if self._first:
            lines = {name: self._begun[name] + each for name, each in lines.items()}
            self._first = False
        self._said = self._totals.to_json()
        entered = Entered(digest, decided, lines, self._said, used or {}, again)
        after = self._run.from_position(chunk.first + len(chunk.parcels))
        stream.enter(entered, after, self._run.clock())
        self._entered = True


def _decided(
    work: Callable[[Run, Chunk], DecidedChunk], run: Run, chunks: Iterator[Chunk], workers: int
) -> Generator[tuple[Chunk, DecidedChunk], None, None]:
    if workers == 1:
        return ((chunk, work(run, chunk)) for chunk in chunks)
    return in_workers(work, run, chunks, workers)


def continued_apart(run: Run, journal: Journal) -> Run:
    """Return a run in chunks that knows the journal; in tests, its seeded guids differ from those of every earlier run."""
    known = continued(run, journal)
    if isinstance(run.guids, SeededGuids) and journal.messages:
        return known.with_(guids=SeededGuids(run.guids.seed + (journal.messages << 64)))
    return known


def _conditions(run: Run) -> str:
    """Return what decides, beside the parcels, whether a chunk that was entered counts for this run too."""
    areas = [(each.area.name, each.unified, [own.name for own in each.own]) for each in run.format.areas]
    exchange = {code: str(rate) for code, rate in sorted((run.exchange or {}).items())}
    signed = sorted(run.signers)
    return json.dumps([str(run.on), areas, run.only, signed, str(run.method), exchange, PARCELS_IN_A_CHUNK, run.first])


def _bytes(parcel: Source) -> bytes:
    """Return what was given as a parcel, to tell whether it is the same another time."""
    if isinstance(parcel, bytes):
        return parcel
    if isinstance(parcel, Given):
        said = repr((parcel.order_no, [each.code for each in parcel.findings])) if parcel.findings else ""
        return _bytes(parcel.parcel) + said.encode(errors="surrogatepass")
    if isinstance(parcel, str):
        return parcel.encode(errors="surrogatepass")
    if isinstance(parcel, Declaration):
        return parcel.model_dump_json().encode()
    return json.dumps(parcel, sort_keys=True, default=str).encode()
