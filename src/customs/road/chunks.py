"""Chunks (批次分片): parts of a stream of parcels, and what became of each.

A chunk is the unit of work: one process decides it by itself, and a journal enters it whole. Both values are made to
cross from process to process: what was decided holds messages and short outcomes, and no declarations.

>>> first, second = in_chunks(["{}", "{}", "{}"], size=2)
>>> second
Chunk(first=3, 1 parcels)
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from customs.documents import BusinessKey
from customs.road.results import AreaFindings, Outgoing, Prepared
from customs.road.stages import Source, a_stream, in_groups
from customs.rules import Finding

#: Parcels of a chunk: ten full messages of each kind. The messages follow from it, see ``in_chunks``.
PARCELS_IN_A_CHUNK = 1000

#: Where a parcel ends: in messages, with the reasons why not, or in messages of an earlier run.
Decision = Literal["declared", "refused", "skipped"]

#: What separates texts that cross as one; no number of the trade holds it.
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True)
class Chunk:
    """A part of a stream: the position of its first parcel, from 1, and its parcels as they were given."""

    first: int
    parcels: tuple[Source, ...]

    def __repr__(self) -> str:
        return f"Chunk(first={self.first}, {len(self.parcels)} parcels)"


class ParcelNumbers(NamedTuple):
    """The numbers of a parcel that may be declared once, and the codes of the enterprises whose numbers they are, both
    in the order of ``DOCUMENTS``: order, payment, waybill, declaration list.
    """

    codes: tuple[str, str, str, str]
    numbers: tuple[str, str, str, str]
    merchant_code: str
    app_type: str
    content: bytes = b""
    """The keyed hash of everything that the shop says of the parcel; empty without a key."""


class BuyerQuota(NamedTuple):
    """The quota of the year that a parcel takes from its buyer, in CNY."""

    buyer: bytes
    """The keyed hash of the buyer."""
    given: Decimal | None
    """What was used before the parcel, as the parcel says itself."""
    seen: Decimal | None
    """What its tax was assessed with."""
    value: Decimal
    """What the parcel takes."""
    limit: Decimal


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
    numbers: ParcelNumbers | None
    """What is compared with other chunks; None if the parcel was refused for other reasons."""
    quota: BuyerQuota | None
    noted: bool
    """True if its numbers are taken: it is declared, or was refused only when it was signed."""
    whole: Prepared | None = None
    """The parcel itself, without its messages, where it was asked for and cannot be made again from what was given."""


@dataclass(frozen=True, slots=True)
class DecidedChunk:
    """The outcome of a chunk: its messages in the order in which they were made, and its parcels in the order in which
    they were given. ``Outgoing.parcels`` says which parcels a message holds.
    """

    first: int
    messages: tuple[Outgoing, ...]
    parcels: tuple[DecidedParcel, ...]
    batches: tuple[tuple[int, tuple[int, ...]], ...]
    """For each batch, how many messages it has, and the positions of its parcels in its order."""

    def __repr__(self) -> str:
        return f"DecidedChunk(first={self.first}, {len(self.parcels)} parcels, {len(self.messages)} messages)"

    def __reduce__(self) -> tuple[Any, ...]:
        """Cross compactly: the keys of a message as one text."""
        return _arrived, (self.first, tuple(map(_packed, self.messages)), self.parcels, self.batches)


def _packed(message: Outgoing) -> tuple[Any, ...]:
    named = message.keys[0]
    names = tuple([name for name, _ in named.fields])
    texts = [text for key in message.keys for _, text in key.fields]
    keys: Any = message.keys
    if all(key.message == named.message and len(key.fields) == len(names) for key in message.keys):
        keys = named.message, names, _SEPARATOR.join(texts)
    return (
        message.name,
        message.documents,
        message.guid,
        message.id,
        message.content,
        message.signed,
        keys,
        message.parcels,
        message.file_name,
        message.area,
        message.form,
        message.serial,
    )


def _unpacked(packed: tuple[Any, ...]) -> Outgoing:
    name, documents, guid, number, content, signed, keys, parcels, file_name, area, form, serial = packed
    message = Outgoing if not isinstance(keys[0], str) else Arrived
    return message(
        name=name,
        documents=documents,
        guid=guid,
        id=number,
        content=content,
        signed=signed,
        keys=keys,
        parcels=parcels,
        file_name=file_name,
        area=area,
        form=form,
        serial=serial,
    )


class Arrived(Outgoing):
    """A message that another process made; its keys are taken apart when they are first asked for."""

    __slots__ = ("_keys",)

    @property
    def keys(self) -> tuple[BusinessKey, ...]:
        """The business keys of its documents."""
        kept: Any = object.__getattribute__(self, "_keys")
        if kept and isinstance(kept[0], str):
            kind, names, joined = kept
            texts = iter(joined.split(_SEPARATOR))
            kept = tuple([BusinessKey(kind, tuple([(each, next(texts)) for each in names])) for _ in self.parcels])
            object.__setattr__(self, "_keys", kept)
        keys: tuple[BusinessKey, ...] = kept
        return keys

    @keys.setter
    def keys(self, given: Any) -> None:  # pyright: ignore[reportIncompatibleVariableOverride]
        object.__setattr__(self, "_keys", given)

    def __eq__(self, other: object) -> bool:
        return self._plain() == (other._plain() if isinstance(other, Arrived) else other)

    def __hash__(self) -> int:
        return hash(self._plain())

    def __repr__(self) -> str:
        return repr(self._plain())

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpacked, (_packed(self),)

    def _plain(self) -> Outgoing:
        return Outgoing(**{each.name: getattr(self, each.name) for each in fields(Outgoing)})


def _arrived(
    first: int,
    messages: tuple[tuple[Any, ...], ...],
    parcels: tuple[DecidedParcel, ...],
    batches: tuple[tuple[int, tuple[int, ...]], ...],
) -> DecidedChunk:
    return DecidedChunk(first, tuple(map(_unpacked, messages)), parcels, batches)


def in_chunks(parcels: Iterable[Source], *, first: int = 1, size: int = PARCELS_IN_A_CHUNK) -> Iterator[Chunk]:
    """Cut a stream into chunks of ``size`` parcels, each read when it is asked for; what came before an error of the stream comes first.

    No message holds parcels of two chunks: cut in another size, the stream gives other messages of the same documents.
    Raises ``TypeError`` for a single parcel or the name of a file, as ``Run.prepare_many`` does.
    """
    for held in in_groups(a_stream(parcels), size):
        yield Chunk(first, tuple(held))
        first += len(held)
