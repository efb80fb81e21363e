"""Kept figures (汇总数据): what takes long to count over many orders is counted beside the pages, and shown until it is counted anew.

However many people look, the same figures are counted once at a time, and one after the other. A page waits a moment for
them, so that those of few orders are always there at once; otherwise it shows those of before, or says that they are being
counted. The longer a count takes, the longer it is shown.
"""

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Generic, TypeVar

from starlette.responses import Response

from customs.hub.web.counting import CountingHere, FigureCounter
from customs.hub.web.page import page
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import Visit
from customs.ledger.database import LedgerConnection

T = TypeVar("T")

#: How long figures are shown again at least, and how many times as long as it took to count them.
FRESH, TIMES_AS_LONG = timedelta(seconds=20), 20

#: Figures of one kind that are kept at most, where nothing else is said.
MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class _Counted(Generic[T]):
    figures: T
    at: datetime
    until: datetime


@dataclass(slots=True)
class KeptFigures(Generic[T]):
    """The figures of one kind by what they are of, such as the reports of an enterprise by their days."""

    console: ConsoleService = field(repr=False)
    most: int = MOST_KEPT
    _kept: dict[Hashable, _Counted[T]] = field(default_factory=dict, repr=False)
    _coming: dict[Hashable, Future[_Counted[T]]] = field(default_factory=dict, repr=False)
    _looking: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _counter: FigureCounter = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._counter = self.console.counter or CountingHere(self.console.ledger)

    def seen(self, key: Hashable, count: Callable[[LedgerConnection], T]) -> T | None:
        """Return figures as they were counted last; None while they are counted for the first time.

        ``count`` may be pickled: a function of a module, or a ``partial`` of one. Raises what it raises.
        """
        kept, coming = self._begun(key, count)
        if coming is None or not wait([coming], self.console.patience).done:
            return kept.figures if kept is not None else None
        return self._come(key, coming).figures

    def counted(self, key: Hashable, count: Callable[[LedgerConnection], T]) -> T:
        """Return figures that are not older than a page shows them, however long it takes. Raises what ``count`` raises."""
        kept, coming = self._begun(key, count)
        if coming is not None:
            kept = self._come(key, coming)
        assert kept is not None, "what is not coming is there"
        return kept.figures

    def _begun(
        self, key: Hashable, count: Callable[[LedgerConnection], T]
    ) -> tuple[_Counted[T] | None, Future[_Counted[T]] | None]:
        """Return the figures that are there, and those that are coming unless the former are new enough."""
        with self._looking:
            kept, coming, now = self._kept.get(key), self._coming.get(key), self.console.clock()
            if kept is not None and kept.at <= now < kept.until:
                return kept, None
            if coming is None:
                coming = self._coming[key] = Future()
                threading.Thread(target=self._count, args=(key, count, coming), daemon=True).start()
            return kept, coming

    def _come(self, key: Hashable, coming: Future[_Counted[T]]) -> _Counted[T]:
        try:
            return coming.result()
        finally:
            with self._looking:
                if self._coming.get(key) is coming:
                    del self._coming[key]

    def _count(self, key: Hashable, count: Callable[[LedgerConnection], T], coming: Future[_Counted[T]]) -> None:
        """Count figures when it is their turn, and give them, or why there are none, to those who ask."""
        try:
            figures, begun, ended = self._counter.counted(count, self.console.clock)
        except Exception as error:
            coming.set_exception(error)  # it stays until somebody was told
            return
        found = _Counted(figures, begun, ended + max(FRESH, TIMES_AS_LONG * (ended - begun)))
        with self._looking:
            self._kept.pop(key, None)
            while len(self._kept) >= self.most:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = found
            self._coming.pop(key, None)
        coming.set_result(found)


def counting_page(visit: Visit) -> Response:
    """Return the page that is shown while figures are counted for the first time; it is opened again by itself."""
    answer = page(visit, "counting.html", status=HTTPStatus.ACCEPTED)
    answer.headers["Refresh"] = "3"
    return answer
