"""Fetching mails (收取来信): those that wait are taken into cases, each once.

Promised, under kill and cut: a mail stops waiting only after its case, its words and its files stand in the ledger, and it is
known there by its number, or by its content if it has none; so that nothing is lost, and nothing counts twice.
"""

from dataclasses import dataclass
from datetime import datetime

from customs.hub.cases.acts import CaseAct
from customs.hub.cases.entries import MACHINE
from customs.hub.cases.kept import CaseError
from customs.hub.cases.mail import CaseMail, MailTakenError, read_mail, take_mail
from customs.hub.cases.mail_folder import MailSource, MailWaiting
from customs.ledger.database import Ledger

#: Mails of one turn.
TOGETHER = 20

#: Errors of the parser of mails for content that is none.
_BROKEN = (ValueError, LookupError, AttributeError, TypeError, RecursionError)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailsReport:
    """The outcome of a turn: how many mails opened a case, joined one, were known or of a machine, and could not be read."""

    opened: int = 0
    joined: int = 0
    passed: int = 0
    aside: int = 0

    @property
    def seen(self) -> int:
        """The number of all mails that waited."""
        return self.opened + self.joined + self.passed + self.aside


def mails_turn(
    ledger: Ledger, enterprise: str, source: MailSource, *, now: datetime, most: int = TOGETHER
) -> MailsReport:
    """Take mails that wait into cases of an enterprise, each in a transaction of its own. Raises ``WayError``."""
    counts = {"opened": 0, "joined": 0, "passed": 0, "aside": 0}
    for waiting in source.waiting(most):
        mail = _read(waiting)
        if mail is None:
            source.aside(waiting)
            counts["aside"] += 1
            continue
        counts[_taken(ledger, enterprise, mail, now)] += 1
        source.taken(waiting)
    return MailsReport(**counts)


def _read(waiting: MailWaiting) -> CaseMail | None:
    """Return a mail that waits, None if it cannot be read: whatever it is, the others go on."""
    try:
        return None if waiting.content is None else read_mail(waiting.content)
    except (CaseError, *_BROKEN):
        return None


def _taken(ledger: Ledger, enterprise: str, mail: CaseMail, now: datetime) -> str:
    try:
        with ledger.begin() as connection:
            found = take_mail(connection, enterprise, mail, CaseAct(by=MACHINE, at=now))
    except MailTakenError:  # another worker was there at the same time
        return "passed"
    return "passed" if found is None else "opened" if found.is_new else "joined"
