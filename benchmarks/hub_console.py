"""The console of a hub with a million parcels and fifty thousand cases (控制台规模), in PostgreSQL: `make bench`.

``benchmarks.console_fill`` says what is in the database. Each page of the console is asked for again and again by an
administrator, in process; then fifty people click through all pages for a minute at a hub that is served, and what they do
not get is counted. The number of parcels and the folder of the database are arguments: ``python -m benchmarks.hub_console
100000 FOLDER`` fills the folder once, and finds it filled from then on.
"""

import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, sleep

import httpx2
from sqlalchemy import func, select
from starlette.testclient import TestClient

from benchmarks.console_fill import BOOK, DAYS, RECENT, fill, hub_of
from benchmarks.hub_size import Spent
from benchmarks.measure import save
from customs.exchange.receivers.serving import bound, server_of
from customs.fields.moments import Clock
from customs.hub.alarms.tables import HUB_ALARM_LOOKS
from customs.hub.enterprises.belongings import EVERYTHING
from customs.hub.settings.console_place import ConsolePlace
from customs.hub.store.tables import HUB_ORDERS
from customs.hub.web.counting import CountingProcess
from customs.hub.web.people import EVERYWHERE, add_person, set_password, set_roles
from customs.hub.web.roles import ConsoleRole
from customs.hub.web.service import GIVES_WAY, ConsoleService
from customs.hub.web.sessions import open_session
from customs.hub.web.tables import HUB_PEOPLE
from customs.hub.web.visits import order_path
from customs.ledger import Ledger, open_ledger, upgrade
from customs.testing import issue_test_key
from customs.testing.hub import rehearse_hub
from customs.testing.parcels import DECLARANT
from support.console import CHEAP, PASSWORD, mounted
from support.console_pages import CONSOLE_PAGES
from support.ledgers import KEYS
from support.postgres import Postgres, postgres_in

#: Parcels, and parcels to a case.
PARCELS, PARCELS_OF_A_CASE = 1_000_000, 20

#: How often each page is asked for, people that click at once, and for how many seconds.
TIMES, PEOPLE, SECONDS = 40, 50, 60

#: Answers of pages: whole, with figures that are still counted, or with more parcels in a month than a page compares.
ANSWERS = (HTTPStatus.OK, HTTPStatus.ACCEPTED, HTTPStatus.CONFLICT)

#: The pages: those of the list but of providers with whom nothing is settled here, one case, one article.
PAGES = (
    *(path for path, _ in CONSOLE_PAGES if not path.startswith("/settlements/providers")),
    "/cases/CASE",
    "/knowledge/7",
)


