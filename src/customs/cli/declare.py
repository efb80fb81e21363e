"""The command ``declare`` (申报): signed messages for an order list, or for a file of parcels."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from customs.bulk.totals import Totals
from customs.cli import files
from customs.cli.app import app, misuse, screen, tell
from customs.cli.areas import AreaName, SettingsFile, area_of, hint
from customs.cli.common import AsJson, Cert, Key, MostBytes, On, Only, clock_of, day_of, keys_of, only_of, signer_of
from customs.cli.language import words
from customs.cli.ledger_options import LedgerKeyFile, SharedLedger, asking_of, shared_ledger
from customs.cli.order_lists import (
    Conditions,
    ConfigOption,
    ParcelsOrOrders,
    SheetOption,
    declare_list,
    opened_list,
    refuse_beside_config,
)
from customs.cli.outcomes import names_beside
from customs.cli.parcels import (
    ClockOption,
    GuidSeed,
    RateFile,
    UsdRate,
    echo,
    exchange_of,
    is_parquet,
    of_json_lines,
    progress,
    rates_of,
)
from customs.cli.summary import figures, table
from customs.cli.under_journal import (
    Done,
    StateFolder,
    declare_batches,
    interruptible,
    opened_journal,
    say_what_is_known,
)
from customs.documents.base import MOST_MESSAGE_BYTES
from customs.journal import continued
from customs.road import Guids, Run, random_guids, seeded_guids

#: Options that say what the enterprise file says.
OF_ENTERPRISE = ("--area", "--settings", "--key", "--cert", "--rates", "--usd-rate", "--state")


@app.command()
def declare(
    file: ParcelsOrOrders,
    out: Annotated[
        Path, typer.Option("--out", file_okay=False, help="Folder for the messages, and for what was refused.")
    ],
    config: ConfigOption = None,
    sheet: SheetOption = "",
    state: StateFolder = None,
    ledger: SharedLedger = None,
    ledger_key: LedgerKeyFile = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Only finish an interrupted run; exit 2 if there is none.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", min=1, help="Processes that declare a file of parcels at once."),
    ] = None,
    only: Only = None,
    most_bytes: MostBytes = None,
    area: AreaName = None,
    settings: SettingsFile = None,
    key: Key = None,
    cert: Cert = None,
    on: On = None,
    clock: ClockOption = None,
    rates: RateFile = None,
    usd_rate: UsdRate = None,
    guid_seed: GuidSeed = None,
    json: AsJson = False,
) -> None:
    """Write signed messages for an order list or a file of parcels. What is refused is given back with the reasons.

    Running it again is always safe: what was declared is skipped, what was interrupted is finished.
    """
    guids: Guids = random_guids if guid_seed is None else seeded_guids(guid_seed)
    totals = Totals()
    if config:
        if workers is not None:
            raise misuse(
                "--workers is for files of parcels, not for order lists --workers 仅用于包裹文件，不用于订单表"
            )
        refuse_beside_config(zip(OF_ENTERPRISE, (area, settings, key, cert, rates, usd_rate, state), strict=True))
        conditions = Conditions(day_of(on), clock_of(clock), guids, only_of(only), most_bytes)
        given = opened_list(file, config, sheet, conditions)
        with shared_ledger(config, ledger, ledger_key) as shared:
            declare_list(given, out, totals, resume=resume, shared=shared)
        manifest, refused = names_beside(file, given.sheet)
        put = {"put": dict(shared.put)} if shared and shared.put else {}
        _tell(totals, file, out, refused, {"manifest": str(out / manifest), **put}, json=json)
    by_chunks = workers is not None or is_parquet(file)
    if not by_chunks:
        of_json_lines(file)
    run = Run(
        area=area_of(area, settings),
        signer=None if by_chunks else signer_of(key, cert),
        keys=keys_of(key, cert) if by_chunks else None,
        on=day_of(on),
        clock=clock_of(clock),
        guids=guids,
        rates=rates_of(rates),
        exchange=exchange_of(usd_rate),
        only=only_of(only),
        most_bytes=most_bytes or MOST_MESSAGE_BYTES,
    )
    if by_chunks:
        from customs.bulk.declaring import manifest_name  # which a file of one batch does not need
        from customs.cli.streams import declare_stream

        with shared_ledger(None, ledger, ledger_key) as shared:
            totals = declare_stream(run, file, out, state=state, workers=workers or 1, resume=resume, shared=shared)
        hint(run.place, totals.places, day_of(on))
        beside = {} if shared else {"manifest": str(out / manifest_name(file.name))}
        _tell(totals, file, out, files.REFUSED, beside, json=json)
    done = Done()
    with (
        shared_ledger(None, ledger, ledger_key) as shared,
        interruptible(done),
        opened_journal(state or out, done, shared=shared) as journal,
    ):
        say_what_is_known(journal, file, out, state, resume=resume)
        known, asking = continued(run, journal), asking_of(shared, run)
        made = known.prepare_many(asking(progress(file, files.read_lines(file))))
        declare_batches(made, known, journal, (file.name, out), totals, asking)
    hint(run.place, totals.places, day_of(on))
    _tell(totals, file, out, files.REFUSED, {}, json=json)


def _tell(totals: Totals, file: Path, out: Path, refused: str, more: Mapping[str, Any], *, json: bool) -> NoReturn:
    """Tell the figures of a run, the manifest, what was put into outboxes and where the reasons are; end with the exit code."""
    if json:
        reasons = {} if totals.complete else {"refused_file": str(out / refused)}
        echo(files.to_json({**figures(totals), **(more and {**more, **reasons})}))
    else:
        screen.print(table(totals, words(f"Declared from {file.name}", "申报结果")))
        if name := more.get("manifest"):
            tell(f"every order, its messages and its tax: {name}", f"每个订单的报文与税款见 {name}")
        for name, count in more.get("put", {}).items():
            tell(
                f"{name}: {count:,} messages wait in the outbox of the ledger: customs send hands them over",
                f"{name}：{count:,} 份报文已存入账簿发件箱，由 customs send 发送",
            )
        if not totals.complete:
            count, reasons_in = totals.refused + sum(totals.beside.values()), out / refused
            tell(f"{count} refused, with reasons in {reasons_in}", f"退回 {count} 个，原因见 {reasons_in}")
    raise typer.Exit(0 if totals.complete else 1)
