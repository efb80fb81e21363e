"""Settings of the alarms (告警配置): the rules with an enterprise's own figures, silences, quiet hours, and who is told.

Who is told (通知对象) is the name of a channel, or of a roster of channels that take turns.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from customs.fields.frozen import FrozenDict
from customs.hub.alarms.rules import AlarmRule, AlarmSeverity, alarm_rules, shipped_limits
from customs.hub.alarms.spans import DayHours


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitsFor:
    """Time-outs of some orders (部分订单时限): those of a customs district, trade mode or provider."""

    where: Mapping[str, str]
    """The columns of an order that have to have these values."""
    limits: Mapping[str, timedelta]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmScope:
    """The alarms that a silence or a route is about; an empty tuple is all of them."""

    rules: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()

    def has(self, rule: str, district: str, provider: str) -> bool:
        """True if an alarm is among them."""
        return (
            (not self.rules or rule in self.rules)
            and (not self.districts or district in self.districts)
            and (not self.providers or provider in self.providers)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSilence:
    """A silence (静默): for its time some alarms are not told, such as in a maintenance that was announced."""

    begins: datetime
    ends: datetime
    scope: AlarmScope = AlarmScope()
    why: str = ""

    def holds(self, at: datetime) -> bool:
        """True within its time."""
        return self.begins <= at < self.ends


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Hours in which only alarms of a severity or above are told (免打扰); the others follow when they are over."""

    hours: DayHours
    severity: AlarmSeverity = AlarmSeverity.SERIOUS

    def holds_back(self, severity: AlarmSeverity, at: datetime) -> bool:
        """True if an alarm is not told now."""
        return severity.rank < self.severity.rank and self.hours.has(at)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRoute:
    """Who is told of which alarms, at which hours, and how long after the alarm opened if nobody has taken it on."""

    tell: tuple[str, ...]
    scope: AlarmScope = AlarmScope()
    enterprises: tuple[str, ...] = ()
    """The enterprises whose alarms are told; an empty tuple is all of them."""
    severity: AlarmSeverity = AlarmSeverity.INFO
    """The least grave alarms that are told."""
    hours: DayHours | None = None
    after: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRoster:
    """Channels that take turns (值班表): each for some days, from a day and hour on.

    >>> roster = DutyRoster(channels=("li", "wang"), begins=date(2026, 11, 2), days=7, at=time(8))
    >>> roster.on_duty(datetime(2026, 11, 9, 7, 59)), roster.on_duty(datetime(2026, 11, 9, 8))
    ('li', 'wang')
    """

    channels: tuple[str, ...]
    begins: date
    days: int = 1
    at: time = time(8)

    def on_duty(self, at: datetime) -> str:
        """Return the channel whose turn it is."""
        passed = (at - datetime.combine(self.begins, self.at)).days // self.days
        return self.channels[passed % len(self.channels)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """The guarantees, parties and books that are watched for an enterprise.

    None is everything in the ledger for the one enterprise of a hub, and nothing where there are several.
    """

    guarantors: tuple[str, ...] | None = None
    parties: tuple[str, ...] | None = None
    books: Mapping[str, date] = FrozenDict()
    """The last day of the write-off cycle of each account book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSettings:
    """The table ``[alarms]`` of a hub's file, read and checked."""

    rules: Mapping[str, AlarmRule]
    limits: Mapping[str, timedelta]
    limits_for: tuple[LimitsFor, ...] = ()
    silences: tuple[AlarmSilence, ...] = ()
    quiet: QuietHours | None = None
    routes: tuple[AlarmRoute, ...] = ()
    rosters: Mapping[str, DutyRoster] = FrozenDict()
    providers: Mapping[str, tuple[str, ...]] = FrozenDict()
    """The channels of providers, such as ``carrier:4401000001``, that are told of their own exceptions alone."""
    watched: Mapping[str, Watched] = FrozenDict()
    """By enterprise."""

    def watched_of(self, enterprise: str) -> Watched:
        """Return what is watched of an enterprise beside its orders."""
        return self.watched.get(enterprise, Watched())

    @property
    def channels(self) -> frozenset[str]:
        """The names of all channels that may be told."""
        named = {name for route in self.routes for name in route.tell}
        named |= {name for names in self.providers.values() for name in names}
        taking_turns = {name for each in named & self.rosters.keys() for name in self.rosters[each].channels}
        return frozenset(named - self.rosters.keys() | taking_turns)


def shipped_settings() -> AlarmSettings:
    """Return the settings of a hub whose file says nothing of alarms: the rules as shipped, and nobody is told."""
    return AlarmSettings(rules=alarm_rules(), limits=shipped_limits())
