"""Rows that are written many at once: as if each were written by itself, in both databases."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from customs.fields.moments import CHINA_TIME
from customs.hub.orders.stages import OrderStage
from customs.hub.store.tables import HUB_CALLS, HUB_HISTORY, HUB_ORDERS
from customs.ledger import Ledger, LedgerError
from customs.ledger.database import MARKS
from customs.ledger.many_rows import add_new_rows, add_rows, change_rows

AT = datetime(2026, 11, 11, 8, 0, 0, 123456)


def order(number: str) -> dict[str, object]:
    texts = dict.fromkeys(("enterprise", "platform_code", "profile", "node"), "")
    counted = {"customs_code": "2925", "version": 1, "attempt": 1, "refund": False, "told": "[]"}
    stage = OrderStage.RECEIVED
    return {**texts, **counted, "order_no": number, "digest": number.encode(), "stage": stage, "received_at": AT}


def added(ledger: Ledger, *numbers: str) -> dict[str, int]:
    rows = [order(each) for each in numbers]
    with ledger.begin() as connection:
        found = add_new_rows(connection, HUB_ORDERS, rows, (HUB_ORDERS.c.order_no, HUB_ORDERS.c.id))
    return dict(found)


def test_only_rows_that_are_new_are_returned(ledger: Ledger) -> None:
    first = added(ledger, "O1", "O2")
    assert set(first) == {"O1", "O2"}
    assert set(added(ledger, "O2", "O3")) == {"O3"}
    assert added(ledger) == {}


def test_more_rows_than_one_statement_takes_are_all_added(ledger: Ledger) -> None:
    assert len(set(added(ledger, *[f"O{each}" for each in range(601)]).values())) == 601


def test_a_row_that_is_there_is_left_as_it_is(ledger: Ledger) -> None:
    number = added(ledger, "O1")["O1"]
    row = {"order": number, "digest": b"same", "at": AT, "salt": b"first", "sealed": None}
    with ledger.begin() as connection:
        add_rows(connection, HUB_HISTORY, [row], once=True)
        add_rows(connection, HUB_HISTORY, [{**row, "salt": b"second"}, {**row, "digest": b"new"}], once=True)
        kept = connection.sql.execute(select(HUB_HISTORY.c.digest, HUB_HISTORY.c.salt, HUB_HISTORY.c.at)).all()
    assert sorted(map(tuple, kept)) == [(b"new", b"first", AT), (b"same", b"first", AT)]


def test_a_row_that_is_there_is_refused_unless_it_may_come_again(ledger: Ledger) -> None:
    with pytest.raises(LedgerError), ledger.begin() as connection:
        add_rows(connection, MARKS, [{"name": "twice", "text": ""}, {"name": "twice", "text": ""}])


def test_rows_are_changed_each_by_its_own_values(ledger: Ledger) -> None:
    numbers = added(ledger, "O1", "O2", "O3")
    abroad = AT.replace(tzinfo=CHINA_TIME) + timedelta(hours=1)
    changes = [
        {"id": numbers["O1"], "node": "released", "due": None},
        {"id": numbers["O3"], "node": "rejected", "due": abroad},
    ]
    orders = HUB_ORDERS.c
    with ledger.begin() as connection:
        change_rows(connection, HUB_ORDERS, "id", changes)
        change_rows(connection, HUB_ORDERS, "id", [])
        kept = connection.sql.execute(select(orders.node, orders.due).order_by(orders.order_no)).all()
    assert list(map(tuple, kept)) == [("released", None), ("", None), ("rejected", AT + timedelta(hours=1))]


def test_names_and_texts_stand_beside_each_other_in_a_column(ledger: Ledger) -> None:
    number = added(ledger, "O1")["O1"]
    call = {
        "enterprise": "",
        "hook": "wms",
        "order": number,
        "body": "{}",
        "due": AT,
        "attempts": 0,
        "said": "",
        "at": AT,
    }
    with ledger.begin() as connection:
        add_rows(connection, HUB_CALLS, [{**call, "state": OrderStage.HELD}, {**call, "state": "waiting"}])
        assert set(connection.sql.execute(select(HUB_CALLS.c.state)).scalars()) == {"held", "waiting"}


def test_a_text_that_is_too_long_is_never_cut(ledger: Ledger) -> None:
    long = "x" * 201
    try:
        with ledger.begin() as connection:
            add_rows(connection, MARKS, [{"name": "long", "text": long}])
    except LedgerError:  # PostgreSQL refuses it, SQLite takes it whole
        long = ""
    with ledger.read() as connection:
        assert (connection.sql.execute(select(MARKS.c.text).where(MARKS.c.name == "long")).scalar() or "") == long
