"""Whom the identity provider of the console knows by which number."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import HASH, NAMES, NUMBER, KeptTime

revision = "hub_subjects"
down_revision = "hub_approvals"


def upgrade() -> None:
    """Make the table."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table("hub_people", tables, sa.Column("id", NUMBER, primary_key=True))
    subjects = sa.Table(
        "hub_subjects",
        tables,
        sa.Column("hash", HASH, primary_key=True),
        sa.Column("person", NUMBER, sa.ForeignKey("hub_people.id"), nullable=False, unique=True),
        sa.Column("at", KeptTime, nullable=False),
    )
    subjects.create(op.get_bind())


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("hub_subjects")
