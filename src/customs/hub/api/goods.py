"""Goods records over HTTP (备案接口): those of the caller's account books, with their history; lists entered, states changed."""

import hashlib
import json
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from customs.bilingual import halves
from customs.hub.api.answering import in_china
from customs.hub.api.callers import Caller, HubService, caller_once, caller_with
from customs.hub.api.goods_entering import GoodsRow, enter_rows
from customs.hub.api.ledger_answers import GoodsAnswer, GoodsChangeAnswer, GoodsEnteredAnswer, GoodsPage, GoodsShown
from customs.hub.api.paging import LINES, MOST_LINES, next_page
from customs.hub.api.problems import READS, WRITES, ApiProblemError, may_answer
from customs.hub.enterprises.tokens import TokenScope
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.goods import (
    GoodsChange,
    GoodsMoveError,
    GoodsStanding,
    GoodsState,
    find_goods,
    history_of,
    move_goods,
)
from customs.ledger.goods.paging import goods_page

_Text = Annotated[str, Query(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]
_Sku = Annotated[str, Query(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
_Why = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class GoodsGiven(BaseModel):
    """Rows of a goods list, with headings in Chinese or English as ``customs goods`` reads them."""

    model_config = ConfigDict(extra="forbid")
    rows: list[GoodsRow] = Field(min_length=1, max_length=1000)
    unsaid: GoodsState | None = None
    """The state of rows that say none; a draft if left out."""
    reason: _Why = ""
    """Why the records change, without personal data."""


class GoodsMoved(BaseModel):
    """A record and the state into which it is brought, with the ticket that decides it; the same ticket counts once."""

    model_config = ConfigDict(extra="forbid")
    sku: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
    account_book_no: Annotated[str, Field(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    state: GoodsState
    ticket: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[\x21-\x7e\u4e00-\u9fff]+$")]
    reason: _Why = ""


def goods_paths(service: HubService) -> APIRouter:
    """Return the paths of goods records."""
    paths = APIRouter(prefix="/v1/goods", tags=["goods 备案"])
    keeper, once = caller_with(service, TokenScope.GOODS), caller_once(service, TokenScope.GOODS)

    @paths.get("", responses=may_answer(*READS))
    def list_(
        account_book_no: _Text | None = None,
        sku: _Text = "",
        state: GoodsState | None = None,
        after: Annotated[int, Query(ge=0, lt=1 << 53)] = 0,
        limit: Annotated[int, Query(ge=1, le=MOST_LINES)] = LINES,
        caller: Caller = keeper,
    ) -> GoodsPage:
        """备案: Return goods records of the caller's books, of one book, of a SKU or in a state."""
        own = caller.enterprise.belongings
        books = own.only_books
        if account_book_no is not None:
            books = frozenset({account_book_no} if own.has_book(account_book_no) else ())
        with service.ledger.read() as connection:
            found = goods_page(connection, books=books, sku=sku, state=state, after=after, most=limit)
        last = found[-1].id if len(found) == limit else None
        asked = {"account_book_no": account_book_no, "sku": sku, "state": state, "limit": limit}
        return GoodsPage(records=[_answer(each) for each in found], next=next_page("/v1/goods", last, asked))

    @paths.get("/record", responses=may_answer(*READS, 404))
    def show(sku: _Sku, account_book_no: _Text = "", caller: Caller = keeper) -> GoodsShown:
        """备案详情: Return a goods record with its history."""
        with service.ledger.read() as connection:
            return _shown(connection, caller, (sku, account_book_no))

    @paths.post("", responses=may_answer(*WRITES))
    def enter(given: GoodsGiven, caller: Caller = once) -> GoodsEnteredAnswer:
        """导入备案: Enter rows of a goods list: what changed is a new version; what may not change is told."""
        now = service.clock()
        content = json.dumps(given.rows, sort_keys=True, ensure_ascii=False).encode(errors="replace")
        number = f"api/{hashlib.sha256(content).hexdigest()[:16]}/{now:%Y%m%d%H%M%S%f}"
        cause = EntryCause("file", number, by=caller.holder.name, why=given.reason)
        with service.ledger.begin() as connection:
            entered = enter_rows(
                connection, caller.enterprise.belongings, given.rows, cause, at=now, unsaid=given.unsaid
            )
            answer = GoodsEnteredAnswer(rows=entered)
            caller.keep(connection, answer, service)
        return answer

    @paths.post("/state", responses=may_answer(*WRITES, 404))
    def move(given: GoodsMoved, caller: Caller = once) -> GoodsShown:
        """变更备案状态: Bring a goods record into a state, by a ticket."""
        key = given.sku, given.account_book_no
        cause = EntryCause("ticket", given.ticket, by=caller.holder.name, why=given.reason)
        with service.ledger.begin() as connection:
            _shown(connection, caller, key)
            try:
                move_goods(connection, key, given.state, cause, at=service.clock())
            except (GoodsMoveError, CauseUsedError) as error:
                raise ApiProblemError(HTTPStatus.CONFLICT, *halves(str(error))) from None
            answer = _shown(connection, caller, key)
            caller.keep(connection, answer, service)
        return answer

    return paths


def _shown(connection: LedgerConnection, caller: Caller, key: tuple[str, str]) -> GoodsShown:
    """Return a record of the caller's books with its history; one of others is not there."""
    standing = find_goods(connection, *key) if caller.enterprise.belongings.has_book(key[1]) else None
    if standing is None:
        raise ApiProblemError(HTTPStatus.NOT_FOUND, "there is no such goods record", "没有该备案")
    history = history_of(connection, standing)
    return GoodsShown(record=_answer(standing), history=[_change(each) for each in history])


def _answer(standing: GoodsStanding) -> GoodsAnswer:
    held = standing.in_force or standing.record
    return GoodsAnswer(
        sku=standing.sku,
        account_book_no=standing.account_book_no,
        state=standing.last.state.value,
        version=standing.last.version,
        in_force=standing.last.in_force,
        used=standing.last.used,
        facts=dict(held.facts),
        valid_from=held.valid_from,
        valid_until=held.valid_until,
    )


def _change(change: GoodsChange) -> GoodsChangeAnswer:
    at = in_china(change.at)
    assert at is not None
    return GoodsChangeAnswer(
        at=at,
        kind=change.kind,
        state=change.state.value,
        version=change.version,
        in_force=change.in_force,
        used=change.used,
        cause=f"{change.cause.kind} {change.cause.id}",
        why=change.cause.why,
    )
