"""The hub: orders, their numbers, history and nodes, and the calls that tell them."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NAMES, NUMBER, KeptTime
from customs.ledger.migrations.append_only import make_append_only

revision = "hub"
down_revision = "exchange"

_CODE, _HASH = sa.String(100), sa.LargeBinary(32)


def upgrade() -> None:
    """Make the tables."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table(
        "hub_orders",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("enterprise", _CODE, nullable=False),
        sa.Column("platform_code", _CODE, nullable=False),
        sa.Column("order_no", _CODE, nullable=False),
        sa.Column("profile", _CODE, nullable=False),
        sa.Column("customs_code", sa.String(4), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("digest", _HASH, nullable=False),
        sa.Column("salt", _HASH),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("stage", sa.String(12), nullable=False),
        sa.Column("node", sa.String(30), nullable=False),
        sa.Column("node_at", KeptTime),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("refund", sa.Boolean, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("due", KeptTime),
        sa.Column("received_at", KeptTime, nullable=False),
        sa.UniqueConstraint("enterprise", "platform_code", "order_no"),
        sa.Index(None, "enterprise", "stage", "due"),
        sa.Index(None, "enterprise", "node", "node_at"),
    )
    sa.Table(
        "hub_numbers",
        tables,
        sa.Column("number", _CODE, nullable=False),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("order", NUMBER, sa.ForeignKey("hub_orders.id"), nullable=False, index=True),
        sa.UniqueConstraint("number", "name", "order"),
    )
    sa.Table(
        "hub_history",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("order", NUMBER, sa.ForeignKey("hub_orders.id"), nullable=False),
        sa.Column("digest", _HASH, nullable=False),
        sa.Column("at", KeptTime, nullable=False),
        sa.Column("salt", _HASH),
        sa.Column("sealed", sa.LargeBinary),
        sa.UniqueConstraint("order", "digest"),
    )
    sa.Table(
        "hub_nodes",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("order", NUMBER, sa.ForeignKey("hub_orders.id"), nullable=False),
        sa.Column("node", sa.String(30), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("source", sa.String(40), nullable=False),
        sa.Column("at", KeptTime, nullable=False, index=True),
        sa.Column("arrived", KeptTime, nullable=False),
        sa.Column("detail", sa.String(200), nullable=False),
        sa.UniqueConstraint("order", "node", "attempt", "source", "at"),
    )
    sa.Table(
        "hub_calls",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("enterprise", _CODE, nullable=False),
        sa.Column("hook", _CODE, nullable=False),
        sa.Column("order", NUMBER, sa.ForeignKey("hub_orders.id"), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("due", KeptTime),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("said", sa.String(400), nullable=False),
        sa.Column("at", KeptTime, nullable=False),
        sa.Index(None, "hook", "order", "id"),
        sa.Index(None, "state", "due"),
    )
    sa.Table(
        "hub_tokens",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("enterprise", _CODE, nullable=False),
        sa.Column("name", _CODE, nullable=False),
        sa.Column("hash", _HASH, nullable=False, unique=True),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("made_at", KeptTime, nullable=False),
        sa.Column("until", KeptTime),
        sa.Column("revoked_at", KeptTime),
    )
    sa.Table(
        "hub_marks",
        tables,
        sa.Column("source", _CODE, primary_key=True),
        sa.Column("upto", NUMBER, nullable=False),
    )
    tables.create_all(op.get_bind())
    make_append_only("hub_nodes")


def downgrade() -> None:
    """Drop the tables."""
    for table in ("hub_marks", "hub_tokens", "hub_calls", "hub_nodes", "hub_history", "hub_numbers", "hub_orders"):
        op.drop_table(table)
