"""The interface answers as its description says, to whatever is sent: no failure of its own, no undeclared answer."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from customs.hub.api.application import hub_application
from customs.hub.api.callers import HubService
from customs.hub.api.rates import CallRates
from customs.hub.enterprises.belongings import EVERYTHING
from customs.hub.enterprises.tokens import TokenScope, make_token
from customs.signing import Signer
from support import exactly
from support.faults import MANY
from support.hub_office import hub_at_work
from support.ledgers import LedgerDatabases
from support.served import served

schemathesis = pytest.importorskip("schemathesis")

EIGHT = datetime(2026, 11, 11, 8)
EXAMPLES = 200 if MANY else 8


@pytest.fixture(scope="module")
def described(postgresql_databases: LedgerDatabases, signer: Signer) -> Iterator[Any]:
    """The description of a served interface, and the header of a token with every scope."""
    with postgresql_databases.ledger() as ledger:
        hub = hub_at_work(ledger, EIGHT, signer, belongings=EVERYTHING)
        service = HubService(
            ledger=ledger,
            enterprises={"shop": hub.enterprise},
            clock=lambda: hub.now,
            rates=CallRates(most=1e9, at_once=10**9),
        )
        with ledger.begin() as connection:
            token = make_token(connection, "shop", "all", list(TokenScope), at=EIGHT)
        with served(hub_application(service)) as port:  # type: ignore[arg-type]
            address = f"http://127.0.0.1:{port}"
            found = schemathesis.openapi.from_url(f"{address}/v1/openapi.json")
            yield found, {"Authorization": f"Bearer {token}"}


@pytest.mark.long
def test_whatever_is_asked_is_answered_as_described(described: Any) -> None:
    schema, authorization = described
    asked = 0
    for operation in exactly(41, [each.ok() for each in schema.get_all_operations()]):

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
            derandomize=True,
            database=None,
        )
        def ask(case: Any) -> None:
            nonlocal asked
            if key := case.headers.get("idempotency-key"):  # no two requests have the same one
                case.headers["idempotency-key"] = f"{key}{asked}"
            case.call_and_validate(headers=authorization)
            asked += 1

        ask()
    assert asked > 10
