"""Material that the library makes by itself: its version, fictitious parcels, schemas."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from customs import __version__
from customs.cli import files
from customs.cli.common import app, screen
from customs.cli.language import VARIABLE, Language
from customs.cli.output import nobody_reads
from customs.files import make_folder, write_together
from customs.testing import sample_parcels
from customs.wire.envelope_schema import envelope_schemas
from customs.wire.json_schema import json_schemas
from customs.wire.schema import schemas


class TradeMode(StrEnum):
    """Trade modes of retail import."""

    BONDED = "1210"
    DIRECT = "9610"


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
    lang: Annotated[
        Language | None,
        typer.Option("--lang", help="Language of help and output; by default CUSTOMS_LANG, or that of the locale."),
    ] = None,
) -> None:
    """Declare cross-border e-commerce parcels to China Customs. 跨境电商零售进口申报"""
    if lang:
        os.environ[VARIABLE] = lang
    if show:
        screen.print(__version__)
        raise typer.Exit


@app.command()
def sample(
    count: Annotated[int, typer.Option(min=1, help="How many parcels.")] = 10,
    seed: Annotated[int, typer.Option(help="The same seed gives the same parcels.")] = 1,
    mode: Annotated[TradeMode, typer.Option(help="Trade mode.")] = TradeMode.BONDED,
) -> None:
    """Print fictitious parcels as JSON lines, to try the library with."""
    trade_mode: TradeMode = mode
    for parcel in sample_parcels(count, seed=seed, mode="1210" if trade_mode is TradeMode.BONDED else "9610"):
        typer.echo(parcel.model_dump_json(exclude_none=True))
        if nobody_reads():
            break


@app.command()
def schema(out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for the files.")]) -> None:
    """Write the schemas: XSD of the messages and the envelope, JSON Schema of documents and parcel."""
    make_folder(out, private=False)
    of_json = {name: files.to_json(each, indent=1) + "\n" for name, each in json_schemas().items()}
    texts = {**schemas(), **envelope_schemas(), **of_json}
    write_together({out / name: text.encode() for name, text in texts.items()}, private=False)
