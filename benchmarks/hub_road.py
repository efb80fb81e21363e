"""Parcels through a hub end to end (枢纽全程), from their intake to the release told to a warehouse, in one run: `make bench`.

Parcels go in waves through a hub of one enterprise, with the simulated office and the database on the same machine: taken in,
declared, sent, answered by the office, received, folded into states, told. The office is a process of its own, as customs is:
it answers while the hub declares what comes next. On PostgreSQL the hub has two workers, of which one declares and sends, the
other receives, folds and tells; on SQLite, where one writes at a time, it has one. The yardstick is ``prepare_many`` over the
parcels of all waves, in the process that declares; the figure is the share of its rate. Another number of parcels in a wave
and of waves are arguments: ``python -m benchmarks.hub_road 1000 4``. PostgreSQL runs where it is installed, as it comes.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from multiprocessing import Pipe, get_context
from time import perf_counter

from sqlalchemy import func, select

import customs
from benchmarks.ledger import databases
from benchmarks.measure import save
from benchmarks.office_elsewhere import Line, OfficeElsewhere, office_elsewhere, way_to
from customs.declaration import Declaration
from customs.hub.calls.making import CallOutcome, Hook, HubCall, make_calls
from customs.hub.orders.nodes import MAY_SHIP
from customs.hub.orders.taking_in import take_in
from customs.hub.service.collecting import collecting_seldom
from customs.hub.store.tables import HUB_ORDERS
from customs.hub.turns.turn import declare_turn, fold_turn, steps_turn
from customs.ledger import Ledger, open_ledger, upgrade
from customs.signing import Signer
from customs.testing import issue_test_key, sample_parcels
from customs.testing.hub import PORT, HubRehearsal, rehearse_hub
from customs.testing.night import WAREHOUSE
from customs.testing.parcels import DECLARANT
from support.ledgers import KEYS

#: Parcels of a wave, and waves.
WAVE, WAVES = 1_000, 6

#: Orders that come with one request.
REQUEST = 200

#: The time between two requests.
APART = timedelta(seconds=15)

EIGHT = datetime(2026, 11, 11, 8)

#: The minutes that pass before the office is asked: all is released within them.
WAITS = (5, 5)


@dataclass
class Road:
    """The road of waves of parcels through a hub, with the seconds of each step."""

    ledger: Ledger
    signer: Signer
    hub: HubRehearsal
    parcels: Iterator[Declaration]
    spent: dict[str, float] = field(default_factory=dict)
    released: int = 0

    def wave(self, count: int) -> None:
        """Take parcels from their intake to their release, with an office in this process."""
        hub, office = self.hub, self.hub.rehearsal.office
        self._declare(list(islice(self.parcels, count)))
        for minutes in WAITS:
            hub.rehearsal.now += timedelta(minutes=minutes)
            with self._step("the office"):
                hub.way.arrived([(each.name, each.content) for each in office.due()])
            self._answered()
        self._all_released(count)

    def waves(self, count: int, waves: int, way: OfficeElsewhere) -> tuple[float, float]:
        """Take waves of parcels from their intake to their release, each declared while the office answers the one before;
        return the seconds that this takes, and those of ``prepare_many`` over all parcels.
        """
        hub, self.hub.way = self.hub, way
        each_wave, yardstick = self._drawn(count, waves)
        start = perf_counter()
        for place, parcels in enumerate([*each_wave, *[[] for _ in WAITS]]):
            self._declare(parcels)
            if place:
                with self._step("wait for the office"):
                    way.hear()
                self._answered()
            hub.rehearsal.now += timedelta(minutes=WAITS[0])
            way.ask()
        spent = perf_counter() - start
        way.hear()
        self._all_released(count * waves)
        return spent, yardstick

    def declare_only(
        self, count: int, waves: int, way: OfficeElsewhere, released: Callable[[], object]
    ) -> tuple[float, float]:
        """Take waves of parcels in, declare and send them, and wait until another worker has ``released`` them; return the
        seconds as ``waves`` does.
        """
        self.hub.way = way
        each_wave, yardstick = self._drawn(count, waves)
        start = perf_counter()
        for parcels in each_wave:
            self._declare(parcels)
        self.hub.rehearsal.now += timedelta(minutes=WAITS[0])
        way.tell_time()
        released()
        spent = perf_counter() - start
        self._all_released(count * waves)
        return spent, yardstick

    def release_only(self, count: int, way: OfficeElsewhere) -> None:
        """Receive and fold what the office answers to another worker, and tell it, until all parcels are released."""
        self.hub.way = way
        while _released(self.ledger) < count:
            way.ask_others_time()
            with self._step("wait for answers"):
                way.hear()
            self._answered()

    def _drawn(self, count: int, waves: int) -> tuple[list[list[Declaration]], float]:
        """Return waves of parcels, and the seconds of ``prepare_many`` over them."""
        drawn = [list(islice(self.parcels, count)) for _ in range(waves)]
        return drawn, sum(min(_prepared(parcels, self.signer) for _ in range(2)) for parcels in drawn)

    def _declare(self, parcels: Sequence[Declaration]) -> None:
        """Take parcels in, declare and send them, request by request, some seconds apart."""
        hub = self.hub
        for start in range(0, len(parcels), REQUEST):
            hub.rehearsal.now += APART
            with self._step("take in"), self.ledger.begin() as connection:
                part = parcels[start : start + REQUEST]
                take_in(connection, hub.enterprise.name, part, at=hub.now, hooks=hub.enterprise.hooks)
            with self._step("declare"):
                _until_nothing(lambda: declare_turn(self.ledger, hub.enterprise, now=hub.now).taken)
            with self._step("send"):
                hub.send()

    def _all_released(self, count: int) -> None:
        self.released += count
        assert _released(self.ledger) == self.released, "every parcel comes to its release"

    def _answered(self) -> None:
        hub = self.hub
        with self._step("receive"):
            hub.receive()
        with self._step("fold"):
            _until_nothing(lambda: fold_turn(self.ledger, hub.enterprise, PORT, now=hub.now))
        with self._step("steps"):
            steps_turn(self.ledger, hub.enterprise, now=hub.now)
        with self._step("tell"):
            hooks = {WAREHOUSE.name: WAREHOUSE}
            _until_nothing(lambda: make_calls(self.ledger, hooks, _take, now=hub.now, most=500))

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        start = perf_counter()
        yield
        self.spent[name] = self.spent.get(name, 0.0) + perf_counter() - start


def _until_nothing(turn: Callable[[], object]) -> None:
    while turn():
        pass


def _take(call: HubCall, hook: Hook) -> CallOutcome:
    return CallOutcome(call=call, taken=True)


def _prepared(parcels: Sequence[Declaration], signer: Signer) -> float:
    run = customs.Run(on=EIGHT.date(), clock=customs.fixed_clock(EIGHT), guids=customs.seeded_guids(1), signer=signer)
    start = perf_counter()
    assert sum(len(each.parcels) for each in run.prepare_many(parcels) if each.messages) == len(parcels)
    return perf_counter() - start


def _released(ledger: Ledger) -> int:
    """Return how many orders customs has released; a day later it closes their lists."""
    with ledger.read() as connection:
        wanted = select(func.count()).where(HUB_ORDERS.c.node.in_(MAY_SHIP))
        return int(connection.sql.execute(wanted).scalar_one())


@contextmanager
def road_on(url: str) -> Iterator[Road]:
    """Yield a road over a fresh ledger, whose parcels never end."""
    upgrade(url)
    with _road(url) as road:
        yield road


@contextmanager
def _road(url: str) -> Iterator[Road]:
    signer = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)).signer()
    with open_ledger(url, KEYS) as ledger, collecting_seldom():
        hub = rehearse_hub(ledger, EIGHT, signer, hooks=(WAREHOUSE.name,))
        yield Road(ledger, signer, hub, sample_parcels(10**9, seed=7, mode="1210"))


def measured(url: str, count: int, waves: int) -> tuple[float, Mapping[str, float]]:
    """Return the share of the rate of ``prepare_many``, and the microseconds of a parcel by step."""
    with road_on(url) as road, office_elsewhere(EIGHT) as (line, other):
        way = way_to(line, road.hub.rehearsal)
        if url.startswith("sqlite"):
            spent, yardstick = road.waves(count, waves, way)
        else:
            here, there = Pipe()
            worker = get_context("spawn").Process(target=_second_worker, args=(url, other, count * waves, there))
            worker.start()
            here.recv()
            spent, yardstick = road.declare_only(count, waves, way, lambda: road.spent.update(here.recv()))
            worker.join()
    seconds = {"prepare_many": yardstick, **road.spent, "all": spent}
    return yardstick / spent, {name: each / count / waves * 1e6 for name, each in seconds.items()}


def _second_worker(url: str, line: Line, count: int, told: Line) -> None:
    """Receive, fold and tell beside the worker that declares; say what each step took."""
    with _road(url) as road:
        told.send("ready")
        road.release_only(count, way_to(line, road.hub.rehearsal))
        told.send(road.spent)


def main() -> None:
    given = [int(each) for each in sys.argv[1:]]
    count, waves = [*given, WAVE, WAVES][0], [*given[1:], WAVES][0]
    ratios, microseconds = dict[str, float](), dict[str, Mapping[str, int]]()
    with ExitStack() as stack:
        for database, url_of in databases(stack).items():
            share, spent = measured(url_of("hub"), count, waves)
            ratios[f"parcels end to end through the hub, to prepare_many, {database}"] = round(share, 3)
            microseconds[database] = {name: round(each) for name, each in spent.items()}
            for name, each in spent.items():
                print(f"{name:20}{database:12}{each:10.0f} microseconds a parcel")
            print(f"share of prepare_many, {database}: {share:.3f}")
    save("hub_road", ("sqlalchemy", "pydantic"), parcels=count, waves=waves, microseconds=microseconds, ratios=ratios)


if __name__ == "__main__":
    main()
