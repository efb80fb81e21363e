"""An order as the hub shows it (订单展示): where it stands, since when, what happened, what to do. No personal data."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from customs.declaration import Declaration
from customs.hub.orders.gate import MayShip, OrderNotTakenInError, gate_of
from customs.hub.orders.stages import OrderStage
from customs.hub.store.sealed import opened, read_parcel
from customs.hub.store.tables import HUB_NODES, HUB_NUMBERS, HUB_ORDERS
from customs.hub.turns.folding import states_of
from customs.ledger.database import LedgerConnection
from customs.receipts.explanation import explain
from customs.receipts.next_step import NextStep, next_step
from customs.receipts.nodes import words_of
from customs.receipts.state import ParcelState

#: Orders in one answer at most.
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderStanding:
    """An order as a list shows it."""

    id: int
    platform_code: str
    order_no: str
    customs_code: str
    stage: OrderStage
    node: str
    since: datetime | None
    received_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLine:
    """A node that an order reached, as it is shown."""

    node: str
    at: datetime
    source: str
    attempt: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShown:
    """An order with everything that happened to it, and what to do next."""

    line: OrderStanding
    gate: MayShip
    refund: bool
    attempt: int
    findings: tuple[dict[str, Any], ...]
    """Why it was not declared, each with its code, path and words."""
    nodes: tuple[NodeLine, ...]
    numbers: tuple[tuple[str, str], ...]
    state: ParcelState
    step: NextStep | None

    @property
    def words(self) -> tuple[str, str]:
        """Where it stands, in Chinese and English."""
        if self.line.stage is OrderStage.DECLARED or self.state.node:
            return words_of(self.state.node)
        return self.line.stage.zh, self.line.stage.value

    def answers(self) -> Iterator[dict[str, Any]]:
        """Yield what was answered of each document that has an answer, explained."""
        for document in self.state.documents.values():
            if document.deciding is None:
                continue
            for said in explain(document.deciding):
                yield {
                    "document": document.document,
                    "receipt": document.deciding.receipt,
                    "code": document.deciding.code,
                    "at": document.deciding.at,
                    "zh": said.zh,
                    "en": said.en,
                    "cause_zh": said.cause_zh,
                    "cause_en": said.cause_en,
                    "action_zh": said.action.zh,
                    "action_en": said.action.en,
                }


_COLUMNS = (
    HUB_ORDERS.c.id,
    HUB_ORDERS.c.platform_code,
    HUB_ORDERS.c.order_no,
    HUB_ORDERS.c.customs_code,
    HUB_ORDERS.c.stage,
    HUB_ORDERS.c.node,
    HUB_ORDERS.c.node_at,
    HUB_ORDERS.c.received_at,
)


def show_order(
    connection: LedgerConnection, enterprise: str, platform_code: str, order_no: str, *, now: datetime
) -> OrderShown:
    """Return an order of an enterprise with all that happened to it. Raises ``OrderNotTakenInError``."""
    orders = HUB_ORDERS.c
    wanted = select(*_COLUMNS, orders.refund, orders.attempt, orders.told).where(
        orders.enterprise == enterprise, orders.platform_code == platform_code, orders.order_no == order_no
    )
    row = connection.sql.execute(wanted).one_or_none()
    if row is None:
        raise OrderNotTakenInError(order_no)
    nodes, numbers = HUB_NODES.c, HUB_NUMBERS.c
    lines = connection.sql.execute(
        select(nodes.node, nodes.at, nodes.source, nodes.attempt, nodes.detail)
        .where(nodes.order == row.id)
        .order_by(nodes.at, nodes.id)
    )
    named = connection.sql.execute(
        select(numbers.name, numbers.number).where(numbers.order == row.id).order_by(numbers.name, numbers.number)
    )
    ((_, state),) = states_of(connection, [row.id])
    declared = row.stage in (OrderStage.DECLARED, OrderStage.CLOSED) and bool(state.history)
    return OrderShown(
        line=_line(row),
        gate=gate_of(row),
        refund=row.refund,
        attempt=row.attempt,
        findings=tuple(json.loads(row.told)),
        nodes=tuple(
            NodeLine(node=each.node, at=each.at, source=each.source, attempt=each.attempt, detail=each.detail)
            for each in lines
        ),
        numbers=tuple((name, number) for name, number in named),
        state=state,
        step=next_step(state, now=now) if declared else None,
    )


def kept_parcel(connection: LedgerConnection, order: int) -> tuple[Declaration, str] | None:
    """Return the parcel of the row of an order, and the profile by which it is declared; None if it was erased."""
    orders = HUB_ORDERS.c
    row = connection.sql.execute(select(orders.salt, orders.sealed, orders.profile).where(orders.id == order)).one()
    content = opened(connection.keys, row)
    return None if content is None else (read_parcel(content), row.profile)


def list_orders(
    connection: LedgerConnection,
    enterprise: str,
    *,
    number: str = "",
    stage: OrderStage | None = None,
    node: str = "",
    after: int = 0,
    most: int = 50,
) -> list[OrderStanding]:
    """Return orders of an enterprise, newest first: by any number of theirs, stage or node; ``after`` is the last one seen."""
    orders = HUB_ORDERS.c
    wanted = select(*_COLUMNS).where(orders.enterprise == enterprise)
    if number:  # asked first: a plan that begins with the enterprise would look at all of its orders
        named = select(HUB_NUMBERS.c.order).where(HUB_NUMBERS.c.number == number)
        wanted = wanted.where(orders.id.in_(list(connection.sql.execute(named).scalars())))
    if stage is not None:
        wanted = wanted.where(orders.stage == stage)
    if node:
        wanted = wanted.where(orders.node == node)
    if after:
        wanted = wanted.where(orders.id < after)
    rows = connection.sql.execute(wanted.order_by(orders.id.desc()).limit(min(most, MOST_SHOWN)))
    return [_line(row) for row in rows]


def orders_in_rows(connection: LedgerConnection, rows: Sequence[int]) -> list[OrderStanding]:
    """Return the orders of some rows, at most ``MOST_SHOWN``, newest first."""
    wanted = select(*_COLUMNS).where(HUB_ORDERS.c.id.in_(rows)).order_by(HUB_ORDERS.c.id.desc())
    return [_line(row) for row in connection.sql.execute(wanted.limit(MOST_SHOWN))]


def _line(row: Any) -> OrderStanding:
    return OrderStanding(
        id=row.id,
        platform_code=row.platform_code,
        order_no=row.order_no,
        customs_code=row.customs_code,
        stage=OrderStage(row.stage),
        node=row.node,
        since=row.node_at,
        received_at=row.received_at,
    )


def numbers_shown(numbers: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """Return numbers by their names."""
    found: dict[str, list[str]] = {}
    for name, number in numbers:
        found.setdefault(name, []).append(number)
    return found
