"""Reading ``[alarms]`` (读取告警配置): the rules' figures, time-outs, silences, quiet hours, routes, rosters and providers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar

from customs.bilingual import halves
from customs.fields.frozen import FrozenDict
from customs.hub.alarms.rules import AlarmRule, AlarmSeverity, alarm_rules, shipped_limits
from customs.hub.alarms.settings import (
    AlarmRoute,
    AlarmScope,
    AlarmSettings,
    AlarmSilence,
    DutyRoster,
    LimitsFor,
    QuietHours,
    Watched,
)
from customs.hub.alarms.spans import hours_of, span_of
from customs.hub.counts.providers import PROVIDER_KINDS, provider_parts
from customs.intake.enterprise_reading import Reading, Steps

T = TypeVar("T")

#: The keys by which time-outs of some orders are chosen, and the columns that they are.
WHERE: Mapping[str, str] = FrozenDict(
    {"district": "customs_code", "trade_mode": "trade_mode"}
    | {name: kind.column for name, kind in PROVIDER_KINDS.items()}
)

#: Figures of rules that are a part of a whole: 5 % are 0.05.
_SHARES = frozenset({"share", "more"})

_TABLES = ("rules", "limits", "limits_for", "silences", "quiet", "routes", "rosters", "providers", "watched")
_TIMES = ("after", "well_after", "repeat", "every")
_SCOPE = ("rules", "districts", "providers")


def read_alarms(reading: Reading, table: Mapping[str, Any], steps: Steps) -> AlarmSettings:
    """Read the table ``[alarms]`` of a hub's file; mistakes are noted in ``reading``."""
    reading.known(table, _TABLES, steps)
    given = _Given(reading, steps)
    return AlarmSettings(
        rules=_rules(given, table),
        limits=FrozenDict({**shipped_limits(), **_limits(given, given.table(table, "limits"), (*steps, "limits"))}),
        limits_for=tuple(_limits_for(given, each, at) for each, at in given.tables(table, "limits_for")),
        silences=tuple(_silences(given, table)),
        quiet=_quiet(given, table),
        routes=tuple(_route(given, each, at) for each, at in given.tables(table, "routes")),
        rosters=FrozenDict(dict(_rosters(given, table))),
        providers=FrozenDict(dict(_providers(given, table))),
        watched=FrozenDict(dict(_watched(given, table))),
    )


class _Given:
    """The values of a table, taken by kind."""

    def __init__(self, reading: Reading, steps: Steps) -> None:
        self.reading, self.steps = reading, steps

    def table(self, table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        return self.reading.table(table.get(name, {}), (*self.steps, name))

    def named(self, table: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any], Steps]]:
        """Yield the tables in a table, with their names and places."""
        for key, value in self.table(table, name).items():
            at = (*self.steps, name, key)
            yield key, self.reading.table(value, at), at

    def tables(self, table: Mapping[str, Any], name: str) -> Iterator[tuple[Mapping[str, Any], Steps]]:
        """Yield the tables of a list."""
        value, at = table.get(name, []), (*self.steps, name)
        if not isinstance(value, list):
            written = f"[[{'.'.join(at)}]]"
            self.reading.wrong(at, f"this is a list of tables: write {written}", f"此处应为表的列表：请写 {written}")
            return
        for each in value:
            yield self.reading.table(each, at), at

    def value(self, table: Mapping[str, Any], name: str, at: Steps, read: Callable[[str], T], default: T) -> T:
        """Return what a function makes of a text; the default where the key is left out or wrong."""
        text = self.reading.text_at(table, name, at)
        try:
            return read(text) if text else default
        except ValueError as error:
            self.reading.wrong((*at, name), *halves(str(error)))
            return default

    def texts(self, table: Mapping[str, Any], name: str, at: Steps) -> tuple[str, ...]:
        value = table.get(name, [])
        if isinstance(value, list) and all(isinstance(each, str) and each for each in value):
            return tuple(value)
        self.reading.wrong((*at, name), 'this is a list of texts: ["A", "B"]', '此处应为文本列表：["A", "B"]')
        return ()

    def scope(self, table: Mapping[str, Any], at: Steps) -> AlarmScope:
        found = AlarmScope(**{name: self.texts(table, name, at) for name in _SCOPE})
        for rule in found.rules:
            if rule not in alarm_rules():
                self.no_rule((*at, "rules"), rule)
        for provider in found.providers:
            self.provider((*at, "providers"), provider)
        return found

    def no_rule(self, at: Steps, name: str) -> None:
        known = ", ".join(alarm_rules())
        self.reading.wrong(at, f"there is no rule {name}; there are {known}", f"没有规则 {name}，可用的有 {known}")

    def provider(self, at: Steps, text: str) -> None:
        try:
            provider_parts(text)
        except ValueError as error:
            self.reading.wrong(at, *halves(str(error)))


def _severity(text: str) -> AlarmSeverity:
    try:
        return AlarmSeverity(text)
    except ValueError:
        raise ValueError(f"{text!r}: info, warning or serious 级别应为 info、warning 或 serious") from None


def _rules(given: _Given, table: Mapping[str, Any]) -> Mapping[str, AlarmRule]:
    found = dict(alarm_rules())
    for name, own, at in given.named(table, "rules"):
        if name not in found:
            given.no_rule(at, name)
            continue
        rule = found[name]
        given.reading.known(own, ("on", "severity", *_TIMES, *rule.numbers, *rule.times), at)
        numbers = {each: _number(given, own, each, at, number) for each, number in rule.numbers.items()}
        times = {each: given.value(own, each, at, span_of, span) for each, span in rule.times.items()}
        found[name] = replace(
            rule,
            on=_switch(given, own, at),
            severity=given.value(own, "severity", at, _severity, rule.severity),
            numbers=FrozenDict(numbers),
            times=FrozenDict(times),
            **{each: given.value(own, each, at, span_of, getattr(rule, each)) for each in _TIMES},
        )
    return FrozenDict(found)


