"""The hub: orders are found by when they were taken in, for its reports."""

from alembic import op

revision = "hub_reports"
down_revision = "hub_alarms"

_INDEX = "ix_hub_orders_enterprise_received_at"


def upgrade() -> None:
    """Make the index."""
    op.create_index(_INDEX, "hub_orders", ["enterprise", "received_at"])


def downgrade() -> None:
    """Drop the index."""
    op.drop_index(_INDEX, "hub_orders")
