"""Tracing: lots, where pieces went, and what was taken back; parcels are found by waybill and by order."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import CODE, NUMBER, KeptPieces, KeptTime
from customs.ledger.migrations.append_only import make_append_only

revision = "trace"
down_revision = "declared"

_INDEXES = (("parcel_taxes", "waybill_no"), ("book_papers", "order_no"), ("book_papers", "same_as"))


def _caused() -> list[sa.Column[object]]:
    return [
        sa.Column("cause_kind", sa.String(20), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("cause_by", CODE, nullable=False),
        sa.Column("cause_why", sa.String(500), nullable=False),
        sa.Column("entered_at", KeptTime, nullable=False),
    ]


def _codes(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(each, CODE, nullable=False) for each in names]


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "trace_lots",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("stated", sa.String(32), nullable=False, unique=True),
        *_codes("sku", "batch", "ems_no", "origin_country", "brand", "maker", "bond_no", "entry_no", "port"),
        *(sa.Column(each, sa.Date) for each in ("arrived_on", "produced_on", "expires_on")),
        *_caused(),
        sa.Index(None, "sku", "batch"),
    )
    code = sa.String(100).with_variant(sa.String(100, collation="C"), "postgresql")
    op.create_table(
        "trace_entries",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("stated", sa.String(32), nullable=False, unique=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("code", code, nullable=False, index=True),
        *_codes("sku", "batch", "order_no", "waybill_no", "number"),
        sa.Column("line", sa.Integer, nullable=False),
        sa.Column("quantity", KeptPieces, nullable=False),
        sa.Column("at", KeptTime),
        *_caused(),
        sa.Index(None, "sku", "batch"),
        sa.Index(None, "order_no"),
        sa.Index(None, "waybill_no"),
    )
    op.create_table(
        "trace_withdrawals",
        sa.Column("entry", NUMBER, sa.ForeignKey("trace_entries.id"), primary_key=True, autoincrement=False),
        *_caused(),
    )
    for table in ("trace_lots", "trace_entries", "trace_withdrawals"):
        make_append_only(table)
    for table, column in _INDEXES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    """Drop the tables."""
    for table, column in _INDEXES:
        op.drop_index(op.f(f"ix_{table}_{column}"), table)
    for table in ("trace_withdrawals", "trace_entries", "trace_lots"):
        op.drop_table(table)
