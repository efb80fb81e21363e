"""The commands ``goods`` over the ledger (商品备案中心): lists entered, states, history, differences, what a change touches."""

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.bilingual import halves
from customs.cli import files
from customs.cli.app import misuse, misuse_of, screen, tell
from customs.cli.areas import area_of
from customs.cli.common import AsJson, Folders, Now, On, clock_of, day_of
from customs.cli.goods import commands, refused_list
from customs.cli.language import label, words
from customs.cli.ledgers import ConfigOfLedger, LedgerKeyFile, LedgerUrl, ledger_opened
from customs.cli.parcels import ParcelFile, RateFile, echo, examined, show_texts
from customs.files import write_whole
from customs.intake.goods import GoodsRecords
from customs.intake.goods_sheets import goods_in
from customs.intake.problems import GoodsError
from customs.intake.sheets import SheetError
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.goods import (
    GoodsDifference,
    GoodsEntered,
    GoodsMoveError,
    GoodsStanding,
    GoodsState,
    GoodsUse,
    check_parcel_goods,
    declared_uses,
    differences,
    enter_goods,
    expiring,
    find_goods,
    goods_list,
    goods_of_sku,
    history_of,
    kept_goods,
    move_goods,
    note_uses,
    touched,
    uses_of,
    version_of,
)
from customs.ledger.goods.content import field_label
from customs.ledger.goods.states import STATE_WORDS
from customs.receipts.foresight import codes_avoided

RecordsFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="Goods list, CSV, XLSX or JSON.", exists=True, dir_okay=False)
]
RecordSku = Annotated[str, typer.Argument(metavar="SKU", help="SKU of the record.")]
RecordBook = Annotated[
    str | None, typer.Option("--book", metavar="NO", help="Account book of the record, where a SKU has several.")
]
SheetName = Annotated[str, typer.Option("--sheet", metavar="NAME", help="Sheet of a workbook.")]
ListOfGoods = Annotated[
    Path | None,
    typer.Option(
        "--goods", exists=True, dir_okay=False, help="Goods list whose changes are looked at before it is entered."
    ),
]

_MOVES: Mapping[str, str] = {
    "new": "新增",
    "changed": "变更",
    "state": "状态变更",
    "same": "不变",
    "frozen": "不得变更",
}


