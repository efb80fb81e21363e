"""One goods record (备案详情): its history and versions, the parcels under way that it touches, and its states."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from customs.bilingual import halves
from customs.hub.shown.open_orders import open_parcels
from customs.hub.web.acting import Act, ActDone, acting, done_once
from customs.hub.web.catalogue import console_text
from customs.hub.web.entered import words_in
from customs.hub.web.goods_places import record_address, state_asked
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, Visit, visitor
from customs.ledger.causes import CauseUsedError, EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.goods import (
    MOVES,
    GoodsMoveError,
    GoodsStanding,
    GoodsUse,
    differences,
    find_goods,
    history_of,
    move_goods,
    touched,
    uses_of,
    version_of,
)
from customs.ledger.goods.content import field_label, values_of

#: Open orders that are looked through for a record.
_MOST_OPEN = 500


def goods_record_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of one record."""
    pages = APIRouter(prefix="/e/{enterprise}/goods")
    seen, form = visitor(console, ConsoleRight.GOODS), acting(console, ConsoleRight.GOODS_CHANGE)

    @pages.get("/record")
    def record(visit: Visit = seen, sku: str = "", book: str = "", version: int = 0) -> Response:
        """Show a record with its history, and what a version changed."""
        with console.ledger.read() as connection:
            standing = _standing(connection, visit, (sku, book))
            history = history_of(connection, standing)
            newest = standing.last.version
            later = version if 1 <= version <= newest else newest
            compared = _compared(connection, standing, later)
        return page(
            visit,
            "goods_record.html",
            record=standing,
            facts=[(field_label(name), value) for name, value in values_of(standing.record).items()],
            history=history[::-1],
            version=later,
            compared=compared,
            moves=sorted(MOVES[standing.last.state]),
            address=record_address,
        )

    @pages.get("/parcels")
    def parcels(visit: Visit = seen, sku: str = "", book: str = "") -> Response:
        """Show the parcels under way that a change of a record touches."""
        with console.ledger.read() as connection:
            standing = _standing(connection, visit, (sku, book))
            uses, looked = _uses(connection, visit, standing)
            found = [use for use, _ in touched(connection, uses, [(standing.sku, standing.account_book_no)])]
        return page(
            visit,
            "goods_parcels.html",
            record=standing,
            uses=found,
            looked=looked,
            is_cut=looked >= _MOST_OPEN,
            address=record_address,
        )

    @pages.post("/state")
    def move(act: Act = form) -> Response:
        """Bring a record into a state, by a ticket."""
        visit, key = act.visit, (act.value("sku", most=100), act.value("book", most=100))
        state, ticket = state_asked(act.value("state")), words_in(act, "ticket", most=100)
        if state is None:
            raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("problem.form"))
        cause = EntryCause("ticket", ticket, by=visit.person.name, why=act.value("why", most=200))

        def enter(connection: LedgerConnection) -> ActDone:
            standing = _standing(connection, visit, key)
            more = {"subject": f"{key[0]} {key[1]}".strip(), "to": visit.here(record_address(standing))}
            try:
                move_goods(connection, key, state, cause, at=visit.now)
            except (GoodsMoveError, CauseUsedError) as error:
                en, zh = halves(str(error))
                return ActDone(action="goods_refused", en=en, zh=zh, kind="bad", detail=ticket, **more)
            word = console_text(f"goods.state.{state.value}")
            text = console_text("goods.moved", sku=key[0], state=word)
            return ActDone.saying("goods_state", text, detail=f"{state.value} {ticket}", reason=cause.why, **more)

        return done_once(act, enter)

    return pages


def _standing(connection: LedgerConnection, visit: Visit, key: tuple[str, str]) -> GoodsStanding:
    """Return a record of the enterprise's books; one of others is not there. Raises ``PageError``."""
    found = find_goods(connection, *key) if visit.shop.belongings.has_book(key[1]) else None
    if found is None:
        raise PageError(HTTPStatus.NOT_FOUND, console_text("goods.nothing", sku=key[0][:100]))
    return found


def _compared(connection: LedgerConnection, standing: GoodsStanding, version: int) -> Sequence[Mapping[str, Any]]:
    """Return what a version changed against the one before it."""
    after = version_of(connection, standing, version)
    before = version_of(connection, standing, version - 1) if version > 1 else None
    if after is None or before is None:
        return ()
    return [{"name": field_label(e.field), "before": e.before, "after": e.after} for e in differences(before, after)]


def _uses(connection: LedgerConnection, visit: Visit, standing: GoodsStanding) -> tuple[list[GoodsUse], int]:
    """Return the lines of the newest open orders that may name a record, and how many orders were looked through."""
    parcels = list(open_parcels(connection, visit.shop.name, most=_MOST_OPEN))
    every = [use for each in parcels for use in uses_of(each)]
    numbers = {each.facts.get("record_no") for each in (standing.record, standing.in_force) if each} - {None, ""}
    return [each for each in every if each.sku == standing.sku or each.record_no in numbers], len(parcels)
