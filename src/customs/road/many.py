"""Many parcels by several processes (多进程申报): ``Run.prepare_many`` with workers.

Chunks are decided as if each were alone. This process compares them in order with those before: the numbers that each
parcel may declare once, the yearly limit of each buyer. Where one decides the other, the chunk is decided again here,
with what is known; so the findings are those of one stream.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import fields, replace
from decimal import Decimal
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from customs.documents.business_key import SEPARATOR
from customs.fields.money import ZERO, plus
from customs.road.chunks import Chunk, DecidedChunk, DecidedParcel, ParcelNumbers, in_chunks
from customs.road.deciding import decide, decided_batches
from customs.road.given import plain
from customs.road.recognition import once_key
from customs.road.results import DOCUMENTS, KINDS, Batch, DocumentName, Outgoing, Prepared
from customs.road.stages import Source, read
from customs.road.workers import in_workers
from customs.rules.knowledge import Hashes, Memory
from customs.tax import assess as tax_of

if TYPE_CHECKING:
    from customs.declaration import Declaration
    from customs.road.run import Run
    from customs.tax import TaxAssessment

#: The message of each document, whose number may be declared once.
_MESSAGES = tuple([KINDS[each].message for each in DOCUMENTS])

_SECOND = itemgetter(1)


def batches(run: "Run", declarations: Iterable[Source], workers: int) -> Iterator[Batch]:
    """Return the batches of a stream in order, decided by several processes; by this one alone for 1."""
    chunks, hashes = in_chunks(declarations, first=run.first), Hashes()
    memory = Memory(run.knowledge, hashes)
    if workers == 1:
        return (batch for chunk in chunks for batch in decided_batches(run, chunk, memory))
    return _compared(
        run, in_workers(partial(decide, hashes=hashes, whole=True), run, chunks, workers), memory, memory.holds_any
    )


def batches_compared(run: "Run", declarations: Iterable[Source], workers: int) -> Iterator[Batch]:
    """Return the batches of a stream in order, as ``batches`` does, where ``run.knowledge`` stays in this process.

    The workers decide as if nothing was declared before. What was is found here, and its chunk is decided again here.
    """
    hashes = Hashes()
    memory = Memory(run.knowledge, hashes)
    work, chunks = partial(decide, hashes=hashes, whole=True), in_chunks(declarations, first=run.first)
    return _compared(run, in_workers(work, run.knowing(None), chunks, workers), memory, partial(_any_declared, memory))


def _any_declared(memory: Memory, keys: Iterable[str]) -> bool:
    """True if one of the keys was declared, in this stream or before."""
    return any(memory.declared(once_key(key)) is not None for key in keys)


def in_order(run: "Run", decided: Iterable[tuple[Chunk, DecidedChunk]], hashes: Hashes) -> Iterator[Batch]:
    """Return the batches of a stream whose chunks were decided elsewhere, such as by an engine, and come in order.

    They are those of ``run.prepare_many`` by several workers: what ``run.knowledge`` or an earlier chunk declared is found.
    ``hashes`` are those that the chunks were decided with. Of a refused parcel the batch holds the findings alone.

    >>> from datetime import date
    >>> import customs
    >>> from customs.road.deciding import decide
    >>> run = customs.Run(on=date(2026, 11, 11), clock=customs.system_clock, guids=customs.random_guids)
    >>> hashes = Hashes()
    >>> elsewhere = ((chunk, decide(run, chunk, hashes)) for chunk in in_chunks(["{}", "{}", "{}"], size=2))
    >>> [[parcel.position for parcel in batch.parcels] for batch in in_order(run, elsewhere, hashes)]
    [[1, 2], [3]]
    """
    memory = Memory(run.knowledge, hashes)
    return _compared(run, (each for each in decided), memory, partial(_any_declared, memory))


def _compared(
    run: "Run",
    stream: Generator[tuple[Chunk, DecidedChunk], None, None],
    memory: Memory,
    any_known: Callable[[Iterable[str]], bool],
) -> Iterator[Batch]:
    try:
        for chunk, decided in stream:
            used = used_after(decided, memory.noted_use)
            keys = [(each, once_keys(run.only, each.numbers)) for each in decided.parcels if each.numbers]
            if used is None or _lacks(run, decided) or any_known(chain.from_iterable(map(_SECOND, keys))):
                yield from decided_batches(run, chunk, memory)
                continue
            for each, of_parcel in keys:
                if each.noted:
                    memory.note_parcel(each.position, of_parcel)
            memory.set_use(used)
            yield from _batches_of(run, chunk, decided)
    finally:
        stream.close()


def _lacks(run: "Run", decided: DecidedChunk) -> bool:
    """True if a parcel that was not refused cannot be made again and did not come along, as from an engine."""
    for each in decided.parcels:
        if each.whole is None and each.decision != "refused":
            quota = each.quota
            if run.only or each.decision == "skipped" or (quota is not None and quota.seen != quota.given):
                return True
    return False


def once_keys(only: tuple[DocumentName, ...], numbers: ParcelNumbers) -> list[str]:
    """Return the keys of the numbers of a parcel that may be declared once, as ``known_as`` gives them."""
    keys = [
        f"{message}{SEPARATOR}{code}{SEPARATOR}{number}"
        for message, code, number in zip(_MESSAGES, numbers.codes, numbers.numbers, strict=True)
    ]
    return [key for document, key in zip(DOCUMENTS, keys, strict=True) if document in only] if only else keys


def used_after(decided: DecidedChunk, noted: Callable[[bytes], Decimal]) -> dict[bytes, Decimal] | None:
    """Return what the buyers of a chunk have used after it; None if it has to be decided again, because what they
    used before it makes them pass the yearly limit.

    ``noted`` tells what a buyer has used before the chunk.
    """
    after: dict[bytes, Decimal] = {}
    for each in decided.parcels:
        if each.quota is None:
            continue
        buyer, given, seen, value, limit = each.quota
        before = after.get(buyer)
        before = noted(buyer) if before is None else before
        used = before if given is None or 0 <= given <= before else given
        passes = used > (given or 0) and used + value > limit
        if (used if passes else given) != seen:
            return None
        after[buyer] = plus(max(before, used), value) if each.noted else max(before, used)
    return {buyer: used for buyer, used in after.items() if used != ZERO}


def _batches_of(run: "Run", chunk: Chunk, decided: DecidedChunk) -> Iterator[Batch]:
    """Yield the batches of a chunk that another process decided."""
    parcels = {each.position: each for each in decided.parcels}
    taken = 0
    for count, positions in decided.batches:
        messages = decided.messages[taken : taken + count]
        taken += count
        of_parcel: dict[int, list[Outgoing]] = {position: [] for position in positions}
        for message in messages:
            for position in message.parcels:
                of_parcel[position].append(message)
        made = [_prepared(run, chunk, parcels[each], tuple(of_parcel[each])) for each in positions]
        yield Batch(messages, tuple(made))


def _prepared(run: "Run", chunk: Chunk, parcel: DecidedParcel, messages: tuple[Outgoing, ...]) -> Prepared:
    whole = parcel.whole
    if whole is not None:
        return replace(whole, messages=messages)
    if parcel.decision == "refused":
        return Prepared(
            parcel.position,
            findings=parcel.findings,
            messages=messages,
            beside=parcel.beside,
            salvaged=parcel.order_no,
        )
    return MadeAgain.of(parcel, messages, run, chunk.parcels[parcel.position - chunk.first])


class MadeAgain(Prepared):
    """The outcome of a parcel that another process decided; its declaration and assessment are made again from what was
    given, when they are first asked for.
    """

    __slots__ = ("_given", "_made")
    _given: "tuple[Run, Source]"
    _made: "tuple[Declaration | None, TaxAssessment | None] | None"

    @classmethod
    def of(cls, parcel: DecidedParcel, messages: tuple[Outgoing, ...], run: "Run", source: Source) -> "MadeAgain":
        """Return the outcome of a parcel that was given as ``source``."""
        made = cls(parcel.position, findings=parcel.findings, messages=messages, beside=parcel.beside)
        object.__setattr__(made, "_given", (run, source))
        object.__setattr__(made, "_made", None)
        return made

    def _again(self) -> "tuple[Declaration | None, TaxAssessment | None]":
        if self._made is None:
            run, source = self._given
            declaration = read(self.position, plain(source)).declaration
            assert declaration, "the other process read it"
            assessment = tax_of(declaration, on=run.on, rates=run.rates, method=run.method, exchange=run.exchange)
            object.__setattr__(self, "_made", (declaration, assessment))
        assert self._made
        return self._made

    @property  # made when it is asked for, never set
    def declaration(self) -> "Declaration | None":
        """The declaration of the parcel."""
        return self._again()[0]

    @declaration.setter
    def declaration(self, value: object) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Leave it to be made again."""

    @property  # made when it is asked for, never set
    def assessment(self) -> "TaxAssessment | None":
        """The assessment of the parcel."""
        return self._again()[1]

    @assessment.setter
    def assessment(self, value: object) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        """Leave it to be made again."""

    def __eq__(self, other: object) -> bool:
        return self._plain() == (other._plain() if isinstance(other, MadeAgain) else other)

    def __hash__(self) -> int:
        return hash(self._plain())

    def __repr__(self) -> str:
        return repr(self._plain())

    def __reduce__(self) -> tuple[Any, ...]:
        return _the_same, (self._plain(),)

    def _plain(self) -> Prepared:
        return Prepared(*[getattr(self, each.name) for each in fields(Prepared)])


def _the_same(parcel: Prepared) -> Prepared:
    return parcel
