"""Reading ``[cases]`` (读取工单配置): groups, hours, days off, promises and shares."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, TypeVar

from customs.bilingual import halves
from customs.fields.frozen import FrozenDict
from customs.hub.alarms.rules import AlarmSeverity, alarm_rules
from customs.hub.alarms.spans import DayHours, hours_of, span_of
from customs.hub.cases.alarm_choice import AlarmChoice, shipped_alarm_choice
from customs.hub.cases.classes import case_classes
from customs.hub.cases.groups import CaseGroup
from customs.hub.cases.mail_settings import read_mail_places
from customs.hub.cases.promises import PROMISED, PromiseFor
from customs.hub.cases.settings import SHARES, SHIPPED_HOURS, CaseSettings
from customs.hub.cases.work_days import WorkDays, days_of, shipped_work_days
from customs.hub.cases.work_time import WorkTime
from customs.intake.enterprise_reading import Reading, Steps

S = TypeVar("S")
T = TypeVar("T")

_TABLES = ("groups", "hours", "days", "promises", "shares", "alarms", "mail")


def read_cases(reading: Reading, table: Mapping[str, Any], steps: Steps) -> CaseSettings:
    """Read the table ``[cases]`` of a hub's file; mistakes are noted in ``reading``."""
    reading.known(table, _TABLES, steps)
    days = shipped_work_days()
    for year, given, at in _named(reading, table, "days", steps):
        days = _year(reading, days, year, given, at)
    hours = {name: _with(each, days) for name, each in SHIPPED_HOURS.items()}
    hours |= {name: _hours(reading, given, days, at) for name, given, at in _named(reading, table, "hours", steps)}
    groups = {name: _group(reading, given, hours, at) for name, given, at in _named(reading, table, "groups", steps)}
    return CaseSettings(
        groups=FrozenDict(groups),
        hours=FrozenDict(hours),
        promises=tuple(_promise(reading, given, at) for given, at in _listed(reading, table, "promises", steps)),
        shares=_shares(reading, table, steps),
        alarms=_alarms(reading, reading.table(table.get("alarms", {}), (*steps, "alarms")), (*steps, "alarms")),
        mail=FrozenDict(
            read_mail_places(reading, reading.table(table.get("mail", {}), (*steps, "mail")), (*steps, "mail"))
        ),
    )


def _with(hours: WorkTime, days: WorkDays) -> WorkTime:
    return hours if hours.days is None else WorkTime(hours=hours.hours, days=days)


def _year(reading: Reading, days: WorkDays, year: str, table: Mapping[str, Any], at: Steps) -> WorkDays:
    reading.known(table, ("off", "work"), at)
    if not (len(year) == 4 and year.isascii() and year.isdigit() and year > "2000"):
        reading.wrong(
            at, "the days of a year stand under its number: [cases.days.2027]", "请按年份书写：[cases.days.2027]"
        )
        return days

    def read(texts: list[str]) -> frozenset[date]:
        return frozenset(days_of(int(year), texts))

    off, worked = (
        _value(reading, _texts(reading, table, name, at), (*at, name), read, frozenset[date]())
        for name in ("off", "work")
    )
    return days.with_year(int(year), off, worked)


def _hours(reading: Reading, table: Mapping[str, Any], days: WorkDays, at: Steps) -> WorkTime:
    reading.known(table, ("times", "every_day"), at)
    every_day = table.get("every_day", False)
    if not isinstance(every_day, bool):
        reading.wrong((*at, "every_day"), "this is true or false", "此处应为 true 或 false")
    texts = _texts(reading, table, "times", at)
    times = _value(reading, texts, (*at, "times"), _times, tuple[DayHours, ...]())
    rising = [(each.begin, each.end) for each in times]
    night = [begin > end for begin, end in rising]
    if any(later[0] < earlier[1] for earlier, later in pairwise(rising)) or any(night[:-1]):
        reading.wrong(
            (*at, "times"),
            "times of a day follow one another and do not overlap; only the last goes over midnight",
            "一天内的时段须依次排列、互不重叠，只有最后一段可跨零点",
        )
    elif any(night) and rising[0][0] < rising[-1][1]:
        reading.wrong((*at, "times"), "the night overlaps the next morning", "夜间时段与次日早晨重叠")
    return WorkTime(hours=times, days=None if every_day is True else days)


def _times(texts: list[str]) -> tuple[DayHours, ...]:
    return tuple(map(hours_of, texts))


