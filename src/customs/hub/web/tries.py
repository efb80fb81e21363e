"""Failed sign-ins (登录失败): after some of them the next has to wait, longer each time, by account and by address.

A try is counted before the password is looked at, so that many at once count as many; a success takes it back.

>>> [wait_after(failures, free=4).total_seconds() for failures in (4, 5, 6, 30)]
[0.0, 2.0, 4.0, 900.0]
"""

import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from customs.hub.web.tables import HUB_TRIES
from customs.ledger.accounts import upserting
from customs.ledger.database import LedgerConnection
from customs.ledger.keys import LedgerKeys

#: Failures without a wait: of one account, and of one address, behind which a whole office may be.
FREE_OF_ACCOUNT, FREE_OF_ADDRESS = 4, 20

#: The longest wait, and after how long failures are forgotten.
LONGEST_WAIT, FORGOTTEN = timedelta(minutes=15), timedelta(days=1)

_TRIES = HUB_TRIES.c


def wait_after(failures: int, *, free: int) -> timedelta:
    """Return how long the next try has to wait."""
    over = failures - free
    return min(LONGEST_WAIT, timedelta(seconds=2 ** min(over, 20))) if over > 0 else timedelta(0)


def count_try(connection: LedgerConnection, account: str, address: str, *, now: datetime) -> int:
    """Count a try of an account from an address as failed; return 0, or the seconds to wait if it may not be made yet."""
    connection.sql.execute(delete(HUB_TRIES).where(_TRIES.last_at < now - FORGOTTEN))
    keys = _keys(connection.keys, account, address)
    for key, _ in keys:
        row = {"hash": key, "failures": 0, "free_at": now, "last_at": now}
        connection.sql.execute(upserting(connection, HUB_TRIES).values(row).on_conflict_do_nothing())
    wanted = select(HUB_TRIES).where(_TRIES.hash.in_([key for key, _ in keys])).order_by(_TRIES.hash).with_for_update()
    known = {bytes(row.hash): row for row in connection.sql.execute(wanted)}
    until: datetime = max(row.free_at for row in known.values())
    if until > now:
        return max(1, round((until - now).total_seconds()))
    for key, free in keys:
        failures = known[key].failures + 1
        changed = {"failures": failures, "free_at": now + wait_after(failures, free=free), "last_at": now}
        connection.sql.execute(update(HUB_TRIES).where(_TRIES.hash == key).values(**changed))
    return 0


def wait_of(connection: LedgerConnection, account: str, address: str, *, now: datetime) -> int:
    """Return the seconds for which the next try of an account from an address has to wait; 0 for none."""
    keys = [key for key, _ in _keys(connection.keys, account, address)]
    until = connection.sql.execute(select(func.max(_TRIES.free_at)).where(_TRIES.hash.in_(keys))).scalar()
    return 0 if until is None or until <= now else max(1, round((until - now).total_seconds()))


def forget_try(connection: LedgerConnection, account: str, address: str, *, now: datetime) -> None:
    """Take a try back, since it succeeded: the account is as if none had failed, the address has one less."""
    (of_account, _), (of_address, _) = _keys(connection.keys, account, address)
    connection.sql.execute(delete(HUB_TRIES).where(_TRIES.hash == of_account))
    connection.sql.execute(
        update(HUB_TRIES)
        .where(_TRIES.hash == of_address, _TRIES.failures > 0)
        .values(failures=_TRIES.failures - 1, free_at=now)
    )


def _keys(keys: LedgerKeys, account: str, address: str) -> Sequence[tuple[bytes, int]]:
    own = hmac.digest(keys.master, b"customs hub tries", "sha256")
    return (
        (hmac.digest(own, b"account " + account.encode(), "sha256"), FREE_OF_ACCOUNT),
        (hmac.digest(own, b"address " + address.encode(), "sha256"), FREE_OF_ADDRESS),
    )
