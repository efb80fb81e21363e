"""The commands ``outbox`` (发件箱): what waits, what is parked or dead and why, and a person's word on it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from customs.cli import files
from customs.cli.app import app, misuse, screen
from customs.cli.common import AsJson
from customs.cli.exchanging import ConfigToExchange, StateToExchange, boxes_used, exchange_of, names_of
from customs.cli.language import words
from customs.cli.sending import row_of, show_row
from customs.exchange.destinations import Exchange
from customs.exchange.outbox import OutboxEntry, UnknownDeliveryError, instant
from customs.exchange.standing import DeliveryEvent, DeliveryState, Standing, buried, held, released, retried
from customs.exchange.stored_inbox import StoredInbox, inboxes, open_inbox
from customs.exchange.stored_outbox import StoredOutbox, open_outbox, outboxes, read_outbox
from customs.fields.moments import system_clock
from customs.journal import JournalError, read_journal

MessageNumber = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NUMBER]...", help="Id or file name of a message, or a number of a parcel in it."),
]
MessageNumbers = Annotated[
    list[str], typer.Argument(metavar="NUMBER...", help="Id or file name of a message, or a number of a parcel in it.")
]
OnlyOf = Annotated[str | None, typer.Option("--to", metavar="NAME", help="Only of this destination.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stands in the history of the message.")]

commands = typer.Typer(help="Messages that wait, are parked or dead: list them, say what is to be done. 发件箱")


@commands.command("list")
def listed(
    number: MessageNumber = None,
    config: ConfigToExchange = None,
    state: StateToExchange = None,
    to: OnlyOf = None,
    every: Annotated[bool, typer.Option("--all", help="Also what was handed over.")] = False,
    json: AsJson = False,
) -> None:
    """Show the messages that are not handed over, with the reason and the time of their next turn; of a number its history."""
    exchange = exchange_of(config, state)
    states = tuple(DeliveryState) if every or number else tuple(set(DeliveryState) - {DeliveryState.HANDED_OVER})
    _show_all(exchange, to, number, states, json=json)


@commands.command("dead")
def dead(
    number: MessageNumber = None,
    config: ConfigToExchange = None,
    state: StateToExchange = None,
    to: OnlyOf = None,
    reason: ReasonOption = "",
    json: AsJson = False,
) -> None:
    """Show the messages that were refused for good, with the reason; with numbers and a reason, give these up."""
    exchange = exchange_of(config, state)
    if number:
        if not reason:
            raise misuse("--reason: say why these messages are given up 请以 --reason 说明作废原因")
        _say_of(exchange, to, number, lambda standing: buried(standing, instant(system_clock()), reason))
        return
    _show_all(exchange, to, None, (DeliveryState.DEAD,), json=json)


@commands.command("hold")
def hold(
    number: MessageNumbers,
    config: ConfigToExchange = None,
    state: StateToExchange = None,
    to: OnlyOf = None,
    reason: ReasonOption = "",
) -> None:
    """Hold messages that wait, until they are released."""
    told = reason or "held by a person 人工暂缓"
    _say_of(exchange_of(config, state), to, number, lambda standing: held(standing, instant(system_clock()), told))


@commands.command("release")
def release(
    number: MessageNumbers, config: ConfigToExchange = None, state: StateToExchange = None, to: OnlyOf = None
) -> None:
    """Let messages go on that are held or parked."""
    _say_of(exchange_of(config, state), to, number, lambda standing: released(standing, instant(system_clock())))


@commands.command("retry")
def retry(
    number: MessageNumbers,
    config: ConfigToExchange = None,
    state: StateToExchange = None,
    to: OnlyOf = None,
    even_if_sent: Annotated[
        bool,
        typer.Option("--even-if-sent", help="Also what was handed over, if the other side says that it has nothing."),
    ] = False,
) -> None:
    """Have the same bytes handed over again with the next send, after you saw that the other side does not have them."""
    _say_of(
        exchange_of(config, state),
        to,
        number,
        lambda standing: retried(standing, instant(system_clock()), even_if_sent=even_if_sent),
    )


@commands.command("erase")
def erase(
    order_no: Annotated[str, typer.Argument(metavar="ORDER", help="The order number.")],
    config: ConfigToExchange = None,
    state: StateToExchange = None,
) -> None:
    """Erase the copies of an order's messages and receipts for good; their entries stay. Files in folders are yours."""
    exchange = exchange_of(config, state)
    numbers = {order_no, *_numbers_of(exchange.state, order_no)}
    count = 0
    with boxes_used(), ExitStack() as opened:
        boxes: list[StoredOutbox | StoredInbox] = [
            *(
                opened.enter_context(open_outbox(exchange.state, name, master=exchange.master))
                for name in outboxes(exchange.state)
            ),
            *(
                opened.enter_context(open_inbox(exchange.state, name, master=exchange.master))
                for name in inboxes(exchange.state)
            ),
        ]
        for each in boxes:
            count += each.erase(numbers)
    if not count:
        raise misuse(f"no copy of {order_no!r} is kept, or it was erased already 没有该订单的副本，或已删除")
    screen.print(words(f"{count} copies erased", f"已删除副本 {count} 份"), highlight=False, markup=False)


