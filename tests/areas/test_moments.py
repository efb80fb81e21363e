"""Moments in a template without a pattern are written in the form of the standard."""

from datetime import datetime

from customs import areas
from customs.areas.messages.compiled_fields import writer_of
from customs.areas.messages.parcel_facts import NO_LINE, MessageFacts, ParcelFacts
from customs.areas.profile.expressions import Template

#: Any area: its code maps and numberings are not asked for.
AREA = areas.configure(areas.find("unified"))


def test_a_moment_without_a_pattern_has_the_digits_of_the_standard() -> None:
    facts = MessageFacts({"time": datetime(2026, 11, 11, 8, 0, 5)})
    assert writer_of(AREA, Template.parse("{time}"))(ParcelFacts(), NO_LINE, facts) == "20261111080005"
    assert writer_of(AREA, Template.parse("{time:yyyy-MM-dd}"))(ParcelFacts(), NO_LINE, facts) == "2026-11-11"
