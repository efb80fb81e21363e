"""Parcels (包裹追踪): whatever receipts come, they are folded, in any order, into one state with a next step."""

from datetime import datetime

from customs.receipts.health import health
from customs.receipts.lifecycle import track
from customs.receipts.next_step import next_step
from customs.receipts.streams import track_all
from fuzz.promises import promise

#: What stands between the contents of an input.
BETWEEN = b"\n----\n"

NOW = datetime(2026, 11, 12, 8)

#: Contents of an input that are looked at.
MOST = 16


def tracked(data: bytes) -> None:
    """Contents give parcels or say that they could not be read; order and repetition change no state."""
    contents = data.split(BETWEEN)[:MOST]
    found = track_all(contents, areas=("unified", "zhejiang_jkf", "ningbo_kjb2c"))
    for each in found.unread:
        promise(each.reason, "unread without a reason")
    for parcel in found.parcels:
        history = parcel.state.history
        promise(track([*history[::-1], *history]) == parcel.state, "order or repetition changes a state")
        promise(next_step(parcel.state, now=NOW).zh, "a step without words")
    health((each.state for each in found.parcels), now=NOW).as_dict()
