"""The commands ``track`` and ``health`` (包裹追踪、运行概况): where parcels stand, from a folder with receipts."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

import customs
from customs import areas
from customs.areas import UnknownAreaError
from customs.areas.registry import UNIFIED
from customs.bilingual import halves
from customs.cli import files
from customs.cli.app import app, misuse, screen, tell
from customs.cli.common import AsJson, Folders, Now, clock_of
from customs.cli.language import label, words
from customs.receipts.events import document_of, time_of
from customs.receipts.explained import cause_words
from customs.receipts.explanation import explain
from customs.receipts.health import Health
from customs.receipts.next_step import NextStep, StepKind, next_step
from customs.receipts.nodes import ALARMS, title_of, words_of
from customs.receipts.state import DocumentState, Event, ParcelState, Submitted
from customs.receipts.streams import TrackedParcel, TrackedParcels, track_all

Areas = Annotated[
    list[str] | None,
    typer.Option(
        "--area",
        metavar="AREA",
        help="Area whose receipts are in the folder too; may be repeated.",
        autocompletion=lambda: list(areas.names()),
    ),
]

#: The colours of steps.
_STYLES = {StepKind.STOP: "red", StepKind.PERSON: "red", StepKind.WAIT: "", StepKind.NONE: "green"}


@app.command("track")
def track_folders(
    folders: Folders,
    order: Annotated[
        str | None,
        typer.Option("--order", metavar="NO", help="Only the parcel with this order, waybill, payment or list number."),
    ] = None,
    area: Areas = None,
    now: Now = None,
    json: AsJson = False,
) -> None:
    """Show where each parcel stands by the receipts in folders, and what to do next."""
    time = _now(now)
    found = _tracked(folders, area)
    chosen = found.parcels if order is None else found.find(order)
    if order is not None and not chosen:
        raise misuse(f"--order: no receipt in these folders names {order} 目录中没有该编号的回执")
    if json:
        for each in chosen:
            typer.echo(files.to_json(as_dict(each, time)))
    elif order is None:
        screen.print(_table(chosen, time))
    else:
        for each in chosen:
            _show(each, time)
    _tell_unread(found)
    raise typer.Exit(1 if found.unread else 0)


@app.command("health")
def health_of_folders(folders: Folders, area: Areas = None, now: Now = None, json: AsJson = False) -> None:
    """Show how many parcels are at which node, how long, how many are overdue, and why others were refused."""
    found = _tracked(folders, area)
    told = customs.health((each.state for each in found.parcels), now=_now(now))
    if json:
        typer.echo(files.to_json({**told.as_dict(), "unread": len(found.unread)}))
    else:
        _show_health(told)
    _tell_unread(found)
    raise typer.Exit(1 if found.unread else 0)


def _now(given: str | None) -> datetime:
    time = clock_of(given, "--now")()
    return time.replace(tzinfo=None)


def _tracked(folders: Sequence[Path], area: Sequence[str] | None) -> TrackedParcels:
    try:
        return track_all(folders, areas=(*(area or ()), UNIFIED))
    except UnknownAreaError as error:
        raise misuse(str(error)) from None


def _tell_unread(found: TrackedParcels) -> None:
    """Say which files could not be read, beside the result."""
    for each in found.unread:
        en, zh = halves(each.reason)
        tell(f"{each.source} could not be read: {en}", f"{each.source} 无法读取：{zh}")


def as_dict(parcel: TrackedParcel, now: datetime) -> dict[str, Any]:
    """Return a parcel with its next step for JSON: codes, times and words, no texts of receipts."""
    state, step = parcel.state, next_step(parcel.state, now=now)
    zh, en = words_of(state.node)
    return {
        "parcel": parcel.name,
        "numbers": dict(parcel.numbers),
        "node": state.node,
        "node_zh": zh,
        "node_en": en,
        "since": state.since and state.since.isoformat(),
        "reached": {node: at and at.isoformat() for node, at in state.reached.items()},
        "missing": list(state.missing),
        "alarms": [each.kind for each in state.alarms],
        "documents": [_of_document(each) for each in state.documents.values()],
        "next": _of_step(step),
    }


def _of_document(document: DocumentState) -> dict[str, Any]:
    return {
        "document": document.document,
        "state": document.state,
        "since": document.since and document.since.isoformat(),
        "attempts": len(document.attempts),
        "doubtful": sum(len(each.doubtful) for each in document.attempts),
        "code": document.deciding.code if document.deciding else None,
    }


def _of_step(step: NextStep) -> dict[str, Any]:
    return {
        "kind": step.kind,
        "documents": list(step.documents),
        "until": step.until and step.until.isoformat(),
        "overdue": step.overdue,
        "party": step.party,
        "machine": step.machine,
        "fields": list(step.fields),
        "action": step.action,
        "zh": step.zh,
        "en": step.en,
    }


def _table(parcels: Sequence[TrackedParcel], now: datetime) -> Table:
    table = Table(box=SIMPLE, title=label("parcels 包裹"))
    for title in ("parcel 包裹", "node 状态", "since 自", "next 下一步"):
        table.add_column(label(title), overflow="fold")
    for each in parcels:
        step = next_step(each.state, now=now)
        zh, en = words_of(each.state.node)
        table.add_row(
            Text(each.name),
            words(en, zh),
            _time(each.state.since),
            Text(words(step.en, step.zh), _STYLES.get(step.kind, "yellow")),
        )
    return table


def _show(parcel: TrackedParcel, now: datetime) -> None:
    """Print one parcel: where it stands, its course, and what to do."""
    state, step = parcel.state, next_step(parcel.state, now=now)
    zh, en = words_of(state.node)
    screen.print(Text(f"{parcel.name}: {words(en, zh)} {_time(state.since)}".rstrip(), "bold"), soft_wrap=True)
    table = Table(box=SIMPLE)
    for title in ("time 时间", "document 单证", "what 事项"):
        table.add_column(label(title), overflow="fold")
    for at, document, said in _course(state):
        table.add_row(at, document, Text(said))
    screen.print(table)
    for alarm in state.alarms:
        alarm_zh, alarm_en = ALARMS[alarm.kind]
        screen.print(Text(f"! {words(alarm_en, alarm_zh)}", "red"), soft_wrap=True)
    screen.print(Text(f"→ {words(step.en, step.zh)}", _STYLES.get(step.kind, "yellow")), soft_wrap=True)
    if step.party is not None:
        screen.print(Text(f"  {words(step.party.en, step.party.zh)}"), soft_wrap=True)


def _course(state: ParcelState) -> Iterator[tuple[str, str, str]]:
    """Yield the events of a parcel in words: time, document, what happened."""
    for each in state.history:
        name = document_of(each)
        zh, en = title_of(name)
        yield _time(time_of(each)), f"{words(en, zh)} {name}".strip(), _said(each)


def _said(event: Event) -> str:
    if isinstance(event, Submitted):
        return words("sent", "已报送") if event.app_type == "1" else words("sent again to amend", "变更报送")
    zh, en = words_of(event.state)
    told = explain(event)[0]
    more = words(told.en, told.zh) if (told.known and told.meanings[0].failure) or told.cause else ""
    return f"{event.code} {words(en, zh)}" + (f": {more}" if more else "")


def _time(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}" if at else ""


def _show_health(told: Health) -> None:
    """Print the figures of many parcels."""
    table = Table(box=SIMPLE, title=label("parcels by node 各状态包裹数"))
    for title in ("node 状态", "parcels 包裹数", "overdue 超时", "50 %", "90 %", "99 %"):
        table.add_column(label(title))
    for node in told.nodes:
        zh, en = words_of(node.node)
        times = [_length(each) for each in node.times] or [""] * 3
        table.add_row(words(en, zh), f"{node.count:,}", f"{node.overdue:,}" if node.overdue else "", *times)
    screen.print(table)
    if told.causes:
        causes = Table(box=SIMPLE, title=label("why refused 退单原因"))
        for title in ("cause 原因", "parcels 包裹数"):
            causes.add_column(label(title))
        for each in told.causes:
            zh, en = cause_words(each.cause)
            causes.add_row(words(en, zh), f"{each.count:,}")
        screen.print(causes)
    share = f"{told.share_released:.1%}" if told.share_released is not None else "-"
    line = words(
        f"{told.parcels:,} parcels, released {share}, overdue {told.overdue:,}, with alarms {told.alarmed:,}",
        f"包裹 {told.parcels:,} 个，已放行 {share}，超时 {told.overdue:,} 个，有告警 {told.alarmed:,} 个",
    )
    screen.print(Text(line), soft_wrap=True)
    if told.to_release:
        spans = ", ".join(_length(each) for each in told.to_release)
        screen.print(
            Text(words(f"to release (50, 90, 99 %): {spans}", f"放行用时（50、90、99 %）：{spans}")), soft_wrap=True
        )


def _length(time: timedelta) -> str:
    """A span of time: days, hours, minutes, seconds.

    >>> _length(timedelta(days=1, hours=2, minutes=3)), _length(timedelta(seconds=19))
    ('1 d 2 h', '19 s')
    """
    seconds = int(time.total_seconds())
    parts = [(seconds // 86400, "d"), (seconds // 3600 % 24, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s")]
    told = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(told[:2]) or "0 s"
