"""Our schemas against the official ones of the edition 2022-05: every difference is known and has its reason in the
docs.
"""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from customs.documents import MESSAGES, Document
from customs.testing.strategies import documents_of
from support import ROOT, exactly
from support.schema_comparison import Difference, compared

#: The differences that are meant, each by the words that begin its row in docs/schema-differences.md.
MEANT: dict[str, Callable[[Difference], bool]] = {
    "optional texts": lambda found: (found.respect, found.official, found.ours) == ("minLength", "none", "1"),
    "times and days": lambda found: found.respect == "pattern" and found.ours in ("[0-9]{14}", "[0-9]{17}", "[0-9]{8}"),
    "`tradeCountry`": lambda found: found.path.endswith("/tradeCountry"),
    "`orderType` of CEB311, `ieFlag` of CEB621": lambda found: found.respect == "fixed" and found.ours == "I",
    "`orderNo`, `logisticsNo` of CEB816": lambda found: found.path.startswith("CEB816/") and found.official == "absent",
    "`gseqno` of CEB792": lambda found: found.path.endswith("/gseqno") and found.respect == "occurs",
    "`POD` of CEB603": lambda found: found.path.endswith("/POD") and found.respect == "pattern",
    "`appStatus` of five export messages, `freight` of CEB303": lambda found: found.respect == "default",
    "`whiteSpace` of 13 fields of the export side": lambda found: found.respect == "whiteSpace",
}


@pytest.fixture(scope="module")
def found(official: Path) -> list[Difference]:
    return [each for message in compared(official / "xsd-2022-05", ROOT / "schemas").values() for each in message]


def test_every_message_of_the_standard_has_its_schema() -> None:
    assert len(MESSAGES) == 42
    assert {path.stem for path in (ROOT / "schemas").glob("CEB*.xsd")} == MESSAGES.keys()


def test_every_difference_from_the_official_schemas_is_meant(found: list[Difference]) -> None:
    unexplained = [str(each) for each in found if not any(meant(each) for meant in MEANT.values())]
    assert not unexplained


def test_every_meant_difference_is_there_and_in_the_docs(found: list[Difference]) -> None:
    page = (ROOT / "docs" / "schema-differences.md").read_text(encoding="utf-8")
    counts = Counter(name for each in found for name, meant in MEANT.items() if meant(each))
    assert counts.keys() == MEANT.keys()
    assert counts["`whiteSpace` of 13 fields of the export side"] == 13
    for name in MEANT:
        assert f"| {name}" in page


def test_nothing_but_names_and_order_decides_that_no_element_is_missing(found: list[Difference]) -> None:
    assert not [str(each) for each in found if each.respect in ("order", "base")]
    assert not [str(each) for each in found if each.ours == "absent"]


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((ROOT / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.long
def test_any_document_is_valid_against_its_json_schema(name: str) -> None:
    held = validator(name)

    @settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(documents_of(MESSAGES[name]))
    def holds(document: Document) -> None:
        held.validate(json.loads(document.model_dump_json(by_alias=True)))

    holds()


@pytest.mark.parametrize("mode", ["1210", "9610"])
def test_a_parcel_is_valid_against_its_json_schema(mode: str) -> None:
    held = validator("parcel")
    for line in exactly(120, (ROOT / "examples" / f"parcels-{mode}.jsonl").read_text(encoding="utf-8").splitlines()):
        held.validate(json.loads(line))
        wrong = json.loads(line)
        wrong["order"]["lines"][0]["price"] = 1.5
        assert not held.is_valid(wrong)
