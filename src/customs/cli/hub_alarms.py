"""The commands ``hub alarms`` (告警): list what is out of order, take an alarm on, set a silence."""

from datetime import datetime
from typing import Annotated, Any

import typer

from customs.cli import files
from customs.cli.app import misuse, misuse_of, screen, tell
from customs.cli.common import AsJson, Now, clock_of
from customs.cli.hub import HUB_FILE, HubFile, commands, hub_opened, hub_settings
from customs.cli.language import words
from customs.cli.parcels import echo
from customs.cli.trace_shown import table_of
from customs.exchange.outbox import instant
from customs.hub.alarms.alarm import AlarmState, HubAlarm
from customs.hub.alarms.kept import MOST_SHOWN, UnknownAlarmError, list_alarms, set_silence, take_on
from customs.hub.alarms.rules import rule_named
from customs.hub.alarms.settings import AlarmScope, AlarmSilence
from customs.hub.alarms.spans import span_of
from customs.hub.alarms.words import seen, where
from customs.hub.counts.providers import provider_parts
from customs.hub.settings.hub_file import HubSettings

AlarmsOf = Annotated[
    str | None,
    typer.Option(
        "--enterprise", metavar="NAME", help="Enterprise in the hub's file; may be left out if it is the only one."
    ),
]
By = Annotated[str, typer.Option("--by", metavar="NAME", help="Who does it; it stands in the alarm.")]

alarms = typer.Typer(help="Alarms: what is out of order, who has taken it on, silences. 告警")

_HEADINGS = (
    ("number", "编号"),
    ("severity", "级别"),
    ("state", "状态"),
    ("what", "内容"),
    ("where", "位置"),
    ("since", "起始时间"),
    ("taken on by", "认领人"),
)


@alarms.command("list")
def list_(
    enterprise: AlarmsOf = None,
    history: Annotated[
        bool, typer.Option("--all", help="Those that are over or not yet open too, newest first.")
    ] = False,
    config: HubFile = HUB_FILE,
    json: AsJson = False,
) -> None:
    """List the alarms that are open. Exits 1 if there are any."""
    settings = hub_settings(config)
    name = named_enterprise(settings, enterprise)
    states = (AlarmState.OPEN, AlarmState.PENDING, AlarmState.CLOSED) if history else (AlarmState.OPEN,)
    with hub_opened(settings) as (ledger, _), ledger.read() as connection:
        found = list_alarms(connection, name, states=states, most=MOST_SHOWN)
    if json:
        for each in found:
            echo(files.to_json(_values(each)))
    elif found:
        screen.print(table_of(_HEADINGS, [_row(each) for each in found]))
    else:
        tell("no alarm is open", "没有告警")
    raise typer.Exit(1 if any(each.state is AlarmState.OPEN for each in found) else 0)


@alarms.command("ack")
def ack(
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="Number of the alarm.")],
    by: By,
    note: Annotated[str, typer.Option("--note", help="What is being done; no personal data.")] = "",
    enterprise: AlarmsOf = None,
    config: HubFile = HUB_FILE,
    now: Now = None,
) -> None:
    """Take an alarm on: it goes to nobody else, and is not told again until it is over. The first one counts."""
    settings, at = hub_settings(config), instant(clock_of(now, "--now")())
    name = named_enterprise(settings, enterprise)
    with hub_opened(settings) as (ledger, _), ledger.begin() as connection:
        try:
            alarm = take_on(connection, name, number, by, now=at, note=note)
        except UnknownAlarmError as error:
            raise misuse_of(error.en, error.zh) from None
    if alarm.acked_by:
        tell(f"alarm {number} is with {alarm.acked_by}", f"告警 {number} 已由 {alarm.acked_by} 认领")
    else:
        tell(f"alarm {number} is over", f"告警 {number} 已恢复，无须认领")


@alarms.command("silence")
def silence(
    span: Annotated[str, typer.Argument(metavar="TIME", help="How long, such as 90m or 4h.")],
    by: By,
    why: Annotated[str, typer.Option("--why", help="Why, such as a maintenance that was announced.")],
    begins: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Time in China from which on; now if left out.")
    ] = None,
    rule: Annotated[str, typer.Option("--rule", help="One rule; all if left out.")] = "",
    district: Annotated[str, typer.Option("--district", help="One customs district, by its code.")] = "",
    provider: Annotated[str, typer.Option("--provider", help="One provider, such as carrier:4401960A01.")] = "",
    enterprise: AlarmsOf = None,
    config: HubFile = HUB_FILE,
) -> None:
    """Tell nobody of some alarms for a time. What is still open then is told after it."""
    settings, at = hub_settings(config), instant(clock_of(begins, "--from")())
    name = named_enterprise(settings, enterprise)
    if rule and rule not in settings.alarms.rules:
        known = ", ".join(settings.alarms.rules)
        raise misuse(f"--rule: there is no rule {rule}; there are {known} 没有此规则，可用的有 {known}")
    try:
        ends = at + span_of(span)
        if provider:
            provider_parts(provider)
    except ValueError as error:
        raise misuse(str(error)) from None
    given = AlarmSilence(begins=at, ends=ends, scope=_scope(rule, district, provider), why=why)
    with hub_opened(settings) as (ledger, _), ledger.begin() as connection:
        set_silence(connection, name, given, by)
    tell(f"silent until {ends:%Y-%m-%d %H:%M}", f"静默至 {ends:%Y-%m-%d %H:%M}")


def _scope(rule: str, district: str, provider: str) -> AlarmScope:
    return AlarmScope(
        rules=(rule,) if rule else (),
        districts=(district,) if district else (),
        providers=(provider,) if provider else (),
    )


def named_enterprise(settings: HubSettings, name: str | None) -> str:
    """Return the enterprise that is named, or the only one of the hub."""
    names = list(settings.enterprises)
    if name is None and len(names) == 1:
        return names[0]
    if name not in settings.enterprises:
        shown = ", ".join(names)
        raise misuse(f"--enterprise: name one of {shown} 请指定企业：{shown}")
    return str(name)


def _row(alarm: HubAlarm) -> tuple[str, ...]:
    said, place = seen(alarm, rule_named(alarm.place.rule)), where(alarm)
    severity, state = alarm.severity, alarm.state
    return (
        str(alarm.id),
        words(severity.value, severity.zh),
        words(state.value, state.zh),
        words(said.en, said.zh),
        words(place.en, place.zh),
        f"{alarm.since:%m-%d %H:%M}",
        alarm.acked_by,
    )


def _values(alarm: HubAlarm) -> dict[str, Any]:
    said = seen(alarm, rule_named(alarm.place.rule))
    times = {name: _written(getattr(alarm, name)) for name in ("since", "opened_at", "closed_at", "acked_at")}
    return {
        "id": alarm.id,
        **alarm.place._asdict(),
        "severity": alarm.severity.value,
        "state": alarm.state.value,
        "count": alarm.count,
        "peak": alarm.peak,
        **times,
        "explained_by": alarm.explained_by,
        "examples": list(alarm.examples),
        "en": said.en,
        "zh": said.zh,
        "acked_by": alarm.acked_by,
        "note": alarm.note,
    }


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat(timespec="seconds")


commands.add_typer(alarms, name="alarms")
