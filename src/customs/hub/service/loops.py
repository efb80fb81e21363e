"""Loops (工作循环): each lane of works in a thread of its own, turn after turn, until the worker is stopped.

Promised: a work that fails holds up no other, and is tried again, later each time; a worker that is stopped ends the turns
that it is in and begins none; one that is killed leaves nothing half, and what it had is taken by the next one. A worker
under which the database was led to another form begins no turn more; one whose clock is wrong begins none until it is right,
and gives back what it holds.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from time import monotonic

from customs.bilingual import joined
from customs.exchange.contract import WayError
from customs.hub.dropped.folder import DropFolderError
from customs.hub.enterprises.enterprise import NoDestinationError, NoProfileError
from customs.hub.service.works import Lane, Work, WorkDone
from customs.hub.store.clocks import ClockOffError
from customs.hub.turns.error_places import place_of_error
from customs.intake.problems import IntakeError
from customs.ledger.engines import LedgerError
from customs.ledger.holding import LedgerHeldError
from customs.ledger.upgrading import LedgerFormError
from customs.signing import CertificateError, SigningError

#: Seconds until a work that failed is tried again: at first, and at most.
FIRST_PAUSE, LAST_PAUSE = 1.0, 60.0

#: Errors whose text says what to do, in both languages.
_EXPLAINED = (
    LedgerError,
    WayError,
    NoDestinationError,
    NoProfileError,
    IntakeError,
    SigningError,
    CertificateError,
    ClockOffError,
    DropFolderError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkEvent:
    """A turn that did something, or failed: which work, what came of it, and how long it took."""

    kind: str
    enterprise: str
    source: str
    counts: Mapping[str, int] = field(default_factory=dict)
    error: str = ""
    """Why it failed, in both languages; names of the program's places where nobody foresaw it, never a value."""
    error_kind: str = ""
    """The name of the error's type, for counting; empty where the other side was out of order."""
    seconds: float = 0.0


Told = Callable[[WorkEvent], None]


def _in_order() -> None:
    pass


@dataclass(frozen=True, slots=True)
class TurnWatch:
    """The watch over what every turn needs: ``check`` raises why none can begin; ``ended`` is told a ``LedgerFormError``."""

    check: Callable[[], None] = _in_order
    ended: Callable[[LedgerFormError], None] = field(default=lambda error: None)


#: A lane in which nothing is done but to watch the form and the clock of the database.
WATCHING: Lane = (Work("form", "", "", WorkDone, every=5.0),)


class Worker:
    """The threads of a worker, stopped from a signal or another thread, or by the watch over turns."""

    def __init__(self, lanes: Iterable[Lane], told: Told, watch: TurnWatch = TurnWatch()) -> None:
        self._stop, self._told, self._watch = threading.Event(), told, watch
        self._threads = [threading.Thread(target=self._run, args=(each,), daemon=True) for each in lanes]

    def start(self) -> None:
        """Start all lanes."""
        for each in self._threads:
            each.start()

    def stop(self) -> None:
        """Begin no further turn."""
        self._stop.set()

    def join(self, seconds: float | None = None) -> bool:
        """Wait until all turns have ended, or so many seconds; True if they have."""
        until = None if seconds is None else monotonic() + seconds
        for each in self._threads:
            each.join(None if until is None else max(until - monotonic(), 0))
        return not any(each.is_alive() for each in self._threads)

    def _run(self, lane: Lane) -> None:
        try:
            run_lane(lane, self._stop.wait, self._told, self._watch.check)
        except LedgerFormError as error:
            self._stop.set()
            self._watch.ended(error)
        finally:
            for each in lane:
                each.close()


@contextmanager
def working(lanes: Iterable[Lane], told: Told, watch: TurnWatch = TurnWatch()) -> Iterator[Worker]:
    """Have a worker at work; at the end its turns are ended."""
    worker = Worker(lanes, told, watch)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
        worker.join()


def run_lane(lane: Lane, wait: Callable[[float], bool], told: Told, check: Callable[[], None] = _in_order) -> None:
    """Take the turns of a lane until ``wait``, which is given seconds, returns True. Raises ``LedgerFormError``."""
    due, failures = dict.fromkeys(lane, 0.0), dict.fromkeys(lane, 0)
    while not wait(max(min(due.values()) - monotonic(), 0)):
        work = min(lane, key=due.__getitem__)
        begun = monotonic()
        done = _taken(work, told, begun, check)
        failures[work] = failures[work] + 1 if done is None else 0
        due[work] = monotonic() + _pause(work, done, failures[work])


def _pause(work: Work, done: WorkDone | None, failures: int) -> float:
    """Return how many seconds lie before the next turn of a work."""
    if done is None:
        return min(FIRST_PAUSE * 2.0 ** min(failures - 1, 10), LAST_PAUSE)
    return 0.0 if done.more else work.every


def _taken(work: Work, told: Told, begun: float, check: Callable[[], None]) -> WorkDone | None:
    """Take a turn, and tell it if it did something; return None if it failed."""
    try:
        check()
        done = work.turn()
    except LedgerFormError:
        raise
    except LedgerHeldError:
        return WorkDone()
    except Exception as error:  # whatever it is, the other works and the next turn go on
        _tell(told, replace(_event(work, begun, error=_said(error)), error_kind=type(error).__name__))
        _closed(work)
        return None
    if done.failed or any(done.counts.values()):
        _tell(told, _event(work, begun, done.counts, done.failed))
    return done


def _closed(work: Work) -> None:
    try:
        work.close()
    except Exception:
        logging.getLogger("customs.hub").warning("closing %s %s failed", work.kind, work.source)


def _event(work: Work, begun: float, counts: Mapping[str, int] | None = None, error: str = "") -> WorkEvent:
    return WorkEvent(
        kind=work.kind,
        enterprise=work.enterprise,
        source=work.source,
        counts={name: count for name, count in (counts or {}).items() if count},
        error=error,
        seconds=monotonic() - begun,
    )


def _tell(told: Told, event: WorkEvent) -> None:
    try:
        told(event)
    except Exception:  # a full pipe of the log stops no parcel
        logging.getLogger("customs.hub").warning("an event could not be told")


def _said(error: Exception) -> str:
    """Return why a turn failed; of what nobody foresaw only where, since a text may hold a value."""
    if isinstance(error, _EXPLAINED):
        return str(error)
    return joined(f"unforeseen {place_of_error(error)} 未预料的错误，请将此行交给技术支持")
