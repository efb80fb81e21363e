"""Conditions (条件): the small language in which profiles say when something applies, as functions of the facts.

>>> from customs.areas.registry import find
>>> bonded = condition(find("zhejiang_jkf"), "bonded")
>>> bonded({"clearance": {"trade_mode": "1210"}}, {}), bonded({"clearance": {"trade_mode": "9610"}}, {})
(True, False)
"""

from collections.abc import Callable
from decimal import Decimal

from customs.areas.messages.columns import getter
from customs.areas.messages.facts import Facts
from customs.areas.profile.model import AreaProfile, Condition
from customs.areas.profile.sources import source

#: Whether something holds for a parcel, or a line of it.
Test = Callable[[Facts, Facts], bool]


def condition(profile: AreaProfile, name: str) -> Test:
    """The condition of that name. Raises ``KeyError`` where the profile has none."""
    return _test(profile, profile.conditions[name])


def _test(profile: AreaProfile, each: str | Condition) -> Test:
    if isinstance(each, str):
        return condition(profile, each)
    if each.all_ is not None:
        tests = [_test(profile, one) for one in each.all_]
        return lambda facts, line: all(test(facts, line) for test in tests)
    if each.any_ is not None:
        tests = [_test(profile, one) for one in each.any_]
        return lambda facts, line: any(test(facts, line) for test in tests)
    if each.not_ is not None:
        test = _test(profile, each.not_)
        return lambda facts, line: not test(facts, line)
    return _comparison(profile, each)


def _comparison(profile: AreaProfile, each: Condition) -> Test:
    assert each.fact is not None, "a condition that joins none compares a fact"
    get = getter(source(each.fact, profile))
    if each.given is not None:
        given = each.given
        return lambda facts, line: (get(facts, line) not in (None, "")) is given
    if each.above is not None:
        limit = each.above
        return lambda facts, line: (value := get(facts, line)) is not None and value > limit
    texts = each.in_ if each.in_ is not None else (each.is_ or "",)
    if source(each.fact, profile).kind in ("decimal", "count"):
        numbers = frozenset(map(Decimal, texts))
        return lambda facts, line: get(facts, line) in numbers
    among = frozenset(texts)
    return lambda facts, line: (value := get(facts, line)) is not None and str(value) in among
