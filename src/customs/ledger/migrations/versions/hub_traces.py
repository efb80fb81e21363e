"""The hub: the trace parents of the requests by which orders came."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NAMES, NUMBER

revision = "hub_traces"
down_revision = "hub_subjects"


def upgrade() -> None:
    """Make the table."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table("hub_orders", tables, sa.Column("id", NUMBER, primary_key=True))
    traces = sa.Table(
        "hub_traces",
        tables,
        sa.Column("order", NUMBER, sa.ForeignKey("hub_orders.id"), primary_key=True, autoincrement=False),
        sa.Column("parent", sa.String(55), nullable=False),
    )
    traces.create(op.get_bind())


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("hub_traces")
