"""Callers (调用方): a token says of which enterprise they are and what they may do; nobody asks too often."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from math import ceil
from typing import Annotated, Any

from fastapi import Depends, Header

from customs.exchange.pacing import SendingRate
from customs.fields.moments import Clock
from customs.hub.api.problems import ApiProblemError
from customs.hub.enterprises import HubEnterprise
from customs.hub.tokens import TokenHolder, TokenScope, holder_of
from customs.ledger.database import Ledger

#: Requests of one token in a minute, and how many may come at once before the rate counts.
MOST_A_MINUTE, AT_ONCE = 1200, 100


class CallRates:
    """How fast each token asks, in this process; threads may share it."""

    def __init__(self, most: float = MOST_A_MINUTE, at_once: int = AT_ONCE) -> None:
        self._most, self._ahead = most, timedelta(minutes=at_once / most)
        self._rates: dict[int, SendingRate] = {}
        self._lock = threading.Lock()

    def take(self, token: int, now: datetime) -> int:
        """Note a request; return 0, or the seconds after which the next one is taken."""
        with self._lock:
            rate = self._rates.setdefault(token, SendingRate(self._most))
            ahead = rate.free_at(now) - now
            if ahead > self._ahead:
                return ceil((ahead - self._ahead).total_seconds())
            rate.take(now)
            return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class HubService:
    """The things that the interface works with: the database, the enterprises by name, and the clock."""

    ledger: Ledger = field(repr=False)
    enterprises: Mapping[str, HubEnterprise]
    clock: Clock
    rates: CallRates = field(default_factory=CallRates, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls: the holder of a token, and the enterprise it is of."""

    holder: TokenHolder
    enterprise: HubEnterprise


def caller_with(service: HubService, scope: TokenScope) -> Any:
    """Return what FastAPI needs to find the caller, who must have a scope."""

    def find(authorization: Annotated[str, Header(max_length=200)] = "") -> Caller:
        kind, _, token = authorization.partition(" ")
        now = service.clock()
        holder = None
        if kind.lower() == "bearer" and token:
            with service.ledger.read() as connection:
                holder = holder_of(connection, token.strip(), now=now)
        enterprise = service.enterprises.get(holder.enterprise) if holder else None
        if holder is None or enterprise is None:
            raise ApiProblemError(
                HTTPStatus.UNAUTHORIZED,
                "give a valid token in the header Authorization: Bearer ...",
                "请在请求头 Authorization: Bearer 中提供有效令牌",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if scope not in holder.scopes:
            raise ApiProblemError(
                HTTPStatus.FORBIDDEN, f"this token lacks the scope {scope.value}", f"该令牌没有“{scope.zh}”权限"
            )
        if seconds := service.rates.take(holder.id, now):
            raise ApiProblemError(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"too many requests: come again after {seconds} s",
                f"请求过于频繁，请 {seconds} 秒后再试",
                headers={"Retry-After": str(seconds)},
            )
        return Caller(holder=holder, enterprise=enterprise)

    return Depends(find)
