"""Layouts of pick-up and receipt folders (收发目录布局): where a client takes messages and leaves receipts, as data.

Folders are relative to the root of the client. Source: the clients as they are read (EXCHANGE sections 2.5 and 3).

>>> LAYOUTS["shenzhen_client"].pick_up, LAYOUTS["single_window"].receipts
('Send', ('InBox',))
"""

from collections.abc import Mapping
from dataclasses import dataclass

from customs.exchange.contract import HandOverOutcome

#: Endings of files that are still being written, whoever writes them.
UNFINISHED = (".tmp", ".part", ".pending", ".filepart", ".crdownload")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderLayout:
    """The folders of one client, and its rules for names."""

    pick_up: str
    """Where it takes messages from."""
    receipts: tuple[str, ...]
    """Where it leaves receipts."""
    taken: tuple[str, ...] = ()
    """Where a message goes once the client has it."""
    failed: tuple[str, ...] = ()
    """Where a message goes that the client refused, as a file or in a folder of its name with the cause in a ``.log``."""
    words: tuple[tuple[str, HandOverOutcome], ...] = ()
    """How names of its own receipts begin, in any case, and what they say; the name of the message follows, and a time."""
    name_parts: int = 1
    """Parts of a file name at ``_``, at least."""
    longest_path: int = 240
    """Characters of a whole path at most."""


LAYOUTS: Mapping[str, FolderLayout] = {
    # deletes what it has sent; refuses a name that is in Sending already; deletes paths of 248 characters and more
    "shenzhen_client": FolderLayout(
        pick_up="Send", taken=("Sending",), failed=("SendFail",), receipts=("Receipt",), name_parts=4
    ),
    "single_window": FolderLayout(
        pick_up="OutBox",
        taken=("SentBox",),
        failed=("FailBox",),
        receipts=("InBox",),
        words=(("successed_", "sent"), ("failed_", "not sent")),
    ),
    "free": FolderLayout(pick_up="out", receipts=("in",)),
}
