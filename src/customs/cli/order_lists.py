"""Order lists (订单表) on the command line: a spreadsheet and the enterprise file in, the same road for every order."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.console import Console

from customs.bulk.totals import Totals
from customs.cli import files
from customs.cli.app import misuse, misuse_of, screen, side, tell
from customs.cli.areas import hint
from customs.cli.enterprise import enterprise_of, mistakes_told
from customs.cli.language import words
from customs.cli.ledger_options import asking_of
from customs.cli.outcomes import Decided, Outcomes, Walk, declared_elsewhere, names_beside
from customs.cli.parcels import counted, show_texts, warn_of_example_rates
from customs.cli.under_journal import Done, interruptible, opened_journal, recorded, say_what_is_known
from customs.documents.base import MOST_MESSAGE_BYTES
from customs.files import make_folder
from customs.intake import ColumnsError, Composed, Enterprise, OrderList, OrderRows, Profile, Sheet, goods_in, orders_in
from customs.intake.draft import shown_number
from customs.intake.reading import read_sheet
from customs.intake.sheets import SheetError
from customs.journal import Entry, Journal, continued
from customs.road import Batch, Clock, Guids, Run
from customs.road.deciding import outcome_of
from customs.road.results import DocumentName
from customs.rules import Finding

if TYPE_CHECKING:
    from customs.ledger.declared import LedgerDeclarations

#: The orders of one profile, each with its rows, and the run that they go through; None where there is no profile.
_Runs = list[tuple[Run | None, Iterator[tuple[OrderRows, Composed]]]]

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", dir_okay=False, help="Enterprise file 企业档案; FILE is then an order list, XLSX, CSV or JSON."
    ),
]
ParcelsOrOrders = Annotated[
    Path,
    typer.Argument(
        metavar="FILE", help="Parcels as JSON lines, - reads standard input; an order list where --config is given."
    ),
]
OrderListFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="Order list, XLSX, CSV or JSON.", exists=True, dir_okay=False)
]
SheetOption = Annotated[str, typer.Option("--sheet", metavar="NAME", help="Sheet of a workbook.")]


def refuse_beside_config(options: Iterable[tuple[str, object]]) -> None:
    """Refuse options that say what the enterprise file says."""
    if given := [name for name, value in options if value is not None]:
        raise misuse(
            f"{', '.join(given)} stands in the enterprise file where --config is given "
            f"使用 --config 时，这些选项由企业档案给出，请勿在命令行重复"
        )


class Conditions(NamedTuple):
    """The conditions of a run that come with the command and not from the enterprise file."""

    on: date
    clock: Clock
    guids: Guids
    only: tuple[DocumentName, ...] = ()
    most_bytes: int | None = None
    """Of a message; as the destinations of the enterprise file say if None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedList:
    """An order list that was read, with the enterprise that declares it."""

    file: Path
    sheet: Sheet
    orders: OrderList
    enterprise: Enterprise
    conditions: Conditions

    def runs(self) -> _Runs:
        """Return the run of each profile that the orders have, with its orders; what its files lack is misuse."""
        return [(self._run_of(profile) if profile else None, of) for profile, of in self.orders.by_profile()]

    def _run_of(self, profile: Profile) -> Run:
        on, clock, guids, only, given = self.conditions
        with mistakes_told():
            most = given or self._most_bytes(profile)
            return self.enterprise.run_of(profile, on=on, clock=clock, guids=guids, only=only, most_bytes=most)

    def _most_bytes(self, profile: Profile) -> int:
        """Return the most bytes that the destinations of a profile's areas take."""
        if b"destinations" not in self.enterprise.file.read_bytes():
            return MOST_MESSAGE_BYTES
        from customs.exchange.destinations import load_exchange  # which an enterprise without any does not need

        area = self.enterprise.area_of(profile)
        names = [area.name, *(each.name for each in area.beside)]
        return load_exchange(self.enterprise.file).most_bytes_for(names)


def opened_list(file: Path, config: Path | None, sheet: str, conditions: Conditions) -> OpenedList:
    """Read an order list with the enterprise file and the goods records; what cannot be used is misuse."""
    if file == files.STANDARD_INPUT:
        raise misuse("an order list is a file, not standard input 订单表须为文件，不能由标准输入读取")
    enterprise = enterprise_of(config)
    own = enterprise.goods
    with mistakes_told():
        goods = goods_in(own.path, own.sheet).get if own else None
    if any(each.rates.file is None for each in enterprise.set_ups.values()):
        warn_of_example_rates(side, in_file=True)
    with _told(), read_sheet(file, sheet=sheet) as opened:
        read = replace(opened, rows=counted(file.name, "rows 行", opened.rows, opened.count))
        profiles = enterprise.profiles.values()
        orders = orders_in(read, enterprise.columns, goods=goods, profiles=profiles, on=conditions.on)
    for en, zh in (*opened.said, *orders.columns.said):
        tell(f"{file.name}: {en}", f"{file.name}：{zh}")
    return OpenedList(file=file, sheet=opened, orders=orders, enterprise=enterprise, conditions=conditions)


