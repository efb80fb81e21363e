"""Answers to differences (差异说明与工单): an explanation, or the ticket that goes after it; only ever appended.

An answer holds for the difference as it was: when its figures change, the difference is open again.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Literal

from sqlalchemy import select

from customs.ledger.accounts import upserting
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.settlements.bills_kept import AT_ONCE, columns_of_cause
from customs.ledger.settlements.settlement_tables import ANSWERS
from customs.rules.finding import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementAnswer:
    """The answer of a person to a difference: 说明 or 工单."""

    code: str
    subject: str
    """The order, waybill or file that the difference is about."""
    kind: Literal["explanation", "ticket"]
    words: str
    by: str
    at: datetime


def difference_of(finding: Finding) -> str:
    """Return by what a difference is known: its code, what it is about, and its figures."""
    return sha256("\n".join((finding.code, finding.path, finding.en)).encode()).hexdigest()


def answer(
    connection: LedgerConnection,
    finding: Finding,
    kind: Literal["explanation", "ticket"],
    words: str,
    *,
    cause: EntryCause,
    at: datetime,
) -> bool:
    """Enter an answer to a difference, without personal data; return False if the same cause gave it before."""
    adding = upserting(connection, ANSWERS).values(
        code=finding.code,
        subject=finding.path[:300],
        difference=difference_of(finding),
        kind=kind,
        words=words[:1000],
        at=at,
        **columns_of_cause(cause),
    )
    added = adding.on_conflict_do_nothing().returning(ANSWERS.c.id)
    return connection.sql.execute(added).scalar() is not None


def answered(connection: LedgerConnection, findings: Sequence[Finding]) -> dict[str, SettlementAnswer]:
    """Return the last answer to each difference that has one, by ``difference_of``."""
    return answers_to(connection, {difference_of(each) for each in findings})


def answers_to(connection: LedgerConnection, differences: Collection[str]) -> dict[str, SettlementAnswer]:
    """Return the last answer to each difference that has one; both by ``difference_of``."""
    found = dict[str, SettlementAnswer]()
    keys = iter(sorted(differences))
    while batch := list(islice(keys, AT_ONCE)):
        rows = connection.sql.execute(
            select(ANSWERS).where(ANSWERS.c.difference.in_(batch)).order_by(ANSWERS.c.id)
        ).mappings()
        found |= {
            each["difference"]: SettlementAnswer(
                code=each["code"],
                subject=each["subject"],
                kind=each["kind"],
                words=each["words"],
                by=each["cause_by"],
                at=each["at"],
            )
            for each in rows
        }
    return found


def unexplained(findings: Iterable[Finding]) -> list[str]:
    """Return the differences that nothing explains, by ``difference_of``: they are open until somebody answers."""
    return [difference_of(each) for each in findings if each.severity.value != "note"]
