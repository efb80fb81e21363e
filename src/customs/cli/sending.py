"""The command ``send`` (发送): messages into the outbox of their destination, and out of it."""

import random
import shlex
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, TextColumn

from customs.bilingual import halves
from customs.cli import files
from customs.cli.app import INTERRUPTED, app, misuse, screen, side, tell
from customs.cli.common import AsJson
from customs.cli.enterprise import CONFIG
from customs.cli.exchanging import ConfigToExchange, StateToExchange, boxes_opened, exchange_of
from customs.cli.language import Language, label, language, words
from customs.exchange.boxes import Boxes, FolderBoxes, KeptOutbox
from customs.exchange.contract import WayError
from customs.exchange.delivery_words import DELIVERY_WORDS
from customs.exchange.destinations import Destination, Exchange, load_exchange
from customs.exchange.envelopes import NotEnvelopedError
from customs.exchange.messages_in_files import MessageFile, UnreadMessage, message_files
from customs.exchange.opening import opened_to_send
from customs.exchange.outbox import Dispatch, OtherBytesError, OutboxEntry, UnknownDeliveryError, instant
from customs.exchange.sending import SendReport, send_due
from customs.exchange.standing import DeliveryEvent, DeliveryState
from customs.fields.moments import system_clock

#: Messages that are put with one forced write.
_TOGETHER = 100

#: Messages that are shown one by one; of more, how many there are.
MOST_SHOWN = 10


@app.command("send")
def send(
    messages: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[DIR|FILES]...",
            help="Folder or files of messages; what is in the outbox already if left out.",
            exists=True,
        ),
    ] = None,
    config: ConfigToExchange = None,
    state: StateToExchange = None,
    to: Annotated[str | None, typer.Option("--to", metavar="NAME", help="Only to this destination.")] = None,
    wait: Annotated[
        float,
        typer.Option("--wait", metavar="SECONDS", min=0, help="Go on as long as the next turn comes within this time."),
    ] = 60,
    json: AsJson = False,
) -> None:
    """Hand messages over to their destinations. Running it again is always safe: nothing is sent twice, and what is open goes on."""
    exchange = exchange_of(config, state)
    chosen = _destinations(exchange, to)
    given, unread = _given(messages or [], exchange)
    spare = [each for each in given if not any(to_it.takes(each.delivery, each.area) for to_it in chosen)]
    done = []
    try:
        with boxes_opened(exchange) as boxes:
            for destination in chosen:
                mine = [each for each in given if destination.takes(each.delivery, each.area)]
                done.append(_sent(exchange, boxes, destination, mine, wait))
    except KeyboardInterrupt:
        tell(
            "interrupted: every message is in the outbox with its state; run the same command again to go on",
            "已中断：各报文及其状态均已记入发件箱，重新执行同一命令即可继续",
        )
        raise typer.Exit(INTERRUPTED) from None
    for each in done:
        typer.echo(files.to_json(each)) if json else _show(each, listing(each["destination"], exchange))
    _tell_unsent(unread, spare)
    open_left = any(each["failed"] or each["refused"] or each["open"] for each in done)
    raise typer.Exit(1 if unread or spare or open_left else 0)


def _destinations(exchange: Exchange, name: str | None) -> tuple[Destination, ...]:
    try:
        return exchange.named(name or "")
    except LookupError as error:
        raise misuse(str(error)) from None


def _given(paths: Sequence[Path], exchange: Exchange) -> tuple[list[MessageFile], list[UnreadMessage]]:
    """Return the messages in files, by the journal of the enterprise or, for a folder, the one in it."""
    folders = dict.fromkeys([exchange.state, *(path if path.is_dir() else path.parent for path in paths)])
    found = list(message_files(paths, folders))
    return (
        [each for each in found if isinstance(each, MessageFile)],
        [each for each in found if isinstance(each, UnreadMessage)],
    )


