"""Parcels follow their receipts (自有一方随回执变动): released, cancelled or returned, as the set of receipts says.

A return counts only for a list that went back as a whole: receipts do not say which goods of a list came back, so a return
of some of them is entered with its quantities (``OwnSide.returned``).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Literal, TypeAlias

from customs.codes.states import State
from customs.ledger.bills.parcels import enter_parcel, find_parcels
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.receipts.lifecycle import granted_at
from customs.receipts.standing import Stand, living, stand_of
from customs.receipts.state import ParcelState
from customs.reconciliation.three_way.sides import OwnSide, ParcelCourse

#: What a receipt changed of a parcel.
ParcelMove: TypeAlias = Literal["released", "cancelled", "returned", "unchanged", "unknown"]

_LIST, _RETURN = "CEB621", "CEB625"

_RELEASED = frozenset({Stand.RELEASED, Stand.CLOSED})


_MOVES: dict[ParcelCourse, ParcelMove] = {
    ParcelCourse.RELEASED: "released",
    ParcelCourse.CANCELLED: "cancelled",
    ParcelCourse.RETURNED: "returned",
}


def follow_taxed_parcel(connection: LedgerConnection, order_no: str, state: ParcelState, *, at: datetime) -> ParcelMove:
    """Bring a parcel to where its receipts say, and return what was done; the same receipts again change nothing."""
    return follow_taxed_parcels(connection, {order_no: state}, at=at)[order_no]


def follow_taxed_parcels(
    connection: LedgerConnection, states: Mapping[str, ParcelState], *, at: datetime
) -> dict[str, ParcelMove]:
    """Bring parcels to where their receipts say, by their order numbers; return what was done of each."""
    orders = sorted(states)
    found = find_parcels(connection, orders)
    moves: dict[str, ParcelMove] = {order: "unchanged" if order in found else "unknown" for order in orders}
    for order_no, own in found.items():
        now = _followed(own, states[order_no])
        cause = EntryCause("receipt", f"{order_no}/{now.course.value}/{now.list_no}")
        if now != own and enter_parcel(connection, now, cause, at):
            moves[order_no] = _MOVES.get(now.course, "unchanged")
    return moves


def _followed(own: OwnSide, state: ParcelState) -> OwnSide:
    listed = living(state, _LIST)
    stand = stand_of(listed)
    fields = dict(listed.deciding.key.fields) if listed and listed.deciding else {}
    own = replace(own, list_no=own.list_no or fields.get("list_no", ""))
    if stand in (Stand.WITHDRAWN, Stand.SENT_BACK):
        return replace(own, course=ParcelCourse.CANCELLED)
    if stand not in _RELEASED:
        return own
    since = state.reached.get(State.RELEASED)
    released = own.released_on or (since.date() if since else None)
    whole = not own.returned and granted_at(state.documents.get(_RETURN)) is not None
    return replace(own, course=ParcelCourse.RETURNED if whole else ParcelCourse.RELEASED, released_on=released)
