"""Sections that messages share: named once, used with small changes, and every mistake in them named where it is."""

import re

import pytest

from customs.areas.profile.loading import ProfileError, load_text
from customs.areas.profile.model import AreaProfile
from customs.areas.registry import find

SHARING = """zh = "示例"
en = "Example"
confidence = "low"
sources = ["made up"]

[shared_sections.head]
fields = [
  { name = "no", zh = "编号", from = "order.order_no", most = 30 },
  { name = "kind", zh = "类型", const = "A" },
  { name = "note", zh = "备注", need = "optional" },
]

[[messages]]
name = "A"
zh = "甲"
en = "first"
documents = ["order"]
root = "A"
sections = [{ path = "head", use = "head" }]

[[messages]]
name = "B"
zh = "乙"
en = "second"
documents = ["order"]
root = "B"

[[messages.sections]]
path = "top"
use = "head"
drop = ["note"]
need = "observed"
fields = [{ name = "kind", const = "B" }, { name = "extra", from = "order.currency", need = "required" }]
"""


def fields_of(profile: AreaProfile, message: str) -> list[tuple[str, str, str | None, str]]:
    return [(spec.name, spec.zh, spec.const, spec.need) for _, spec, _ in profile.message(message).fields()]


def problems_in(text: str) -> list[str]:
    with pytest.raises(ProfileError) as error:
        load_text(text, "sharing", "sharing.toml")
    return [str(each) for each in error.value.problems]


def test_a_section_takes_the_fields_of_a_shared_one() -> None:
    assert fields_of(load_text(SHARING, "sharing", "sharing.toml"), "A") == [
        ("no", "编号", None, "required"),
        ("kind", "类型", "A", "required"),
        ("note", "备注", None, "optional"),
    ]


def test_a_section_changes_adds_and_leaves_out_fields_of_a_shared_one() -> None:
    assert fields_of(load_text(SHARING, "sharing", "sharing.toml"), "B") == [
        ("no", "编号", None, "observed"),
        ("kind", "类型", "B", "observed"),
        ("extra", "", None, "required"),
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        (
            'use = "head" }]',
            'use = "haed" }]',
            "sharing.toml:19: messages[0].sections[0].use: there is no 'haed' under",
        ),
        ('drop = ["note"]', 'drop = ["notes"]', "sharing.toml:31: messages[1].sections[0].drop: has to be a list"),
        ('need = "observed"', 'need = "seen"', "sharing.toml:32: messages[1].sections[0].need: has to be one of"),
        ("most = 30", 'most = "30"', "sharing.toml:8: shared_sections.head.fields[0].most: has to be a whole number"),
        ("order.order_no", "order.number", "sharing.toml:8: shared_sections.head.fields[0].from: there is no fact"),
        (
            "[shared_sections.head]",
            "[shared_sections.tail]\nfields = []\n[shared_sections.head]",
            "sharing.toml:6: shared_sections.tail: no section uses it",
        ),
        (
            "[shared_sections.head]",
            '[shared_sections.head]\npath = "x"',
            "sharing.toml:6: shared_sections: has to hold",
        ),
    ],
)
def test_a_mistake_in_what_is_shared_is_named_once_where_it_is(right: str, wrong: str, expected: str) -> None:
    assert right in SHARING
    problems = problems_in(SHARING.replace(right, wrong, 1))
    assert [each for each in problems if each.startswith(expected)] == problems[:1], problems


def test_an_heir_changes_a_field_that_the_base_shares() -> None:
    """Jiangxi says cebFlag by itself in the sections that Zhejiang fills from one."""
    constants = {
        area: [spec.const for _, spec, _ in find(area).message("IMPORTORDER").fields() if spec.name == "cebFlag"]
        for area in ("zhejiang_jkf", "jiangxi_jkf")
    }
    assert constants == {"zhejiang_jkf": [None], "jiangxi_jkf": ["03"]}


def test_the_signature_of_zhejiang_is_written_once() -> None:
    messages = [
        each for each in find("zhejiang_jkf").messages if any(s.path.endswith("jkfSign") for s in each.sections)
    ]
    assert len(messages) == 5
    first, *others = (next(s for s in each.sections if s.path.endswith("jkfSign")).fields for each in messages)
    assert [spec.name for spec in first] == [
        "companyCode",
        "businessNo",
        "businessType",
        "declareType",
        "cebFlag",
        "note",
    ]
    assert all({spec.name for spec in each} <= {spec.name for spec in first} for each in others)
    assert re.fullmatch("[a-z_.]+", str(first[0].from_))
