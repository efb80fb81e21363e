"""Material that the library makes by itself: its version, fictitious parcels, schemas."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from customs.cli import files
from customs.cli.app import app, tell
from customs.cli.output import nobody_reads
from customs.files import make_folder, write_together
from customs.intake.first_file import KeyFound, enterprise_text
from customs.intake.templates import goods_template, order_template, workbook_of
from customs.road import system_clock
from customs.testing import issue_test_key, sample_parcels
from customs.testing.parcels import DECLARANT, Mode
from customs.testing.shops import SampleShop, sample_shop
from customs.wire.envelope_schema import envelope_schemas
from customs.wire.json_schema import json_schemas
from customs.wire.schema import schemas


class TradeMode(StrEnum):
    """Trade modes of retail import."""

    BONDED = "1210"
    DIRECT = "9610"


#: How long the test key of a shop is valid.
_KEY_DAYS = 5 * 365


@app.command()
def sample(
    count: Annotated[int, typer.Option(min=1, help="How many parcels or orders.")] = 10,
    seed: Annotated[int, typer.Option(help="The same seed gives the same parcels.")] = 1,
    mode: Annotated[TradeMode, typer.Option(help="Trade mode.")] = TradeMode.BONDED,
    shop: Annotated[
        Path | None,
        typer.Option(
            "--shop",
            file_okay=False,
            help="Folder for a fictitious shop instead: test key, enterprise file, goods list and order list.",
        ),
    ] = None,
) -> None:
    """Print fictitious parcels as JSON lines, or write a shop that declares them, to try the library with."""
    trade_mode: Mode = "1210" if mode is TradeMode.BONDED else "9610"
    if shop:
        _write_shop(shop, sample_shop(count, seed=seed, mode=trade_mode), trade_mode)
        return
    for parcel in sample_parcels(count, seed=seed, mode=trade_mode):
        typer.echo(parcel.model_dump_json(exclude_none=True))
        if nobody_reads():
            break


def _write_shop(folder: Path, made: SampleShop, mode: Mode) -> None:
    """Write the files of a shop, all of them or none, and never over others."""
    since = datetime(system_clock().year - 1, 1, 1)  # so that the days of examples are within its validity
    key = issue_test_key(*DECLARANT, since=since, days=_KEY_DAYS)
    where = KeyFound(key="key/test.key", cert="key/test.crt")
    contents = {
        folder / "key/test.key": key.key,
        folder / "key/test.crt": key.certificate,
        folder / "customs.toml": enterprise_text(made.answers, where, goods="goods.xlsx").encode(),
        folder / "goods.xlsx": workbook_of(goods_template(mode), made.goods),
        folder / "orders.xlsx": workbook_of(order_template(mode), made.orders),
    }
    make_folder(folder / "key")
    write_together(contents, replacing=False)
    names = ", ".join(str(path.relative_to(folder)) for path in contents)
    tell(f"a fictitious shop in {folder}: {names}", f"虚构店铺已写入 {folder}：{names}")


@app.command()
def schema(out: Annotated[Path, typer.Option("--out", file_okay=False, help="Folder for the files.")]) -> None:
    """Write the schemas: XSD of the messages and the envelope, JSON Schema of documents and parcel."""
    make_folder(out, private=False)
    of_json = {name: files.to_json(each, indent=1) + "\n" for name, each in json_schemas().items()}
    texts = {**schemas(), **envelope_schemas(), **of_json}
    write_together({out / name: text.encode() for name, text in texts.items()}, private=False)
