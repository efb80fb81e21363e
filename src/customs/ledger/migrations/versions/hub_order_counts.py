"""The hub: how many orders stand at each stage and node, which the database notes with each move of an order. No order is ever deleted."""

import sqlalchemy as sa
from alembic import op

from customs.ledger.columns import NAMES, NUMBER

revision = "hub_order_counts"
down_revision = "hub_knowledge"

_CODE = sa.String(100)

_NOTE = "INSERT INTO hub_order_counts (enterprise, stage, node, orders)"

_MOVED = "(old.enterprise <> new.enterprise OR old.stage <> new.stage OR old.node <> new.node)"

_OUT_AND_IN = "VALUES (old.enterprise, old.stage, old.node, -1), (new.enterprise, new.stage, new.node, 1)"

_EACH_PLACE = "SELECT enterprise, stage, node, count(*) FROM hub_orders GROUP BY enterprise, stage, node"

_SQLITE = (
    f"""CREATE TRIGGER hub_orders_came AFTER INSERT ON hub_orders
BEGIN {_NOTE} VALUES (new.enterprise, new.stage, new.node, 1); END""",  # noqa: S608  fixed texts
    f"""CREATE TRIGGER hub_orders_moved AFTER UPDATE OF enterprise, stage, node ON hub_orders WHEN {_MOVED}
BEGIN {_NOTE} {_OUT_AND_IN}; END""",
)

_POSTGRESQL = (
    f"""CREATE FUNCTION hub_orders_came() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN {_NOTE} SELECT enterprise, stage, node, count(*) FROM came GROUP BY enterprise, stage, node; RETURN NULL; END $$""",  # noqa: S608  fixed texts
    f"""CREATE FUNCTION hub_orders_moved() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN {_NOTE} {_OUT_AND_IN}; RETURN NULL; END $$""",
    """CREATE TRIGGER hub_orders_came AFTER INSERT ON hub_orders REFERENCING NEW TABLE AS came
FOR EACH STATEMENT EXECUTE FUNCTION hub_orders_came()""",
    f"""CREATE TRIGGER hub_orders_moved AFTER UPDATE OF enterprise, stage, node ON hub_orders
FOR EACH ROW WHEN {_MOVED} EXECUTE FUNCTION hub_orders_moved()""",
)

_TRIGGERS = ("hub_orders_came", "hub_orders_moved")


def upgrade() -> None:
    """Make the table, count the orders that are there, and have the database note each move."""
    tables = sa.MetaData(naming_convention=NAMES)
    sa.Table(
        "hub_order_counts",
        tables,
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("enterprise", _CODE, nullable=False),
        sa.Column("stage", sa.String(12), nullable=False),
        sa.Column("node", sa.String(30), nullable=False),
        sa.Column("orders", sa.Integer, nullable=False),
    )
    tables.create_all(op.get_bind())
    op.execute(f"{_NOTE} {_EACH_PLACE}")
    postgresql = op.get_bind().dialect.name == "postgresql"
    for each in _POSTGRESQL if postgresql else _SQLITE:
        op.get_bind().exec_driver_sql(each)


def downgrade() -> None:
    """Drop it."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for each in _TRIGGERS:
        op.execute(f"DROP TRIGGER {each} ON hub_orders" if postgresql else f"DROP TRIGGER {each}")
        if postgresql:
            op.execute(f"DROP FUNCTION {each}()")
    op.drop_table("hub_order_counts")