def show_at_cell(composed: Composed, finding: Finding, console: Console = screen) -> None:
    """Print a finding under its order and its cell."""
    spot = composed.spot_of(finding)
    number = shown_number(composed.order_no)
    en, zh = (f"order {number}, {spot.en}", f"订单 {number}，{spot.zh}") if number else (spot.en, spot.zh)
    show_texts(finding, f"{words(en, zh)}: {finding.code}", console)


@contextmanager
def _told() -> Iterator[None]:
    """Tell why a table cannot be used, on a line for each reason; the exit code is that of misuse."""
    try:
        yield
    except SheetError as error:
        raise misuse_of(error.en, error.zh) from None
    except ColumnsError as error:
        told = [misuse_of(en, zh) for en, zh in error.reasons]
        raise told[0] from None


def declare_list(
    given: OpenedList, out: Path, totals: Totals, *, resume: bool, shared: "LedgerDeclarations | None" = None
) -> None:
    """Declare the orders of a list that were not declared before, and write what became of all of them."""
    runs, done, outcomes = given.runs(), Done(), Outcomes()
    state, name, at = given.enterprise.state, given.file.name, given.conditions.clock()
    beside = names_beside(given.file, given.sheet)
    with interruptible(done), opened_journal(state, done, beside, shared=shared) as journal:
        say_what_is_known(journal, given.file, out, state, resume=resume)
        _refuse_what_was_declared_elsewhere(given, out, beside[0], journal)
        make_folder(out)
        with journal.run(name, out, at=at):
            decided = _declared(runs, journal, out, totals, shared)
            for each in counted(name, "orders 订单", decided, len(given.orders)):
                outcomes.add(each, _carrying(journal, each))
            outcomes.write(out, given.sheet, given.file, journal)
    for run, _ in runs:
        if run:
            hint(run.place, totals.places, run.on)


def _carrying(journal: Journal, decided: Decided) -> tuple[Entry, ...]:
    """Return the messages that carry an order; of one that could not be composed, those of its number."""
    declaration = decided.parcel.declaration
    if declaration is not None:
        return journal.carrying(declaration)
    return journal.carrying_order(decided.composed.order_no) if decided.composed.order_no else ()


def _refuse_what_was_declared_elsewhere(given: OpenedList, out: Path, manifest: str, journal: Journal) -> None:
    """Refuse a run that would declare orders a second time, since its state folder is not the one of the folder."""
    found = declared_elsewhere(out, manifest, given.orders.gathered, journal)
    if found is None:
        return
    told, order_no = found
    state = given.enterprise.state
    raise misuse_of(
        f"{told} tells that orders of this list were declared, such as {shown_number(order_no)}, and the journal in {state} "
        f"knows nothing of it: they would be declared a second time. Give the state folder of that run back its place, or "
        f"name it under [state]; if those messages were never sent, name another folder by --out",
        f"{told} 显示本表订单（如 {shown_number(order_no)}）已经申报，而状态目录 {state} 的登记簿没有记录，继续将重复申报。"
        f"请恢复当时的状态目录，或在 [state] 中指明；如当时的报文从未发送，请用 --out 指定其他目录",
    )


def _declared(
    runs: _Runs, journal: Journal, out: Path, totals: Totals, shared: "LedgerDeclarations | None"
) -> Iterator[Decided]:
    """Declare the orders of each profile, batch by batch, each recorded before the next is made."""
    first = 1
    for run, orders in runs:
        walk = Walk(orders, first)
        for made, going in _batches(run, walk, journal, shared):
            for batch in recorded(journal, going, made, out, asking_of(shared, going)):
                totals.add_messages(batch.messages)
                yield from _counted_in(totals, walk.decided(batch.parcels))
        yield from _counted_in(totals, walk.decided())
        first = walk.next


def _batches(
    run: Run | None, walk: Walk, journal: Journal, shared: "LedgerDeclarations | None"
) -> Iterator[tuple[Batch, Run]]:
    """Yield the batches of a run; orders without a profile have none, and are all refused."""
    if run is None:
        walk.refuse_all()
        return
    going = continued(run, journal).from_position(walk.next)
    for batch in going.prepare_many(asking_of(shared, going)(walk.given())):
        yield batch, going


def examined_list(given: OpenedList, shared: "LedgerDeclarations | None" = None) -> Iterator[Decided]:
    """Yield the outcome of each order of a list, without messages."""
    for run, orders in given.runs():
        walk = Walk(orders, 1)
        if run is None:
            walk.refuse_all()
        known = run.with_(knowledge=shared) if run and shared else run
        for parcel in known.examine(asking_of(shared, known)(walk.given())) if known else ():
            yield from walk.decided([parcel])
        yield from walk.decided()


def _counted_in(totals: Totals, decided: Iterator[Decided]) -> Iterator[Decided]:
    for each in decided:
        totals.add_parcel(outcome_of(each.parcel))
        yield each
