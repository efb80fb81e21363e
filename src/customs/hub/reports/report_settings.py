"""Settings of the reports (报告配置): the table ``[reports]`` of a hub's file: which report goes when to which channels.

```toml
[reports]
ends = "16:00"                  # a day of a report ends then
[reports.limits]
left = "24h"                    # in time: out of the zone within 24 hours of the release
[reports.sent.morning]
at = "08:30"
channels = ["mail", "group"]
[reports.sent.finance]
edition = "finance"
every = "week"                  # on Mondays; "month": on the first
at = "09:00"
channels = ["mail"]
```
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, time, timedelta
from typing import Any

from customs.bilingual import halves
from customs.fields.frozen import FrozenDict
from customs.hub.alarms.spans import span_of
from customs.hub.reports.health_report import ReportScope
from customs.hub.reports.limits import WAITS, HealthLimits
from customs.hub.reports.report_words import EVERY, ReportEdition
from customs.hub.reports.windows import ENDS, ReportEvery
from customs.intake.enterprise_reading import Reading, Steps

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])", re.ASCII)
_STEPS = tuple(each.name for each in fields(HealthLimits) if each.name != "waits")
_SENT = ("edition", "every", "at", "channels", "enterprises")
_NAME = r"[a-z0-9][a-z0-9-]{0,39}"

#: When a report goes out: in the morning, when the orders of the day before have settled.
AT = time(8, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentReport:
    """A report that goes out by itself: its edition and length, at which time of the day, to which channels."""

    name: str
    scope: ReportScope
    at: time = AT
    channels: tuple[str, ...]
    enterprises: tuple[str, ...] = ()
    """The enterprises of which it goes out; all of the hub if empty."""

    def is_of(self, enterprise: str) -> bool:
        """True if the report goes out of an enterprise."""
        return not self.enterprises or enterprise in self.enterprises

    def last_due(self, now: datetime) -> datetime:
        """Return when the report was due last: every day, on Mondays or on the first, at its time."""
        due = datetime.combine(now.date(), self.at)
        due -= timedelta(days=due > now)
        if self.scope.every == "week":
            return due - timedelta(days=due.weekday())
        return due.replace(day=1) if self.scope.every == "month" else due

    def day_of(self, due: datetime) -> datetime:
        """Return a time of the day by which a report that is due is named: that of the last window which is over."""
        over = due if due.time() >= self.scope.ends else due - timedelta(days=1)
        return over - timedelta(days=over.date() == due.date()) if self.scope.every == "month" else over


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSettings:
    """The reports of a hub: limits and the time at which a day ends, and the reports that go out by themselves."""

    ends: time = ENDS
    limits: HealthLimits = field(default_factory=HealthLimits)
    sent: tuple[SentReport, ...] = ()

    def scope(self, edition: ReportEdition, every: ReportEvery) -> ReportScope:
        """Return the scope of a report."""
        return ReportScope(edition=edition, every=every, ends=self.ends, limits=self.limits)

    @property
    def channels(self) -> frozenset[str]:
        """The names of all channels to which reports go."""
        return frozenset(name for each in self.sent for name in each.channels)


def read_reports(reading: Reading, table: Mapping[str, Any], steps: Steps) -> ReportSettings:
    """Read the table ``[reports]`` of a hub's file; mistakes are noted in ``reading``."""
    reading.known(table, ("ends", "limits", "sent"), steps)
    settings = ReportSettings(
        ends=_clock(reading, table, "ends", steps) or ENDS,
        limits=_limits(reading, table, (*steps, "limits")),
    )
    given = reading.table(table.get("sent", {}), (*steps, "sent"))
    sent = tuple(_sent(reading, settings, name, value, (*steps, "sent", name)) for name, value in given.items())
    return ReportSettings(ends=settings.ends, limits=settings.limits, sent=tuple(each for each in sent if each))


def _clock(reading: Reading, table: Mapping[str, Any], name: str, steps: Steps) -> time | None:
    text = reading.text_at(table, name, steps)
    found = _CLOCK.fullmatch(text)
    if text and not found:
        reading.wrong((*steps, name), 'this is a time of the day such as "16:00"', '此处应为时刻，如 "16:00"')
    return time(int(found[1]), int(found[2])) if found else None


def _limits(reading: Reading, table: Mapping[str, Any], steps: Steps) -> HealthLimits:
    given = reading.table(table.get("limits", {}), steps)
    reading.known(given, (*_STEPS, "waits"), steps)
    waits = reading.table(given.get("waits", {}), (*steps, "waits"))
    reading.known(waits, tuple(WAITS), (*steps, "waits"))
    spans = {name: span for name in _STEPS if (span := _span(reading, given, name, steps)) is not None}
    lasting = {name: span for name in WAITS if (span := _span(reading, waits, name, (*steps, "waits"))) is not None}
    return HealthLimits(**spans, waits=FrozenDict(lasting))


def _span(reading: Reading, table: Mapping[str, Any], name: str, steps: Steps) -> timedelta | None:
    text = reading.text_at(table, name, steps)
    if not text:
        return None
    try:
        return span_of(text)
    except ValueError as error:
        reading.wrong((*steps, name), *halves(str(error)))
        return None


def _sent(reading: Reading, settings: ReportSettings, name: str, value: object, steps: Steps) -> SentReport | None:
    table = reading.table(value, steps)
    reading.known(table, _SENT, steps)
    if not re.fullmatch(_NAME, name):
        reading.wrong(
            steps,
            "the name of a report has small letters, digits and hyphens, 40 at most",
            "报告名称由小写字母、数字和连字符组成，最长 40 位",
        )
    edition = _one_of(reading, table, "edition", tuple(ReportEdition), steps)
    every = _one_of(reading, table, "every", tuple(EVERY), steps)
    channels, enterprises = _names(reading, table, "channels", steps), _names(reading, table, "enterprises", steps)
    if not channels:
        reading.wrong(
            (*steps, "channels"),
            'a report goes to at least one channel: channels = ["NAME"]',
            '报告至少发往一个渠道：channels = ["名称"]',
        )
        return None
    lengths: dict[str, ReportEvery] = {"day": "day", "week": "week", "month": "month"}
    return SentReport(
        name=name,
        scope=settings.scope(ReportEdition(edition), lengths[every]),
        at=_clock(reading, table, "at", steps) or AT,
        channels=channels,
        enterprises=enterprises,
    )


def _one_of(reading: Reading, table: Mapping[str, Any], name: str, allowed: tuple[str, ...], steps: Steps) -> str:
    text = reading.text_at(table, name, steps) or allowed[0]
    if text not in allowed:
        told = ", ".join(allowed)
        reading.wrong((*steps, name), f'"{text}" is not one of: {told}', f"{text} 不可用，可用的有：{told}")
        return allowed[0]
    return str(text)


def _names(reading: Reading, table: Mapping[str, Any], name: str, steps: Steps) -> tuple[str, ...]:
    value = table.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        reading.wrong((*steps, name), 'this is a list of names: ["NAME"]', '此处应为名称列表：["名称"]')
        return ()
    return tuple(dict.fromkeys(value))
