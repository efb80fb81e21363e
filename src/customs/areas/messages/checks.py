"""Checks of an area (关区校验): what a parcel lacks for its local messages, as findings, before anything is written.

What an official table demands is an error where it is missing; what every known implementation sends, without a table, is a warning.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from math import inf
from typing import Any, NamedTuple

from customs.areas.area import Area, kept, texts_of
from customs.areas.gateway.forms import missing_secrets
from customs.areas.messages.columns import DIGITS, PLACES, CodeError, Column, columns_of, getter, sum_of
from customs.areas.messages.conditions import condition
from customs.areas.messages.facts import Facts
from customs.areas.messages.writing import held, taken
from customs.areas.profile.model import AreaProfile, Gateway, LocalMessage, Rule
from customs.areas.profile.sources import local_facts, source
from customs.areas.registry import find, names
from customs.fields.money import EXACT
from customs.fields.record import MASK
from customs.fields.terms import Allowed
from customs.rules import Finding, catalogue

#: What is wrong with a parcel, or with one line of it at a path.
Check = Callable[[Facts], Iterator[Finding]]

_NO_LINE: Facts = {}


def check_parcel(area: Area, facts: Facts) -> list[Finding]:
    """What stands against the parcel in this area: its messages that go with every parcel, and its rules.

    ``facts`` are those of ``facts_of`` for the area.
    """
    found = _local_terms(area, facts)
    for message in area.profile.messages:
        if message.with_a_parcel:
            found += _found(checks_of(area, message), facts)
    for check in _rules(area, area.profile):
        found += check(facts)
    return list(dict.fromkeys(found))


def check_settings(area: Area) -> list[Finding]:
    """The settings that the form of the gateway needs and that are not set; none where its secrets are missing, since then there is
    no form.
    """
    gateway = area.profile.gateway
    return list(_gateway_settings(area, gateway)) if gateway and gateway.form and not missing_secrets(area) else []


@kept
def _gateway_settings(area: Area, gateway: Gateway) -> tuple[Finding, ...]:
    steps = (*gateway.before_message, *gateway.steps)
    used_envelopes = tuple(each for each in area.profile.envelopes if each.name in {step.envelope for step in steps})
    texts = texts_of(area.profile.model_copy(update={"messages": (), "envelopes": used_envelopes}))
    found = []
    for name, parameter in area.profile.parameters.items():
        used = any(re.search(rf"\bparameter\.{name}\b", text) for text in texts)
        if used and parameter.need == "required" and not area.parameter(name):
            setting = f"parameters.{name}"
            shown = f"{parameter.zh} {name}"
            found.append(
                catalogue.AREA_SETTING_MISSING.at(
                    f"settings.{setting}", area=area.profile.zh, name=shown, setting=setting
                )
            )
    if area.serials is None and any("{serial" in text or text == "message.serial" for text in texts):
        found += _serial(area)({})
    return tuple(found)


def check_message(area: Area, message: LocalMessage, facts: Facts) -> list[Finding]:
    """What stands against one message, such as a goods record, that does not go with every parcel."""
    rules = [_rule(area, rule) for rule in area.profile.rules if message.name in rule.applies_to]
    found = [*_found(checks_of(area, message), facts), *(finding for check in rules for finding in check(facts))]
    return [*_local_terms(area, facts), *found]


def _local_terms(area: Area, facts: Facts) -> list[Finding]:
    """Local facts that have not the form of what they are, and those that no area has."""
    found = [_malformed(area.profile, path) for path in facts["malformed"]]
    return found + [finding for path in facts["unknown"] if (finding := _unknown(path))]


class _Checks(NamedTuple):
    """What is checked of a message. Most fields are plain: for them it is first seen in one go whether anything can be wrong."""

    clear: Callable[[Facts], bool]
    plain: tuple[Check, ...]
    others: tuple[Check, ...]


def _found(checks: _Checks, facts: Facts) -> Iterator[Finding]:
    for check in checks.others if checks.clear(facts) else (*checks.plain, *checks.others):
        yield from check(facts)


def check_day(profile: AreaProfile, on: date) -> list[Finding]:
    """A warning for a profile that is named on a day on which it is not in force."""
    if profile.in_force(on):
        return []
    days = f"{profile.valid_from or '...'} - {profile.valid_to or '...'}"
    return [catalogue.AREA_NOT_IN_FORCE.at("", area=profile.zh, name=profile.name, days=days, day=on)]


def _malformed(profile: AreaProfile, path: str) -> Finding:
    name = path.rpartition(".")[2]
    found = source(f"{'goods' if path.startswith('order.lines') else 'local'}.{name}", profile)
    return catalogue.AREA_FACT_FORM.at(
        path, area=profile.zh, name=f"{found.zh} {name}", allowed_zh=found.allowed.zh, allowed=found.allowed.en
    )


def _unknown(path: str) -> Finding | None:
    """A local fact that no known area has, by its name a slip; those of other areas are none of this one's business."""
    name, known = path.rpartition(".")[2], _all_facts()
    if name in known:
        return None
    near = next(iter(get_close_matches(name, sorted(known), n=1, cutoff=0.75)), "")
    hints = (f"，最接近的是 {near}", f", the nearest is {near}") if near else ("", "")
    return catalogue.AREA_FACT_UNKNOWN.at(path, name=name, hint_zh=hints[0], hint=hints[1])