def _group(reading: Reading, table: Mapping[str, Any], hours: Mapping[str, WorkTime], at: Steps) -> CaseGroup:
    reading.known(table, ("people", "backups", "channels", "hours"), at)
    people = tuple(_texts(reading, table, "people", at))
    given = reading.table(table.get("backups", {}), (*at, "backups"))
    backups = {person: reading.text_at(given, person, (*at, "backups")) for person in given}
    for person in sorted({*backups, *backups.values()} - {*people, ""}):
        reading.wrong((*at, "backups"), f"{person} is not of the people of the group", f"{person} 不在本组人员中")
    name = reading.text_at(table, "hours", at) or CaseGroup().hours
    if name not in hours:
        known = ", ".join(hours)
        reading.wrong(
            (*at, "hours"), f"there are no hours {name}; there are {known}", f"没有工时 {name}，可用的有 {known}"
        )
        name = CaseGroup().hours
    channels = tuple(_texts(reading, table, "channels", at))
    return CaseGroup(people=people, backups=FrozenDict(backups), channels=channels, hours=name)


def _promise(reading: Reading, table: Mapping[str, Any], at: Steps) -> PromiseFor:
    reading.known(table, ("class", "priority", *PROMISED), at)
    case_class, priority = reading.text_at(table, "class", at), table.get("priority")
    if case_class and case_class not in {*case_classes(), *(each.partition("/")[0] for each in case_classes())}:
        known = ", ".join(case_classes())
        reading.wrong(
            (*at, "class"), f"no class {case_class}; there are {known}", f"没有分类 {case_class}，可用的有 {known}"
        )
    if priority not in (None, 1, 2, 3, 4) or isinstance(priority, bool):
        reading.wrong((*at, "priority"), "a priority is from 1 (first) to 4", "优先级为 1（最先）至 4")
        priority = None
    times = dict[str, timedelta]()
    for name in PROMISED:
        if text := reading.text_at(table, name, at):
            times[name] = _value(reading, text, (*at, name), span_of, timedelta(hours=1))
    if any(not each for each in times.values()):
        reading.wrong(at, "a promise is longer than no time", "时效承诺不能为零")
        times = {}
    return PromiseFor(case_class=case_class, priority=priority, times=FrozenDict(times))


def _shares(reading: Reading, table: Mapping[str, Any], steps: Steps) -> tuple[int, ...]:
    given = table.get("shares", list(SHARES))
    whole = isinstance(given, list) and all(isinstance(each, int) and 0 < each <= 500 for each in given)
    if whole and given and sorted(set(given)) == given:
        return tuple(given)
    reading.wrong(
        (*steps, "shares"),
        "these are rising shares of a promise in per cent, such as [50, 80, 100]",
        "此处为递增的承诺时效百分比，例如 [50, 80, 100]",
    )
    return SHARES


def _alarms(reading: Reading, table: Mapping[str, Any], at: Steps) -> AlarmChoice:
    shipped = shipped_alarm_choice()
    reading.known(table, ("on", "severity", "rules"), at)
    rules = reading.table(table.get("rules", {}), (*at, "rules"))
    reading.known(rules, tuple(alarm_rules()), (*at, "rules"))
    for place, value in ((("on",), table.get("on", True)), *((("rules", name), each) for name, each in rules.items())):
        if not isinstance(value, bool):
            reading.wrong((*at, *place), "this is true or false", "此处应为 true 或 false")
    severity = reading.text_at(table, "severity", at) or shipped.severity.value
    if severity not in set(AlarmSeverity):
        known = ", ".join(AlarmSeverity)
        reading.wrong((*at, "severity"), f"a severity is one of {known}", f"级别可为 {known}")
        severity = shipped.severity.value
    return AlarmChoice(
        on=table.get("on", True) is True,
        severity=AlarmSeverity(severity),
        rules=FrozenDict({**shipped.rules, **{name: each is True for name, each in rules.items()}}),
    )


def _named(
    reading: Reading, table: Mapping[str, Any], name: str, steps: Steps
) -> Iterator[tuple[str, Mapping[str, Any], Steps]]:
    """Yield the tables in a table, with their names and places."""
    for key, value in reading.table(table.get(name, {}), (*steps, name)).items():
        at = (*steps, name, key)
        yield key, reading.table(value, at), at


def _listed(
    reading: Reading, table: Mapping[str, Any], name: str, steps: Steps
) -> Iterator[tuple[Mapping[str, Any], Steps]]:
    """Yield the tables of a list, with their place."""
    value, at = table.get(name, []), (*steps, name)
    if not isinstance(value, list):
        written = f"[[{'.'.join(at)}]]"
        reading.wrong(at, f"this is a list of tables: write {written}", f"此处应为表的列表：请写 {written}")
        return
    for each in value:
        yield reading.table(each, at), at


def _texts(reading: Reading, table: Mapping[str, Any], name: str, at: Steps) -> list[str]:
    value = table.get(name, [])
    if isinstance(value, list) and all(isinstance(each, str) and each.strip() for each in value):
        return value
    reading.wrong((*at, name), 'this is a list of texts: ["A", "B"]', '此处应为文本列表：["A", "B"]')
    return []


def _value(reading: Reading, given: S, at: Steps, read: Callable[[S], T], default: T) -> T:
    """Return what a function makes of a value; the default where it is wrong."""
    try:
        return read(given)
    except ValueError as error:
        reading.wrong(at, *halves(str(error)))
        return default
