"""Settlements: files of bills with their rows, what was declared, answers to differences, and days that are closed."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NAMES, NUMBER, KeptPieces, KeptTime, KeptYuan
from customs.ledger.migrations.append_only import make_append_only

revision = "settlements"
down_revision = "bills"

_CODE, _WORDS = sa.String(100), sa.String(1000)


def _id() -> sa.Column[int]:
    return sa.Column("id", NUMBER, primary_key=True)


def _file() -> sa.Column[int]:
    return sa.Column("file", NUMBER, sa.ForeignKey("settlement_files.id"), nullable=False)


def _codes(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, _CODE, nullable=False) for name in names]


def _cause() -> list[sa.Column[str]]:
    return [
        sa.Column("cause_kind", sa.String(20), nullable=False),
        sa.Column("cause_id", _CODE, nullable=False),
        sa.Column("cause_by", _CODE, nullable=False),
    ]


def _at() -> sa.Column[object]:
    return sa.Column("at", KeptTime, nullable=False)


def _short(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(20), nullable=False)


def _day() -> sa.Column[object]:
    return sa.Column("day", sa.Date, nullable=False)


def _line() -> sa.Column[int]:
    return sa.Column("line", sa.BigInteger, nullable=False)


def _tables() -> dict[str, list[sa.schema.SchemaItem]]:
    yuan = [sa.Column(name, KeptYuan, nullable=False) for name in ("ordered", "settled", "coupon", "asked", "refunded")]
    return {
        "settlement_files": [
            _id(),
            *_codes("provider"),
            _short("kind"),
            sa.Column("digest", sa.String(64), nullable=False),
            sa.Column("name", sa.String(300), nullable=False),
            *_cause(),
            _at(),
            sa.UniqueConstraint("provider", "kind", "digest"),
        ],
        "settlement_file_days": [
            _file(),
            _day(),
            sa.Column("rows", sa.Integer, nullable=False),
            sa.Column("repeated", sa.Integer, nullable=False),
            sa.PrimaryKeyConstraint("file", "day"),
            sa.Index(None, "day"),
        ],
        "settlement_faults": [
            _file(),
            sa.Column("place", sa.Integer, nullable=False),
            _line(),
            sa.Column("zh", _WORDS, nullable=False),
            sa.Column("en", _WORDS, nullable=False),
            sa.PrimaryKeyConstraint("file", "place"),
        ],
        "settlement_payments": [
            _id(),
            _file(),
            _line(),
            _short("company"),
            _short("kind"),
            sa.Column("key", sa.String(200), nullable=False),
            _day(),
            _at(),
            *_codes("merchant", "transaction_no", "order_no", "refund_no"),
            *yuan,
            sa.Column("fee", KeptPieces, nullable=False),
            sa.Column("rate", KeptPieces),
            _short("state"),
            sa.UniqueConstraint("company", "kind", "key"),
            sa.Index(None, "order_no"),
            sa.Index(None, "transaction_no"),
            sa.Index(None, "day"),
        ],
        "settlement_funds": [
            _id(),
            _file(),
            _line(),
            _short("company"),
            *_codes("flow_no"),
            _day(),
            _at(),
            *_codes("merchant", "transaction_no", "order_no", "purpose"),
            sa.Column("amount", KeptYuan, nullable=False),
            sa.Column("balance", KeptYuan, nullable=False),
            sa.UniqueConstraint("company", "flow_no"),
            sa.Index(None, "transaction_no"),
        ],
        "settlement_declared": [
            _id(),
            *_codes("order_no", "payment_no", "company_code"),
            sa.Column("amount", KeptYuan, nullable=False),
            sa.Column("paid_at", KeptTime, nullable=False),
            sa.Column("declared_at", KeptTime),
            *_codes("bill_order_no"),
            _short("standing"),
            sa.Column("standing_since", KeptTime),
            sa.Column("payer_is_buyer", sa.Boolean),
            *_cause(),
            _at(),
            sa.Index(None, "order_no", "id"),
            sa.Index(None, "bill_order_no"),
            sa.Index(None, "payment_no"),
        ],
        "settlement_refunds": [
            _id(),
            *_codes("refund_no"),
            _short("state"),
            *_cause(),
            _at(),
            sa.Index(None, "refund_no", "id"),
        ],
        "settlement_answers": [
            _id(),
            sa.Column("code", sa.String(10), nullable=False),
            sa.Column("subject", sa.String(300), nullable=False),
            sa.Column("difference", sa.String(64), nullable=False),
            _short("kind"),
            sa.Column("words", _WORDS, nullable=False),
            *_cause(),
            _at(),
            sa.UniqueConstraint("cause_kind", "cause_id", "code", "subject", "difference"),
            sa.Index(None, "subject"),
        ],
        "settlement_days": [
            _id(),
            _short("company"),
            _day(),
            _short("state"),
            sa.Column("figures", sa.Text, nullable=False),
            *_cause(),
            _at(),
            sa.Index(None, "company", "day", "id"),
        ],
        "settlement_charges": [
            _id(),
            _file(),
            _line(),
            *_codes("provider"),
            _short("kind"),
            sa.Column("key", sa.String(200), nullable=False),
            sa.Column("day", sa.Date),
            sa.Column("amount", KeptYuan),
            sa.Column("facts", sa.Text, nullable=False),
            sa.UniqueConstraint("file", "line"),
            sa.Index(None, "provider", "kind", "key"),
        ],
        "settlement_own_figures": [
            _id(),
            _short("kind"),
            sa.Column("key", sa.String(200), nullable=False),
            sa.Column("day", sa.Date),
            sa.Column("facts", sa.Text, nullable=False),
            *_cause(),
            _at(),
            sa.Index(None, "kind", "key", "id"),
        ],
    }


def upgrade() -> None:
    """Make the tables."""
    tables = sa.MetaData(naming_convention=NAMES)
    for name, items in _tables().items():
        sa.Table(name, tables, *items)
    tables.create_all(op.get_bind())
    for name in _tables():
        make_append_only(name)


def downgrade() -> None:
    """Drop the tables."""
    for name in reversed(_tables()):
        op.drop_table(name)
