"""The history of an order: what came in one turn is one sealed row, and each event is known again."""

from datetime import datetime, timedelta

import pytest
from pydantic import TypeAdapter
from sqlalchemy import func, insert, select, update

from customs.codes.states import State
from customs.documents import Answer, BusinessKey
from customs.hub.orders.history import event_digest, histories, history_rows
from customs.hub.orders.taking_in import take_in
from customs.hub.store.sealed import seal
from customs.hub.store.tables import HUB_HISTORY
from customs.ledger import LedgerConnection
from customs.ledger.many_rows import add_rows
from customs.receipts.state import Event, Submitted
from customs.testing import sample_parcels
from support import exactly
from support.ledgers import LedgerDatabases

AT = datetime(2026, 11, 11, 8)
KEY = BusinessKey("CEB621", (("order_no", "O1"), ("list_no", "")))
SENT = Submitted(key=KEY, guid="G1", app_time=AT, app_type="2", area="zhejiang_jkf")


def said(second: int) -> Answer:
    at = AT + timedelta(seconds=second)
    return Answer(
        authority=None,
        key=KEY,
        state=State.RELEASED,
        code="800",
        receipt="CEB622",
        at=at,
        texts=("放行", ""),
        submitted="G1",
    )


def order_in(connection: LedgerConnection) -> int:
    (taken,) = take_in(connection, "shop", sample_parcels(1, seed=7, mode="1210"), at=AT)
    return taken.order


def kept(connection: LedgerConnection, order: int, *events: Event) -> None:
    marked = {event_digest(connection.keys, each): each for each in events}
    add_rows(connection, HUB_HISTORY, list(history_rows(connection.keys, order, marked, AT)))


def test_what_came_in_one_turn_is_one_row_and_read_as_it_came(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        order = order_in(connection)
        kept(connection, order, said(1), SENT, said(2))
        kept(connection, order, said(3))
        assert connection.sql.execute(select(func.count()).select_from(HUB_HISTORY)).scalar_one() == 2
        found = histories(connection, [order])[order]
    assert list(found.values()) == [SENT, said(1), said(2), said(3)]
    for mark, event in exactly(4, found.items()):
        assert event
        assert mark == event_digest(ledger.keys, event)


def test_an_event_is_known_again_though_its_content_is_erased(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        order = order_in(connection)
        kept(connection, order, SENT, said(1))
        connection.sql.execute(update(HUB_HISTORY).values(salt=None, sealed=None))
        found = histories(connection, [order])[order]
    assert found == {event_digest(ledger.keys, each): None for each in (SENT, said(1))}


def test_more_events_than_an_index_can_tell_apart_are_several_rows(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        order = order_in(connection)
        kept(connection, order, *[said(each) for each in range(120)])
        lengths = list(connection.sql.execute(select(func.length(HUB_HISTORY.c.digest))).scalars())
        found = histories(connection, [order])[order]
    assert lengths == [1600, 1600, 640]
    assert list(found.values()) == [said(each) for each in range(120)]


@pytest.mark.parametrize("event", [SENT, said(1)], ids=["submitted", "answered"])
def test_a_row_of_an_earlier_release_holds_one_event(sqlite_databases: LedgerDatabases, event: Event) -> None:
    content = TypeAdapter(type(event)).dump_json(event)
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        order, mark = order_in(connection), event_digest(ledger.keys, event)
        row = {"order": order, "digest": mark, "at": AT, **seal(ledger.keys, content)._asdict()}
        connection.sql.execute(insert(HUB_HISTORY), [row])
        assert histories(connection, [order])[order] == {mark: event}
