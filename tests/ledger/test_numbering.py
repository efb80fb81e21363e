"""Numbers of new rows: each row has the number that was said, in the order in which rows were given."""

from sqlalchemy import select

from customs.ledger import Ledger
from customs.ledger.exchange.tables import EXCHANGE_SALTS
from customs.ledger.numbering import insert_numbered
from support import some


def test_every_row_has_its_number_in_the_order_of_the_rows(ledger: Ledger) -> None:
    owners = [f"owner {each}" for each in range(40)]
    with ledger.begin() as connection:
        (first,) = insert_numbered(connection, EXCHANGE_SALTS, [{"owner": "first", "salts": b"1"}])
        numbers = insert_numbered(connection, EXCHANGE_SALTS, [{"owner": each, "salts": b"2"} for each in owners])
        assert insert_numbered(connection, EXCHANGE_SALTS, []) == []
    with ledger.read() as connection:
        rows = connection.sql.execute(select(EXCHANGE_SALTS.c.id, EXCHANGE_SALTS.c.owner))
        kept = {row.id: row.owner for row in rows}
    assert kept == {first: "first", **dict(zip(numbers, owners, strict=True))}
    for before, after in some(zip([first, *numbers], numbers, strict=False)):
        assert before < after
