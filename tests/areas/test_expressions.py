"""What profiles write as text is parsed once: facts, sums, templates and inputs of gateways, and what each of them
draws on.
"""

import pickle

import pytest

from customs import areas
from customs.areas.profile.expressions import FactName, GatewayInput, Hole, Summand, Template
from customs.areas.profile.loading import load_text
from customs.areas.profile.model import AreaProfile
from support.area_parcels import every_area
from support.small_profiles import GOOD


@pytest.mark.parametrize(
    ("text", "fact", "negative", "over_lines"),
    [
        ("order.freight", "order.freight", False, False),
        ("-order.discount", "order.discount", True, False),
        ("lines:line.tax", "line.tax", False, True),
        ("-lines:line.tax", "line.tax", True, True),
    ],
)
def test_a_summand_has_a_fact_a_sign_and_a_reach(text: str, fact: str, negative: bool, over_lines: bool) -> None:
    summand = Summand.parse(text)
    assert (summand.fact, summand.negative, summand.over_lines) == (fact, negative, over_lines)
    assert str(summand) == text


def test_a_template_has_texts_and_holes_and_knows_its_facts() -> None:
    template = Template.parse("{message}_{order.order_no}-{time:yyyyMMdd}{serial:5}.xml")
    assert template.pieces == (
        Hole(FactName("message.name")), "_", Hole(FactName("order.order_no")), "-",
        Hole(FactName("message.time"), "yyyyMMdd"), Hole(FactName("message.serial"), "5"), ".xml",
    )  # fmt: skip
    assert template.facts == ("message.name", "order.order_no", "message.time", "message.serial")
    assert [fact.shared for fact in template.facts] == [True, False, True, True]


@pytest.mark.parametrize("text", ["{", "}", "{x", "a}b", "{Order}", "{}"])
def test_a_brace_that_opens_no_hole_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="has a brace that opens no hole"):
        Template.parse(text)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("content", "content", True),
        ("secret.word", "secret", "word"),
        ("step.sign", "step", "sign"),
        ("'fixed.text'", "literal", "fixed.text"),
        ("message.id", "template", Template.of("message.id")),
        ("{time:yyyyMMdd}", "template", Template.parse("{time:yyyyMMdd}")),
    ],
)
def test_an_input_of_a_gateway_is_exactly_one_of_five(text: str, kind: str, value: object) -> None:
    parsed = GatewayInput.parse(text)
    given = {name: getattr(parsed, name) for name in ("content", "secret", "step", "literal", "template")}
    assert {name: each for name, each in given.items() if each} == {kind: value}
    assert str(parsed) == text


def written(profile: AreaProfile) -> list[str]:
    return [str(each) for _, spec in profile.fields() for each in (*(spec.sum or ()), spec.template or "")]


@every_area
def test_a_profile_keeps_what_it_parsed_through_a_pickle(name: str) -> None:
    profile = areas.find(name)
    again = pickle.loads(pickle.dumps(profile))  # noqa: S301  our own
    assert again == profile
    assert written(again) == written(profile)


@pytest.mark.parametrize(
    ("right", "wrong", "asks", "posts"),
    [
        ("", "", True, False),
        ("{serial:3}", "", False, False),
        ('data = "step.wrapped"', 'data = "{message.serial:5}"', True, True),
        ('data = "step.wrapped"', 'data = "message.serial"', True, True),
        ('from = "step.plain"', 'from = "message.serial"', True, True),
        ('{serial:3}"', '"\nnote = "{serial:3} was here"', False, False),
    ],
    ids=["in the id", "nowhere", "in a template of the form", "in the form", "in an envelope", "in a note"],
)
def test_there_is_one_answer_to_what_asks_for_a_serial_number(right: str, wrong: str, asks: bool, posts: bool) -> None:
    assert right in GOOD
    profile = load_text(GOOD.replace(right, wrong, 1) if right else GOOD, "small", "small.toml")
    assert (profile.asks_for_a_serial, profile.posts_a_serial) == (asks, posts)
