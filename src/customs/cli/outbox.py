"""The commands ``outbox`` (发件箱): what waits, what is parked or dead and why, and a person's word on it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from customs.cli import files
from customs.cli.app import app, misuse, screen
from customs.cli.common import AsJson
from customs.cli.exchanging import ConfigToExchange, StateToExchange, boxes_opened, exchange_of, names_of
from customs.cli.language import label, words
from customs.cli.sending import listing, row_of, show_row, show_rows
from customs.exchange.boxes import KeptInbox, KeptOutbox
from customs.exchange.circuit import Circuit
from customs.exchange.contract import HandOverOutcome
from customs.exchange.destinations import Exchange
from customs.exchange.outbox import Outbox, OutboxEntry, UnknownDeliveryError, instant
from customs.exchange.standing import (
    WAITING,
    DeliveryEvent,
    DeliveryState,
    Happening,
    Standing,
    buried,
    held,
    released,
    retried,
)
from customs.fields.moments import system_clock
from customs.journal import JournalError, read_journal

MessageNumber = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NUMBER]...", help="Id or file name of a message, or a number of a parcel in it."),
]
OnlyOf = Annotated[str | None, typer.Option("--to", metavar="NAME", help="Only of this destination.")]
#: The Chinese words for what happened to a message, and for what became of an attempt.
HAPPENINGS: Mapping[Happening, str] = {
    "put": "入箱",
    "claimed": "开始发送",
    "handed over": "发送",
    "interrupted": "中断",
    "looked up": "查询",
    "answered": "回执",
    "parked": "搁置",
    "held": "人工暂缓",
    "released": "放行",
    "retried": "人工重发",
    "buried": "作废",
}
OUTCOMES: Mapping[HandOverOutcome, str] = {"sent": "已送达", "not sent": "未送出", "unknown": "结果不明"}

ReasonOption = Annotated[str, typer.Option("--reason", help="Why; it stands in the history of the message.")]


class OutboxState(StrEnum):
    """The states of messages that a person may speak of, as the command line names them."""

    PREPARED = "prepared"
    NOT_SENT = "not-sent"
    UNKNOWN = "unknown"
    PARKED = "parked"
    DEAD = "dead"


OnlyStates = Annotated[
    list[OutboxState] | None, typer.Option("--only", help="All in this state, instead of numbers; may be repeated.")
]

commands = typer.Typer(help="Messages that wait, are parked or dead: list them, say what is to be done. 发件箱")


@commands.command("list")
def listed(
    number: MessageNumber = None,
    config: ConfigToExchange = None,
    state: StateToExchange = None,
    to: OnlyOf = None,
    every: Annotated[bool, typer.Option("--all", help="Also what was handed over.")] = False,
    only: OnlyStates = None,
    json: AsJson = False,
) -> None:
    """Show the messages that are not handed over, with the reason and the time of their next turn; of a number its history."""
    exchange = exchange_of(config, state)
    not_sent = set(DeliveryState) - {DeliveryState.HANDED_OVER}
    states = _states_of(only) if only else tuple(DeliveryState) if every or number else tuple(not_sent)
    _show_all(exchange, to, number, states, json=json)


@commands.command("dead")
def dead(
    number: MessageNumber = None,
    config: ConfigToExchange = None,
    state: StateToExchange = None,
    to: OnlyOf = None,
    only: OnlyStates = None,
    reason: ReasonOption = "",
    json: AsJson = False,
) -> None:
    """Show the messages that were refused for good, with the reason; with numbers or --only and a reason, give these up."""
    exchange = exchange_of(config, state)
    if number or only:
        if not reason:
            raise misuse("--reason: say why these messages are given up 请以 --reason 说明作废原因")
        choice = _choice(number, every=(), only=only)
        _say_of(exchange, to, choice, lambda standing: buried(standing, instant(system_clock()), reason), _GIVEN_UP)
        return
    _show_all(exchange, to, None, (DeliveryState.DEAD,), json=json)


@commands.command("hold")
def hold(
    number: MessageNumber = None,
    config: ConfigToExchange = None,
    state: StateToExchange = None,
    to: OnlyOf = None,
    every: Annotated[bool, typer.Option("--all", help="All that wait.")] = False,
    reason: ReasonOption = "",
) -> None:
    """Hold messages that wait, until they are released."""
    told = reason or "held by a person 人工暂缓"
    choice = _choice(number, every=WAITING if every else ())
    exchange = exchange_of(config, state)
    _say_of(exchange, to, choice, lambda standing: held(standing, instant(system_clock()), told), _HELD)


@commands.command("release")
def release(
    number: MessageNumber = None,
    config: ConfigToExchange = None,
    state: StateToExchange = None,
    to: OnlyOf = None,
    every: Annotated[bool, typer.Option("--all", help="All that are held or parked.")] = False,
) -> None:
    """Let messages go on that are held or parked. The next send tries the destination at once, also in an outage."""
    choice = _choice(number, every=(DeliveryState.PARKED,) if every else ())
    exchange = exchange_of(config, state)
    _say_of(exchange, to, choice, lambda standing: released(standing, instant(system_clock())), _RELEASED)


@commands.command("retry")
def retry(
    number: MessageNumber = None,
    config: ConfigToExchange = None,
    state: StateToExchange = None,
    to: OnlyOf = None,
    every: Annotated[
        bool,
        typer.Option("--all", help="All that certainly did not leave; not those that are unknown, held or dead."),
    ] = False,
    only: OnlyStates = None,
    even_if_sent: Annotated[
        bool,
        typer.Option("--even-if-sent", help="Also what was handed over, if the other side says that it has nothing."),
    ] = False,
) -> None:
    """Have the same bytes handed over again with the next send, after you saw that the other side does not have them.

    That send tries the destination at once, also in an outage.
    """
    choice = _choice(number, every=(DeliveryState.NOT_SENT, DeliveryState.PARKED) if every else (), only=only)
    choice = replace(choice, certain=every)
    exchange = exchange_of(config, state)

    def event_of(standing: Standing) -> DeliveryEvent | None:
        return retried(standing, instant(system_clock()), even_if_sent=even_if_sent)

    _say_of(exchange, to, choice, event_of, _RETRIED)


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
    with boxes_opened(exchange) as boxes, ExitStack() as opened:
        held: list[KeptOutbox | KeptInbox] = [
            *(opened.enter_context(boxes.outbox(name)) for name in boxes.outboxes()),
            *(opened.enter_context(boxes.inbox(name)) for name in boxes.inboxes()),
        ]
        for each in held:
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
    with boxes_opened(exchange) as boxes:
        for name in names_of(exchange, boxes, to):
            if name not in boxes.outboxes():
                continue
            with boxes.outbox_to_read(name) as outbox:
                found = list(_chosen(outbox, number) if number else outbox.entries(states))
                shown += len(found)
                for each in found:
                    _show(outbox, name, each, json=json, history=bool(number))
    raise typer.Exit(0 if shown or not number else 1)


def _show(outbox: Outbox, name: str, entry: OutboxEntry, *, json: bool, history: bool) -> None:
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
        outcome = words(each.outcome, OUTCOMES[each.outcome]) if each.outcome else ""
        happening = words(each.happening, HAPPENINGS[each.happening])
        line = f"        {each.at:%F %T}  {happening} {outcome}  {label(each.said)}".rstrip()
        screen.print(line, highlight=False, markup=False, soft_wrap=True)


def _event_row(event: DeliveryEvent) -> dict[str, str | None]:
    return {
        "at": event.at.isoformat(timespec="seconds"),
        "happening": event.happening,
        "state": event.state.value,
        "outcome": event.outcome,
        "said": event.said,
    }


def _chosen(outbox: Outbox, numbers: Sequence[str]) -> Iterator[OutboxEntry]:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Choice:
    """The messages of which a person speaks: those of numbers, or all in some states."""

    numbers: Sequence[str] = ()
    states: Sequence[DeliveryState] = ()
    certain: bool = False
    """True to leave out what may have arrived, and what a person holds."""

    def entries(self, outbox: Outbox) -> list[OutboxEntry]:
        """Return these messages of an outbox."""
        if self.numbers:
            return list(_chosen(outbox, self.numbers))
        found = outbox.entries(self.states)
        return [each for each in found if not self.certain or _certainly_not_sent(outbox, each)]


def _certainly_not_sent(outbox: Outbox, entry: OutboxEntry) -> bool:
    """True for a message that waits to be repeated, or is parked since it could not be handed over too many times."""
    if entry.standing.doubtful:
        return False
    if entry.standing.state is not DeliveryState.PARKED:
        return True
    return outbox.history(entry.id)[-1].outcome == "not sent"


def _choice(
    numbers: Sequence[str] | None, *, every: Sequence[DeliveryState] = (), only: Sequence[OutboxState] | None = None
) -> _Choice:
    """Return which messages are meant; it is misuse to say it in no way, or in two."""
    if sum(map(bool, (numbers, every, only))) != 1:
        raise misuse(
            "say which messages: their numbers, or all of them by an option, see --help "
            "请指明报文：给出编号，或以选项选取全部，见 --help"
        )
    return _Choice(numbers=numbers or (), states=every or _states_of(only or ()))


def _states_of(only: Sequence[OutboxState]) -> tuple[DeliveryState, ...]:
    return tuple(DeliveryState[each.name] for each in only)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a person on messages, in both languages; with ``ends_outage`` the destination is tried again at once."""

    en: str
    zh: str
    ends_outage: bool = False


