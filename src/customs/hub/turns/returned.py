"""Returned goods (退货放行): once customs grants a return, the buyer's quota and the own side of the tax follow, each once.

The value that the quota gets back is that which the return was declared with. A return of everything is known by its receipt;
a return of some goods is entered with its quantities, so that tax bills are compared with what is left.
"""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from customs.codes.states import State
from customs.documents import GoodsReturn
from customs.fields.frozen import FrozenDict
from customs.fields.money import EXACT, ZERO
from customs.hub.orders.requests import quantities_asked
from customs.hub.store.tables import HUB_REQUESTS
from customs.ledger.bills import enter_parcel, find_parcel
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.quota import OrderUnknownError, order_key, restore
from customs.receipts.state import ParcelState
from customs.reconciliation.three_way.sides import OwnSide


def follow_returned(
    connection: LedgerConnection, rows: Sequence[Any], states: Mapping[int, ParcelState], *, at: datetime
) -> int:
    """Have quota and tax follow the granted returns of orders, by rows with id, platform_code and order_no; return how many
    returns there are. The same again changes nothing.
    """
    granted = {row.id: numbers for row in rows if (numbers := _granted(states[row.id]))}
    if not granted:
        return 0
    requests, count = HUB_REQUESTS.c, 0
    wanted = (
        select(requests.order, requests.number, requests.quantities, requests.value)
        .where(requests.order.in_(sorted(granted)), requests.kind == "return", requests.state == "sent")
        .order_by(requests.id)
    )
    known = [each for each in connection.sql.execute(wanted) if each.number in granted[each.order]]
    for row in rows:
        back = [each for each in known if each.order == row.id]
        for each in back:
            with contextlib.suppress(OrderUnknownError):
                cause = EntryCause("receipt", f"{GoodsReturn.message}/{each.number}")
                restore(connection, order_key(row.platform_code, row.order_no), cause, at=at, amount=each.value)
        if back:
            _follow_tax(connection, row.order_no, back, at)
        count += len(back)
    return count


def _granted(state: ParcelState) -> frozenset[str]:
    """Return the numbers of the returns that customs granted."""
    document = state.documents.get(GoodsReturn.message)
    attempts = document.attempts if document else ()
    return frozenset(
        each.submitted.key.get("internal_no") for each in attempts if each.submitted and each.state is State.WITHDRAWN
    )


def _follow_tax(connection: LedgerConnection, order_no: str, back: Sequence[Any], at: datetime) -> None:
    own = find_parcel(connection, order_no)
    if own is None:
        return
    returned: dict[int, Decimal] = {}
    for each in back:
        for gnum, qty in quantities_asked(each).items():
            returned[gnum] = EXACT.add(returned.get(gnum, ZERO), qty)
    if not own.returned and returned == _bought(own):
        return  # a list that went back as a whole: its receipt says so
    cause = EntryCause("receipt", f"{order_no}/returned/{back[-1].number}")
    enter_parcel(connection, replace(own, returned=FrozenDict(returned)), cause, at)


def _bought(own: OwnSide) -> dict[int, Decimal]:
    return {each.gnum: each.goods.qty for each in own.assessment.lines}
