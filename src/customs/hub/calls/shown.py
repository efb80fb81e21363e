"""Calls as they are shown (回调展示): those of an enterprise that wait, failed or were taken; a failed one is made again at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from sqlalchemy import Select, select, update

from customs.hub.store.tables import HUB_CALLS, HUB_ORDERS
from customs.ledger.database import LedgerConnection

#: How a call stands: it waits for its first time, it failed and is made again, it was taken by the other side.
CallStanding: TypeAlias = Literal["waiting", "failed", "taken"]


class NoSuchCallError(LookupError):
    """The enterprise has no call of a number that waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallShown:
    """A call as it is shown: which order it tells of, to whom, how often it was made, when it is made next, and why it failed."""

    id: int
    hook: str
    platform_code: str
    order_no: str
    body: str
    standing: CallStanding
    attempts: int
    due: datetime | None
    said: str
    at: datetime


def list_calls(
    connection: LedgerConnection,
    enterprise: str,
    *,
    standing: CallStanding | None = None,
    hook: str = "",
    before: int = 0,
    most: int = 50,
) -> list[CallShown]:
    """Return calls of an enterprise, newest first, those before a number."""
    calls, wanted = HUB_CALLS.c, _calls(enterprise)
    if standing is not None:
        wanted = wanted.where(calls.state == ("taken" if standing == "taken" else "waiting"))
    if standing in ("waiting", "failed"):
        wanted = wanted.where(calls.said == "" if standing == "waiting" else calls.said != "")
    if hook:
        wanted = wanted.where(calls.hook == hook)
    if before:
        wanted = wanted.where(calls.id < before)
    rows = connection.sql.execute(wanted.order_by(calls.id.desc()).limit(most))
    return [_call(row) for row in rows]


def calls_of_order(connection: LedgerConnection, enterprise: str, order: int, hooks: Sequence[str]) -> list[CallShown]:
    """Return the calls that tell some systems of the row of an order, in their order."""
    calls = HUB_CALLS.c
    own = _calls(enterprise).where(calls.hook.in_(hooks), calls.order == order)
    rows = connection.sql.execute(own.order_by(calls.id))
    return [_call(row) for row in rows]


def _calls(enterprise: str) -> Select[Any]:
    calls, orders = HUB_CALLS.c, HUB_ORDERS.c
    named = select(HUB_CALLS, orders.platform_code, orders.order_no)
    return named.join(HUB_ORDERS, orders.id == calls.order).where(calls.enterprise == enterprise)


def _call(row: Any) -> CallShown:
    return CallShown(
        id=row.id,
        hook=row.hook,
        platform_code=row.platform_code,
        order_no=row.order_no,
        body=row.body,
        standing="taken" if row.state == "taken" else "failed" if row.said else "waiting",
        attempts=row.attempts,
        due=row.due,
        said=row.said,
        at=row.at,
    )


def retry_call(connection: LedgerConnection, enterprise: str, call: int, *, now: datetime) -> None:
    """Have a call made again at once, when those before it of its order were taken. Raises ``NoSuchCallError``."""
    calls = HUB_CALLS.c
    changing = update(HUB_CALLS).where(calls.id == call, calls.enterprise == enterprise, calls.state == "waiting")
    if not connection.sql.execute(changing.values(due=now)).rowcount:
        raise NoSuchCallError(call)
