"""Uploading a goods list (上传备案表): shown first what each row would change and what the check says of it, then entered once."""

from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from customs.hub.web.acting import Act, ActDone, acting, done_once
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.goods_lists import enter_list, read_list
from customs.hub.web.goods_places import state_asked
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.service import ConsoleService
from customs.hub.web.uploads import drop_upload, keep_upload, masked_file_name, taken_in, upload_of
from customs.hub.web.visits import Visit, visitor
from customs.intake.problems import GoodsError
from customs.ledger.causes import CauseUsedError
from customs.ledger.database import LedgerConnection
from customs.ledger.goods import GoodsState
from customs.ledger.goods.content import field_label

#: Rows and mistakes of a page.
_ROWS, _MISTAKES = 100, 200

#: What the file is kept for.
_PURPOSE = "goods"


def goods_upload_pages(console: ConsoleService) -> APIRouter:
    """Return the pages by which a goods list is uploaded, looked at and entered."""
    pages = APIRouter(prefix="/e/{enterprise}/goods/upload")
    seen, form = visitor(console, ConsoleRight.GOODS_CHANGE), acting(console, ConsoleRight.GOODS_CHANGE)

    @pages.get("")
    def show(visit: Visit = seen) -> Response:
        """Show the form of the upload."""
        return page(visit, "goods_upload.html", states=list(GoodsState))

    @pages.post("")
    def take(act: Act = form) -> Response:
        """Keep a list and go on to what it would change."""
        name, content = taken_in(act)
        with console.ledger.begin() as connection:
            number = keep_upload(connection, act.visit, _PURPOSE, name, content)
        asked = urlencode({"unsaid": state_asked(act.value("unsaid")) or ""})
        return RedirectResponse(act.visit.here(f"/goods/upload/{number}?{asked}"), HTTPStatus.SEE_OTHER)

    @pages.get("/{number}")
    def preview(number: int, visit: Visit = seen, unsaid: str = "", after: int = 0) -> Response:
        """Show what a list would change, or its mistakes."""
        state = state_asked(unsaid)
        with console.ledger.read() as connection:
            upload = upload_of(connection, visit, _PURPOSE, number)
            found = read_list(connection, visit, upload, state)
        told = [each for each in found.rows if each.move != "same" or each.findings]
        first = min(max(after, 0), len(told))
        more = urlencode({"unsaid": state or "", "after": first + _ROWS}) if len(told) > first + _ROWS else ""
        return page(
            visit,
            "goods_preview.html",
            upload=upload,
            mistakes=found.mistakes[:_MISTAKES],
            left=max(0, len(found.mistakes) - _MISTAKES),
            counts=found.counts,
            rows=told[first : first + _ROWS],
            more=visit.here(f"/goods/upload/{number}?{more}") if more else "",
            changing=found.changing,
            unsaid=state or "",
            label=field_label,
        )

    @pages.post("/{number}/confirm")
    def confirm(number: int, act: Act = form) -> Response:
        """Enter a list as it was shown."""
        visit, state = act.visit, state_asked(act.value("unsaid"))
        why = act.value("why", most=200)

        def enter(connection: LedgerConnection) -> ActDone:
            upload = upload_of(connection, visit, _PURPOSE, number)
            try:
                counts = enter_list(connection, visit, upload, state, why)
            except (GoodsError, CauseUsedError):
                return ActDone.saying(
                    "goods_refused", console_text("goods.not_entered"), kind="bad", to=visit.here("/goods")
                )
            drop_upload(connection, visit, _PURPOSE, number)
            words = [(counts[each], console_text(f"goods.move.{each}")) for each in sorted(counts)]
            told = BothTexts(
                "、".join(f"{word.zh} {count}" for count, word in words),
                ", ".join(f"{count} {word.en}" for count, word in words),
            )
            text = console_text("goods.entered", name=upload.name, what=told)
            detail = f"{upload.digest} " + " ".join(f"{name} {count}" for name, count in sorted(counts.items()))
            more = {
                "subject": masked_file_name(upload.name),
                "detail": detail,
                "reason": why,
                "to": visit.here("/goods"),
            }
            return ActDone.saying("goods_list", text, **more)

        return done_once(act, enter)

    return pages
