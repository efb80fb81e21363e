"""Steps of a gateway and numbers of an area: what a profile or a setting may not say."""

from typing import Any

import pytest
from pydantic import ValidationError

from customs import areas
from customs.areas import SettingsError
from customs.areas.profile.gateway import Step

BOTH = "needs one of `cipher`, `envelope`"
ALONE = "`input` and `secret` go with `cipher`"


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ({}, BOTH),
        ({"cipher": "base64", "envelope": "wmf"}, BOTH),
        ({"envelope": "wmf", "secret": "key"}, ALONE),
        ({"envelope": "wmf", "input": ["message.content"]}, ALONE),
    ],
)
def test_a_step_is_a_cipher_with_its_input_or_an_envelope_alone(step: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Step.model_validate({"name": "made", **step})
    assert [each["msg"] for each in refused.value.errors()] == [why]


@pytest.mark.parametrize("number", ["", "a\x00b", 5, None])
def test_a_number_of_an_area_is_a_text_that_xml_can_hold(number: Any) -> None:
    profile = areas.find("ningbo_kjb2c")
    (numbering, *_) = profile.numberings
    with pytest.raises(
        SettingsError, match=rf"^companies\.3301\.{numbering}: .* is no number of the numbering {numbering}"
    ):
        areas.configure(profile, companies={"3301": {numbering: number}})
