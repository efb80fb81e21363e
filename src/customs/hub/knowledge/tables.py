"""The tables of the knowledge base (知识库数据表): articles, their versions, what they are tied to, and their uses."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from customs.ledger.columns import CODE, NUMBER, TABLES, KeptTime

#: An article as it stands (知识条目). ``published`` is the version that is shown to all, 0 for none.
HUB_ARTICLES = Table(
    "hub_articles",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("enterprise", CODE, nullable=False),
    Column("state", String(10), nullable=False),
    Column("version", Integer, nullable=False),
    Column("published", Integer, nullable=False),
    Column("owner", CODE, nullable=False),
    Column("review_on", Date),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("changed_at", KeptTime, nullable=False),
    Index(None, "enterprise", "state", "id"),
    Index(None, "enterprise", "published"),
)

#: The versions of articles (历史版本), only appended. The content is JSON, in one or both languages.
HUB_ARTICLE_VERSIONS = Table(
    "hub_article_versions",
    TABLES,
    Column("article", NUMBER, ForeignKey(HUB_ARTICLES.c.id), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", KeptTime, nullable=False),
    Column("by", CODE, nullable=False),
    Column("content", Text, nullable=False),
    PrimaryKeyConstraint("article", "version"),
)

#: The moves of articles (审核记录), only appended: from one state to another, by whom.
HUB_ARTICLE_MOVES = Table(
    "hub_article_moves",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("article", NUMBER, ForeignKey(HUB_ARTICLES.c.id), nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("at", KeptTime, nullable=False),
    Column("by", CODE, nullable=False),
)

#: What an article is tied to (适用范围): receipt codes, classes, nodes, alarms, customs districts.
HUB_ARTICLE_TIES = Table(
    "hub_article_ties",
    TABLES,
    Column("article", NUMBER, ForeignKey(HUB_ARTICLES.c.id), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("target", CODE, nullable=False),
    PrimaryKeyConstraint("article", "kind", "target"),
    Index(None, "kind", "target"),
)

#: The uses of articles (使用记录): for which case, if for one, and whether it helped, which is said once.
HUB_ARTICLE_USES = Table(
    "hub_article_uses",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("article", NUMBER, ForeignKey(HUB_ARTICLES.c.id), nullable=False, index=True),
    Column("case", NUMBER),
    Column("at", KeptTime, nullable=False, index=True),
    Column("by", CODE, nullable=False),
    Column("helped", Boolean),
)
