"""The first form: marks of the ledger, and persons."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import HASH, NUMBER, KeptTime

revision = "people"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "ledger_marks",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("text", sa.String(200), nullable=False),
    )
    op.create_table(
        "people",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("key_version", sa.Integer, nullable=False),
        sa.Column("hash", HASH, nullable=False),
        sa.Column("salt", HASH),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("erased_at", KeptTime),
        sa.UniqueConstraint("hash", "key_version"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("people")
    op.drop_table("ledger_marks")