@commands.command("import")
def imported(
    file: RecordsFile,
    sheet: SheetName = "",
    unsaid: Annotated[
        GoodsState | None,
        typer.Option("--as", help="State of records for which the list says none; a draft if left out."),
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who decides it.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why the records change.")] = "",
    now: Now = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Enter the goods records of a list: what changed is a new version. Exits 1 if a change is not allowed."""
    records, at = _records_in(file, sheet, json=json), clock_of(now, "--now")()
    number = f"{sha256(file.read_bytes()).hexdigest()[:16]}/{at:%Y%m%d%H%M%S}"
    cause = EntryCause("file", number, by=by, why=reason)
    with ledger_opened(config, ledger, ledger_key) as opened, opened.begin() as connection:
        entered = [enter_goods(connection, each, cause, at=at, unsaid=unsaid) for each in records.values()]
    counts = {move: sum(each.move == move for each in entered) for move in _MOVES}
    for each in entered:
        if json:
            echo(files.to_json(_of_entered(each)))
        elif each.move != "same":
            _show_entered(each)
    if json:
        echo(files.to_json(counts))
    else:
        en = ", ".join(f"{name} {count}" for name, count in counts.items())
        zh = "，".join(f"{_MOVES[name]} {count}" for name, count in counts.items())
        screen.print(words(en, zh), highlight=False, soft_wrap=True)
    raise typer.Exit(1 if counts["frozen"] else 0)


@commands.command("show")
def show(
    sku: Annotated[list[str] | None, typer.Argument(metavar="SKU...", help="SKUs; all records if left out.")] = None,
    state: Annotated[GoodsState | None, typer.Option("--state", help="Only records in this state.")] = None,
    on: On = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Show goods records with state, version and days; those that end within 60 days are marked. Exits 1 if a SKU is unknown."""
    day = day_of(on)
    with ledger_opened(config, ledger, ledger_key) as opened, opened.read() as connection:
        every = [*kept_goods(connection)] if not sku else [e for each in sku for e in goods_of_sku(connection, each)]
    chosen = [each for each in every if state is None or each.last.state is state]
    missing = sorted(set(sku or ()) - {each.sku for each in every})
    table = _table(
        "goods records 商品备案",
        "SKU 货号",
        "book 账册",
        "state 状态",
        "version 版本",
        "in force 生效版本",
        "HS code 商品编码",
        "ends 到期",
        "left 剩余天数",
    )
    for each in chosen:
        held = each.in_force or each.record
        left = expiring(held, day)
        if json:
            echo(files.to_json(_of_standing(each) | {"days_left": left}))
        ends = str(held.valid_until or "")
        cells = (each.sku, each.account_book_no, _state(each.last.state), str(each.last.version))
        table.add_row(*cells, str(each.last.in_force or ""), held.facts.get("hs_code", ""), ends, _left(left))
    if not json:
        screen.print(table)
    for each_sku in missing:
        tell(f"the ledger has no goods record {each_sku}", f"账簿中没有货号 {each_sku} 的备案")
    raise typer.Exit(1 if missing else 0)


@commands.command("history")
def history(
    sku: RecordSku,
    book: RecordBook = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Show the changes of a goods record: each state and version with its cause and who decided it."""
    with ledger_opened(config, ledger, ledger_key) as opened, opened.read() as connection:
        changes = history_of(connection, _found(connection, sku, book))
    table = _table(
        f"{sku}",
        "at 时间",
        "change 变更",
        "state 状态",
        "version 版本",
        "in force 生效版本",
        "cause 事由",
        "by 经办",
        "why 原因",
    )
    for each in changes:
        cause = each.cause
        if json:
            row = {"at": each.at.isoformat(), "kind": each.kind, "state": each.state, "version": each.version}
            told = {"cause": f"{cause.kind} {cause.id}", "by": cause.by, "why": cause.why}
            echo(files.to_json(row | {"in_force": each.in_force, "used": each.used} | told))
        kind = {"version": "version 新版本", "state": "state 状态", "used": "used 首次申报"}[each.kind]
        cells = (f"{each.at:%Y-%m-%d %H:%M}", label(kind), _state(each.state), str(each.version))
        table.add_row(*cells, str(each.in_force or ""), f"{cause.kind} {cause.id}", cause.by, cause.why)
    if not json:
        screen.print(table)


@commands.command("diff")
def diff(
    sku: Annotated[str | None, typer.Argument(metavar="SKU", help="SKU of the record.")] = None,
    book: RecordBook = None,
    first: Annotated[
        int | None, typer.Option("--from", help="Earlier version; that before the newest if left out.")
    ] = None,
    second: Annotated[int | None, typer.Option("--to", help="Later version; the newest if left out.")] = None,
    goods: ListOfGoods = None,
    sheet: SheetName = "",
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Show what differs between two versions of a record, or between the ledger and a list. Exits 1 if anything does."""
    if (sku is None) is (goods is None):
        raise misuse("give a SKU, or --goods with a list 请给出货号，或用 --goods 给出备案表")
    with ledger_opened(config, ledger, ledger_key) as opened, opened.read() as connection:
        if goods is not None:
            found = _changes_of(connection, _records_in(goods, sheet, json=json))
        else:
            standing = _found(connection, sku or "", book)
            newest = second or standing.last.version
            before, after = [_version(connection, standing, each) for each in (first or max(newest - 1, 1), newest)]
            found = {(standing.sku, standing.account_book_no): differences(before, after)}
    table = _table("differences 差异", "SKU 货号", "field 字段", "before 变更前", "after 变更后")
    for (number, _), each_of in found.items():
        for each in each_of:
            if json:
                echo(files.to_json({"sku": number, "field": each.field, "before": each.before, "after": each.after}))
            table.add_row(number, field_label(each.field), Text(each.before), Text(each.after))
    if not json:
        screen.print(table)
    raise typer.Exit(1 if any(found.values()) else 0)


@commands.command("touched")
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
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Show the parcels in flight that a change of records touches: from messages, or a file of parcels. Exits 1 if there is one."""
    if (not sku) is (goods is None) or not (messages or parcels):
        raise misuse(
            "give SKUs or --goods, and --messages or --parcels 请给出货号或 --goods，并给出 --messages 或 --parcels"
        )
    count = 0
    table = _table(
        "parcels touched 受影响的包裹", "order 订单", "line 行", "SKU 货号", "record 备案料号", "list 清单标识"
    )
    with ledger_opened(config, ledger, ledger_key) as opened, opened.read() as connection:
        if goods is not None:
            changed = [
                key for key, each in _changes_of(connection, _records_in(goods, sheet, json=json)).items() if each
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
def check_parcels(
    file: ParcelFile,
    on: On = None,
    rates: RateFile = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Check the parcels of a file against the goods records before they are declared, with the codes that customs would answer."""
    errors = count = 0
    with ledger_opened(config, ledger, ledger_key) as opened, opened.read() as connection:
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
def follow(
    folders: Folders,
    now: Now = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
) -> None:
    """Note the records with which the messages in folders declared parcels: what is frozen then changes no more. Can be run again."""
    at = clock_of(now, "--now")()
    with ledger_opened(config, ledger, ledger_key) as opened, opened.begin() as connection:
        new = note_uses(connection, declared_uses(folders), at=at)
    tell(f"{new} records used for the first time", f"{new} 条备案首次用于申报")


@commands.command("mark")
def mark(
    state: Annotated[GoodsState, typer.Argument(metavar="STATE", help="The state that the records have now.")],
    sku: Annotated[list[str], typer.Argument(metavar="SKU...", help="SKUs of the records.")],
    ticket: Annotated[str, typer.Option("--ticket", help="Number of the ticket; the same one counts once.")],
    by: Annotated[str, typer.Option("--by", help="Who decides it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the ledger, so no personal data.")],
    book: RecordBook = None,
    now: Now = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
) -> None:
    """Bring records into a state: submitted, on_record, refused, suspended, withdrawn or draft. All of them, or none."""
    at, cause, new = clock_of(now, "--now")(), EntryCause("ticket", ticket, by=by, why=reason), 0
    with ledger_opened(config, ledger, ledger_key) as opened:
        try:
            with opened.begin() as connection:
                for each in sku:
                    key = (each, _found(connection, each, book).account_book_no)
                    new += move_goods(connection, key, state, cause, at=at)
        except (GoodsMoveError, CauseUsedError) as error:
            tell(*halves(str(error)))
            raise typer.Exit(1) from None
    tell(f"{new} of {len(sku)} records changed", f"{len(sku)} 条备案中 {new} 条已变更")


@commands.command("export")
def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="File to write, .xlsx or .csv.", dir_okay=False)],
    state: Annotated[GoodsState | None, typer.Option("--state", help="Only records in this state.")] = None,
    config: ConfigOfLedger = None,
    ledger: LedgerUrl = None,
    ledger_key: LedgerKeyFile = None,
) -> None:
    """Write the goods records as a list that can be entered again, XLSX or CSV."""
    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise misuse(f"{out.name} is neither .csv nor .xlsx 输出文件应为 .csv 或 .xlsx")
    with ledger_opened(config, ledger, ledger_key) as opened, opened.read() as connection:
        chosen = [each for each in kept_goods(connection) if state is None or each.last.state is state]
    try:
        written = goods_list(chosen, workbook=out.suffix.lower() == ".xlsx")
    except SheetError as error:
        raise misuse_of(error.en, error.zh) from None
    write_whole(out, written)
    tell(f"{len(chosen)} records in {out.name}", f"{len(chosen)} 条备案已写入 {out.name}")


