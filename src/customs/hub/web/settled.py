"""The outcome of settling (对账结果): differences of some days of payments, or of a provider, with the answers that people gave."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from sqlalchemy import select, union

from customs.hub.orders import OrderName
from customs.hub.settlement_places import SettlementPlace
from customs.hub.tables import HUB_ORDERS
from customs.hub.web.finding_orders import orders_named
from customs.hub.web.visits import Visit
from customs.ledger.database import LedgerConnection
from customs.ledger.settlements.answers import SettlementAnswer, answered, difference_of
from customs.ledger.settlements.charges_kept import compared_charges
from customs.ledger.settlements.payments_compared import ComparedOrder, compared_bookings, compared_orders
from customs.ledger.settlements.provider_profiles import ProviderProfile
from customs.ledger.settlements.settlement_days import SettlementDay, days_seen, file_findings
from customs.ledger.settlements.settlement_parts import Days, SettlementPart
from customs.ledger.settlements.settlement_tables import DECLARED, PAYMENTS
from customs.rules.finding import Finding

#: The standings of a difference: those that are open first.
STANDINGS = ("different", "waiting", "noticed", "answered", "explained")

#: The standings in which something is still to be done.
OPEN = frozenset(STANDINGS[:3])


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDifference:
    """A difference (差异): what it is, how it stands, the answer to it, and the order of the hub that it is about."""

    finding: Finding
    key: str
    standing: str
    answer: SettlementAnswer | None = None
    order: OrderName | None = None


class CodeCount(NamedTuple):
    """How many differences have a code, and how many of them are open."""

    code: str
    all: int
    open: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The outcome of a comparison: orders or numbers by outcome, differences, and the days of the bills."""

    outcomes: Counter[str]
    differences: tuple[ShownDifference, ...]
    days: tuple[SettlementDay, ...] = field(default=())

    @property
    def open(self) -> int:
        """How many differences are open."""
        return sum(each.standing in OPEN for each in self.differences)

    @property
    def codes(self) -> list[CodeCount]:
        """The differences by code."""
        every = Counter(each.finding.code for each in self.differences)
        left = Counter(each.finding.code for each in self.differences if each.standing in OPEN)
        return [CodeCount(code, every[code], left[code]) for code in sorted(every)]

    def chosen(self, code: str, standing: str) -> list[ShownDifference]:
        """Return the differences of a code and a standing; ``open`` is any that is open, an empty text any at all."""
        return [
            each
            for each in self.differences
            if code in ("", each.finding.code)
            and (standing in ("", each.standing) or (standing == "open" and each.standing in OPEN))
        ]


def place_of(visit: Visit) -> SettlementPlace:
    """Return the terms of an enterprise, the usual ones if its hub names none."""
    return visit.console.settlements.get(visit.shop.name, SettlementPlace())


def part_of(visit: Visit) -> SettlementPart | None:
    """Return the orders and files of an enterprise, None if everything in the ledger is its own.

    Its are the orders that it took in, what bills call those that were split, and the orders of its merchant numbers.
    """
    if visit.shop.belongings.everything:
        return None
    own = select(HUB_ORDERS.c.order_no).where(HUB_ORDERS.c.enterprise == visit.shop.name)
    split = select(DECLARED.c.bill_order_no).where(DECLARED.c.order_no.in_(own), DECLARED.c.bill_order_no != "")
    merchants = sorted(place_of(visit).terms.merchants)
    billed = select(PAYMENTS.c.order_no).where(PAYMENTS.c.merchant.in_(merchants))
    orders = union(own, split, billed)
    return SettlementPart(orders=orders, files=select(PAYMENTS.c.file).where(PAYMENTS.c.order_no.in_(orders)))


def settled_payments(connection: LedgerConnection, visit: Visit, days: Days) -> Settled:
    """Compare the payments of some days."""
    place, part, outcomes, findings = place_of(visit), part_of(visit), Counter[str](), list[Finding]()

    def noted(orders: Iterable[ComparedOrder]) -> Iterator[ComparedOrder]:
        for each in orders:
            outcomes[each.outcome] += 1
            findings.extend(each.findings)
            yield each

    bookings = list(compared_bookings(connection, days, part))
    files = list(file_findings(connection, days, part))
    orders = compared_orders(connection, place.terms, visit.now, days, part)
    seen = days_seen(connection, noted(orders), bookings, files, days, part)
    findings += [each[2] for each in (*bookings, *files)]
    return Settled(outcomes=outcomes, differences=_shown(connection, visit, findings), days=tuple(seen))


def settled_charges(
    connection: LedgerConnection, visit: Visit, profile: ProviderProfile, period_end: date | None
) -> Settled:
    """Compare the bills of a provider with the enterprise's own figures."""
    outcomes, findings = Counter[str](), list[Finding]()
    for each in compared_charges(connection, profile, period_end):
        outcomes[each.outcome] += 1
        findings += each.findings
    return Settled(outcomes=outcomes, differences=_shown(connection, visit, findings))


def _shown(connection: LedgerConnection, visit: Visit, findings: Iterable[Finding]) -> tuple[ShownDifference, ...]:
    """Return findings as they are shown, by number and code."""
    found = sorted(dict.fromkeys(findings), key=lambda each: (each.path, each.code, each.en))
    said = answered(connection, found)
    orders = orders_named(connection, visit.shop.name, {_number(each) for each in found})
    return tuple(_difference(each, said, orders) for each in found)


def _difference(
    finding: Finding, said: Mapping[str, SettlementAnswer], orders: Mapping[str, OrderName]
) -> ShownDifference:
    key = difference_of(finding)
    return ShownDifference(
        finding=finding,
        key=key,
        standing=_standing(finding, key in said),
        answer=said.get(key),
        order=orders.get(_number(finding)),
    )


def _number(finding: Finding) -> str:
    """Return the order or waybill that a difference is about; of a piece of work or material, the one that it was for."""
    return finding.path.partition(" ")[0]


def _standing(finding: Finding, is_answered: bool) -> str:
    """Return how a difference stands: a warning of a payment waits for more, one of a provider waits for nothing."""
    if is_answered:
        return "answered"
    usual = {"error": "different", "warning": "waiting", "note": "explained"}[finding.severity.value]
    return "noticed" if usual == "waiting" and finding.code.startswith("FRT") else usual
