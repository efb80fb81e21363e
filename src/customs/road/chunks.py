"""Chunks (批次分片): parts of a stream of parcels, and what became of each.

A chunk is the unit of work: one process decides it by itself, and a journal enters it whole. Both values are made to
cross from process to process: what was decided holds messages and short outcomes, and no declarations.

>>> first, second = in_chunks(["{}", "{}", "{}"], size=2)
>>> second
Chunk(first=3, 1 parcels)
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NamedTuple

from customs.documents.business_key import SEPARATOR
from customs.fields.frozen import made
from customs.road.results import AreaFindings, Outgoing, Prepared
from customs.road.stages import Source, a_stream, in_groups
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

    def __reduce__(self) -> tuple[Any, ...]:
        """Cross compactly: most chunks with their parcels as columns of texts."""
        columns = _columns(self.parcels)
        made = (self.first, self.messages, columns or self.parcels, self.batches)
        return (_from_columns if columns else DecidedChunk), made

    def __repr__(self) -> str:
        return f"DecidedChunk(first={self.first}, {len(self.parcels)} parcels, {len(self.messages)} messages)"


class _Columns(NamedTuple):
    """Parcels of which none is without numbers and quota: what is the same kind of value together, amounts as texts."""

    positions: tuple[int, ...]
    order_nos: tuple[str | None, ...]
    decisions: tuple[Decision, ...]
    taxes: list[str]
    customs_codes: tuple[str, ...]
    findings: tuple[tuple[Finding, ...], ...]
    besides: tuple[tuple[AreaFindings, ...], ...]
    numbers: list[str]
    contents: list[bytes]
    buyers: list[bytes]
    used: list[tuple[Decimal | None, Decimal | None]]
    values: list[str]
    limits: list[Decimal]
    noted: tuple[bool, ...]
    wholes: tuple[Prepared | None, ...]


#: The texts of the numbers of a parcel: four codes, four numbers, the merchant and the declaration type.
_TEXTS = 10


def _columns(parcels: tuple[DecidedParcel, ...]) -> _Columns | None:
    """Return parcels as columns, None where that does not give them back."""
    numbers: list[str] = []
    contents: list[bytes] = []
    quotas: list[BuyerQuota] = []
    taxes: list[str] = []
    for each in parcels:
        known = each.numbers
        if known is None or each.quota is None or each.tax is None:
            return None
        texts = SEPARATOR.join((*known.codes, *known.numbers, known.merchant_code, known.app_type))
        if texts.count(SEPARATOR) != _TEXTS - 1:
            return None
        numbers.append(texts)
        contents.append(known.content)
        quotas.append(each.quota)
        taxes.append(str(each.tax))
    if not parcels:
        return None
    positions, order_nos, decisions, _, codes, findings, besides, _, _, noted, wholes = zip(*parcels, strict=True)
    return _Columns(
        positions,
        order_nos,
        decisions,
        taxes,
        codes,
        findings,
        besides,
        numbers,
        contents,
        [each.buyer for each in quotas],
        [(each.given, each.seen) for each in quotas],
        [str(each.value) for each in quotas],
        [each.limit for each in quotas],
        noted,
        wholes,
    )


def _from_columns(
    first: int, messages: tuple[Outgoing, ...], columns: _Columns, batches: tuple[tuple[int, tuple[int, ...]], ...]
) -> DecidedChunk:
    parcels = []
    for row in zip(*columns, strict=True):
        (
            position,
            order_no,
            decision,
            tax,
            code,
            findings,
            beside,
            texts,
            content,
            buyer,
            used,
            value,
            limit,
            noted,
            whole,
        ) = row
        parts = texts.split(SEPARATOR)
        numbers = made(ParcelNumbers, (tuple(parts[:4]), tuple(parts[4:8]), parts[8], parts[9], content))
        quota = made(BuyerQuota, (buyer, *used, Decimal(value), limit))
        parcels.append(
            made(
                DecidedParcel,
                (position, order_no, decision, Decimal(tax), code, findings, beside, numbers, quota, noted, whole),
            )
        )
    return DecidedChunk(first, messages, tuple(parcels), batches)


def in_chunks(parcels: Iterable[Source], *, first: int = 1, size: int = PARCELS_IN_A_CHUNK) -> Iterator[Chunk]:
    """Cut a stream into chunks of ``size`` parcels, each read when it is asked for; what came before an error of the stream comes first.

    No message holds parcels of two chunks: cut in another size, the stream gives other messages of the same documents.
    Raises ``TypeError`` for a single parcel or the name of a file, as ``Run.prepare_many`` does.
    """
    for held in in_groups(a_stream(parcels), size):
        yield Chunk(first, tuple(held))
        first += len(held)
