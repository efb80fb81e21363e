"""Deciding (分片处理): from a chunk to its messages and outcomes, by the run and the chunk alone.

>>> from datetime import date, datetime
>>> import customs
>>> from customs.road.chunks import Chunk
>>> from customs.testing import sample_parcels
>>> run = customs.Run(on=date(2026, 11, 11), clock=customs.fixed_clock(datetime(2026, 11, 11, 8)), guids=customs.seeded_guids(1))
>>> chunk = Chunk(1001, tuple(sample_parcels(3, seed=7, mode="1210")))
>>> decided = decide(run, chunk)
>>> [(each.position, each.decision) for each in decided.parcels]
[(1001, 'refused'), (1002, 'refused'), (1003, 'refused')]
>>> decided == decide(run, chunk)
True
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from customs.declaration import Declaration
from customs.road import sending, stages
from customs.road.chunks import BuyerQuota, Chunk, DecidedChunk, DecidedParcel, Decision, ParcelNumbers
from customs.road.recognition import content_to_digest
from customs.road.results import Batch, Outgoing, Prepared
from customs.rules import catalogue
from customs.rules.knowledge import Hashes, Memory

if TYPE_CHECKING:
    from customs.road.run import Run

#: Findings that depend on what other chunks declare.
_OF_OTHERS = frozenset({catalogue.DUPLICATE.code})


def decide(
    run: "Run",
    chunk: Chunk,
    hashes: Hashes | None = None,
    *,
    used: Mapping[bytes, Decimal] | None = None,
    whole: bool = False,
) -> DecidedChunk:
    """Take the parcels of a chunk to their messages.

    Positions, seeded guids and serial numbers of areas follow from ``chunk.first``. ``run`` is the run of the whole
    stream. With seeded guids and a fixed clock the result is the same wherever it is made; with ``random_guids`` all but
    the guids is. Each number may come once in the chunk; what other chunks declare is compared by whoever enters them:
    for that ``hashes`` gives the keyed hashes of contents and buyers, and ``used`` is what these buyers used before.
    ``whole`` keeps, in place of the hashes of contents, the parcels that cannot be made again from what was given, such as
    refused ones.
    """
    messages: list[Outgoing] = []
    parcels: list[DecidedParcel] = []
    batches: list[tuple[int, tuple[int, ...]]] = []
    memory = Memory(run.knowledge, hashes, used)
    for batch in decided_batches(run, chunk, memory):
        messages += batch.messages
        parcels += [_decided(run, each, memory, hashes, whole=whole) for each in batch.parcels]
        batches.append((len(batch.messages), tuple([each.position for each in batch.parcels])))
    parcels.sort(key=lambda each: each.position)
    return DecidedChunk(chunk.first, tuple(messages), tuple(parcels), tuple(batches))


def decided_batches(run: "Run", chunk: Chunk, memory: Memory) -> Iterator[Batch]:
    """Yield the batches of a chunk; ``memory`` knows the chunks before it, and learns this one."""
    part = run.from_position(chunk.first)
    return sending.batches(part, stages.examined(part, chunk.parcels, memory, together=stages.TOGETHER))


def _decided(run: "Run", parcel: Prepared, memory: Memory, hashes: Hashes | None, *, whole: bool) -> DecidedParcel:
    """Return the outcome of a parcel without its declaration."""
    declaration, assessment = parcel.declaration, parcel.assessment
    noted = parcel.position in memory.positions
    numbers = None
    if declaration and (noted or any(each.code in _OF_OTHERS for each in parcel.findings)):
        digested = noted and (parcel.refused or not parcel.skipped) and not whole
        numbers = _numbers(declaration, hashes if digested else None)
    quota = None
    if declaration and assessment and hashes:
        buyer = hashes.buyer(declaration.order.buyer_id_type, declaration.order.buyer_id_number)
        given, seen = declaration.quota_used, assessment.quota_used
        quota = BuyerQuota(buyer, given, seen, assessment.dutiable_value, assessment.law.limits.yearly)
    kept = replace(parcel, messages=()) if whole and not can_be_made_again(run, parcel) else None
    return outcome_of(parcel, numbers=numbers, quota=quota, noted=noted, whole=kept)


def outcome_of(
    parcel: Prepared,
    *,
    numbers: ParcelNumbers | None = None,
    quota: BuyerQuota | None = None,
    noted: bool = False,
    whole: Prepared | None = None,
) -> DecidedParcel:
    """Return the outcome of a parcel: where it ends, its tax, district and findings, with what is compared if given."""
    declaration, assessment = parcel.declaration, parcel.assessment
    decision: Decision = "refused" if parcel.refused else "skipped" if parcel.skipped else "declared"
    return DecidedParcel(
        position=parcel.position,
        order_no=parcel.order_no,
        decision=decision,
        tax=assessment.due if assessment else None,
        customs_code=(declaration.clearance.customs_code or "") if declaration else "",
        findings=parcel.findings,
        beside=parcel.beside,
        numbers=numbers,
        quota=quota,
        noted=noted,
        whole=whole,
    )


def can_be_made_again(run: "Run", parcel: Prepared) -> bool:
    """True if declaration and tax of a parcel follow from what was given alone."""
    declaration, assessment = parcel.declaration, parcel.assessment
    if run.only or declaration is None or assessment is None or parcel.refused or parcel.earlier:
        return False
    return assessment.quota_used == declaration.quota_used


def _numbers(declaration: Declaration, hashes: Hashes | None) -> ParcelNumbers:
    parties, order = declaration.parties, declaration.order
    return ParcelNumbers(
        codes=(
            parties.platform_code or "",
            parties.payment_company_code or "",
            parties.carrier_code or "",
            parties.declarant_code or "",
        ),
        numbers=(
            order.order_no or "",
            declaration.payment.payment_no or "",
            declaration.waybill.waybill_no or "",
            declaration.clearance.internal_no or order.order_no or "",
        ),
        merchant_code=parties.merchant_code or "",
        app_type=declaration.app_type,
        content=hashes.content(content_to_digest(declaration)) if hashes else b"",
    )
