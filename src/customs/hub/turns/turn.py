"""Turns (轮次): each work of the hub done once, as far as it is due, each in a transaction of its own.

The loops of a worker do nothing but take turns; so does a test, whose time stands still meanwhile. Whoever is killed within a
turn leaves nothing of it, and the next one takes it again.
"""

from datetime import datetime

from sqlalchemy import select, update

from customs.hub.counts.order_counts import settle_counts
from customs.hub.counts.tallies import enter_tallies
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.store.tables import HUB_MARKS
from customs.hub.turns.declaring import TOGETHER, DeclaringReport, declare_due, set_aside
from customs.hub.turns.errors import is_of_all
from customs.hub.turns.folding import FoldingReport, fold
from customs.hub.turns.follow_ups import TOGETHER as STEPS_TOGETHER
from customs.hub.turns.follow_ups import StepsReport, take_step_alone, take_steps
from customs.hub.turns.receipts_aside import set_receipt_aside
from customs.hub.turns.returns import TOGETHER as RETURNS_TOGETHER
from customs.hub.turns.returns import take_return_alone, take_returns
from customs.journal.shared import OvertakenError
from customs.ledger.accounts import upserting
from customs.ledger.database import Ledger, LedgerConnection
from customs.ledger.engines import told
from customs.ledger.exchange import receipts_behind
from customs.receipts.timeouts import DEFAULT, Timeouts

#: How often a turn of one order is taken again that another worker overtook.
MOST_TURNS = 5

#: Answers that one transaction folds: most orders of a busy minute are brought up once then.
ANSWERS_TOGETHER = 5_000


def declare_turn(
    ledger: Ledger,
    enterprise: HubEnterprise,
    profile: str = "",
    *,
    now: datetime,
    most: int = TOGETHER,
    timeouts: Timeouts = DEFAULT,
) -> DeclaringReport:
    """Declare what is due of a profile, the first one if none is named.

    A turn that others overtook, or in which two orders claim one number, is taken again with fewer orders; so is one that an
    order brings to fail in a way that nobody foresaw, until that order is alone: it is set aside, and the rest goes on.
    Raises ``OvertakenError`` if that never ends, ``NoDestinationError``, ``NoProfileError``, and what keeps the profile from
    declaring at all.
    """
    overtaken = 0
    while True:
        try:
            with ledger.begin() as connection:
                return declare_due(connection, enterprise, profile, now=now, most=most, timeouts=timeouts)
        except OvertakenError:
            overtaken += most == 1
            if overtaken == MOST_TURNS:
                raise
        except Exception as error:  # one order must not hold up the others
            if is_of_all(error):
                raise
            if most == 1:
                with ledger.begin() as connection:
                    set_aside(connection, enterprise, profile, type(error).__name__, now=now)
                return DeclaringReport(taken=1, failed=1)
        most = max(most // 2, 1)


def steps_turn(
    ledger: Ledger, enterprise: HubEnterprise, *, now: datetime, timeouts: Timeouts = DEFAULT
) -> StepsReport:
    """Take the next steps of orders whose time has come, declare the returns that wait, and add up the counts of orders.

    What fails in a way that nobody foresaw is tried order by order: one that fails alone is set aside, and the rest goes on.
    """
    report = _steps(ledger, enterprise, now, timeouts) + _returns(ledger, enterprise, now)
    with ledger.begin() as connection:
        settle_counts(connection)
    return report


def _steps(ledger: Ledger, enterprise: HubEnterprise, now: datetime, timeouts: Timeouts) -> StepsReport:
    try:
        with ledger.begin() as connection:
            return take_steps(connection, enterprise, now=now, timeouts=timeouts)
    except Exception as error:
        if isinstance(error, OvertakenError) or is_of_all(error):
            raise
    report = StepsReport()
    for _ in range(STEPS_TOGETHER):
        with ledger.begin() as connection:
            found = take_step_alone(connection, enterprise, now=now, timeouts=timeouts)
        if not found.seen:
            break
        report += found
    return report


def _returns(ledger: Ledger, enterprise: HubEnterprise, now: datetime) -> StepsReport:
    try:
        with ledger.begin() as connection:
            return StepsReport(returned=take_returns(connection, enterprise, now=now))
    except Exception as error:
        if isinstance(error, OvertakenError) or is_of_all(error):
            raise
    report = StepsReport()
    for _ in range(RETURNS_TOGETHER):
        with ledger.begin() as connection:
            found = take_return_alone(connection, enterprise, now=now)
        if not found.seen:
            break
        report += StepsReport(returned=found.gone, aside=found.aside)
    return report


def fold_turn(
    ledger: Ledger, enterprise: HubEnterprise, source: str, *, now: datetime, timeouts: Timeouts = DEFAULT
) -> FoldingReport | None:
    """Lay what came from a source to its orders, some thousand answers at a time.

    Returns None if nothing was new, or another worker does it. What fails in a way that nobody foresaw is tried with fewer
    receipts, so that the ones before it are laid; a receipt that fails alone is set aside, and the rest goes on.
    """
    lines = ANSWERS_TOGETHER
    while True:
        try:
            return _fold_some(ledger, enterprise, source, lines, now=now, timeouts=timeouts)
        except Exception as error:
            if is_of_all(error):
                raise
        lines = max(lines // 20, 1)


def _fold_some(
    ledger: Ledger, enterprise: HubEnterprise, source: str, lines: int, *, now: datetime, timeouts: Timeouts
) -> FoldingReport | None:
    """Lay the next receipts, one at least, with so many lines at most; with one line, set aside what fails."""
    name = f"{enterprise.name}/{source}"
    with ledger.begin() as connection:
        upto = _mark(connection, name)
        areas = enterprise.areas.get(source, ("unified",))
        behind = None if upto is None else receipts_behind(connection, name, upto, lines=lines, areas=areas)
        if upto is None or behind is None:
            return None
        last = behind.upto
        try:
            with told(), connection.sql.begin_nested():
                report = fold(connection, enterprise, behind.receipts, now=now, areas=areas, timeouts=timeouts)
        except Exception as error:
            if lines > 1 or is_of_all(error):
                raise
            last = set_receipt_aside(connection, name, upto, error)
            report = FoldingReport(aside=1)
        connection.sql.execute(update(HUB_MARKS).where(HUB_MARKS.c.source == name).values(upto=last))
        enter_tallies(connection, enterprise.name, report.tallies, at=now, source=source)
        return report


def _mark(connection: LedgerConnection, name: str) -> int | None:
    """Return up to which item of an inbox all was folded, for this transaction alone; None while another one folds it."""
    connection.sql.execute(upserting(connection, HUB_MARKS).values(source=name, upto=0).on_conflict_do_nothing())
    wanted = select(HUB_MARKS.c.upto).where(HUB_MARKS.c.source == name).with_for_update(skip_locked=True)
    return connection.sql.execute(wanted).scalar()
