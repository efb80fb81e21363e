"""Turns that lay receipts to orders: one that fails is set aside alone, and taken up again."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, select, update

from customs.hub.orders.history import histories
from customs.hub.orders.taking_in import take_in
from customs.hub.store.tables import HUB_MARKS, HUB_ORDERS
from customs.hub.turns import receipts_aside, turn
from customs.hub.turns.folding import FoldingReport, fold
from customs.hub.turns.receipts_aside import NotAsideError, list_aside, take_up
from customs.hub.turns.turn import declare_turn, fold_turn
from customs.ledger import Ledger
from customs.ledger.exchange import KeptReceipt, receipts_behind
from customs.ledger.exchange.tables import EXCHANGE_ITEMS
from customs.signing import Signer
from customs.testing import sample_parcels
from support import some
from support.hub_office import PORT, HubAtWork, hub_at_work
from support.ledgers import LedgerDatabases


@pytest.fixture
def plain(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    with sqlite_databases.ledger() as ledger:
        yield ledger


def fold_all(hub: HubAtWork) -> None:
    while fold_turn(hub.ledger, hub.enterprise, PORT, now=hub.now):
        pass


@pytest.fixture
def answered(plain: Ledger, signer: Signer) -> HubAtWork:
    """A hub with three declared orders, whose first receipts have come in."""
    hub = hub_at_work(plain, datetime(2026, 11, 11, 8), signer)
    with plain.begin() as connection:
        take_in(connection, "shop", sample_parcels(3, seed=7, mode="1210"), at=hub.now)
    declare_turn(plain, hub.enterprise, now=hub.now)
    hub.send()
    hub.rehearsal.now += timedelta(minutes=5)
    assert hub.receive() > 6
    return hub


def answers(hub: HubAtWork) -> int:
    """How many messages and answers were laid to orders."""
    with hub.ledger.read() as connection:
        orders = list(connection.sql.execute(select(HUB_ORDERS.c.id)).scalars())
        return sum(map(len, histories(connection, orders).values()))


class Failing:
    """Folds, but for a receipt, which fails."""

    def __init__(self, bad: int, error: Exception) -> None:
        self.bad, self.error = bad, error

    def __call__(self, connection: Any, enterprise: Any, receipts: Sequence[KeptReceipt], **conditions: Any) -> Any:
        if self.bad in [each.number for each in receipts]:
            connection.sql.execute(update(HUB_MARKS).values(upto=0))  # and leaves nothing of what it did
            raise self.error
        return fold(connection, enterprise, receipts, **conditions)


def receipt_in(hub: HubAtWork, place: int) -> int:
    with hub.ledger.read() as connection:
        numbers = connection.sql.execute(select(EXCHANGE_ITEMS.c.id).order_by(EXCHANGE_ITEMS.c.id)).scalars()
        return int(numbers.all()[place])


def taken_up(hub: HubAtWork, number: int) -> FoldingReport:
    with hub.ledger.begin() as connection:
        return take_up(connection, hub.enterprise, number, now=hub.now)


def test_a_receipt_that_fails_alone_is_set_aside_and_the_rest_goes_on(
    answered: HubAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = receipt_in(answered, 3)
    with monkeypatch.context() as broken:
        failing = Failing(number, ZeroDivisionError("王小明"))
        broken.setattr(turn, "fold", failing)
        broken.setattr(receipts_aside, "fold", failing)
        fold_all(answered)
        with answered.ledger.read() as connection:
            (left,) = list_aside(connection, "shop")
            assert not list_aside(connection, "another")
        assert (left.number, left.source) == (number, PORT)
        assert left.why_en.startswith("unforeseen ZeroDivisionError in ")
        assert "王小明" not in left.why_en + left.why_zh
        without = answers(answered)
        assert taken_up(answered, number).aside == 1, "it fails again"
    assert taken_up(answered, number).aside == 0
    assert answers(answered) > without
    with pytest.raises(NotAsideError):
        taken_up(answered, number)
    with answered.ledger.read() as connection:
        assert not list_aside(connection, "shop")
        last = connection.sql.execute(select(func.max(EXCHANGE_ITEMS.c.id))).scalar_one()
        assert connection.sql.execute(select(HUB_MARKS.c.upto)).scalar_one() == last


def test_what_keeps_all_receipts_waiting_sets_none_aside(answered: HubAtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = receipt_in(answered, 0)
    monkeypatch.setattr(turn, "fold", Failing(bad, OSError("full")))
    with pytest.raises(OSError, match="full"):
        fold_all(answered)
    with answered.ledger.read() as connection:
        assert not list_aside(connection, "shop")


def test_a_value_that_the_database_refuses_is_of_one_receipt(
    answered: HubAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = receipt_in(answered, 0)

    class Refused(Failing):
        def __call__(self, connection: Any, enterprise: Any, receipts: Sequence[KeptReceipt], **conditions: Any) -> Any:
            if bad in [each.number for each in receipts]:
                connection.sql.execute(insert(HUB_MARKS), [{"source": f"shop/{PORT}", "upto": 0}])
            return fold(connection, enterprise, receipts, **conditions)

    monkeypatch.setattr(turn, "fold", Refused(bad, ValueError()))
    fold_all(answered)
    with answered.ledger.read() as connection:
        assert [each.why_en.split()[1] for each in list_aside(connection, "shop")] == ["LedgerRefusedError"]
    assert answers(answered) > 3 * 4


def test_what_another_worker_received_is_read_from_its_bytes_as_it_was_read_when_it_came(answered: HubAtWork) -> None:
    def behind(*areas: str) -> Sequence[KeptReceipt]:
        with answered.ledger.begin() as connection:
            found = receipts_behind(connection, f"shop/{PORT}", 0, lines=1_000, areas=areas)
        assert found
        return found.receipts

    assert not any(each.lately for each in behind("zhejiang_jkf")), "it was read as another format"
    here, elsewhere = behind("unified"), behind("unified")
    for one, other in zip(some(here), elsewhere, strict=True):
        assert (one.content, other.lately, one.number) == (b"", None, other.number)
        assert one.read(["unified"]) == other.read(["unified"])
        assert one.read(["unified"])
