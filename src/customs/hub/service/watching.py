"""Watching works (值守工作): what a worker does beside the orders, for each enterprise and for the whole hub."""

from collections.abc import Iterator
from contextlib import closing
from functools import partial

from customs.exchange.outbox import instant
from customs.fields.moments import Clock
from customs.hub.alarms.settings import AlarmSettings
from customs.hub.alarms.turn import alarms_turn
from customs.hub.cases.alarm_cases import alarm_cases_turn
from customs.hub.cases.escalating import cases_turn
from customs.hub.cases.mail_settings import MailPlace
from customs.hub.cases.mail_turn import mails_turn
from customs.hub.cases.settings import CaseSettings
from customs.hub.channels.telling import Channel, forget_notices, tell_turn
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.orders.erasing import retention_turn
from customs.hub.orders.retention import RetentionSettings
from customs.hub.procedures.running import runs_turn
from customs.hub.procedures.said import cases_retention_turn
from customs.hub.reports.report_settings import ReportSettings
from customs.hub.reports.report_turn import report_turn
from customs.hub.service.works import Lane, Work, WorkDone, WorkPace
from customs.hub.settings.hub_file import HubSettings
from customs.ledger.database import Ledger

#: Seconds between two looks for orders whose personal data is over.
ERASES = 3600.0

#: Seconds between two looks at the rules of alarms; each rule has its own time besides.
LOOKS = 15.0

#: Seconds between two looks at the service times of cases.
CASE_LOOKS = 30.0

#: Seconds between two looks for mails.
MAIL_LOOKS = 30.0

#: Seconds between two looks whether a report is due.
REPORT_LOOKS = 60.0


def watching_lanes(
    ledger: Ledger, settings: HubSettings, enterprises: list[HubEnterprise], pace: WorkPace
) -> Iterator[Lane]:
    """Yield the works that watch: alarms, cases, the time for which personal data is kept, reports, and each channel by itself.

    A slow channel holds up no other. What alarms open as cases is a lane of its own beside the times of cases,
    and so is each place where mails wait.
    """
    yield tuple(
        Work("alarms", each.name, "", partial(_watched, ledger, each, settings.alarms, pace.clock), LOOKS)
        for each in enterprises
    )
    erasing = [
        Work("retention", each.name, "", partial(_erased, ledger, each.name, settings.retention, pace.clock), ERASES)
        for each in enterprises
    ]
    forgetting = partial(_forgotten, ledger, settings.retention, pace.clock)
    yield (*erasing, Work("retention", "", "", forgetting, ERASES))
    yield tuple(
        Work("alarm_cases", each.name, "", partial(_cases_opened, ledger, each.name, settings.cases, pace.clock), LOOKS)
        for each in enterprises
    )
    yield tuple(
        Work("cases", each.name, "", partial(_escalated, ledger, each.name, settings.cases, pace.clock), CASE_LOOKS)
        for each in enterprises
    )
    for name, place in settings.cases.mail.items():
        enterprise = place.enterprise or enterprises[0].name
        yield (Work("mail", enterprise, name, partial(_mailed, ledger, enterprise, place, pace.clock), MAIL_LOOKS),)
    for name, channel in settings.channels.items():
        yield (Work("tell", "", name, partial(_told, ledger, name, channel, pace.clock), pace.every),)
    if settings.reports.sent:
        yield tuple(
            Work("reports", each.name, "", partial(_reported, ledger, each, settings.reports, pace.clock), REPORT_LOOKS)
            for each in enterprises
        )


def _watched(ledger: Ledger, hub: HubEnterprise, settings: AlarmSettings, clock: Clock) -> WorkDone:
    done = alarms_turn(ledger, hub, settings, now=instant(clock()))
    return WorkDone(counts={} if done is None else {"opened": done.opened, "closed": done.closed})


def _erased(ledger: Ledger, enterprise: str, settings: RetentionSettings, clock: Clock) -> WorkDone:
    done = retention_turn(ledger, enterprise, settings, now=instant(clock()))
    cases = cases_retention_turn(ledger, enterprise, settings, now=instant(clock()))
    return WorkDone(counts={"erased": done.orders, "buyers": done.people, "cases": cases}, more=done.orders + cases > 0)


def _cases_opened(ledger: Ledger, enterprise: str, settings: CaseSettings, clock: Clock) -> WorkDone:
    done = alarm_cases_turn(ledger, enterprise, settings.alarms, now=instant(clock()))
    return WorkDone(counts={"opened": done.opened, "joined": done.joined, "ended": done.ended})


def _mailed(ledger: Ledger, enterprise: str, place: MailPlace, clock: Clock) -> WorkDone:
    with closing(place.source()) as source:
        done = mails_turn(ledger, enterprise, source, now=instant(clock()))
    counts = {"opened": done.opened, "joined": done.joined, "aside": done.aside}
    return WorkDone(counts=counts, more=done.seen > 0)


def _escalated(ledger: Ledger, enterprise: str, settings: CaseSettings, clock: Clock) -> WorkDone:
    done = cases_turn(ledger, enterprise, settings, now=instant(clock()))
    late = runs_turn(ledger, enterprise, now=instant(clock()))
    counts = {"escalated": done.escalated, "reassigned": done.reassigned, "late": late}
    return WorkDone(counts=counts, more=done.seen + late > 0)


def _forgotten(ledger: Ledger, settings: RetentionSettings, clock: Clock) -> WorkDone:
    with ledger.begin() as connection:
        notices = forget_notices(connection, before=instant(clock()) - settings.notices)
    ledger.overwrite_erased()  # of all enterprises, whose works come before this one
    return WorkDone(counts={"notices": notices}, more=notices > 0)


def _told(ledger: Ledger, name: str, channel: Channel, clock: Clock) -> WorkDone:
    done = tell_turn(ledger, {name: channel}, now=instant(clock()))
    counts = {"told": done.told, "later": done.later, "refused": done.refused, "given_up": done.given_up}
    return WorkDone(counts=counts, failed=done.reasons[-1] if done.reasons else "")


def _reported(ledger: Ledger, hub: HubEnterprise, settings: ReportSettings, clock: Clock) -> WorkDone:
    done = report_turn(ledger, hub, settings, now=instant(clock()))
    return WorkDone(counts={"reports": done.reports, "notices": done.notices} if done.reports else {})
