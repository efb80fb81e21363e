"""The commands ``quota`` (额度库): who may still buy, which orders hold what, and how receipts move it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table

from customs.bilingual import halves
from customs.cli import files
from customs.cli.app import app, misuse, screen, tell
from customs.cli.areas import area_of
from customs.cli.common import MAY_BE_NEGATIVE, AsJson, Folders, Now, On, clock_of, day_of
from customs.cli.language import words
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.parcels import ParcelFile, RateFile, UsdRate, examined, exchange_of
from customs.fields.moments import Clock
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.people import find_person
from customs.ledger.quota import (
    OrderUnknownError,
    QuotaAnswer,
    QuotaStanding,
    close_year,
    correct,
    follow_parcel,
    free_lapsed,
    may_buy,
    order_key,
    order_standing,
    orders_numbered,
    quota_of,
    quota_order_of,
    reserve,
    void,
)
from customs.receipts.streams import TrackedParcel, track_all

TicketBy = Annotated[str, typer.Option("--by", help="Who decides it.")]
TicketWhy = Annotated[str, typer.Option("--reason", help="Why; it stands in the ledger, so no personal data.")]
Ticket = Annotated[str, typer.Option("--ticket", help="Number of the ticket; the same one counts once.")]

#: What becomes of the quota of a parcel, in Chinese too.
_MOVES: Mapping[str, str] = {
    "taken": "占用",
    "put back": "恢复预占",
    "restored": "退还",
    "unchanged": "不变",
    "unknown": "额度库中没有",
}

commands = typer.Typer(help="Yearly quota of buyers: ask, reserve, follow the receipts, correct. 额度库")


@commands.command("ask")
@over_ledger
def ask(
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="Dutiable value of the order, in CNY.")],
    pieces: Annotated[int, typer.Option(help="Pieces of the order; one alone may exceed the single limit.")] = 1,
    on: On = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Say whether a buyer may buy for an amount; the identity number is asked for. Exits 1 if not."""
    value, buyer = amount_of("AMOUNT", amount), _asked_for()
    with ledger.read() as connection:
        answer = may_buy(connection, buyer, value, on=day_of(on), pieces=Decimal(pieces))
    if json:
        typer.echo(files.to_json(_of_answer(answer)))
    else:
        screen.print(words(answer.told(), answer.told(chinese=True)), highlight=False, soft_wrap=True)
    raise typer.Exit(0 if answer.allowed else 1)


