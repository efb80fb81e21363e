"""The hub: approvals of a team's own procedures; those that are there were in force, and stay so."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import CODE, NAMES, KeptTime
from customs.ledger.migrations.append_only import make_append_only

revision = "hub_approvals"
down_revision = "hub_open_orders"

_KEY = ("enterprise", "key", "version")


def upgrade() -> None:
    """Make the table."""
    tables = sa.MetaData(naming_convention=NAMES)
    procedures = sa.Table(
        "hub_procedures",
        tables,
        sa.Column("enterprise", CODE, primary_key=True),
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("at", KeptTime),
        sa.Column("by", CODE),
    )
    approvals = sa.Table(
        "hub_procedure_approvals",
        tables,
        sa.Column("enterprise", CODE, nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", KeptTime, nullable=False),
        sa.Column("by", CODE, nullable=False),
        sa.PrimaryKeyConstraint(*_KEY),
        sa.ForeignKeyConstraint(_KEY, [f"hub_procedures.{each}" for each in _KEY]),
    )
    approvals.create(op.get_bind())
    names = (*_KEY, "at", "by")
    op.execute(approvals.insert().from_select(names, sa.select(*(procedures.c[each] for each in names))))
    make_append_only("hub_procedure_approvals")


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("hub_procedure_approvals")
