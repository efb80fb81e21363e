"""Orders (订单) of the hub: taken in once, however often they come.

An order is that of an enterprise, a platform and a number. The same content gives the same answer; another content amends
an order of which customs holds nothing, and is a conflict for one that was declared.

Promised: what ``take_in`` answered counts once its transaction is committed, and not before; two callers with one order
come one after the other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import bindparam, select, update

from customs.codes.states import State
from customs.declaration import Declaration
from customs.hub.orders.nodes import HubNode, NodeEvent, enter_nodes
from customs.hub.orders.stages import OrderStage
from customs.hub.store.sealed import digest, parcel_bytes, seal
from customs.hub.store.tables import HUB_NUMBERS, HUB_ORDERS
from customs.ledger.database import LedgerConnection
from customs.ledger.many_rows import add_new_rows, add_rows
from customs.ledger.parts import in_parts, keys_in_parts

IntakeOutcome: TypeAlias = Literal["new", "known", "amended", "conflict"]

OrderName: TypeAlias = tuple[str, str]
"""The platform's code and the number of an order."""

#: Nodes at which customs holds nothing of an order, so that another content may be declared. After a technical failure it may.
FREE_NODES = frozenset({State.REJECTED.value, State.WITHDRAWN.value})

#: The columns of how an order is declared, and of who has a part in it.
_FACTS = ("customs_code", "trade_mode", "payment_company_code", "carrier_code", "area_operator_code")

