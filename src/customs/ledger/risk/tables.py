"""The tables of risk patterns (风险模式数据表): declared orders with their lines, and what became of them. They only grow.

Nothing personal stands here: a buyer is a number in ``people``, a telephone, an address or a name one in ``contacts``.
"""

from typing import Any

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from customs.ledger.columns import CODE, NUMBER, TABLES, KeptPieces, KeptTime, KeptYuan


def caused() -> list[Column[Any]]:
    """Return the columns of a cause and of the time of entry."""
    return [
        Column("cause_kind", String(20), nullable=False),
        Column("cause", String(200), nullable=False),
        Column("entered_at", KeptTime, nullable=False),
    ]


#: Orders as they were declared; an order that was declared anew with other content has another row, and the last counts.
RISK_ORDERS = Table(
    "risk_orders",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("order", String(200), nullable=False),
    Column("place", Integer, nullable=False),
    Column("platform_code", CODE, nullable=False),
    Column("merchant_code", CODE, nullable=False),
    Column("person", NUMBER, ForeignKey("people.id"), nullable=False),
    *(
        Column(name, NUMBER, ForeignKey("contacts.id"))
        for name in ("telephone", "consignee_telephone", "address", "consignee")
    ),
    Column("paid_by_buyer", Boolean, nullable=False),
    Column("payment_company_code", CODE, nullable=False),
    Column("payment_no", CODE, nullable=False),
    Column("carrier_code", CODE, nullable=False),
    Column("waybill_no", CODE, nullable=False),
    Column("value", KeptYuan, nullable=False),
    Column("day", Date, nullable=False),
    Column("at", KeptTime, nullable=False),
    Column("stated", String(32), nullable=False),
    *caused(),
    UniqueConstraint("order", "place"),
    UniqueConstraint("order", "stated"),
    Index(None, "day"),
    Index(None, "person"),
    Index(None, "telephone"),
    Index(None, "consignee_telephone"),
    Index(None, "address"),
)

#: The lines of a row of orders: the article, its unit, quantity and price of one unit.
RISK_LINES = Table(
    "risk_lines",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("order_row", NUMBER, ForeignKey("risk_orders.id"), nullable=False),
    Column("article", String(200), nullable=False),
    Column("unit", CODE, nullable=False),
    Column("qty", KeptPieces, nullable=False),
    Column("price", KeptPieces, nullable=False),
    Index(None, "order_row"),
    Index(None, "article"),
)

#: What became of an order, each time that receipts say something else; the last row counts.
RISK_COURSES = Table(
    "risk_courses",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("order", String(200), nullable=False),
    Column("place", Integer, nullable=False),
    Column("course", String(12), nullable=False),
    Column("released_on", Date),
    Column("returned_on", Date),
    *caused(),
    UniqueConstraint("order", "place"),
)