@commands.command("show")
@over_ledger
def show(
    on: On = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show what a buyer has used and which orders are in flight; the identity number is asked for."""
    buyer = _asked_for()
    with ledger.read() as connection:
        found = quota_of(connection, buyer, on=day_of(on))
    if json:
        typer.echo(files.to_json(_of_standing(found)))
        return
    table = Table(box=SIMPLE)
    for heading in (words("year", "年度"), words("used", "已用"), words("in flight", "在途"), words("left", "可用")):
        table.add_column(heading, justify="right")
    table.add_row(str(found.year), *[f"{each:,.2f}" for each in (found.used, found.held, found.left)])
    screen.print(table)
    for each in found.in_flight:
        screen.print(f"{each.order}  {each.amount:,.2f}  {each.since:%Y-%m-%d %H:%M}", highlight=False, soft_wrap=True)


@commands.command("order")
@over_ledger
def of_order(
    order_no: Annotated[str, typer.Argument(metavar="ORDER", help="The order number, or PLATFORM/ORDER.")],
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Show what an order holds and has used. Exits 1 if the ledger does not know it."""
    with ledger.read() as connection:
        found = [(key, order_standing(connection, key)) for key in _keys_of(connection, order_no)]
    if not found:
        tell(f"the quota knows no order {order_no}", f"额度库中没有订单 {order_no}")
        raise typer.Exit(1)
    for key, standing in found:
        held, used = dict(standing.held), dict(standing.used)
        if json:
            typer.echo(files.to_json({"order": key, "held": held, "used": used}))
        else:
            told = words("holds", "预占"), words("used", "已用")
            parts = [f"{word} {_by_year(each)}" for word, each in zip(told, (held, used), strict=True)]
            screen.print(f"{key}: {', '.join(parts)}", highlight=False, soft_wrap=True)


@commands.command("reserve")
@over_ledger
def reserved(
    file: ParcelFile,
    on: On = None,
    rates: RateFile = None,
    usd_rate: UsdRate = None,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
    even_over: Annotated[
        bool, typer.Option("--even-over", help="Also what is over a limit: for parcels that were declared before.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Reserve the quota of the orders of a file of parcels; those that do not fit are named with the reason, and exit 1.

    Running it again is always safe: an order is reserved once.
    """
    at, stopped, count = clock_of(now, "--now")(), 0, 0
    with ledger.opened() as opened:
        for parcel in examined(file, area_of(None, None), on, rates, exchange=exchange_of(usd_rate)):
            if parcel.assessment is None or parcel.declaration is None:
                tell(
                    f"order {parcel.order_no or '?'}: it cannot be assessed, see customs check",
                    f"订单 {parcel.order_no or '?'}：无法计税，请用 customs check 查看",
                )
                stopped += 1
                continue
            order = quota_order_of(parcel.declaration, parcel.assessment)
            try:
                with opened.begin() as connection:
                    answer = reserve(connection, order, at=at, enforced=not even_over)
            except CauseUsedError as error:
                tell(*halves(str(error)))
                stopped += 1
                continue
            count += 1
            goes = answer.allowed or even_over
            stopped += not goes
            if json:
                typer.echo(files.to_json({"order": order.order, **_of_answer(answer)}))
            elif not goes:
                tell(f"{order.order}: {answer.told()}", f"{order.order}：{answer.told(chinese=True)}")
    if not json:
        tell(f"{count} orders, {stopped} stopped", f"{count} 单，其中 {stopped} 单被拦下")
    raise typer.Exit(1 if stopped else 0)


@commands.command("follow")
@over_ledger
def follow(
    folders: Folders,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Move the quota of orders as the receipts in folders say. Running it again changes nothing."""
    clock, counts = clock_of(now, "--now"), dict.fromkeys(_MOVES, 0)
    with ledger.opened() as opened:
        for parcel in track_all(folders).parcels:
            with opened.begin() as connection:
                counts[_followed(connection, parcel, clock)] += 1
    if json:
        typer.echo(files.to_json(counts))
        return
    screen.print(
        words(
            ", ".join(f"{name} {count}" for name, count in counts.items()),
            "，".join(f"{name} {count}" for name, count in zip(_MOVES.values(), counts.values(), strict=True)),
        ),
        highlight=False,
        soft_wrap=True,
    )


@commands.command("give-up")
@over_ledger
def give_up(
    order_no: Annotated[list[str], typer.Argument(metavar="ORDER...", help="The order number, or PLATFORM/ORDER.")],
    ticket: Ticket,
    by: TicketBy,
    reason: TicketWhy,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Free what orders hold that are given up. Exits 1 if one holds nothing."""
    at, freed = clock_of(now, "--now")(), 0
    cause = EntryCause("ticket", ticket, by=by, why=reason)
    with ledger.begin() as connection:
        for number in order_no:
            done = [void(connection, key, cause, at=at) for key in _keys_of(connection, number)]
            freed += any(done)
    tell(f"{freed} of {len(order_no)} orders freed", f"{len(order_no)} 单中 {freed} 单已释放")
    raise typer.Exit(0 if freed == len(order_no) else 1)


@commands.command("correct", context_settings=MAY_BE_NEGATIVE)
@over_ledger
def corrected(
    amount: Annotated[
        str, typer.Argument(metavar="AMOUNT", help="By how much the use changes, in CNY; -40 gives back.")
    ],
    ticket: Ticket,
    by: TicketBy,
    reason: TicketWhy,
    on: On = None,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Correct what a buyer has used in a year, by a ticket; the identity number is asked for. Exits 1 if it was entered before."""
    value, buyer = amount_of("AMOUNT", amount), _asked_for()
    cause = EntryCause("ticket", ticket, by=by, why=reason)
    with ledger.begin() as connection:
        person = find_person(connection, *buyer)
        if person is None:
            raise misuse("the ledger does not know this person 账簿中没有此人")
        try:
            new = correct(connection, person, cause, year=day_of(on).year, by_amount=value, at=clock_of(now, "--now")())
        except ValueError as error:
            raise misuse(str(error)) from None
    raise typer.Exit(0 if new else 1)


@commands.command("close-year")
@over_ledger
def year_closed(
    year: Annotated[int, typer.Argument(metavar="YEAR", help="The year that has ended.")],
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Move what is still in flight at the end of a year into the next one. Running it again changes nothing."""
    with ledger.begin() as connection:
        moved = close_year(connection, year, at=clock_of(now, "--now")())
    tell(f"{moved} orders moved into {year + 1}", f"{moved} 单转入 {year + 1} 年度")


@commands.command("lapse")
@over_ledger
def lapsed(
    before: Annotated[
        str, typer.Option("--before", metavar="DAY", help="Day before which an order was reserved, YYYY-MM-DD.")
    ],
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
) -> None:
    """Free what orders hold that were reserved before a day and never taken. Running it again changes nothing."""
    day = datetime.combine(day_of(before), time())
    with ledger.begin() as connection:
        count = free_lapsed(connection, reserved_before=day, at=clock_of(now, "--now")())
    tell(f"{count} orders freed", f"已释放 {count} 单")


def amount_of(name: str, text: str) -> Decimal:
    """Return an amount in CNY that was given; anything else is misuse."""
    try:
        value = Decimal(text)
        if value.is_finite() and value == value.quantize(Decimal("0.01")):
            return value
    except InvalidOperation:
        pass
    raise misuse(f"{name}: {text!r} is no amount in CNY, such as 450.10 金额应如 450.10")


def _asked_for() -> tuple[str, str]:
    """The identity number, which never stands on the command line."""
    number = typer.prompt(words("identity number", "证件号码"), hide_input=True, err=True)
    return "1", number.strip().upper()


def _keys_of(connection: LedgerConnection, number: str) -> Sequence[str]:
    if not number:
        return ()
    if "/" not in number:
        return orders_numbered(connection, number)
    try:
        order_standing(connection, number)
    except OrderUnknownError:
        return ()
    return (number,)


def _followed(connection: LedgerConnection, parcel: TrackedParcel, clock: Clock) -> str:
    """Move the quota of one parcel; return what was done."""
    order_no = dict(parcel.numbers).get("order_no", "")
    fields = [dict(each.key.fields) for each in parcel.state.history]
    platform = next((each["platform_code"] for each in fields if "platform_code" in each), "")
    for key in _keys_of(connection, order_key(platform, order_no) if platform else order_no):
        return follow_parcel(connection, key, parcel.state, at=clock())
    return "unknown"


def _of_answer(answer: QuotaAnswer) -> dict[str, Any]:
    return {
        "verdict": answer.verdict,
        "allowed": answer.allowed,
        "amount": answer.amount,
        "used": answer.used,
        "held": answer.held,
        "left": answer.left,
        "in_flight": [each.order for each in answer.in_flight],
        "en": answer.told(),
        "zh": answer.told(chinese=True),
    }


def _of_standing(found: QuotaStanding) -> dict[str, Any]:
    flying = [{"order": each.order, "amount": each.amount, "since": each.since.isoformat()} for each in found.in_flight]
    return {"year": found.year, "used": found.used, "held": found.held, "left": found.left, "in_flight": flying}


def _by_year(amounts: dict[int, Decimal]) -> str:
    return ", ".join(f"{amount:,.2f} ({year})" for year, amount in amounts.items()) or "0.00"


app.add_typer(commands, name="quota")
