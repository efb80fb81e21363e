"""Risk patterns: contacts of persons, declared orders with their lines, and what became of them."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import HASH, NAMES, NUMBER, KeptPieces, KeptTime, KeptYuan
from customs.ledger.migrations.append_only import make_append_only

revision = "risk"
down_revision = "book"

_CODE, _ORDER = sa.String(100), sa.String(200)


def _number(name: str, refers_to: str) -> sa.Column[int]:
    return sa.Column(name, NUMBER, sa.ForeignKey(refers_to), nullable=refers_to == "contacts.id")


def _cause() -> list[sa.Column[str]]:
    return [
        sa.Column("cause_kind", sa.String(20), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
    ]


def upgrade() -> None:
    """Make the tables."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table("people", tables, sa.Column("id", NUMBER, primary_key=True))
    sa.Table(
        "contacts",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        _number("person", "people.id"),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("key_version", sa.Integer),
        sa.Column("hash", HASH),
        sa.Column("salt", HASH),
        sa.Column("sealed", sa.LargeBinary),
        sa.Index(None, "person"),
        sa.Index(None, "hash"),
    )
    _make_orders(tables)
    sa.Table(
        "risk_lines",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        _number("order_row", "risk_orders.id"),
        sa.Column("article", _ORDER, nullable=False),
        sa.Column("unit", _CODE, nullable=False),
        sa.Column("qty", KeptPieces, nullable=False),
        sa.Column("price", KeptPieces, nullable=False),
        sa.Index(None, "order_row"),
        sa.Index(None, "article"),
    )
    sa.Table(
        "risk_courses",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("order", _ORDER, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("course", sa.String(12), nullable=False),
        sa.Column("released_on", sa.Date),
        sa.Column("returned_on", sa.Date),
        *_cause(),
        sa.Column("entered_at", KeptTime, nullable=False),
        sa.UniqueConstraint("order", "place"),
    )
    tables.create_all(op.get_bind(), tables=[each for each in tables.sorted_tables if each.name != "people"])
    for table in ("risk_orders", "risk_lines", "risk_courses"):
        make_append_only(table)


def _make_orders(tables: sa.MetaData) -> None:
    sa.Table(
        "risk_orders",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("order", _ORDER, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("platform_code", _CODE, nullable=False),
        sa.Column("merchant_code", _CODE, nullable=False),
        _number("person", "people.id"),
        *(_number(name, "contacts.id") for name in ("telephone", "consignee_telephone", "address", "consignee")),
        sa.Column("paid_by_buyer", sa.Boolean, nullable=False),
        *(
            sa.Column(name, _CODE, nullable=False)
            for name in ("payment_company_code", "payment_no", "carrier_code", "waybill_no")
        ),
        sa.Column("value", KeptYuan, nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("at", KeptTime, nullable=False),
        sa.Column("stated", sa.String(32), nullable=False),
        *_cause(),
        sa.Column("entered_at", KeptTime, nullable=False),
        sa.UniqueConstraint("order", "place"),
        sa.UniqueConstraint("order", "stated"),
        *(sa.Index(None, name) for name in ("day", "person", "telephone", "consignee_telephone", "address")),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("risk_courses", "risk_lines", "risk_orders", "contacts"):
        op.drop_table(table)
