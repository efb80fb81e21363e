"""Promises of service (服务时效承诺): in how much working time a case is answered and resolved, by class and priority.

>>> shipped_promises()[1].answer, shipped_promises()[4].desk
(datetime.timedelta(seconds=900), datetime.timedelta(days=1, seconds=28800))
"""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from customs.fields.frozen import FrozenDict
from customs.hub.alarms.spans import span_of
from customs.hub.cases.folded import HubCase
from customs.shipped import text_of

#: The clocks of a case, by the names of what is promised.
PROMISED = ("answer", "desk", "customer")


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePromise:
    """The working time in which a case is answered and resolved."""

    answer: timedelta
    """Until a person first answers."""
    desk: timedelta
    """Until it is resolved, without the time in which others have to answer."""
    customer: timedelta
    """Until it is resolved, whoever is waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseFor:
    """A promise of some cases (部分工单的承诺): those of a phase or class, of a priority; what it leaves out stays as it is."""

    case_class: str = ""
    """A class, or a phase; empty for all."""
    priority: int | None = None
    times: Mapping[str, timedelta] = FrozenDict()

    def is_for(self, case: HubCase) -> bool:
        """True if a case is among them."""
        phase, _, _ = case.case_class.partition("/")
        return self.case_class in ("", phase, case.case_class) and self.priority in (None, case.priority)


@cache
def shipped_promises() -> Mapping[int, CasePromise]:
    """Return the promises by priority, as they are shipped."""
    table = tomllib.loads(text_of("customs.hub.cases", "promises.toml"))
    return FrozenDict(
        {int(each): CasePromise(**{name: span_of(times[name]) for name in PROMISED}) for each, times in table.items()}
    )


def promise_of(case: HubCase, given: Iterable[PromiseFor] = ()) -> CasePromise:
    """Return what is promised for a case: that of its priority, changed by each of ``given`` that is for it, in their order."""
    promise = shipped_promises()[case.priority]
    for each in given:
        if each.is_for(case):
            promise = replace(promise, **each.times)
    return promise
