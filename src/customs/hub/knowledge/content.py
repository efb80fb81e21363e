"""The content of an article (知识内容): issue, environment, cause and resolution in one or both languages, and what it is about.

>>> text = ArticleText(title="超年度限额", issue="清单以 1313 退单", resolution="取消订单并退款")
>>> content = ArticleContent(zh=text, ties=(ArticleTie("code", "1313"),))
>>> read_content(content_text(content)) == content, content.text("en").title
(True, '超年度限额')
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from customs.fields.frozen import FrozenDict

#: Characters of a part of an article at most, and of its title.
LONGEST_PART, LONGEST_TITLE = 8000, 200

#: What an article may be tied to.
TIE_KINDS = ("code", "class", "node", "alarm", "district")

#: An identity number of mainland China, or a mobile number: neither stands in an article.
_PERSONAL = re.compile(r"(?<![0-9A-Za-z])(?:[1-9][0-9]{16}[0-9Xx]|1[3-9][0-9]{9})(?![0-9A-Za-z])", re.ASCII)


class ArticleError(ValueError):
    """An article cannot be kept or changed so; the text says why, in both languages."""


class ArticleState(StrEnum):
    """Where an article stands."""

    DRAFT = "draft"
    """草稿: it is being written."""
    REVIEWED = "reviewed"
    """已审核: another person finds it right."""
    PUBLISHED = "published"
    """已发布: it is suggested."""
    OUTDATED = "outdated"
    """已过时: it is no more suggested."""

    @property
    def zh(self) -> str:
        """The Chinese name."""
        return {"draft": "草稿", "reviewed": "已审核", "published": "已发布", "outdated": "已过时"}[self.value]

    def may_become(self, state: "ArticleState") -> bool:
        """True if an article may go from this state to another one."""
        return state in _MOVES[self]


_MOVES: Mapping[ArticleState, frozenset[ArticleState]] = FrozenDict(
    {
        ArticleState.DRAFT: frozenset({ArticleState.REVIEWED, ArticleState.OUTDATED}),
        ArticleState.REVIEWED: frozenset({ArticleState.PUBLISHED, ArticleState.DRAFT, ArticleState.OUTDATED}),
        ArticleState.PUBLISHED: frozenset({ArticleState.OUTDATED}),
        ArticleState.OUTDATED: frozenset({ArticleState.DRAFT}),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleText:
    """An article in one language: title, and what is seen, where, why, and what to do."""

    title: str
    issue: str
    environment: str = ""
    cause: str = ""
    resolution: str = ""


class ArticleTie(NamedTuple):
    """Something that an article is about: kind and target, such as ``code`` and ``1313``."""

    kind: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleContent:
    """The content of an article in Chinese, English or both, and for when and what it holds."""

    zh: ArticleText | None = None
    en: ArticleText | None = None
    ties: tuple[ArticleTie, ...] = ()
    valid_from: date | None = None
    """The first day on which it holds, such as that of a law; None for always."""
    valid_to: date | None = None
    """The last day on which it holds."""
    review_on: date | None = None
    """The day on which its owner looks at it again."""

    def text(self, language: str) -> ArticleText:
        """Return the text in a language (``zh`` or ``en``), in the other one where there is none."""
        found = (self.en or self.zh) if language == "en" else (self.zh or self.en)
        assert found is not None, "an article has a text"
        return found


def checked_content(content: ArticleContent) -> None:
    """Raise ``ArticleError`` for a content that cannot be kept."""
    texts = [each for each in (content.zh, content.en) if each is not None]
    if not texts or not all(each.title.strip() and each.issue.strip() for each in texts):
        raise ArticleError(
            "an article has a title and says what is seen, in Chinese or English 须有标题和现象，中英文至少一种"
        )
    for each in texts:
        if not each.title.isprintable() or len(each.title) > LONGEST_TITLE:
            raise ArticleError(
                f"a title is one line of {LONGEST_TITLE} characters at most 标题为一行，最长 {LONGEST_TITLE} 个字符"
            )
        for name, part in asdict(each).items():
            if len(part) > LONGEST_PART:
                raise ArticleError(f"{name} has {LONGEST_PART} characters at most {name} 最长 {LONGEST_PART} 个字符")
            if _PERSONAL.search(part):
                raise ArticleError(
                    f"{name} holds an identity or telephone number: take it out {name} 含证件号或手机号，请删除"
                )
    for kind, target in content.ties:
        if kind not in TIE_KINDS or not target or len(target) > 100:
            known = ", ".join(TIE_KINDS)
            raise ArticleError(
                f"an article is tied to {known}, and not to {kind} 知识条目可关联 {known}，不能关联 {kind}"
            )
    if content.valid_from and content.valid_to and content.valid_to < content.valid_from:
        raise ArticleError("it ends to hold before it begins 失效日早于生效日")


def content_text(content: ArticleContent) -> str:
    """Return a content as it is kept: JSON."""
    days = {name: each.isoformat() if (each := getattr(content, name)) else None for name in _DAYS}
    return json.dumps({**asdict(content), **days}, ensure_ascii=False)


_DAYS = ("valid_from", "valid_to", "review_on")


@lru_cache(maxsize=1000)
def read_content(kept: str) -> ArticleContent:
    """Return a content that was kept; that of the articles that are looked at again and again is read once."""
    found = json.loads(kept)
    zh, en = (ArticleText(**found[name]) if found[name] else None for name in ("zh", "en"))
    days = {name: date.fromisoformat(found[name]) if found[name] else None for name in _DAYS}
    return ArticleContent(zh=zh, en=en, ties=tuple(ArticleTie(*each) for each in found["ties"]), **days)
