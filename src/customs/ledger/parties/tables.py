"""The tables of parties (参与企业表): registrations, further papers, and who may appear together.

All of them only grow, and the last row of an enterprise counts; ``PARTIES`` has one row for each, which is locked while another
one is entered.
"""

from sqlalchemy import Boolean, Column, Date, String, Table, UniqueConstraint

from customs.ledger.columns import CODE, NUMBER, TABLES, KeptTime

#: An enterprise in a role, or an agreement: locked by whoever enters something about it.
PARTIES = Table(
    "parties",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("key", String(400), nullable=False, unique=True),
)

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
    Column("credit_code", CODE, index=True),
    Column("dxp_id", CODE),
    UniqueConstraint("role", "code", "cause_kind", "cause"),
)

#: Further papers (证照) of enterprises for a role: licences, certificates.
PARTY_PAPERS = Table(
    "party_papers",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("role", String(20), nullable=False),
    Column("code", CODE, nullable=False, index=True),
    Column("paper", String(20), nullable=False),
    Column("number", CODE, nullable=False),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("cause_kind", String(20), nullable=False),
    Column("cause", String(200), nullable=False),
    Column("by", CODE, nullable=False, server_default=""),
    Column("why", String(1000), nullable=False, server_default=""),
    Column("at", KeptTime, nullable=False),
    UniqueConstraint("role", "code", "paper", "cause_kind", "cause"),
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
    Column("valid_from", Date),
    Column("valid_until", Date),
    UniqueConstraint("platform_code", "merchant_code", "role", "code", "cause_kind", "cause"),
)
