"""The tables of the console (控制台数据表): people, what they may do, their sessions, failed sign-ins, uploads, and the audit.

Passwords, session tokens and addresses stand as hashes alone. The audit is only appended; the database refuses the rest.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, String, Table

from customs.ledger.columns import CODE, HASH, NUMBER, SEALED, TABLES, KeptTime

#: The people who may sign in (人员), each by a name of their own.
HUB_PEOPLE = Table(
    "hub_people",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("name", String(40), nullable=False, unique=True),
    Column("password", String(200), nullable=False),
    Column("changes", Boolean, nullable=False),
    Column("language", String(2), nullable=False),
    Column("made_at", KeptTime, nullable=False),
    Column("locked_at", KeptTime),
)

#: The roles of a person (角色) in an enterprise; in all of them under ``*``.
HUB_GRANTS = Table(
    "hub_grants",
    TABLES,
    Column("person", NUMBER, ForeignKey(HUB_PEOPLE.c.id), nullable=False),
    Column("enterprise", CODE, nullable=False),
    Column("role", String(12), nullable=False),
    PrimaryKeyConstraint("person", "enterprise", "role"),
)

#: Whom the identity provider knows by which number (统一身份认证): keyed hashes of these numbers, each tied to one person.
HUB_SUBJECTS = Table(
    "hub_subjects",
    TABLES,
    Column("hash", HASH, primary_key=True),
    Column("person", NUMBER, ForeignKey(HUB_PEOPLE.c.id), nullable=False, unique=True),
    Column("at", KeptTime, nullable=False),
)

#: The sessions of people (会话), each by a keyed hash of its token, with what its next page says, sealed.
HUB_SESSIONS = Table(
    "hub_sessions",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("hash", HASH, nullable=False, unique=True),
    Column("person", NUMBER, ForeignKey(HUB_PEOPLE.c.id), nullable=False, index=True),
    Column("made_at", KeptTime, nullable=False),
    Column("seen_at", KeptTime, nullable=False),
    Column("until", KeptTime, nullable=False, index=True),
    Column("ended_at", KeptTime),
    Column("said", SEALED),
)

#: Failed sign-ins (登录失败), by keyed hashes of accounts and of addresses: how many, and from when on another may be tried.
HUB_TRIES = Table(
    "hub_tries",
    TABLES,
    Column("hash", HASH, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("free_at", KeptTime, nullable=False),
    Column("last_at", KeptTime, nullable=False, index=True),
)

#: Files that people uploaded (上传文件), sealed with their names, until they are used or their hour is over.
HUB_UPLOADS = Table(
    "hub_uploads",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("person", NUMBER, ForeignKey(HUB_PEOPLE.c.id), nullable=False, index=True),
    Column("enterprise", CODE, nullable=False),
    Column("purpose", String(20), nullable=False),
    Column("salt", HASH, nullable=False),
    Column("sealed", SEALED, nullable=False),
    Column("at", KeptTime, nullable=False, index=True),
)

#: The audit (操作审计): who did or looked at what, when and why. Only appended.
HUB_AUDIT = Table(
    "hub_audit",
    TABLES,
    Column("id", NUMBER, primary_key=True),
    Column("at", KeptTime, nullable=False),
    Column("enterprise", CODE, nullable=False),
    Column("person", String(40), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(300), nullable=False),
    Column("detail", String(400), nullable=False),
    Column("reason", String(400), nullable=False),
    Index(None, "enterprise", "id"),
    Index(None, "enterprise", "subject"),
)
