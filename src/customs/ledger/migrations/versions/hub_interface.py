"""The hub: what is asked of orders, and answers to requests with a key."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NAMES, NUMBER, KeptTime, KeptYuan

revision = "hub_interface"
down_revision = "hub_tallies"

_CODE, _HASH = sa.String(100), sa.LargeBinary(32)


def upgrade() -> None:
    """Make the tables."""
    tables = sa.MetaData(naming_convention=NAMES)
    orders = sa.Table("hub_orders", tables, sa.Column("id", NUMBER, primary_key=True))
    sa.Table(
        "hub_requests",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("order", NUMBER, sa.ForeignKey(orders.c.id), nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("number", _CODE, nullable=False),
        sa.Column("quantities", sa.Text, nullable=False),
        sa.Column("value", KeptYuan),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("salt", _HASH),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("at", KeptTime, nullable=False),
        sa.UniqueConstraint("order", "kind", "number"),
        sa.Index(None, "state", "kind"),
    )
    sa.Table(
        "hub_answered",
        tables,
        sa.Column("enterprise", _CODE, nullable=False),
        sa.Column("key", _HASH, nullable=False),
        sa.Column("request", _HASH, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("until", KeptTime, nullable=False, index=True),
        sa.PrimaryKeyConstraint("enterprise", "key"),
    )
    tables.create_all(op.get_bind(), tables=[tables.tables[each] for each in ("hub_requests", "hub_answered")])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("hub_answered", "hub_requests"):
        op.drop_table(table)
