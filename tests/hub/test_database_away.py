"""A database that does not answer: callers are told to come again, and the work that waits for it has a name."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest

from customs.cli.hub import WORKS
from customs.hub.api.application import hub_application
from customs.hub.api.callers import HubService
from customs.hub.service.loops import WATCHING
from customs.ledger import Ledger
from customs.ledger.engines import LedgerNotWrittenError, LedgerRefusedError
from support.hub_callers import Caller
from support.ledgers import LedgerDatabases
from support.served import served


@pytest.mark.parametrize(
    ("error", "status", "en", "zh"),
    [
        (LedgerNotWrittenError, 503, "the database does not answer", "数据库无应答"),
        (LedgerRefusedError, 500, "nobody foresaw", "未预料"),
    ],
)
def test_a_caller_is_told_to_come_again_while_the_database_does_not_answer(
    sqlite_databases: LedgerDatabases,
    monkeypatch: pytest.MonkeyPatch,
    error: type[LedgerNotWrittenError],
    status: int,
    en: str,
    zh: str,
) -> None:
    @contextmanager
    def away(ledger: Ledger) -> Iterator[None]:
        raise error("it is away 数据库停机")
        yield

    with sqlite_databases.ledger() as ledger:
        service = HubService(ledger=ledger, enterprises={}, clock=lambda: datetime(2026, 11, 11, 8))
        with served(hub_application(service)) as port:  # type: ignore[arg-type]
            caller = Caller(port, "a token")
            assert caller.get("/v1/orders")[0] == 401
            monkeypatch.setattr(Ledger, "read", away)
            monkeypatch.setattr(Ledger, "begin", away)
            found, told = caller.get("/v1/orders")
    assert (found, en in told["detail"], zh in told["detail_zh"]) == (status, True, True), told


def test_a_server_that_does_no_work_tells_by_a_name_that_its_database_is_away() -> None:
    assert WORKS[WATCHING[0].kind] == ("database", "数据库")
