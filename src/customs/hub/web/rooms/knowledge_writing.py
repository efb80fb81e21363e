"""Writing articles (编写知识条目): a form with both languages, what the article is about, and the days on which it holds."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from customs.hub.cases.acts import CaseAct
from customs.hub.cases.kept import NoCaseError, links_of_case, read_case
from customs.hub.knowledge.articles import ArticleConflictError, HubArticle, write_article
from customs.hub.knowledge.content import TIE_KINDS, ArticleContent, ArticleError, ArticleText, ArticleTie
from customs.hub.web.acting import Act, ActDone, acting, done_once
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.page import page
from customs.hub.web.roles import ConsoleRight
from customs.hub.web.rooms.cases import said
from customs.hub.web.rooms.knowledge import PARTS, ArticleNumber, found_article, nothing_there, number_of
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import Visit, visitor
from customs.ledger.database import LedgerConnection

_DAYS = ("valid_from", "valid_to", "review_on")


def knowledge_writing_pages(console: ConsoleService) -> APIRouter:
    """Return the forms of articles."""
    pages = APIRouter(prefix="/e/{enterprise}/knowledge")
    writes, form = visitor(console, ConsoleRight.CASES_CHANGE), acting(console, ConsoleRight.CASES_CHANGE)

    @pages.get("/new")
    def begin(visit: Visit = writes, case: Annotated[int, Query(ge=0, le=2**62)] = 0) -> Response:
        """Show the form of a new article, tied to the codes of a case."""
        return _form(visit, _typed_of_case(visit, case))

    @pages.post("/new")
    def write(act: Act = form) -> Response:
        """Keep a new article."""
        return _written(act, None)

    @pages.get("/{number}/edit")
    def edit(number: ArticleNumber, visit: Visit = writes) -> Response:
        """Show the form of an article."""
        with console.ledger.read() as connection:
            article = found_article(connection, visit, number)
        return _form(visit, _typed(article.content), article)

    @pages.post("/{number}/edit")
    def rewrite(number: ArticleNumber, act: Act = form) -> Response:
        """Keep another version of an article."""
        return _written(act, number)

    return pages


def _typed_of_case(visit: Visit, case: int) -> dict[str, str]:
    """Return what a new article begins with: the class of the case and its codes."""
    if not case:
        return {}
    with visit.console.ledger.read() as connection:
        try:
            found, links = read_case(connection, visit.shop.name, case), links_of_case(connection, case)
        except NoCaseError:
            raise nothing_there() from None
    ties = [f"code {target}" for kind, target in sorted(links) if kind == "code"]
    return {"ties": "\n".join([*ties, f"class {found.case_class}"])}


def _typed(content: ArticleContent) -> dict[str, str]:
    """Return the fields of the form of an article."""
    typed = {"ties": "\n".join(f"{kind} {target}" for kind, target in content.ties)}
    for language in ("zh", "en"):
        text = getattr(content, language)
        typed |= {f"{part}_{language}": getattr(text, part) for part in PARTS} if text else {}
    return typed | {name: day.isoformat() for name in _DAYS if (day := getattr(content, name))}


def _content(typed: dict[str, str]) -> ArticleContent:
    """Return the article that was typed. Raises ``ArticleError``."""
    texts = dict[str, ArticleText | None]()
    for language in ("zh", "en"):
        given = {part: typed[f"{part}_{language}"] for part in PARTS}
        texts[language] = ArticleText(**given) if any(given.values()) else None
    lines = [each.split(None, 1) for each in typed["ties"].splitlines() if each.strip()]
    if wrong := [each[0] for each in lines if len(each) != 2]:
        known = ", ".join(TIE_KINDS)
        raise ArticleError(f"{wrong[0]}: write a kind and its number, the kind one of {known} 每行为类型和编号")
    return ArticleContent(
        zh=texts["zh"],
        en=texts["en"],
        ties=tuple(ArticleTie(kind, target.strip()) for kind, target in lines),
        **{name: _day(typed[name]) for name in _DAYS},
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ArticleError(f"{text} is no day: write it as 2026-11-30 日期格式应为 2026-11-30") from None


def _written(act: Act, number: int | None) -> Response:
    """Keep what was typed as a new article, or as another version of one."""
    visit, version = act.visit, number_of(act.value("version", most=9))
    names = [*(f"{part}_{language}" for language in ("zh", "en") for part in PARTS), "ties", *_DAYS]
    typed = {name: str(act.form.get(name, "")).strip().replace("\r\n", "\n") for name in names}

    def enter(connection: LedgerConnection) -> ActDone:
        by, replacing = CaseAct(by=visit.person.name, at=visit.now), (number, version) if number else None
        article = write_article(connection, visit.shop.name, _content(typed), by, replacing=replacing)
        text, to = console_text("knowledge.kept", version=article.version), visit.here(f"/knowledge/{article.id}")
        return ActDone.saying("article_write", text, subject=f"article {article.id}", to=to)

    try:
        return done_once(act, enter)
    except (ArticleError, ArticleConflictError) as error:
        shown: HubArticle | None = None
        if number:
            with visit.console.ledger.read() as connection:
                shown = found_article(connection, visit, number)
        return _form(visit, typed, shown, fault=said(error))


def _form(
    visit: Visit, typed: dict[str, str], article: HubArticle | None = None, *, fault: BothTexts | None = None
) -> Response:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    values: dict[str, Any] = {"typed": typed, "article": article, "parts": PARTS, "days": _DAYS}
    return page(visit, "article_form.html", status=status, kinds=TIE_KINDS, fault=fault, **values)
