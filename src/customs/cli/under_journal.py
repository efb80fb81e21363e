"""A run under its journal (作业与登记簿): how a declaration begins, breaks off and is gone on with, said in both languages."""

import signal
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Annotated, NoReturn

import typer
from pydantic_core import PydanticSerializationError

from customs.bilingual import halves
from customs.bulk.totals import Totals
from customs.cli import files
from customs.cli.app import HELD, INTERRUPTED, misuse, reason_of, tell, unwritten
from customs.cli.ledger_options import Asking
from customs.files import NotWrittenError, make_folder
from customs.journal import Journal, JournalError, JournalHeldError, JournalNotWrittenError, continued, open_journal
from customs.journal.forms import DATABASE, HOME
from customs.journal.shared import OvertakenError, SharedDeclarations, decided_again
from customs.journal.state import is_of_disk, readable, unusable
from customs.road import Batch, Run
from customs.road.deciding import outcome_of

#: Files of a folder that no message may be called.
RESERVED = (files.REFUSED, HOME)

#: How often a batch is decided before it is given up, where others are first each time.
MOST_ATTEMPTS = 8

StateFolder = Annotated[
    Path | None,
    typer.Option(
        "--state", file_okay=False, help="Folder of the journal, which knows what was declared; OUT if left out."
    ),
]


@dataclass
class Done:
    """Figures of a run that broke off: what is declared all the same."""

    parcels: int = 0
    messages: int = 0

    def count(self, journal: Journal) -> None:
        with suppress(sqlite3.Error):
            self.parcels, self.messages = journal.of_run


@contextmanager
def opened_journal(
    folder: Path, done: Done, beside: Sequence[str] = (), *, shared: SharedDeclarations | None = None
) -> Iterator[Journal]:
    """The journal of a state folder; a text and an exit code if it cannot be used.

    ``beside`` names further files of the run, which no message may be called; ``shared`` is the store in which others declare too.
    """
    try:
        with open_journal(folder, reserved=(*RESERVED, *beside), shared=shared) as journal:
            try:
                yield journal
            finally:
                done.count(journal)
    except JournalHeldError as error:
        misuse(str(error))
        raise typer.Exit(HELD) from None
    except (NotWrittenError, JournalError, sqlite3.Error) as error:
        raise _broken_off(folder, error, done) from None


def declare_batches(
    made: Iterable[Batch], run: Run, journal: Journal, place: tuple[str, Path], totals: Totals, asking: Asking
) -> None:
    """Declare batches of a run as they are made, each recorded before the next is made, with what was refused beside them.

    ``place`` is the name of the source, and the folder for the messages.
    """
    name, out = place
    make_folder(out)
    with journal.run(name, out, at=run.clock()), journal.beside(out / files.REFUSED) as refused:
        for each in made:
            for batch in recorded(journal, run, each, out, asking):
                totals.add_messages(batch.messages)
                for parcel in batch.parcels:
                    totals.add_parcel(outcome_of(parcel))
                    if parcel.refused or files.refused_beside(parcel):
                        print(files.refusal(parcel), file=refused)


def recorded(journal: Journal, run: Run, batch: Batch, out: Path, asking: Asking) -> Iterator[Batch]:
    """Record a batch; yield it, or the batches that it became since another worker was first with some of its parcels.

    ``asking`` gives parcels to the run with what is known of them now.
    """
    waiting = deque([(batch, MOST_ATTEMPTS)])
    while waiting:
        each, attempts = waiting.popleft()
        try:
            journal.record(each, out, area=run.place, at=run.clock())
        except OvertakenError as error:
            if not attempts:
                raise
            tell(*halves(str(error)))
            again = decided_again(continued(run, journal), each, asking)
            waiting.extendleft(reversed([(batch, attempts - 1) for batch in again]))
        else:
            yield each


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


def say_what_is_known(journal: Journal, file: Path, out: Path, state: Path | None, *, resume: bool) -> None:
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
    asked: list[int] = []

    def interrupt(number: int, frame: FrameType | None) -> NoReturn:
        asked.append(number)
        raise KeyboardInterrupt

    taken = [signal.SIGTERM]
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored, in the background
        taken.append(signal.SIGINT)
    before = {each: signal.signal(each, interrupt) for each in taken}
    try:
        yield
    except (KeyboardInterrupt, PydanticSerializationError) as error:  # pydantic wraps what interrupts a serializer
        if not asked and not isinstance(error, KeyboardInterrupt):
            raise
        tell(
            f"interrupted: {done.parcels:,} parcels are declared in {done.messages:,} messages, all of them whole. "
            f"Run the same command again to go on.",
            f"已中断：已登记 {done.parcels:,} 个包裹、{done.messages:,} 份完整报文。重新执行同一命令即可继续。",
        )
        raise typer.Exit(INTERRUPTED) from None
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
