"""Words of cases (工单用语): what happened to a case, how long its clocks have left, and what it is tied to.

>>> from datetime import timedelta
>>> working_time(timedelta(minutes=40)), working_time(timedelta(hours=3, minutes=20))
(BothTexts(zh='40 分钟', en='40 min'), BothTexts(zh='3 小时 20 分钟', en='3 h 20 min'))
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import quote

from customs.hub.cases.classes import case_classes, case_groups
from customs.hub.cases.clocks import CaseClock, clocks_of
from customs.hub.cases.entries import ASKER, MACHINE, CaseEntry, CaseEntryKind
from customs.hub.cases.escalating import CLOCK_NAMES
from customs.hub.cases.folded import HubCase
from customs.hub.cases.kept import read_opening
from customs.hub.cases.priorities import PRIORITY_NAMES, CaseImpact, CaseUrgency
from customs.hub.cases.states import CaseState
from customs.hub.web.catalogue import BothTexts, console_text
from customs.hub.web.service import ConsoleService
from customs.hub.web.visits import Visit, order_path
from customs.receipts.catalogue import coded

#: How each state looks.
STATE_KINDS: Mapping[CaseState, str] = {
    CaseState.NEW: "warn",
    CaseState.REOPENED: "warn",
    CaseState.RESOLVED: "good",
    CaseState.CLOSED: "good",
    CaseState.MERGED: "calm",
    CaseState.CANCELLED: "calm",
}


class ClockShown(NamedTuple):
    """A clock of a case as a page shows it: its name, how it stands in words, and how that looks."""

    name: BothTexts
    words: BothTexts
    kind: str
    due: datetime | None


class EntryShown(NamedTuple):
    """An entry of a case as a page shows it: when, by whom, what happened, and what was said."""

    at: datetime
    by: str
    text: BothTexts
    words: str
    kind: str
    """``outside``, ``inside`` or ``asker`` for what was said, ``file`` for a file, empty for a change."""
    target: str = ""


def state_words(state: CaseState) -> BothTexts:
    """Return a state in words."""
    return BothTexts(state.zh, state.value.replace("_", " "))


def class_words(key: str) -> BothTexts:
    """Return a class in words; the key itself for one that is no more."""
    found = case_classes().get(key)
    return BothTexts(found.name.zh, found.name.en) if found else BothTexts(key, key)


def group_words(name: str) -> BothTexts:
    """Return a group in words; its name for one that the classification does not know."""
    found = case_groups().get(name)
    return BothTexts(found.zh, found.en) if found else BothTexts(name, name)


def priority_words(priority: int) -> BothTexts:
    """Return a priority in words."""
    en, zh = PRIORITY_NAMES[priority]
    return BothTexts(f"{priority} {zh}", f"{priority} {en}")


def class_choices(chinese: bool) -> list[tuple[str, str]]:
    """Return all classes to choose from, each with its phase."""
    found = case_classes().values()
    return [
        (each.key, f"{each.phase.zh} · {each.name.zh}" if chinese else f"{each.phase.en} · {each.name.en}")
        for each in found
    ]


def group_choices(chinese: bool) -> list[tuple[str, str]]:
    """Return all groups to choose from."""
    return [(name, each.zh if chinese else each.en) for name, each in case_groups().items()]


def scale_choices(chinese: bool) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return impacts and urgencies to choose from."""
    impacts = [(each.value, console_text(f"case_impact.{each.value}")) for each in CaseImpact]
    urgencies = [(each.value, console_text(f"case_urgency.{each.value}")) for each in CaseUrgency]
    language = "zh" if chinese else "en"
    return [(key, text.in_language(language)) for key, text in impacts], [
        (key, text.in_language(language)) for key, text in urgencies
    ]


