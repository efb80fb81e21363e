"""The beginning of a story in the console: an alarm of the night, and an article that the team wrote about such alarms."""

from dataclasses import replace

from customs.hub.alarms.alarm import AlarmState, begin_alarm
from customs.hub.alarms.condition import AlarmCondition, AlarmPlace
from customs.hub.alarms.kept import enter_alarms
from customs.hub.alarms.rules import alarm_rules
from support import exactly
from support.console import FilledConsole

ARTICLE = {"title_en": "Limits that customs sees before us", "issue_en": "Refused, though we allowed it"}


def alarmed(console: FilledConsole, order_no: str) -> None:
    """An open alarm: customs refuses for quota what the hub allowed."""
    condition = AlarmCondition(
        place=AlarmPlace("quota_disagrees"), figures={"count": "3", "window": "1d"}, examples=(order_no,)
    )
    begun = begin_alarm(condition, alarm_rules()["quota_disagrees"], "shop", console.hub.now)
    with console.ledger.begin() as connection:
        enter_alarms(connection, [replace(begun, state=AlarmState.OPEN, opened_at=console.hub.now)])


def published(console: FilledConsole) -> None:
    """An article about such alarms, which one person wrote and another reviewed."""
    writer, other = console.reader("support", "en"), console.reader("goods", "en")
    writer.submit(writer.shop("/knowledge/new"), "/knowledge/new", ties="alarm quota_disagrees", **ARTICLE)
    for state in exactly(2, ("reviewed", "published")):
        page = other.shop("/knowledge/1")
        other.submit(page, "/knowledge/1/move", state=state)
