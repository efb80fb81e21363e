"""The classification of cases (工单分类): phase of the road and cause, closed and with a version, as ``classes.toml`` has it.

>>> found = case_classes()["identity/over_yearly"]
>>> found.name.zh, found.group, found.phase.zh
('超年度限额', 'support', '3 身份与额度')
>>> class_of_receipt("1313"), class_of_alarm("guarantee_low")
('identity/over_yearly', 'tax/guarantee_low')
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from customs.fields.frozen import FrozenDict
from customs.hub.cases.priorities import CaseImpact, CaseUrgency
from customs.receipts.catalogue import coded, family_of
from customs.shipped import text_of

#: The class of a case of which nothing is known.
UNCLASSIFIED = "system/other"


class CaseWords(NamedTuple):
    """A name in English and Chinese."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseClass:
    """A class: its names, the group that deals with it, and what leads to it."""

    key: str
    """Phase and cause, as ``phase/cause``."""
    phase: CaseWords
    name: CaseWords
    group: str
    impact: CaseImpact = CaseImpact.PARCEL
    urgency: CaseUrgency = CaseUrgency.NONE
    codes: tuple[str, ...] = ()
    """Codes of receipts."""
    causes: tuple[str, ...] = ()
    """Causes of errors of receipts, as ``ErrorCause`` names them."""
    families: tuple[str, ...] = ()
    """Families of codes of receipts."""
    rules: tuple[str, ...] = ()
    """Rules of alarms."""


@cache
def case_classes() -> Mapping[str, CaseClass]:
    """Return the classes by their keys."""
    return FrozenDict({each.key: each for each in _classes()})


@cache
def case_groups() -> Mapping[str, CaseWords]:
    """Return the groups that the classification names."""
    return FrozenDict({name: CaseWords(*words) for name, words in _table()["groups"].items()})


@cache
def classes_version() -> int:
    """Return the version of the classification; it rises when a class comes, goes or means another thing."""
    return int(_table()["version"])


def class_of_receipt(code: str) -> str:
    """Return the class of a code of a receipt: by the code, the cause of its error, or its family."""
    meanings = coded(code)
    sought = [("codes", code)]
    sought += [("causes", each.cause.value) for each in meanings if each.cause is not None]
    sought += [("families", each.family) for each in meanings]
    if (family := family_of(code)) is not None:
        sought.append(("families", family.code))
    return next((found for each in sought if (found := _leading().get(each))), UNCLASSIFIED)


def class_of_alarm(rule: str) -> str:
    """Return the class of an alarm by its rule."""
    return _leading().get(("rules", rule), UNCLASSIFIED)


@cache
def _leading() -> Mapping[tuple[str, str], str]:
    """Return the class that each code, cause, family and rule leads to."""
    return FrozenDict(
        {
            (kind, name): each.key
            for each in case_classes().values()
            for kind in ("codes", "causes", "families", "rules")
            for name in getattr(each, kind)
        }
    )


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(text_of("customs.hub.cases", "classes.toml"))


def _classes() -> Iterator[CaseClass]:
    for phase, table in _table()["phases"].items():
        for cause, given in table["classes"].items():
            lists = {name: tuple(given.get(name, ())) for name in ("codes", "causes", "families", "rules")}
            yield CaseClass(
                key=f"{phase}/{cause}",
                phase=CaseWords(*table["name"]),
                name=CaseWords(*given["name"]),
                group=given.get("group", table["group"]),
                impact=CaseImpact(given.get("impact", CaseImpact.PARCEL)),
                urgency=CaseUrgency(given.get("urgency", CaseUrgency.NONE)),
                **lists,
            )
