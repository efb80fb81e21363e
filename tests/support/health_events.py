"""Orders of a hub with random events, and a plain count of what happened to them: the reference of the health figures."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import strategies as st

from customs.hub.reports.limits import HealthLimits
from customs.hub.reports.windows import ReportWindow
from customs.hub.store.tables import HUB_NODES, HUB_ORDERS
from customs.ledger import Ledger

#: Nodes of which random events are made; those of attempts among them.
NODES = (
    "paid",
    "refused",
    "declared",
    "inspection",
    "rejected",
    "released",
    "packed",
    "left_zone",
    "collected",
    "signed",
    "held",
    "cancelling",
    "withdrawn",
    "returning",
    "returned",
    "order_closed",
)
DETAILS = ("1300 manual_reject declarant", "-621018 quota platform", "-411001 data payer", "- - -")


@dataclass(frozen=True)
class ToldNode:
    node: str
    attempt: int
    at: datetime
    source: str
    detail: str


@dataclass(frozen=True)
class ToldOrder:
    number: int
    received: datetime
    district: str
    platform: str
    payer: str
    carrier: str
    warehouse: str
    told: tuple[ToldNode, ...] = field(default=())

    def times(self, node: str) -> list[datetime]:
        return [each.at for each in self.told if each.node == node]

    def first(self, node: str) -> datetime | None:
        return min(self.times(node), default=None)

    def attempts(self, *nodes: str, within: ReportWindow | None = None) -> set[int]:
        return {each.attempt for each in self.told if each.node in nodes and (not within or inside(each.at, within))}


def inside(at: datetime | None, window: ReportWindow) -> bool:
    return at is not None and window.since <= at < window.until


def told_orders(window: ReportWindow) -> st.SearchStrategy[list[ToldOrder]]:
    """Orders around a window, with events that come in any order and more than once."""
    times = st.integers(-2 * 86400, 4 * 86400).map(lambda seconds: window.since + timedelta(seconds=seconds))
    told = st.builds(
        ToldNode,
        node=st.sampled_from(NODES),
        attempt=st.integers(1, 3),
        at=times,
        source=st.sampled_from(("hub", "customs", "wms")),
        detail=st.just(""),
    )
    orders = st.builds(
        ToldOrder,
        number=st.just(0),
        received=times,
        district=st.sampled_from(("2244", "5165")),
        platform=st.sampled_from(("P1", "P2")),
        payer=st.sampled_from(("F1", "F2")),
        carrier=st.sampled_from(("C1", "C2")),
        warehouse=st.sampled_from(("", "W1")),
        told=st.lists(told, max_size=12, unique_by=lambda each: (each.node, each.attempt, each.source, each.at)).map(
            tuple
        ),
    )
    return st.lists(orders, max_size=8)


def kept(ledger: Ledger, enterprise: str, orders: Sequence[ToldOrder]) -> None:
    """Put orders and their events into the ledger, as the hub enters them."""
    with ledger.begin() as connection:
        for number, order in enumerate(orders):
            adding = HUB_ORDERS.insert().values(
                enterprise=enterprise,
                platform_code=order.platform,
                order_no=f"O{number}",
                profile="main",
                customs_code=order.district,
                version=1,
                digest=b"",
                stage="declared",
                node="",
                attempt=1,
                refund=False,
                told="[]",
                received_at=order.received,
                payment_company_code=order.payer,
                carrier_code=order.carrier,
                area_operator_code=order.warehouse,
            )
            row = connection.sql.execute(adding).inserted_primary_key
            assert row is not None
            told = [*order.told, ToldNode("received", 1, order.received, "hub", "")]
            values = [
                {
                    "order": row[0],
                    "node": each.node,
                    "attempt": each.attempt,
                    "source": each.source,
                    "at": each.at,
                    "arrived": each.at,
                    "detail": each.detail,
                }
                for each in told
            ]
            connection.sql.execute(HUB_NODES.insert(), values)


Pairs = dict[str, tuple[int, int]]


def plain_shares(
    orders: Iterable[ToldOrder],
    window: ReportWindow,
    now: datetime,
    *,
    cohort: bool,
    limits: HealthLimits | None = None,
) -> Pairs:
    """Count every share of orders one by one, by its formula in words."""
    limits, pairs = limits or HealthLimits(), dict[str, list[int]]()
    for order in orders:
        if cohort and not inside(order.received, window):
            continue
        for name, (part, whole) in _of_order(order, window, now, limits, cohort=cohort).items():
            counted = pairs.setdefault(name, [0, 0])
            counted[0], counted[1] = counted[0] + int(part), counted[1] + int(whole)
    return {name: (part, whole) for name, (part, whole) in pairs.items()}


def _of_order(
    order: ToldOrder, window: ReportWindow, now: datetime, limits: HealthLimits, *, cohort: bool
) -> dict[str, tuple[int, int]]:
    first = order.first
    given_up = any(first(each) for each in ("held", "cancelling", "withdrawn", "order_closed"))
    received = order.received

    def counts(whole: bool, part: bool) -> tuple[int, int]:
        return int(whole and part), int(whole)

    def lasted(begin: datetime | None, end: datetime | None, limit: timedelta) -> bool:
        return begin is not None and end is not None and end - begin <= limit

    def step(begin: datetime | None, end: datetime | None, limit: timedelta) -> tuple[int, int]:
        if cohort:
            due = begin is not None and (end is not None or (begin + limit <= now and not given_up))
        else:
            due = begin is not None and inside(end, window)
        return counts(due, lasted(begin, end, limit))

    def asked(begin: str, then: Callable[[], bool]) -> tuple[int, int]:
        return counts(first(begin) is not None if cohort else inside(first(begin), window), then())

    decided = int(inside(first("released"), window)) + len(order.attempts("rejected", within=window))
    attempts = order.attempts("declared", "rejected")
    ended = first("signed") or first("returned")
    paid = first("paid")
    is_first = first("released") is not None and len(attempts) <= 1
    declared = first("declared") is not None
    stopped = first("refused") is not None
    released_now = inside(first("released"), window)
    if cohort:
        checked = declared or stopped
        fulfilled = paid is not None and (ended is not None or paid + limits.fulfilled <= now)
    else:
        checked = inside(first("declared"), window) or inside(first("refused"), window)
        fulfilled = paid is not None and inside(ended, window)
    return {
        "received_in_time": counts(
            paid is not None and (cohort or inside(received, window)), lasted(paid, received, limits.received)
        ),
        "declared_in_time": step(received, first("declared"), limits.declared),
        "checked": counts(checked, not stopped),
        "released": counts(declared, first("released") is not None) if cohort else (int(released_now), decided),
        "first_pass": counts(declared if cohort else released_now, is_first),
        "rejected": (
            (len(order.attempts("rejected")), len(attempts))
            if cohort
            else (len(order.attempts("rejected", within=window)), decided)
        ),
        "inspected": counts(declared if cohort else released_now, first("inspection") is not None),
        "packed_in_time": step(first("released"), first("packed"), limits.packed),
        "left_in_time": step(first("released"), first("left_zone"), limits.left),
        "collected_in_time": step(first("left_zone"), first("collected"), limits.collected),
        "signed_in_time": step(first("collected"), first("signed"), limits.signed),
        "fulfilled": counts(fulfilled, lasted(paid, ended, limits.fulfilled)),
        "cancelled": asked("cancelling", lambda: first("withdrawn") is not None),
        "returned": asked("returning", lambda: first("returned") is not None),
        "returned_in_time": counts(
            first("released") is not None
            and (first("returning") is not None if cohort else inside(first("returning"), window)),
            lasted(first("released"), first("returning"), limits.returned),
        ),
    }
