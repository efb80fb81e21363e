"""Outcomes of orders (订单处理结果): the manifest of a run over an order list, and the orders that it gives back.

Refused orders go back in the kind of file in which they came. Both files are whole or absent; what had their name before
is kept under a number.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from customs.files import Lines, set_aside
from customs.intake import Composed, Gathered, OrderRows, Sheet
from customs.intake.draft import shown_number
from customs.intake.manifest import HEADING_LINE, ManifestEntry, OrderOutcome, declared_in, manifest_line
from customs.intake.returned import ReturnedOrder, write_returned
from customs.intake.returned_faults import faults_of, refused_name
from customs.journal import Entry, Journal
from customs.road import Prepared
from customs.rules import Finding


class Decided(NamedTuple):
    """An order after the run: its rows, how it was composed, and its outcome."""

    order: OrderRows
    composed: Composed
    parcel: Prepared

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, those of further areas too."""
        return (*self.parcel.findings, *(finding for each in self.parcel.beside for finding in each.findings))


class Walk:
    """The orders of one profile on their way through a run, which decides them batch by batch.

    Orders that could not be composed are not given to the run; they are decided with those around them.
    """

    def __init__(self, orders: Iterable[tuple[OrderRows, Composed]], first: int) -> None:
        self._orders, self.next = orders, first
        self._waiting: dict[int, tuple[OrderRows, Composed]] = {}
        self._refused: list[Decided] = []

    def given(self) -> Iterator[Mapping[str, Any]]:
        """Yield the parcels for the run, in order."""
        for order, composed in self._orders:
            if composed.refused:
                parcel = Prepared(composed.rows[0], findings=composed.findings, salvaged=composed.order_no or None)
                self._refused.append(Decided(order, composed, parcel))
                continue
            self._waiting[self.next] = order, composed
            self.next += 1
            yield composed.given

    def refuse_all(self) -> None:
        """Take orders that have no profile, none of which goes on."""
        for _ in self.given():
            raise AssertionError("an order without a profile has a finding")

    def decided(self, parcels: Iterable[Prepared] = ()) -> Iterator[Decided]:
        """Yield the orders of parcels that were decided, and those that were refused before."""
        refused, self._refused = self._refused, []
        yield from refused
        for parcel in parcels:
            order, composed = self._waiting.pop(parcel.position)
            yield Decided(order, composed, replace(parcel, findings=(*composed.findings, *parcel.findings)))


@dataclass
class Outcomes:
    """The outcomes of a run over an order list, as orders are decided."""

    lines: list[tuple[int, bytes]] = field(default_factory=list)
    """The lines of the manifest, each with the first row of its order."""
    returned: list[ReturnedOrder] = field(default_factory=list)

    def add(self, decided: Decided, carrying: tuple[Entry, ...] = ()) -> None:
        """Take in what became of an order, and the messages that carry it."""
        if errors := [each for each in decided.findings if each.is_error]:
            faults = tuple(faults_of(decided.composed, errors))
            self.returned.append(ReturnedOrder(rows=decided.order.rows, faults=faults))
        self.lines.append((decided.composed.rows[0], manifest_line(_entry(decided, carrying))))

    def write(self, out: Path, sheet: Sheet, source: Path, journal: Journal) -> None:
        """Write the manifest, and the refused orders if there are any, beside the messages."""
        manifest, refused = names_beside(source, sheet)
        if self.returned:
            _write(journal.beside(out / refused), [write_returned(sheet, self.returned)])
        else:
            set_aside(out / refused)
        self.lines.sort(key=itemgetter(0))
        _write(journal.beside(out / manifest), (HEADING_LINE, *(line for _, line in self.lines)))


def _write(file: AbstractContextManager[Lines], pieces: Iterable[bytes]) -> None:
    with file as opened:
        for each in pieces:
            opened.add(each)


def names_beside(source: Path, sheet: Sheet) -> tuple[str, str]:
    """Return the names of the manifest and of the file with refused orders, which is named as the first list was.

    >>> from customs.intake import Sheet
    >>> names_beside(Path("orders.refused-1.xlsx"), Sheet(file="", kind="xlsx", headings=(), rows=iter(())))
    ('orders.refused-1.manifest.csv', 'orders.refused.xlsx')
    """
    return f"{source.stem}.manifest.csv", refused_name(source.stem, sheet)


def declared_elsewhere(out: Path, manifest: str, orders: Gathered, journal: Journal) -> tuple[Path, str] | None:
    """Return a manifest in the folder with an order of the list that it tells as declared and the journal does not know:
    the state folder was lost or exchanged. A journal that knows nothing yet is compared with all manifests.
    """
    for told in sorted(out.glob(manifest if journal.parcels else "*.manifest*.csv")):
        for order_no in filter(orders.__contains__, declared_in(told)):
            if not any(journal.entries(order_no)):
                return told, order_no
            break  # a manifest is of one journal
    return None


def _entry(decided: Decided, carrying: tuple[Entry, ...]) -> ManifestEntry:
    composed, parcel = decided.composed, decided.parcel
    outcome = OrderOutcome.REFUSED if parcel.refused else OrderOutcome.DECLARED
    numbers = parcel.declaration
    shown = shown_number if parcel.refused else str
    return ManifestEntry(
        order_no=shown(composed.order_no),
        waybill_no=shown((numbers.waybill.waybill_no if numbers else None) or ""),
        payment_no=shown((numbers.payment.payment_no if numbers else None) or ""),
        outcome=OrderOutcome.DECLARED_BEFORE if parcel.skipped else outcome,
        documents=tuple(each.message for each in carrying),
        files=tuple(Path(each.file).name for each in carrying),
        tax=Decimal(carrying[0].tax) if carrying and carrying[0].tax else None,
        findings=tuple(dict.fromkeys(each.code for each in decided.findings)),
        rows=composed.rows,
    )
