"""Turns (轮次): each work of the hub done once, as far as it is due, each in a transaction of its own.

The loops of a worker do nothing but take turns; so does a test, whose time stands still meanwhile. Whoever is killed within a
turn leaves nothing of it, and the next one takes it again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from customs.exchange.copies import CopyErasedError
from customs.hub.declaring import TOGETHER, DeclaringReport, declare_due
from customs.hub.enterprises import HubEnterprise
from customs.hub.folding import FoldingReport, fold
from customs.hub.follow_ups import StepsReport, take_steps
from customs.hub.returns import take_returns
from customs.hub.tables import HUB_MARKS
from customs.hub.tallies import enter_tallies
from customs.journal.shared import OvertakenError
from customs.ledger.accounts import upserting
from customs.ledger.database import Ledger, LedgerConnection
from customs.ledger.exchange import item_content, items_after
from customs.receipts.timeouts import DEFAULT, Timeouts

#: How often a turn is taken again that another worker overtook.
MOST_TURNS = 5

#: Receipts that one transaction folds.
RECEIPTS_TOGETHER = 200


def declare_turn(
    ledger: Ledger, enterprise: HubEnterprise, *, now: datetime, most: int = TOGETHER, timeouts: Timeouts = DEFAULT
) -> DeclaringReport:
    """Declare what is due. A turn that others overtook is taken again; raises ``OvertakenError`` if that never ends."""
    for left in range(MOST_TURNS, 0, -1):
        try:
            with ledger.begin() as connection:
                return declare_due(connection, enterprise, now=now, most=most, timeouts=timeouts)
        except OvertakenError:
            if left == 1:
                raise
            most = max(most // 2, 1)
    raise AssertionError("a turn was taken or failed")


def steps_turn(
    ledger: Ledger, enterprise: HubEnterprise, *, now: datetime, timeouts: Timeouts = DEFAULT
) -> StepsReport:
    """Take the next steps of orders whose time has come, and declare the returns that wait."""
    with ledger.begin() as connection:
        report = take_steps(connection, enterprise, now=now, timeouts=timeouts)
    with ledger.begin() as connection:
        return replace(report, returned=take_returns(connection, enterprise, now=now))


def fold_turn(
    ledger: Ledger, enterprise: HubEnterprise, source: str, *, now: datetime, timeouts: Timeouts = DEFAULT
) -> FoldingReport | None:
    """Lay what came from a source to its orders, some hundred receipts at a time; return None if nothing was new."""
    name = f"{enterprise.name}/{source}"
    with ledger.begin() as connection:
        upto = _mark(connection, name)
        items = items_after(connection, name, upto, RECEIPTS_TOGETHER)
        if not items:
            return None
        contents = list(_contents(connection, name, [each.number for each in items if each.kind == "receipt"]))
        areas = enterprise.areas.get(source, ("unified",))
        report = fold(connection, enterprise, contents, now=now, areas=areas, timeouts=timeouts)
        adding = upserting(connection, HUB_MARKS).values(source=name, upto=items[-1].number)
        connection.sql.execute(adding.on_conflict_do_update(index_elements=["source"], set_={"upto": items[-1].number}))
        enter_tallies(connection, enterprise.name, report.tallies, at=now, source=source)
        return report


def _mark(connection: LedgerConnection, name: str) -> int:
    """Return up to which item of an inbox all was folded, for this transaction alone."""
    connection.sql.execute(upserting(connection, HUB_MARKS).values(source=name, upto=0).on_conflict_do_nothing())
    wanted = select(HUB_MARKS.c.upto).where(HUB_MARKS.c.source == name).with_for_update()
    return int(connection.sql.execute(wanted).scalar_one())


def _contents(connection: LedgerConnection, source: str, numbers: Sequence[int]) -> list[bytes]:
    """Return the receipts that are not erased."""
    found = []
    for number in numbers:
        try:
            found.append(item_content(connection, source, number))
        except CopyErasedError:
            continue
    return found