def _records_in(file: Path, sheet: str, *, json: bool) -> GoodsRecords:
    try:
        return goods_in(file, sheet)
    except GoodsError as error:
        raise refused_list(error.problems, json=json) from None


def _found(connection: LedgerConnection, sku: str, book: str | None) -> GoodsStanding:
    """Return the record of a SKU; one that is not there, or that needs its book, is misuse."""
    found = goods_of_sku(connection, sku) if book is None else [find_goods(connection, sku, book)]
    standings = [each for each in found if each]
    if not standings:
        raise misuse(f"the ledger has no goods record {sku} 账簿中没有货号 {sku} 的备案")
    if len(standings) > 1:
        books = ", ".join(each.account_book_no or '""' for each in standings)
        raise misuse(
            f"{sku} is on record in several books: give --book, one of {books} 多本账册均有备案，请用 --book 指定"
        )
    return standings[0]


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


def _of_entered(entered: GoodsEntered) -> dict[str, Any]:
    return {
        "sku": entered.sku,
        "account_book_no": entered.account_book_no,
        "move": entered.move,
        "version": entered.version,
        "state": entered.state,
        "differences": [each._asdict() for each in entered.differences],
        "findings": [each.as_dict() for each in entered.findings],
    }


def _show_entered(entered: GoodsEntered) -> None:
    move = words(entered.move, _MOVES[entered.move])
    screen.print(f"{entered.sku}: {move}, {_state(entered.state)}", highlight=False, soft_wrap=True)
    for each in entered.differences:
        told = f"    {field_label(each.field)}: {each.before or '-'} -> {each.after or '-'}"
        screen.print(Text(told), highlight=False, soft_wrap=True)
    for finding in entered.findings:
        show_texts(finding, finding.code)


def _of_standing(each: GoodsStanding) -> dict[str, Any]:
    held = each.in_force or each.record
    return {
        "sku": each.sku,
        "account_book_no": each.account_book_no,
        "state": each.last.state,
        "version": each.last.version,
        "in_force": each.last.in_force,
        "used": each.last.used,
        "facts": dict(held.facts),
        "valid_from": str(held.valid_from or ""),
        "valid_until": str(held.valid_until or ""),
    }


def _state(state: GoodsState) -> str:
    return words(state.value, STATE_WORDS[state])


def _left(left: int | None) -> Text:
    return Text("" if left is None else str(left), style="yellow")


def _table(title: str, *headings: str) -> Table:
    table = Table(box=SIMPLE, title=label(title))
    for each in headings:
        table.add_column(label(each), overflow="fold")
    return table
