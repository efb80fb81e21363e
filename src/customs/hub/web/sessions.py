"""Sessions of the console (会话): a random token in a cookie, of which the database has a keyed hash alone.

Promised: each sign-in has a session of its own, so that no one else's is taken over; it ends when the person signs out, after
a while without a page, and at the latest after its longest time; one that ended opens nothing.
"""

import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update

from customs.hub.settings.console_place import ConsolePlace
from customs.hub.web.people import ConsolePerson, person_with
from customs.hub.web.tables import HUB_SESSIONS
from customs.ledger.database import LedgerConnection
from customs.ledger.keys import KEY_BYTES, LedgerKeys

#: How old the note of the last page may be, so that not every page writes.
NOTED = timedelta(minutes=1)

_SESSIONS = HUB_SESSIONS.c

Randomness = Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleSession:
    """A session that holds: whose it is, and the key of its forms."""

    id: int
    person: ConsolePerson
    form_key: str = field(repr=False)
    """Stands in each form of the session (CSRF)."""
    said: tuple[str, str, str] | None
    """The words of the next page: its kind, in Chinese and in English."""
    seen_at: datetime


def open_session(
    connection: LedgerConnection,
    person: int,
    place: ConsolePlace,
    *,
    now: datetime,
    randomness: Randomness = secrets.token_bytes,
) -> str:
    """Open a session of a person and return its token: it is not shown again."""
    token = randomness(32).hex()
    row = {
        "hash": _hash(connection.keys, token),
        "person": person,
        "made_at": now,
        "seen_at": now,
        "until": now + place.longest,
    }
    connection.sql.execute(insert(HUB_SESSIONS), [row])
    return token


def session_of(
    connection: LedgerConnection, token: str, place: ConsolePlace, *, now: datetime
) -> ConsoleSession | None:
    """Return the session of a token; None if there is none, it ended, or its person is locked."""
    if not token:
        return None
    row = connection.sql.execute(
        select(HUB_SESSIONS).where(_SESSIONS.hash == _hash(connection.keys, token))
    ).one_or_none()
    if row is None or row.ended_at or row.until <= now or row.seen_at + place.idle <= now:
        return None
    person = person_with(connection, row.person)
    if person.locked_at:
        return None
    return ConsoleSession(
        id=row.id,
        person=person,
        form_key=_form_key(connection.keys, token),
        said=_said(connection.keys, row.said),
        seen_at=row.seen_at,
    )


def note_page(connection: LedgerConnection, session: int, *, now: datetime) -> None:
    """Note that a page of a session was shown, and with it what was to be said."""
    connection.sql.execute(update(HUB_SESSIONS).where(_SESSIONS.id == session).values(seen_at=now, said=None))


def say_next(
    connection: LedgerConnection,
    session: int,
    said: tuple[str, str, str],
    randomness: Randomness = secrets.token_bytes,
) -> None:
    """Have the next page of a session say something: its kind, in Chinese and in English; it is kept sealed until then."""
    salt = randomness(KEY_BYTES)
    sealed = salt + connection.keys.seal(salt, json.dumps(said, ensure_ascii=False).encode())
    connection.sql.execute(update(HUB_SESSIONS).where(_SESSIONS.id == session).values(said=sealed))


def end_session(connection: LedgerConnection, session: int, *, now: datetime) -> None:
    """End a session."""
    ending = update(HUB_SESSIONS).where(_SESSIONS.id == session, _SESSIONS.ended_at.is_(None))
    connection.sql.execute(ending.values(ended_at=now))


def end_sessions(connection: LedgerConnection, person: int, *, now: datetime) -> int:
    """End all sessions of a person; return how many there were."""
    ending = update(HUB_SESSIONS).where(_SESSIONS.person == person, _SESSIONS.ended_at.is_(None), _SESSIONS.until > now)
    return int(connection.sql.execute(ending.values(ended_at=now)).rowcount)


def _said(keys: LedgerKeys, kept: bytes | None) -> tuple[str, str, str] | None:
    if not kept:
        return None
    kind, zh, en = json.loads(keys.open(kept[:KEY_BYTES], kept[KEY_BYTES:]))
    return kind, zh, en


def _hash(keys: LedgerKeys, token: str) -> bytes:
    return hmac.digest(hmac.digest(keys.master, b"customs hub sessions", "sha256"), token.encode(), "sha256")


def _form_key(keys: LedgerKeys, token: str) -> str:
    return hmac.digest(hmac.digest(keys.master, b"customs hub forms", "sha256"), token.encode(), "sha256").hex()
