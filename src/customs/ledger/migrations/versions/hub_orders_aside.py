"""The hub: orders whose next step or return failed in a way that nobody foresaw."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NAMES, NUMBER, KeptTime

revision = "hub_orders_aside"
down_revision = "hub_upload_names"


def upgrade() -> None:
    """Make the table."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table("hub_orders", tables, sa.Column("id", NUMBER, primary_key=True))
    aside = sa.Table(
        "hub_orders_aside",
        tables,
        sa.Column("order", NUMBER, sa.ForeignKey("hub_orders.id"), primary_key=True, autoincrement=False),
        sa.Column("work", sa.String(10), primary_key=True),
        sa.Column("since", KeptTime, nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("due", KeptTime, nullable=False),
        sa.Column("error", sa.String(400), nullable=False),
    )
    aside.create(op.get_bind())


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("hub_orders_aside")
