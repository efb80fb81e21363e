"""A profile that somebody else wrote costs no more than it weighs: its patterns, conditions and mistakes are bounded."""

import json

import pytest

from customs import areas
from customs.areas import ProfileError
from customs.areas.profile.loading import load_text
from customs.areas.profile.number_forms import number_form
from customs.wire import ReadError

HEAD = 'zh = "示例"\nen = "Example"\nconfidence = "low"\nsources = ["mine"]\n'


def problems(text: str) -> list[str]:
    with pytest.raises(ProfileError) as refused:
        load_text(HEAD + text, "example", "profile.toml")
    return [str(each) for each in refused.value.problems]


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|a)*b", "(a|aa)+b", "a*a*a*a*b", "(.*a){20}b"])
def test_a_pattern_takes_a_time_that_grows_with_the_text_alone(pattern: str) -> None:
    form = number_form(pattern)
    assert not form("a" * 50_000), "a matcher that goes back would never end"
    assert form("a" * 30 + "b")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(?=a)b", "look-around or back-references, which are not supported"),
        (r"(a)\1", "look-around or back-references, which are not supported"),
        ("a" * 201, "has 201 characters, a pattern has at most 200"),
        ("(((a{1000}){1000}){1000})", "is no regular expression"),
    ],
)
def test_a_pattern_that_cannot_be_matched_so_is_refused_at_its_line(pattern: str, reason: str) -> None:
    text = f"[numberings.one]\nzh = '号'\nen = 'number'\npattern = '{pattern}'\nexample = 'a'\n"
    (problem,) = problems(text)
    assert problem.startswith("profile.toml:8: numberings.one.pattern: ")
    assert reason in problem


def test_twenty_mistakes_are_told_and_the_rest_is_counted() -> None:
    told = problems("".join(f"k{number} = 1\n" for number in range(1_000)))
    assert told[:-1] == [f"profile.toml:{5 + number}: k{number}: is not a key of a profile" for number in range(20)]
    assert told[-1] == "profile.toml:1: and 980 more mistakes"


def test_conditions_that_double_at_each_step_are_refused() -> None:
    steps = [f"c{number} = {{ any = ['c{number + 1}', 'c{number + 1}'] }}\n" for number in range(40)]
    told = problems("[conditions]\n" + "".join(steps) + "c40 = { fact = 'clearance.trade_mode', is = '1210' }\n")
    assert told[0] == "profile.toml:6: conditions.c0: stands for more than 200 comparisons"
    assert told[-1] == "profile.toml:1: and 13 more mistakes"


def test_conditions_that_lead_back_to_themselves_are_named_at_each_step() -> None:
    assert problems("[conditions]\na = { any = ['b'] }\nb = { not = 'c' }\nc = { all = ['a', 'd'] }\n") == [
        "profile.toml:6: conditions.a.any[0]: the condition 'b' leads back to itself",
        "profile.toml:7: conditions.b.not: the condition 'c' leads back to itself",
        "profile.toml:8: conditions.c.all[0]: the condition 'a' leads back to itself",
        "profile.toml:8: conditions.c.all[1]: there is no condition 'd'",
    ]


def test_a_mistake_after_a_long_text_is_found_at_its_line() -> None:
    lines = "\n".join(f"line {number} of ['a', {{" for number in range(2_000))
    assert problems(f'notes = """\n{lines}\n"""\nwrong = 1\n')[-1].startswith("profile.toml:2007: wrong")


def test_json_of_a_platform_has_no_more_values_than_any_receipt() -> None:
    area = areas.configure(areas.find("shanghai_shcepp"))
    with pytest.raises(ReadError, match="more than 20000 values"):
        areas.read_local(area, b'{"a":[' + b"{}," * 1_000_000 + b"{}]}")


def test_a_key_of_json_that_could_be_a_person_is_not_shown() -> None:
    area = areas.configure(areas.find("shanghai_shcepp"))
    with pytest.raises(ReadError) as refused:
        areas.read_local(area, b'{"ZhangSan": 1, "ZhangSan": 2}')
    assert str(refused.value) == "a key of 8 characters appears twice in an object"
    with pytest.raises(ReadError) as refused:
        areas.read_local(area, json.dumps({"ZhangSan": [[1]]}).encode())
    assert str(refused.value) == "a key of 8 characters: a list in a list"