def _switch(given: _Given, table: Mapping[str, Any], at: Steps) -> bool:
    value = table.get("on", True)
    if not isinstance(value, bool):
        given.reading.wrong((*at, "on"), "this is true or false", "此处应为 true 或 false")
    return bool(value)


def _number(given: _Given, table: Mapping[str, Any], name: str, at: Steps, default: Decimal) -> Decimal:
    value = table.get(name, default)
    most = 1 if name in _SHARES else 1_000_000
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool) and 0 <= value <= most:
        return Decimal(str(value))
    given.reading.wrong((*at, name), f"this is a number from 0 to {most:,}", f"此处应为 0 至 {most} 的数")
    return default


def _limits(
    given: _Given, table: Mapping[str, Any], at: Steps, *, beside: tuple[str, ...] = ()
) -> dict[str, timedelta]:
    given.reading.known(table, (*beside, *shipped_limits()), at)
    return {
        name: given.value(table, name, at, span_of, limit) for name, limit in shipped_limits().items() if name in table
    }


def _limits_for(given: _Given, table: Mapping[str, Any], at: Steps) -> LimitsFor:
    where = {column: given.reading.text_at(table, name, at) for name, column in WHERE.items() if name in table}
    if not where:
        keys = ", ".join(WHERE)
        given.reading.wrong(at, f"say which orders these time-outs are for: {keys}", f"请写明时限适用的订单：{keys}")
    return LimitsFor(where=FrozenDict(where), limits=FrozenDict(_limits(given, table, at, beside=tuple(WHERE))))


def _silences(given: _Given, table: Mapping[str, Any]) -> Iterator[AlarmSilence]:
    for own, at in given.tables(table, "silences"):
        given.reading.known(own, ("from", "until", "why", *_SCOPE), at)
        begins, ends = own.get("from"), own.get("until")
        if not isinstance(begins, datetime) or not isinstance(ends, datetime) or begins.tzinfo or ends.tzinfo:
            given.reading.wrong(
                at,
                "a silence has from and until, times of China such as 2026-11-11T02:00:00",
                "静默须有 from 与 until，写北京时间，如 2026-11-11T02:00:00",
            )
            continue
        why = given.reading.text_at(own, "why", at)
        yield AlarmSilence(begins=begins, ends=ends, scope=given.scope(own, at), why=why)


def _quiet(given: _Given, table: Mapping[str, Any]) -> QuietHours | None:
    own, at = given.table(table, "quiet"), (*given.steps, "quiet")
    given.reading.known(own, ("hours", "severity"), at)
    hours = given.value(own, "hours", at, hours_of, None)
    if hours is None:
        return None
    return QuietHours(hours=hours, severity=given.value(own, "severity", at, _severity, AlarmSeverity.SERIOUS))


def _route(given: _Given, table: Mapping[str, Any], at: Steps) -> AlarmRoute:
    given.reading.known(table, ("tell", "enterprises", "severity", "hours", "after", *_SCOPE), at)
    tell = given.texts(table, "tell", at)
    if not table.get("tell"):
        given.reading.wrong(at, 'say who is told: tell = ["CHANNEL"]', '请写明通知对象：tell = ["渠道名"]')
    return AlarmRoute(
        tell=tell,
        scope=given.scope(table, at),
        enterprises=given.texts(table, "enterprises", at),
        severity=given.value(table, "severity", at, _severity, AlarmSeverity.INFO),
        hours=given.value(table, "hours", at, hours_of, None),
        after=given.value(table, "after", at, span_of, timedelta(0)),
    )


def _rosters(given: _Given, table: Mapping[str, Any]) -> Iterator[tuple[str, DutyRoster]]:
    for name, own, at in given.named(table, "rosters"):
        given.reading.known(own, ("channels", "begins", "days", "at"), at)
        channels, begins = given.texts(own, "channels", at), own.get("begins")
        days, hour = own.get("days", 1), own.get("at", time(8))
        right = isinstance(days, int) and 1 <= days <= 366 and isinstance(hour, time)
        if not channels or not isinstance(begins, date) or isinstance(begins, datetime) or not right:
            given.reading.wrong(
                at,
                "a roster has channels, begins (a day), days for each turn from 1 on, and at (the hour of the change)",
                "值班表须有 channels、begins（起始日）、days（每班天数）与 at（换班时刻）",
            )
            continue
        yield name, DutyRoster(channels=channels, begins=begins, days=days, at=hour)


def _providers(given: _Given, table: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, own, at in given.named(table, "providers"):
        given.reading.known(own, ("tell",), at)
        given.provider(at, name)
        yield name, given.texts(own, "tell", at)


def _watched(given: _Given, table: Mapping[str, Any]) -> Iterator[tuple[str, Watched]]:
    for name, own, at in given.named(table, "watched"):
        given.reading.known(own, ("guarantors", "parties", "books"), at)
        books = given.reading.table(own.get("books", {}), (*at, "books"))
        for book, ends in books.items():
            if type(ends) is not date or ends < date(2025, 1, 1):
                given.reading.wrong(
                    (*at, "books", book),
                    "this is the last day of the write-off cycle, from 2025-01-01 on",
                    "此处应为核销周期截止日，不早于 2025-01-01",
                )
        yield (
            name,
            Watched(
                guarantors=given.texts(own, "guarantors", at) if "guarantors" in own else None,
                parties=given.texts(own, "parties", at) if "parties" in own else None,
                books=FrozenDict({book: ends for book, ends in books.items() if type(ends) is date}),
            ),
        )
