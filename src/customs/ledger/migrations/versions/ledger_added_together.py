"""Rows of which a parcel brings many name what they belong to, which is never deleted, without a foreign key."""

from alembic import op

from customs.ledger.columns import NAMES
from customs.ledger.migrations.append_only import make_append_only

revision = "ledger_added_together"
down_revision = "hub_orders_aside"

#: The keys: the table, its column, and the table and column that this names.
_KEYS = (
    ("exchange_documents", "message", "exchange_messages", "seq"),
    ("exchange_lines", "item", "exchange_items", "id"),
    ("exchange_numbers", "item", "exchange_items", "id"),
    ("declared_carried", "parcel", "declared_parcels", "id"),
    ("declared_carried", "message", "declared_messages", "id"),
    ("declared_keys", "parcel", "declared_parcels", "id"),
    ("hub_numbers", "order", "hub_orders", "id"),
    ("hub_calls", "order", "hub_orders", "id"),
)

_APPEND_ONLY = ("declared_carried", "declared_keys")


def upgrade() -> None:
    """Take the keys away."""
    for table, column, other, _ in _KEYS:
        with op.batch_alter_table(table, naming_convention=NAMES) as batch:
            batch.drop_constraint(f"fk_{table}_{column}_{other}", type_="foreignkey")
    _refuse_changes()


def downgrade() -> None:
    """Put the keys back."""
    for table, column, other, of_other in _KEYS:
        with op.batch_alter_table(table, naming_convention=NAMES) as batch:
            batch.create_foreign_key(f"fk_{table}_{column}_{other}", other, [column], [of_other])
    _refuse_changes()


def _refuse_changes() -> None:
    """Refuse changes of the rows again: SQLite has made the tables anew."""
    if op.get_bind().dialect.name == "sqlite":
        for table in _APPEND_ONLY:
            make_append_only(table)
