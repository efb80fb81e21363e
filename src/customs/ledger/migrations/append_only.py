"""Tables that only grow (只增不改): the database itself refuses to change or delete an entry."""

from alembic import op

_SQLITE = """CREATE TRIGGER {table}_{event}_refused BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, 'entries of {table} are only appended'); END"""

_FUNCTION = """CREATE OR REPLACE FUNCTION entries_are_only_appended() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'entries of %% are only appended', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"""

_POSTGRESQL = """CREATE TRIGGER {table}_only_appended BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION entries_are_only_appended()"""


def make_append_only(table: str) -> None:
    """Have the database refuse changes of the rows of a table."""
    if op.get_bind().dialect.name == "postgresql":
        op.get_bind().exec_driver_sql(_FUNCTION)
        op.execute(_POSTGRESQL.format(table=table))
    else:
        for event in ("UPDATE", "DELETE"):
            op.execute(_SQLITE.format(table=table, event=event))
