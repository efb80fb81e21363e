"""Files that people upload in the console of the hub."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import CODE, HASH, NAMES, NUMBER, KeptTime

revision = "hub_uploads"
down_revision = "hub_lookups"


def upgrade() -> None:
    """Make the table."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table("hub_people", tables, sa.Column("id", NUMBER, primary_key=True))
    uploads = sa.Table(
        "hub_uploads",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("person", NUMBER, sa.ForeignKey("hub_people.id"), nullable=False, index=True),
        sa.Column("enterprise", CODE, nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("salt", HASH, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("at", KeptTime, nullable=False, index=True),
    )
    uploads.create(op.get_bind())


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("hub_uploads")
