"""The notices of the hub that wait for a channel, and when each channel is free again."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NAMES, NUMBER, KeptTime

revision = "hub_notices"
down_revision = "hub_interface"

_CODE = sa.String(100)


def upgrade() -> None:
    """Make the tables."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table(
        "hub_notices",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("channel", _CODE, nullable=False),
        sa.Column("key", sa.String(200)),
        sa.Column("severity", sa.String(12), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("due", KeptTime),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("said", sa.String(400), nullable=False),
        sa.Column("at", KeptTime, nullable=False),
        sa.Column("ended_at", KeptTime),
        sa.UniqueConstraint("channel", "key"),
        sa.Index(None, "state", "channel", "due"),
    )
    sa.Table(
        "hub_channels",
        tables,
        sa.Column("channel", _CODE, primary_key=True),
        sa.Column("free_at", KeptTime),
    )
    tables.create_all(op.get_bind())


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("hub_channels")
    op.drop_table("hub_notices")
