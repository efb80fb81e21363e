"""The accounts of the quota."""

import sqlalchemy as sa

from customs.ledger.columns import NUMBER, KeptYuan
from customs.ledger.migrations.account_tables import create_account_tables, drop_account_tables

revision = "quota"
down_revision = "people"


def upgrade() -> None:
    """Make the tables."""
    create_account_tables(
        "quota",
        keys=[
            sa.Column("person", NUMBER, sa.ForeignKey("people.id"), nullable=False),
            sa.Column("year", sa.Integer, nullable=False),
        ],
        figures={"held": KeptYuan, "used": KeptYuan},
        details=[sa.Column("order", sa.String(200), index=True), sa.Column("told", KeptYuan)],
        checks={"floor": "held >= 0 AND used >= 0"},
    )


def downgrade() -> None:
    """Drop the tables."""
    drop_account_tables("quota")
