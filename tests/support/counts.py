"""Counts that a process of its own makes for a test, in a module that is imported at once."""

import os
from datetime import datetime
from functools import partial
from multiprocessing.connection import Client
from typing import Any

from customs.hub.web.counting import CountingProcess
from customs.ledger.database import LedgerConnection
from customs.ledger.keys import LedgerKeys


def told(connection: LedgerConnection, address: Any) -> int:
    """Tells a test which process counts, and counts what the test says."""
    with Client(address) as line:
        line.send(os.getpid())
        return int(line.recv())


def divided(connection: LedgerConnection, by: int) -> int:
    """Counts, or fails."""
    return 7 // by


def priority(connection: LedgerConnection) -> int:
    """The priority of the process that counts."""
    return os.nice(0)


def hub_that_counts(url: str, keys: LedgerKeys, address: Any) -> None:
    """A hub in a process of its own, whose figures are counted in another one."""
    CountingProcess(url, keys).counted(partial(told, address=address), lambda: datetime.min)
