"""Call-backs of a hub: receipts that an e-port pushes go into its inbox once, and their orders on to release."""

import http.client
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import pytest

from customs.exchange.contract import Item
from customs.exchange.receivers.asgi import CallbackApplication
from customs.exchange.receivers.configured import Callbacks, load_callbacks
from customs.hub.api.application import hub_application
from customs.hub.api.callbacks import WithCallbacks, callbacks_opened
from customs.hub.api.callers import HubService
from customs.hub.orders.taking_in import take_in
from customs.hub.service.opening import open_enterprise
from customs.hub.service.works import WorkPace, lanes_of
from customs.hub.settings.hub_file import EnterprisePlace
from customs.hub.shown.order import list_orders
from customs.hub.turns.turn import declare_turn, fold_turn, steps_turn
from customs.ledger import Ledger
from customs.signing import Signer
from customs.testing import sample_parcels
from support.command_line import run
from support.hub_office import HubAtWork, hub_at_work
from support.ledgers import LedgerDatabases
from support.pushes import FORM
from support.pushing_platform import PUSH_KEY, give_push_key, let_push
from support.served import posted, served

EIGHT = datetime(2026, 11, 11, 8)


@pytest.fixture
def ledger(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    with sqlite_databases.ledger() as ledger:
        yield ledger


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The file of an enterprise to which a platform pushes."""
    found = tmp_path / "customs.toml"
    let_push(found)
    give_push_key(found)
    return found


@pytest.fixture
def hub(ledger: Ledger, signer: Signer) -> HubAtWork:
    made = hub_at_work(ledger, EIGHT, signer)
    return replace(made, enterprise=replace(made.enterprise, areas={"gz": ("unified",)}))


@pytest.fixture
def port(hub: HubAtWork, file: Path) -> Iterator[int]:
    """The server of a hub with two enterprises of which each has the call-back."""
    service = HubService(ledger=hub.ledger, enterprises={"shop": hub.enterprise}, clock=lambda: hub.now)
    settings: dict[str, Callbacks] = {name: load_callbacks(file) for name in ("shop", "another")}
    with callbacks_opened(hub.ledger, settings, hub.rehearsal.clock) as pushed:
        assert isinstance(pushed, CallbackApplication)
        with served(WithCallbacks(hub_application(service), pushed)) as at:  # type: ignore[arg-type]
            yield at


def body(receipt: bytes, key: str = PUSH_KEY) -> bytes:
    fields = {"clientid": "C1", "key": key, "messageType": "CEB312", "messageText": receipt}
    return urlencode(fields).encode()


def push(port: int, content: bytes, path: str = "/callbacks/shop/push") -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        return posted(connection, path, content, FORM)


def came(hub: HubAtWork) -> list[bytes]:
    """What the office has answered since."""
    items = [each for each in hub.way.fetch() if isinstance(each, Item)]
    for each in items:
        hub.way.confirm(each)
    return [each.content for each in items]


def nodes(hub: HubAtWork) -> set[str]:
    with hub.ledger.read() as connection:
        return {each.node for each in list_orders(connection, "shop")}


@pytest.mark.long
def test_receipts_that_are_pushed_lead_their_orders_to_release(hub: HubAtWork, port: int) -> None:
    with hub.ledger.begin() as connection:
        take_in(connection, "shop", sample_parcels(3, seed=7, mode="1210"), at=hub.now)
    declare_turn(hub.ledger, hub.enterprise, now=hub.now)
    hub.send()
    pushed = 0
    for _ in range(6):
        hub.rehearsal.now += timedelta(minutes=5)
        for receipt in came(hub):
            pushed += 1
            for _ in range(2):  # platforms repeat
                assert push(port, body(receipt)) == (200, b"success")
        steps_turn(hub.ledger, hub.enterprise, now=hub.now)
        while fold_turn(hub.ledger, hub.enterprise, "gz", now=hub.now):
            pass
    assert pushed > 6
    assert nodes(hub) == {"released"}


def test_what_nobody_may_push_is_refused_and_other_paths_are_those_of_the_hub(hub: HubAtWork, port: int) -> None:
    assert push(port, body(b"<a/>", key="another key"))[1] != b"success"
    assert push(port, b"x" * (17 << 20))[0] == 413
    for path in ("/callbacks/nobody/push", "/callbacks/shop/gz", "/push"):
        assert push(port, body(b"<a/>"), path)[0] == 404
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request("GET", "/health/ready")
        assert connection.getresponse().status == 200
    assert fold_turn(hub.ledger, hub.enterprise, "gz", now=hub.now) is None


def test_a_worker_lays_what_is_pushed_to_its_orders(ledger: Ledger, tmp_path: Path) -> None:
    assert run("sample", "--shop", tmp_path / "shop", "--count", "1").exit_code == 0
    file = tmp_path / "shop" / "customs.toml"
    let_push(file)
    give_push_key(file)
    opened = open_enterprise(EnterprisePlace(name="shop", file=file, hooks={}), lambda: EIGHT)
    assert opened.hub.areas == {"gz": ("unified", "guangzhou", "guangzhou_kj")}
    pace = WorkPace(clock=lambda: EIGHT, chance=Random(1))  # noqa: S311  a jitter
    works = {(each.kind, each.source) for lane in lanes_of(ledger, opened, pace) for each in lane}
    assert ("fold", "gz") in works
