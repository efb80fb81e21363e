"""A recall of a lot of ten thousand parcels (批次召回), on SQLite and PostgreSQL: `make bench`.

The yardstick is the bare reading of the rows of the lot from the same database; beside it stands the second that a recall may
take. Counted is the time of the processor of this process. PostgreSQL runs where it is installed, as it comes.
"""

from collections import deque
from contextlib import ExitStack
from functools import partial

from sqlalchemy import select

from benchmarks.ledger import databases
from benchmarks.measure import in_turns, ratio, save
from customs.ledger import open_ledger, upgrade
from customs.ledger.database import LedgerConnection
from customs.ledger.trace import Recall, recall
from customs.ledger.trace.tables import TRACE_ENTRIES
from support.ledgers import KEYS
from support.lots import PARCELS, fill_lot
from support.traced import FIRST

ROUNDS = 5

#: The seconds that a recall of the lot may take.
MOST_SECONDS = 1.0


def recalled(connection: LedgerConnection) -> int:
    """Recall the lot; return how many parcels it has."""
    found = deque(enumerate(recall(connection, Recall(sku=FIRST, batch="B1")), 1), 1)
    return found[0][0]


def read(connection: LedgerConnection) -> int:
    """Read all rows of the table as the database has them; return how many parcels they tell of."""
    rows = connection.sql.execute(select(TRACE_ENTRIES)).all()
    return len(rows) // 4


def main() -> None:
    ratios: dict[str, float] = {}
    with ExitStack() as stack:
        for name, url_of in databases(stack).items():
            url = url_of("recalled")
            upgrade(url)
            with open_ledger(url, KEYS) as ledger:
                fill_lot(ledger)
                with ledger.read() as connection:
                    works = {"ours": partial(recalled, connection), "bare": partial(read, connection)}
                    spent = in_turns(works, ROUNDS)
            seconds = PARCELS * min(spent["ours"])
            print(f"{name:12}{seconds:8.2f} s for {PARCELS:,} parcels")
            ratios[f"recall of 10,000 parcels, to a second, {name}"] = seconds / MOST_SECONDS
            ratios[f"recall of 10,000 parcels, to reading their rows, {name}"] = ratio(spent["ours"], spent["bare"])
    rounded = {name: round(figure, 3) for name, figure in ratios.items()}
    for name, figure in rounded.items():
        print(f"{name:64}{figure:7.2f}")
    save("recall", ("sqlalchemy",), parcels=PARCELS, ratios=rounded)


if __name__ == "__main__":
    main()
