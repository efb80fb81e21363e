"""Parties: registrations of enterprises, and who may appear together."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NAMES, NUMBER, KeptTime
from customs.ledger.migrations.append_only import make_append_only

revision = "parties"
down_revision = "goods"

_CODE = sa.String(100)


def _cause() -> list[sa.Column[str]]:
    return [
        sa.Column("cause_kind", sa.String(20), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("by", _CODE, nullable=False, server_default=""),
        sa.Column("why", sa.String(1000), nullable=False, server_default=""),
    ]


def upgrade() -> None:
    """Make the tables."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table(
        "party_registrations",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("code", _CODE, nullable=False, index=True),
        sa.Column("scheme", sa.String(20), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_until", sa.Date),
        *_cause(),
        sa.Column("at", KeptTime, nullable=False),
        sa.UniqueConstraint("role", "code", "cause_kind", "cause"),
    )
    sa.Table(
        "party_agreements",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("platform_code", _CODE, nullable=False, index=True),
        sa.Column("merchant_code", _CODE, nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("code", _CODE, nullable=False),
        sa.Column("agreed", sa.Boolean, nullable=False),
        *_cause(),
        sa.Column("at", KeptTime, nullable=False),
        sa.UniqueConstraint("platform_code", "merchant_code", "role", "code", "cause_kind", "cause"),
    )
    tables.create_all(op.get_bind())
    for table in ("party_registrations", "party_agreements"):
        make_append_only(table)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("party_agreements", "party_registrations"):
        op.drop_table(table)