@contextmanager
def database_of(folder: Path, parcels: int) -> Iterator[str]:
    """Yield the URL of a filled database in a folder; it is filled if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    with postgres_in(folder.resolve()) as server:
        name, start = f"console{parcels}", perf_counter()
        if not _known(server, name):
            server.run(f"DROP DATABASE IF EXISTS {name}_begun")
            server.run(f"CREATE DATABASE {name}_begun")
            with hub_of(server.url(f"{name}_begun")) as road:
                fill(road, parcels, parcels // PARCELS_OF_A_CASE, lambda said: print(f"  {said}", flush=True))
            server.run(f"ALTER DATABASE {name}_begun RENAME TO {name}")
        upgrade(server.url(name))
        print(f"{parcels:,} parcels are there after {perf_counter() - start:.0f} s", flush=True)
        yield server.url(name)


def _known(server: Postgres, name: str) -> bool:
    import psycopg

    with psycopg.connect(server.url("postgres")) as connection:
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
    return found is not None


@dataclass
class Hands:
    """A clock that goes on by half a minute whenever it is moved, so that nothing is shown that was kept for the last look."""

    moment: datetime

    def __call__(self) -> datetime:
        return self.moment

    def move(self) -> None:
        self.moment += timedelta(seconds=30)


def filled_at(ledger: Ledger) -> datetime:
    """Return the time at which the alarms of a filled hub were looked at."""
    with ledger.read() as connection:
        found: datetime = connection.sql.execute(select(func.max(HUB_ALARM_LOOKS.c.at))).scalar_one()
    return found


def service_of(ledger: Ledger, counter: CountingProcess, clock: Clock) -> ConsoleService:
    """Return the console of a filled hub, which counts, and whose threads give way, as in ``customs hub serve``."""
    sys.setswitchinterval(GIVES_WAY)
    signer = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)).signer()
    hub = rehearse_hub(ledger, clock(), signer)
    shop = replace(hub.enterprise, belongings=EVERYTHING)
    return ConsoleService(ledger=ledger, enterprises={"shop": shop}, clock=clock, passwords=CHEAP, counter=counter)


def token_of(ledger: Ledger, now: datetime) -> str:
    """Return the session of the administrator."""
    with ledger.begin() as connection:
        known = connection.sql.execute(select(HUB_PEOPLE.c.id).where(HUB_PEOPLE.c.name == "of-admin")).scalar()
        if known is None:
            known = add_person(connection, "of-admin", CHEAP.hashed(PASSWORD), at=now)
            set_roles(connection, known, EVERYWHERE, [ConsoleRole.ADMIN])
            set_password(connection, known, CHEAP.hashed(PASSWORD), at=now, changes=False)
        return open_session(connection, known, ConsolePlace(), now=now)


def addresses(ledger: Ledger, parcels: int) -> Iterator[str]:
    """Yield addresses of pages without end, page after page; of parcels and cases others each time."""
    chance = Random(7)  # noqa: S311  drawn by seed
    with ledger.read() as connection:
        recent = [chance.randint(1, int(parcels * RECENT / DAYS)) for _ in range(500)]
        orders = select(HUB_ORDERS.c.platform_code, HUB_ORDERS.c.order_no).where(HUB_ORDERS.c.id.in_(recent))
        paths = [order_path(*row) for row in connection.sql.execute(orders)]
    while True:
        for page in PAGES:
            case = chance.randint(1, parcels // PARCELS_OF_A_CASE)
            yield page.replace("/ORDER", chance.choice(paths)).replace("CASE", str(case)).replace("T3111W000076", BOOK)


def asked(ledger: Ledger, counter: CountingProcess, parcels: int) -> dict[str, Spent]:
    """Return what each page takes, asked for again and again in process."""
    now, ways = filled_at(ledger), addresses(ledger, parcels)
    hands, times = Hands(now), dict[str, list[float]]()
    client = TestClient(mounted(service_of(ledger, counter, hands)), base_url="http://localhost")
    client.cookies.set("customs_console", token_of(ledger, now))
    _counted(client)
    for _ in range(TIMES + 1):
        for page in PAGES:
            way = next(ways)
            start = perf_counter()
            answer = client.get(f"/console/e/shop{way}")
            times.setdefault(page, []).append((perf_counter() - start) * 1000)
            assert answer.status_code in ANSWERS, (way, answer.status_code)
        hands.move()
    return {
        page: Spent(median(each), quantiles(each, n=100, method="inclusive")[98]) for page, (_, *each) in times.items()
    }


def _counted(client: TestClient) -> None:
    """Ask for the pages whose figures are counted beside them until they are there, and tell how long that takes."""
    waited, start = (
        [each for each in PAGES if each.partition("?")[0] in ("/", "/reports", "/reports/support", "/bills/guarantee")],
        perf_counter(),
    )
    while waited:
        waited = [each for each in waited if client.get(f"/console/e/shop{each}").status_code == HTTPStatus.ACCEPTED]
        sleep(0.2)
    print(f"figures of pages counted for the first time in {perf_counter() - start:.0f} s", flush=True)


def serve(url: str, told: Connection) -> None:
    """Serve the console of a filled hub by its own time, and tell the port."""
    with open_ledger(url, KEYS) as ledger, closing(CountingProcess(url, KEYS)) as counter:
        begun, at = perf_counter(), filled_at(ledger)
        service = service_of(ledger, counter, lambda: at + timedelta(seconds=perf_counter() - begun))
        server, place = server_of(mounted(service)), bound("localhost", 0)
        told.send(place.getsockname()[1])
        server.run(sockets=[place])


def clicked(url: str, parcels: int) -> tuple[Spent, Counter[str]]:
    """Return what a page takes while many people click at once, and how often they got what."""
    context = get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=serve, args=(url, there))
    server.start()
    port, got, times = here.recv(), Counter[str](), list[float]()
    with open_ledger(url, KEYS) as ledger:
        token, now = token_of(ledger, filled_at(ledger)), perf_counter()
        ways = [islice(addresses(ledger, parcels), each, None) for each in range(PEOPLE)]

    def click(mine: Iterator[str]) -> None:
        with httpx2.Client(
            base_url=f"http://localhost:{port}", cookies={"customs_console": token}, timeout=30
        ) as client:
            while perf_counter() - now < SECONDS:
                start = perf_counter()
                try:
                    got[str(client.get(f"/console/e/shop{next(mine)}").status_code)] += 1
                except httpx2.HTTPError as error:
                    got[type(error).__name__] += 1
                times.append((perf_counter() - start) * 1000)

    people = [threading.Thread(target=click, args=(each,)) for each in ways]
    for each in people:
        each.start()
    for each in people:
        each.join()
    server.terminate()
    server.join()
    return Spent(median(times), quantiles(times, n=100, method="inclusive")[98]), got


def main() -> None:
    parcels = int(sys.argv[1]) if len(sys.argv) > 1 else PARCELS
    with ExitStack() as stack:
        place = sys.argv[2] if len(sys.argv) > 2 else stack.enter_context(TemporaryDirectory(prefix="customs-console-"))
        url = stack.enter_context(database_of(Path(place), parcels))
        with open_ledger(url, KEYS) as ledger, closing(CountingProcess(url, KEYS)) as counter:
            pages = asked(ledger, counter, parcels)
        for name, spent in sorted(pages.items(), key=lambda each: -each[1].median):
            print(f"{name:48}{spent.median:10.1f} ms{spent.p99:10.1f} ms at the 99th percentile", flush=True)
        together, got = clicked(url, parcels)
    print(
        f"{PEOPLE} people at once: {dict(got)}, {together.median:.0f} ms, {together.p99:.0f} ms at the 99th percentile"
    )
    ratios = {
        "slowest page of the console, median, to 100 ms": round(max(each.median for each in pages.values()) / 100, 3),
        "slowest page of the console, 99th percentile, to 300 ms": round(
            max(each.p99 for each in pages.values()) / 300, 3
        ),
        "pages that 50 people at once did not get": float(got.total() - sum(got[str(each.value)] for each in ANSWERS)),
    }
    for name, figure in ratios.items():
        print(f"{name:60}{figure:8.2f}")
    milliseconds = {name: each._asdict() for name, each in pages.items()}
    people = {"pages": got.total(), **together._asdict()}
    save(
        "hub_console",
        ("sqlalchemy", "fastapi"),
        parcels=parcels,
        milliseconds=milliseconds,
        people=people,
        ratios=ratios,
    )


if __name__ == "__main__":
    main()
