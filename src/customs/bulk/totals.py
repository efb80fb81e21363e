"""Totals (合计) of parcels: documents, messages, tax, what was refused and why, added up chunk by chunk, or one by one.

>>> Totals.said(Totals(parcels=3, tax=Decimal("6.37")).to_json()).tax
Decimal('6.37')
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Self

from customs.fields.money import ZERO
from customs.road.chunks import DecidedChunk, DecidedParcel
from customs.road.results import Outgoing


@dataclass(kw_only=True, slots=True)
class Totals:
    """Figures of a stream or a file so far."""

    parcels: int = 0
    refused: int = 0
    skipped: int = 0
    """Parcels that were declared before, with the same content."""
    documents: int = 0
    messages: int = 0
    tax: Decimal = ZERO
    """In CNY, of what was not refused."""
    findings: Counter[str] = field(default_factory=Counter)
    """Parcels by the code of a finding."""
    beside: Counter[str] = field(default_factory=Counter)
    """Parcels that a further area refused, by its name."""
    places: Counter[str] = field(default_factory=Counter)
    """Parcels by their customs code."""

    @property
    def complete(self) -> bool:
        """True if no area refused anything."""
        return not self.refused and not self.beside

    def add(self, decided: DecidedChunk) -> None:
        """Count a chunk."""
        self.add_messages(decided.messages)
        for parcel in decided.parcels:
            self.add_parcel(parcel)

    def add_messages(self, messages: Iterable[Outgoing]) -> None:
        """Count messages and their documents."""
        for each in messages:
            self.messages += 1
            self.documents += len(each.keys)

    def add_parcel(self, parcel: DecidedParcel) -> None:
        """Count a parcel; the tax of refused ones does not count."""
        self.parcels += 1
        self.refused += parcel.decision == "refused"
        self.skipped += parcel.decision == "skipped"
        if parcel.tax is not None and parcel.decision != "refused":
            self.tax += parcel.tax
        if codes := codes_of(parcel):
            self.findings.update(codes)
        if parcel.customs_code:
            self.places[parcel.customs_code] += 1
        self.beside.update([each.area for each in parcel.beside if each.refused])

    def to_json(self) -> str:
        """Return the figures as JSON."""
        return json.dumps({each.name: getattr(self, each.name) for each in fields(self)}, default=str)

    @classmethod
    def said(cls, text: str) -> Self:
        """Return the figures that ``to_json`` gave."""
        given = json.loads(text)
        counted = {name: Counter(given.pop(name)) for name in ("findings", "beside", "places")}
        return cls(**given | counted | {"tax": Decimal(given["tax"])})


def codes_of(parcel: DecidedParcel) -> list[str]:
    """Return the codes of all findings of a parcel, those of further areas too, each once."""
    if not parcel.findings and not parcel.beside:
        return []
    beside = [finding.code for each in parcel.beside for finding in each.findings]
    return sorted({*[each.code for each in parcel.findings], *beside})
