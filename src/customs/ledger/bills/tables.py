"""The tables of tax bills (税单表): bills, own assessments and guarantees as accounts, and how each stands now.

A bill is an account of what it asks: made, changed, and reversed when customs voids it. ``tax_bills`` and ``parcel_taxes``
are found by their numbers and say how the last entry left them. Nothing here is personal.
"""

from sqlalchemy import Boolean, Column, Date, ForeignKeyConstraint, Integer, String, Table, Text, func, type_coerce

from customs.fields.frozen import FrozenDict
from customs.ledger.accounts import account_kind
from customs.ledger.columns import CODE, NUMBER, TABLES, KeptTime, KeptYuan

#: A bill: the taxes that it asks, 0 once it is void.
BILL_ACCOUNTS = account_kind(
    TABLES,
    "tax_bill",
    [Column("tax_bill_no", CODE, nullable=False)],
    {"tariff": KeptYuan, "consumption": KeptYuan, "vat": KeptYuan},
    [Column("stated", String(32), nullable=False)],
)

#: A parcel: the tax that is due by its own assessment, and what its buyer bears.
PARCEL_ACCOUNTS = account_kind(
    TABLES,
    "parcel_tax",
    [Column("order_no", CODE, nullable=False)],
    {"due": KeptYuan, "borne": KeptYuan},
    [Column("stated", String(32), nullable=False)],
)

#: A guarantee: what open bills hold of it, and its total.
GUARANTEES = account_kind(
    TABLES,
    "guarantee",
    [Column("guarantor_code", CODE, nullable=False)],
    {"occupied": KeptYuan, "total": KeptYuan},
    [Column("tax_bill_no", CODE)],
    FrozenDict({"floor": "occupied >= 0 AND total >= 0"}),
)

TAX_BILLS = Table(
    "tax_bills",
    TABLES,
    Column("account", NUMBER, primary_key=True, autoincrement=False),
    Column("place", Integer, nullable=False),
    Column("tax_bill_no", CODE, nullable=False, unique=True),
    Column("list_no", CODE, nullable=False, index=True),
    Column("order_no", CODE, nullable=False, index=True),
    Column("waybill_no", CODE, nullable=False),
    Column("guarantor_code", CODE, nullable=False, index=True),
    Column("merchant_code", CODE, nullable=False),
    Column("status", String(1), nullable=False),
    Column("payment_form_no", CODE, nullable=False, index=True),
    Column("month", String(7), nullable=False, index=True),
    Column("made_at", KeptTime),
    Column("tariff", KeptYuan, nullable=False),
    Column("consumption", KeptYuan, nullable=False),
    Column("vat", KeptYuan, nullable=False),
    Column("lines", Text, nullable=False),
    Column("figures", String(32), nullable=False, index=True),
    Column("complete", Boolean, nullable=False),
    Column("paid", Boolean, nullable=False),
    ForeignKeyConstraint(["account", "place"], ["tax_bill_entries.account", "tax_bill_entries.place"]),
)

PARCEL_TAXES = Table(
    "parcel_taxes",
    TABLES,
    Column("account", NUMBER, primary_key=True, autoincrement=False),
    Column("place", Integer, nullable=False),
    Column("order_no", CODE, nullable=False, unique=True),
    Column("list_no", CODE, nullable=False, index=True),
    Column("waybill_no", CODE, nullable=False, index=True),
    Column("merchant_code", CODE, nullable=False),
    Column("guarantor_code", CODE, nullable=False, index=True),
    Column("month", String(7), nullable=False, index=True),
    Column("course", String(12), nullable=False),
    Column("released_on", Date),
    Column("due", KeptYuan, nullable=False),
    Column("charged", KeptYuan),
    Column("repaid", KeptYuan, nullable=False),
    Column("facts", Text, nullable=False),
    Column("figures", String(32), nullable=False, index=True),
    ForeignKeyConstraint(["account", "place"], ["parcel_tax_entries.account", "parcel_tax_entries.place"]),
)

TAX_PAYMENTS = Table(
    "tax_payments",
    TABLES,
    Column("payment_form_no", CODE, primary_key=True),
    Column("amount", KeptYuan, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("cause_kind", String(20), nullable=False),
    Column("cause", String(200), nullable=False),
    Column("at", KeptTime, nullable=False),
)

#: The taxes of all selected bills together.
BILLED = type_coerce(func.sum(TAX_BILLS.c.tariff + TAX_BILLS.c.consumption + TAX_BILLS.c.vat), KeptYuan)
