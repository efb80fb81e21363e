"""Outboxes and inboxes of the exchange: messages, items, what happened to them, and the salts of their copies."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NAMES, NUMBER, KeptTime
from customs.ledger.migrations.append_only import make_append_only

revision = "exchange"
down_revision = "party_papers"


def upgrade() -> None:
    """Make the tables."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table(
        "exchange_boxes",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.UniqueConstraint("kind", "name"),
    )

    sa.Table(
        "exchange_marks",
        tables,
        sa.Column("box", NUMBER, sa.ForeignKey("exchange_boxes.id"), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("box", "name"),
    )

    sa.Table(
        "exchange_salts",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("owner", sa.String(300), nullable=False, index=True),
        sa.Column("salts", sa.LargeBinary),
    )

    sa.Table(
        "exchange_messages",
        tables,
        sa.Column("seq", NUMBER, primary_key=True),
        sa.Column("box", NUMBER, sa.ForeignKey("exchange_boxes.id"), nullable=False),
        sa.Column("id", sa.String(100), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("file_name", sa.String(400), nullable=False),
        sa.Column("file_key", sa.String(400), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("divided", sa.Boolean, nullable=False),
        sa.Column("put_at", KeptTime, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("due", KeptTime),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("doubtful", sa.Integer, nullable=False),
        sa.Column("looks", sa.Integer, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.UniqueConstraint("box", "id"),
        sa.Index(None, "box", "state", "due"),
        sa.Index(None, "box", "file_key"),
    )

    sa.Table(
        "exchange_copies",
        tables,
        sa.Column("message", NUMBER, sa.ForeignKey("exchange_messages.seq"), primary_key=True, autoincrement=False),
        sa.Column("salts", NUMBER, sa.ForeignKey("exchange_salts.id"), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )

    sa.Table(
        "exchange_documents",
        tables,
        sa.Column("message", NUMBER, sa.ForeignKey("exchange_messages.seq"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("number", sa.String(100), nullable=False, index=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("guid", sa.String(64), nullable=False, index=True),
        sa.PrimaryKeyConstraint("message", "place"),
    )

    sa.Table(
        "exchange_rivals",
        tables,
        sa.Column("message", NUMBER, sa.ForeignKey("exchange_messages.seq"), nullable=False),
        sa.Column("other", NUMBER, sa.ForeignKey("exchange_messages.seq"), nullable=False),
        sa.PrimaryKeyConstraint("message", "other"),
    )

    sa.Table(
        "exchange_events",
        tables,
        sa.Column("seq", NUMBER, primary_key=True),
        sa.Column("message", NUMBER, sa.ForeignKey("exchange_messages.seq"), nullable=False, index=True),
        sa.Column("at", KeptTime, nullable=False),
        sa.Column("happening", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("due", KeptTime),
        sa.Column("outcome", sa.String(20)),
        sa.Column("again", sa.String(20), nullable=False),
        sa.Column("counts", sa.Boolean, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("salts", NUMBER, sa.ForeignKey("exchange_salts.id")),
        sa.Column("answer", sa.LargeBinary),
    )

    sa.Table(
        "exchange_items",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("box", NUMBER, sa.ForeignKey("exchange_boxes.id"), nullable=False),
        sa.Column("name", sa.String(400), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("at", KeptTime, nullable=False),
        sa.Column("digest", sa.LargeBinary(32), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("about", sa.String(400), nullable=False),
        sa.Column("word", sa.Text, nullable=False),
        sa.Column("placed", sa.Boolean, nullable=False),
        sa.Column("salts", NUMBER, sa.ForeignKey("exchange_salts.id"), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("box", "digest"),
        sa.Index(None, "box", "kind", "placed"),
    )

    sa.Table(
        "exchange_lines",
        tables,
        sa.Column("item", NUMBER, sa.ForeignKey("exchange_items.id"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("receipt", sa.String(40), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("key_digest", sa.LargeBinary(16), nullable=False, index=True),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("at", KeptTime),
        sa.Column("submitted", sa.String(100), nullable=False),
        sa.Column("word", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("item", "place"),
    )

    sa.Table(
        "exchange_numbers",
        tables,
        sa.Column("number", sa.String(100), nullable=False),
        sa.Column("item", NUMBER, sa.ForeignKey("exchange_items.id"), nullable=False),
        sa.PrimaryKeyConstraint("number", "item"),
    )
    tables.create_all(op.get_bind())
    make_append_only("exchange_events")


def downgrade() -> None:
    """Drop the tables."""
    for table in (
        "exchange_numbers",
        "exchange_lines",
        "exchange_items",
        "exchange_events",
        "exchange_rivals",
        "exchange_documents",
        "exchange_copies",
        "exchange_messages",
        "exchange_salts",
        "exchange_marks",
        "exchange_boxes",
    ):
        op.drop_table(table)
