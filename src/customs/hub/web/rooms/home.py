"""The first page (总览): where the orders of an enterprise stand."""

from http import HTTPStatus

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from customs.hub.web.catalogue import console_text
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, Visit, enterprises_of, signed_in, visitor


def home_pages(console: ConsoleService) -> APIRouter:
    """Return the first page, and the way to that of the first enterprise."""
    pages = APIRouter()
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
        return page(visit, "home.html")

    return pages
