"""For each code that customs or the e-port gives to a sender's data: what draws it, what the office answers, and that the
library said so beforehand, or says why it could not.
"""

from typing import Literal

import pytest

import customs
from customs.codes import code_list
from customs.receipts.catalogue import coded
from customs.receipts.foresight import ENSURED, NEEDS, foresight_of
from customs.testing.provoking import PROVOCATIONS, Provocation, provoked, warnings_of

#: Codes of the platform's own answer stand in a list of their own.
TRANSPORT = code_list("dxp_errors")


def name_of(each: Provocation) -> str:
    return f"{each.receipt} {each.code} {each.en}"


every_code = pytest.mark.parametrize("provocation", PROVOCATIONS, ids=name_of)


@every_code
@pytest.mark.long
def test_a_code_is_drawn_from_the_office_foreseen_and_explained(provocation: Provocation) -> None:
    stage = provocation.rehearsed()
    answer = provocation.answer(stage)
    assert answer, "the office did not give the code"
    side: Literal["export", "import"] = "export" if provocation.export else "import"
    meanings = [each for each in coded(provocation.code) if each.direction in (side, "both")]
    assert meanings, "the catalogue does not have the code"

    known = [foresight_of(each) for each in meanings]
    warned = set(warnings_of(provocation, stage)) & {code for each in known for code in each.findings}
    reasons = {each.ensured or each.needs for each in known} | {provocation.beyond}
    assert warned or reasons & (ENSURED.keys() | NEEDS.keys())
    if not provocation.beyond and all(each.findings and not each.needs for each in known):
        assert warned, "a check of ours avoids the code and did not say so"

    status, text = answer
    told = customs.explain(text, code=status, receipt=provocation.receipt, direction=side)
    codes = {code for each in told for meaning in each.meanings for code in meaning.codes}
    assert provocation.code in codes or provocation.text in text
    assert any(each.known for each in told)


def test_more_than_120_codes_of_the_catalogue_are_drawn() -> None:
    assert len({(each.code, each.export) for each in PROVOCATIONS}) == 160


@every_code
@pytest.mark.long
def test_a_good_parcel_draws_no_code_under_ordinary_settings(provocation: Provocation) -> None:
    """The control: it is the spoilt parcel, message or setting that draws the code."""
    good = Provocation(code=provocation.code, receipt=provocation.receipt, zh="", en="")
    assert provocation.answer(good.rehearsed()) is None


def test_a_code_that_nothing_draws_is_said_to_be_none() -> None:
    with pytest.raises(LookupError, match="1371"):
        provoked("1371")
