"""Idempotency keys (幂等键): a request that is sent again with its key gets the answer that it had, and nothing is done twice.

Promised: the answer is kept in the transaction of what it answers, so that both are there or neither; the same key with
another request is refused; a key whose request is under way is told, and taken over if its process was killed; keys of
one enterprise mean nothing to another. Keys and requests stand as keyed hashes alone, and are forgotten after a day.
Source: the draft "The Idempotency-Key HTTP Header Field" of the IETF (draft-ietf-httpapi-idempotency-key-header).
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, tuple_, update

from customs.hub.store.sealed import digest
from customs.hub.store.tables import HUB_ANSWERED
from customs.ledger.accounts import upserting
from customs.ledger.database import LedgerConnection

#: How long an answer is kept.
KEPT = timedelta(hours=24)

#: How long a request may be under way before another takes its key over.
UNDER_WAY = timedelta(seconds=60)

#: Answers that are forgotten in one go.
_FORGOTTEN = 100


class KeyUnderWayError(Exception):
    """The request with this key is under way."""


class KeyUsedError(Exception):
    """Another request had this key."""


def claim_key(connection: LedgerConnection, enterprise: str, key: str, request: bytes, *, now: datetime) -> str | None:
    """Claim a key for a request; return the answer that the same request had, None if there is none yet.

    ``request`` is everything that makes it what it is: method, path and body. Raises ``KeyUnderWayError`` and ``KeyUsedError``.
    """
    answered = HUB_ANSWERED.c
    hashed, asked = digest(connection.keys, key.encode()), digest(connection.keys, request)
    row = {"enterprise": enterprise, "key": hashed, "request": asked, "until": now + UNDER_WAY}
    adding = upserting(connection, HUB_ANSWERED).values(row).on_conflict_do_nothing().returning(answered.key)
    if connection.sql.execute(adding).first() is not None:
        return None
    own = (answered.enterprise == enterprise) & (answered.key == hashed)
    found = connection.sql.execute(select(HUB_ANSWERED).where(own).with_for_update()).one_or_none()
    if found is None:  # freed meanwhile
        raise KeyUnderWayError
    if found.until > now:
        if bytes(found.request) != asked:
            raise KeyUsedError
        if found.answer is None:
            raise KeyUnderWayError
        return str(found.answer)
    connection.sql.execute(update(HUB_ANSWERED).where(own).values(request=asked, answer=None, until=now + UNDER_WAY))
    return None


def keep_answer(connection: LedgerConnection, enterprise: str, key: str, answer: str, *, now: datetime) -> None:
    """Keep the answer to the request that claimed a key, within the transaction of what it answers."""
    answered = HUB_ANSWERED.c
    own = (answered.enterprise == enterprise) & (answered.key == digest(connection.keys, key.encode()))
    connection.sql.execute(update(HUB_ANSWERED).where(own).values(answer=answer, until=now + KEPT))


def free_key(connection: LedgerConnection, enterprise: str, key: str) -> None:
    """Free a key whose request came to nothing, so that it may be sent again."""
    answered = HUB_ANSWERED.c
    own = (answered.enterprise == enterprise) & (answered.key == digest(connection.keys, key.encode()))
    connection.sql.execute(delete(HUB_ANSWERED).where(own, answered.answer.is_(None)))


def forget_answers(connection: LedgerConnection, *, now: datetime, most: int = _FORGOTTEN) -> int:
    """Forget answers whose time is over; return how many."""
    answered = HUB_ANSWERED.c
    over = (
        select(answered.enterprise, answered.key)
        .where(answered.until <= now)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    names = [tuple(row) for row in connection.sql.execute(over)]
    if names:
        connection.sql.execute(delete(HUB_ANSWERED).where(tuple_(answered.enterprise, answered.key).in_(names)))
    return len(names)
