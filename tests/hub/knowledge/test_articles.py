"""Articles: who writes, reviews and publishes them, and which are suggested for what customs said."""

from datetime import date, timedelta

import pytest

from customs.hub.knowledge.articles import (
    ArticleConflictError,
    HubArticle,
    articles_to_review,
    list_articles,
    move_article,
    read_article,
    write_article,
)
from customs.hub.knowledge.content import ArticleContent, ArticleError, ArticleState, ArticleText, ArticleTie
from customs.hub.knowledge.suggestions import Sought, note_helped, note_use, suggest, uses_of_articles
from customs.ledger import LedgerConnection
from support.cases import NINE, act
from support.ledgers import LedgerDatabases

DAY = date(2026, 11, 11)


def content(title: str = "超年度限额", *ties: tuple[str, str], issue: str = "清单以 1313 退单") -> ArticleContent:
    text = ArticleText(title=title, issue=issue, resolution="取消订单并退款")
    return ArticleContent(zh=text, ties=tuple(ArticleTie(*each) for each in ties))


def published(connection: LedgerConnection, what: ArticleContent, enterprise: str = "shop") -> HubArticle:
    article = write_article(connection, enterprise, what, act("li"))
    move_article(connection, enterprise, (article.id, 1), ArticleState.REVIEWED, act("wang"))
    return move_article(connection, enterprise, (article.id, 1), ArticleState.PUBLISHED, act("li"))


def titles(connection: LedgerConnection, **sought: object) -> list[str]:
    found = suggest(connection, "shop", Sought(on=DAY, **sought))  # type: ignore[arg-type]
    return [each.article.content.text("zh").title for each in found]


def test_who_wrote_an_article_does_not_review_it(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        article = write_article(connection, "shop", content(), act("li"))
        with pytest.raises(ArticleError, match="another person reviews"):
            move_article(connection, "shop", (article.id, 1), ArticleState.REVIEWED, act("li"))
        with pytest.raises(ArticleError, match=r"cannot become published .*不能转为已发布"):
            move_article(connection, "shop", (article.id, 1), ArticleState.PUBLISHED, act("wang"))
        with pytest.raises(ArticleError, match="there is no article"):
            read_article(connection, "other", article.id)


def test_what_is_published_stays_suggested_while_the_next_version_is_written(
    sqlite_databases: LedgerDatabases,
) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        article = published(connection, content("旧", ("code", "1313")))
        newer = content("新", ("code", "-621018"))
        write_article(connection, "shop", newer, act("zhao"), replacing=(article.id, 1))
        assert titles(connection, codes=("1313",)) == ["旧"]
        with pytest.raises(ArticleConflictError, match="has version 2 meanwhile"):
            write_article(connection, "shop", newer, act("li"), replacing=(article.id, 1))
        move_article(connection, "shop", (article.id, 2), ArticleState.REVIEWED, act("li"))
        move_article(connection, "shop", (article.id, 2), ArticleState.PUBLISHED, act("li"))
        assert (titles(connection, codes=("1313",)), titles(connection, codes=("-621018",))) == ([], ["新"])
        assert read_article(connection, "shop", article.id, version=1).content.text("en").title == "旧"
        move_article(connection, "shop", (article.id, 2), ArticleState.OUTDATED, act("li"))
        assert titles(connection, codes=("-621018",), words="新") == []
        assert [each.state for each in list_articles(connection, "shop")] == [ArticleState.OUTDATED]


def test_a_code_counts_more_than_a_class_and_a_class_more_than_words(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        published(connection, content("词", issue="额度 超过 年度"))
        published(connection, content("阶段", ("class", "identity")))
        published(connection, content("分类", ("class", "identity/over_yearly")))
        published(connection, content("代码", ("code", "1313")))
        published(connection, content("他处", ("code", "1313"), ("district", "5165")))
        published(connection, content("他家", ("code", "1313")), "other")
        asked = {"codes": ("1313",), "case_class": "identity/over_yearly", "district": "2991", "words": "超过年度限额"}
        assert titles(connection, **asked) == ["代码", "分类", "阶段", "词"]
        (best, *_) = suggest(connection, "shop", Sought(on=DAY, codes=("1313",), district="2991"))
        assert best.why == ("code:1313",)


def test_an_article_is_suggested_on_the_days_on_which_it_holds(sqlite_databases: LedgerDatabases) -> None:
    text = ArticleText(title="Law", issue="limit raised")
    what = ArticleContent(
        en=text,
        ties=(ArticleTie("code", "1313"),),
        valid_from=DAY,
        valid_to=DAY + timedelta(days=1),
        review_on=DAY + timedelta(days=9),
    )
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        published(connection, what)
        found = [
            len(suggest(connection, "shop", Sought(on=DAY + timedelta(days=each), codes=("1313",))))
            for each in (-1, 0, 1, 2)
        ]
        assert found == [0, 1, 1, 0]
        due = [len(articles_to_review(connection, "shop", on=DAY + timedelta(days=each))) for each in (0, 1, 9)]
        assert due == [0, 1, 1]


def test_of_two_that_fit_alike_the_one_that_helped_more_often_comes_first(
    sqlite_databases: LedgerDatabases,
) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        first, second = (published(connection, content(each, ("code", "1313"))) for each in ("甲", "乙"))
        use = note_use(connection, second, act("li"), case=5)
        note_use(connection, first, act("li"))
        assert note_helped(connection, use, helped=True)
        assert not note_helped(connection, use, helped=False)  # said once
        assert titles(connection, codes=("1313",)) == ["乙", "甲"]
        assert uses_of_articles(connection, [first.id, second.id]) == {first.id: (1, 0), second.id: (1, 1)}
        assert uses_of_articles(connection, [first.id], since=NINE + timedelta(days=1)) == {}


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (ArticleContent(), "in Chinese or English"),
        (ArticleContent(zh=ArticleText(title="甲\n乙", issue="丙")), "one line"),
        (ArticleContent(en=ArticleText(title="A", issue="call 13912345678")), "telephone number"),
        (ArticleContent(en=ArticleText(title="A", issue="a" * 9000)), "8000 characters"),
        (content("甲", ("weather", "rain")), "not to weather"),
        (
            ArticleContent(zh=ArticleText(title="甲", issue="乙"), valid_from=DAY, valid_to=DAY - timedelta(days=1)),
            "ends to hold before",
        ),
    ],
)
def test_an_article_that_cannot_be_kept_says_why(
    what: ArticleContent, said: str, sqlite_databases: LedgerDatabases
) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        with pytest.raises(ArticleError, match=said):
            write_article(connection, "shop", what, act("li"))
        assert list_articles(connection, "shop") == []
