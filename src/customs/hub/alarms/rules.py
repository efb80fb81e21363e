"""Rules of the alarms (告警规则): what is out of order, in words and figures, as the table ``rules.toml`` has them.

>>> rule = alarm_rules()["silent_gateway"]
>>> rule.title.en, rule.title.zh, rule.severity.value, rule.times["silence"]
('No receipts come', '回执静默', 'serious', datetime.timedelta(seconds=1200))
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple

from customs.fields.frozen import FrozenDict
from customs.hub.alarms.spans import span_of
from customs.receipts.timeouts import DEFAULT as CUSTOMS_TIMEOUTS
from customs.shipped import text_of

#: Times of a rule where it names none.
REPEAT, EVERY = timedelta(hours=4), timedelta(0)

#: After how long without a look an alarm ends whose rule a release does not know: by then no other worker knows it either.
UNKNOWN_ENDS = timedelta(days=1)


class AlarmSeverity(StrEnum):
    """How grave an alarm is (级别)."""

    INFO = "info"
    """提示: somebody should look within the day."""
    WARNING = "warning"
    """警告: orders are late or will be."""
    SERIOUS = "serious"
    """严重: nothing or much goes wrong until somebody acts."""

    @property
    def zh(self) -> str:
        """The Chinese name."""
        return {"info": "提示", "warning": "警告", "serious": "严重"}[self.value]

    @property
    def rank(self) -> int:
        """0 for the least grave."""
        return list(AlarmSeverity).index(self)


class AlarmWords(NamedTuple):
    """A text of a rule in English and Chinese."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRule:
    """A rule: what is seen and what to do, when an alarm opens, closes and is told again, and its figures."""

    name: str
    title: AlarmWords
    seen: AlarmWords
    """The sentence of an alarm, with names of its figures in braces."""
    todo: AlarmWords
    source: AlarmWords
    severity: AlarmSeverity
    after: timedelta
    """For how long its condition holds before the alarm opens."""
    well_after: timedelta
    """For how long all is well before it closes."""
    repeat: timedelta = REPEAT
    """After how long it is told again, unless somebody has taken it on."""
    every: timedelta = EVERY
    """How often its condition is looked at; with every turn where it is 0."""
    explained_by: tuple[str, ...] = ()
    """Rules whose alarm in the same place is the cause of this one, which is then not told."""
    numbers: Mapping[str, Decimal] = FrozenDict()
    times: Mapping[str, timedelta] = FrozenDict()
    on: bool = True


@cache
def alarm_rules() -> Mapping[str, AlarmRule]:
    """Return the rules by name, as they are shipped."""
    return FrozenDict({name: _rule(name, table) for name, table in _table()["rules"].items()})


def rule_named(name: str) -> AlarmRule:
    """Return the rule of an alarm by its name, for whoever shows it; one that this release does not know says so.

    A newer worker beside this one may have opened the alarm, or an older one whose rule has another name now.

    >>> rule_named("drones_late").title.en
    'drones_late: this release does not know the rule'
    """
    return alarm_rules().get(name) or AlarmRule(
        name=name,
        title=AlarmWords(f"{name}: this release does not know the rule", f"{name}：本版本没有此规则"),
        seen=AlarmWords("{count} of the rule " + _braced(name), "规则 " + _braced(name) + "：{count} 项"),
        todo=AlarmWords(
            "Run one release on all workers. An alarm whose rule no worker looks at any more ends after a day.",
            "请将各工作进程升级到同一版本；已无进程检查其规则的告警，一天后自动结束。",
        ),
        source=AlarmWords("another release", "其他版本"),
        severity=AlarmSeverity.WARNING,
        after=timedelta(0),
        well_after=UNKNOWN_ENDS,
    )


def _braced(name: str) -> str:
    return name.replace("{", "{{").replace("}", "}}")


@cache
def shipped_limits() -> Mapping[str, timedelta]:
    """Return how long orders may wait for what comes next: at customs' nodes, then before and behind customs."""
    customs = {name: getattr(CUSTOMS_TIMEOUTS, name) for name in CUSTOMS_TIMEOUTS.__dataclass_fields__}
    return FrozenDict(customs | {name: span_of(text) for name, text in _table()["limits"].items()})


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(text_of("customs.hub.alarms", "rules.toml"))


def _rule(name: str, table: Mapping[str, Any]) -> AlarmRule:
    def words(each: str) -> AlarmWords:
        return AlarmWords(*table[each])

    def span(each: str, default: timedelta) -> timedelta:
        return span_of(table[each]) if each in table else default

    return AlarmRule(
        name=name,
        title=words("title"),
        seen=words("seen"),
        todo=words("todo"),
        source=words("source"),
        severity=AlarmSeverity(table["severity"]),
        after=span_of(table["after"]),
        well_after=span_of(table["well_after"]),
        repeat=span("repeat", REPEAT),
        every=span("every", EVERY),
        explained_by=tuple(table.get("explained_by", ())),
        numbers=FrozenDict({each: Decimal(value) for each, value in table.get("numbers", {}).items()}),
        times=FrozenDict({each: span_of(value) for each, value in table.get("times", {}).items()}),
    )
