"""The tables of the account book (账册数据表): accounts by item, papers and what was said of them, bindings, statements.

A paper (单证) is a bond list, a retail declaration list or a return. What is said of it is only ever appended
(``book_sayings``); its standing (the further columns of ``book_papers``, and ``book_bindings``) follows from that alone.
"""

from sqlalchemy import Column, ForeignKey, Integer, PrimaryKeyConstraint, String, Table, Text, UniqueConstraint

from customs.ledger.accounts import account_kind
from customs.ledger.book.items import FIGURES
from customs.ledger.columns import CODE, NUMBER, TABLES, KeptPieces, KeptTime

#: The accounts of the book: one for each item. ``paper`` is the bond list that an entry comes from.
BOOK = account_kind(
    TABLES,
    "book",
    [Column("ems_no", CODE, nullable=False), Column("item_record_no", CODE, nullable=False)],
    dict.fromkeys(FIGURES, KeptPieces),
    [
        Column("paper", NUMBER, index=True),
        Column("document", CODE, nullable=False),
        Column("reason", String(10), nullable=False),
    ],
    {"floor": " AND ".join(f"{each} >= 0" for each in FIGURES)},
)

PAPERS = Table(
    "book_papers",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("kind", String(10), nullable=False),
    Column("same_as", NUMBER, ForeignKey("book_papers.id"), index=True),
    Column("ems_no", CODE, nullable=False, server_default=""),
    Column("number", CODE, nullable=False, server_default=""),
    Column("state", String(20), nullable=False, server_default=""),
    Column("direction", String(1), nullable=False, server_default=""),
    Column("list_kind", String(10), nullable=False, server_default=""),
    Column("since", KeptTime),
    Column("order_no", CODE, nullable=False, server_default="", index=True),
)

NUMBERS = Table(
    "book_paper_numbers",
    TABLES,
    Column("kind", String(10), nullable=False),
    Column("scheme", String(10), nullable=False),
    Column("number", String(220), nullable=False),
    Column("paper", NUMBER, ForeignKey("book_papers.id"), nullable=False, index=True),
    PrimaryKeyConstraint("kind", "scheme", "number"),
)

SAYINGS = Table(
    "book_sayings",
    TABLES,
    Column("paper", NUMBER, ForeignKey("book_papers.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("at", KeptTime, nullable=False),
    Column("cause_kind", String(20), nullable=False),
    Column("cause", String(200), nullable=False),
    Column("facts", Text, nullable=False),
    PrimaryKeyConstraint("paper", "place"),
    UniqueConstraint("paper", "cause_kind", "cause"),
)

#: The retail lists that a living bond list names.
BINDINGS = Table(
    "book_bindings",
    TABLES,
    Column("paper", NUMBER, ForeignKey("book_papers.id"), nullable=False),
    Column("list_no", CODE, nullable=False, index=True),
    PrimaryKeyConstraint("paper", "list_no"),
)

#: Quantities that customs states (INV211): kept beside the accounts, never put in their place.
STATEMENTS = Table(
    "book_statements",
    TABLES,
    Column("ems_no", CODE, nullable=False),
    Column("item_record_no", CODE, nullable=False),
    Column("bond_no", CODE, nullable=False),
    Column("line_number", CODE, nullable=False),
    Column("at", KeptTime, nullable=False),
    Column("cause", String(200), nullable=False),
    *(Column(each, KeptPieces) for each in ("in_quantity", "actual_in", "actual_out", "pre_in", "pre_out")),
    PrimaryKeyConstraint("ems_no", "item_record_no", "bond_no", "line_number", "cause"),
)

#: Articles (料号) by the items under which bond lists name them.
ARTICLES = Table(
    "book_articles",
    TABLES,
    Column("ems_no", CODE, nullable=False),
    Column("sku", CODE, nullable=False),
    Column("item_record_no", CODE, nullable=False),
    PrimaryKeyConstraint("ems_no", "sku", "item_record_no"),
)