def working_time(time: timedelta) -> BothTexts:
    """Return a working time in words, in whole minutes."""
    hours, minutes = divmod(int(time.total_seconds()) // 60, 60)
    if not hours:
        return BothTexts(f"{minutes} 分钟", f"{minutes} min")
    zh, en = (f" {minutes} 分钟", f" {minutes} min") if minutes else ("", "")
    return BothTexts(f"{hours} 小时{zh}", f"{hours} h{en}")


def clocks_shown(
    console: ConsoleService, case: HubCase, entries: Sequence[CaseEntry], now: datetime
) -> list[ClockShown]:
    """Return the clocks of a case in words, such as "due in 40 min of working time"."""
    hours = console.cases.hours_for(case)
    clocks = clocks_of(entries, console.cases.promise_for(case), hours, now=now)
    return [_clock_shown(each, case, each.reaches(100, hours)) for each in clocks]


def _clock_shown(clock: CaseClock, case: HubCase, due: datetime | None) -> ClockShown:
    en, zh = CLOCK_NAMES[clock.name]
    left = clock.promise - clock.used
    if clock.stopped:
        paused = case.state.open and not (clock.name == "answer" and case.answered_at)
        key = "paused" if paused else "kept" if clock.kept else "missed"
    else:
        key = "running" if left >= timedelta(0) else "breached"
    told = {"used": working_time(clock.used), "left": working_time(abs(left)), "promise": working_time(clock.promise)}
    text = console_text(f"case_clock.{key}")
    words = BothTexts(
        text.zh.format(**{name: each.zh for name, each in told.items()}),
        text.en.format(**{name: each.en for name, each in told.items()}),
    )
    kind = {"kept": "good", "missed": "bad", "breached": "bad", "paused": "info"}.get(key, _running_kind(clock.share))
    return ClockShown(BothTexts(zh, en), words, kind, due if key == "running" else None)


def _running_kind(share: int) -> str:
    return "warn" if share >= 80 else "info"


def entries_shown(entries: Sequence[CaseEntry]) -> list[EntryShown]:
    """Return the entries of a case in words."""
    return [_entry_shown(each) for each in entries]


def _entry_shown(entry: CaseEntry) -> EntryShown:
    by = "" if entry.by == MACHINE else entry.by
    if entry.kind is CaseEntryKind.OPENED:
        return EntryShown(entry.at, by, _changed("opened", entry), read_opening(entry.words)[1], "asker")
    if entry.kind is CaseEntryKind.COMMENTED:
        kind = "asker" if entry.after == ASKER else "outside" if entry.outside else "inside"
        return EntryShown(entry.at, by, console_text(f"case_entry.{kind}"), entry.words, kind)
    if entry.kind is CaseEntryKind.ATTACHED:
        return EntryShown(entry.at, by, console_text("case_entry.attached"), entry.words, "file", entry.after)
    return EntryShown(entry.at, by, _changed(entry.kind.value, entry), entry.words, "")


def _changed(key: str, entry: CaseEntry) -> BothTexts:
    text, before, after = console_text(f"case_entry.{key}"), _value(entry, entry.before), _value(entry, entry.after)
    return BothTexts(text.zh.format(before=before.zh, after=after.zh), text.en.format(before=before.en, after=after.en))


def _value(entry: CaseEntry, value: str) -> BothTexts:
    """Return what an entry changed, before or after, in words."""
    if not value:
        return console_text("cases.nobody") if entry.kind is CaseEntryKind.ASSIGNED else BothTexts("–", "–")
    match entry.kind:
        case CaseEntryKind.OPENED:
            return console_text(f"case_source.{value}")
        case CaseEntryKind.MOVED:
            return state_words(CaseState(value))
        case CaseEntryKind.CLASSIFIED:
            return class_words(value.partition("@")[0])
        case CaseEntryKind.QUEUED:
            return group_words(value)
        case CaseEntryKind.PRIORITISED:
            return _scale_words(value)
        case CaseEntryKind.LINKED | CaseEntryKind.UNLINKED:
            kind, _, target = value.partition(":")
            words = console_text(f"case_link.{kind}")
            return BothTexts(f"{words.zh} {target}", f"{words.en} {target}")
    return BothTexts(value, value)


def _scale_words(value: str) -> BothTexts:
    impact, _, urgency = value.partition("/")
    first, second = console_text(f"case_impact.{impact}"), console_text(f"case_urgency.{urgency}")
    return BothTexts(f"{first.zh}、{second.zh}", f"{first.en}, {second.en}")


class LinkShown(NamedTuple):
    """A thing that a case is tied to: its kind, its target as it is kept, in words, and its page if it has one."""

    kind: str
    target: str
    words: BothTexts
    address: str


def links_shown(visit: Visit, links: frozenset[tuple[str, str]]) -> Iterator[LinkShown]:
    """Yield what a case is tied to; its causes are the business of the hub."""
    for kind, target in sorted(links):
        if kind == "cause":
            continue
        words = BothTexts(target, target)
        if kind == "code" and (meanings := coded(target)):
            words = BothTexts(f"{target} {meanings[0].zh}", f"{target} {meanings[0].en}")
        yield LinkShown(kind, target, words, _address(visit, kind, target))


def _address(visit: Visit, kind: str, target: str) -> str:
    if kind == "order":
        platform, _, number = target.partition("/")
        return visit.here(order_path(platform, number))
    form = {"case": "/cases/{}", "article": "/knowledge/{}"}.get(kind, "")
    return visit.here(form.format(quote(target))) if form else ""
