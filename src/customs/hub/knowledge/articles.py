"""Articles of the knowledge base (知识条目): written, reviewed by another person, published, outdated.

What is published stays shown until the next version is. Raises ``ArticleError`` for what is not allowed, with both languages.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, insert, select, update

from customs.hub.cases.acts import CaseAct
from customs.hub.knowledge.content import (
    ArticleContent,
    ArticleError,
    ArticleState,
    ArticleTie,
    checked_content,
    content_text,
    read_content,
)
from customs.hub.knowledge.tables import (
    HUB_ARTICLE_MOVES,
    HUB_ARTICLE_TIES,
    HUB_ARTICLE_VERSIONS,
    HUB_ARTICLES,
)
from customs.ledger.database import LedgerConnection

_ARTICLES, _VERSIONS = HUB_ARTICLES.c, HUB_ARTICLE_VERSIONS.c


class ArticleConflictError(Exception):
    """Another person wrote a newer version of the article meanwhile."""

    def __init__(self, number: int, version: int) -> None:
        self.version = version
        super().__init__(
            f"article {number} has version {version} meanwhile: look at it and repeat your change "
            f"知识条目 {number} 已有第 {version} 版，请查看后重新修改"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HubArticle:
    """An article as it stands: its number and state, the version asked for, and who keeps it right."""

    id: int
    enterprise: str
    state: ArticleState
    version: int
    published: int
    owner: str
    changed_at: datetime
    content: ArticleContent = field(repr=False)


def write_article(
    connection: LedgerConnection,
    enterprise: str,
    content: ArticleContent,
    act: CaseAct,
    *,
    replacing: tuple[int, int] | None = None,
) -> HubArticle:
    """Keep a new article, or a new version in place of one: ``replacing`` is its number and the version that was seen.

    A new version is a draft; the published one stays shown. Raises ``ArticleError`` and ``ArticleConflictError``.
    """
    checked_content(content)
    if replacing is None:
        values = {"enterprise": enterprise, "version": 0, "published": 0, "owner": act.by, **_head(content, act)}
        number = int(connection.sql.execute(insert(HUB_ARTICLES).returning(_ARTICLES.id), values).scalar_one())
        version = 1
    else:
        number, seen = replacing
        row = _row(connection, enterprise, number, locked=True)
        if row.version != seen:
            raise ArticleConflictError(number, row.version)
        version = seen + 1
    kept = {"article": number, "version": version, "at": act.at, "by": act.by, "content": content_text(content)}
    connection.sql.execute(insert(HUB_ARTICLE_VERSIONS), kept)
    changing = update(HUB_ARTICLES).where(_ARTICLES.id == number)
    connection.sql.execute(changing.values(version=version, **_head(content, act)))
    _enter_move(connection, number, version, ArticleState.DRAFT, act)
    return read_article(connection, enterprise, number)


def move_article(
    connection: LedgerConnection, enterprise: str, seen: tuple[int, int], state: ArticleState, act: CaseAct
) -> HubArticle:
    """Move an article, by its number and the version that was seen, to another state.

    Who wrote a version does not review it. Raises ``ArticleError`` and ``ArticleConflictError``.
    """
    number, version = seen
    row = _row(connection, enterprise, number, locked=True)
    if row.version != version:
        raise ArticleConflictError(number, row.version)
    before = ArticleState(row.state)
    if not before.may_become(state):
        raise ArticleError(
            f"article {number} is {before.value} and cannot become {state.value} "
            f"知识条目 {number} 当前为{before.zh}，不能转为{state.zh}"
        )
    wrote = select(_VERSIONS.by).where(_VERSIONS.article == number, _VERSIONS.version == version)
    if state is ArticleState.REVIEWED and connection.sql.execute(wrote).scalar_one() == act.by:
        raise ArticleError("another person reviews what you wrote 请由他人审核")
    values: dict[str, Any] = {"state": state, "changed_at": act.at}
    if state is ArticleState.PUBLISHED:
        values["published"] = version
        _tie(connection, number, _content(connection, number, version).ties)
    elif state is ArticleState.OUTDATED:
        values["published"] = 0
        _tie(connection, number, ())
    connection.sql.execute(update(HUB_ARTICLES).where(_ARTICLES.id == number).values(values))
    _enter_move(connection, number, version, state, act)
    return read_article(connection, enterprise, number)


def read_article(
    connection: LedgerConnection, enterprise: str, number: int, *, version: int | None = None
) -> HubArticle:
    """Return an article in a version, the newest if none is named. Raises ``ArticleError`` if there is none."""
    row = _row(connection, enterprise, number)
    return _article(row, _content(connection, number, row.version if version is None else version))


class ArticleVersion(NamedTuple):
    """A version of an article that was kept: its number, when, and by whom."""

    version: int
    at: datetime
    by: str


def versions_of_article(connection: LedgerConnection, enterprise: str, number: int) -> list[ArticleVersion]:
    """Return the versions of an article, the newest first. Raises ``ArticleError`` if there is none."""
    _row(connection, enterprise, number)
    wanted = select(_VERSIONS.version, _VERSIONS.at, _VERSIONS.by).where(_VERSIONS.article == number)
    return [ArticleVersion(*row) for row in connection.sql.execute(wanted.order_by(_VERSIONS.version.desc()))]


def list_articles(
    connection: LedgerConnection, enterprise: str, *, state: ArticleState | None = None, most: int = 200
) -> list[HubArticle]:
    """Return articles, those that were changed last first."""
    here = [_ARTICLES.enterprise == enterprise, *([_ARTICLES.state == state] if state else [])]
    wanted = (
        select(HUB_ARTICLES, _VERSIONS.content)
        .join(HUB_ARTICLE_VERSIONS, (_VERSIONS.article == _ARTICLES.id) & (_VERSIONS.version == _ARTICLES.version))
        .where(*here)
        .order_by(_ARTICLES.changed_at.desc(), _ARTICLES.id.desc())
        .limit(most)
    )
    return [_article(row, read_content(row.content)) for row in connection.sql.execute(wanted)]


def articles_to_review(connection: LedgerConnection, enterprise: str, *, on: date) -> list[HubArticle]:
    """Return published articles whose day of review has come or whose last day is over, by that day."""
    found = list_articles(connection, enterprise, state=ArticleState.PUBLISHED, most=2000)
    due = [
        (min(filter(None, (each.content.review_on, each.content.valid_to)), default=date.max), each) for each in found
    ]
    return [each for day, each in sorted(due, key=lambda pair: (pair[0], pair[1].id)) if day <= on]


def published_articles(connection: LedgerConnection, enterprise: str, numbers: Sequence[int]) -> list[HubArticle]:
    """Return articles in the version that is published, of those named."""
    wanted = (
        select(HUB_ARTICLES, _VERSIONS.content)
        .join(HUB_ARTICLE_VERSIONS, (_VERSIONS.article == _ARTICLES.id) & (_VERSIONS.version == _ARTICLES.published))
        .where(_ARTICLES.enterprise == enterprise, _ARTICLES.id.in_(numbers))
        .order_by(_ARTICLES.id)
    )
    return [_article(row, read_content(row.content)) for row in connection.sql.execute(wanted)]


def _head(content: ArticleContent, act: CaseAct) -> dict[str, Any]:
    days = {name: getattr(content, name) for name in ("review_on", "valid_from", "valid_to")}
    return {"state": ArticleState.DRAFT, "changed_at": act.at, **days}


def _row(connection: LedgerConnection, enterprise: str, number: int, *, locked: bool = False) -> Any:
    wanted = select(HUB_ARTICLES).where(_ARTICLES.id == number, _ARTICLES.enterprise == enterprise)
    found = connection.sql.execute(wanted.with_for_update() if locked else wanted).one_or_none()
    if found is None:
        raise ArticleError(f"there is no article {number} 没有知识条目 {number}")
    return found


def _content(connection: LedgerConnection, number: int, version: int) -> ArticleContent:
    wanted = select(_VERSIONS.content).where(_VERSIONS.article == number, _VERSIONS.version == version)
    found = connection.sql.execute(wanted).scalar()
    if found is None:
        raise ArticleError(f"article {number} has no version {version} 知识条目 {number} 没有第 {version} 版")
    return read_content(found)


def _article(row: Any, content: ArticleContent) -> HubArticle:
    same = ("id", "enterprise", "version", "published", "owner", "changed_at")
    kept = {name: getattr(row, name) for name in same}
    return HubArticle(state=ArticleState(row.state), content=content, **kept)


def _tie(connection: LedgerConnection, number: int, ties: Sequence[ArticleTie]) -> None:
    connection.sql.execute(delete(HUB_ARTICLE_TIES).where(HUB_ARTICLE_TIES.c.article == number))
    rows = [{"article": number, "kind": kind, "target": target} for kind, target in sorted(set(ties))]
    if rows:
        connection.sql.execute(insert(HUB_ARTICLE_TIES), rows)


def _enter_move(connection: LedgerConnection, number: int, version: int, state: ArticleState, act: CaseAct) -> None:
    row = {"article": number, "version": version, "state": state, "at": act.at, "by": act.by}
    connection.sql.execute(insert(HUB_ARTICLE_MOVES), row)
