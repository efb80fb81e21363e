"""The command ``receive`` (接收): receipts from their destinations into the folder that ``customs track`` reads."""

import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from customs.bilingual import halves
from customs.cli import files
from customs.cli.app import INTERRUPTED, app, misuse, screen, tell
from customs.cli.common import AsJson
from customs.cli.exchanging import ConfigToExchange, StateToExchange, boxes_opened, exchange_of
from customs.cli.language import words
from customs.exchange.boxes import Boxes
from customs.exchange.contract import ExchangeWay, SetAside, WayError
from customs.exchange.destinations import Destination, Exchange
from customs.exchange.inbox import Inbox, TakenKind
from customs.exchange.opening import opened_to_receive
from customs.exchange.receiving import ReceiveConditions, ReceiveReport, receive
from customs.exchange.standing import delay
from customs.fields.moments import system_clock

#: Seconds until what may only be unfinished is looked at again, and how often within one run.
_SECOND_LOOK, _MOST_LOOKS = 1.0, 3

#: What a row has of things that are no receipts, each with its reason.
_ASIDE = ("set_aside", "left")


@app.command("receive")
def receive_receipts(
    config: ConfigToExchange = None,
    state: StateToExchange = None,
    sender: Annotated[str | None, typer.Option("--from", metavar="NAME", help="Only from this destination.")] = None,
    into: Annotated[
        Path | None,
        typer.Option("--into", file_okay=False, help="Folder of receipts; that of the enterprise file if left out."),
    ] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on until interrupted.")] = False,
    json: AsJson = False,
) -> None:
    """Take in what came, each receipt once, and store it before it is confirmed. It may be run beside send."""
    exchange = exchange_of(config, state)
    exchange = replace(exchange, receipts=into) if into else exchange
    try:
        chosen = exchange.named(sender or "")
    except LookupError as error:
        raise misuse(str(error)) from None
    with boxes_opened(exchange) as boxes, ExitStack() as held:
        sources = [_opened(held, exchange, boxes, each) for each in chosen]
        try:
            for told in _watched(sources) if watch else map(_looked, sources):
                _say(told, json=json, quiet=watch)
        except KeyboardInterrupt:
            tell("interrupted: what was taken in is stored", "已中断：已收取的内容均已存储")
            raise typer.Exit(INTERRUPTED) from None
    raise typer.Exit(1 if any(each.troubled for each in sources) else 0)


@dataclass
class _Source:
    """A destination from which is received."""

    destination: Destination
    inbox: Inbox | None = None
    way: ExchangeWay | None = None
    conditions: ReceiveConditions | None = None
    failed: str = ""
    failures: int = 0
    due: float = 0.0
    troubled: bool = False
    told: set[SetAside] = field(default_factory=set)
    """What was said already while watching."""


def _opened(held: ExitStack, exchange: Exchange, boxes: Boxes, destination: Destination) -> _Source:
    try:
        opening = opened_to_receive(exchange, boxes, destination, clock=system_clock)
        inbox, way, conditions = held.enter_context(opening)
    except WayError as error:
        return _Source(destination, failed=str(error))
    return _Source(destination, inbox, way, conditions)


def _fetched(source: _Source) -> ReceiveReport:
    if source.inbox is None or source.way is None or source.conditions is None:
        return ReceiveReport(counts={}, failed=source.failed)
    return receive(source.inbox, source.way, source.conditions)


def _looked(source: _Source) -> dict[str, Any]:
    """Fetch once, and again soon if something may only be unfinished."""
    counts: Counter[TakenKind] = Counter()
    aside: list[SetAside] = []
    report = _fetched(source)
    for look in range(_MOST_LOOKS):
        counts.update(report.counts)
        aside += _aside_in(report)
        if not report.waiting or report.failed or look == _MOST_LOOKS - 1:
            break
        time.sleep(_SECOND_LOOK)
        report = _fetched(source)
    return _row(source, counts, aside, report)


def _aside_in(report: ReceiveReport) -> list[SetAside]:
    """Return what was set aside in the inbox, with its reason in both languages."""
    texts = [(each.name, *halves(each.reason)) for each in report.aside]
    return [SetAside(name=name, reason=en, reason_zh=zh or en) for name, en, zh in texts]


def _row(
    source: _Source, counts: Mapping[Any, int], aside: Sequence[SetAside], report: ReceiveReport
) -> dict[str, Any]:
    source.troubled = source.troubled or bool(aside or report.left or report.failed)
    return {
        "destination": source.destination.name,
        "receipts": counts.get("receipt", 0),
        "known": counts.get("repeat", 0),
        "client_words": counts.get("word", 0),
        "set_aside": list(aside),
        "left": list(report.left),
        "unconfirmed": report.unconfirmed,
        "failed": report.failed,
    }


def _watched(sources: Sequence[_Source]) -> Iterator[dict[str, Any]]:
    """Fetch from each source in turn for ever, less often while it fails; yield what is told each time."""
    chance = random.Random()  # noqa: S311  for a jitter
    while True:
        now = time.monotonic()
        for source in sources:
            if source.due > now:
                continue
            report = _fetched(source)
            source.failures = source.failures + 1 if report.failed else 0
            pause = delay(source.failures - 1, chance) if source.failures else source.destination.poll
            soon = report.waiting and not report.failed
            source.due = now + (_SECOND_LOOK if soon else pause.total_seconds())
            row = _row(source, report.counts, _aside_in(report), report)
            yield {**row, "left": [each for each in report.left if not (soon or each in source.told)]}
            source.told |= set(report.left)
        time.sleep(max(0.0, min(each.due for each in sources) - time.monotonic()))


def _say(told: Mapping[str, Any], *, json: bool, quiet: bool) -> None:
    """Say what came; while watching nothing if nothing came."""
    name = told["destination"]
    if quiet and not any(told[each] for each in ("receipts", "client_words", "set_aside", "left", "failed")):
        return
    if json:
        texts = {name: [f"{each.name}: {each.reason} {each.reason_zh}" for each in told[name]] for name in _ASIDE}
        typer.echo(files.to_json({**told, **texts}))
        return
    line = words(
        f"{name}: {told['receipts']:,} receipts, {told['known']:,} known already",
        f"{name}：新收回执 {told['receipts']:,}，重复 {told['known']:,}",
    )
    screen.print(line, highlight=False, markup=False, soft_wrap=True)
    if told["failed"]:
        en, zh = halves(told["failed"])
        tell(f"{name} could not be asked: {en}", f"{name} 无法收取：{zh or en}")
    for each in told["set_aside"]:
        tell(
            f"set aside in the inbox, no receipt: {each.name}: {each.reason}",
            f"不是回执，已留存在收件箱：{each.name}：{each.reason_zh}",
        )
    for each in told["left"]:
        tell(f"left where it is: {each.name}: {each.reason}", f"未收取：{each.name}：{each.reason_zh}")
