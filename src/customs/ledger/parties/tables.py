"""The tables of parties (参与企业表): registrations, and who may appear together. Both only grow; the last row counts."""

from sqlalchemy import Boolean, Column, Date, String, Table, UniqueConstraint

from customs.ledger.columns import CODE, NUMBER, TABLES, KeptTime

#: Registrations (备案) of enterprises for a role.
PARTY_REGISTRATIONS = Table(
    "party_registrations",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("role", String(20), nullable=False),
    Column("code", CODE, nullable=False, index=True),
    Column("scheme", String(20), nullable=False),
    Column("name", String(200), nullable=False),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("cause_kind", String(20), nullable=False),
    Column("cause", String(200), nullable=False),
    Column("by", CODE, nullable=False, server_default=""),
    Column("why", String(1000), nullable=False, server_default=""),
    Column("at", KeptTime, nullable=False),
    UniqueConstraint("role", "code", "cause_kind", "cause"),
)

#: Agreements (约定): who may fill a role for a platform and a merchant, or no more.
PARTY_AGREEMENTS = Table(
    "party_agreements",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("platform_code", CODE, nullable=False, index=True),
    Column("merchant_code", CODE, nullable=False),
    Column("role", String(20), nullable=False),
    Column("code", CODE, nullable=False),
    Column("agreed", Boolean, nullable=False),
    Column("cause_kind", String(20), nullable=False),
    Column("cause", String(200), nullable=False),
    Column("by", CODE, nullable=False, server_default=""),
    Column("why", String(1000), nullable=False, server_default=""),
    Column("at", KeptTime, nullable=False),
    UniqueConstraint("platform_code", "merchant_code", "role", "code", "cause_kind", "cause"),
)
