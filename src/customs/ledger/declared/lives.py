"""The lives of numbers (号码的各次有效期): a release ends one, and what is declared afterwards belongs to the next.

A release is an entry with its reason; nothing is changed or deleted.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select

from customs.journal.state import readable
from customs.ledger.accounts import upserting
from customs.ledger.among import among
from customs.ledger.database import LedgerConnection
from customs.ledger.declared.tables import DECLARED_FREED, DECLARED_KEYS, DECLARED_PARCELS, DECLARED_RELEASES

#: How often keys were freed.
_FREED = (
    select(DECLARED_FREED.c.key, func.count()).where(among(DECLARED_FREED.c.key, "keys")).group_by(DECLARED_FREED.c.key)
)


def release_declared(connection: LedgerConnection, order_no: str, reason: str, *, at: datetime) -> int:
    """Let the parcels of an order number be declared again, such as after customs refused them; return how many.

    The reason is entered; nothing is deleted.
    """
    parcels = DECLARED_PARCELS.c
    wanted = select(parcels.id, parcels.named_by, parcels.life).where(parcels.order_no == readable(order_no))
    rows = connection.sql.execute(wanted.order_by(parcels.named_by, parcels.id)).all()
    lives = lives_of(connection, {row.named_by for row in rows})
    living = [row for row in rows if row.life == lives[row.named_by]]
    for named_by in dict.fromkeys(row.named_by for row in living):
        values = {"named_by": named_by, "life": lives[named_by], "reason": reason, "at": at}
        adding = upserting(connection, DECLARED_RELEASES).on_conflict_do_nothing().returning(DECLARED_RELEASES.c.id)
        release = connection.sql.execute(adding, values).scalar()
        if release is None:  # by another one just now
            living = [row for row in living if row.named_by != named_by]
            continue
        of_order = [row.id for row in living if row.named_by == named_by]
        taken = select(DECLARED_KEYS.c.key, DECLARED_KEYS.c.life).where(DECLARED_KEYS.c.parcel.in_(of_order))
        freed = [
            {"key": key, "life": life, "release": release}
            for key, life in connection.sql.execute(taken.order_by(DECLARED_KEYS.c.key)).all()
        ]
        connection.sql.execute(upserting(connection, DECLARED_FREED).on_conflict_do_nothing(), freed)
    return len(living)


def lives_of(connection: LedgerConnection, keys: Iterable[str]) -> dict[str, int]:
    """Return how often each key was freed."""
    found = dict.fromkeys(keys, 0)
    found.update((key, count) for key, count in connection.sql.execute(_FREED, {"keys": found}))
    return found
