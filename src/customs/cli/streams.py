"""A stream under its journal (批量申报): ``declare --workers``, for files of parcels of any size."""

from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from customs.bilingual import halves
from customs.bulk.declaring import continued_apart, declared, manifest_name, parcels_in
from customs.bulk.parquet import MAGIC, pyarrow
from customs.bulk.totals import Totals
from customs.cli import files
from customs.cli.app import misuse, misuse_of, unwritten
from customs.cli.ledger_options import asking_of
from customs.cli.parcels import counted, head_of, of_json_lines, progress
from customs.cli.under_journal import Done, declare_batches, interruptible, opened_journal, say_what_is_known
from customs.files import make_folder
from customs.intake import SheetError
from customs.journal import Journal
from customs.road import Run
from customs.road.many import batches_compared
from customs.road.stages import Source
from customs.road.workers import WorkerLostError

if TYPE_CHECKING:
    from customs.ledger.declared import LedgerDeclarations

#: What files begin with that are no JSON lines and are taken all the same: Parquet, and what gzip packed.
_TAKEN = (MAGIC, b"\x1f\x8b")


def declare_stream(
    run: Run,
    file: Path,
    out: Path,
    *,
    state: Path | None,
    workers: int,
    resume: bool,
    shared: "LedgerDeclarations | None" = None,
) -> Totals:
    """Declare a file of parcels chunk by chunk, by several processes; return its figures.

    Over a shared ledger this process asks it and notes each batch in it: there is no manifest then.
    """
    given = _parcels_of(file)
    done, totals = Done(), Totals()
    beside = () if shared else (manifest_name(file.name),)
    with interruptible(done), opened_journal(state or out, done, beside, shared=shared) as journal:
        say_what_is_known(journal, file, out, state, resume=resume)
        try:
            if shared:
                asking = asking_of(shared, run)
                known, asked = continued_apart(run, journal), asking(given)
                made = known.prepare_many(asked) if workers == 1 else batches_compared(known, asked, workers)
                declare_batches(made, known, journal, (file.name, out), totals, asking)
            else:
                totals = _declared(run, journal, file, given, out, workers)
        except SheetError as error:
            raise misuse_of(error.en, error.zh) from None
        except WorkerLostError as error:
            done.count(journal)
            en, zh = halves(str(error))
            raise unwritten(
                f"{en}; {done.parcels:,} parcels are declared in {done.messages:,} messages, all of them whole. Run the "
                f"same command again to go on.",
                f"{zh}；已登记 {done.parcels:,} 个包裹、{done.messages:,} 份完整报文。重新执行同一命令即可继续。",
            ) from None
    return totals


def _declared(run: Run, journal: Journal, file: Path, given: Iterable[Source], out: Path, workers: int) -> Totals:
    make_folder(out)
    *_, totals = deque(declared(journal, given, out, run=run, name=file.name, workers=workers), maxlen=1)
    return totals


def _parcels_of(file: Path) -> Iterable[Source]:
    """Return the parcels of a file with its progress; other kinds of files are refused with one message."""
    if file == files.STANDARD_INPUT or not head_of(file).startswith(_TAKEN):
        of_json_lines(file)
        return progress(file, files.read_lines(file))
    if head_of(file).startswith(MAGIC):
        try:
            pyarrow()
        except ImportError as error:
            raise misuse(str(error)) from None
    return counted(file.name, "parcels 包裹", parcels_in(file), None)
