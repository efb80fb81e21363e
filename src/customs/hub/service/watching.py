"""Watching works (值守工作): what a worker does beside the orders, for each enterprise and for the whole hub."""

from collections.abc import Iterator
from functools import partial

from customs.exchange.outbox import instant
from customs.fields.moments import Clock
from customs.hub.alarms.settings import AlarmSettings
from customs.hub.alarms.turn import alarms_turn
from customs.hub.enterprises import HubEnterprise
from customs.hub.service.works import Lane, Work, WorkDone, WorkPace
from customs.hub.settings import HubSettings
from customs.ledger.database import Ledger

#: Seconds between two looks at the rules of alarms; each rule has its own time besides.
LOOKS = 15.0


def watching_lanes(
    ledger: Ledger, settings: HubSettings, enterprises: list[HubEnterprise], pace: WorkPace
) -> Iterator[Lane]:
    """Yield the works that watch: the alarms of all enterprises."""
    yield tuple(
        Work("alarms", each.name, "", partial(_watched, ledger, each, settings.alarms, pace.clock), LOOKS)
        for each in enterprises
    )


def _watched(ledger: Ledger, hub: HubEnterprise, settings: AlarmSettings, clock: Clock) -> WorkDone:
    done = alarms_turn(ledger, hub, settings, now=instant(clock()))
    return WorkDone(counts={} if done is None else {"opened": done.opened, "closed": done.closed})
