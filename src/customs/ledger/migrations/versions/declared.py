"""Declarations: parcels, messages, the numbers that they take, and releases."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NAMES, NUMBER, KeptTime, KeptYuan
from customs.ledger.migrations.append_only import make_append_only

revision = "declared"
down_revision = "risk"

_CODE, _KEY, _HASH = sa.String(100), sa.String(400), sa.LargeBinary(32)

_TABLES = (
    "declared_parcels",
    "declared_messages",
    "declared_carried",
    "declared_keys",
    "declared_releases",
    "declared_freed",
)


def upgrade() -> None:
    """Make the tables."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table(
        "declared_parcels",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("named_by", _KEY, nullable=False),
        sa.Column("life", sa.Integer, nullable=False),
        sa.Column("content", _HASH, nullable=False),
        sa.Column("app_type", sa.String(1), nullable=False),
        sa.Column("platform_code", _CODE, nullable=False),
        sa.Column("merchant_code", _CODE, nullable=False),
        sa.Column("shop_key", _KEY),
        sa.Column("order_no", _CODE, nullable=False, index=True),
        sa.Column("waybill_no", _CODE, nullable=False, index=True),
        sa.Column("payment_no", _CODE, nullable=False, index=True),
        sa.Column("internal_no", _CODE, nullable=False, index=True),
        sa.Column("tax", KeptYuan),
        sa.UniqueConstraint("named_by", "life", "content"),
    )
    sa.Table(
        "declared_messages",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("area", _CODE, nullable=False),
        sa.Column("name", _CODE, nullable=False),
        sa.Column("guid", _CODE, nullable=False, unique=True),
        sa.Column("number", _CODE, nullable=False, index=True),
        sa.Column("serial", NUMBER),
        sa.Column("at", KeptTime, nullable=False),
        sa.UniqueConstraint("area", "serial"),
    )
    sa.Table(
        "declared_carried",
        tables,
        sa.Column("parcel", NUMBER, sa.ForeignKey("declared_parcels.id"), primary_key=True),
        sa.Column("carrier", _CODE, primary_key=True),
        sa.Column("turn", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("message", NUMBER, sa.ForeignKey("declared_messages.id"), nullable=False, index=True),
    )
    sa.Table(
        "declared_keys",
        tables,
        sa.Column("key", _KEY, primary_key=True),
        sa.Column("life", sa.Integer, primary_key=True),
        sa.Column("parcel", NUMBER, sa.ForeignKey("declared_parcels.id"), nullable=False, index=True),
    )
    sa.Table(
        "declared_releases",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("named_by", _KEY, nullable=False),
        sa.Column("life", sa.Integer, nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("at", KeptTime, nullable=False),
        sa.UniqueConstraint("named_by", "life"),
    )
    sa.Table(
        "declared_freed",
        tables,
        sa.Column("key", _KEY, primary_key=True),
        sa.Column("life", sa.Integer, primary_key=True),
        sa.Column("release", NUMBER, sa.ForeignKey("declared_releases.id"), nullable=False),
    )
    tables.create_all(op.get_bind())
    for table in _TABLES:
        make_append_only(table)


def downgrade() -> None:
    """Drop the tables."""
    for table in reversed(_TABLES):
        op.drop_table(table)
