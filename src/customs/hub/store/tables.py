"""The tables of the hub (枢纽数据表): orders, their numbers, nodes and history, what is asked of them, calls, and who may ask.

Orders, waybills and other business numbers stand in clear, since people and receipts name them. The parcel itself and
what was answered stand sealed, each under a salt of its own that erasing takes away.

Numbers and calls have no foreign key to their order, which is never deleted: PostgreSQL would look for it once for each of them.
Nodes have one, and by it whoever tells a node of an order waits for those who change the order: so its calls are queued in order.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from customs.ledger.columns import CODE, HASH, NUMBER, SEALED, TABLES, KeptTime, KeptYuan

#: An order of an enterprise (订单): what was taken in, and where it stands.
HUB_ORDERS = Table(
    "hub_orders",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("enterprise", CODE, nullable=False),
    Column("platform_code", CODE, nullable=False),
    Column("order_no", CODE, nullable=False),
    Column("profile", CODE, nullable=False),
    Column("customs_code", String(4), nullable=False),
    Column("version", Integer, nullable=False),
    Column("digest", HASH, nullable=False),
    Column("salt", HASH),
    Column("sealed", SEALED),
    Column("stage", String(12), nullable=False),
    Column("node", String(30), nullable=False),
    Column("node_at", KeptTime),
    Column("attempt", Integer, nullable=False),
    Column("refund", Boolean, nullable=False),
    Column("told", Text, nullable=False),
    Column("due", KeptTime),
    Column("received_at", KeptTime, nullable=False),
    Column("trade_mode", String(4), nullable=False, server_default=""),
    Column("payment_company_code", CODE, nullable=False, server_default=""),
    Column("carrier_code", CODE, nullable=False, server_default=""),
    Column("area_operator_code", CODE, nullable=False, server_default=""),
    Column("lacks", String(20), nullable=False, server_default=""),
    Column("goods", String(30), nullable=False, server_default=""),
    Column("goods_at", KeptTime),
    UniqueConstraint("enterprise", "platform_code", "order_no"),
    Index(None, "enterprise", "stage", "due"),
    Index(None, "enterprise", "node", "node_at"),
    Index(None, "enterprise", "goods", "goods_at"),
    Index(None, "enterprise", "received_at"),
)

#: Orders that are not at their end (在途订单): neither closed nor delivered, taken back or returned.
OPEN_ORDERS = text(
    "stage <> 'closed' AND goods <> 'signed' AND NOT (stage = 'declared' AND node IN ('withdrawn', 'returned'))"
)

#: Open orders with where they stand and since when, so that nobody looks for them among all orders.
Index(
    "ix_hub_orders_open",
    *(HUB_ORDERS.c[each] for each in ("enterprise", "stage", "node", "goods", "customs_code")),
    *(HUB_ORDERS.c[each] for each in ("received_at", "node_at", "goods_at", "id")),
    sqlite_where=OPEN_ORDERS,
    postgresql_where=OPEN_ORDERS,
)

#: How many orders came to a stage and node, or left it (订单数变动): their sum is how many stand there. The database itself notes it.
HUB_ORDER_COUNTS = Table(
    "hub_order_counts",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("enterprise", CODE, nullable=False),
    Column("stage", String(12), nullable=False),
    Column("node", String(30), nullable=False),
    Column("orders", Integer, nullable=False),
)

#: The numbers by which people and receipts name an order (编号).
HUB_NUMBERS = Table(
    "hub_numbers",
    TABLES,
    Column("number", CODE, nullable=False),
    Column("name", String(30), nullable=False),
    Column("order", NUMBER, nullable=False, index=True),
    UniqueConstraint("number", "name", "order"),
)

#: What was sent and answered (报送与回执), each once, see ``history``. Only appended, but for the salts that erasing takes away.
HUB_HISTORY = Table(
    "hub_history",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("order", NUMBER, ForeignKey(HUB_ORDERS.c.id), nullable=False),
    Column("digest", HASH, nullable=False),
    Column("at", KeptTime, nullable=False),
    Column("salt", HASH),
    Column("sealed", SEALED),
    UniqueConstraint("order", "digest"),
)

#: The nodes that an order reached (节点事件), by whom they were told, each once. Only appended.
HUB_NODES = Table(
    "hub_nodes",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("order", NUMBER, ForeignKey(HUB_ORDERS.c.id), nullable=False),
    Column("node", String(30), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("source", String(40), nullable=False),
    Column("at", KeptTime, nullable=False, index=True),
    Column("arrived", KeptTime, nullable=False),
    Column("detail", String(200), nullable=False),
    UniqueConstraint("order", "node", "attempt", "source", "at"),
)

#: The calls that tell a change of an order to a system of the enterprise (回调), in order for each order.
HUB_CALLS = Table(
    "hub_calls",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("enterprise", CODE, nullable=False),
    Column("hook", CODE, nullable=False),
    Column("order", NUMBER, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("due", KeptTime),
    Column("attempts", Integer, nullable=False),
    Column("said", String(400), nullable=False),
    Column("at", KeptTime, nullable=False),
    Index(None, "hook", "order", "id"),
    Index(None, "state", "due"),
)

#: Orders whose next step or return failed in a way that nobody foresaw (搁置的订单): how often, where, and when it is tried again.
HUB_ORDERS_ASIDE = Table(
    "hub_orders_aside",
    TABLES,
    Column("order", NUMBER, ForeignKey(HUB_ORDERS.c.id), primary_key=True, autoincrement=False),
    Column("work", String(10), primary_key=True),
    Column("since", KeptTime, nullable=False),
    Column("times", Integer, nullable=False),
    Column("due", KeptTime, nullable=False),
    Column("error", String(400), nullable=False),
)

#: The trace parent of the request by which an order came last (链路追踪标识), for the calls that tell of it.
HUB_TRACES = Table(
    "hub_traces",
    TABLES,
    Column("order", NUMBER, ForeignKey(HUB_ORDERS.c.id), primary_key=True, autoincrement=False),
    Column("parent", String(55), nullable=False),
)

#: What was asked for an order (撤单、退货申请): that it is taken back, or that goods of it are returned. The reason is sealed.
HUB_REQUESTS = Table(
    "hub_requests",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("order", NUMBER, ForeignKey(HUB_ORDERS.c.id), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("number", CODE, nullable=False),
    Column("quantities", Text, nullable=False),
    Column("value", KeptYuan),
    Column("state", String(10), nullable=False),
    Column("told", Text, nullable=False),
    Column("salt", HASH),
    Column("sealed", SEALED),
    Column("at", KeptTime, nullable=False),
    UniqueConstraint("order", "kind", "number"),
    Index(None, "state", "kind"),
)

#: The answers to requests with an idempotency key (幂等键), by the keyed hashes of key and request; without one it is in flight.
HUB_ANSWERED = Table(
    "hub_answered",
    TABLES,
    Column("enterprise", CODE, nullable=False),
    Column("key", HASH, nullable=False),
    Column("request", HASH, nullable=False),
    Column("answer", Text),
    Column("until", KeptTime, nullable=False, index=True),
    PrimaryKeyConstraint("enterprise", "key"),
)

#: The tokens by which callers of the interface are known (访问令牌), each by a keyed hash.
HUB_TOKENS = Table(
    "hub_tokens",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("enterprise", CODE, nullable=False),
    Column("name", CODE, nullable=False),
    Column("hash", HASH, nullable=False, unique=True),
    Column("scopes", String(200), nullable=False),
    Column("made_at", KeptTime, nullable=False),
    Column("until", KeptTime),
    Column("revoked_at", KeptTime),
)

#: Up to which item of an inbox the answers were laid to orders (归并位置).
HUB_MARKS = Table(
    "hub_marks",
    TABLES,
    Column("source", CODE, primary_key=True),
    Column("upto", NUMBER, nullable=False),
)

#: How often something happened in ten minutes (计数), by customs district, source and provider; the alarms ask them.
HUB_TALLIES = Table(
    "hub_tallies",
    TABLES,
    Column("enterprise", CODE, primary_key=True),
    Column("name", String(20), primary_key=True),
    Column("since", KeptTime, primary_key=True),
    Column("district", String(4), primary_key=True),
    Column("source", CODE, primary_key=True),
    Column("provider", CODE, primary_key=True),
    Column("code", CODE, primary_key=True),
    Column("times", Integer, nullable=False),
    Column("most", Integer, nullable=False),
    Column("last_at", KeptTime, nullable=False),
    Column("examples", String(400), nullable=False),
)
