"""Acts on settlements (对账处理): a difference is answered, a day of a payment company is closed."""

from hashlib import sha256
from http import HTTPStatus
from typing import Literal
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from customs.hub.web.acting import Act, ActDone, acting, done_once
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.entered import day_in, words_in
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.rooms.settlements import days_asked, provider_address, provider_asked
from customs.hub.web.service import ConsoleService
from customs.hub.web.settled import Settled, asked_payments, place_of, settled
from customs.hub.web.settlement_figures import compared_bills, compared_payments
from customs.hub.web.visits import PageError
from customs.ledger.causes import EntryCause
from customs.ledger.database import LedgerConnection
from customs.ledger.settlements.answers import answer
from customs.ledger.settlements.settlement_days import DayNotClosedError, close_day


def settlement_act_pages(console: ConsoleService) -> APIRouter:
    """Return the forms by which differences are answered and days are closed."""
    pages = APIRouter(prefix="/e/{enterprise}/settlements")
    form = acting(console, ConsoleRight.FINANCE_CHANGE)

    @pages.post("/answer")
    def give(act: Act = form) -> Response:
        """Enter an explanation of a difference, or the ticket that goes after it."""
        visit, key, words = act.visit, act.value("difference", most=64), words_in(act, "words", most=200)
        kind: Literal["explanation", "ticket"] = "ticket" if act.value("kind") == "ticket" else "explanation"

        def enter(connection: LedgerConnection) -> ActDone:
            found = [each for each in _compared(connection, act).differences if each.key == key]
            if not found:
                raise PageError(HTTPStatus.CONFLICT, console_text("settle.difference_gone"))
            finding = found[0].finding
            explained = sha256(f"{finding.code} {finding.path} {words}".encode()).hexdigest()[:16]
            cause = EntryCause(
                "ticket", words[:100] if kind == "ticket" else f"explained {explained}", visit.person.name
            )
            answer(connection, finding, kind, words, cause=cause, at=visit.now)
            text = console_text("settle.answered", number=finding.path, code=finding.code)
            more = {"subject": finding.path, "detail": finding.code, "reason": words, "to": _back(act)}
            return ActDone.saying("settle_answer", text, **more)

        return done_once(act, enter)

    @pages.post("/close")
    def close(act: Act = form) -> Response:
        """Close a day of a payment company on which nothing is open."""
        visit, company, day = act.visit, act.value("company", most=20), day_in(act, "day")
        if not visit.shop.belongings.everything or day is None:
            raise PageError(HTTPStatus.NOT_FOUND, console_text("problem.nothing"))

        def enter(connection: LedgerConnection) -> ActDone:
            cause = EntryCause("ticket", f"close {company} {day}", visit.person.name)
            try:
                close_day(connection, company, day, place_of(visit).terms, cause=cause, at=visit.now)
            except DayNotClosedError as error:
                raise PageError(
                    HTTPStatus.CONFLICT, console_text("settle.not_closed", day=day, open=error.day.open)
                ) from None
            except LookupError:
                raise PageError(HTTPStatus.NOT_FOUND, console_text("problem.nothing")) from None
            text = console_text("settle.is_closed", day=day, company=_company(company))
            return ActDone.saying("settle_close", text, subject=f"{company} {day}", to=_back(act))

        return done_once(act, enter)

    return pages


def _compared(connection: LedgerConnection, act: Act) -> Settled:
    """Compare again what the page of a form had compared. Raises ``PageError``."""
    visit, until = act.visit, act.value("until", most=20)
    if name := act.value("provider", most=100):
        return settled(connection, compared_bills(connection, provider_asked(visit, name), day_in(act, "until")))
    days = days_asked(connection, visit, act.value("since", most=20), until)
    return settled(connection, compared_payments(connection, asked_payments(visit, days)))


def _back(act: Act) -> str:
    """Return the address of the page of a form."""
    names = ("since", "until", "code", "standing")
    asked = urlencode({name: act.value(name, most=40) for name in names if name in act.form})
    provider = act.value("provider", most=100)
    address = provider_address(act.visit, provider) if provider else act.visit.here("/settlements")
    return f"{address}?{asked}"


def _company(name: str) -> BothTexts:
    return console_text(f"settle.company_name.{name}") if name in ("wechat", "alipay") else BothTexts(name, name)
