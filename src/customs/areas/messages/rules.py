"""Rules of an area (地方规则): what a profile demands of a parcel beyond its fields, as findings."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from customs.areas.area import Area
from customs.areas.messages.compiled_fields import getter, sum_of
from customs.areas.messages.conditions import condition
from customs.areas.messages.parcel_facts import NO_LINE, MessageFacts, ParcelFacts
from customs.areas.profile.expressions import FactName, Summand
from customs.areas.profile.facts import fact_named
from customs.areas.profile.model import AreaProfile
from customs.areas.profile.rules import Among, AtMost, Rule
from customs.rules import Finding, catalogue

#: The findings about a parcel; the settings of the area are facts of the message.
Check = Callable[[ParcelFacts, MessageFacts], Iterator[Finding]]

#: The paths at which a rule is broken.
Broken = Callable[[ParcelFacts, MessageFacts], Iterable[str]]


def check_of(area: Area, rule: Rule) -> Check:
    """The check of a rule: a finding at each path at which it is broken."""
    applies = condition(area.profile, rule.when) if rule.when else None
    broken = _broken(area.profile, rule)
    kind = catalogue.AREA_RULE if rule.severity == "error" else catalogue.AREA_RULE_DOUBT
    words = {"area": area.profile.zh, "rule": rule.code, "said_zh": rule.zh.rstrip("。"), "said": rule.en.rstrip(".")}

    def check(parcel: ParcelFacts, message: MessageFacts) -> Iterator[Finding]:
        if applies is None or applies(parcel, NO_LINE, message):
            for path in broken(parcel, message):
                yield kind.at(path, **words)

    return check


def _broken(profile: AreaProfile, rule: Rule) -> Broken:
    if rule.equal is not None:
        return _unequal(profile, *rule.equal, rule.tolerance)
    if rule.at_most is not None:
        return _over(profile, rule.at_most)
    if rule.among is not None:
        return _not_among(profile, rule.among)
    if rule.distinct is not None:
        return _repeated(profile, rule.distinct)
    if rule.all_given is not None:
        return _not_given(profile, rule.all_given)
    if rule.same is not None:
        return _different(profile, *rule.same)
    return lambda parcel, message: ()  # `same_in_batch` keeps parcels apart, and refuses none


def _unequal(profile: AreaProfile, one: tuple[Summand, ...], other: tuple[Summand, ...], tolerance: Decimal) -> Broken:
    left_of, right_of = sum_of(one), sum_of(other)
    path = "order.lines" if one[0].over_lines else fact_named(one[0].fact, profile).path

    def broken(parcel: ParcelFacts, message: MessageFacts) -> Iterator[str]:
        left, right = left_of(parcel, NO_LINE, message), right_of(parcel, NO_LINE, message)
        if left is not None and right is not None and abs(left - right) > tolerance:
            yield path

    return broken


def _over(profile: AreaProfile, limit: AtMost) -> Broken:
    get, path = getter(limit.fact), fact_named(limit.fact, profile).path

    def broken(parcel: ParcelFacts, message: MessageFacts) -> Iterator[str]:
        if (get(parcel, NO_LINE, message) or Decimal(0)) > limit.value:
            yield path

    return broken


def _not_among(profile: AreaProfile, among: Among) -> Broken:
    values, allowed = _values(profile, among.fact), frozenset(among.values)
    return lambda parcel, message: (
        path for path, value in values(parcel, message) if value is not None and str(value) not in allowed
    )


def _not_given(profile: AreaProfile, facts: tuple[FactName, ...]) -> Broken:
    found = [_values(profile, name) for name in facts]
    return lambda parcel, message: (
        path
        for values in found
        for path, value in values(parcel, message)
        if not value and (value is None or value == "")
    )


def _different(profile: AreaProfile, one: FactName, other: FactName) -> Broken:
    first, second, path = getter(one), getter(other), fact_named(one, profile).path

    def broken(parcel: ParcelFacts, message: MessageFacts) -> Iterator[str]:
        if first(parcel, NO_LINE, message) != second(parcel, NO_LINE, message):
            yield path

    return broken


def _repeated(profile: AreaProfile, name: FactName) -> Broken:
    values = _values(profile, name)

    def broken(parcel: ParcelFacts, message: MessageFacts) -> Iterator[str]:
        seen = set()
        for path, value in values(parcel, message):
            if value is not None and value in seen:
                yield path
            seen.add(value)

    return broken


def _values(profile: AreaProfile, name: FactName) -> Callable[[ParcelFacts, MessageFacts], Iterator[tuple[str, Any]]]:
    """A fact of the parcel, or of each of its lines, with the path at which it is given."""
    found, get = fact_named(name, profile), getter(name)
    path = found.path or found.name

    def in_lines(parcel: ParcelFacts, message: MessageFacts) -> Iterator[tuple[str, Any]]:
        for at, line in enumerate(parcel.lines):
            yield f"order.lines[{at}].{found.path}", get(parcel, line, message)

    return in_lines if found.of_line else lambda parcel, message: iter([(path, get(parcel, NO_LINE, message))])
