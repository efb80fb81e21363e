"""The commands ``declare`` (申报) and ``journal`` (登记簿): messages for a file of parcels, and what was declared in them."""

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer

from customs.cli import files
from customs.cli.areas import AreaName, SettingsFile, area_of, hint
from customs.cli.common import (
    HELD,
    INTERRUPTED,
    AsJson,
    Cert,
    Key,
    On,
    Only,
    app,
    clock_of,
    day_of,
    misuse,
    only_of,
    reason_of,
    screen,
    signer_of,
    tell,
    unwritten,
)
from customs.cli.language import halves, words
from customs.cli.parcels import ClockOption, ParcelFile, RateFile, UsdRate, echo, exchange_of, progress, rates_of
from customs.cli.summary import Summary
from customs.files import NotWrittenError, make_folder
from customs.journal import (
    Entry,
    Journal,
    JournalError,
    JournalHeldError,
    JournalNotWrittenError,
    continued,
    open_journal,
    read_journal,
)
from customs.journal.state import DATABASE, HOME, is_of_disk, readable, unusable
from customs.road import Guids, Run, random_guids, seeded_guids, system_clock

#: Files of a folder that no message may be called.
RESERVED = (files.REFUSED, HOME)

StateFolder = Annotated[
    Path | None,
    typer.Option(
        "--state", file_okay=False, help="Folder of the journal, which knows what was declared; OUT if left out."
    ),
]
StateToRead = Annotated[Path, typer.Option("--state", file_okay=False, help="Folder of the journal.")]

commands = typer.Typer(help="What was declared: list it, find a number in it, release an order. 登记簿")


