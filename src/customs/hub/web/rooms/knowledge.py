"""Knowledge (知识库): articles with their versions and states, and what the catalogue says of receipt codes beside them."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.kept import NoCaseError, read_case
from customs.hub.cases.opening import CaseLink
from customs.hub.cases.working import link_case
from customs.hub.knowledge.articles import (
    ArticleConflictError,
    HubArticle,
    articles_to_review,
    list_articles,
    move_article,
    read_article,
    versions_of_article,
)
from customs.hub.knowledge.content import ArticleError, ArticleState
from customs.hub.knowledge.suggestions import Sought, note_use, suggest, uses_of_articles
from customs.hub.web.acting import Act, ActDone, acting, done_once
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.rooms.cases import said
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import PageError, Visit, visitor
from customs.ledger.database import LedgerConnection
from customs.receipts.catalogue import coded

#: The number of an article in an address.
ArticleNumber = Annotated[int, Path(ge=1, le=2**62)]

#: The parts of an article in each language, in the order of the form.
PARTS = ("title", "issue", "environment", "cause", "resolution")

#: How each state looks.
KINDS = {"draft": "calm", "reviewed": "info", "published": "good", "outdated": "warn"}

_DAYS = ("valid_from", "valid_to", "review_on")


def knowledge_pages(console: ConsoleService) -> APIRouter:
    """Return the pages of knowledge."""
    pages = APIRouter(prefix="/e/{enterprise}/knowledge")
    seen = visitor(console, ConsoleRight.LOOK)
    form, reads = acting(console, ConsoleRight.CASES_CHANGE), acting(console, ConsoleRight.LOOK)

    @pages.get("")
    def show(
        visit: Visit = seen,
        state: Literal["", "draft", "reviewed", "published", "outdated", "due"] = "",
        asked: Annotated[str, Query(max_length=200)] = "",
    ) -> Response:
        """List articles, or those that fit a code or words; of a code also what the catalogue says."""
        return _list(visit, state, asked.strip())

    @pages.get("/{number}")
    def read(
        number: ArticleNumber,
        visit: Visit = seen,
        version: Annotated[int, Query(ge=0, le=10**6)] = 0,
        case: Annotated[int, Query(ge=0, le=2**62)] = 0,
    ) -> Response:
        """Show an article; ``case`` is the one for which it is read."""
        return _article(visit, number, version or None, case)

    @pages.post("/{number}/move")
    def move(number: ArticleNumber, act: Act = form) -> Response:
        """Move an article to another state."""
        try:
            return done_once(act, lambda connection: _moved(connection, act, number))
        except (ArticleError, ArticleConflictError) as error:
            return _article(act.visit, number, None, 0, fault=said(error))

    @pages.post("/{number}/use")
    def use(number: ArticleNumber, act: Act = reads) -> Response:
        """Enter that an article was used, and whether it helped; a case for which it was is tied to it."""
        return done_once(act, lambda connection: _used(connection, act, number))

    return pages


def _moved(connection: LedgerConnection, act: Act, number: int) -> ActDone:
    visit, state = act.visit, act.value("state")
    if state not in set(ArticleState):
        raise ArticleError(f"there is no state {state} 没有状态 {state}")
    version, by = number_of(act.value("version", most=9)), CaseAct(by=visit.person.name, at=visit.now)
    move_article(connection, visit.shop.name, (number, version), ArticleState(state), by)
    text, to = console_text(f"knowledge.moved_{state}", number=number), visit.here(f"/knowledge/{number}")
    return ActDone.saying("article_move", text, subject=f"article {number}", detail=state, to=to)


def _used(connection: LedgerConnection, act: Act, number: int) -> ActDone:
    visit, case = act.visit, number_of(act.value("case", most=18))
    article, by = found_article(connection, visit, number), CaseAct(by=visit.person.name, at=visit.now)
    if case and visit.may(ConsoleRight.CASES_CHANGE):
        try:
            link_case(connection, SeenCase(visit.shop.name, case), (CaseLink("article", str(number)),), by)
        except NoCaseError:
            raise nothing_there() from None
    else:
        case = 0
    helped = {"yes": True, "no": False}.get(act.value("helped"))
    note_use(connection, article, by, case=case or None, helped=helped)
    to = visit.here(f"/cases/{case}" if case else f"/knowledge/{number}")
    return ActDone.saying("article_use", console_text("knowledge.noted"), subject=f"article {number}", to=to)


def nothing_there() -> PageError:
    """Return what says that there is no such page."""
    return PageError(HTTPStatus.NOT_FOUND, console_text("problem.nothing"))


def number_of(text: str) -> int:
    """Return a number that was posted, 0 for none."""
    return int(text) if text.isascii() and text.isdigit() else 0


def found_article(connection: LedgerConnection, visit: Visit, number: int, version: int | None = None) -> HubArticle:
    """Return an article. Whoever may not write sees none that was never published. Raises ``PageError``."""
    try:
        article = read_article(connection, visit.shop.name, number, version=version)
        if not visit.may(ConsoleRight.CASES_CHANGE):
            if not article.published:
                raise nothing_there()
            article = read_article(connection, visit.shop.name, number, version=article.published)
    except ArticleError:
        raise nothing_there() from None
    return article


def _list(visit: Visit, state: str, asked: str) -> Response:
    writes, shop, on = visit.may(ConsoleRight.CASES_CHANGE), visit.shop.name, visit.now.date()
    with visit.console.ledger.read() as connection:
        if asked:
            codes = tuple({asked, *asked.split()})
            found = [
                each.article for each in suggest(connection, shop, Sought(on=on, codes=codes, words=asked), most=50)
            ]
        elif state == "due":
            found = articles_to_review(connection, shop, on=on)
        else:
            chosen = ArticleState(state) if state and writes else None if writes else ArticleState.PUBLISHED
            found = list_articles(connection, shop, state=chosen)
        uses = uses_of_articles(connection, [each.id for each in found])
    return page(
        visit,
        "knowledge.html",
        articles=[(each, each.content.text(visit.language), *uses.get(each.id, (0, 0))) for each in found],
        state=state,
        states=["", *ArticleState, "due"] if writes else [],
        kinds=KINDS,
        asked=asked,
        meanings=coded(asked) if asked else (),
    )


def _article(visit: Visit, number: int, version: int | None, case: int, *, fault: BothTexts | None = None) -> Response:
    with visit.console.ledger.read() as connection:
        article = found_article(connection, visit, number, version)
        newest = found_article(connection, visit, number)
        used, helped = uses_of_articles(connection, [number]).get(number, (0, 0))
        versions = versions_of_article(connection, visit.shop.name, number)
        if case:
            try:
                read_case(connection, visit.shop.name, case)
            except NoCaseError:
                case = 0
    codes = [(each.target, coded(each.target)) for each in article.content.ties if each.kind == "code"]
    return page(
        visit,
        "article.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK,
        article=article,
        newest=newest.version,
        text=article.content.text(visit.language),
        parts=PARTS[1:],
        moves=[each for each in ArticleState if article.state.may_become(each)],
        versions=versions if visit.may(ConsoleRight.CASES_CHANGE) else [],
        codes=codes,
        kinds=KINDS,
        used=used,
        helped=helped,
        case=case if visit.may(ConsoleRight.CASES) else 0,
        overdue=bool(article.content.review_on and article.content.review_on <= visit.now.date()),
        fault=fault,
    )