def _numbers_of(state: Path, order_no: str) -> set[str]:
    """Return the numbers under which the journal knows the documents of an order."""
    try:
        with read_journal(state) as journal:
            found = list(journal.carrying_order(order_no))
    except JournalError:
        return set()
    return {number for each in found for number in (each.waybill_no, each.payment_no, each.internal_no) if number}


def _show_all(
    exchange: Exchange, to: str | None, number: Sequence[str] | None, states: Sequence[DeliveryState], *, json: bool
) -> None:
    shown = 0
    with boxes_used():
        for name in names_of(exchange, to):
            if name not in outboxes(exchange.state):
                continue
            with read_outbox(exchange.state, name) as outbox:
                found = list(_chosen(outbox, number) if number else outbox.entries(states))
                shown += len(found)
                for each in found:
                    _show(outbox, name, each, json=json, history=bool(number))
    raise typer.Exit(0 if shown or not number else 1)


def _show(outbox: StoredOutbox, name: str, entry: OutboxEntry, *, json: bool, history: bool) -> None:
    events = outbox.history(entry.id) if history else ()
    if json:
        row = {"destination": name, **row_of(entry)}
        if history:
            row["history"] = [_event_row(each) for each in events]
        typer.echo(files.to_json(row))
        return
    screen.print(f"{name} {entry.name}", highlight=False, markup=False)
    show_row(row_of(entry), screen)
    for each in events:
        line = f"        {each.at:%F %T}  {each.happening} {each.outcome or ''}  {each.said}".rstrip()
        screen.print(line, highlight=False, markup=False, soft_wrap=True)


def _event_row(event: DeliveryEvent) -> dict[str, str | None]:
    return {
        "at": event.at.isoformat(timespec="seconds"),
        "happening": event.happening,
        "state": event.state.value,
        "outcome": event.outcome,
        "said": event.said,
    }


def _chosen(outbox: StoredOutbox, numbers: Sequence[str]) -> Iterator[OutboxEntry]:
    """Yield the messages of an id, a file name, or a business number, each once."""
    seen: set[str] = set()
    for number in numbers:
        try:
            found: tuple[OutboxEntry, ...] = (outbox.entry(number),)
        except UnknownDeliveryError:
            found = outbox.of_file(number) or outbox.of_number(number)
        for each in found:
            if each.id not in seen:
                seen.add(each.id)
                yield each


def _say_of(
    exchange: Exchange, to: str | None, numbers: Sequence[str], event_of: Callable[[Standing], DeliveryEvent | None]
) -> None:
    """Enter a person's word on messages; say what it changed."""
    found, changed = 0, 0
    with boxes_used():
        for name in names_of(exchange, to):
            if name not in outboxes(exchange.state):
                continue
            with open_outbox(exchange.state, name, master=exchange.master) as outbox:
                entries = list(_chosen(outbox, numbers))
                events = [(each.id, event) for each in entries if (event := event_of(each.standing))]
                outbox.enter(events)
                found, changed = found + len(entries), changed + len(events)
                for id_, _ in events:
                    show_row(row_of(outbox.entry(id_)), screen)
    if not found:
        raise misuse(f"no message has the number {', '.join(numbers)} 发件箱中没有该编号的报文")
    if not changed:
        raise misuse(
            "the state of these messages does not allow it: see outbox list 报文当前状态不允许此操作，见 outbox list"
        )


app.add_typer(commands, name="outbox")
