"""Tax bills, parcels with their own assessment, guarantees, and payments of payment forms."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import CODE, NUMBER, KeptTime, KeptYuan
from customs.ledger.migrations.account_tables import create_account_tables, drop_account_tables
from customs.ledger.migrations.append_only import make_append_only

revision = "bills"
down_revision = "quota"


def upgrade() -> None:
    """Make the tables."""
    taxes = {"tariff": KeptYuan, "consumption": KeptYuan, "vat": KeptYuan}
    create_account_tables("tax_bill", [sa.Column("tax_bill_no", CODE, nullable=False)], taxes, [_stated()])
    borne = {"due": KeptYuan, "borne": KeptYuan}
    create_account_tables("parcel_tax", [sa.Column("order_no", CODE, nullable=False)], borne, [_stated()])
    create_account_tables(
        "guarantee",
        [sa.Column("guarantor_code", CODE, nullable=False)],
        {"occupied": KeptYuan, "total": KeptYuan},
        [sa.Column("tax_bill_no", CODE)],
        {"floor": "occupied >= 0 AND total >= 0"},
    )
    _make_bills()
    _make_parcels()
    op.create_table(
        "tax_payments",
        sa.Column("payment_form_no", CODE, primary_key=True),
        sa.Column("amount", KeptYuan, nullable=False),
        sa.Column("paid_on", sa.Date, nullable=False),
        sa.Column("cause_kind", sa.String(20), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("at", KeptTime, nullable=False),
    )
    make_append_only("tax_payments")


def _stated() -> sa.Column[str]:
    return sa.Column("stated", sa.String(32), nullable=False)


def _make_bills() -> None:
    op.create_table(
        "tax_bills",
        sa.Column("account", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("tax_bill_no", CODE, nullable=False, unique=True),
        sa.Column("list_no", CODE, nullable=False, index=True),
        sa.Column("order_no", CODE, nullable=False, index=True),
        sa.Column("waybill_no", CODE, nullable=False),
        sa.Column("guarantor_code", CODE, nullable=False, index=True),
        sa.Column("merchant_code", CODE, nullable=False),
        sa.Column("status", sa.String(1), nullable=False),
        sa.Column("payment_form_no", CODE, nullable=False, index=True),
        sa.Column("month", sa.String(7), nullable=False, index=True),
        sa.Column("made_at", KeptTime),
        sa.Column("tariff", KeptYuan, nullable=False),
        sa.Column("consumption", KeptYuan, nullable=False),
        sa.Column("vat", KeptYuan, nullable=False),
        sa.Column("lines", sa.Text, nullable=False),
        sa.Column("figures", sa.String(32), nullable=False, index=True),
        sa.Column("complete", sa.Boolean, nullable=False),
        sa.Column("paid", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(["account", "place"], ["tax_bill_entries.account", "tax_bill_entries.place"]),
    )


def _make_parcels() -> None:
    op.create_table(
        "parcel_taxes",
        sa.Column("account", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("order_no", CODE, nullable=False, unique=True),
        sa.Column("list_no", CODE, nullable=False, index=True),
        sa.Column("waybill_no", CODE, nullable=False),
        sa.Column("merchant_code", CODE, nullable=False),
        sa.Column("guarantor_code", CODE, nullable=False, index=True),
        sa.Column("month", sa.String(7), nullable=False, index=True),
        sa.Column("course", sa.String(12), nullable=False),
        sa.Column("released_on", sa.Date),
        sa.Column("due", KeptYuan, nullable=False),
        sa.Column("charged", KeptYuan),
        sa.Column("repaid", KeptYuan, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("figures", sa.String(32), nullable=False, index=True),
        sa.ForeignKeyConstraint(["account", "place"], ["parcel_tax_entries.account", "parcel_tax_entries.place"]),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("tax_payments", "parcel_taxes", "tax_bills"):
        op.drop_table(table)
    for kind in ("guarantee", "parcel_tax", "tax_bill"):
        drop_account_tables(kind)
