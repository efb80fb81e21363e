"""Callers (调用方): a token says of which enterprise they are and what they may do; nobody asks too often."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from customs.fields.moments import Clock
from customs.hub.api.problems import AnsweredBeforeError, ApiProblemError
from customs.hub.api.rates import CallRates
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.enterprises.tokens import TokenHolder, TokenScope, holder_of
from customs.hub.store.answered import KeyUnderWayError, KeyUsedError, claim_key, forget_answers, free_key, keep_answer
from customs.hub.store.clocks import ClockOffError
from customs.ledger.database import Ledger, LedgerConnection


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
    key: str = field(default="", repr=False)
    """The idempotency key of the request, empty if it has none."""

    def keep(self, connection: LedgerConnection, answer: BaseModel, service: HubService) -> None:
        """Keep the answer for when the request comes again, in the transaction of what it answers."""
        if self.key:
            keep_answer(connection, self.enterprise.name, self.key, answer.model_dump_json(), now=service.clock())


def caller_with(service: HubService, scope: TokenScope) -> Any:
    """Return what FastAPI needs to find the caller, who must have a scope."""

    def find(response: Response, authorization: Annotated[str, Header(max_length=200)] = "") -> Caller:
        caller = _known(service, authorization)
        if scope not in caller.holder.scopes:
            raise ApiProblemError(
                HTTPStatus.FORBIDDEN, f"this token lacks the scope {scope.value}", f"该令牌没有“{scope.zh}”权限"
            )
        pace = service.rates.take(caller.holder.id, service.clock())
        if pace.wait:
            raise ApiProblemError(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"too many requests: come again after {pace.wait} s",
                f"请求过于频繁，请 {pace.wait} 秒后再试",
                headers={"Retry-After": str(pace.wait), **pace.headers},
            )
        response.headers.update(pace.headers)
        return caller

    return Depends(find)


def caller_once(service: HubService, scope: TokenScope) -> Any:
    """Return what FastAPI needs to find the caller of a request that changes something: sent again with its key, it gets the
    answer that it had.
    """
    caller_in = caller_with(service, scope)

    def find(
        request: Request,
        content: Annotated[bytes, Depends(_content)],
        caller: Caller = caller_in,
        idempotency_key: Annotated[str, Header(max_length=255, pattern=r"^[\x21-\x7e]*$")] = "",
    ) -> Iterator[Caller]:
        if not idempotency_key:
            yield caller
            return
        target = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
        with _claimed(service, caller, idempotency_key, target + content):
            yield Caller(holder=caller.holder, enterprise=caller.enterprise, key=idempotency_key)

    return Depends(find)


async def _content(request: Request) -> bytes:
    return await request.body()


def is_known(service: HubService, authorization: str) -> bool:
    """Return True if the header ``Authorization`` holds a valid token."""
    try:
        return _found(service, authorization) is not None
    except ClockOffError:
        return True  # whoever it is hears of the clock


def _found(service: HubService, authorization: str) -> Caller | None:
    kind, _, token = authorization.partition(" ")
    if kind.lower() != "bearer" or not token:
        return None
    with service.ledger.read() as connection:
        holder = holder_of(connection, token.strip(), now=service.clock())
    enterprise = service.enterprises.get(holder.enterprise) if holder else None
    return Caller(holder=holder, enterprise=enterprise) if holder and enterprise else None


def _known(service: HubService, authorization: str) -> Caller:
    """Return the caller with a token. Raises ``ApiProblemError``."""
    caller = _found(service, authorization)
    if caller is None:
        raise ApiProblemError(
            HTTPStatus.UNAUTHORIZED,
            "give a valid token in the header Authorization: Bearer ...",
            "请在请求头 Authorization: Bearer 中提供有效令牌",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return caller


@contextmanager
def _claimed(service: HubService, caller: Caller, key: str, request: bytes) -> Iterator[None]:
    """Claim a key of the caller for a request, and free it if nothing comes of it."""
    name, now = caller.enterprise.name, service.clock()
    try:
        with service.ledger.begin() as connection:
            forget_answers(connection, now=now)
            answer = claim_key(connection, name, key, request, now=now)
    except KeyUnderWayError:
        raise ApiProblemError(
            HTTPStatus.CONFLICT,
            "a request with this Idempotency-Key is under way: ask again after a second",
            "带有该 Idempotency-Key 的请求正在处理，请稍后再试",
            headers={"Retry-After": "1"},
        ) from None
    except KeyUsedError:
        raise ApiProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "another request had this Idempotency-Key: give each request a key of its own",
            "该 Idempotency-Key 已用于另一请求，请为每个请求使用不同的键",
        ) from None
    if answer is not None:
        raise AnsweredBeforeError(answer)
    try:
        yield
    except BaseException:
        with service.ledger.begin() as connection:
            free_key(connection, name, key)
        raise
