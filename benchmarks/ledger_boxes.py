"""Messages and receipts through the ledger's boxes beside bare INSERTs of the same bytes into the same database: `make bench`.

Put: messages of one document, each in a transaction of its own, and a hundred in one, as ``declare`` does. Sent: the messages
are put, claimed, handed over by a way that takes them at once, four together as the folder way or one by one, and entered as
handed over. Received: receipts are
read, stored a hundred at a time, and confirmed. The yardstick inserts the same bytes into a plain table by the driver
alone, one row a transaction; for a hundred messages in one transaction a hundred rows in one. PostgreSQL runs where it is
installed, as it comes: each commit waits for the disk. The works take turns; each ratio is the median of those of the rounds.
"""

import gc
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from functools import partial
from itertools import count
from random import Random
from statistics import median
from time import perf_counter
from typing import Any, Protocol

from benchmarks.exchange import CLOCK, MORNING, incoming, outgoing_singly
from benchmarks.ledger import databases
from benchmarks.measure import ratio, save
from customs.exchange.contract import Delivery, HandedOver, Item
from customs.exchange.receiving import ReceiveConditions, receive
from customs.exchange.sending import SendConditions, send_due
from customs.ledger import Ledger, open_ledger, upgrade
from customs.ledger.exchange import open_ledger_inbox, open_ledger_outbox, put_messages
from support.ledgers import KEYS

ROUNDS = 15

_NUMBERS = count()


class Bare(Protocol):
    """A plain table of the database, into which the driver alone inserts."""

    def insert(self, contents: Sequence[bytes]) -> None:
        """Insert rows in one transaction."""
        ...


class BareSqlite:
    def __init__(self, url: str) -> None:
        self._database = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
        self._database.execute("PRAGMA synchronous = FULL")
        self._database.execute("CREATE TABLE IF NOT EXISTS bare(id INTEGER PRIMARY KEY, content BLOB)")

    def insert(self, contents: Sequence[bytes]) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        for each in contents:
            self._database.execute("INSERT INTO bare(content) VALUES (?)", (each,))
        self._database.execute("COMMIT")

    def close(self) -> None:
        self._database.close()


class BarePostgres:
    def __init__(self, url: str) -> None:
        import psycopg

        self._server = psycopg.connect(url, autocommit=True)
        self._server.execute("CREATE TABLE IF NOT EXISTS bare(id BIGSERIAL PRIMARY KEY, content BYTEA)")

    def insert(self, contents: Sequence[bytes]) -> None:
        with self._server.transaction():
            for each in contents:
                self._server.execute("INSERT INTO bare(content) VALUES (%s)", (each,))

    def close(self) -> None:
        self._server.close()


class Taking:
    """A way to another side that takes what it is given at once, and has receipts."""

    can_confirm, can_lookup, gives_parts = True, False, False

    def __init__(self, receipts: Sequence[bytes] = ()) -> None:
        self._receipts = receipts

    def hand_over(self, delivery: Delivery) -> HandedOver:
        return HandedOver(outcome="sent")

    def lookup(self, delivery: Delivery) -> HandedOver:
        return HandedOver(outcome="unknown")

    def fetch(self) -> Iterator[Item]:
        for number, content in enumerate(self._receipts):
            yield Item(name=f"{number}.xml", content=content)

    def confirm(self, item: Item) -> None:
        pass

    def close(self) -> None:
        pass


class TakingFour(Taking):
    """A way that makes four messages ready at a time, as the folder way does."""

    most_staged = 4

    def stage(self, deliveries: Sequence[Delivery]) -> tuple[None, ...]:
        return (None,) * len(deliveries)

    def hand_over_staged(self, deliveries: Sequence[Delivery]) -> tuple[HandedOver, ...]:
        return tuple(self.hand_over(each) for each in deliveries)


def singly(bare: Bare, contents: Sequence[bytes]) -> None:
    for each in contents:
        bare.insert([each])


def put_singly(ledger: Ledger, messages: Sequence[Delivery]) -> None:
    name = f"port{next(_NUMBERS)}"
    for each in messages:
        with ledger.begin() as connection:
            put_messages(connection, name, [each], at=MORNING)


