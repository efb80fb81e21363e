"""Backlogs (积压): outboxes that do not empty, destinations out of order, receipts unread, calls that nobody takes."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, or_, select

from customs.exchange.outbox import instant
from customs.exchange.standing import WAITING, DeliveryState
from customs.hub.alarms.condition import EXAMPLES, AlarmCondition, AlarmPlace, Looking
from customs.hub.alarms.spans import in_words
from customs.hub.store.tables import HUB_CALLS, HUB_MARKS, HUB_TALLIES
from customs.hub.turns.orders_aside import list_orders_aside
from customs.ledger.exchange.delivering import circuit_in
from customs.ledger.exchange.tables import EXCHANGE_BOXES, EXCHANGE_ITEMS, EXCHANGE_MESSAGES

_BOXES, _MESSAGES, _ITEMS, _CALLS = EXCHANGE_BOXES.c, EXCHANGE_MESSAGES.c, EXCHANGE_ITEMS.c, HUB_CALLS.c

#: Orders set aside that are counted at most.
MOST_ASIDE = 1_000

#: Items that are laid to orders; what a client says of a delivery is for the outbox.
_READ = ("receipt", "repeat", "word")


class HubBox(NamedTuple):
    """A box of an enterprise: its number, and the name of its destination."""

    id: int
    name: str


def _boxes(looking: Looking, kind: str) -> list[HubBox]:
    prefix = f"{looking.enterprise.name}/"
    wanted = select(_BOXES.id, _BOXES.name).where(_BOXES.kind == kind, _BOXES.name.startswith(prefix, autoescape=True))
    found = looking.connection.sql.execute(wanted.order_by(_BOXES.name))
    return [HubBox(box, name.removeprefix(prefix)) for box, name in found]


def _backlog(looking: Looking, box: HubBox, count: int, since: datetime | None, **figures: str) -> AlarmCondition:
    return AlarmCondition(
        place=AlarmPlace(looking.rule.name, subject=box.name[:100]),
        count=count,
        since=since,
        figures={"name": box.name, "districts": _districts(looking, box.name), **figures},
    )


def _districts(looking: Looking, source: str) -> str:
    """Return the districts whose answers have come from a destination; empty where none has."""
    tallies = HUB_TALLIES.c
    wanted = select(tallies.district).where(
        tallies.enterprise == looking.enterprise.name,
        tallies.name == "answered",
        tallies.source.startswith(source, autoescape=True),
        tallies.district != "",
    )
    return " ".join(sorted(looking.connection.sql.execute(wanted.distinct()).scalars()))


def outbox_backlog(looking: Looking) -> Iterator[AlarmCondition]:
    """Outboxes with messages that have waited too long."""
    wait = looking.rule.times["wait"]
    for box in _boxes(looking, "outbox"):
        wanted = select(func.count(), func.min(_MESSAGES.put_at)).where(
            _MESSAGES.box == box.id, _MESSAGES.state.in_(WAITING), _MESSAGES.put_at <= looking.now - wait
        )
        count, since = looking.connection.sql.execute(wanted).one()
        if count >= looking.cases:
            zh, en = in_words(wait)
            yield _backlog(looking, box, count, since, wait=en, wait_zh=zh)


def dead_letters(looking: Looking) -> Iterator[AlarmCondition]:
    """Outboxes with messages that are left to a person, or were refused as such within the window."""
    recent = _MESSAGES.put_at >= looking.now - looking.rule.times["window"]
    for box in _boxes(looking, "outbox"):
        wanted = select(func.count(), func.min(_MESSAGES.put_at)).where(
            _MESSAGES.box == box.id,
            _MESSAGES.state.in_((DeliveryState.PARKED, DeliveryState.DEAD)),
            or_(_MESSAGES.state == DeliveryState.PARKED, recent),
        )
        count, since = looking.connection.sql.execute(wanted).one()
        if count >= looking.cases:
            yield _backlog(looking, box, count, since)


def circuit_open(looking: Looking) -> Iterator[AlarmCondition]:
    """Destinations that failed so often that one message at a time is tried."""
    for box in _boxes(looking, "outbox"):
        circuit = circuit_in(looking.connection, box.id)
        if circuit.since is not None:
            failures = str(circuit.failures)
            yield _backlog(looking, box, circuit.failures, instant(circuit.since), failures=failures)


def inbox_backlog(looking: Looking) -> Iterator[AlarmCondition]:
    """Inboxes with receipts that are not laid to their orders."""
    for box in _boxes(looking, "inbox"):
        name = f"{looking.enterprise.name}/{box.name}"
        mark = select(HUB_MARKS.c.upto).where(HUB_MARKS.c.source == name)
        upto = looking.connection.sql.execute(mark).scalar() or 0
        wanted = select(func.count(), func.min(_ITEMS.at)).where(
            _ITEMS.box == box.id, _ITEMS.id > upto, _ITEMS.kind.in_(_READ)
        )
        count, since = looking.connection.sql.execute(wanted).one()
        if count and since <= looking.now - looking.rule.times["wait"]:
            yield _backlog(looking, box, count, since)


def receipts_aside(looking: Looking) -> Iterator[AlarmCondition]:
    """Inboxes with receipts that came within the window and could not be laid to their orders."""
    recent = _ITEMS.at >= looking.now - looking.rule.times["window"]
    for box in _boxes(looking, "inbox"):
        wanted = select(func.count(), func.min(_ITEMS.at)).where(_ITEMS.box == box.id, _ITEMS.kind == "aside", recent)
        count, since = looking.connection.sql.execute(wanted).one()
        if count >= looking.cases:
            yield _backlog(looking, box, count, since)


def orders_aside(looking: Looking) -> Iterator[AlarmCondition]:
    """Orders whose next step or return failed in a way that nobody foresaw."""
    found = list_orders_aside(looking.connection, looking.enterprise.name, most=MOST_ASIDE)
    if found and len(found) >= looking.cases:
        orders, errors = (
            dict.fromkeys(each) for each in zip(*((one.order_no, one.error) for one in found), strict=True)
        )
        yield AlarmCondition(
            place=AlarmPlace(looking.rule.name),
            count=len(orders),
            since=min(each.since for each in found),
            figures={"errors": "; ".join([*errors][:3])},
            examples=tuple(orders)[:EXAMPLES],
        )


def calls_backlog(looking: Looking) -> Iterator[AlarmCondition]:
    """Systems of the enterprise that do not take what they are told."""
    wait = looking.rule.times["wait"]
    wanted = (
        select(_CALLS.hook, func.count(), func.min(_CALLS.at))
        .where(
            _CALLS.state == "waiting",
            _CALLS.enterprise == looking.enterprise.name,
            _CALLS.at <= looking.now - wait,
        )
        .group_by(_CALLS.hook)
        .order_by(_CALLS.hook)
    )
    for hook, count, since in looking.connection.sql.execute(wanted):
        if count >= looking.cases:
            zh, en = in_words(wait)
            yield AlarmCondition(
                place=AlarmPlace(looking.rule.name, subject=hook),
                count=count,
                since=since,
                figures={"name": hook, "wait": en, "wait_zh": zh},
            )
