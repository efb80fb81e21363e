"""Tokens (访问令牌): who may ask the hub for what, of which enterprise.

A token is shown once, when it is made. The database has its keyed hash alone: whoever reads it has no token. Each token is
of one enterprise, and sees nothing of another.
"""

import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select, update

from customs.hub.store.tables import HUB_TOKENS
from customs.ledger.database import LedgerConnection
from customs.ledger.keys import LedgerKeys

#: What a token begins with, so that scanners of leaked secrets find it.
PREFIX = "cbhub_"

Randomness = Callable[[int], bytes]


class TokenScope(StrEnum):
    """A thing that a token allows (权限范围)."""

    READ = "read"
    """查询: look at orders, nodes, deliveries and reports."""
    ORDERS = "orders"
    """接单: take in, check and assess orders, ask for refunds."""
    EVENTS = "events"
    """节点: tell what shop, warehouse or carrier did."""
    QUOTA = "quota"
    """额度: ask what a buyer may buy."""
    GOODS = "goods"
    """备案: look at goods records, enter lists of them, bring them into states."""
    BOOK = "book"
    """账册: look at balances and entries of account books."""
    BILLS = "bills"
    """税单: look at tax bills and their reconciliation."""
    CASES = "cases"
    """工单: look at cases, open them, comment on them and move them."""
    OPERATE = "operate"
    """运维: retry, hold and release deliveries and calls."""

    @property
    def zh(self) -> str:
        """The Chinese name."""
        return _SCOPES[self]


_SCOPES = {
    TokenScope.READ: "查询",
    TokenScope.ORDERS: "接单",
    TokenScope.EVENTS: "节点上报",
    TokenScope.QUOTA: "额度查询",
    TokenScope.GOODS: "商品备案",
    TokenScope.BOOK: "账册查询",
    TokenScope.BILLS: "税单查询",
    TokenScope.CASES: "工单",
    TokenScope.OPERATE: "运维",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenHolder:
    """The holder of a token: its enterprise, its name and what it may do."""

    id: int
    enterprise: str
    name: str
    scopes: frozenset[TokenScope]


def make_token(
    connection: LedgerConnection,
    enterprise: str,
    name: str,
    scopes: Iterable[TokenScope],
    *,
    at: datetime,
    until: datetime | None = None,
    randomness: Randomness = secrets.token_bytes,
) -> str:
    """Make a token of an enterprise and return it: it is not shown again."""
    token = PREFIX + randomness(32).hex()
    row = {
        "enterprise": enterprise,
        "name": name,
        "hash": _hash(connection.keys, token),
        "scopes": " ".join(sorted(scopes)),
        "made_at": at,
        "until": until,
    }
    connection.sql.execute(insert(HUB_TOKENS), [row])
    return token


def holder_of(connection: LedgerConnection, token: str, *, now: datetime) -> TokenHolder | None:
    """Return the holder of a token; None if there is none, or it was revoked, or is over."""
    tokens = HUB_TOKENS.c
    wanted = select(tokens.id, tokens.enterprise, tokens.name, tokens.scopes, tokens.until, tokens.revoked_at)
    row = connection.sql.execute(wanted.where(tokens.hash == _hash(connection.keys, token))).one_or_none()
    if row is None or row.revoked_at is not None or (row.until is not None and row.until <= now):
        return None
    scopes = frozenset(TokenScope(each) for each in row.scopes.split())
    return TokenHolder(id=row.id, enterprise=row.enterprise, name=row.name, scopes=scopes)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenStanding:
    """A token as a list shows it: never itself."""

    enterprise: str
    name: str
    scopes: tuple[TokenScope, ...]
    made_at: datetime
    until: datetime | None
    revoked_at: datetime | None


def list_tokens(connection: LedgerConnection, enterprise: str) -> list[TokenStanding]:
    """Return the tokens of an enterprise, oldest first, the revoked ones too."""
    tokens = HUB_TOKENS.c
    wanted = select(HUB_TOKENS).where(tokens.enterprise == enterprise).order_by(tokens.id)
    return [
        TokenStanding(
            enterprise=row.enterprise,
            name=row.name,
            scopes=tuple(TokenScope(each) for each in row.scopes.split()),
            made_at=row.made_at,
            until=row.until,
            revoked_at=row.revoked_at,
        )
        for row in connection.sql.execute(wanted)
    ]


def revoke_token(connection: LedgerConnection, enterprise: str, name: str, *, at: datetime) -> int:
    """Revoke the tokens of an enterprise with a name; return how many there were."""
    tokens = HUB_TOKENS.c
    revoking = update(HUB_TOKENS).where(
        tokens.enterprise == enterprise, tokens.name == name, tokens.revoked_at.is_(None)
    )
    return int(connection.sql.execute(revoking.values(revoked_at=at)).rowcount)


def _hash(keys: LedgerKeys, token: str) -> bytes:
    return hmac.digest(hmac.digest(keys.master, b"customs hub tokens", "sha256"), token.encode(), "sha256")
