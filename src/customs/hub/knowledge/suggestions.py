"""Suggestions (知识推荐): the articles that fit a case or a parcel, by what customs said and where it stands, then by words.

A receipt code counts most, then the alarm, the class, the node and the phase; words only order what is left. An article of
another customs district, or outside the days on which it holds, is not suggested.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import Integer, and_, cast, func, insert, or_, select, update

from customs.fields.frozen import FrozenDict
from customs.hub.cases.acts import CaseAct
from customs.hub.knowledge.articles import HubArticle, published_articles
from customs.hub.knowledge.content import ArticleContent
from customs.hub.knowledge.tables import HUB_ARTICLE_TIES, HUB_ARTICLE_USES, HUB_ARTICLES
from customs.ledger.database import LedgerConnection

#: How much each kind of tie counts; a judgement of this library.
WEIGHTS: Mapping[str, int] = FrozenDict({"code": 100, "alarm": 80, "class": 60, "node": 30})

#: How much a phase counts that an article is tied to, and common words at most.
PHASE, WORDS = 20, 25

#: Articles that are compared by their words at most.
MOST_COMPARED = 500

_ARTICLES, _TIES, _USES = HUB_ARTICLES.c, HUB_ARTICLE_TIES.c, HUB_ARTICLE_USES.c
_ENGLISH = re.compile(r"[a-z0-9]{2,}", re.ASCII)
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """The thing for which articles are looked for: what customs said, where it stands, and in what words it was asked."""

    on: date
    codes: tuple[str, ...] = ()
    case_class: str = ""
    nodes: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    district: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestedArticle:
    """An article that fits: how well, and by which of its ties; the best has the highest score."""

    article: HubArticle
    score: int
    why: tuple[str, ...]
    used: int
    helped: int


def suggest(connection: LedgerConnection, enterprise: str, sought: Sought, *, most: int = 5) -> list[SuggestedArticle]:
    """Return the published articles that fit best; those that fit equally in the order of how often they helped."""
    ties = _fitting(connection, enterprise, sought)
    numbers = sorted(ties)
    if sought.words and len(numbers) < MOST_COMPARED:
        others = select(_ARTICLES.id).where(_ARTICLES.enterprise == enterprise, _ARTICLES.published > 0)
        others = others.where(_ARTICLES.id.not_in(numbers)).order_by(_ARTICLES.changed_at.desc())
        numbers += connection.sql.execute(others.limit(MOST_COMPARED - len(numbers))).scalars().all()
    fitting = list[tuple[HubArticle, int, tuple[str, ...]]]()
    for article in published_articles(connection, enterprise, numbers):
        if not _holds(article, sought):
            continue
        why = ties.get(article.id, {})
        if score := sum(why.values()) + _alike(article, sought.words):
            fitting.append((article, score, tuple(why)))
    uses, found = uses_of_articles(connection, [each.id for each, _, _ in fitting]), list[SuggestedArticle]()
    for article, score, reasons in fitting:
        used, helped = uses.get(article.id, (0, 0))
        found.append(SuggestedArticle(article=article, score=score, why=reasons, used=used, helped=helped))
    return sorted(found, key=lambda each: (-each.score, -each.helped, each.article.id))[:most]


def note_use(
    connection: LedgerConnection,
    article: HubArticle,
    act: CaseAct,
    *,
    case: int | None = None,
    helped: bool | None = None,
) -> int:
    """Enter that an article was used, for a case if it was for one, and return the number of the use."""
    row = {"article": article.id, "case": case, "at": act.at, "by": act.by, "helped": helped}
    return int(connection.sql.execute(insert(HUB_ARTICLE_USES).returning(_USES.id), row).scalar_one())


def note_helped(connection: LedgerConnection, use: int, *, helped: bool) -> bool:
    """Enter whether an article helped, once; return False if that was said before."""
    changing = update(HUB_ARTICLE_USES).where(_USES.id == use, _USES.helped.is_(None)).values(helped=helped)
    return connection.sql.execute(changing).rowcount == 1


def uses_of_articles(
    connection: LedgerConnection, numbers: Sequence[int], *, since: datetime = datetime.min
) -> dict[int, tuple[int, int]]:
    """Return how often articles were used and how often they helped, by their numbers."""
    helped = func.coalesce(func.sum(cast(_USES.helped, Integer)), 0)
    wanted = select(_USES.article, func.count(), helped).where(_USES.article.in_(numbers), _USES.at >= since)
    return {
        article: (used, int(good)) for article, used, good in connection.sql.execute(wanted.group_by(_USES.article))
    }


def _fitting(connection: LedgerConnection, enterprise: str, sought: Sought) -> dict[int, dict[str, int]]:
    """Return by number the ties by which articles fit, as ``kind:target``, with how much each counts."""
    phase, _, _ = sought.case_class.partition("/")
    asked = {
        "code": sought.codes,
        "alarm": sought.alarms,
        "class": tuple(filter(None, (sought.case_class, phase))),
        "node": sought.nodes,
    }
    any_of = [and_(_TIES.kind == kind, _TIES.target.in_(targets)) for kind, targets in asked.items() if targets]
    if not any_of:
        return {}
    wanted = select(_TIES.article, _TIES.kind, _TIES.target).join(HUB_ARTICLES, _ARTICLES.id == _TIES.article)
    found = dict[int, dict[str, int]]()
    for article, kind, target in connection.sql.execute(wanted.where(_ARTICLES.enterprise == enterprise, or_(*any_of))):
        weight = PHASE if kind == "class" and target == phase else WEIGHTS[kind]
        found.setdefault(article, {})[f"{kind}:{target}"] = weight
    return found


def _holds(article: HubArticle, sought: Sought) -> bool:
    content = article.content
    begun = content.valid_from is None or content.valid_from <= sought.on
    districts = {each.target for each in content.ties if each.kind == "district"}
    there = not districts or not sought.district or sought.district in districts
    return begun and (content.valid_to is None or sought.on <= content.valid_to) and there


def _alike(article: HubArticle, words: str) -> int:
    """Return how much the words count that an article has in common with what was asked."""
    asked = set(words_of(words))
    if not asked:
        return 0
    return WORDS * len(asked & _words_in(article.content)) // len(asked)


@lru_cache(maxsize=1000)
def _words_in(content: ArticleContent) -> frozenset[str]:
    """Return the words by which an article is found."""
    texts = [each for each in (content.zh, content.en) if each is not None]
    return frozenset(words_of(" ".join(f"{each.title} {each.issue} {each.cause}" for each in texts)))


def words_of(text: str) -> Iterator[str]:
    """Yield what a text is compared by: English words and numbers, and pairs of Chinese characters.

    >>> sorted(words_of("1313 超过限额"))
    ['1313', '超过', '过限', '限额']
    """
    yield from _ENGLISH.findall(text.lower())
    for run in _CHINESE.findall(text):
        yield from _pairs(run)


def _pairs(run: str) -> Iterable[str]:
    return (run[at : at + 2] for at in range(max(len(run) - 1, 1)))
