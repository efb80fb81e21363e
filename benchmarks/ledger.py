"""Reservations of the quota beside the bare ``INSERT ... RETURNING`` of the same database: `make bench`.

Sixteen processes reserve for one buyer, each in a transaction of its own: the buyer is looked up by the keyed hash, the
account is locked, the limit looked at, the entry appended with its cause. The yardstick has as many processes insert one
row a transaction into a plain table, by the driver alone. PostgreSQL runs where it is installed, as it comes: each commit
waits for the disk.
"""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from decimal import Decimal
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TypeAlias

from benchmarks.measure import save
from customs.ledger import open_ledger, upgrade
from customs.ledger.quota import QuotaOrder, reserve
from support.ledgers import KEYS
from support.postgres import Postgres, postgres_running, programs

PROCESSES, EACH, ROUNDS = 16, 63, 3
AT = datetime(2026, 11, 11, 8)
BUYER = ("1", "110101180001010011")

Work: TypeAlias = Callable[[str, int, Barrier], None]

_PLAIN = "CREATE TABLE plain(id INTEGER PRIMARY KEY, buyer TEXT, amount BIGINT, cause TEXT)"


def reserving(url: str, worker: int, begun: Barrier) -> None:
    with open_ledger(url, KEYS) as ledger:
        with ledger.begin() as connection:
            order = QuotaOrder(order=f"first{worker}", buyer=BUYER, amount=Decimal("0.01"))
            reserve(connection, order, at=AT)
        begun.wait()
        for number in range(EACH):
            order = QuotaOrder(order=f"P/{worker}-{number}", buyer=BUYER, amount=Decimal("10.00"))
            with ledger.begin() as connection:
                assert reserve(connection, order, at=AT).new


def inserting(url: str, worker: int, begun: Barrier) -> None:
    row = (BUYER[1], 1000, "order")
    if url.startswith("sqlite"):
        database = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=60, isolation_level=None)
        database.execute("PRAGMA synchronous = FULL")
        begun.wait()
        for _ in range(EACH):
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO plain(buyer, amount, cause) VALUES (?, ?, ?) RETURNING id", row).fetchone()
            database.execute("COMMIT")
        database.close()
        return
    import psycopg

    with psycopg.connect(url) as server:
        begun.wait()
        for _ in range(EACH):
            statement = "INSERT INTO plain(buyer, amount, cause) VALUES (%s, %s, %s) RETURNING id"
            server.execute(statement, row).fetchone()
            server.commit()


def spent(work: Work, url: str) -> float:
    """Seconds for all processes, from when all are ready."""
    context = get_context("spawn")
    begun = context.Barrier(PROCESSES + 1)
    workers = [context.Process(target=work, args=(url, each, begun)) for each in range(PROCESSES)]
    for each in workers:
        each.start()
    begun.wait()
    start = perf_counter()
    for each in workers:
        each.join()
    assert [each.exitcode for each in workers] == [0] * PROCESSES
    return perf_counter() - start


def databases(stack: ExitStack) -> dict[str, Callable[[str], str]]:
    """The databases of this machine: by the name of a database, its URL."""
    folder = Path(stack.enter_context(TemporaryDirectory(dir=Path.cwd())))
    found: dict[str, Callable[[str], str]] = {"SQLite": lambda name: f"sqlite:///{folder / name}.db"}
    if programs():
        server = stack.enter_context(postgres_running(forced=True))
        found["PostgreSQL"] = lambda name: made(server, name)
    return found


def made(server: Postgres, name: str) -> str:
    server.run(f"CREATE DATABASE {name}")
    return server.url(name)


def plain(url: str) -> str:
    """A database with a plain table."""
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute(_PLAIN)
        database.close()
        return url
    import psycopg

    with psycopg.connect(url) as server:
        server.execute(_PLAIN.replace("INTEGER PRIMARY KEY", "BIGSERIAL PRIMARY KEY"))
    return url


def ledger(url: str) -> str:
    upgrade(url)
    return url


def main() -> None:
    ratios = {}
    with ExitStack() as stack:
        for name, url_of in databases(stack).items():
            bare, ours = [], []
            for turn in range(ROUNDS):
                bare.append(spent(inserting, plain(url_of(f"plain{turn}"))))
                ours.append(spent(reserving, ledger(url_of(f"ledger{turn}"))))
            count = PROCESSES * EACH
            print(
                f"{name:12}{count / median(bare):10.0f} bare insertions a second{count / median(ours):10.0f} reservations"
            )
            ratios[f"reservations of one buyer by 16 processes, to bare insertions, {name}"] = median(
                [one / other for one, other in zip(bare, ours, strict=True)]
            )
    for name, figure in ratios.items():
        print(f"{name:80}{figure:6.2f}")
    rounded = {name: round(figure, 3) for name, figure in ratios.items()}
    save("ledger", ("sqlalchemy",), processes=PROCESSES, reservations=PROCESSES * EACH, ratios=rounded)


if __name__ == "__main__":
    main()