#: Stages in which an order has not been declared.
_BEFORE = frozenset({OrderStage.RECEIVED, OrderStage.HELD, OrderStage.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """The outcome of an order that came: the number of its row, and whether it was new, known, amended or a conflict."""

    order: int
    platform_code: str
    order_no: str
    outcome: IntakeOutcome
    stage: OrderStage

    @property
    def zh(self) -> str:
        """The outcome in Chinese."""
        return f"订单 {self.order_no}：{_SAID[self.outcome][0]}"

    @property
    def en(self) -> str:
        """The outcome in English."""
        return f"order {self.order_no}: {_SAID[self.outcome][1]}"


_SAID: Mapping[IntakeOutcome, tuple[str, str]] = {
    "new": ("已接单", "taken in"),
    "known": ("此前已接单，内容相同", "was taken in before with the same content"),
    "amended": ("内容已更新，将重新检查并申报", "amended: it is checked and declared anew"),
    "conflict": (
        "已申报且海关可能已受理，内容不同，未作更改；请先查询状态，必要时撤单",
        "was declared with another content, and customs may hold it; nothing was changed: ask for its state, cancel it if need be",
    ),
}


def take_in(
    connection: LedgerConnection,
    enterprise: str,
    parcels: Iterable[Declaration],
    *,
    at: datetime,
    profile: str = "",
    hooks: Sequence[str] = (),
) -> tuple[TakenIn, ...]:
    """Take in orders of an enterprise, each once, and return what became of each, in order.

    ``profile`` names the conditions under which they are declared. ``hooks`` are the enterprise's hooks.
    """
    found: list[TakenIn] = []
    for group in _without_repeats(parcels):
        found += _taken(connection, enterprise, group, at, profile, hooks)
    return tuple(found)


def find_orders(connection: LedgerConnection, enterprise: str, names: Sequence[OrderName]) -> dict[OrderName, int]:
    """Return the numbers of the rows of orders that were taken in, for this transaction alone."""
    return {name: int(row.id) for name, row in _locked(connection, enterprise, names).items()}


def _without_repeats(parcels: Iterable[Declaration]) -> Iterator[dict[OrderName, Declaration]]:
    """Cut a stream so that no part has an order twice."""
    group: dict[OrderName, Declaration] = {}
    for parcel in parcels:
        name = parcel.parties.platform_code, parcel.order.order_no
        if name in group:
            yield group
            group = {}
        group[name] = parcel
    if group:
        yield group


def _taken(
    connection: LedgerConnection,
    enterprise: str,
    parcels: Mapping[OrderName, Declaration],
    at: datetime,
    profile: str,
    hooks: Sequence[str],
) -> Iterator[TakenIn]:
    contents = {name: parcel_bytes(parcel) for name, parcel in parcels.items()}
    digests = {name: digest(connection.keys, content) for name, content in contents.items()}
    known = _locked(connection, enterprise, list(parcels))
    rows = [
        _row(connection, enterprise, profile, name, parcels[name], contents[name], digests[name], at)
        for name in parcels
        if name not in known
    ]
    new = _added(connection, rows)
    if len(new) < len(rows):  # another caller was first with some
        known |= _locked(connection, enterprise, [name for name in parcels if name not in new and name not in known])
    amended = [
        name for name, row in known.items() if bytes(row.digest) != digests[name] and is_free(row.stage, row.node)
    ]
    if amended:
        _amend(
            connection, [(known[name], parcels[name], contents[name], digests[name], profile) for name in amended], at
        )
    events = [NodeEvent(order=order, node=HubNode.RECEIVED, at=at) for order in new.values()]
    events += [
        NodeEvent(order=known[name].id, node=HubNode.AMENDED, at=at, attempt=known[name].attempt) for name in amended
    ]
    enter_nodes(connection, events, arrived=at, hooks={enterprise: hooks})
    for name in parcels:
        platform_code, order_no = name
        if name in new:
            order, outcome, stage = new[name], "new", OrderStage.RECEIVED
        else:
            row = known[name]
            order, stage = row.id, OrderStage(row.stage)
            same = bytes(row.digest) == digests[name]
            outcome = "known" if same else "amended" if name in amended else "conflict"
            stage = OrderStage.RECEIVED if outcome == "amended" and stage is not OrderStage.HELD else stage
        yield TakenIn(order=order, platform_code=platform_code, order_no=order_no, outcome=outcome, stage=stage)  # type: ignore[arg-type]


def _locked(connection: LedgerConnection, enterprise: str, names: Sequence[OrderName]) -> dict[OrderName, Any]:
    """Return the orders that are known, for this transaction alone."""
    orders, numbers = HUB_ORDERS.c, list[int]()
    for (platform_code,), order_nos in keys_in_parts(names):
        own = (orders.enterprise == enterprise) & (orders.platform_code == platform_code)
        numbers += connection.sql.execute(select(orders.id).where(own, orders.order_no.in_(order_nos))).scalars()
    columns = [orders[name] for name in ("id", "platform_code", "order_no", "digest", "stage", "node", "attempt")]
    found = dict[OrderName, Any]()
    for part in in_parts(sorted(numbers)):  # locked in one order by everybody
        wanted = select(*columns).where(orders.id.in_(part)).order_by(orders.id).with_for_update()
        found |= {(row.platform_code, row.order_no): row for row in connection.sql.execute(wanted)}
    return found


def is_free(stage: str, node: str) -> bool:
    """Return True if customs holds nothing of an order at a stage and a node, so that it may be amended."""
    return stage in _BEFORE or (stage == OrderStage.DECLARED and node in FREE_NODES)


def _row(
    connection: LedgerConnection,
    enterprise: str,
    profile: str,
    name: OrderName,
    parcel: Declaration,
    content: bytes,
    digest: bytes,
    at: datetime,
) -> dict[str, Any]:
    platform_code, order_no = name
    return {
        "enterprise": enterprise,
        "platform_code": platform_code,
        "order_no": order_no,
        "profile": profile,
        "version": 1,
        "digest": digest,
        **seal(connection.keys, content)._asdict(),
        "stage": OrderStage.RECEIVED,
        "node": "",
        "attempt": 1,
        "refund": False,
        "told": "[]",
        "due": at,
        "received_at": at,
        **_facts(parcel),
    }


def _facts(parcel: Declaration) -> dict[str, Any]:
    """Return how an order is declared, and who has a part in it, by which orders are counted and watched."""
    parties = parcel.parties
    return {
        "customs_code": parcel.clearance.customs_code,
        "trade_mode": parcel.clearance.trade_mode,
        "payment_company_code": parties.payment_company_code,
        "carrier_code": parties.carrier_code,
        "area_operator_code": parties.area_operator_code or "",
    }


def _added(connection: LedgerConnection, rows: Sequence[dict[str, Any]]) -> dict[OrderName, int]:
    """Add new orders, and their numbers; return the number of the row of each."""
    if not rows:
        return {}
    orders = HUB_ORDERS.c
    returned = add_new_rows(connection, HUB_ORDERS, rows, (orders.id, orders.platform_code, orders.order_no))
    new = {(platform_code, order_no): int(order) for order, platform_code, order_no in returned}
    numbers = [{"number": order_no, "name": "order_no", "order": order} for (_, order_no), order in new.items()]
    add_rows(connection, HUB_NUMBERS, numbers)
    return new


def _amend(
    connection: LedgerConnection, amended: Sequence[tuple[Any, Declaration, bytes, bytes, str]], at: datetime
) -> None:
    """Put another content in the place of one of which customs holds nothing."""
    orders = HUB_ORDERS.c
    changing = (
        update(HUB_ORDERS)
        .where(orders.id == bindparam("row"))
        .values(
            version=orders.version + 1,
            digest=bindparam("new_digest"),
            salt=bindparam("new_salt"),
            sealed=bindparam("new_sealed"),
            stage=bindparam("new_stage"),
            profile=bindparam("new_profile"),
            told="[]",
            due=at,
            attempt=orders.attempt + bindparam("again"),
            **{name: bindparam(f"new_{name}") for name in _FACTS},
        )
    )
    values = []
    for row, parcel, content, mark, profile in amended:
        kept = seal(connection.keys, content)
        stage = OrderStage.HELD if row.stage == OrderStage.HELD else OrderStage.RECEIVED
        values.append(
            {
                "row": row.id,
                "new_digest": mark,
                "new_salt": kept.salt,
                "new_sealed": kept.sealed,
                "new_stage": stage,
                "new_profile": profile,
                "again": int(row.stage == OrderStage.DECLARED),
                **{f"new_{name}": fact for name, fact in _facts(parcel).items()},
            }
        )
    connection.sql.execute(changing, values)
