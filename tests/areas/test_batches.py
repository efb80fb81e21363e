"""Parcels of one message: what stands there once, all of them have to have in common."""

from decimal import Decimal

import pytest

from customs.areas.messages.columns import Column, columns_of
from customs.areas.messages.shared import shared_texts
from customs.areas.profile.facts import fact_named
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
