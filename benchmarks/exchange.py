"""Messages through the outbox and receipts through the inbox, beside writing the same files with fsync alone: `make bench`.

Out: messages of one document, and of 100, are put, claimed, handed over by the folder way, and entered as handed
over. In: receipts are fetched from a folder, read, stored, confirmed, and stand as files. The yardstick writes the same
bytes into new files and forces each to the disk, and does nothing else. The works take turns, and each ratio is the
median of those of 15 rounds, since disks are noisy.
"""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

import customs
from benchmarks.measure import ratio, save
from customs.documents import Message, OrderReceipt
from customs.exchange.contract import Delivery
from customs.exchange.folders import FolderSettings, FolderWay
from customs.exchange.messages_in_files import delivery_of
from customs.exchange.receiving import ReceiveConditions, receive
from customs.exchange.sending import SendConditions, send_due
from customs.exchange.stored_inbox import open_inbox
from customs.exchange.stored_outbox import open_outbox
from customs.testing import sample_parcels
from customs.wire import write

MORNING = datetime(2026, 11, 11, 8)
CLOCK = customs.fixed_clock(MORNING)
PARCELS, SINGLE, RECEIPTS, ROUNDS = 3_000, 60, 200, 15


def run() -> customs.Run:
    guids = customs.random_guids
    return customs.Run(on=MORNING.date(), clock=CLOCK, guids=guids, only=("order", "payment", "waybill"))


def outgoing() -> list[Delivery]:
    """Messages of 100 documents."""
    batches = run().prepare_many(sample_parcels(PARCELS, seed=1, mode="1210"))
    return [delivery_of(each) for batch in batches for each in batch.messages]


def outgoing_singly() -> list[Delivery]:
    """Messages of one document."""
    parcels = sample_parcels(SINGLE, seed=3, mode="1210")
    return [delivery_of(each) for parcel in parcels for each in run().prepare(parcel).messages]


def incoming() -> list[bytes]:
    found = []
    for number, parcel in enumerate(sample_parcels(RECEIPTS, seed=2, mode="1210"), 1):
        guid = f"{number:08X}-0000-4000-8000-000000000000"
        receipt = OrderReceipt(
            guid=guid,
            platform_code=parcel.parties.platform_code,
            merchant_code=parcel.parties.merchant_code,
            order_no=parcel.order.order_no,
            return_status="120",
            returned_at=MORNING,
            return_info="[Code:1800;Desc:逻辑校验通过]",
        )
        found.append(write(Message(guid, (receipt,))))
    return found


def forced(place: Path, contents: list[bytes]) -> float:
    """Write files and force each to the disk: the yardstick. Return the seconds of each."""
    start = perf_counter()
    for number, content in enumerate(contents):
        descriptor = os.open(place / f"{number}.xml", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    return (perf_counter() - start) / len(contents)


@contextmanager
def desk(place: Path, contents: list[bytes]) -> Iterator[FolderWay]:
    """The folders of a client, with receipts that lie there."""
    for name in ("out", "in"):
        (place / name).mkdir(parents=True)
    for number, content in enumerate(contents):
        (place / "in" / f"{number}.xml").write_bytes(content)
    way = FolderWay(FolderSettings(root=place))
    try:
        yield way
    finally:
        way.close()


def through_the_outbox(place: Path, messages: list[Delivery]) -> float:
    """Put messages and hand them over; return the seconds of each, in a state folder that stands open."""
    with desk(place, []) as way, open_outbox(place / "state", "port") as outbox:
        start = perf_counter()
        outbox.put(messages, at=MORNING)
        report = send_due(outbox, way, SendConditions(clock=CLOCK, chance=Random(1)))  # noqa: S311  a jitter
        spent = perf_counter() - start
        assert report.handed_over == len(messages) == len(list((place / "out").iterdir()))
    return spent / len(messages)


def through_the_inbox(place: Path, receipts: list[bytes]) -> float:
    """Take in receipts that lie there; return the seconds of each, in a state folder that stands open."""
    with desk(place, receipts) as way, open_inbox(place / "state", "port") as inbox:
        conditions = ReceiveConditions(clock=CLOCK, folder=place / "receipts")
        start = perf_counter()
        assert receive(inbox, way, conditions).receipts == 0, "the first look sees that nothing grows"
        assert receive(inbox, way, conditions).receipts == len(receipts)
        return (perf_counter() - start) / len(receipts)


def main() -> None:
    messages, single, receipts = outgoing(), outgoing_singly(), incoming()
    works: dict[str, Callable[[Path], float]] = {
        "files of messages": lambda place: forced(place, [each.content for each in single]),
        "outbox": lambda place: through_the_outbox(place, single),
        "files of 100 documents": lambda place: forced(place, [each.content for each in messages]),
        "outbox, 100 documents": lambda place: through_the_outbox(place, messages),
        "files of receipts": lambda place: forced(place, receipts),
        "inbox": lambda place: through_the_inbox(place, receipts),
    }
    spent: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            with TemporaryDirectory(dir=Path.cwd()) as folder:
                gc.collect()
                spent[name].append(work(Path(folder)))
    ratios = {
        "messages through the outbox, to writing the files with fsync": 1
        / ratio(spent["outbox"], spent["files of messages"]),
        "messages of 100 documents through the outbox, to writing the files with fsync": 1
        / ratio(spent["outbox, 100 documents"], spent["files of 100 documents"]),
        "receipts through the inbox, to writing the files with fsync": 1
        / ratio(spent["inbox"], spent["files of receipts"]),
    }
    for name, seconds in spent.items():
        print(f"{name:24}{1 / median(seconds):10.0f} a second")
    for name, figure in ratios.items():
        print(f"{name:80}{figure:6.2f}")
    size = sum(len(each.content) for each in messages) // len(messages)
    save(
        "exchange",
        ("cryptography", "lxml", "pydantic"),
        messages=len(single),
        bytes_of_100_documents=size,
        receipts=len(receipts),
        per_second={name: round(1 / median(seconds)) for name, seconds in spent.items()},
        ratios={name: round(figure, 3) for name, figure in ratios.items()},
    )


if __name__ == "__main__":
    main()
