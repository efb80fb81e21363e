"""The commands ``goods`` that keep records (商品备案中心): lists entered, states, history, lists written."""

from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from customs.bilingual import halves
from customs.cli import files
from customs.cli.app import misuse, misuse_of, screen, tell
from customs.cli.common import AsJson, Now, On, clock_of, day_of
from customs.cli.goods import commands
from customs.cli.goods_options import RecordBook, RecordsFile, RecordSku, SheetName, record_of, records_in
from customs.cli.goods_shown import (
    MOVES,
    days_shown,
    entered_values,
    goods_table,
    show_entered,
    standing_values,
    state_words,
)
from customs.cli.language import label, words
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.parcels import echo
from customs.files import write_whole
from customs.intake.sheets import SheetError
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.goods import (
    GoodsMoveError,
    GoodsState,
    enter_goods,
    expiring,
    goods_list,
    goods_of_sku,
    history_of,
    kept_goods,
    move_goods,
)


@commands.command("import")
@over_ledger
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
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Enter the goods records of a list: what changed is a new version. Exits 1 if a change is not allowed."""
    records, at = records_in(file, sheet, json=json), clock_of(now, "--now")()
    number = f"{sha256(file.read_bytes()).hexdigest()[:16]}/{at:%Y%m%d%H%M%S}"
    cause = EntryCause("file", number, by=by, why=reason)
    with ledger.begin() as connection:
        entered = [enter_goods(connection, each, cause, at=at, unsaid=unsaid) for each in records.values()]
    counts = {move: sum(each.move == move for each in entered) for move in MOVES}
    for each in entered:
        if json:
            echo(files.to_json(entered_values(each)))
        elif each.move != "same":
            show_entered(each)
    if json:
        echo(files.to_json(counts))
    else:
        en = ", ".join(f"{name} {count}" for name, count in counts.items())
        zh = "，".join(f"{MOVES[name]} {count}" for name, count in counts.items())
        screen.print(words(en, zh), highlight=False, soft_wrap=True)
    raise typer.Exit(1 if counts["frozen"] else 0)


@commands.command("show")
@over_ledger
def show(
    sku: Annotated[list[str] | None, typer.Argument(metavar="SKU...", help="SKUs; all records if left out.")] = None,
    state: Annotated[GoodsState | None, typer.Option("--state", help="Only records in this state.")] = None,
    on: On = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show goods records with state, version and days; those that end within 60 days are marked. Exits 1 if a SKU is unknown."""
    day = day_of(on)
    with ledger.read() as connection:
        every = [*kept_goods(connection)] if not sku else [e for each in sku for e in goods_of_sku(connection, each)]
    chosen = [each for each in every if state is None or each.last.state is state]
    missing = sorted(set(sku or ()) - {each.sku for each in every})
    table = goods_table(
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
            echo(files.to_json(standing_values(each) | {"days_left": left}))
        ends = str(held.valid_until or "")
        cells = (each.sku, each.account_book_no, state_words(each.last.state), str(each.last.version))
        table.add_row(*cells, str(each.last.in_force or ""), held.facts.get("hs_code", ""), ends, days_shown(left))
    if not json:
        screen.print(table)
    for each_sku in missing:
        tell(f"the ledger has no goods record {each_sku}", f"账簿中没有货号 {each_sku} 的备案")
    raise typer.Exit(1 if missing else 0)


@commands.command("history")
@over_ledger
def history(
    sku: RecordSku,
    book: RecordBook = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show the changes of a goods record: each state and version with its cause and who decided it."""
    with ledger.read() as connection:
        changes = history_of(connection, record_of(connection, sku, book))
    table = goods_table(
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
        cells = (f"{each.at:%Y-%m-%d %H:%M}", label(kind), state_words(each.state), str(each.version))
        table.add_row(*cells, str(each.in_force or ""), f"{cause.kind} {cause.id}", cause.by, cause.why)
    if not json:
        screen.print(table)


@commands.command("mark")
@over_ledger
def mark(
    state: Annotated[GoodsState, typer.Argument(metavar="STATE", help="The state that the records have now.")],
    sku: Annotated[list[str], typer.Argument(metavar="SKU...", help="SKUs of the records.")],
    ticket: Annotated[str, typer.Option("--ticket", help="Number of the ticket; the same one counts once.")],
    by: Annotated[str, typer.Option("--by", help="Who decides it.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the ledger, so no personal data.")],
    book: RecordBook = None,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Bring records into a state: submitted, on_record, refused, suspended, withdrawn or draft. All of them, or none."""
    at, cause, new = clock_of(now, "--now")(), EntryCause("ticket", ticket, by=by, why=reason), 0
    with ledger.opened() as opened:
        try:
            with opened.begin() as connection:
                for each in sku:
                    key = (each, record_of(connection, each, book).account_book_no)
                    new += move_goods(connection, key, state, cause, at=at)
        except (GoodsMoveError, CauseUsedError) as error:
            tell(*halves(str(error)))
            raise typer.Exit(1) from None
    tell(f"{new} of {len(sku)} records changed", f"{len(sku)} 条备案中 {new} 条已变更")


@commands.command("export")
@over_ledger
def export(
    out: Annotated[Path, typer.Argument(metavar="OUT", help="File to write, .xlsx or .csv.", dir_okay=False)],
    state: Annotated[GoodsState | None, typer.Option("--state", help="Only records in this state.")] = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Write the goods records as a list that can be entered again, XLSX or CSV."""
    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise misuse(f"{out.name} is neither .csv nor .xlsx 输出文件应为 .csv 或 .xlsx")
    with ledger.read() as connection:
        chosen = [each for each in kept_goods(connection) if state is None or each.last.state is state]
    try:
        written = goods_list(chosen, workbook=out.suffix.lower() == ".xlsx")
    except SheetError as error:
        raise misuse_of(error.en, error.zh) from None
    write_whole(out, written)
    tell(f"{len(chosen)} records in {out.name}", f"{len(chosen)} 条备案已写入 {out.name}")
