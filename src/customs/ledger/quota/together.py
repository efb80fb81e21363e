"""The quota of many orders together (批量额度): reserved and taken with a few statements for all of them.

What is done is what ``reserve`` and ``take`` do one by one, under the same locks: the accounts of all buyers at once, in
order, so that nobody waits in a circle.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from customs.ledger.accounts import Account, Posting, entry_after
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.locking import lock_accounts
from customs.ledger.many_rows import add_rows
from customs.ledger.people import people_of
from customs.ledger.quota.answer import QuotaAnswer, QuotaVerdict, verdict_of
from customs.ledger.quota.asking import counted
from customs.ledger.quota.orders import QuotaOrder, QuotaOrderStanding, china_time, order_standings, posting_of
from customs.ledger.quota.policy import PRACTICE, QuotaPolicy
from customs.ledger.quota.tables import QUOTA
from customs.tax import law

#: An account of the quota: a person and a year.
_Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class LockedBuyers:
    """Buyers whose accounts of a year are locked: their numbers, and the accounts as they stand."""

    people: Mapping[tuple[str, str], int] = field(repr=False)
    year: int
    accounts: dict[_Place, Account]


def lock_buyers(connection: LedgerConnection, buyers: Collection[tuple[str, str]], *, at: datetime) -> LockedBuyers:
    """Lock the accounts of buyers in the year of a time, by type and number of their identity documents; made if there are none."""
    people, year = people_of(connection, buyers), china_time(at).year
    return LockedBuyers(people, year, lock_accounts(connection, QUOTA, {(each, year) for each in people.values()}))


def reserve_all(connection: LedgerConnection, orders: Sequence[QuotaOrder], *, at: datetime) -> list[QuotaAnswer]:
    """Reserve the quota of orders that it does not know yet, one after the other, as far as each fits; return the answers.

    Raises ``ValueError`` for an order that it knows: see ``reserve``.
    """
    own = [each for each in orders if each.payer is None or each.payer == each.buyer]
    locked = lock_buyers(connection, [each.buyer for each in own], at=at)
    if known := order_standings(connection, [each.order for each in own]):
        raise ValueError(f"the quota knows {', '.join(known)}: reserve it by itself 额度库中已有该订单")
    return reserve_new(connection, locked, orders, at=at)


def reserve_new(
    connection: LedgerConnection, locked: LockedBuyers, orders: Sequence[QuotaOrder], *, at: datetime
) -> list[QuotaAnswer]:
    """Reserve as ``reserve_all`` does, for buyers who are locked and orders of which it is known that they are new."""
    on, accounts = china_time(at), locked.accounts
    limits = law.on(on.date()).limits
    answers, rows, seen = list[QuotaAnswer](), list[Mapping[str, Any]](), set[str]()
    for each in orders:
        if each.payer is not None and each.payer != each.buyer:
            answers.append(QuotaAnswer(verdict=QuotaVerdict.ANOTHER_PAYER, amount=each.amount, limits=limits))
            continue
        place = (locked.people[each.buyer], locked.year)
        used, held = accounts[place].figures["used"], accounts[place].figures["held"]
        verdict = verdict_of(each.amount, each.pieces, limits, counted(used, held))
        answer = QuotaAnswer(verdict=verdict, amount=each.amount, limits=limits, used=used, held=held)
        if answer.allowed and each.order not in seen:
            figures, details = {"held": each.amount}, {"order": each.order}
            posting = Posting(kind="reserve", cause=each.cause, at=on, figures=figures, details=details)
            accounts[place], row = entry_after(accounts[place], posting)
            rows.append(row)
            seen.add(each.order)
            answer = replace(answer, new=True)
        answers.append(answer)
    _write(connection, rows)
    return answers


def take_all(
    connection: LedgerConnection,
    causes: Mapping[str, EntryCause],
    *,
    known: Mapping[str, QuotaOrderStanding],
    at: datetime,
    policy: QuotaPolicy = PRACTICE,
) -> set[str]:
    """Turn what orders hold into use, each for its cause, by their keys; return those that held something.

    ``known`` is what they held and had used before their accounts are locked.
    """
    year = None if policy.year_of == "order" else china_time(at).year
    accounts = _locked(connection, [known[order] for order in causes if order in known], year)
    rows, taken = list[Mapping[str, Any]](), set[str]()
    for order, standing in order_standings(connection, causes).items():
        for own, amount in standing.held.items():
            moves: list[tuple[int, dict[str, Decimal]]] = [(own, {"held": -amount, "used": amount})]
            if year not in (None, own):
                assert year
                moves = [(own, {"held": -amount}), (year, {"used": amount})]
            for goes, figures in moves:
                posting = posting_of("take", order, causes[order], at, **figures)
                place = (standing.person, goes)
                accounts[place], row = entry_after(accounts[place], posting)
                rows.append(row)
            taken.add(order)
    _write(connection, rows)
    return taken


def _locked(
    connection: LedgerConnection, standings: Sequence[QuotaOrderStanding], year: int | None
) -> dict[_Place, Account]:
    """Lock the accounts of orders, and those of a year for the same persons."""
    places: set[_Place] = set()
    for each in standings:
        places |= {(each.person, own) for own in {*each.held, *each.used, *([year] if year else [])}}
    return lock_accounts(connection, QUOTA, places)


def _write(connection: LedgerConnection, rows: Sequence[Mapping[str, Any]]) -> None:
    add_rows(connection, QUOTA.entries, rows)