@cache
def _all_facts() -> frozenset[str]:
    """The local facts of all areas."""
    profiles = map(find, names())
    return frozenset(
        name for profile in profiles for section in ("local", "goods") for name in local_facts(profile, section)
    )


@kept
def _rules(area: Area, profile: AreaProfile) -> tuple[Check, ...]:
    """The rules that concern messages which go with every parcel."""
    sent = {each.name for each in profile.messages if each.with_a_parcel}
    return tuple(_rule(area, rule) for rule in profile.rules if not rule.applies_to or sent & set(rule.applies_to))


@kept
def checks_of(area: Area, message: LocalMessage) -> _Checks:
    """Return the checks of a message, the plain ones apart, and the quick look that clears those."""
    plain, others, groups = [], [], dict[tuple[bool, str], list[tuple[str, bool, float]]]()
    for column in columns_of(area, message):
        check = _field(area, message, column)
        if check is None:
            continue
        spec, found = column.spec, column.source
        if (
            found is None
            or not column.plain
            or not _is_plain(column)
            or spec.empty_when is not None
            or spec.when is not None
        ):
            others.append(check)
            continue
        plain.append(check)
        held = (column.level == "line", found.section)
        groups.setdefault(held, []).append(
            (found.field, spec.need in ("required", "observed"), inf if spec.most is None else spec.most)
        )
    if area.asks_for_a_serial and area.serials is None:
        others.append(_serial(area))
    return _Checks(_clear(groups), tuple(plain), tuple(others))


def _is_plain(column: Column) -> bool:
    """Whether nothing but absence and length can be wrong with a value."""
    spec = column.spec
    limited = any(
        each is not None for each in (spec.code_map, spec.numbering, spec.places, spec.pad, spec.factor, spec.least)
    )
    if spec.most is not None and column.source is not None and column.source.kind != "text":
        return False
    found = column.source  # what is computed, and what is given as text, may be longer
    given = found is not None and found.path != "" and found.section not in ("local", "goods")
    return (
        not limited
        and (spec.scale is None or spec.scale >= PLACES)
        and (spec.digits is None or (given and spec.digits >= DIGITS))
    )


def _clear(groups: Mapping[tuple[bool, str], list[tuple[str, bool, float]]]) -> Callable[[Facts], bool]:
    """Whether every plain field is given where it is needed, and none is too long."""
    of_parcel, of_lines = (
        [
            (section, taken([name for name, _, _ in fields]), [(needed, most) for _, needed, most in fields])
            for (in_line, section), fields in groups.items()
            if in_line is lines
        ]
        for lines in (False, True)
    )

    def fits(checked: list[Any], facts: Facts, line: Facts) -> bool:
        for section, take, limits in checked:
            for value, (needed, most) in zip(take(held(section, facts, line)), limits, strict=True):
                if value is None or value == "":
                    if needed:
                        return False
                elif most is not inf and len(value) > most:
                    return False
        return True

    return lambda facts: (
        fits(of_parcel, facts, _NO_LINE) and all(fits(of_lines, facts, line) for line in facts["lines"])
    )


def _serial(area: Area) -> Check:
    def check(facts: Facts) -> Iterator[Finding]:
        yield catalogue.AREA_SETTING_MISSING.at(
            "settings.serials", area=area.profile.zh, name="序号来源 serials", setting="serials"
        )

    return check


