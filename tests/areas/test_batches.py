"""Parcels of one message: what stands there once, all of them have to have in common."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from customs.areas.area import Area
from customs.areas.messages.compiled_fields import Column, columns_of
from customs.areas.messages.parcel_facts import ParcelFacts
from customs.areas.messages.shared import shared_texts
from customs.areas.profile.facts import fact_named
from customs.areas.profile.fields import LocalMessage
from support import exactly
from support.area_parcels import MESSAGES, area_of, copied, holder, parcels_of


def given_once(name: str) -> dict[str, bool]:
    """The facts of a parcel by name, plain texts and numbers in messages of several parcels: True if they stand once
    in one.
    """
    area, found = area_of(name), dict[str, bool]()
    for message in area.profile.messages:
        if message.batch > 1 and message.with_a_parcel:
            for column in columns_of(area, message):
                if is_plain(column):
                    assert column.fact
                    found[column.fact.name] = found.get(column.fact.name, False) or column.level == "message"
    for rule in area.profile.rules:
        found |= dict.fromkeys(rule.same_in_batch or (), True)
    return found


def is_plain(column: Column) -> bool:
    """True if the field holds a text or number of the parcel that no code map, numbering or condition touches."""
    spec, fact = column.spec, column.fact
    if (
        fact is None
        or fact.section in ("parameter", "message", "goods", "line")
        or fact.kind not in ("text", "decimal")
    ):
        return False
    return not (spec.code_map or spec.numbering or spec.or_ or spec.total or spec.empty_when or spec.when)


CASES = [
    (name, fact, once)
    for name in dict.fromkeys(name for name, _ in MESSAGES)
    for fact, once in given_once(name).items()
    if "." in fact and fact.partition(".")[0] not in ("line", "goods")
]


def test_the_facts_that_stand_once_are_known() -> None:
    exactly(16, (case for case in CASES if case[2]))
    exactly(199, CASES)


@pytest.mark.parametrize(("name", "fact", "once"), CASES)
def test_parcels_that_differ_in_what_stands_once_go_into_different_messages(name: str, fact: str, once: bool) -> None:
    area = area_of(name)
    one, other = copied(parcels_of(name)[0]), copied(parcels_of(name)[0])
    assert list(shared_texts(area, one)) == list(shared_texts(area, other))
    found = fact_named(fact, area.profile)
    table = holder(found, other, other.lines[0])
    table[found.field] = Decimal(7) if found.kind == "decimal" else "7"
    assert (list(shared_texts(area, one)) != list(shared_texts(area, other))) is once


def with_messages(name: str, changed: Callable[[LocalMessage], LocalMessage]) -> Area:
    """An area in use whose messages were changed."""
    area = area_of(name)
    messages = tuple(map(changed, area.profile.messages))
    return replace(area, profile=area.profile.model_copy(update={"messages": messages}))


def differing(name: str, fact: str) -> tuple[ParcelFacts, ParcelFacts]:
    """Two parcels that differ in one fact."""
    one, other = copied(parcels_of(name)[0]), copied(parcels_of(name)[0])
    found = fact_named(fact, area_of(name).profile)
    holder(found, other, other.lines[0])[found.field] = Decimal(7) if found.kind == "decimal" else "7"
    return one, other


ONCE = [(name, fact) for name, fact, once in CASES if once]


@pytest.mark.parametrize(("name", "fact"), ONCE)
def test_a_message_of_one_parcel_keeps_no_parcels_apart(name: str, fact: str) -> None:
    rules = {each for rule in area_of(name).profile.rules for each in rule.same_in_batch or ()}
    alone = with_messages(name, lambda message: message.model_copy(update={"batch": 1}))
    one, other = differing(name, fact)
    together = list(shared_texts(alone, one)) == list(shared_texts(alone, other))
    assert together is (fact not in {str(each) for each in rules})


def test_a_sum_over_the_parcels_keeps_none_apart() -> None:
    area = area_of("guangzhou_kj")
    (list_of_parcels,) = (each for each in area.profile.messages if each.name == "KJ881110")
    summed = {str(spec.total) for _, spec, _ in list_of_parcels.fields() if spec.total is not None}
    assert len(summed) == 3
    for fact in summed:
        one, other = differing("guangzhou_kj", fact)
        assert list(shared_texts(area, one)) == list(shared_texts(area, other))


def test_a_message_that_is_not_sent_with_parcels_keeps_none_apart() -> None:
    """The states of delivery of Guangzhou, up to 100 in a message, are sent on request."""
    requests = with_messages(
        "guangzhou_kj", lambda message: message.model_copy(update={"batch": 1} if message.with_a_parcel else {})
    )
    parcel = parcels_of("guangzhou_kj")[0]
    assert len(list(shared_texts(area_of("guangzhou_kj"), parcel))) > 3
    assert list(shared_texts(requests, parcel)) == ["142", "示例"], "what a rule keeps together"
