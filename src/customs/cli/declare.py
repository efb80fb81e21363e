"""The command ``declare`` (申报): signed messages for a file of parcels."""

from pathlib import Path
from typing import Annotated

import typer

from customs.cli import files
from customs.cli.areas import AreaName, SettingsFile, area_of, hint
from customs.cli.common import AsJson, Cert, Key, On, app, clock_of, day_of, screen, side, signer_of
from customs.cli.parcels import ClockOption, ParcelFile, RateFile, UsdRate, exchange_of, progress, rates_of
from customs.cli.summary import Summary
from customs.road import Guids, Run, random_guids, seeded_guids


@app.command()
def declare(
    file: ParcelFile,
    out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for messages and refused.jsonl.")],
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
    """Write signed messages for a file of parcels. Refused parcels go to refused.jsonl with the reasons."""
    signer = signer_of(key, cert)
    guids: Guids = random_guids if guid_seed is None else seeded_guids(guid_seed)
    used = area_of(area, settings)
    run = Run(
        area=used,
        signer=signer,
        on=day_of(on),
        clock=clock_of(clock),
        guids=guids,
        rates=rates_of(rates),
        exchange=exchange_of(usd_rate),
    )
    if earlier := files.earlier_messages(out):
        side.print(
            f"{out} holds {earlier} messages of an earlier run: take care not to send them twice", soft_wrap=True
        )
    out.mkdir(parents=True, exist_ok=True)
    summary = Summary()
    with files.whole_file(out / files.REFUSED) as refused:
        for batch in run.prepare_many(progress(file, files.read_lines(file))):
            files.write_messages(batch, out)
            summary.add_batch(batch)
            for parcel in batch.parcels:
                if parcel.refused or files.refused_beside(parcel):
                    print(files.refusal(parcel), file=refused)
    hint(used, summary.places, day_of(on))
    if json:
        typer.echo(files.to_json(summary.as_dict()))
    else:
        screen.print(summary.table(f"Declared from {file.name} 申报结果"))
        if not summary.complete:
            count = summary.refused + sum(summary.beside.values())
            side.print(f"{count} refused, with reasons in {out / files.REFUSED}", highlight=False, soft_wrap=True)
    raise typer.Exit(0 if summary.complete else 1)
