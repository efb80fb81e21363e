"""Health (运行概况): many parcels in a few figures: at which node, how long, how many overdue, why refused, how many out.

>>> from datetime import datetime
>>> found = health([ParcelState(), ParcelState(node=State.RELEASED, since=datetime(2026, 11, 11, 8))], now=datetime(2026, 11, 11, 9))
>>> found.parcels, found.released, found.share_released, [each.count for each in found.nodes]
(2, 1, Decimal('0.500'), [1, 1])
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from customs.codes.errors import ErrorCause
from customs.codes.states import State
from customs.receipts.events import time_of
from customs.receipts.explained import cause_words
from customs.receipts.explanation import explain
from customs.receipts.lifecycle import LISTS
from customs.receipts.next_step import next_step
from customs.receipts.nodes import words_of
from customs.receipts.state import Attempt, ParcelState, Submitted
from customs.receipts.timeouts import DEFAULT, Timeouts

#: The quantiles of the times at a node, in percent.
QUANTILES = (50, 90, 99)

#: Causes that are listed.
MOST_CAUSES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeHealth:
    """The parcels at one node."""

    node: State | None
    """None for parcels that were sent and not answered."""
    count: int
    overdue: int
    """Those that have been there longer than the time-out allows."""
    times: tuple[timedelta, ...] = ()
    """The quantiles 50, 90 and 99 of the time that they have been there; empty where no receipt gives a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseHealth:
    """The parcels that were refused for one cause."""

    cause: ErrorCause | None
    """None where the receipt does not say, or says what is not known."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Many parcels in a few figures."""

    parcels: int
    released: int
    """Released or closed, and not returned or cancelled since."""
    overdue: int
    alarmed: int
    """Parcels with an alarm."""
    nodes: tuple[NodeHealth, ...] = ()
    """The most frequent node first."""
    causes: tuple[CauseHealth, ...] = ()
    """The causes of refusals that stand, the most frequent first."""
    to_release: tuple[timedelta, ...] = ()
    """The quantiles 50, 90 and 99 of the time from the first submission or answer to the release."""

    @property
    def share_released(self) -> Decimal | None:
        """The share that is released, to three places; None without parcels."""
        return (Decimal(self.released) / self.parcels).quantize(Decimal("0.001")) if self.parcels else None

    def as_dict(self) -> dict[str, Any]:
        """Return the figures for JSON: times in seconds, words in Chinese and English."""
        return {
            "parcels": self.parcels,
            "released": self.released,
            "share_released": None if self.share_released is None else float(self.share_released),
            "overdue": self.overdue,
            "alarmed": self.alarmed,
            "seconds_to_release": _seconds(self.to_release),
            "nodes": [_of_node(each) for each in self.nodes],
            "causes": [_of_cause(each) for each in self.causes],
        }


def health(states: Iterable[ParcelState], *, now: datetime, timeouts: Timeouts = DEFAULT) -> Health:
    """Return the figures of many parcels at a time, China time."""
    at: dict[State | None, list[timedelta | None]] = {}
    late, causes = Counter[State | None](), Counter[ErrorCause | None]()
    durations: list[timedelta] = []
    alarmed = 0
    for state in states:
        since = _since(state)
        at.setdefault(state.node, []).append(None if since is None else max(now - since, timedelta()))
        late[state.node] += next_step(state, now=now, timeouts=timeouts).overdue
        causes.update(_causes(state))
        durations += _to_release(state)
        alarmed += bool(state.alarms)
    nodes = sorted(at, key=lambda node: (-len(at[node]), node or ""))
    return Health(
        parcels=sum(map(len, at.values())),
        released=sum(len(at.get(node, ())) for node in (State.RELEASED, State.CLOSED)),
        overdue=late.total(),
        alarmed=alarmed,
        nodes=tuple(
            NodeHealth(
                node=each,
                count=len(at[each]),
                overdue=late[each],
                times=quantiles([t for t in at[each] if t is not None]),
            )
            for each in nodes
        ),
        causes=tuple(
            CauseHealth(cause=each, count=count)
            for each, count in sorted(causes.items(), key=lambda each: (-each[1], each[0] or ""))[:MOST_CAUSES]
        ),
        to_release=quantiles(durations),
    )


def quantiles(times: Sequence[timedelta]) -> tuple[timedelta, ...]:
    """Return the times that 50, 90 and 99 percent do not exceed (nearest rank); empty without times.

    >>> [each.seconds for each in quantiles([timedelta(seconds=each) for each in range(1, 101)])]
    [50, 90, 99]
    """
    ordered = sorted(times)
    return tuple(ordered[max(0, -(-len(ordered) * each // 100) - 1)] for each in QUANTILES) if ordered else ()


def _since(state: ParcelState) -> datetime | None:
    """When the parcel came to its node; of one that is not answered, when its list or first document was sent."""
    if state.node is not None:
        return state.since
    times = [time_of(each) for each in state.history if isinstance(each, Submitted)]
    current = next((state.documents[each].current for each in LISTS if each in state.documents), None)
    if current is not None and current.submitted is not None:
        return time_of(current.submitted)
    return min((each for each in times if each is not None), default=None)


def _causes(state: ParcelState) -> Iterable[ErrorCause | None]:
    """The causes of what is refused, once for each parcel."""
    refused = (each.current or Attempt() for each in state.documents.values() if each.state is State.REJECTED)
    return {said.cause for each in refused if each.deciding for said in explain(each.deciding)[:1]}


def _to_release(state: ParcelState) -> Iterable[timedelta]:
    released = state.reached.get(State.RELEASED) or state.reached.get(State.CLOSED)
    current = next((state.documents[each].current for each in LISTS if each in state.documents), None)
    if released is None or current is None:
        return ()
    begun = time_of(current.submitted or current.answers[0])
    return (released - begun,) if begun is not None and begun < released else ()


def _seconds(times: tuple[timedelta, ...]) -> dict[str, float]:
    return {f"p{percent}": each.total_seconds() for percent, each in zip(QUANTILES, times, strict=False)}


def _of_node(node: NodeHealth) -> dict[str, Any]:
    zh, en = words_of(node.node)
    return {
        "node": node.node,
        "zh": zh,
        "en": en,
        "count": node.count,
        "overdue": node.overdue,
        "seconds": _seconds(node.times),
    }


def _of_cause(found: CauseHealth) -> dict[str, Any]:
    zh, en = cause_words(found.cause)
    return {"cause": found.cause, "zh": zh, "en": en, "count": found.count}
