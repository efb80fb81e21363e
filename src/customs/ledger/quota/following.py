"""The quota follows the receipts (额度随回执变动): the state of a parcel decides what its order holds and has used.

The state is that of the set of its receipts, so that one which is repeated, late or out of order leads to the same end.
"""

from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from customs.fields.frozen import FrozenDict
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.quota.orders import order_standing, put_back, restore, take
from customs.ledger.quota.policy import PRACTICE, QuotaMoment, QuotaPolicy
from customs.receipts.lifecycle import granted_at
from customs.receipts.standing import Stand, living, stand_of
from customs.receipts.state import ParcelState

#: What became of the quota of an order.
QuotaMove: TypeAlias = Literal["taken", "put back", "restored", "unchanged"]

_LIST, _RETURN, _BILL = "CEB621", "CEB625", "CEB816"

_RELEASED = frozenset({Stand.RELEASED, Stand.CLOSED})

#: The stands of the list in which the quota is taken, by the moment chosen.
TAKEN = FrozenDict[QuotaMoment, frozenset[Stand]](
    {
        "stored": _RELEASED | {Stand.HELD, Stand.REVIEWED, Stand.STOPPED, Stand.DETAINED},
        "released": _RELEASED,
        "billed": _RELEASED,
    }
)


def follow_parcel(
    connection: LedgerConnection,
    order: str,
    state: ParcelState,
    *,
    at: datetime,
    returned: Decimal | None = None,
    policy: QuotaPolicy = PRACTICE,
) -> QuotaMove:
    """Bring the quota of an order to where the state of its parcel says, and return what was done.

    ``returned`` is the value of the returned lines once customs has released the return (回执 626); without it nothing of a
    return is given back. Raises ``OrderUnknownError``.
    """
    listed = living(state, _LIST)
    stand, before = stand_of(listed), order_standing(connection, order)
    submitted = listed.current.submitted if listed and listed.current else None
    cause = EntryCause("receipt", f"{submitted.guid if submitted else ''}/{before.entries}")
    if stand in (Stand.WITHDRAWN, Stand.SENT_BACK):
        return "restored" if restore(connection, order, cause, at=at) else "unchanged"
    if stand is Stand.REFUSED:
        return "put back" if put_back(connection, order, cause, at=at) else "unchanged"
    taking = stand in TAKEN[policy.take_at] and (policy.take_at != "billed" or _BILL in state.documents)
    moved: QuotaMove = "taken" if taking and take(connection, order, cause, at=at, policy=policy) else "unchanged"
    if returned is not None and granted_at(state.documents.get(_RETURN)) is not None:
        given = restore(connection, order, EntryCause("receipt", f"{_RETURN}/{returned}"), at=at, amount=returned)
        moved = "restored" if given else moved
    return moved
