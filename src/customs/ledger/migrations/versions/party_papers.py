"""Parties: their credit codes, exchange clients, licences and certificates, and the days of agreements."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NAMES, NUMBER, KeptTime
from customs.ledger.migrations.append_only import make_append_only

revision = "party_papers"
down_revision = "trace"

_CODE = sa.String(100)


def upgrade() -> None:
    """Make the tables and add the columns."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table(
        "parties",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("key", sa.String(400), nullable=False, unique=True),
    )
    sa.Table(
        "party_papers",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("code", _CODE, nullable=False, index=True),
        sa.Column("paper", sa.String(20), nullable=False),
        sa.Column("number", _CODE, nullable=False),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_until", sa.Date),
        sa.Column("cause_kind", sa.String(20), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("by", _CODE, nullable=False, server_default=""),
        sa.Column("why", sa.String(1000), nullable=False, server_default=""),
        sa.Column("at", KeptTime, nullable=False),
        sa.UniqueConstraint("role", "code", "paper", "cause_kind", "cause"),
    )
    tables.create_all(op.get_bind())
    make_append_only("party_papers")
    op.add_column("party_registrations", sa.Column("credit_code", _CODE))
    op.add_column("party_registrations", sa.Column("dxp_id", _CODE))
    op.create_index("ix_party_registrations_credit_code", "party_registrations", ["credit_code"])
    op.add_column("party_agreements", sa.Column("valid_from", sa.Date))
    op.add_column("party_agreements", sa.Column("valid_until", sa.Date))


def downgrade() -> None:
    """Drop the columns and the tables."""
    op.drop_column("party_agreements", "valid_until")
    op.drop_column("party_agreements", "valid_from")
    op.drop_index("ix_party_registrations_credit_code", "party_registrations")
    op.drop_column("party_registrations", "dxp_id")
    op.drop_column("party_registrations", "credit_code")
    for table in ("party_papers", "parties"):
        op.drop_table(table)
