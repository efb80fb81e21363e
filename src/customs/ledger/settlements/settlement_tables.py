"""The tables of settlements (对账表): files, their rows and faults, what was declared, answers to differences, closed days.

All of them are only appended to. What is observed of an order again, such as its release, is another row: the last one
counts. Rows of bills are known by their number at the company, so that the same row in two files is one.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from customs.ledger.columns import CODE, NUMBER, TABLES, KeptPieces, KeptTime, KeptYuan

#: Texts in words: of faults, of answers.
WORDS = String(1000)


def caused() -> tuple[Column[str], ...]:
    """The columns of a cause."""
    return (
        Column("cause_kind", String(20), nullable=False),
        Column("cause_id", CODE, nullable=False),
        Column("cause_by", CODE, nullable=False),
    )


def entered() -> tuple[Column[Any], ...]:
    """The columns of what was entered: its cause, and when."""
    return *caused(), Column("at", KeptTime, nullable=False)


def row_of_file() -> tuple[Column[Any], ...]:
    """The columns of a row of a bill: its number here, its file and its line there."""
    return (
        Column("id", NUMBER, primary_key=True),
        Column("file", NUMBER, ForeignKey("settlement_files.id"), nullable=False),
        Column("line", BigInteger, nullable=False),
    )


#: Files of bills, each once.
FILES = Table(
    "settlement_files",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("provider", CODE, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("name", String(300), nullable=False),
    *entered(),
    UniqueConstraint("provider", "kind", "digest"),
)

#: The days of a file, with its rows of each, and how many of them another file had before.
FILE_DAYS = Table(
    "settlement_file_days",
    TABLES,
    Column("file", NUMBER, ForeignKey("settlement_files.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("repeated", Integer, nullable=False),
    PrimaryKeyConstraint("file", "day"),
    Index(None, "day"),
)

#: Why a file does not hold.
FAULTS = Table(
    "settlement_faults",
    TABLES,
    Column("file", NUMBER, ForeignKey("settlement_files.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("line", BigInteger, nullable=False),
    Column("zh", WORDS, nullable=False),
    Column("en", WORDS, nullable=False),
    PrimaryKeyConstraint("file", "place"),
)

#: Payments and refunds of trade bills.
PAYMENTS = Table(
    "settlement_payments",
    TABLES,
    *row_of_file(),
    Column("company", String(20), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("key", String(200), nullable=False),
    Column("day", Date, nullable=False),
    Column("at", KeptTime, nullable=False),
    Column("merchant", CODE, nullable=False),
    Column("transaction_no", CODE, nullable=False),
    Column("order_no", CODE, nullable=False),
    Column("refund_no", CODE, nullable=False),
    *(Column(name, KeptYuan, nullable=False) for name in ("ordered", "settled", "coupon", "asked", "refunded")),
    Column("fee", KeptPieces, nullable=False),
    Column("rate", KeptPieces),
    Column("state", String(20), nullable=False),
    UniqueConstraint("company", "kind", "key"),
    Index(None, "order_no"),
    Index(None, "transaction_no"),
    Index(None, "day"),
)

#: Movements of accounts.
FUNDS = Table(
    "settlement_funds",
    TABLES,
    *row_of_file(),
    Column("company", String(20), nullable=False),
    Column("flow_no", CODE, nullable=False),
    Column("day", Date, nullable=False),
    Column("at", KeptTime, nullable=False),
    Column("merchant", CODE, nullable=False),
    Column("transaction_no", CODE, nullable=False),
    Column("order_no", CODE, nullable=False),
    Column("purpose", CODE, nullable=False),
    Column("amount", KeptYuan, nullable=False),
    Column("balance", KeptYuan, nullable=False),
    UniqueConstraint("company", "flow_no"),
    Index(None, "transaction_no"),
)

#: Payments as they were declared, and what was seen of their lists later.
DECLARED = Table(
    "settlement_declared",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("order_no", CODE, nullable=False),
    Column("payment_no", CODE, nullable=False),
    Column("company_code", CODE, nullable=False),
    Column("amount", KeptYuan, nullable=False),
    Column("paid_at", KeptTime, nullable=False),
    Column("declared_at", KeptTime),
    Column("bill_order_no", CODE, nullable=False),
    Column("standing", String(20), nullable=False),
    Column("standing_since", KeptTime),
    Column("payer_is_buyer", Boolean),
    *entered(),
    Index(None, "order_no", "id"),
    Index(None, "bill_order_no"),
    Index(None, "payment_no"),
)

#: How refunds ended, as the payment company answered.
REFUNDS = Table(
    "settlement_refunds",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("refund_no", CODE, nullable=False),
    Column("state", String(20), nullable=False),
    *entered(),
    Index(None, "refund_no", "id"),
)

#: What people say to a difference: why it is in order, or the ticket that goes after it. It holds for the difference as
#: it was then.
ANSWERS = Table(
    "settlement_answers",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("code", String(10), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("difference", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("words", WORDS, nullable=False),
    *entered(),
    UniqueConstraint("cause_kind", "cause_id", "code", "subject", "difference"),
    Index(None, "subject"),
)

#: Days that were closed, and opened again by a later bill.
DAYS = Table(
    "settlement_days",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("company", String(20), nullable=False),
    Column("day", Date, nullable=False),
    Column("state", String(20), nullable=False),
    Column("figures", Text, nullable=False),
    *entered(),
    Index(None, "company", "day", "id"),
)

#: Lines of bills of carriers and warehouses, with what the bill says of each as JSON.
CHARGES = Table(
    "settlement_charges",
    TABLES,
    *row_of_file(),
    Column("provider", CODE, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("key", String(200), nullable=False),
    Column("day", Date),
    Column("amount", KeptYuan),
    Column("facts", Text, nullable=False),
    UniqueConstraint("file", "line"),
    Index(None, "provider", "kind", "key"),
)

#: What the enterprise itself knows of a parcel, a stock of a day, a piece of work, a material.
OWN_FIGURES = Table(
    "settlement_own_figures",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("key", String(200), nullable=False),
    Column("day", Date),
    Column("facts", Text, nullable=False),
    *entered(),
    Index(None, "kind", "key", "id"),
)

#: All tables in the order in which they are made.
SETTLEMENT_TABLES = (FILES, FILE_DAYS, FAULTS, PAYMENTS, FUNDS, DECLARED, REFUNDS, ANSWERS, DAYS, CHARGES, OWN_FIGURES)
