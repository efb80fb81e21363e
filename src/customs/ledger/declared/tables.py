"""The tables of what was declared (申报登记表): parcels, the messages that carry them, and the numbers that they take.

All of them only grow. A number is taken once in each of its lives: a release ends the life of the numbers of an order, and
what is declared under them afterwards belongs to the next one. The database itself refuses a second claim.
"""

from sqlalchemy import Column, ForeignKey, Integer, String, Table, UniqueConstraint

from customs.ledger.columns import CODE, HASH, NUMBER, TABLES, KeptTime, KeptYuan

#: A key: a number, the message that it names, and the other fields of a business key.
KEY = String(400)

#: Parcels (包裹) by the key that names them and their content, with the numbers by which people look for them.
DECLARED_PARCELS = Table(
    "declared_parcels",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("named_by", KEY, nullable=False),
    Column("life", Integer, nullable=False),
    Column("content", HASH, nullable=False),
    Column("app_type", String(1), nullable=False),
    Column("platform_code", CODE, nullable=False),
    Column("merchant_code", CODE, nullable=False),
    Column("shop_key", KEY),
    Column("order_no", CODE, nullable=False, index=True),
    Column("waybill_no", CODE, nullable=False, index=True),
    Column("payment_no", CODE, nullable=False, index=True),
    Column("internal_no", CODE, nullable=False, index=True),
    Column("tax", KeptYuan),
    UniqueConstraint("named_by", "life", "content"),
)

#: Messages (报文) that declare them.
DECLARED_MESSAGES = Table(
    "declared_messages",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("area", CODE, nullable=False),
    Column("name", CODE, nullable=False),
    Column("guid", CODE, nullable=False, unique=True),
    Column("number", CODE, nullable=False, index=True),
    Column("serial", NUMBER),
    Column("at", KeptTime, nullable=False),
    UniqueConstraint("area", "serial"),
)

#: Which message carries which parcel: at most one of each kind for each area, and follow-ups (such as a cancellation) in turn.
DECLARED_CARRIED = Table(
    "declared_carried",
    TABLES,
    Column("parcel", NUMBER, primary_key=True, autoincrement=False),
    Column("carrier", CODE, primary_key=True),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    Column("message", NUMBER, nullable=False, index=True),
)

#: The numbers that are taken (已占用号码), each by the parcel that declared it first.
DECLARED_KEYS = Table(
    "declared_keys",
    TABLES,
    Column("key", KEY, primary_key=True),
    Column("life", Integer, primary_key=True),
    Column("parcel", NUMBER, nullable=False, index=True),
)

#: Releases (解除): orders that may be declared again, with the reason.
DECLARED_RELEASES = Table(
    "declared_releases",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("named_by", KEY, nullable=False),
    Column("life", Integer, nullable=False),
    Column("reason", String(1000), nullable=False),
    Column("at", KeptTime, nullable=False),
    UniqueConstraint("named_by", "life"),
)

#: The numbers whose life a release ended.
DECLARED_FREED = Table(
    "declared_freed",
    TABLES,
    Column("key", KEY, primary_key=True),
    Column("life", Integer, primary_key=True),
    Column("release", NUMBER, ForeignKey("declared_releases.id"), nullable=False),
)

DECLARED_TABLES = (
    DECLARED_PARCELS,
    DECLARED_MESSAGES,
    DECLARED_CARRIED,
    DECLARED_KEYS,
    DECLARED_RELEASES,
    DECLARED_FREED,
)
