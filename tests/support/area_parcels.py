"""Parcels on their way to the messages of every area, with made-up settings."""

from collections.abc import Sequence
from dataclasses import fields, replace
from functools import cache
from typing import Any

import pytest

from customs import areas
from customs.areas import Area, render
from customs.areas.messages.compiled_fields import section_of
from customs.areas.messages.parcel_facts import LineFacts, MessageFacts, ParcelFacts, Values, facts_of
from customs.areas.profile.facts import Fact
from customs.areas.profile.fields import LocalMessage
from customs.declaration import Declaration
from customs.road.building import build
from customs.tax import assess
from customs.testing import sample_parcels
from customs.testing.areas import parcel_for, sample_area
from support import MORNING, SINGLES_DAY

GUID = "00000000-0000-4000-8000-000000000001"


MESSAGES = [(name, message.name) for name in areas.names() for message in areas.find(name).messages]


every_message = pytest.mark.parametrize(("name", "message_name"), MESSAGES)


every_area = pytest.mark.parametrize("name", areas.names())


@cache
def area_of(name: str) -> Area:
    """The area with made-up settings, and one serial number for ever."""
    profile = areas.find(name)
    passwords = {each.secret for each, _ in profile.gateway.inputs() if each.secret} if profile.gateway else set()
    return replace(
        sample_area(profile), serials=lambda: 7, secrets=dict.fromkeys(passwords & profile.secrets.keys(), "a&b")
    )


def on_the_way(area: Area, declaration: Declaration) -> ParcelFacts:
    """The facts of a parcel that is taxed and built, copied so that they may be altered."""
    assessment = assess(declaration, on=SINGLES_DAY)
    documents, findings = build(declaration, tax=assessment.due, on=SINGLES_DAY, app_time=MORNING, guids=lambda: GUID)
    assert documents, findings
    return copied(facts_of(area, declaration, documents, assessment))


def copied(facts: ParcelFacts) -> ParcelFacts:
    """The same facts in tables of their own, which a test may change."""
    lines = tuple(LineFacts(dict(each.line), dict(each.goods)) for each in facts.lines)
    sections = {each.name: getattr(facts, each.name) for each in fields(facts)}
    own: dict[str, Any] = {name: dict(each) for name, each in sections.items() if isinstance(each, dict)}
    return replace(facts, lines=lines, **own)


@cache
def parcels_of(name: str) -> tuple[ParcelFacts, ...]:
    """Parcels of both trade modes with one line and with several."""
    area = area_of(name)
    made = [parcel for mode in ("1210", "9610") for parcel in sample_parcels(6, seed=11, mode=mode)]
    return tuple(on_the_way(area, parcel_for(each, area.profile)) for each in made)


def holder(found: Fact, facts: ParcelFacts, line: LineFacts) -> Values:
    """The table in which a fact stands."""
    return section_of(found.section)(facts, line, MessageFacts())


def written(area: Area, message: LocalMessage, parcels: Sequence[ParcelFacts]) -> bytes:
    return render(area, message, parcels, time=MORNING, guid=GUID).content
