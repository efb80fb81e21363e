"""Checks of an area (关区校验): what a parcel lacks for its local messages, as findings, before anything is written.

A field that an official table demands is an error where it is missing; one that every known client sends, without a
table, is a warning.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from customs.areas.area import Area, kept
from customs.areas.messages.compiled_fields import Column, columns_of, getter
from customs.areas.messages.conditions import condition, goes_into
from customs.areas.messages.first_look import Suspicion, can_be_looked_at, look_of
from customs.areas.messages.given import local_findings, secret_missing, serials_missing
from customs.areas.messages.limits import allowed_in, fault_of, is_limited, only_length_matters
from customs.areas.messages.parcel_facts import NO_LINE, LineFacts, MessageFacts, ParcelFacts
from customs.areas.messages.rules import Check, check_of
from customs.areas.profile.fields import LocalMessage
from customs.areas.profile.model import AreaProfile
from customs.fields.money import exactly
from customs.rules import Finding, catalogue


@exactly
def check_parcel(area: Area, parcel: ParcelFacts) -> list[Finding]:
    """The findings of the area about a parcel: on its messages that go with every parcel, and by its rules.

    ``parcel`` has the facts of ``facts_of`` for the area.
    """
    message = _settings_of(area, area.profile)
    found = local_findings(area, parcel) + _sent_checks(area, area.profile).findings(parcel, message)
    for each in _conditional(area.profile):
        if goes_into(area.profile, each, parcel):
            found += checks_of(area, each).findings(parcel, message)
    for check in _rules(area, area.profile):
        found += check(parcel, message)
    return list(dict.fromkeys(found))


@exactly
def check_message(area: Area, message: LocalMessage, parcel: ParcelFacts) -> list[Finding]:
    """The findings about one message, such as a goods record, that does not go with every parcel."""
    facts = _settings_of(area, area.profile)
    rules = [check_of(area, rule) for rule in area.profile.rules if message.name in rule.applies_to]
    found = [
        *checks_of(area, message).findings(parcel, facts),
        *(each for check in rules for each in check(parcel, facts)),
    ]
    return [*local_findings(area, parcel), *found]


@kept
def _settings_of(area: Area, profile: AreaProfile) -> MessageFacts:
    """The facts that a check has of a message which is not written yet: the settings."""
    return MessageFacts(parameter=area.parameter_texts)


# Messages


class _Checks(NamedTuple):
    """The checks of messages in their order. ``look`` names those with which something may be wrong, by their places;
    those at the places ``unseen`` are always asked.
    """

    checks: tuple[Check, ...]
    look: Suspicion
    unseen: tuple[int, ...]

    @property
    def plain(self) -> tuple[Check, ...]:
        """The checks that the first look can clear."""
        return tuple(check for at, check in enumerate(self.checks) if at not in self.unseen)

    def suspects(self, parcel: ParcelFacts, message: MessageFacts) -> list[Check]:
        """The checks of ``plain`` that may find something."""
        return [self.checks[at] for at in sorted(set(self.look(parcel, message)))]

    def clear(self, parcel: ParcelFacts, message: MessageFacts) -> bool:
        """Return True if nothing is wrong with any plain field."""
        return not self.suspects(parcel, message)

    def findings(self, parcel: ParcelFacts, message: MessageFacts) -> list[Finding]:
        """The findings of all checks, in their order."""
        suspected = self.look(parcel, message)
        places = sorted({*suspected, *self.unseen}) if suspected else self.unseen
        return [finding for at in places for finding in self.checks[at](parcel, message)]


@kept
def _rules(area: Area, profile: AreaProfile) -> tuple[Check, ...]:
    """The checks of rules that concern messages which go with every parcel."""
    sent = {each.name for each in profile.messages if each.with_a_parcel}
    return tuple(check_of(area, rule) for rule in profile.rules if not rule.applies_to or sent & set(rule.applies_to))


@kept
def checks_of(area: Area, message: LocalMessage) -> _Checks:
    """The checks of a message."""
    return _checks(area, [message])


@kept
def _sent_checks(area: Area, profile: AreaProfile) -> _Checks:
    """The checks of all messages that go with every parcel, whatever it is."""
    return _checks(area, [each for each in profile.messages if each.with_a_parcel and each.when is None])


def _conditional(profile: AreaProfile) -> Iterator[LocalMessage]:
    """The messages that go with parcels which meet a condition."""
    return (each for each in profile.messages if each.with_a_parcel and each.when is not None)


def _checks(area: Area, messages: Iterable[LocalMessage]) -> _Checks:
    checks, looked_at, unseen = list[Check](), list[tuple[int, Column]](), list[int]()
    for message in messages:
        if missing := list(_missing_in_templates(area, message)):
            unseen.append(len(checks))
            checks.append(_always(*missing))
        found = [(each, check) for each in columns_of(area, message) if (check := _check_of(area, message, each))]
        for column, check in sorted(found, key=lambda pair: not _is_simple(pair[0])):
            if can_be_looked_at(column):
                looked_at.append((len(checks), column))
            else:
                unseen.append(len(checks))
            checks.append(check)
        if area.profile.asks_for_a_serial and area.serials is None:
            unseen.append(len(checks))
            checks.append(_always(serials_missing(area)))
    return _Checks(tuple(checks), look_of(area, looked_at), tuple(unseen))


def _is_simple(column: Column) -> bool:
    """True if only absence and length are checked, whatever else the parcel holds. These findings come first."""
    unconditional = column.spec.when is None and column.spec.empty_when is None
    return unconditional and column.plain and only_length_matters(column)


def _always(*findings: Finding) -> Check:
    return lambda parcel, message: iter(findings)


# Fields


def _check_of(area: Area, message: LocalMessage, column: Column) -> Check | None:
    """The check of a field: it is there, has a code, and fits; None where nothing can be wrong."""
    spec, fact = column.spec, column.fact
    if not spec.filled or spec.const is not None or spec.template is not None:
        return None
    section = fact.section if fact else ""
    if section == "parameter":
        return _parameter(area, message, column)
    if section == "step":
        missing = [secret_missing(area, each) for each in area.missing_secrets]
        return _always(*missing) if missing else None
    if section == "message":
        return None
    if spec.total is not None:  # a sum over parcels, each of which has the places that the field takes
        unlimited = spec.model_copy(update={"need": "optional", "most": None, "digits": None})
        column = replace(column, value=getter(spec.total), spec=unlimited)
    if not (column.spec.needed or column.spec.empty_when or is_limited(column.spec)):
        return None
    check = _value_check(area, message, column)
    return _each_line(column, check) if column.level == "line" else _once(column, check)


#: The findings about the value of a field in a parcel or a line, at a path.
_ValueCheck = Callable[[ParcelFacts, LineFacts, MessageFacts, str], Iterator[Finding]]


def _once(column: Column, check: _ValueCheck) -> Check:
    where = (column.fact.path or column.fact.name) if column.fact else ""
    return lambda parcel, message: check(parcel, NO_LINE, message, where)


def _each_line(column: Column, check: _ValueCheck) -> Check:
    path = column.fact.path if column.fact else ""
    in_line = column.fact is not None and column.fact.of_line

    def check_lines(parcel: ParcelFacts, message: MessageFacts) -> Iterator[Finding]:
        for at, line in enumerate(parcel.lines):
            here = f"order.lines[{at}]"
            yield from check(parcel, line, message, f"{here}.{path}" if in_line and path else path or here)

    return check_lines


def _value_check(area: Area, message: LocalMessage, column: Column) -> _ValueCheck:
    spec, get, fault_in = column.spec, column.value, fault_of(area, column)
    when = condition(area.profile, spec.when) if spec.when else None
    empty_when = condition(area.profile, spec.empty_when) if spec.empty_when else None
    words: dict[str, object] = {
        "area": area.profile.zh,
        "message": message.name,
        "name": f"{spec.zh} {spec.name}".strip(),
    }
    absent = catalogue.AREA_FIELD_MISSING if spec.need == "required" else catalogue.AREA_FIELD_SEEN
    allowed = allowed_in(column)

    @lru_cache(maxsize=64)  # many parcels lack the same, and nothing of a parcel is in this finding but the path
    def missing(path: str) -> Finding:
        return absent.at(path, **words, allowed_zh=allowed.zh, allowed=allowed.en)

    def check(parcel: ParcelFacts, line: LineFacts, facts: MessageFacts, path: str) -> Iterator[Finding]:
        value = get(parcel, line, facts)
        if not value and (value is None or value == ""):
            if spec.needed and path not in parcel.malformed and (when is None or when(parcel, line, facts)):
                yield missing(path)
        elif empty_when is not None and empty_when(parcel, line, facts):
            yield catalogue.AREA_FIELD_EMPTY.at(path, **words)
        elif fault := fault_in(value):
            kind, said = fault
            yield kind.at(path, **{**words, **said})

    return check


def _missing_in_templates(area: Area, message: LocalMessage) -> Iterator[Finding]:
    """The findings for settings that the envelope of a message holds, its number or the name of its file."""
    named = {
        name.field: None
        for template, _ in message.templates()
        for name in template.facts
        if name.section == "parameter"
    }
    for name in named:
        parameter = area.profile.parameters[name]
        if parameter.need == "required" and not area.parameter(name):
            words = {"area": area.profile.zh, "name": f"{parameter.zh} {name}", "setting": f"parameters.{name}"}
            yield catalogue.AREA_SETTING_MISSING.at(f"settings.parameters.{name}", **words)


def _parameter(area: Area, message: LocalMessage, column: Column) -> Check | None:
    """The check of a field that holds a setting, which is the same for all parcels."""
    assert column.fact is not None, "only fields of parameters come here"
    name, spec = column.fact.field, column.spec
    parameter = area.profile.parameters[name]
    words: Mapping[str, object] = {
        "area": area.profile.zh,
        "message": message.name,
        "name": f"{parameter.zh} {name}",
    }
    path = f"settings.parameters.{name}"
    if not column.constant:
        if parameter.need == "optional" or not spec.needed:
            return None
        return _always(catalogue.AREA_SETTING_MISSING.at(path, **words, setting=f"parameters.{name}"))
    fault = fault_of(area, column)(column.constant)
    if fault is None:
        return None
    kind, said = fault
    return _always(kind.at(path, **{**said, **words}))
