"""Goods records: articles, their versions, and the changes of their state."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NUMBER, KeptTime
from customs.ledger.migrations.append_only import make_append_only

revision = "goods"
down_revision = "settlements"

_CODE = sa.String(100)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "goods_records",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("sku", _CODE, nullable=False),
        sa.Column("account_book_no", _CODE, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_goods_records"),
        sa.UniqueConstraint("sku", "account_book_no", name="uq_goods_records_sku_account_book_no"),
    )
    op.create_index("ix_goods_records_account_book_no", "goods_records", ["account_book_no"])
    op.create_table(
        "goods_versions",
        sa.Column("record", NUMBER, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("record_no", _CODE, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("record", "version", name="pk_goods_versions"),
        sa.ForeignKeyConstraint(["record"], ["goods_records.id"], name="fk_goods_versions_record_goods_records"),
    )
    op.create_index("ix_goods_versions_record_no", "goods_versions", ["record_no"])
    op.create_table(
        "goods_changes",
        sa.Column("record", NUMBER, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("place_before", sa.Integer),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("in_force", sa.Integer),
        sa.Column("used", sa.Boolean, nullable=False),
        sa.Column("cause_kind", sa.String(20), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("by", _CODE, nullable=False, server_default=""),
        sa.Column("why", sa.String(1000), nullable=False, server_default=""),
        sa.Column("at", KeptTime, nullable=False),
        sa.PrimaryKeyConstraint("record", "place", name="pk_goods_changes"),
        sa.UniqueConstraint(
            "record", "kind", "cause_kind", "cause", name="uq_goods_changes_record_kind_cause_kind_cause"
        ),
        sa.CheckConstraint(
            "(place = 1 AND place_before IS NULL) OR "
            "(place > 1 AND place_before IS NOT NULL AND place_before = place - 1)",
            name="ck_goods_changes_chain",
        ),
        sa.CheckConstraint(
            "(state <> 'on_record' OR (in_force IS NOT NULL AND in_force = version)) AND "
            "(state NOT IN ('suspended', 'withdrawn') OR in_force IS NULL)",
            name="ck_goods_changes_in_force",
        ),
        sa.ForeignKeyConstraint(["record"], ["goods_records.id"], name="fk_goods_changes_record_goods_records"),
        sa.ForeignKeyConstraint(
            ["record", "place_before"],
            ["goods_changes.record", "goods_changes.place"],
            name="fk_goods_changes_record_goods_changes",
        ),
        sa.ForeignKeyConstraint(
            ["record", "version"],
            ["goods_versions.record", "goods_versions.version"],
            name="fk_goods_changes_record_goods_versions",
        ),
    )
    for table in ("goods_versions", "goods_changes"):
        make_append_only(table)


def downgrade() -> None:
    """Drop the tables."""
    for table in ("goods_changes", "goods_versions", "goods_records"):
        op.drop_table(table)
