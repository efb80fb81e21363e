"""The hub: open orders by where they stand and since when."""

import sqlalchemy as sa
from alembic import op

revision = "hub_open_orders"
down_revision = "hub_case_alarms"

_COLUMNS = ("enterprise", "stage", "node", "goods", "customs_code", "received_at", "node_at", "goods_at", "id")

_OPEN = sa.text(
    "stage <> 'closed' AND goods <> 'signed' AND NOT (stage = 'declared' AND node IN ('withdrawn', 'returned'))"
)


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_hub_orders_open", "hub_orders", [*_COLUMNS], sqlite_where=_OPEN, postgresql_where=_OPEN)


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_hub_orders_open", "hub_orders")
