"""Observed orders follow their receipts (订单随回执变动): released, refused, cancelled or returned, and on which days.

What was refused, cancelled or returned no longer counts in a sum of values; late returns are a pattern of their own.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from customs.codes.states import State
from customs.ledger.accounts import upserting
from customs.ledger.database import LedgerConnection
from customs.ledger.risk.tables import RISK_COURSES, RISK_ORDERS
from customs.receipts.lifecycle import begun_at, granted_at
from customs.receipts.standing import Stand, living, stand_of
from customs.receipts.state import ParcelState

_LIST, _RETURN = "CEB621", "CEB625"


class RiskCourse(StrEnum):
    """The course of an order after it was declared."""

    RELEASED = "released"
    """已放行"""
    REFUSED = "refused"
    """被退单"""
    CANCELLED = "cancelled"
    """已撤单"""
    RETURNED = "returned"
    """已退货"""


_COURSES = {
    Stand.RELEASED: RiskCourse.RELEASED,
    Stand.CLOSED: RiskCourse.RELEASED,
    Stand.REFUSED: RiskCourse.REFUSED,
    Stand.WITHDRAWN: RiskCourse.CANCELLED,
    Stand.SENT_BACK: RiskCourse.CANCELLED,
}


def observe_course(connection: LedgerConnection, order: str, state: ParcelState, *, at: datetime) -> RiskCourse | None:
    """Enter what receipts say of an observed order; return it if it is new, else None. ``order`` is PLATFORM/ORDER_NO."""
    course = _COURSES.get(stand_of(living(state, _LIST)))
    if course is None or not _is_observed(connection, order):
        return None
    released = state.reached.get(State.RELEASED)
    returned = None
    if course is RiskCourse.RELEASED and granted_at(state.documents.get(_RETURN)) is not None:
        course, returned = RiskCourse.RETURNED, _asked_on(state)
    now = (course.value, released.date() if released else None, returned)
    values: dict[str, Any] = dict(zip(("course", "released_on", "returned_on"), now, strict=True))
    kept = RISK_COURSES.c
    wanted = (
        select(kept.place, kept.course, kept.released_on, kept.returned_on)
        .where(kept.order == order)
        .order_by(kept.place.desc())
        .limit(1)
    )
    while (last := connection.sql.execute(wanted).one_or_none()) is None or tuple(last)[1:] != now:
        place = last.place + 1 if last else 1
        values |= {"order": order, "place": place, "cause_kind": "receipt", "cause": f"{order}/{place}"}
        adding = upserting(connection, RISK_COURSES).values(entered_at=at, **values).on_conflict_do_nothing()
        if connection.sql.execute(adding.returning(kept.id)).scalar() is not None:
            return course
    return None


def observed_platforms(connection: LedgerConnection) -> list[str]:
    """Return the platforms whose orders are observed."""
    wanted = select(RISK_ORDERS.c.platform_code).distinct().order_by(RISK_ORDERS.c.platform_code)
    return list(connection.sql.execute(wanted).scalars())


def _is_observed(connection: LedgerConnection, order: str) -> bool:
    wanted = select(RISK_ORDERS.c.id).where(RISK_ORDERS.c.order == order).limit(1)
    return connection.sql.execute(wanted).scalar() is not None


def _asked_on(state: ParcelState) -> date | None:
    """Return the day on which the return was asked for, as far as messages or receipts say."""
    begun = [begun_at(each) for each in state.documents[_RETURN].attempts if each.state is State.WITHDRAWN]
    return min(begun).date() if begun and min(begun).year > 1 else None