@app.command()
def declare(
    file: ParcelFile,
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for messages and refused.jsonl.")],
    state: StateFolder = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Only finish an interrupted run; exit 2 if there is none.")
    ] = False,
    only: Only = None,
    area: AreaName = None,
    settings: SettingsFile = None,
    key: Key = None,
    cert: Cert = None,
    on: On = None,
    clock: ClockOption = None,
    rates: RateFile = None,
    usd_rate: UsdRate = None,
    guid_seed: Annotated[
        int | None, typer.Option("--guid-seed", help="Repeatable guids, for tests only; random ones if left out.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Write signed messages for a file of parcels. Refused parcels go to refused.jsonl with the reasons.

    Running it again is always safe: what was declared is skipped, what was interrupted is finished.
    """
    signer = signer_of(key, cert)
    guids: Guids = random_guids if guid_seed is None else seeded_guids(guid_seed)
    run = Run(
        area=area_of(area, settings),
        signer=signer,
        on=day_of(on),
        clock=clock_of(clock),
        guids=guids,
        rates=rates_of(rates),
        exchange=exchange_of(usd_rate),
        only=only_of(only),
    )
    summary = Summary()
    done = Done()
    with interruptible(done), opened_journal(state or out, done) as journal:
        _say_what_is_known(journal, file, out, state, resume=resume)
        _declare(continued(run, journal), journal, file, out, summary)
    hint(run.place, summary.places, day_of(on))
    if json:
        echo(files.to_json(summary.as_dict()))
    else:
        screen.print(summary.table(words(f"Declared from {file.name}", "申报结果")))
        if not summary.complete:
            count, reasons = summary.refused + sum(summary.beside.values()), out / files.REFUSED
            tell(f"{count} refused, with reasons in {reasons}", f"退回 {count} 个，原因见 {reasons}")
    raise typer.Exit(0 if summary.complete else 1)


def _declare(run: Run, journal: Journal, file: Path, out: Path, summary: Summary) -> None:
    """Declare a file batch by batch, each recorded before the next is made."""
    make_folder(out)
    with journal.run(file.name, out, at=run.clock()), journal.beside(out / files.REFUSED) as refused:
        for batch in run.prepare_many(progress(file, files.read_lines(file))):
            journal.record(batch, out, area=run.place, at=run.clock())
            summary.add_batch(batch)
            for parcel in batch.parcels:
                if parcel.refused or files.refused_beside(parcel):
                    print(files.refusal(parcel), file=refused)


@dataclass
class Done:
    """Figures of a run that broke off: what is declared all the same."""

    parcels: int = 0
    messages: int = 0

    def count(self, journal: Journal) -> None:
        with suppress(sqlite3.Error):
            self.parcels, self.messages = journal.of_run


@contextmanager
def opened_journal(folder: Path, done: Done) -> Iterator[Journal]:
    """The journal of a state folder; a text and an exit code if it cannot be used."""
    try:
        with open_journal(folder, reserved=RESERVED) as journal:
            try:
                yield journal
            finally:
                done.count(journal)
    except JournalHeldError as error:
        misuse(str(error))
        raise typer.Exit(HELD) from None
    except (NotWrittenError, JournalError, sqlite3.Error) as error:
        raise _broken_off(folder, error, done) from None


def _broken_off(folder: Path, error: Exception, done: Done) -> typer.Exit:
    """Say why a run broke off, what is declared all the same, and how to go on."""
    if isinstance(error, NotWrittenError):
        en, zh = reason_of(error)
    else:
        en, zh = halves(str(unusable(folder, error) if isinstance(error, sqlite3.Error) else error))
    if not isinstance(error, JournalNotWrittenError) and not is_of_disk(error):
        wrong = misuse(f"{en} {zh}")
        tell("run the same command again when this is mended", "排除故障后重新执行同一命令即可")
        return wrong
    return unwritten(
        f"{en}; {done.parcels:,} parcels are declared in {done.messages:,} messages, all of them whole, the others are "
        f"not. Mend this and run the same command again to go on.",
        f"{zh}；已登记 {done.parcels:,} 个包裹、{done.messages:,} 份完整报文，其余未申报。排除后重新执行同一命令即可继续。",
    )


def _say_what_is_known(journal: Journal, file: Path, out: Path, state: Path | None, *, resume: bool) -> None:
    """Say that a run goes on from an interruption, or that other folders are not looked into."""
    unfinished = journal.unfinished
    source = readable(file.name)
    if resume and source not in unfinished:
        names = "; ".join(unfinished) or "none 无"
        raise misuse(
            f"--resume: no run over {source} was interrupted here, interrupted: {names} "
            f"此处没有针对该文件的中断作业，无需续办"
        )
    for name in unfinished:
        if name == source:
            count = journal.parcels
            tell(
                f"the run over {name} was interrupted after {count:,} parcels: going on",
                f"对 {name} 的作业曾中断，已登记 {count:,} 个包裹，现继续",
            )
        else:
            tell(
                f"the run over {name} was interrupted: run it again as well", f"对 {name} 的作业曾中断，请同样重新执行"
            )
    if state is None and not journal.parcels and (others := _journals_beside(out)):
        tell(
            f"{others[0]} holds a journal too: orders declared there are not recognised here; name one folder for all "
            f"runs with --state",
            f"另有登记簿 {others[0]}，其中的订单在此不会被识别，请用 --state 指定同一状态目录",
        )


def _journals_beside(out: Path) -> list[Path]:
    here = out.absolute()
    return sorted(each.parents[1] for each in here.parent.glob(f"*/{DATABASE}") if each.parents[1] != here)


@contextmanager
def interruptible(done: Done) -> Iterator[None]:
    """Say what was done and how to go on when the run is interrupted, by Ctrl-C or by a request to end."""
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    except KeyboardInterrupt:
        tell(
            f"interrupted: {done.parcels:,} parcels are declared in {done.messages:,} messages, all of them whole. "
            f"Run the same command again to go on.",
            f"已中断：已登记 {done.parcels:,} 个包裹、{done.messages:,} 份完整报文。重新执行同一命令即可继续。",
        )
        raise typer.Exit(INTERRUPTED) from None
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


@commands.command("show")
def show(
    state: StateToRead,
    number: Annotated[
        str, typer.Argument(help="Order, waybill, payment or internal number, or guid of a message; all if left out.")
    ] = "",
    json: AsJson = False,
) -> None:
    """Show which parcel is in which message: numbers, message, guid, file, time, tax."""
    try:
        with read_journal(state) as journal:
            found = list(journal.entries(number))
    except JournalError as error:
        raise misuse(str(error)) from None
    except sqlite3.Error as error:
        raise misuse(str(unusable(state, error))) from None
    if json:
        for each in found:
            echo(files.to_json(each._asdict()))
    else:
        for _, entries in groupby(found, lambda each: (each.order_no, each.waybill_no)):
            _show_parcel(list(entries))
    raise typer.Exit(0 if found else 1)


def _show_parcel(entries: list[Entry]) -> None:
    first = entries[0]
    named = (
        ("order", "订单", first.order_no),
        ("waybill", "运单", first.waybill_no),
        ("payment", "支付", first.payment_no),
    )
    shown = [f"{words(en, zh)} {text}" for en, zh, text in (*named, ("tax", "税款", first.tax)) if text]
    screen.print("  ".join(shown), highlight=False, markup=False, soft_wrap=True)
    for each in entries:
        serial = "" if each.serial is None else f"  {words('serial', '序号')} {each.serial}"
        line = f"    {each.at:%F %T}  {each.area} {each.message}  {each.file}{serial}"
        screen.print(line, highlight=False, markup=False, soft_wrap=True)


@commands.command("release")
def release(
    state: StateToRead,
    order_no: Annotated[str, typer.Argument(metavar="ORDER", help="The order number.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, such as the receipt by which customs refused it.")],
) -> None:
    """Let an order be declared again, after customs refused it. Otherwise amend it (app_type 2) or cancel it (CEB623)."""
    try:
        read_journal(state).close()
    except JournalError as error:
        raise misuse(str(error)) from None
    with opened_journal(state, Done()) as journal:
        count = journal.release(order_no, reason, at=_now())
    if not count:
        raise misuse(f"{order_no!r} is not in the journal, or was released already 登记簿中无此订单，或已解除")
    screen.print(words(f"{order_no} can be declared again", f"{order_no} 可重新申报"), highlight=False, markup=False)


def _now() -> datetime:
    return system_clock()


app.add_typer(commands, name="journal")
