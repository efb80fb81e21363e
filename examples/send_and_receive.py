"""Parcels go to the simulated customs and come back (收发演练): python examples/send_and_receive.py [FOLDER]

Sender, receiver and customs meet in the folders of a client; an hour passes at once. Nothing is sent anywhere.
"""

import sys
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import mkdtemp

import customs
from customs.exchange import ReceiveConditions, SendConditions, delivery_of, open_inbox, open_outbox, receive, send_due
from customs.exchange.folders import FolderSettings, FolderWay
from customs.office.folder_door import FolderDoor
from customs.office.served import ServedOffice
from customs.receipts.streams import track_all
from customs.testing import issue_test_key, sample_parcels
from customs.testing.parcels import DECLARANT

now = datetime(2026, 11, 11, 8)


def clock() -> datetime:
    """The time of all three, which this script moves."""
    return now


folder = Path(sys.argv[1] if len(sys.argv) > 1 else mkdtemp())
signer = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)).signer()
run = customs.Run(on=now.date(), clock=clock, guids=customs.seeded_guids(1), signer=signer)
parcels = [parcel for mode in ("1210", "9610") for parcel in sample_parcels(5, seed=7, mode=mode)]
messages = [message for batch in run.prepare_many(parcels) for message in batch.messages]

office = ServedOffice(folder / "customs", clock=clock, seed=7)
door = FolderDoor(office, folder / "client")
way = FolderWay(FolderSettings(root=folder / "client"))

with open_outbox(folder / "state", "client") as outbox:
    outbox.put([delivery_of(each) for each in messages], at=now)
    sent = send_due(outbox, way, SendConditions(clock=clock, chance=Random(1)))
print(f"{sent.handed_over} messages handed over")

door.collect()
now += timedelta(hours=1)
door.deliver()

with open_inbox(folder / "state", "client") as inbox:
    receipts = folder / "receipts"
    report = receive(inbox, way, ReceiveConditions(clock=clock, folder=receipts))
    if report.waiting:  # a file is read when it has not changed since the last look
        report = receive(inbox, way, ReceiveConditions(clock=clock, folder=receipts))
print(f"{report.receipts} receipts taken in")

files = [*receipts.iterdir()]
found = track_all([*(each.content for each in messages), *(each.read_bytes() for each in files)])
for node, count in Counter(each.state.node for each in found.parcels).items():
    print(f"{count} parcels {node}")
way.close()
office.close()
