"""Uploading files of settlements (上传对账文件): shown first what stands in them and whether they hold, then entered once."""

from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from customs.hub.web.acting import Act, ActDone, acting, done_once
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.entered import day_in, day_of_text
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.rooms.settlements import provider_address
from customs.hub.web.service import ConsoleService
from customs.hub.web.settlement_files import enter_settlement, kind_asked, kinds_of_files, look_at_settlement
from customs.hub.web.uploads import drop_upload, keep_upload, masked_file_name, taken_in, upload_of
from customs.hub.web.visits import PageError, Visit, visitor
from customs.intake.sheets import SheetError
from customs.ledger.database import LedgerConnection

#: What the file is kept for.
_PURPOSE = "settlement"


def settlement_upload_pages(console: ConsoleService) -> APIRouter:
    """Return the pages by which files of settlements are uploaded, looked at and entered."""
    pages = APIRouter(prefix="/e/{enterprise}/settlements/upload")
    seen, form = visitor(console, ConsoleRight.FINANCE_CHANGE), acting(console, ConsoleRight.FINANCE_CHANGE)

    @pages.get("")
    def show(visit: Visit = seen, what: str = "payments") -> Response:
        """Show the form of the upload."""
        return page(visit, "settlement_upload.html", kinds=kinds_of_files(visit), what=what)

    @pages.post("")
    def take(act: Act = form) -> Response:
        """Keep a file and go on to what stands in it."""
        visit, day = act.visit, day_in(act, "day")
        asked = kind_asked(visit, act.value("what", most=100))
        name, content = taken_in(act)
        with console.ledger.begin() as connection:
            number = keep_upload(connection, visit, _PURPOSE, name, content)
        to = urlencode({"what": asked.value, "day": day or ""})
        return RedirectResponse(visit.here(f"/settlements/upload/{number}?{to}"), HTTPStatus.SEE_OTHER)

    @pages.get("/{number}")
    def preview(number: int, visit: Visit = seen, what: str = "", day: str = "") -> Response:
        """Show what stands in a file, or why it cannot be read."""
        asked, fault = kind_asked(visit, what), None
        with console.ledger.read() as connection:
            upload = upload_of(connection, visit, _PURPOSE, number)
            try:
                parts = look_at_settlement(connection, visit, upload, asked, day_of_text(day))
            except SheetError as error:
                parts, fault = [], BothTexts(error.zh, error.en)
        return page(
            visit,
            "settlement_preview.html",
            upload=upload,
            asked=asked,
            parts=parts,
            fault=fault,
            day_given=day,
            status=HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
        )

    @pages.post("/{number}/confirm")
    def confirm(number: int, act: Act = form) -> Response:
        """Enter a file as it was shown."""
        visit, day, why = act.visit, day_in(act, "day"), act.value("why", most=200)
        asked = kind_asked(visit, act.value("what", most=100))

        def enter(connection: LedgerConnection) -> ActDone:
            upload = upload_of(connection, visit, _PURPOSE, number)
            try:
                rows = enter_settlement(connection, visit, upload, asked, day)
            except SheetError as error:
                raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, BothTexts(error.zh, error.en)) from None
            drop_upload(connection, visit, _PURPOSE, number)
            to = provider_address(visit, asked.profile.name) if asked.profile else visit.here("/settlements")
            text = console_text("settle.entered", name=upload.name, rows=f"{rows:,}")
            detail = f"{asked.value} {upload.digest} {rows}"
            name = masked_file_name(upload.name)
            return ActDone.saying("settle_file", text, subject=name, detail=detail, reason=why, to=to)

        return done_once(act, enter)

    return pages
