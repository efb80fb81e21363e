"""Three workers on PostgreSQL, killed at random, with a database that falls and an office that is killed too.

No parcel is lost, none is declared twice, every change is told in order, and where each stands is what its answers say.
``make soak`` goes on for ten minutes; without it some faults are made and the rest is waited for.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import func, select

from customs.declaration import Declaration
from customs.exchange.outbox import instant
from customs.fields.moments import system_clock
from customs.hub.folding import states_of
from customs.hub.orders import take_in
from customs.hub.stages import OrderStage
from customs.hub.tables import HUB_CALLS, HUB_NODES, HUB_ORDERS
from customs.ledger import Ledger, load_keys, open_ledger
from customs.ledger.engines import LedgerError
from customs.office.served import ServedOffice
from customs.receipts.lifecycle import track
from customs.testing import sample_parcels
from customs.testing.night import ENDS
from support import absent, some
from support.command_line import run
from support.postgres import Postgres, postgres_running, programs

#: Minutes for which faults are made; without any there are a few.
MINUTES = float(os.environ.get("CUSTOMS_SOAK", "0"))

FEW, A_PART, WORKERS = 4, 8, 3

#: Seconds until everything has ended after the last fault, and until a worker says anything at all.
LAST, QUIET = 240.0, 60.0

SETTINGS = """
[ledger]
url = "{url}"
keys = "ledger.key"
[serve]
every = 0.2
[enterprises.shop]
file = "shop/customs.toml"
[enterprises.shop.hooks.wms]
url = "http://127.0.0.1:{port}/told"
secret = {{ env = "SOAK_SECRET" }}
inner = true
"""

DESTINATION = """
[destinations.port]
kind = "folder"
root = "../office"
poll_seconds = 1
"""


@dataclass
class Told:
    """What the warehouse was told of each order, in the order in which it came, each call once."""

    calls: dict[str, dict[str, str]] = field(default_factory=dict)

    def take(self, number: str, body: dict[str, Any]) -> None:
        self.calls.setdefault(f"{body['platform_code']}/{body['order_no']}", {}).setdefault(number, body["node"])


@contextmanager
def warehouse(told: Told) -> Iterator[int]:
    """A warehouse that takes every other call only when it comes again; gives its port."""
    refused = set[str]()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            number = self.headers["webhook-id"]
            again = number in refused or int(number.removeprefix("call-")) % 7
            refused.add(number)
            if again:
                told.take(number, json.loads(body))
            self.send_response(204 if again else 503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *_: object) -> None:  # noqa: A002  the name of the library
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Processes:
    """The workers and the office, and what the workers say."""

    folder: Path
    said: "queue.Queue[dict[str, Any]]" = field(default_factory=queue.Queue)
    workers: list[subprocess.Popen[str]] = field(default_factory=list)
    office: subprocess.Popen[bytes] | None = None

    def start_worker(self) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "customs.cli", "hub", "worker", "--config", "hub.toml", "--json"]
        process = subprocess.Popen(command, cwd=self.folder, stderr=subprocess.PIPE, text=True, env=self.env())
        threading.Thread(target=self._listen, args=(process,), daemon=True).start()
        return process

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr
        with closing(process.stderr):
            for line in process.stderr:
                if line.startswith("{"):
                    self.said.put(json.loads(line))

    def env(self) -> dict[str, str]:
        return {**os.environ, "CUSTOMS_LANG": "en", "SOAK_SECRET": "a fictitious secret of this test"}

    def start_office(self) -> None:
        command = [sys.executable, "-m", "customs.cli", "office", "--dir", "office", "--seed", "1", "--repeats", "0.1"]
        self.office = subprocess.Popen(
            command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.env()
        )

    def start(self) -> None:
        self.start_office()
        self.workers = [self.start_worker() for _ in range(WORKERS)]

    def kill_worker(self, place: int) -> None:
        self.workers[place].kill()
        self.workers[place].wait(30)
        self.workers[place] = self.start_worker()

    def kill_office(self) -> None:
        assert self.office
        self.office.kill()
        self.office.wait(30)
        self.start_office()

    def stop(self) -> None:
        assert self.office
        every: list[subprocess.Popen[Any]] = [*self.workers, self.office]
        for each in every:
            each.send_signal(signal.SIGTERM)
        for each in every:
            each.wait(60)

    def hear(self, count: int) -> None:
        """Wait until the workers have said so many things; that they say nothing for long is a fault."""
        for _ in range(count):
            self.said.get(timeout=QUIET)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert run("sample", "--shop", tmp_path / "shop", "--count", "2").exit_code == 0
    file = tmp_path / "shop" / "customs.toml"
    file.write_text(file.read_text("utf-8") + DESTINATION, "utf-8")
    return tmp_path


def in_spite_of_faults(doing: Callable[[], Any], until: float) -> Any:
    """Do something with the database, again if it is down."""
    while True:
        try:
            return doing()
        except LedgerError:
            assert monotonic() < until


def take(ledger: Ledger, parcels: list[Declaration]) -> None:
    with ledger.begin() as connection:
        take_in(connection, "shop", parcels, at=instant(system_clock()), hooks=("wms",))


def left(ledger: Ledger) -> int:
    """How many orders have not ended, and calls have not been taken."""
    orders, calls = HUB_ORDERS.c, HUB_CALLS.c
    with ledger.read() as connection:
        ended = select(func.count()).where(orders.stage == OrderStage.DECLARED, orders.node.in_(sorted(ENDS)))
        every = connection.sql.execute(select(func.count()).select_from(HUB_ORDERS)).scalar_one()
        waiting = connection.sql.execute(select(func.count()).where(calls.state == "waiting")).scalar_one()
        return int(every - connection.sql.execute(ended).scalar_one() + waiting)


def test_workers_databases_and_offices_fall_and_no_parcel_is_lost_or_declared_twice(folder: Path) -> None:
    if programs() is None:
        absent("PostgreSQL is not installed")
    chance, told, begun = Random(20261111), Told(), monotonic()  # noqa: S311  drawn by seed
    parcels = iter(sample_parcels(100_000, seed=11, mode="1210"))
    with ExitStack() as held:
        server = held.enter_context(postgres_running())
        server.run("CREATE DATABASE hub")
        port = held.enter_context(warehouse(told))
        (folder / "hub.toml").write_text(SETTINGS.format(url=server.url("hub"), port=port))
        assert run("ledger", "upgrade", "--config", folder / "hub.toml").exit_code == 0
        processes = Processes(folder)
        processes.start()
        ledger = held.enter_context(open_ledger(server.url("hub"), load_keys(folder / "ledger.key")))
        given = 0
        faults = 0
        while monotonic() - begun < MINUTES * 60 or faults < FEW:
            part = [next(parcels) for _ in range(A_PART)]
            in_spite_of_faults(partial(take, ledger, part), monotonic() + LAST)
            given += len(part)
            processes.hear(chance.randrange(1, 6))
            fault(chance, faults, processes, server)
            faults += 1
        until = monotonic() + LAST + given / 5
        while in_spite_of_faults(lambda: left(ledger), until):
            assert monotonic() < until, "some orders did not end"
            try:
                processes.said.get(timeout=1.0)
            except queue.Empty:
                continue
        processes.stop()
        assert {each.returncode for each in processes.workers} == {0}
        assert_whole(ledger, given, told)
    with closing(ServedOffice(folder / "office", clock=system_clock)) as office:
        office.waiting("folder")  # all that was taken is worked on
        counts = office.office.counts()
    assert len(counts) == 4 * given
    assert {each.accepted for each in some(counts.values())} == {1}


def fault(chance: Random, number: int, processes: Processes, server: Postgres) -> None:
    """Make a fault: each kind once, then by chance."""
    kind = number % 4 if number < 4 else chance.randrange(8)
    if kind == 1:
        server.stop("immediate")
        server.start(forced=False)
    elif kind == 2:
        processes.kill_office()
    else:
        processes.kill_worker(chance.randrange(WORKERS))


def assert_whole(ledger: Ledger, given: int, told: Told) -> None:
    """Each order has ended where its answers say, and the warehouse was told each of its nodes in order."""
    with ledger.read() as connection:
        orders = connection.sql.execute(
            select(HUB_ORDERS.c.id, HUB_ORDERS.c.node, HUB_ORDERS.c.platform_code, HUB_ORDERS.c.order_no)
        ).all()
        states = dict(states_of(connection, [row.id for row in orders]))
        calls: dict[int, list[tuple[str, str]]] = {}
        for row in connection.sql.execute(
            select(HUB_CALLS.c.id, HUB_CALLS.c.order, HUB_CALLS.c.body).order_by(HUB_CALLS.c.id)
        ):
            calls.setdefault(row.order, []).append((f"call-{row.id}", json.loads(row.body)["node"]))
        nodes = connection.sql.execute(select(func.count()).select_from(HUB_NODES)).scalar_one()
    assert len(orders) == given
    for order, node, platform_code, order_no in some(orders):
        assert node == "released"
        assert states[order].node == track(states[order].history).node == node
        assert list(told.calls[f"{platform_code}/{order_no}"].items()) == calls[order]
    assert sum(len(each) for each in told.calls.values()) == nodes
