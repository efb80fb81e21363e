"""The application of the console (控制台应用), which the hub serves under ``/console`` beside its interface."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.guarding import GuardedConsole
from customs.hub.web.page import page, static_file
from customs.hub.web.rooms.absences import absence_pages
from customs.hub.web.rooms.account import account_pages
from customs.hub.web.rooms.alarms import alarm_pages
from customs.hub.web.rooms.aside import aside_pages
from customs.hub.web.rooms.ask import ask_pages
from customs.hub.web.rooms.audit import audit_pages
from customs.hub.web.rooms.books import book_pages
from customs.hub.web.rooms.case import case_pages
from customs.hub.web.rooms.cases import case_list_pages
from customs.hub.web.rooms.districts import district_pages
from customs.hub.web.rooms.goods import goods_pages
from customs.hub.web.rooms.goods_record import goods_record_pages
from customs.hub.web.rooms.goods_upload import goods_upload_pages
from customs.hub.web.rooms.home import home_pages
from customs.hub.web.rooms.knowledge import knowledge_pages
from customs.hub.web.rooms.knowledge_writing import knowledge_writing_pages
from customs.hub.web.rooms.parcel import parcel_pages
from customs.hub.web.rooms.parcel_acts import parcel_act_pages
from customs.hub.web.rooms.people import people_pages
from customs.hub.web.rooms.procedure_writing import procedure_writing_pages
from customs.hub.web.rooms.quota import quota_pages
from customs.hub.web.rooms.reports import report_pages
from customs.hub.web.rooms.runs import run_pages
from customs.hub.web.rooms.search import search_pages
from customs.hub.web.rooms.settlement_acts import settlement_act_pages
from customs.hub.web.rooms.settlement_uploads import settlement_upload_pages
from customs.hub.web.rooms.settlements import settlement_pages
from customs.hub.web.rooms.sign_in import sign_in_pages
from customs.hub.web.rooms.sign_in_oidc import sign_in_oidc_pages
from customs.hub.web.rooms.support import support_pages
from customs.hub.web.rooms.tax_bills import tax_bill_pages
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, SignInNeededError, Visit
from customs.ledger.engines import LedgerNotWrittenError, LedgerRefusedError

#: The pages of each concern.
ROOMS: tuple[Callable[[ConsoleService], APIRouter], ...] = (
    sign_in_pages,
    sign_in_oidc_pages,
    ask_pages,
    account_pages,
    home_pages,
    search_pages,
    parcel_pages,
    parcel_act_pages,
    alarm_pages,
    procedure_writing_pages,
    run_pages,
    absence_pages,
    case_list_pages,
    case_pages,
    knowledge_writing_pages,
    knowledge_pages,
    support_pages,
    report_pages,
    quota_pages,
    goods_pages,
    goods_record_pages,
    goods_upload_pages,
    book_pages,
    tax_bill_pages,
    settlement_upload_pages,
    settlement_act_pages,
    settlement_pages,
    district_pages,
    aside_pages,
    people_pages,
    audit_pages,
)


def console_application(console: ConsoleService) -> Any:
    """Return the application of the console, to be mounted under a path of its own."""
    application = FastAPI(title="Customs console", docs_url=None, redoc_url=None, openapi_url=None)
    _say_problems(application, console)
    for pages in ROOMS:
        application.router.routes += pages(console).routes  # to include the router would work out each page twice

    @application.get("/static/{name}")
    def static(name: str) -> Response:
        """Give a file that pages ask for."""
        found = static_file(name)
        if found is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return found

    return GuardedConsole(application, console.place.address)


def _say_problems(application: FastAPI, console: ConsoleService) -> None:
    """Have every failure answered as a page in words."""

    def said(request: Request, status: int, text: BothTexts) -> Response:
        visit = Visit(request=request, console=console, now=console.clock())
        return page(visit, "problem.html", status=status, text=text)

    @application.exception_handler(PageError)
    def _of_page(request: Request, error: PageError) -> Response:
        return said(request, error.status, error.text)

    @application.exception_handler(SignInNeededError)
    def _of_stranger(request: Request, error: SignInNeededError) -> Response:
        root = request.scope.get("root_path", "")
        here = request.url.path.removeprefix(root)
        back = f"?next={quote(here)}" if error.to == "/sign-in" and request.method == "GET" and here != "/" else ""
        return RedirectResponse(f"{root}{error.to}{back}", HTTPStatus.SEE_OTHER)

    @application.exception_handler(LedgerNotWrittenError)
    def _of_database(request: Request, error: LedgerNotWrittenError) -> Response:
        if isinstance(error, LedgerRefusedError):
            raise error
        return said(request, HTTPStatus.SERVICE_UNAVAILABLE, console_text("problem.database"))

    @application.exception_handler(RequestValidationError)
    def _of_address(request: Request, error: RequestValidationError) -> Response:
        return said(request, HTTPStatus.UNPROCESSABLE_ENTITY, console_text("problem.form"))

    @application.exception_handler(HTTPException)
    def _of_way(request: Request, error: HTTPException) -> Response:
        key = "problem.method" if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED else "problem.nothing"
        return said(request, error.status_code, console_text(key))
