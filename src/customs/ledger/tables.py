"""All tables of the ledger (全部数据表): each concept defines its own; here they are together, for the migrations."""

from customs.ledger.bills.tables import (
    BILL_ACCOUNTS,
    GUARANTEES,
    PARCEL_ACCOUNTS,
    PARCEL_TAXES,
    TAX_BILLS,
    TAX_PAYMENTS,
)
from customs.ledger.book.tables import ARTICLES, BINDINGS, BOOK, NUMBERS, PAPERS, SAYINGS, STATEMENTS
from customs.ledger.columns import TABLES
from customs.ledger.contacts import CONTACTS
from customs.ledger.database import MARKS
from customs.ledger.declared.tables import DECLARED_TABLES
from customs.ledger.exchange.tables import (
    EXCHANGE_BOXES,
    EXCHANGE_COPIES,
    EXCHANGE_DOCUMENTS,
    EXCHANGE_EVENTS,
    EXCHANGE_ITEMS,
    EXCHANGE_LINES,
    EXCHANGE_MARKS,
    EXCHANGE_MESSAGES,
    EXCHANGE_NUMBERS,
    EXCHANGE_RIVALS,
    EXCHANGE_SALTS,
)
from customs.ledger.goods.tables import GOODS_CHANGES, GOODS_RECORDS, GOODS_VERSIONS
from customs.ledger.parties.tables import PARTIES, PARTY_AGREEMENTS, PARTY_PAPERS, PARTY_REGISTRATIONS
from customs.ledger.people import PEOPLE
from customs.ledger.quota.tables import QUOTA
from customs.ledger.risk.tables import RISK_COURSES, RISK_LINES, RISK_ORDERS
from customs.ledger.settlements.settlement_tables import SETTLEMENT_TABLES
from customs.ledger.trace.tables import TRACE_ENTRIES, TRACE_LOTS, TRACE_WITHDRAWALS

__all__ = [
    "EXCHANGE_BOXES",
    "EXCHANGE_MARKS",
    "EXCHANGE_SALTS",
    "EXCHANGE_MESSAGES",
    "EXCHANGE_COPIES",
    "EXCHANGE_DOCUMENTS",
    "EXCHANGE_RIVALS",
    "EXCHANGE_EVENTS",
    "EXCHANGE_ITEMS",
    "EXCHANGE_LINES",
    "EXCHANGE_NUMBERS",
    "ARTICLES",
    "BILL_ACCOUNTS",
    "BINDINGS",
    "BOOK",
    "CONTACTS",
    "DECLARED_TABLES",
    "GOODS_CHANGES",
    "GOODS_RECORDS",
    "GOODS_VERSIONS",
    "GUARANTEES",
    "MARKS",
    "NUMBERS",
    "PAPERS",
    "PARCEL_ACCOUNTS",
    "PARCEL_TAXES",
    "PARTIES",
    "PARTY_AGREEMENTS",
    "PARTY_PAPERS",
    "PARTY_REGISTRATIONS",
    "PEOPLE",
    "QUOTA",
    "RISK_COURSES",
    "RISK_LINES",
    "RISK_ORDERS",
    "SAYINGS",
    "SETTLEMENT_TABLES",
    "STATEMENTS",
    "TABLES",
    "TAX_BILLS",
    "TAX_PAYMENTS",
    "TRACE_ENTRIES",
    "TRACE_LOTS",
    "TRACE_WITHDRAWALS",
]
