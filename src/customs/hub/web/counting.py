"""Counting (汇总统计): figures of many orders are counted in a process of their own, so that no page waits for the interpreter.

The process counts for all who look, one count at a time and at a lower priority. It is begun with the first count, opens the
ledger itself, and ends with the hub, however that ends. What it needs of the ledger reaches it through a pipe alone.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Generic, NamedTuple, Protocol, TypeVar

from customs.fields.moments import Clock
from customs.ledger.database import Ledger, LedgerConnection, open_ledger
from customs.ledger.keys import LedgerKeys

T = TypeVar("T")

#: By how much the priority of the process is lower, where there is such a thing.
LOWER = 5


class TimedFigures(NamedTuple, Generic[T]):
    """Figures, and when counting them began and ended."""

    figures: T
    begun: datetime
    ended: datetime


class FigureCounter(Protocol):
    """Counts figures, one count at a time."""

    def counted(self, count: Callable[[LedgerConnection], T], clock: Clock) -> TimedFigures[T]:
        """Return figures as soon as it is their turn and they are counted. Raises what ``count`` raises."""
        ...


@dataclass(slots=True, eq=False)
class CountingHere:
    """Counts in this process, in the thread that asks: for a console of few orders."""

    ledger: Ledger = field(repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def counted(self, count: Callable[[LedgerConnection], T], clock: Clock) -> TimedFigures[T]:
        """Return figures as soon as it is their turn and they are counted. Raises what ``count`` raises."""
        with self._turn, self.ledger.read() as connection:
            begun = clock()
            return TimedFigures(count(connection), begun, clock())


class _Counting(NamedTuple):
    """The process, and the end of a pipe that it waits at: it ends as soon as nobody holds it."""

    pool: ProcessPoolExecutor
    hold: Connection


@dataclass(slots=True, eq=False)
class CountingProcess:
    """Counts in a process of its own; ``close`` ends it, also in the middle of a count.

    ``url`` and ``keys`` are those of the ledger. Counts and what they return are pickled: a count is a function of a
    module, or a ``partial`` of one, with frozen arguments.
    """

    url: str = field(repr=False)
    keys: LedgerKeys = field(repr=False)
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _changing: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _process: _Counting | None = field(default=None, repr=False)
    _closed: bool = field(default=False, repr=False)

    def counted(self, count: Callable[[LedgerConnection], T], clock: Clock) -> TimedFigures[T]:
        """Return figures as soon as it is their turn and they are counted. Raises what ``count`` raises.

        If the process is killed meanwhile, they are counted once more in a new one. Raises ``BrokenProcessPool`` if that is
        killed too, and ``RuntimeError`` after ``close``.
        """
        with self._turn:
            try:
                return self._counted(count, clock)
            except BrokenProcessPool:
                return self._counted(count, clock)

    def close(self) -> None:
        """End the process; nothing is counted afterwards."""
        with self._changing:
            self._closed, process = True, self._process
        if process is not None:
            self._give_up(process)

    def _counted(self, count: Callable[[LedgerConnection], T], clock: Clock) -> TimedFigures[T]:
        process = self._there()
        begun = clock()
        try:
            figures = process.pool.submit(_count, self.url, self.keys, count).result()
        except BrokenProcessPool:
            self._give_up(process)
            raise
        return TimedFigures(figures, begun, clock())

    def _give_up(self, process: _Counting) -> None:
        with self._changing:
            if self._process is process:
                self._process = None
                _end(process)

    def _there(self) -> _Counting:
        """Return the process, begun if there is none."""
        with self._changing:
            if self._closed:
                raise RuntimeError("the hub stops, nothing is counted any more 枢纽正在停止，不再统计")
            if self._process is None:
                self._process = _begun()
            return self._process


def _begun() -> _Counting:
    """Begin a process, and wait until it can count."""
    context = get_context("spawn")
    waiting, hold = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(1, mp_context=context, initializer=_stand_by, initargs=(waiting,))
    process = _Counting(pool, hold)
    try:
        pool.submit(os.getpid).result()
    except BaseException:
        _end(process)
        raise
    finally:
        waiting.close()
    return process


def _end(process: _Counting) -> None:
    process.hold.close()
    process.pool.shutdown(cancel_futures=True)


def _stand_by(waiting: Connection) -> None:
    """Make a process ready to count for a hub."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the hub, which ends this
    if sys.platform != "win32":
        with suppress(OSError):  # a service that may not change priorities counts at that of the hub
            os.nice(LOWER)
    logging.getLogger().addHandler(logging.NullHandler())  # why a count fails is told by the hub
    threading.Thread(target=_end_with_hub, args=(waiting,), daemon=True).start()


def _end_with_hub(waiting: Connection) -> None:
    """End this process, also in the middle of a count, as soon as the hub lets go or is gone."""
    with suppress(EOFError, OSError):
        waiting.recv_bytes()
    os._exit(0)


def _count(url: str, keys: LedgerKeys, count: Callable[[LedgerConnection], T]) -> T:
    with _opened(url, keys).read() as connection:
        return count(connection)


@cache
def _opened(url: str, keys: LedgerKeys) -> Ledger:
    """Return the ledger, opened once in this process. Raises ``LedgerError``."""
    return open_ledger(url, keys)
