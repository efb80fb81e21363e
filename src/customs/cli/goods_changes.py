"""The commands ``goods`` about changes (备案变更): differences, parcels that a change touches, parcels checked, records in use."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from customs.cli import files
from customs.cli.app import misuse, screen, tell
from customs.cli.areas import area_of
from customs.cli.common import AsJson, Folders, Now, On, clock_of, day_of
from customs.cli.goods import commands
from customs.cli.goods_options import ListOfGoods, RecordBook, SheetName, record_of, records_in
from customs.cli.goods_shown import goods_table
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.parcels import ParcelFile, RateFile, echo, examined, show_texts
from customs.intake.goods import GoodsRecords
from customs.ledger.database import LedgerConnection
from customs.ledger.goods import (
    GoodsDifference,
    GoodsStanding,
    GoodsUse,
    check_parcel_goods,
    declared_uses,
    differences,
    find_goods,
    goods_of_sku,
    note_uses,
    touched,
    uses_of,
    version_of,
)
from customs.ledger.goods.content import field_label
from customs.receipts.foresight import codes_avoided


@commands.command("diff")
@over_ledger
def diff(
    sku: Annotated[str | None, typer.Argument(metavar="SKU", help="SKU of the record.")] = None,
    book: RecordBook = None,
    first: Annotated[
        int | None, typer.Option("--from", help="Earlier version; that before the newest if left out.")
    ] = None,
    second: Annotated[int | None, typer.Option("--to", help="Later version; the newest if left out.")] = None,
    goods: ListOfGoods = None,
    sheet: SheetName = "",
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show what differs between two versions of a record, or between the ledger and a list. Exits 1 if anything does."""
    if (sku is None) is (goods is None):
        raise misuse("give a SKU, or --goods with a list 请给出货号，或用 --goods 给出备案表")
    with ledger.read() as connection:
        if goods is not None:
            found = _changes_of(connection, records_in(goods, sheet, json=json))
        else:
            standing = record_of(connection, sku or "", book)
            newest = second or standing.last.version
            before, after = [_version(connection, standing, each) for each in (first or max(newest - 1, 1), newest)]
            found = {(standing.sku, standing.account_book_no): differences(before, after)}
    table = goods_table("differences 差异", "SKU 货号", "field 字段", "before 变更前", "after 变更后")
    for (number, _), each_of in found.items():
        for each in each_of:
            if json:
                echo(files.to_json({"sku": number, "field": each.field, "before": each.before, "after": each.after}))
            table.add_row(number, field_label(each.field), Text(each.before), Text(each.after))
    if not json:
        screen.print(table)
    raise typer.Exit(1 if any(found.values()) else 0)


@commands.command("touched")
@over_ledger
def touched_parcels(
    sku: Annotated[list[str] | None, typer.Argument(metavar="SKU...", help="SKUs whose records change.")] = None,
    goods: ListOfGoods = None,
    sheet: SheetName = "",
    messages: Annotated[
        list[Path] | None,
        typer.Option(
            "--messages", exists=True, file_okay=False, help="Folder with messages and receipts; may be repeated."
        ),
    ] = None,
    parcels: Annotated[
        Path | None, typer.Option("--parcels", exists=True, dir_okay=False, help="Parcels to declare, as JSON lines.")
    ] = None,
    on: On = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show the parcels in flight that a change of records touches: from messages, or a file of parcels. Exits 1 if there is one."""
    if (not sku) is (goods is None) or not (messages or parcels):
        raise misuse(
            "give SKUs or --goods, and --messages or --parcels 请给出货号或 --goods，并给出 --messages 或 --parcels"
        )
    count = 0
    table = goods_table(
        "parcels touched 受影响的包裹", "order 订单", "line 行", "SKU 货号", "record 备案料号", "list 清单标识"
    )
    with ledger.read() as connection:
        if goods is not None:
            changed = [
                key for key, each in _changes_of(connection, records_in(goods, sheet, json=json)).items() if each
            ]
        else:
            changed = [(e.sku, e.account_book_no) for each in sku or () for e in goods_of_sku(connection, each)]
        for use, (number, _) in touched(connection, _uses(messages or (), parcels, on), changed):
            count += 1
            if json:
                row = {"order_no": use.order_no, "line": use.line, "sku": number, "record_no": use.record_no}
                echo(files.to_json(row | {"list_guid": use.list_guid}))
            table.add_row(use.order_no, str(use.line), number, use.record_no, use.list_guid)
    if not json:
        screen.print(table)
    raise typer.Exit(1 if count else 0)


@commands.command("parcels")
@over_ledger
def check_parcels(
    file: ParcelFile,
    on: On = None,
    rates: RateFile = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Check the parcels of a file against the goods records before they are declared, with the codes that customs would answer."""
    errors = count = 0
    with ledger.read() as connection:
        for parcel in examined(file, area_of(None, None), on, rates):
            count += 1
            if parcel.declaration is None:
                errors += 1
                tell(
                    f"order {parcel.order_no or '?'}: it cannot be read, see customs check",
                    f"订单 {parcel.order_no or '?'}：无法读取，请用 customs check 查看",
                )
                continue
            for each in check_parcel_goods(connection, parcel.declaration, on=day_of(on)):
                errors += each.is_error
                codes = codes_avoided(each)
                if json:
                    echo(files.to_json({"order_no": parcel.order_no, **each.as_dict(), "codes": list(codes)}))
                else:
                    show_texts(each, " ".join((parcel.order_no or "?", each.path, each.code, *codes)))
    if not json:
        tell(f"{count} parcels, {errors} errors", f"{count} 票，{errors} 处错误")
    raise typer.Exit(1 if errors else 0)


@commands.command("follow")
@over_ledger
def follow(
    folders: Folders,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Note the records with which the messages in folders declared parcels: what is frozen then changes no more. Can be run again."""
    at = clock_of(now, "--now")()
    with ledger.begin() as connection:
        new = note_uses(connection, declared_uses(folders), at=at)
    tell(f"{new} records used for the first time", f"{new} 条备案首次用于申报")


def _version(connection: LedgerConnection, standing: GoodsStanding, version: int) -> Any:
    found = version_of(connection, standing, version)
    if found is None:
        raise misuse(f"{standing.sku} has no version {version} 货号 {standing.sku} 没有版本 {version}")
    return found


def _changes_of(
    connection: LedgerConnection, records: GoodsRecords
) -> dict[tuple[str, str], tuple[GoodsDifference, ...]]:
    """Return the changes that a list would make in the ledger, by SKU and account book."""
    found = {}
    for each in records.values():
        key = (each.sku, each.account_book_no or "")
        standing = find_goods(connection, *key)
        found[key] = differences(standing.record if standing else None, each)
    return found


def _uses(messages: Iterable[Path], parcels: Path | None, on: str | None) -> Iterator[GoodsUse]:
    yield from declared_uses(messages)
    if parcels:
        for parcel in examined(parcels, area_of(None, None), on, None):
            if parcel.declaration is not None:
                yield from uses_of(parcel.declaration)
