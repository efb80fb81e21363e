"""The summary of a run (汇总): parcels, documents, messages, tax, what was refused and why."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rich.table import Table

from customs.cli.files import refused_beside
from customs.cli.language import label
from customs.fields.money import ZERO
from customs.road import Batch, Prepared
from customs.rules import CATALOGUE, Severity


@dataclass
class Summary:
    """Figures of a run, added up batch by batch."""

    parcels: int = 0
    refused: int = 0
    skipped: int = 0
    """Parcels that were declared before, with the same content."""
    documents: int = 0
    messages: int = 0
    tax: Decimal = ZERO
    findings: Counter[str] = field(default_factory=Counter)
    beside: Counter[str] = field(default_factory=Counter)
    """Parcels that a further area refused, by its name."""
    places: Counter[str] = field(default_factory=Counter)
    """Parcels by their customs code."""

    @property
    def complete(self) -> bool:
        """True if no area refused anything."""
        return not self.refused and not self.beside

    def add_batch(self, batch: Batch) -> None:
        """Count a batch: its messages, and its parcels."""
        self.add_messages(batch)
        for parcel in batch.parcels:
            self.add(parcel)

    def add_messages(self, batch: Batch) -> None:
        """Count the messages of a batch and their documents."""
        self.messages += len(batch.messages)
        self.documents += sum(len(message.keys) for message in batch.messages)

    def add(self, parcel: Prepared) -> None:
        """Count a parcel; the tax of refused ones does not count."""
        self.parcels += 1
        self.refused += parcel.refused
        self.skipped += parcel.skipped
        if not parcel.refused and parcel.assessment:
            self.tax += parcel.assessment.due
        beside = [finding for each in parcel.beside for finding in each.findings]
        found = {finding.code for finding in (*parcel.findings, *beside)}
        self.findings.update(sorted(found))
        if parcel.declaration and parcel.declaration.clearance.customs_code:
            self.places[parcel.declaration.clearance.customs_code] += 1
        self.beside.update(refused_beside(parcel))

    def as_dict(self) -> dict[str, Any]:
        beside = {"refused_beside": dict(self.beside)} if self.beside else {}
        return {
            "parcels": self.parcels,
            "declared": self.parcels - self.refused - self.skipped,
            "declared_before": self.skipped,
            "refused": self.refused,
            **beside,
            "documents": self.documents,
            "messages": self.messages,
            "tax": str(self.tax),
            "findings": dict(self._by_weight()),
        }

    def _by_weight(self) -> list[tuple[str, int]]:
        """The findings, the most frequent first, of those the most serious."""
        weights = list(Severity)
        return sorted(
            self.findings.items(), key=lambda each: (-each[1], weights.index(CATALOGUE[each[0]].severity), each[0])
        )

    def table(self, title: str, *, written: bool = True) -> Table:
        """The summary as people read it, each finding with the number of parcels it concerns; without the figures of
        documents and messages where nothing was to be written.
        """
        table = Table(title=title, show_header=False)
        table.add_column("what")
        table.add_column("figure", justify="right")
        table.add_row(label("parcels 包裹"), f"{self.parcels:,}")
        table.add_row(label("in order 通过"), f"{self.parcels - self.refused - self.skipped:,}")
        if self.skipped:
            table.add_row(label("declared before, skipped 此前已申报，跳过"), f"{self.skipped:,}")
        table.add_row(label("refused 退回"), f"{self.refused:,}")
        for area, count in self.beside.items():
            table.add_row(label(f"refused by {area} 退回"), f"{count:,}")
        if written:
            table.add_row(label("documents 单证"), f"{self.documents:,}")
            table.add_row(label("messages 报文"), f"{self.messages:,}")
        table.add_row(label("tax, CNY 税款（元）"), f"{self.tax:,}")
        for code, count in self._by_weight():
            table.add_row(f"  {CATALOGUE[code].severity} {code}", f"{count:,}")
        return table
