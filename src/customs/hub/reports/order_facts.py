"""The facts of orders (订单事实): one row for each order with when it first reached each node, by the database itself.

The same query serves both ways of counting: the orders that were taken in within a window (cohort), or those of which
anything happened within it (event). A node's time is the earliest that anybody told.
"""

from typing import Any, Literal, TypeAlias

from sqlalchemy import CTE, BigInteger, ColumnElement, and_, case, distinct, func, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from customs.codes.states import State
from customs.hub.orders.nodes import HubNode
from customs.hub.reports.windows import ReportWindow
from customs.hub.store.tables import HUB_NODES, HUB_ORDERS

#: Whose orders are counted: those taken in within the window, or those to which something happened within it.
HealthBasis: TypeAlias = Literal["cohort", "event"]

#: The columns of an order by which figures are told apart.
PARTS = ("customs_code", "platform_code", "payment_company_code", "carrier_code", "area_operator_code")

#: The first time of each node, by the name of its column.
_FIRST: dict[str, str] = {
    "paid": HubNode.PAID,
    "refused": HubNode.REFUSED,
    "declared": HubNode.DECLARED,
    "inspected": State.INSPECTION,
    "released": State.RELEASED,
    "packed": HubNode.PACKED,
    "left_zone": HubNode.LEFT_ZONE,
    "collected": HubNode.COLLECTED,
    "signed": HubNode.SIGNED,
    "held": HubNode.HELD,
    "cancel_asked": HubNode.CANCELLING,
    "withdrawn": State.WITHDRAWN,
    "return_asked": HubNode.RETURNING,
    "returned": State.RETURNED,
    "closed": HubNode.CLOSED,
}


class WholeSeconds(FunctionElement[int]):
    """The seconds of a time since 1970, without what is below a second."""

    type = BigInteger()
    inherit_cache = True
    name = "whole_seconds"


@compiles(WholeSeconds, "sqlite")
def _seconds_of_sqlite(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(WholeSeconds, "postgresql")
def _seconds_of_postgresql(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(EXTRACT(epoch FROM date_trunc('second', {compiler.process(element.clauses, **options)})) AS BIGINT)"


def seconds_from(begin: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[int]:
    """Return the seconds from one time to another, by a clock that shows whole seconds: an expression of the database."""
    return WholeSeconds(end) - WholeSeconds(begin)


def is_within(at: ColumnElement[Any], window: ReportWindow) -> ColumnElement[bool]:
    """Return the condition that a time is within a window."""
    return and_(at >= window.since, at < window.until)


def order_facts(enterprise: str, window: ReportWindow, basis: HealthBasis) -> CTE:
    """Return the facts of the orders of an enterprise that count in a window, as a table of the statement."""
    orders, nodes = HUB_ORDERS.c, HUB_NODES.c
    refused = nodes.node == State.REJECTED
    columns = [func.min(case((nodes.node == node, nodes.at))).label(name) for name, node in _FIRST.items()]
    wanted = (
        select(
            orders.id,
            *[orders[each] for each in PARTS],
            orders.received_at.label("received"),
            *columns,
            func.max(case((nodes.node == HubNode.DECLARED, nodes.at))).label("declared_last"),
            _attempts(or_(nodes.node == HubNode.DECLARED, refused)).label("attempts"),
            _attempts(refused).label("rejections"),
            _attempts(refused, is_within(nodes.at, window)).label("rejections_within"),
        )
        .join(HUB_NODES, nodes.order == orders.id)
        .where(orders.enterprise == enterprise)
        .group_by(orders.id)
    )
    if basis == "cohort":
        return wanted.where(is_within(orders.received_at, window)).cte("facts")
    happened = select(nodes.order).where(is_within(nodes.at, window))
    return wanted.where(orders.id.in_(happened)).cte("facts")


def _attempts(*conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(distinct(case((and_(*conditions), HUB_NODES.c.attempt))))