def _sent(
    exchange: Exchange, boxes: Boxes, destination: Destination, given: Sequence[MessageFile], wait: float
) -> dict[str, Any]:
    """Put messages and send what is due; return what is told of a destination."""
    with _progress(destination) as told:
        try:
            with opened_to_send(
                exchange,
                boxes,
                destination,
                clock=system_clock,
                chance=random.Random(),  # noqa: S311  for a jitter
                told=told,
            ) as (outbox, way, conditions):
                before = _sent_before(exchange, destination, given)
                put, refused = _put(outbox, destination, [each for each in given if each.delivery.id not in before])
                put["known"] += len(before)
                while _sleeps_until(report := send_due(outbox, way, conditions), wait):
                    pass
                return {**_told(destination, outbox, put, report), "refused": refused}
        except WayError as error:
            return {"destination": destination.name, "failed": str(error), "refused": [], "open": []}


def _sent_before(exchange: Exchange, destination: Destination, given: Sequence[MessageFile]) -> set[str]:
    """Return those messages that went from the state folder before the boxes were kept in the ledger: they go no more."""
    boxes, found = FolderBoxes(exchange.state, exchange.master), set[str]()
    if not exchange.in_ledger or destination.name not in boxes.outboxes():
        return found
    with boxes.outbox_to_read(destination.name) as outbox:
        for each in given:
            with suppress(UnknownDeliveryError):
                found.add(outbox.entry(each.delivery.id).id)
    return found


def _put(
    outbox: KeptOutbox, destination: Destination, given: Sequence[MessageFile]
) -> tuple[Counter[str], list[dict[str, str]]]:
    """Put messages, and count how many were new, known, or too large; return which could not be put, and why."""
    put: Counter[str] = Counter()
    refused: list[dict[str, str]] = []
    for place in range(0, len(given), _TOGETHER):
        addressed = []
        for each in given[place : place + _TOGETHER]:
            try:
                addressed.append(destination.addressed(each.delivery))
            except NotEnvelopedError as error:
                refused.append({"file": each.delivery.file_name, "said": str(error)})
        try:
            put.update(outbox.put(addressed, at=instant(system_clock()), most_bytes=destination.most_bytes))
        except OtherBytesError as error:
            raise misuse(str(error)) from None
    return put, refused


def _sleeps_until(report: SendReport, wait: float) -> bool:
    """Wait for the next turn if it comes soon; return False if it does not."""
    if report.next_due is None:
        return False
    left = (report.next_due - instant(system_clock())).total_seconds()
    if left > wait:
        return False
    time.sleep(max(left, 0))
    return True


@contextmanager
def _progress(destination: Destination) -> Iterator[Callable[[Dispatch, DeliveryEvent], None]]:
    """Show on a terminal how many turns were taken."""
    if not side.is_terminal:
        yield lambda dispatch, event: None
        return
    with Progress(
        TextColumn("{task.description}"), TextColumn("{task.completed}"), console=side, transient=True
    ) as bar:
        task = bar.add_task(escape(destination.name), total=None)
        yield lambda dispatch, event: bar.advance(task)


def _told(destination: Destination, outbox: KeptOutbox, put: Counter[str], report: SendReport) -> dict[str, Any]:
    counts = outbox.counts()
    left = [each for each in DELIVERY_WORDS if each is not DeliveryState.HANDED_OVER]
    return {
        "destination": destination.name,
        "failed": "",
        "put": put["put"] + put["too large"],
        "known": put["known"],
        "handed_over": report.handed_over,
        "states": {state.value: counts[state] for state in DELIVERY_WORDS if counts.get(state)},
        "outage": report.circuit.is_open,
        "next": report.next_due and report.next_due.isoformat(timespec="seconds"),
        "open": [row_of(each) for each in outbox.entries(left)],
    }


