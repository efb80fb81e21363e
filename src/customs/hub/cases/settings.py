"""Settings of cases (工单配置, table ``[cases]``): groups with their people and hours, promises, and when a case is escalated."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from customs.fields.frozen import FrozenDict
from customs.hub.cases.alarm_choice import AlarmChoice, shipped_alarm_choice
from customs.hub.cases.folded import HubCase
from customs.hub.cases.groups import CaseGroup
from customs.hub.cases.mail_settings import MailPlace
from customs.hub.cases.promises import CasePromise, PromiseFor, promise_of
from customs.hub.cases.work_time import ALWAYS, OFFICE, WorkTime

#: The working hours that there are without any in the hub's file.
SHIPPED_HOURS: Mapping[str, WorkTime] = FrozenDict({"office": OFFICE, "always": ALWAYS})

#: The shares of a promise in per cent at which a case is escalated, and the last of them is a breach (OPERATIONS 11.3).
SHARES = (50, 80, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSettings:
    """The table ``[cases]`` of a hub's file, read and checked."""

    groups: Mapping[str, CaseGroup] = FrozenDict()
    hours: Mapping[str, WorkTime] = SHIPPED_HOURS
    promises: tuple[PromiseFor, ...] = ()
    shares: tuple[int, ...] = SHARES
    alarms: AlarmChoice = field(default_factory=shipped_alarm_choice)
    """The alarms that open a case by themselves."""
    mail: Mapping[str, MailPlace] = FrozenDict()
    """The places where mails wait, by name."""

    def group_of(self, case: HubCase) -> CaseGroup:
        """Return the group that deals with a case."""
        return self.groups.get(case.queue, CaseGroup())

    def hours_for(self, case: HubCase) -> WorkTime:
        """Return the working hours of the group that deals with a case."""
        return self.hours[self.group_of(case).hours]

    def promise_for(self, case: HubCase) -> CasePromise:
        """Return what is promised for a case."""
        return promise_of(case, self.promises)

    @property
    def channels(self) -> frozenset[str]:
        """The names of all channels that may be told."""
        return frozenset(name for each in self.groups.values() for name in each.channels)
