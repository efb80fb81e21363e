"""Three workers on PostgreSQL, while workers, database and office fall, a clock is set back, and disks are full.

No parcel is lost, none is declared twice, every change is told in order, and where each stands is what its answers say.
``make soak`` goes on for ten minutes; without it each fault is made once and the rest is waited for.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import func, select

from customs.declaration import Declaration
from customs.exchange.outbox import instant
from customs.fields.moments import system_clock
from customs.hub.orders.stages import OrderStage
from customs.hub.orders.taking_in import take_in
from customs.hub.store.tables import HUB_CALLS, HUB_NODES, HUB_ORDERS
from customs.hub.turns.folding import states_of
from customs.ledger import Ledger, load_keys, open_ledger
from customs.ledger.engines import LedgerError
from customs.ledger.exchange.tables import EXCHANGE_EVENTS
from customs.office.served import ServedOffice
from customs.receipts.lifecycle import track
from customs.testing import sample_parcels
from customs.testing.night import ENDS
from support import absent, some
from support.command_line import run
from support.hub_processes import WORKERS, HubProcesses
from support.postgres import Postgres, postgres_running, programs
from support.told_warehouse import Told, warehouse

#: Minutes for which faults are made; without any there are a few.
MINUTES = float(os.environ.get("CUSTOMS_SOAK", "0"))

A_PART = 8

#: Seconds until everything has ended after the last fault; after many a destination is tried a quarter of an hour later.
LAST = 1500.0 if MINUTES else 240.0

#: Seconds by which a clock is set back: some minutes, and a day.
BACK = (420, 86_400)

#: How often it is waited for what the workers say while a clock is wrong.
TURNS = 20

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


@dataclass
class Soak:
    """A hub that is soaked: its processes and its database, the parcels that it was given, and the faults as they are drawn."""

    ledger: Ledger
    processes: HubProcesses
    server: Postgres
    chance: Random
    parcels: Iterator[Declaration]
    given: int = 0

    def give(self, slow: timedelta = timedelta()) -> None:
        """Give the hub some orders more, by a clock that may be slow."""
        part = list(islice(self.parcels, A_PART))

        def take() -> None:
            with self.ledger.begin() as connection:
                take_in(connection, "shop", part, at=instant(system_clock() - slow), hooks=("wms",))

        in_spite_of_faults(take, monotonic() + LAST)
        self.given += len(part)

    def fault(self, number: int) -> None:
        """Make a fault: each kind once, then by chance."""
        make = FAULTS[number] if number < len(FAULTS) else self.chance.choice(FAULTS)
        make(self)

    def met(self, befallen: Callable[[], bool]) -> None:
        """Wait until a fault has met a worker."""
        until = monotonic() + LAST
        while not in_spite_of_faults(befallen, until):
            assert monotonic() < until, "the fault met nobody"
            self.processes.hear_if_any()

    def refused_by_the_disk(self) -> int:
        """How often a message could not be written into the folder of the client."""
        wanted = select(func.count()).where(EXCHANGE_EVENTS.c.said.contains("larger than this process may write"))
        with self.ledger.read() as connection:
            return int(connection.sql.execute(wanted).scalar_one())

    def wait(self) -> None:
        """Wait until every order has ended."""
        until = monotonic() + LAST + self.given / 5
        while in_spite_of_faults(lambda: left(self.ledger), until):
            assert monotonic() < until, "some orders did not end"
            self.processes.hear_if_any()


def left(ledger: Ledger) -> int:
    """How many orders have not ended, and calls have not been taken."""
    orders, calls = HUB_ORDERS.c, HUB_CALLS.c
    with ledger.read() as connection:
        ended = select(func.count()).where(orders.stage == OrderStage.DECLARED, orders.node.in_(sorted(ENDS)))
        every = connection.sql.execute(select(func.count()).select_from(HUB_ORDERS)).scalar_one()
        waiting = connection.sql.execute(select(func.count()).where(calls.state == "waiting")).scalar_one()
        return int(every - connection.sql.execute(ended).scalar_one() + waiting)


@pytest.mark.long
def test_workers_databases_and_offices_fall_and_no_parcel_is_lost_or_declared_twice(folder: Path) -> None:
    if programs() is None:
        absent("PostgreSQL is not installed")
    told, begun = Told(), monotonic()
    parcels = iter(sample_parcels(100_000, seed=11, mode="1210"))
    with ExitStack() as held:
        server = held.enter_context(postgres_running())
        server.run("CREATE DATABASE hub")
        port = held.enter_context(warehouse(told))
        (folder / "hub.toml").write_text(SETTINGS.format(url=server.url("hub"), port=port))
        assert run("ledger", "upgrade", "--config", folder / "hub.toml").exit_code == 0
        let_disks_fill(server)
        processes = HubProcesses(folder)
        held.enter_context(processes.running())
        ledger = held.enter_context(open_ledger(server.url("hub"), load_keys(folder / "ledger.key")))
        soak, faults = Soak(ledger, processes, server, Random(20261111), parcels), 0  # noqa: S311  drawn by seed
        while monotonic() - begun < MINUTES * 60 or faults < len(AT_LEAST):
            soak.give()
            processes.hear(soak.chance.randrange(1, 6))
            soak.fault(faults)
            faults += 1
        soak.wait()
        processes.stop()
        assert {each.returncode for each in processes.workers} == {0}
        assert_whole(ledger, soak.given, told)
        sys.stdout.write(f"{faults} faults, {soak.given} orders, {monotonic() - begun:.0f} s\n")
    with closing(ServedOffice(folder / "office", clock=system_clock)) as office:
        office.waiting("folder")  # all that was taken is worked on
        counts = office.office.counts()
    assert len(counts) == 4 * soak.given
    assert {each.accepted for each in some(counts.values())} == {1}


def a_worker_is_killed(soak: Soak) -> None:
    soak.processes.kill_worker(soak.chance.randrange(WORKERS))


def the_database_falls(soak: Soak) -> None:
    soak.server.stop("immediate")
    soak.server.start(forced=False)


def the_office_is_killed(soak: Soak) -> None:
    soak.processes.kill_office()


def a_clock_is_set_back(soak: Soak) -> None:
    """The clock of one worker is set back for some seconds while it works, and orders come in by it."""
    slow, back = soak.chance.randrange(WORKERS), soak.chance.choice(BACK)
    soak.processes.set_back(slow, back)
    soak.give(slow=timedelta(seconds=back))
    for _ in range(TURNS):
        soak.processes.hear_if_any()
    soak.processes.set_back(slow, 0)


def the_disk_of_the_boxes_is_full(soak: Soak) -> None:
    """No worker can write a file for a while, and there is something to send."""
    known = soak.refused_by_the_disk()
    with ExitStack() as full:
        for place in range(WORKERS):
            full.enter_context(soak.processes.disk_full(place))
        soak.give()
        soak.met(lambda: soak.refused_by_the_disk() > known)


def the_disk_of_the_database_is_full(soak: Soak) -> None:
    """The database refuses all that is written for a while, as PostgreSQL does when its disk is full."""
    log = soak.server.folder / "log"
    known = log.read_text("utf-8").count(NO_SPACE)
    soak.server.run(FULL.format(does=REFUSES), "hub")
    soak.met(lambda: log.read_text("utf-8").count(NO_SPACE) > known)
    soak.server.run(FULL.format(does="RETURN NULL;"), "hub")


FAULTS = (
    a_worker_is_killed,
    the_database_falls,
    the_office_is_killed,
    a_clock_is_set_back,
    the_disk_of_the_database_is_full,
    the_disk_of_the_boxes_is_full,
)

#: Those that are made without ``make soak``: a box whose disk was full is tried again half a minute later.
AT_LEAST = FAULTS if MINUTES else FAULTS[:-1]

NO_SPACE = "could not extend file: No space left on device"

REFUSES = f"RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = '{NO_SPACE}';"

FULL = "CREATE OR REPLACE FUNCTION disk_of_the_test() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does} END $$"


def let_disks_fill(server: Postgres) -> None:
    """Have all that is written to the tables of the hub ask whether there is room."""
    server.run(FULL.format(does="RETURN NULL;"), "hub")
    server.run(
        """DO $$ DECLARE name text; BEGIN
        FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
            EXECUTE format('CREATE TRIGGER disk BEFORE INSERT OR UPDATE ON %I EXECUTE FUNCTION disk_of_the_test()', name);
        END LOOP; END $$""",
        "hub",
    )


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
