"""The figures of a hub (枢纽指标): how many orders, messages, receipts, calls, notices and alarms stand where, from its database.

What grows with every parcel is not counted anew whenever it is asked: orders are counted as they move, and of items and calls
only those that wait; what turns did is counted by ``measuring``. Labels are names of the hub's file, states and kinds: their
number is bounded, and none is an order or a person.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select

from customs.hub.alarms.tables import HUB_ALARMS
from customs.hub.channels.tables import HUB_NOTICES
from customs.hub.counts.order_counts import order_counts
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.service.backlog import backlog_of
from customs.hub.store.tables import HUB_CALLS, HUB_MARKS
from customs.hub.turns.orders_aside import orders_aside_of
from customs.intake.problems import IntakeError
from customs.ledger.database import LedgerConnection
from customs.ledger.exchange.tables import EXCHANGE_BOXES, EXCHANGE_ITEMS, EXCHANGE_MESSAGES
from customs.signing import CertificateError, SigningError


class Figure(NamedTuple):
    """A figure: its name, its meaning in both languages, its labels, and its value for each of their values."""

    name: str
    meaning: str
    labels: tuple[str, ...]
    values: Sequence[tuple[tuple[str, ...], float]]


def figures_of(
    connection: LedgerConnection, enterprises: Iterable[HubEnterprise], *, now: datetime
) -> Iterator[Figure]:
    """Yield the figures of a hub as they stand. Raises ``LedgerError``."""
    opened = list(enterprises)
    names = sorted(each.name for each in opened)
    yield from _counted(connection, names)
    yield from _waiting(connection, names, now)
    days = [((each.name, profile), days) for each in opened for profile, days in _days_left(each, now)]
    yield Figure(
        "customs_hub_certificate_days_left",
        "Days until the first certificate of a profile ends. 数字证书剩余天数",
        ("enterprise", "profile"),
        days,
    )


def _counted(connection: LedgerConnection, names: Sequence[str]) -> Iterator[Figure]:
    """Yield how many of each thing are in each state."""
    calls, alarms, notices = HUB_CALLS.c, HUB_ALARMS.c, HUB_NOTICES.c
    boxes, messages, items = EXCHANGE_BOXES.c, EXCHANGE_MESSAGES.c, EXCHANGE_ITEMS.c
    waiting = select(calls.enterprise, func.count()).where(calls.enterprise.in_(names), calls.state == "waiting")
    by_alarms = select(alarms.enterprise, alarms.severity, func.count()).where(
        alarms.enterprise.in_(names), alarms.opened_at.is_not(None), alarms.closed_at.is_(None)
    )
    by_notices = select(notices.channel, notices.state, func.count())
    by_messages = (
        select(boxes.name, messages.state, func.count())
        .join(EXCHANGE_MESSAGES, messages.box == boxes.id)
        .where(boxes.kind == "outbox")
    )
    aside = (
        select(boxes.name, func.count())
        .join(EXCHANGE_ITEMS, items.box == boxes.id)
        .where(boxes.kind == "inbox", items.kind == "aside")
    )
    unread = (
        select(boxes.name, func.count())
        .join(EXCHANGE_ITEMS, items.box == boxes.id)
        .outerjoin(HUB_MARKS, HUB_MARKS.c.source == boxes.name)
        .where(boxes.kind == "inbox", items.id > func.coalesce(HUB_MARKS.c.upto, 0))
    )

    def of(name: str, meaning: str, labels: tuple[str, ...], wanted: Any) -> Figure:
        rows = connection.sql.execute(wanted.group_by(*wanted.selected_columns[:-1]))
        return Figure(name, meaning, labels, [((*map(str, row[:-1]),), float(row[-1])) for row in rows])

    def in_boxes(name: str, meaning: str, labels: tuple[str, ...], wanted: Any) -> Figure:
        found = of(name, meaning, labels, wanted)
        parted = [((*box.split("/", 1), *more), count) for (box, *more), count in found.values]
        return found._replace(values=[each for each in parted if each[0][0] in names])

    yield Figure(
        "customs_hub_orders",
        "Orders by stage and node. 各阶段、各节点订单数",
        ("enterprise", "stage", "node"),
        [(place, float(orders)) for place, orders in order_counts(connection, names).items()],
    )
    yield in_boxes(
        "customs_hub_messages",
        "Messages in outboxes by state; dead are dead letters. 发件箱各状态报文数（dead 为作废）",
        ("enterprise", "destination", "state"),
        by_messages,
    )
    yield in_boxes(
        "customs_hub_items_aside",
        "Items that came and were set aside. 已收下而搁置的收件数",
        ("enterprise", "source"),
        aside,
    )
    yield in_boxes(
        "customs_hub_items_unread",
        "Items that are not laid to orders yet. 尚未归并的收件数",
        ("enterprise", "source"),
        unread,
    )
    rest = orders_aside_of(names)
    yield of("customs_hub_orders_aside", "Orders that were set aside. 搁置的订单数", ("enterprise",), rest)
    yield of("customs_hub_calls_waiting", "Calls that wait. 等待中的回调数", ("enterprise",), waiting)
    yield of("customs_hub_alarms_open", "Open alarms. 未关闭的告警数", ("enterprise", "severity"), by_alarms)
    yield of("customs_hub_notices", "Notices by state. 各状态通知数", ("channel", "state"), by_notices)


def _waiting(connection: LedgerConnection, names: Sequence[str], now: datetime) -> Iterator[Figure]:
    """Yield what is due and not done, and how long the oldest of it has waited."""
    found = [(name, backlog_of(connection, name, now=now)) for name in names]

    def age(since: datetime | None) -> float:
        return (now - since).total_seconds() if since else 0.0

    for name, meaning, values in (
        ("orders_due", "Orders that are due and not declared. 到期未申报订单数", [each.orders for _, each in found]),
        (
            "orders_due_oldest_seconds",
            "Seconds for which the oldest of them is due. 最早到期订单已等待秒数",
            [age(each.orders_since) for _, each in found],
        ),
        (
            "calls_waiting_oldest_seconds",
            "Seconds for which the oldest call waits. 最早回调已等待秒数",
            [age(each.calls_since) for _, each in found],
        ),
    ):
        rows = [((enterprise,), float(value)) for (enterprise, _), value in zip(found, values, strict=True)]
        yield Figure(f"customs_hub_{name}", meaning, ("enterprise",), rows)


def _days_left(enterprise: HubEnterprise, now: datetime) -> Iterator[tuple[str, float]]:
    """Yield for each profile whose keys open how many days its first certificate still holds."""
    for profile in enterprise.profiles:
        try:
            ends = [each.certificate.valid_to for each in enterprise.run(profile, now.date()).signers.values()]
        except (SigningError, CertificateError, IntakeError, OSError):
            continue  # the alarm key_lost tells it
        if ends:
            yield profile, float((min(ends).date() - now.date()).days)
