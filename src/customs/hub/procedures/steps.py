"""Procedures and their steps (作业程序与步骤), read from TOML, with every mistake named.

>>> procedure = shipped_procedures()["over_limit"]
>>> procedure.name.zh, [each.key for each in procedure.steps][:2], procedure.steps[2].four_eyes
('超出个人限额', ['hold', 'tell'], True)
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from customs.fields.frozen import FrozenDict
from customs.hub.alarms.spans import span_of
from customs.hub.cases.classes import CaseWords, case_classes
from customs.hub.procedures.conditions import CONDITIONS
from customs.shipped import text_of

#: What evidence a step may need: words, a business number, or the number of a file of the case.
EVIDENCE = ("", "words", "number", "file")

#: What the hub does in a step, and how that is called.
ACTIONS: Mapping[str, CaseWords] = FrozenDict(
    {
        "push": CaseWords("send again what customs lacks", "补推单证"),
        "hold": CaseWords("hold the order back", "冻结订单"),
        "cancel": CaseWords("cancel the list", "撤单"),
        "return": CaseWords("return the goods", "退货"),
        "ask_buyer": CaseWords("ask the buyer", "联系订购人"),
        "ask_provider": CaseWords("ask the provider", "联系服务商"),
        "wait_customs": CaseWords("wait for customs", "等待海关"),
        "resolve": CaseWords("resolve the case", "办结工单"),
    }
)

#: Where ``next`` leads at the end.
END = "end"

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}", re.ASCII)
_STEP_KEYS = ("key", "name", "action", "when", "evidence", "limit", "four_eyes", "next")


class ProcedureError(ValueError):
    """A procedure cannot be read or run so; the text says why, in both languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureStep:
    """A step: what is done, when, with which evidence, within which time, and whether a second person has to agree."""

    key: str
    name: CaseWords
    action: str = ""
    when: str = ""
    evidence: str = ""
    limit: timedelta = timedelta(hours=24)
    four_eyes: bool = False
    next: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """A procedure: its key, version and name, the classes of cases that it is for, and its steps."""

    key: str
    version: int
    name: CaseWords
    classes: tuple[str, ...]
    steps: tuple[ProcedureStep, ...]

    def step(self, key: str) -> ProcedureStep:
        """Return a step by its key. Raises ``KeyError``."""
        return {each.key: each for each in self.steps}[key]

    def after(self, step: ProcedureStep) -> str:
        """Return the key of the step that follows, empty at the end."""
        if step.next:
            return "" if step.next == END else step.next
        at = self._keys.index(step.key) + 1
        return self._keys[at] if at < len(self._keys) else ""

    @property
    def _keys(self) -> list[str]:
        return [each.key for each in self.steps]


@cache
def shipped_procedures() -> Mapping[str, Procedure]:
    """Return the procedures that are shipped, by their keys."""
    table = tomllib.loads(text_of("customs.hub.procedures", "procedures.toml"))
    return FrozenDict({key: procedure_of(key, given) for key, given in table.items()})


def read_procedure(key: str, text: str) -> Procedure:
    """Read a procedure from TOML with ``version``, ``name``, ``classes`` and ``steps``. Raises ``ProcedureError``."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProcedureError(f"this is no TOML: {error} 不是有效的 TOML：{error}") from None
    return procedure_of(key, table)


def procedure_of(key: str, table: Mapping[str, Any]) -> Procedure:
    """Return the procedure of a table. Raises ``ProcedureError`` with every mistake."""
    wrong = list(_mistakes(key, table))
    if wrong:
        raise ProcedureError("; ".join(f"{en} {zh}" for en, zh in wrong))
    return Procedure(
        key=key,
        version=table["version"],
        name=CaseWords(*table["name"]),
        classes=tuple(table.get("classes", ())),
        steps=tuple(_step(each) for each in table["steps"]),
    )


def _step(table: Mapping[str, Any]) -> ProcedureStep:
    given: dict[str, Any] = {**table, "name": CaseWords(*table["name"])}
    if "limit" in table:
        given["limit"] = span_of(table["limit"])
    return ProcedureStep(**given)


def _mistakes(key: str, table: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with a procedure, in English and Chinese."""
    version, steps, classes = table.get("version"), table.get("steps"), table.get("classes", [])
    if not _KEY.fullmatch(key):
        yield f"{key!r} is no key: small letters, digits and _", f"{key!r} 不是有效标识：小写字母、数字和下划线"
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        yield "version is a number from 1", "version 为从 1 起的整数"
    if not _both(table.get("name")):
        yield 'name is ["English", "Chinese"]', 'name 为 ["英文", "中文"]'
    if not isinstance(classes, list) or not all(each in case_classes() for each in classes):
        yield f"classes are some of {', '.join(case_classes())}", "classes 须为已有的工单分类"
    if not isinstance(steps, list) or not steps or not all(isinstance(each, dict) for each in steps):
        yield "steps is a list of tables with at least one", "steps 为至少一项的表列表"
        return
    keys = [each.get("key") for each in steps]
    if len(set(map(str, keys))) != len(keys):
        yield "two steps have one key", "步骤标识重复"
    for place, each in enumerate(steps):
        yield from _mistakes_of_step(each, keys, place)


def _mistakes_of_step(table: Mapping[str, Any], keys: Sequence[Any], place: int) -> Iterator[tuple[str, str]]:
    at = f"step {place + 1}", f"第 {place + 1} 步"
    for name in sorted(set(table) - set(_STEP_KEYS)):
        yield f"{at[0]}: {name} is no key of a step", f"{at[1]}：步骤没有 {name}"
    if not _KEY.fullmatch(str(table.get("key", ""))) or table.get("key") == END:
        yield (
            f"{at[0]}: key has small letters, digits and _, and is not {END}",
            f"{at[1]}：key 由小写字母、数字和下划线组成，且不为 {END}",
        )
    if not _both(table.get("name")):
        yield f'{at[0]}: name is ["English", "Chinese"]', f'{at[1]}：name 为 ["英文", "中文"]'
    allowed = {"action": ("", *ACTIONS), "when": ("", *CONDITIONS), "evidence": EVIDENCE}
    for name, values in allowed.items():
        if table.get(name, "") not in values:
            known = ", ".join(filter(None, values))
            yield f"{at[0]}: {name} is one of {known}", f"{at[1]}：{name} 可为 {known}"
    if not isinstance(table.get("four_eyes", False), bool):
        yield f"{at[0]}: four_eyes is true or false", f"{at[1]}：four_eyes 为 true 或 false"
    # a step leads forward only, so that every run ends
    if table.get("next", END) not in (END, *keys[place + 1 :]):
        yield f"{at[0]}: next is a later step, or {END}", f"{at[1]}：next 为后面的步骤或 {END}"
    try:
        good = span_of(str(table.get("limit", "1h"))) > timedelta(0)
    except ValueError:
        good = False
    if not good:
        yield f"{at[0]}: limit is a time such as 4h", f"{at[1]}：limit 为 4h 之类的时长"


def _both(given: object) -> bool:
    return isinstance(given, list) and len(given) == 2 and all(isinstance(each, str) and each.strip() for each in given)
