"""The account book: accounts by item, papers and what was said of them, bindings, statements, articles."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import CODE, NUMBER, KeptPieces, KeptTime
from customs.ledger.migrations.account_tables import create_account_tables, drop_account_tables
from customs.ledger.migrations.append_only import make_append_only

revision = "book"
down_revision = "parties"

_FIGURES = ("actual_in", "actual_out", "pre_in", "pre_out", "gained", "lost")


def upgrade() -> None:
    """Make the tables."""
    create_account_tables(
        "book",
        keys=[sa.Column("ems_no", CODE, nullable=False), sa.Column("item_record_no", CODE, nullable=False)],
        figures=dict.fromkeys(_FIGURES, KeptPieces),
        details=[
            sa.Column("paper", NUMBER, index=True),
            sa.Column("document", CODE, nullable=False),
            sa.Column("reason", sa.String(10), nullable=False),
        ],
        checks={"floor": " AND ".join(f"{each} >= 0" for each in _FIGURES)},
    )
    op.create_table(
        "book_papers",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("same_as", NUMBER, sa.ForeignKey("book_papers.id")),
        sa.Column("ems_no", CODE, nullable=False, server_default=""),
        sa.Column("number", CODE, nullable=False, server_default=""),
        sa.Column("state", sa.String(20), nullable=False, server_default=""),
        sa.Column("direction", sa.String(1), nullable=False, server_default=""),
        sa.Column("list_kind", sa.String(10), nullable=False, server_default=""),
        sa.Column("since", KeptTime),
        sa.Column("order_no", CODE, nullable=False, server_default=""),
    )
    op.create_table(
        "book_paper_numbers",
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("scheme", sa.String(10), nullable=False),
        sa.Column("number", sa.String(220), nullable=False),
        sa.Column("paper", NUMBER, sa.ForeignKey("book_papers.id"), nullable=False, index=True),
        sa.PrimaryKeyConstraint("kind", "scheme", "number"),
    )
    op.create_table(
        "book_sayings",
        sa.Column("paper", NUMBER, sa.ForeignKey("book_papers.id"), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("at", KeptTime, nullable=False),
        sa.Column("cause_kind", sa.String(20), nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("paper", "place"),
        sa.UniqueConstraint("paper", "cause_kind", "cause"),
    )
    make_append_only("book_sayings")
    op.create_table(
        "book_bindings",
        sa.Column("paper", NUMBER, sa.ForeignKey("book_papers.id"), nullable=False),
        sa.Column("list_no", CODE, nullable=False, index=True),
        sa.PrimaryKeyConstraint("paper", "list_no"),
    )
    op.create_table(
        "book_statements",
        sa.Column("ems_no", CODE, nullable=False),
        sa.Column("item_record_no", CODE, nullable=False),
        sa.Column("bond_no", CODE, nullable=False),
        sa.Column("line_number", CODE, nullable=False),
        sa.Column("at", KeptTime, nullable=False),
        sa.Column("cause", sa.String(200), nullable=False),
        *(sa.Column(each, KeptPieces) for each in ("in_quantity", "actual_in", "actual_out", "pre_in", "pre_out")),
        sa.PrimaryKeyConstraint("ems_no", "item_record_no", "bond_no", "line_number", "cause"),
    )
    make_append_only("book_statements")
    op.create_table(
        "book_articles",
        sa.Column("ems_no", CODE, nullable=False),
        sa.Column("sku", CODE, nullable=False),
        sa.Column("item_record_no", CODE, nullable=False),
        sa.PrimaryKeyConstraint("ems_no", "sku", "item_record_no"),
    )


def downgrade() -> None:
    """Drop the tables."""
    for each in ("articles", "statements", "bindings", "sayings", "paper_numbers", "papers"):
        op.drop_table(f"book_{each}")
    drop_account_tables("book")