def _field(area: Area, message: LocalMessage, column: Column) -> Check | None:
    """What is checked of a field: that it is there, has a code, and fits; None where nothing can be wrong."""
    spec = column.spec
    if not spec.filled or spec.const is not None or spec.template is not None:
        return None
    if spec.total is not None and column.source is not None:  # which holds the places that its parts hold
        column = replace(
            column,
            value=getter(column.source),
            spec=spec.model_copy(update={"need": "optional", "most": None, "digits": None}),
        )
    section = column.source.section if column.source else ""
    if section == "parameter":
        return _parameter(area, message, column)
    if section == "step":
        return _secrets(area)
    if section == "message":
        return None
    check = _value_check(area, message, column)
    path = column.source.path if column.source else ""
    if column.level != "line":
        where = path or (column.source.name if column.source else "")
        return lambda facts: check(facts, _NO_LINE, where)
    in_line = bool(column.source and column.source.of_line)

    def check_lines(facts: Facts) -> Iterator[Finding]:
        for at, line in enumerate(facts["lines"]):
            here = f"order.lines[{at}]"
            yield from check(facts, line, f"{here}.{path}" if in_line and path else path or here)

    return check_lines


def _value_check(area: Area, message: LocalMessage, column: Column) -> Callable[[Facts, Facts, str], Iterator[Finding]]:
    """What is wrong with the value of a field in a parcel or a line, as findings at a path."""
    spec, get, fits = column.spec, column.value, _fits(area, column)
    needed = spec.need in ("required", "observed")
    when = condition(area.profile, spec.when) if spec.when else None
    empty_when = condition(area.profile, spec.empty_when) if spec.empty_when else None
    shown = {"area": area.profile.zh, "message": message.name, "name": f"{spec.zh} {spec.name}".strip()}
    absent = catalogue.AREA_FIELD_MISSING if spec.need == "required" else catalogue.AREA_FIELD_SEEN
    allowed = _allowed(column)

    def check_one(facts: Facts, line: Facts, path: str) -> Iterator[Finding]:
        value = get(facts, line)
        if value is None or value == "":
            if needed and path not in facts["malformed"] and (when is None or when(facts, line)):
                yield absent.at(path, **shown, allowed_zh=allowed.zh, allowed=allowed.en)
        elif empty_when is not None and empty_when(facts, line):
            yield catalogue.AREA_FIELD_EMPTY.at(path, **shown)
        elif fault := fits(value):
            kind, said = fault
            yield kind.at(path, **{**shown, **said})

    return check_one


def _allowed(column: Column) -> Allowed:
    """What a field may hold: its kind, and how long it is."""
    found = column.source.allowed if column.source else Allowed("数值", "numbers")
    most = column.spec.most
    if most is None or (column.source and (column.source.kind != "text" or column.source.values)):
        return found
    return Allowed(f"{found.zh}，最多 {most} 个字符", f"{found.en} of at most {most} characters")


def _secrets(area: Area) -> Check | None:
    """A field that is made from a secret, such as a password in the head, cannot be written without it."""
    missing = missing_secrets(area)
    if not missing:
        return None

    def check(facts: Facts) -> Iterator[Finding]:
        for each in missing:
            yield catalogue.AREA_SETTING_MISSING.at(
                "settings.secrets", area=area.profile.zh, name=f"{each.zh} {each.name}", setting=f"secrets.{each.name}"
            )

    return check


def _parameter(area: Area, message: LocalMessage, column: Column) -> Check | None:
    assert column.source is not None, "only fields of parameters come here"
    name, spec = column.source.field, column.spec
    parameter = area.profile.parameters[name]
    setting = f"parameters.{name}"
    if not column.constant:
        if parameter.need == "optional" or spec.need not in ("required", "observed"):
            return None
        kind = catalogue.AREA_SETTING_MISSING
        said: dict[str, object] = {"name": f"{parameter.zh} {name}", "setting": setting}
    else:
        fault = _fits(area, column)(column.constant)
        if not fault:
            return None
        kind, said = fault[0], {**fault[1], "name": f"{parameter.zh} {name}"}
    return lambda facts: iter((kind.at(f"settings.{setting}", area=area.profile.zh, message=message.name, **said),))


_LONGEST_CODE = 6


