"""Conditions (条件): the small language in which profiles say when something applies, as functions of the facts.

>>> from customs.areas.messages.parcel_facts import NO_LINE, MessageFacts, ParcelFacts
>>> from customs.areas.registry import find
>>> bonded = condition(find("zhejiang_jkf"), "bonded")
>>> [bonded(ParcelFacts(clearance={"trade_mode": mode}), NO_LINE, MessageFacts()) for mode in ("1210", "9610")]
[True, False]
"""

from collections.abc import Callable
from decimal import Decimal

from customs.areas.messages.compiled_fields import getter
from customs.areas.messages.parcel_facts import NO_LINE, LineFacts, MessageFacts, ParcelFacts
from customs.areas.profile.facts import fact_named
from customs.areas.profile.fields import LocalMessage
from customs.areas.profile.model import AreaProfile
from customs.areas.profile.rules import Condition

#: Tells if something holds for a parcel, or a line of it.
Test = Callable[[ParcelFacts, LineFacts, MessageFacts], bool]


def goes_into(profile: AreaProfile, message: LocalMessage, parcel: ParcelFacts) -> bool:
    """True if a parcel meets the condition under which it goes into a message; most messages have none."""
    return message.when is None or condition(profile, message.when)(parcel, NO_LINE, MessageFacts())


def condition(profile: AreaProfile, name: str) -> Test:
    """The condition of that name. Raises ``KeyError`` where the profile has none."""
    return _test(profile, profile.conditions[name])


def _test(profile: AreaProfile, each: str | Condition) -> Test:
    if isinstance(each, str):
        return condition(profile, each)
    if each.fact is not None:
        return _comparison(profile, each)
    tests = [_test(profile, one) for one in each.joined]
    if each.all_ is not None:
        return lambda parcel, line, message: all(test(parcel, line, message) for test in tests)
    if each.any_ is not None:
        return lambda parcel, line, message: any(test(parcel, line, message) for test in tests)
    (test,) = tests
    return lambda parcel, line, message: not test(parcel, line, message)


def _comparison(profile: AreaProfile, each: Condition) -> Test:
    assert each.fact is not None, "a condition that joins none compares a fact"
    get = getter(each.fact)
    if each.given is not None:
        given = each.given
        return lambda parcel, line, message: (get(parcel, line, message) not in (None, "")) is given
    if each.above is not None:
        limit = each.above
        return lambda parcel, line, message: (value := get(parcel, line, message)) is not None and value > limit
    texts = each.in_ if each.in_ is not None else (each.is_ or "",)
    if fact_named(each.fact, profile).kind in ("decimal", "count"):
        numbers = frozenset(map(Decimal, texts))
        return lambda parcel, line, message: get(parcel, line, message) in numbers
    among = frozenset(texts)
    return lambda parcel, line, message: (value := get(parcel, line, message)) is not None and str(value) in among