_GIVEN_UP = _Word("given up", "已作废")
_HELD = _Word("held", "已暂缓")
_RELEASED = _Word("released", "已放行", ends_outage=True)
_RETRIED = _Word("to be handed over again", "待重发", ends_outage=True)


def _say_of(
    exchange: Exchange,
    to: str | None,
    choice: _Choice,
    event_of: Callable[[Standing], DeliveryEvent | None],
    word: _Word,
) -> None:
    """Enter a person's word on messages; say what it changed."""
    found, changed = 0, 0
    with boxes_opened(exchange) as boxes:
        for name in names_of(exchange, boxes, to):
            if name not in boxes.outboxes():
                continue
            with boxes.outbox(name) as outbox:
                entries = choice.entries(outbox)
                events = [(each.id, event) for each in entries if (event := event_of(each.standing))]
                ends = word.ends_outage and outbox.circuit.is_open and bool(events or not choice.numbers)
                outbox.enter(events, Circuit() if ends else None)
                found, changed = found + len(entries), changed + len(events)
                if events or ends:
                    show_rows([row_of(outbox.entry(id_)) for id_, _ in events], screen, listing(name, exchange))
                    _tell_changed(name, len(events), word, ends=ends)
    if choice.numbers and not found:
        raise misuse(f"no message has the number {', '.join(choice.numbers)} 发件箱中没有该编号的报文")
    if choice.numbers and not changed:
        raise misuse(
            "the state of these messages does not allow it: see outbox list 报文当前状态不允许此操作，见 outbox list"
        )
    if not choice.numbers and not changed:
        screen.print(words("no message is in such a state", "没有处于该状态的报文"), highlight=False, markup=False)


def _tell_changed(name: str, count: int, word: _Word, *, ends: bool) -> None:
    plural = "" if count == 1 else "s"
    en, zh = f"{name}: {count:,} message{plural} {word.en}", f"{name}：{count:,} 份报文{word.zh}"
    if ends:
        en, zh = f"{en}; the next send tries the destination at once", f"{zh}；下次 send 立即发送"
    screen.print(words(en, zh), highlight=False, markup=False, soft_wrap=True)


app.add_typer(commands, name="outbox")
