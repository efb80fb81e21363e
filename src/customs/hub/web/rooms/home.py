"""The first page (总览): where the orders of an enterprise stand, what is late, and why customs refused."""

from functools import partial
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from customs.hub.reports.report_words import ReportWords, node_words
from customs.hub.reports.table_model import ReportCell
from customs.hub.web.catalogue import console_text
from customs.hub.web.charts_shown import shown_chart
from customs.hub.web.kept_figures import KeptFigures, counting_page
from customs.hub.web.overview import Overview, overview_of
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, Visit, enterprises_of, signed_in, visitor


def home_pages(console: ConsoleService) -> APIRouter:
    """Return the first page, and the way to that of the first enterprise."""
    pages, kept = APIRouter(), KeptFigures[Overview](console)
    person, seen = signed_in(console), visitor(console, ConsoleRight.LOOK)

    @pages.get("/")
    def begin(visit: Visit = person) -> Response:
        """Go to the first enterprise of the person."""
        names = enterprises_of(visit)
        if not names:
            raise PageError(HTTPStatus.FORBIDDEN, console_text("problem.no_roles", name=visit.person.name))
        return RedirectResponse(visit.url(f"/e/{names[0]}/"), HTTPStatus.SEE_OTHER)

    @pages.get("/e/{enterprise}/")
    def home(visit: Visit = seen) -> Response:
        """Show where orders stand."""
        name = visit.shop.name
        found = kept.seen(name, partial(overview_of, name=name, limits=console.limits, now=visit.now))
        if found is None:
            return counting_page(visit)
        return page(visit, "home.html", found=found, node_words=node_words, **_charts(found, visit))

    return pages


def _charts(found: Overview, visit: Visit) -> dict[str, Any]:
    def words(key: str) -> ReportWords:
        text = console_text(key)
        return ReportWords(text.en, text.zh)

    backlog = [(node_words(each.node), each.count, each.overdue) for each in found.backlog]
    causes = [(ReportWords(each.words.en, each.words.zh), each.times) for each in found.causes]
    hours: list[tuple[ReportCell, ...]] = (
        [tuple(each) for each in found.hours] if any(any(each[1:]) for each in found.hours) else []
    )
    return {
        "waiting": shown_chart(
            "waiting",
            words("home.backlog"),
            [words("home.node"), words("home.orders"), words("home.late")],
            backlog,
            chinese=visit.chinese,
        ),
        "causes": shown_chart(
            "refusals",
            words("home.causes"),
            [words("home.cause"), words("home.times")],
            causes,
            chinese=visit.chinese,
        ),
        "hours": shown_chart(
            "hours",
            words("home.trend"),
            [words(f"home.{each}") for each in ("hour", "answers", "releases", "rejections")],
            hours,
            kind="hours",
            chinese=visit.chinese,
        ),
    }
