"""The quota follows the receipts (额度随回执变动): the state of a parcel decides what its order holds and has used.

The state is that of the set of its receipts, so that one which is repeated, late or out of order leads to the same end.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from customs.fields.frozen import FrozenDict
from customs.fields.money import EXACT, ZERO
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.quota.observing import observe
from customs.ledger.quota.orders import QuotaOrderStanding, order_standing, order_standings, put_back, restore, take
from customs.ledger.quota.policy import PRACTICE, QuotaMoment, QuotaPolicy
from customs.ledger.quota.together import take_all
from customs.receipts.explanation import explain
from customs.receipts.lifecycle import granted_at
from customs.receipts.standing import Stand, answers_of, living, stand_of
from customs.receipts.state import DocumentState, ParcelState

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


#: The codes of a yearly limit that is passed, and whether the total that they print holds the order itself.
_OVER_YEARLY = FrozenDict({"1313": True, "-621018": False})


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
    cause = _cause(listed, before)
    if stand in (Stand.WITHDRAWN, Stand.SENT_BACK):
        return "restored" if restore(connection, order, cause, at=at) else "unchanged"
    if stand is Stand.REFUSED:
        observe_refusals(connection, order, state, at=at)
        return "put back" if put_back(connection, order, cause, at=at) else "unchanged"
    taking = _is_taken(stand, state, policy)
    moved: QuotaMove = "taken" if taking and take(connection, order, cause, at=at, policy=policy) else "unchanged"
    if returned is not None and granted_at(state.documents.get(_RETURN)) is not None:
        given = restore(connection, order, EntryCause("receipt", f"{_RETURN}/{returned}"), at=at, amount=returned)
        moved = "restored" if given else moved
    return moved


def follow_parcels(
    connection: LedgerConnection, states: Mapping[str, ParcelState], *, at: datetime, policy: QuotaPolicy = PRACTICE
) -> dict[str, QuotaMove]:
    """Bring the quota of many orders to where the states of their parcels say; return what was done, by their keys.

    It is what ``follow_parcel`` does of each, with a few statements for those that are only taken. Orders that the quota does
    not know are left out.
    """
    standings = order_standings(connection, states)
    moves: dict[str, QuotaMove] = dict.fromkeys(standings, "unchanged")
    taking: dict[str, EntryCause] = {}
    for order, before in standings.items():
        state = states[order]
        listed = living(state, _LIST)
        stand = stand_of(listed)
        if stand is Stand.REFUSED or (stand in (Stand.WITHDRAWN, Stand.SENT_BACK) and (before.held or before.used)):
            moves[order] = follow_parcel(connection, order, state, at=at, policy=policy)
        elif before.held and _is_taken(stand, state, policy):
            taking[order] = _cause(listed, before)
    for order in take_all(connection, taking, known=standings, at=at, policy=policy):
        moves[order] = "taken"
    return moves


def _is_taken(stand: Stand, state: ParcelState, policy: QuotaPolicy) -> bool:
    return stand in TAKEN[policy.take_at] and (policy.take_at != "billed" or _BILL in state.documents)


def _cause(listed: DocumentState | None, before: QuotaOrderStanding) -> EntryCause:
    """Return the cause of a change that the receipts of a list bring."""
    submitted = listed.current.submitted if listed and listed.current else None
    return EntryCause("receipt", f"{submitted.guid if submitted else ''}/{before.entries}")


def observe_refusals(connection: LedgerConnection, order: str, state: ParcelState, *, at: datetime) -> Decimal:
    """Observe what customs printed of the buyer's use where it refused a list of an order for the yearly limit; return by
    how much ours was raised. Each figure is observed once. Raises ``OrderUnknownError``.

    The total of code 1313 holds the order itself; -621018 prints the amount used before it.
    """
    standing, raised = order_standing(connection, order), ZERO
    own = EXACT.add(sum(standing.held.values(), ZERO), sum(standing.used.values(), ZERO))
    for answer in answers_of(state.documents.get(_LIST)):
        for text in answer.texts:
            for said in explain(text, receipt=answer.receipt):
                used, code = said.figures.used, said.verdict.code
                if used is None or code not in _OVER_YEARLY:
                    continue
                told = EXACT.subtract(used, own) if _OVER_YEARLY[code] else used
                cause = EntryCause("receipt", f"{order}/{code}/{used}")
                when = answer.at or at
                raised += observe(connection, standing.person, cause, year=when.year, told=max(told, ZERO), at=at)
    return raised
