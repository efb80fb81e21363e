"""Callers of the hub's interface over a real socket, with the tokens of two enterprises beside each other."""

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from customs.hub.api.application import hub_application
from customs.hub.api.callers import HubService
from customs.hub.api.rates import CallRates
from customs.hub.enterprises.belongings import NOTHING, Belongings
from customs.hub.enterprises.tokens import TokenScope, make_token
from customs.ledger.database import LedgerConnection
from customs.testing import sample_parcels
from support.hub_office import HubAtWork, hub_at_work
from support.served import served

EIGHT = datetime(2026, 11, 11, 8)


@dataclass
class Caller:
    """Calls the interface with a token over a real socket."""

    port: int
    token: str

    def call(
        self, method: str, path: str, body: Any = None, **headers: str
    ) -> tuple[int, dict[str, Any], dict[str, str]]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json", **headers}
        try:
            link.request(method, path, content, sent)
            answer = link.getresponse()
            return answer.status, json.loads(answer.read() or b"{}"), {k.lower(): v for k, v in answer.getheaders()}
        finally:
            link.close()

    def get(self, path: str) -> tuple[int, dict[str, Any]]:
        return self.call("GET", path)[:2]

    def post(self, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        return self.call("POST", path, body)[:2]


@contextmanager
def calling(hub: HubAtWork, warehouse: Belongings = NOTHING) -> Iterator[Caller]:
    """A caller with every scope of the enterprise ``shop``, of a service that has the enterprise ``warehouse`` too."""
    other = hub_at_work(hub.ledger, EIGHT, None, name="warehouse", belongings=warehouse)  # type: ignore[arg-type]
    service = HubService(
        ledger=hub.ledger,
        enterprises={"shop": hub.enterprise, "warehouse": other.enterprise},
        clock=lambda: hub.now,
        rates=CallRates(most=6000, at_once=1000),
    )
    with hub.ledger.begin() as connection:
        token = make_token(connection, "shop", "all", list(TokenScope), at=EIGHT)
    with served(hub_application(service)) as port:  # type: ignore[arg-type]
        yield Caller(port, token)


def with_token(
    caller: Caller, connection: LedgerConnection, enterprise: str, *scopes: TokenScope, **more: Any
) -> Caller:
    return Caller(caller.port, make_token(connection, enterprise, "other", scopes, at=EIGHT, **more))


def orders(count: int, seed: int = 7) -> list[dict[str, Any]]:
    return [
        json.loads(each.model_dump_json(exclude_none=True)) for each in sample_parcels(count, seed=seed, mode="1210")
    ]


def names(order: dict[str, Any]) -> str:
    return f"/v1/orders/{order['parties']['platform_code']}/{order['order']['order_no']}"
