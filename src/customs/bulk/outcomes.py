"""Lines (逐行结果) beside the messages of a stream: what was refused, with the reasons, and the manifest of all parcels.

The manifest is the one of order lists (``customs.intake.manifest``): its rows are the positions of the parcels.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from customs.bulk.refusals import refusal
from customs.intake.draft import shown_number
from customs.intake.manifest import ManifestEntry, OrderOutcome, manifest_line
from customs.road.chunks import DecidedChunk, DecidedParcel, ParcelNumbers

_OUTCOMES = {
    "declared": OrderOutcome.DECLARED,
    "refused": OrderOutcome.REFUSED,
    "skipped": OrderOutcome.DECLARED_BEFORE,
}

#: Tells the messages that carry a parcel that was declared before: type, file, tax.
Carrying = Callable[[ParcelNumbers], Sequence[tuple[str, str, str]]]


def refusals(decided: DecidedChunk, kinds: Mapping[int, Sequence[str]]) -> bytes:
    """Return the lines of what was refused of a chunk; ``kinds`` tells the types of the messages of each parcel."""
    lines = [
        refusal(each.position, each.order_no, kinds.get(each.position, ()), each.findings, each.beside) + "\n"
        for each in decided.parcels
        if each.decision == "refused" or any(area.refused for area in each.beside)
    ]
    return "".join(lines).encode()


def manifest_of(
    decided: DecidedChunk, kinds: Mapping[int, Sequence[str]], files: Mapping[int, Sequence[str]], carrying: Carrying
) -> bytes:
    """Return the lines of a chunk in the manifest."""
    return b"".join(
        [
            manifest_line(_entry(each, kinds.get(each.position, ()), files.get(each.position, ()), carrying))
            for each in decided.parcels
        ]
    )


def _entry(parcel: DecidedParcel, kinds: Sequence[str], files: Sequence[str], carrying: Carrying) -> ManifestEntry:
    numbers, tax = parcel.numbers, parcel.tax
    shown = shown_number if parcel.decision == "refused" else str
    if parcel.decision == "skipped" and numbers:
        found = carrying(numbers)
        kinds, files = [each[0] for each in found], [each[1] for each in found]
        tax = Decimal(found[0][2]) if found and found[0][2] else None
    return ManifestEntry(
        order_no=shown(parcel.order_no or ""),
        waybill_no=shown(numbers.numbers[2] if numbers else ""),
        payment_no=shown(numbers.numbers[1] if numbers else ""),
        outcome=_OUTCOMES[parcel.decision],
        documents=tuple(kinds),
        files=tuple(files),
        tax=tax if kinds else None,
        findings=tuple(
            dict.fromkeys([each.code for each in (*parcel.findings, *[f for b in parcel.beside for f in b.findings])])
        ),
        rows=(parcel.position,),
    )
