"""The hub: articles of the knowledge base, procedures and their runs."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NAMES, NUMBER, KeptTime
from customs.ledger.migrations.append_only import make_append_only

revision = "hub_knowledge"
down_revision = "hub_cases"

_CODE, _HASH = sa.String(100), sa.LargeBinary(32)


def upgrade() -> None:
    """Make the tables."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table("hub_cases", tables, sa.Column("id", NUMBER, primary_key=True))
    _knowledge(tables)
    _procedures(tables)
    tables.create_all(op.get_bind())
    for table in ("hub_article_versions", "hub_article_moves", "hub_procedures", "hub_run_entries"):
        make_append_only(table)


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "hub_run_words",
        "hub_run_entries",
        "hub_runs",
        "hub_procedures",
        "hub_article_uses",
        "hub_article_ties",
        "hub_article_moves",
        "hub_article_versions",
        "hub_articles",
    ):
        op.drop_table(table)


def _knowledge(tables: sa.MetaData) -> None:
    sa.Table(
        "hub_articles",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("enterprise", _CODE, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("published", sa.Integer, nullable=False),
        sa.Column("owner", _CODE, nullable=False),
        sa.Column("review_on", sa.Date),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_to", sa.Date),
        sa.Column("changed_at", KeptTime, nullable=False),
        sa.Index(None, "enterprise", "state", "id"),
        sa.Index(None, "enterprise", "published"),
    )
    sa.Table(
        "hub_article_versions",
        tables,
        sa.Column("article", NUMBER, sa.ForeignKey("hub_articles.id"), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", KeptTime, nullable=False),
        sa.Column("by", _CODE, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("article", "version"),
    )
    sa.Table(
        "hub_article_moves",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("article", NUMBER, sa.ForeignKey("hub_articles.id"), nullable=False, index=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("at", KeptTime, nullable=False),
        sa.Column("by", _CODE, nullable=False),
    )
    sa.Table(
        "hub_article_ties",
        tables,
        sa.Column("article", NUMBER, sa.ForeignKey("hub_articles.id"), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("target", _CODE, nullable=False),
        sa.PrimaryKeyConstraint("article", "kind", "target"),
        sa.Index(None, "kind", "target"),
    )
    sa.Table(
        "hub_article_uses",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("article", NUMBER, sa.ForeignKey("hub_articles.id"), nullable=False, index=True),
        sa.Column("case", NUMBER),
        sa.Column("at", KeptTime, nullable=False, index=True),
        sa.Column("by", _CODE, nullable=False),
        sa.Column("helped", sa.Boolean),
    )


def _procedures(tables: sa.MetaData) -> None:
    sa.Table(
        "hub_procedures",
        tables,
        sa.Column("enterprise", _CODE, nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", KeptTime, nullable=False),
        sa.Column("by", _CODE, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("enterprise", "key", "version"),
    )
    sa.Table(
        "hub_runs",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("enterprise", _CODE, nullable=False),
        sa.Column("procedure", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("case", NUMBER, sa.ForeignKey("hub_cases.id"), index=True),
        sa.Column("order", sa.String(200), nullable=False),
        sa.Column("living", sa.String(300), unique=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("due", KeptTime, index=True),
        sa.Column("begun_at", KeptTime, nullable=False),
        sa.Column("begun_by", _CODE, nullable=False),
        sa.Column("ended_at", KeptTime),
        sa.Column("entries", sa.Integer, nullable=False),
        sa.Index(None, "enterprise", "order"),
    )
    sa.Table(
        "hub_run_entries",
        tables,
        sa.Column("run", NUMBER, sa.ForeignKey("hub_runs.id"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(10), nullable=False),
        sa.Column("once", sa.String(40)),
        sa.Column("at", KeptTime, nullable=False),
        sa.Column("by", _CODE, nullable=False),
        sa.PrimaryKeyConstraint("run", "place"),
        sa.UniqueConstraint("run", "once"),
    )
    sa.Table(
        "hub_run_words",
        tables,
        sa.Column("run", NUMBER, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("salt", _HASH),
        sa.Column("sealed", sa.LargeBinary),
        sa.PrimaryKeyConstraint("run", "place"),
        sa.ForeignKeyConstraint(["run", "place"], ["hub_run_entries.run", "hub_run_entries.place"]),
    )
