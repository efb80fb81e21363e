"""Observing and correcting (额度观测与更正): what customs prints of a buyer's quota, and what a person decides.

Customs sees what a buyer bought everywhere, we only what we sold; its figure comes late. So a higher figure raises ours,
with an entry of its own; a lower one is kept and changes nothing.
"""

from datetime import datetime
from decimal import Decimal

from customs.fields.money import ZERO, exactly
from customs.ledger.accounts import Posting, append
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.locking import lock_account
from customs.ledger.quota.tables import QUOTA


@exactly
def observe(
    connection: LedgerConnection, person: int, cause: EntryCause, *, year: int, told: Decimal, at: datetime
) -> Decimal:
    """Keep what customs said that a person had used, before the order it speaks of; return by how much ours was raised.

    ``told`` of code 1313 is its total less the order's own value; that of -621018 is the amount used as it stands.
    """
    account = lock_account(connection, QUOTA, person=person, year=year)
    details = {"told": told}
    account, new = append(connection, account, Posting(kind="observe", cause=cause, at=at, details=details))
    more = told - account.figures["used"]
    if not new or more <= 0:
        return ZERO
    append(connection, account, Posting(kind="correct", cause=cause, at=at, figures={"used": more}, details=details))
    return more


def correct(
    connection: LedgerConnection, person: int, cause: EntryCause, *, year: int, by_amount: Decimal, at: datetime
) -> bool:
    """Correct what a person has used by an amount, above or below 0; False if the cause was entered before.

    The cause is a ticket that says who decided it and why. Raises ``ValueError`` for one that does not, and for an
    amount that would leave less than nothing used.
    """
    if cause.kind != "ticket" or not cause.by or not cause.why:
        raise ValueError("a correction needs a ticket with who decided it and why 更正须有工单，注明经办人与原因")
    account = lock_account(connection, QUOTA, person=person, year=year)
    used = account.figures["used"]
    if used + by_amount < 0:
        raise ValueError(f"{used} is used: {by_amount} would leave less than nothing 已用 {used} 元，更正后不得为负")
    return append(connection, account, Posting(kind="correct", cause=cause, at=at, figures={"used": by_amount}))[1]