def _fits(area: Area, column: Column) -> Callable[[Any], tuple[Any, dict[str, object]] | None]:
    """What is wrong with a value that is there, as a kind of finding and what it says; None if nothing is."""
    spec, write = column.spec, column.write
    most, digits, scale = spec.most, spec.digits, spec.places if spec.places is not None else spec.scale
    number = column.source.kind == "decimal" if column.source else spec.sum is not None
    pad, personal = spec.pad, column.source is not None and column.source.personal

    def fits(value: Any) -> tuple[Any, dict[str, object]] | None:
        if number and scale is not None:
            shown = value if spec.factor is None else EXACT.multiply(value, spec.factor)
            if _places(shown) > scale:
                return catalogue.AREA_FIELD_PLACES, {"places": scale}
        try:
            text = write(value) if column.constant is None else column.constant
        except CodeError:
            if spec.numbering is not None:
                return catalogue.AREA_COMPANY, {
                    "code": value,
                    "numbering": f"{area.profile.numberings[spec.numbering].zh} {spec.numbering}",
                }
            # what is personal may have been put here by mistake: no code is that long, or in other letters
            code = str(value)
            return catalogue.AREA_CODE, {
                "code": MASK if personal or len(code) > _LONGEST_CODE or not code.isascii() else code
            }
        if number and digits is not None and len(text.strip("-").replace(".", "").lstrip("0")) > digits:
            return catalogue.AREA_FIELD_LONG, {"most": digits}
        if most is not None and len(text) > most:
            return catalogue.AREA_FIELD_LONG, {"most": most}
        if pad is not None and len(text) > pad:
            return catalogue.AREA_FIELD_LONG, {"most": pad}
        return None

    if (
        most is None
        and digits is None
        and scale is None
        and pad is None
        and spec.code_map is None
        and spec.numbering is None
    ):
        return lambda value: None
    return fits


def _places(value: Decimal) -> int:
    """The places after the point that a value really has, zeros at its end aside."""
    exponent = value.normalize(EXACT).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _rule(area: Area, rule: Rule) -> Check:
    holds = condition(area.profile, rule.when) if rule.when else None
    broken = _broken(area, rule)
    kind = catalogue.AREA_RULE if rule.severity == "error" else catalogue.AREA_RULE_DOUBT

    def check(facts: Facts) -> Iterator[Finding]:
        if holds is None or holds(facts, _NO_LINE):
            for path in broken(facts):
                yield kind.at(
                    path, area=area.profile.zh, rule=rule.code, said_zh=rule.zh.rstrip("。"), said=rule.en.rstrip(".")
                )

    return check


def _broken(area: Area, rule: Rule) -> Callable[[Facts], Iterator[str]]:
    """The paths at which a rule is broken."""
    profile = area.profile
    if rule.equal is not None:
        one, other = (sum_of(side, profile) for side in rule.equal)
        term, tolerance = rule.equal[0][0].removeprefix("-"), rule.tolerance
        path = "order.lines" if term.startswith("lines:") else source(term, profile).path

        def equal(facts: Facts) -> Iterator[str]:
            left, right = one(facts, _NO_LINE), other(facts, _NO_LINE)
            if left is not None and right is not None and abs(left - right) > tolerance:
                yield path

        return equal
    if rule.at_most is not None:
        limit, at_most = rule.at_most.value, source(rule.at_most.fact, profile)
        get = getter(at_most)
        return lambda facts: iter((at_most.path,) if (get(facts, _NO_LINE) or Decimal(0)) > limit else ())
    if rule.among is not None:
        values, found = frozenset(rule.among.values), source(rule.among.fact, profile)
        return lambda facts: (
            path
            for path, value in _values(facts, found.name, profile)
            if value is not None and str(value) not in values
        )
    if rule.distinct is not None:
        return lambda facts: _repeated(_values(facts, rule.distinct or "", profile))
    if rule.all_given is not None:
        return lambda facts: (
            path
            for name in rule.all_given or ()
            for path, value in _values(facts, name, profile)
            if value is None or value == ""
        )
    if rule.same is not None:
        first, second = (source(name, profile) for name in rule.same)
        get_first, get_second = getter(first), getter(second)
        return lambda facts: iter((first.path,) if get_first(facts, _NO_LINE) != get_second(facts, _NO_LINE) else ())
    return lambda facts: iter(())


def _values(facts: Facts, name: str, profile: AreaProfile) -> Iterator[tuple[str, Any]]:
    """A fact of the parcel, or of each of its lines, with the path at which it is given."""
    found = source(name, profile)
    get = getter(found)
    if not found.of_line:
        yield found.path or found.name, get(facts, _NO_LINE)
        return
    for at, line in enumerate(facts["lines"]):
        yield f"order.lines[{at}].{found.path}", get(facts, line)


def _repeated(values: Iterator[tuple[str, Any]]) -> Iterator[str]:
    seen = set()
    for path, value in values:
        if value is not None and value in seen:
            yield path
        seen.add(value)
