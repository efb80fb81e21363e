"""Erasing personal data (删除个人信息) of orders whose time is over: parcel, answers, reasons, copies of messages, and the buyer.

Every content stands sealed under a salt of its own; erasing takes the salts away. Stages, nodes, times, numbers and figures
stay, so that reports say what they said. A backup holds the salts of its day until it is gone, or its keys are.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, func, or_, select, update

from customs.codes.states import State
from customs.hub.orders.gate import OrderNotTakenInError
from customs.hub.orders.retention import RetentionSettings
from customs.hub.orders.stages import OrderStage
from customs.hub.store.sealed import opened, read_parcel
from customs.hub.store.tables import HUB_HISTORY, HUB_NUMBERS, HUB_ORDERS, HUB_REQUESTS
from customs.ledger.database import Ledger, LedgerConnection
from customs.ledger.exchange.finding import erase_in
from customs.ledger.exchange.ledger_inbox import erase_items_in
from customs.ledger.exchange.tables import EXCHANGE_BOXES
from customs.ledger.people import erase_person, find_people
from customs.ledger.quota.tables import QUOTA
from customs.ledger.risk.tables import RISK_ORDERS

#: Orders of which one transaction erases.
TOGETHER = 200

#: Nodes after which nothing more happens to a declared order by itself.
ENDED = frozenset({State.RELEASED, State.CLOSED, State.REJECTED, State.RETURNED, State.WITHDRAWN})

_ORDERS = HUB_ORDERS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """The outcome of erasing: how many orders, and how many of their buyers."""

    orders: int = 0
    people: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureAsked:
    """The answer to a person who asks for erasure: done, done before, or why and until when it is kept."""

    outcome: Literal["erased", "known", "kept", "open"]
    until: datetime | None = None
    """Until when the law asks to keep it, if it is kept."""


def retention_turn(
    ledger: Ledger, enterprise: str, settings: RetentionSettings, *, now: datetime, most: int = TOGETHER
) -> Erased:
    """Erase the personal data of some orders whose time is over; call it until none is left."""
    with ledger.begin() as connection:
        rows = _over(connection, enterprise, settings, now, most)
        return _erase(connection, enterprise, rows, settings, now)


def erase_order(
    connection: LedgerConnection, enterprise: str, name: tuple[str, str], settings: RetentionSettings, *, now: datetime
) -> ErasureAsked:
    """Erase the personal data of an order since its buyer asks for it, by the platform's code and the order's number.

    What was declared is kept as long as the law asks; an order that is open has to be closed before. Raises
    ``OrderNotTakenInError``.
    """
    wanted = select(HUB_ORDERS).where(
        _ORDERS.enterprise == enterprise, _ORDERS.platform_code == name[0], _ORDERS.order_no == name[1]
    )
    row = connection.sql.execute(wanted.with_for_update()).one_or_none()
    if row is None:
        raise OrderNotTakenInError(name[1])
    if row.salt is None:
        return ErasureAsked(outcome="known")
    declared = _was_declared(connection, row)
    if not _ended(row, declared):
        return ErasureAsked(outcome="open")
    until = (row.node_at or row.received_at) + settings.declared
    if declared and until > now:
        return ErasureAsked(outcome="kept", until=until)
    _erase(connection, enterprise, [row], settings, now)
    return ErasureAsked(outcome="erased")


def _was_declared(connection: LedgerConnection, row: Any) -> bool:
    """True if anything was put to be sent for an order."""
    wanted = select(func.count()).select_from(HUB_HISTORY).where(HUB_HISTORY.c.order == row.id)
    return row.stage == OrderStage.DECLARED or bool(connection.sql.execute(wanted).scalar_one())


def _ended(row: Any, declared: bool) -> bool:
    if row.stage == OrderStage.DECLARED:
        return row.due is None and row.node in ENDED
    return row.stage == OrderStage.CLOSED or (row.stage == OrderStage.REFUSED and not declared)


def _over(
    connection: LedgerConnection, enterprise: str, settings: RetentionSettings, now: datetime, most: int
) -> Sequence[Any]:
    """Return orders whose time is over and whose content is there, locked; those that another worker has are left to it."""
    history, requests = HUB_HISTORY.c, HUB_REQUESTS.c
    last = func.coalesce(_ORDERS.node_at, _ORDERS.received_at)
    declared = select(history.id).where(history.order == _ORDERS.id).exists()
    recent = select(history.id).where(history.order == _ORDERS.id, history.at > now - settings.declared).exists()
    waiting = select(requests.id).where(requests.order == _ORDERS.id, requests.state == "waiting").exists()
    at_customs = and_(_ORDERS.stage == OrderStage.DECLARED, _ORDERS.node.in_(sorted(ENDED)), _ORDERS.due.is_(None))
    given_up = _ORDERS.stage.in_([OrderStage.CLOSED, OrderStage.REFUSED])
    wanted = (
        select(HUB_ORDERS)
        .where(
            _ORDERS.enterprise == enterprise,
            _ORDERS.salt.is_not(None),
            or_(
                and_(or_(at_customs, given_up), last <= now - settings.declared, ~recent),
                and_(given_up, ~declared, last <= now - settings.undeclared),
            ),
            ~waiting,
        )
        .order_by(_ORDERS.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    return connection.sql.execute(wanted).all()


def _erase(
    connection: LedgerConnection, enterprise: str, rows: Sequence[Any], settings: RetentionSettings, now: datetime
) -> Erased:
    if not rows:
        return Erased()
    parcels = [read_parcel(content) for row in rows if (content := opened(connection.keys, row)) is not None]
    buyers = {(each.order.buyer_id_type, each.order.buyer_id_number) for each in parcels}
    ids = [row.id for row in rows]
    _erase_copies(connection, enterprise, ids)
    for table, column in (
        (HUB_ORDERS, _ORDERS.id),
        (HUB_HISTORY, HUB_HISTORY.c.order),
        (HUB_REQUESTS, HUB_REQUESTS.c.order),
    ):
        connection.sql.execute(update(table).where(column.in_(ids)).values(salt=None, sealed=None))
    people = _erase_buyers(connection, buyers, now - settings.declared, now)
    return Erased(orders=len(ids), people=people)


def _erase_copies(connection: LedgerConnection, enterprise: str, orders: Collection[int]) -> None:
    """Erase the copies of messages and receipts of orders; those under a number that another order has wait for that one."""
    numbers, boxes = HUB_NUMBERS.c, EXCHANGE_BOXES.c
    own = set(connection.sql.execute(select(numbers.number).where(numbers.order.in_(orders))).scalars())
    shared = (
        select(numbers.number)
        .join(HUB_ORDERS, _ORDERS.id == numbers.order)
        .where(
            numbers.number.in_(own),
            numbers.order.not_in(orders),
            _ORDERS.enterprise == enterprise,
            _ORDERS.salt.is_not(None),
        )
    )
    alone = sorted(own - set(connection.sql.execute(shared).scalars()))
    wanted = select(boxes.id, boxes.kind).where(boxes.name.startswith(f"{enterprise}/", autoescape=True))
    for box, kind in connection.sql.execute(wanted.order_by(boxes.id)).all():
        (erase_in if kind == "outbox" else erase_items_in)(connection, box, alone)


def _erase_buyers(
    connection: LedgerConnection, buyers: Collection[tuple[str, str]], before: datetime, now: datetime
) -> int:
    """Erase buyers of whom the ledger has entered nothing since a time; return how many."""
    accounts, entries, risks = QUOTA.accounts.c, QUOTA.entries.c, RISK_ORDERS.c
    people = set(find_people(connection, sorted(buyers)).values())
    recent = (
        select(accounts.person)
        .join(QUOTA.entries, entries.account == accounts.id)
        .where(accounts.person.in_(people), entries.at > before)
    )
    seen = select(risks.person).where(risks.person.in_(people), risks.at > before)
    for wanted in (recent, seen):
        people -= set(connection.sql.execute(wanted).scalars())
    return sum(erase_person(connection, each, at=now) for each in sorted(people))
