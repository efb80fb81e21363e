"""The outcome of settling (对账结果): differences of some days of payments, or of a provider, with the answers that people gave."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from customs.hub.settings.settlement_places import SettlementPlace
from customs.hub.web.settlement_figures import AskedPayments, ComparedBills, own_part
from customs.hub.web.visits import Visit
from customs.ledger.database import LedgerConnection
from customs.ledger.settlements.answers import SettlementAnswer, answers_to
from customs.ledger.settlements.settlement_days import SettlementDay, days_standing
from customs.ledger.settlements.settlement_parts import Days, SettlementPart
from customs.rules.finding import Finding

#: The standings of a difference: those that are open first.
STANDINGS = ("different", "waiting", "noticed", "answered", "explained")

#: The standings in which something is still to be done.
OPEN = frozenset(STANDINGS[:3])


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownDifference:
    """A difference (差异): what it is, how it stands, and the answer to it."""

    finding: Finding
    key: str
    standing: str
    answer: SettlementAnswer | None = None

    @property
    def number(self) -> str:
        """The order or waybill that it is about; of a piece of work or material, the one that it was for."""
        return self.finding.path.partition(" ")[0]


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
    """Return the orders and files of an enterprise, None if everything in the ledger is its own."""
    return None if visit.shop.belongings.everything else own_part(visit.shop.name, place_of(visit).terms)


def asked_payments(visit: Visit, days: Days) -> AskedPayments:
    """Return the payments of some days that a page asks for."""
    shop = visit.shop
    return AskedPayments(shop.name, shop.belongings.everything, place_of(visit).terms, days, visit.now)


def settled(connection: LedgerConnection, compared: ComparedBills) -> Settled:
    """Return what was compared with the answers that people gave until now."""
    said = answers_to(connection, [key for key, _ in compared.findings])
    return Settled(
        outcomes=compared.outcomes,
        differences=tuple(
            ShownDifference(finding=each, key=key, standing=_standing(each, key in said), answer=said.get(key))
            for key, each in compared.findings
        ),
        days=tuple(days_standing(connection, compared.days)),
    )


def _standing(finding: Finding, is_answered: bool) -> str:
    """Return how a difference stands: a warning of a payment waits for more, one of a provider waits for nothing."""
    if is_answered:
        return "answered"
    usual = {"error": "different", "warning": "waiting", "note": "explained"}[finding.severity.value]
    return "noticed" if usual == "waiting" and finding.code.startswith("FRT") else usual