def row_of(entry: OutboxEntry) -> dict[str, Any]:
    """Return a message of an outbox for JSON and lists."""
    standing = entry.standing
    return {
        "id": entry.id,
        "type": entry.name,
        "file": entry.file_name,
        "bytes": entry.size,
        "documents": len(entry.documents),
        "put": entry.put_at.isoformat(timespec="seconds"),
        "state": standing.state.value,
        "attempts": standing.attempts,
        "due": standing.due and standing.due.isoformat(timespec="seconds"),
        "said": standing.said,
    }


def show_rows(rows: Sequence[Mapping[str, Any]], screen: Console, see_all: str) -> None:
    """Print messages of an outbox, of many the first ones alone and the command that lists them all."""
    for each in rows[:MOST_SHOWN]:
        show_row(each, screen)
    if more := len(rows[MOST_SHOWN:]):
        line = words(f"    and {more:,} more: {see_all}", f"    另有 {more:,} 份，全部见：{see_all}")
        screen.print(line, highlight=False, markup=False, soft_wrap=True)


def listing(destination: str, exchange: Exchange) -> str:
    """Return the command that lists what is open at a destination, with the files that the present command uses."""
    of_file = [] if exchange.file == CONFIG else ["--config", str(exchange.file)]
    of_state = [] if exchange.state == load_exchange(exchange.file).state else ["--state", str(exchange.state)]
    return shlex.join(["customs", "outbox", "list", "--to", destination, *of_file, *of_state])


def show_row(row: Mapping[str, Any], screen: Console) -> None:
    """Print a message of an outbox: its file, state and why."""
    en, zh = DELIVERY_WORDS[DeliveryState(row["state"])]
    due = f" {row['due'].replace('T', ' ')}" if row["due"] else ""
    said = f": {label(row['said'])}" if row["said"] else ""
    line = f"    {row['file']}  {row['id']}  {words(en, zh)}{due}{said}"
    screen.print(line, highlight=False, markup=False, soft_wrap=True)


def _show(told: Mapping[str, Any], see_all: str) -> None:
    if told["failed"]:
        en, zh = halves(told["failed"])
        tell(f"{told['destination']}: {en}", f"{told['destination']}：{zh or en}")
        return
    states = [f"{words(*DELIVERY_WORDS[DeliveryState(state)])} {count:,}" for state, count in told["states"].items()]
    new = words(f"{told['put']:,} new", f"新入 {told['put']:,}")
    colon, comma = ("：", "，") if language() is Language.CHINESE else (": ", ", ")
    line = f"{told['destination']}{colon}{comma.join([new, *states])}"
    screen.print(line, highlight=False, markup=False, soft_wrap=True)
    if told["outage"]:
        tell("the destination is out of order: one message at a time is tried", "接入点故障：逐份试发，其余暂缓")
    for each in told["refused"][:MOST_SHOWN]:
        tell(*halves(each["said"]))
    if more := len(told["refused"][MOST_SHOWN:]):
        tell(f"and {more:,} more that cannot be put into envelopes", f"另有 {more:,} 份无法封装")
    show_rows(told["open"], side, see_all)


def _tell_unsent(unread: Sequence[UnreadMessage], spare: Sequence[MessageFile]) -> None:
    for each in unread[:MOST_SHOWN]:
        en, zh = halves(each.reason)
        tell(f"{each.path} cannot be sent: {en}", f"{each.path} 无法发送：{zh or en}")
    for one in spare[:MOST_SHOWN]:
        name, area = one.delivery.file_name, one.area
        tell(
            f"{name} cannot be sent: no destination takes {one.delivery.name} of {area}, see its keys areas and messages",
            f"{name} 无法发送：没有接入点接收 {area} 的 {one.delivery.name}，请核对 areas 与 messages",
        )
    if more := sum(max(0, len(each) - MOST_SHOWN) for each in (unread, spare)):
        tell(f"and {more:,} more files that cannot be sent", f"另有 {more:,} 个文件无法发送")
