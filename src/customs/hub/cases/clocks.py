"""The clocks of a case (时效计时): how much of each promise is used, and when it is used up, by the entries of the case alone.

While others have to answer, the clock of the desk stands still and that of the customer runs on.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from customs.hub.cases.entries import CaseEntry, CaseEntryKind
from customs.hub.cases.promises import PROMISED, CasePromise
from customs.hub.cases.states import CaseState
from customs.hub.cases.work_time import Running, WorkTime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClock:
    """A clock of a case: which promise it measures, when it ran, and how much working time that was."""

    name: str
    promise: timedelta
    running: tuple[Running, ...]
    used: timedelta

    @property
    def stopped(self) -> bool:
        """True if it does not run now."""
        return not self.running or self.running[-1][1] is not None

    @property
    def kept(self) -> bool:
        """True as long as its promise is kept."""
        return self.used <= self.promise

    @property
    def share(self) -> int:
        """How much of the promise is used, in whole per cent."""
        return self.used * 100 // self.promise

    def reaches(self, share: int, hours: WorkTime) -> datetime | None:
        """Return when a share of the promise in per cent is used, None if the clock stops before."""
        return hours.reached(self.running, self.promise * share / 100)


def clocks_of(
    entries: Sequence[CaseEntry], promise: CasePromise, hours: WorkTime, *, now: datetime
) -> tuple[CaseClock, ...]:
    """Return the three clocks of a case: until the first answer, of the desk, and of the customer."""
    runs = {
        "answer": _until_answer(entries),
        "desk": _while(entries, _desk_works),
        "customer": _while(entries, _is_open),
    }
    return tuple(
        CaseClock(
            name=name,
            promise=getattr(promise, name),
            running=runs[name],
            used=hours.worked(runs[name], now),
        )
        for name in PROMISED
    )


def _desk_works(state: CaseState) -> bool:
    return state.open and not state.waits


def _is_open(state: CaseState) -> bool:
    return state.open


def states_by_time(entries: Iterable[CaseEntry]) -> list[tuple[datetime, CaseState]]:
    """Return the states of a case, each with the time from which on it was in it; the first is that of a new case."""
    found = list[tuple[datetime, CaseState]]()
    for each in entries:
        if each.kind is CaseEntryKind.OPENED:
            found.append((each.at, CaseState.NEW))
        elif each.kind is CaseEntryKind.MOVED:
            found.append((each.at, CaseState(each.after)))
    return found


def _while(entries: Sequence[CaseEntry], runs: Callable[[CaseState], bool]) -> tuple[Running, ...]:
    """Return the times in which a case was in a state in which a clock runs."""
    found, begun = list[Running](), None
    for at, state in states_by_time(entries):
        if runs(state) and begun is None:
            begun = at
        elif not runs(state) and begun is not None:
            found.append((begun, at))
            begun = None
    return (*found, (begun, None)) if begun is not None else tuple(found)


def _until_answer(entries: Sequence[CaseEntry]) -> tuple[Running, ...]:
    """Return the time until a person answered, or the case was done without an answer."""
    first, *_ = states_by_time(entries)
    ends = [each.at for each in entries if each.answers][:1]
    ends += [at for at, state in states_by_time(entries) if not state.open][:1]
    return ((first[0], min(ends) if ends else None),)
