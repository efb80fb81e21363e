"""Turns that lay receipts to orders: what fails in one of them holds up none before it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from customs.hub import turns
from customs.hub.folding import fold
from customs.hub.orders import take_in
from customs.hub.tables import HUB_MARKS
from customs.hub.turns import declare_turn, fold_turn
from customs.ledger import Ledger
from customs.signing import Signer
from customs.testing import sample_parcels
from support.hub_office import PORT, HubAtWork, hub_at_work
from support.ledgers import LedgerDatabases


@pytest.fixture
def plain(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    with sqlite_databases.ledger() as ledger:
        yield ledger


def fold_all(hub: HubAtWork) -> None:
    while fold_turn(hub.ledger, hub.enterprise, PORT, now=hub.now):
        pass


def test_a_receipt_that_fails_holds_up_none_before_it(
    plain: Ledger, signer: Signer, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = hub_at_work(plain, datetime(2026, 11, 11, 8), signer)
    with plain.begin() as connection:
        take_in(connection, "shop", sample_parcels(3, seed=7, mode="1210"), at=hub.now)
    declare_turn(plain, hub.enterprise, now=hub.now)
    hub.send()
    hub.rehearsal.now += timedelta(minutes=5)
    came = hub.receive()
    laid = list[int]()

    def failing(connection: Any, enterprise: Any, contents: Sequence[bytes], **conditions: Any) -> Any:
        if len(contents) + sum(laid) > 5:
            raise ZeroDivisionError("the sixth receipt")
        laid.append(len(contents))
        return fold(connection, enterprise, contents, **conditions)

    monkeypatch.setattr(turns, "fold", failing)
    with pytest.raises(ZeroDivisionError):
        fold_all(hub)
    assert sum(laid) == 5 < came, "all before the one that fails"
    monkeypatch.setattr(turns, "fold", fold)
    fold_all(hub)
    with plain.read() as connection:
        assert connection.sql.execute(select(HUB_MARKS.c.upto)).scalar_one() >= came
