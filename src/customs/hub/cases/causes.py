"""Causes of cases (同因归并): however many parcels have one cause, they are one open case.

>>> receipt_cause("1313", "2991")
'code/1313/2991/'
"""

from sqlalchemy import select

from customs.hub.cases.tables import HUB_CASE_CAUSES
from customs.ledger.accounts import upserting
from customs.ledger.database import LedgerConnection

#: The kind of link under which a case remembers its causes when it is closed.
CAUSE = "cause"

#: Characters of a cause at most; a link holds its kind before it.
LONGEST_CAUSE = 190

_CAUSES = HUB_CASE_CAUSES.c


def receipt_cause(code: str, district: str = "", provider: str = "") -> str:
    """Return the cause of what receipts of a code say, in a customs district or of a provider."""
    return f"code/{code}/{district}/{provider}"[:LONGEST_CAUSE]


def case_of_cause(connection: LedgerConnection, enterprise: str, cause: str) -> int | None:
    """Return the number of the open case of a cause, None if there is none."""
    wanted = select(_CAUSES.case).where(_CAUSES.enterprise == enterprise, _CAUSES.cause == cause)
    return connection.sql.execute(wanted).scalar()


def claim_cause(connection: LedgerConnection, enterprise: str, cause: str, number: int) -> bool:
    """Make an open case that of a cause; return False if another one is."""
    adding = upserting(connection, HUB_CASE_CAUSES).on_conflict_do_nothing().returning(_CAUSES.case)
    values = {"enterprise": enterprise, "cause": cause, "case": number}
    return connection.sql.execute(adding, [values]).first() is not None
