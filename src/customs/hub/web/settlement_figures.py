"""Figures of settlements (对账汇总): payments of some days, or the bills of a provider, compared; without people's answers."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import select, union

from customs.hub.store.tables import HUB_ORDERS
from customs.ledger.database import LedgerConnection
from customs.ledger.settlements.answers import difference_of
from customs.ledger.settlements.charges_kept import compared_charges
from customs.ledger.settlements.payment_case import SettlementTerms
from customs.ledger.settlements.payments_compared import ComparedOrder, compared_bookings, compared_orders
from customs.ledger.settlements.provider_profiles import ProviderProfile
from customs.ledger.settlements.settlement_days import ComparedDay, days_compared, file_findings
from customs.ledger.settlements.settlement_parts import Days, SettlementPart
from customs.ledger.settlements.settlement_tables import DECLARED, PAYMENTS
from customs.rules.finding import Finding


class AskedPayments(NamedTuple):
    """The payments of some days that an enterprise asks for, and by which terms they are compared at a time."""

    enterprise: str
    everything: bool
    """True if everything in the ledger is the enterprise's own."""
    terms: SettlementTerms
    days: Days
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedBills:
    """The outcome of a comparison: orders or numbers by outcome, what differs by number and code, and the days of the bills."""

    outcomes: Counter[str]
    findings: tuple[tuple[str, Finding], ...]
    """Each with what it is known by (``difference_of``)."""
    days: tuple[ComparedDay, ...] = field(default=())


def own_part(enterprise: str, terms: SettlementTerms) -> SettlementPart:
    """Return the orders and files of an enterprise that shares its ledger with others.

    Its are the orders that it took in, what bills call those that were split, and the orders of its merchant numbers.
    """
    own = select(HUB_ORDERS.c.order_no).where(HUB_ORDERS.c.enterprise == enterprise)
    split = select(DECLARED.c.bill_order_no).where(DECLARED.c.order_no.in_(own), DECLARED.c.bill_order_no != "")
    billed = select(PAYMENTS.c.order_no).where(PAYMENTS.c.merchant.in_(sorted(terms.merchants)))
    orders = union(own, split, billed)
    return SettlementPart(orders=orders, files=select(PAYMENTS.c.file).where(PAYMENTS.c.order_no.in_(orders)))


def compared_payments(connection: LedgerConnection, asked: AskedPayments) -> ComparedBills:
    """Compare the payments of some days."""
    part = None if asked.everything else own_part(asked.enterprise, asked.terms)
    outcomes, findings, days = Counter[str](), list[Finding](), asked.days

    def noted(orders: Iterable[ComparedOrder]) -> Iterator[ComparedOrder]:
        for each in orders:
            outcomes[each.outcome] += 1
            findings.extend(each.findings)
            yield each

    bookings = list(compared_bookings(connection, days, part))
    files = list(file_findings(connection, days, part))
    orders = compared_orders(connection, asked.terms, asked.now, days, part)
    seen = days_compared(connection, noted(orders), bookings, files, days, part)
    findings += [each[2] for each in (*bookings, *files)]
    return ComparedBills(outcomes=outcomes, findings=_in_order(findings), days=tuple(seen))


def compared_bills(connection: LedgerConnection, profile: ProviderProfile, period_end: date | None) -> ComparedBills:
    """Compare the bills of a provider with the enterprise's own figures."""
    outcomes, findings = Counter[str](), list[Finding]()
    for each in compared_charges(connection, profile, period_end):
        outcomes[each.outcome] += 1
        findings += each.findings
    return ComparedBills(outcomes=outcomes, findings=_in_order(findings))


def _in_order(findings: Iterable[Finding]) -> tuple[tuple[str, Finding], ...]:
    found = sorted(dict.fromkeys(findings), key=lambda each: (each.path, each.code, each.en))
    return tuple((difference_of(each), each) for each in found)
