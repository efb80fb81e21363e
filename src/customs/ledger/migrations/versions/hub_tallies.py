"""The hub: who has a part in orders, where their goods are, and how often something happened."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NAMES, KeptTime

revision = "hub_tallies"
down_revision = "hub"

_CODE, _INDEX = sa.String(100), "ix_hub_orders_enterprise_goods_goods_at"

_COLUMNS = {
    "trade_mode": sa.String(4),
    "payment_company_code": _CODE,
    "carrier_code": _CODE,
    "area_operator_code": _CODE,
    "lacks": sa.String(20),
    "goods": sa.String(30),
}


def upgrade() -> None:
    """Add the columns, which are empty for orders that were taken in before, and make the table."""
    for name, kind in _COLUMNS.items():
        op.add_column("hub_orders", sa.Column(name, kind, nullable=False, server_default=""))
    op.add_column("hub_orders", sa.Column("goods_at", KeptTime))
    op.create_index(_INDEX, "hub_orders", ["enterprise", "goods", "goods_at"])
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table(
        "hub_tallies",
        tables,
        sa.Column("enterprise", _CODE, primary_key=True),
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("since", KeptTime, primary_key=True),
        sa.Column("district", sa.String(4), primary_key=True),
        sa.Column("source", _CODE, primary_key=True),
        sa.Column("provider", _CODE, primary_key=True),
        sa.Column("code", _CODE, primary_key=True),
        sa.Column("times", sa.Integer, nullable=False),
        sa.Column("most", sa.Integer, nullable=False),
        sa.Column("last_at", KeptTime, nullable=False),
        sa.Column("examples", sa.String(400), nullable=False),
    )
    tables.create_all(op.get_bind())


def downgrade() -> None:
    """Drop them."""
    op.drop_table("hub_tallies")
    op.drop_index(_INDEX, "hub_orders")
    for name in ("goods_at", *reversed(_COLUMNS)):
        op.drop_column("hub_orders", name)