def put_together(ledger: Ledger, messages: Sequence[Delivery]) -> None:
    with ledger.begin() as connection:
        put_messages(connection, f"port{next(_NUMBERS)}", messages, at=MORNING)


def send(ledger: Ledger, messages: Sequence[Delivery], way: Taking) -> None:
    with open_ledger_outbox(ledger, f"port{next(_NUMBERS)}") as outbox:
        outbox.put(messages, at=MORNING)
        report = send_due(outbox, way, SendConditions(clock=CLOCK, chance=Random(1)))  # noqa: S311  a jitter
        assert report.handed_over == len(messages)


def take_in(ledger: Ledger, receipts: Sequence[bytes]) -> None:
    with open_ledger_inbox(ledger, f"port{next(_NUMBERS)}") as inbox:
        assert receive(inbox, Taking(receipts), ReceiveConditions(clock=CLOCK)).receipts == len(receipts)


def works(
    ledger: Ledger, bare: Bare, messages: Sequence[Delivery], receipts: Sequence[bytes]
) -> dict[str, tuple[Callable[[], object], int]]:
    """What is done, and with how many things."""
    contents = [each.content for each in messages]
    hundred = list(messages)[:100]
    return {
        "bare, messages": (partial(singly, bare, contents), len(contents)),
        "put": (lambda: put_singly(ledger, messages), len(messages)),
        "bare, 100 together": (lambda: bare.insert([each.content for each in hundred]), len(hundred)),
        "put, 100 together": (lambda: put_together(ledger, hundred), len(hundred)),
        "sent": (lambda: send(ledger, messages, TakingFour()), len(messages)),
        "sent one by one": (lambda: send(ledger, messages, Taking()), len(messages)),
        "bare, receipts": (partial(singly, bare, receipts), len(receipts)),
        "received": (lambda: take_in(ledger, receipts), len(receipts)),
    }


def measured(url: str, messages: Sequence[Delivery], receipts: Sequence[bytes]) -> dict[str, list[float]]:
    """Return the seconds that each work takes for one of its things, in each round."""
    upgrade(url)
    kind: Any = BareSqlite if url.startswith("sqlite") else BarePostgres
    with open_ledger(url, KEYS) as ledger, closing(kind(url)) as bare:
        spent: dict[str, list[float]] = {}
        for _ in range(ROUNDS):
            for name, (work, things) in works(ledger, bare, messages, receipts).items():
                gc.collect()
                start = perf_counter()
                work()
                spent.setdefault(name, []).append((perf_counter() - start) / things)
    return spent


#: What is compared, in the words of the board, with the yardstick of each.
COMPARED = {
    "messages put into the ledger's outbox": ("put", "bare, messages"),
    "messages put into the ledger's outbox by the hundred": ("put, 100 together", "bare, 100 together"),
    "messages through the ledger's outbox": ("sent", "bare, messages"),
    "messages through the ledger's outbox one by one": ("sent one by one", "bare, messages"),
    "receipts through the ledger's inbox": ("received", "bare, receipts"),
}


def main() -> None:
    messages, receipts = outgoing_singly(), incoming()
    ratios, rates = dict[str, float](), dict[str, int]()
    with ExitStack() as stack:
        for database, url_of in databases(stack).items():
            spent = measured(url_of("boxes"), messages, receipts)
            for name, seconds in spent.items():
                rates[f"{name}, {database}"] = round(1 / median(seconds))
                print(f"{name:24}{database:12}{1 / median(seconds):10.0f} a second")
            for name, (mine, other) in COMPARED.items():
                ratios[f"{name}, to bare insertions, {database}"] = 1 / ratio(spent[mine], spent[other])
    for name, figure in ratios.items():
        print(f"{name:84}{figure:6.2f}")
    save(
        "ledger_boxes",
        ("sqlalchemy",),
        messages=len(messages),
        receipts=len(receipts),
        per_second=rates,
        ratios={name: round(figure, 3) for name, figure in ratios.items()},
    )


if __name__ == "__main__":
    main()
