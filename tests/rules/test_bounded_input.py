"""Input that somebody else wrote costs no more than it weighs: what is wrong is counted before it is told."""

import json
from collections.abc import Callable
from typing import Any

import pytest

import customs
from customs.rules.parcel import LARGEST_PARCEL
from customs.testing import sample_parcels

PARCEL = json.loads(next(sample_parcels(1, seed=11, mode="1210")).model_dump_json(exclude_none=True))
LINE = PARCEL["order"]["lines"][0]

Ways = Callable[[dict[str, Any]], tuple[customs.Declaration | None, list[customs.Finding]]]


def of_text(parcel: dict[str, Any]) -> tuple[customs.Declaration | None, list[customs.Finding]]:
    return customs.read_declaration(json.dumps(parcel))


@pytest.fixture(params=[of_text, customs.read_declaration], ids=["text", "mapping"])
def read(request: pytest.FixtureRequest) -> Ways:
    found: Ways = request.param
    return found


def told(findings: list[customs.Finding]) -> list[tuple[str, str]]:
    return [(each.code, each.path) for each in findings]


def in_order(**changes: Any) -> dict[str, Any]:
    return {**PARCEL, "order": {**PARCEL["order"], **changes}}


def test_mistakes_in_several_lines_are_told_of_each_line(read: Ways) -> None:
    bad = {**LINE, "qty": 1}
    parcel, findings = read(in_order(lines=[LINE, bad, LINE, {**bad, "unit": "罐"}]))
    assert parcel is None
    assert told(findings) == [
        ("field-form", "order.lines[1].qty"),
        ("field-form", "order.lines[3].unit"),
        ("field-form", "order.lines[3].qty"),
    ]


def test_of_many_bad_lines_twenty_mistakes_are_told_and_the_rest_is_counted(read: Ways) -> None:
    parcel, findings = read(in_order(lines=[{**LINE, "qty": 1}] * 99))
    assert parcel is None
    assert told(findings) == [("field-form", f"order.lines[{number}].qty") for number in range(20)] + [
        ("more-mistakes", "")
    ]
    assert findings[-1].zh == "另有 79 处错误或未检查的条目，未逐一列出。"


@pytest.mark.parametrize("entry", [{}, 1, [], "x"])
def test_of_a_hundred_thousand_empty_lines_twenty_mistakes_are_told(read: Ways, entry: object) -> None:
    parcel, findings = read(in_order(lines=[entry] * 100_000))
    assert parcel is None
    assert len(findings) == 21
    assert findings[-1].code == "more-mistakes"
    assert {each.path.partition("]")[0] for each in findings[:20]} <= {f"order.lines[{number}" for number in range(20)}


def test_of_many_unknown_names_twenty_are_told_and_the_rest_is_counted(read: Ways) -> None:
    names = {f"k{number}": 1 for number in range(10_000)}
    for parcel in ({**PARCEL, **names}, in_order(**names)):
        declaration, findings = read(parcel)
        assert declaration is None
        assert [each.code for each in findings] == ["field-unknown"] * 20 + ["more-mistakes"]
        assert "9980 more" in findings[-1].en


def test_a_parcel_with_more_local_facts_than_any_area_asks_for_is_refused(read: Ways) -> None:
    declaration, findings = read({**PARCEL, "local": {f"k{number}": "1" for number in range(1_000)}})
    assert declaration is None
    assert [(each.code, each.en) for each in findings] == [
        ("more-mistakes", "There are 1000 more mistakes, or entries that were not looked at.")
    ]


def test_a_parcel_of_ninety_nine_good_lines_is_read(read: Ways) -> None:
    declaration, findings = read(in_order(lines=[LINE] * 99))
    assert declaration is not None
    assert (len(declaration.order.lines), findings) == (99, [])


def test_a_hundredth_line_is_one_too_many(read: Ways) -> None:
    declaration, findings = read(in_order(lines=[LINE] * 100))
    assert declaration is None
    assert told(findings) == [("field-count", "order.lines")]


def test_a_parcel_larger_than_one_mebibyte_is_refused_unread() -> None:
    text = json.dumps(PARCEL)
    at_the_limit = text + " " * (LARGEST_PARCEL - len(text))
    assert customs.read_declaration(at_the_limit)[1] == []
    declaration, findings = customs.read_declaration(at_the_limit + " ")
    assert declaration is None
    assert [(each.code, each.en) for each in findings] == [
        ("parcel-too-large", "The parcel has more than 1048576 bytes.")
    ]


@pytest.mark.parametrize(
    ("twice", "path"),
    [
        (('"price":', '"price":"1","price":'), "order.lines[0].price"),
        (('"price":', '"price" :"1","price":'), "order.lines[0].price"),
        (('"buyer_name":', '"buyer_name":"somebody","buyer_name":'), "order.buyer_name"),
        (('"payment":', '"payment":{},"payment":'), "payment"),
        (('"payment":', '"local":{"a":"1","a":"2"},"payment":'), "local"),
    ],
)
@pytest.mark.parametrize("blanks", [(",", ":"), (", ", ": "), (",\n", " : ")])
def test_a_field_that_stands_twice_in_an_object_is_refused(
    twice: tuple[str, str], path: str, blanks: tuple[str, str]
) -> None:
    text = json.dumps(json.loads(json.dumps(PARCEL)), separators=(",", ":")).replace(*twice, 1)
    changed = text if blanks == (",", ":") else text.replace('":', f'"{blanks[1]}')
    for source in (changed, changed.encode()):
        declaration, findings = customs.read_declaration(source)
        assert declaration is None
        assert told(findings) == [("field-repeated", path)]


def test_colons_in_texts_are_no_repeated_fields() -> None:
    named = in_order(consignee_address='浙江省杭州市: "a":1, "b" : 2', note="::::")
    for blanks in ((",", ":"), (", ", " : ")):
        declaration, findings = customs.read_declaration(json.dumps(named, ensure_ascii=False, separators=blanks))
        assert declaration is not None
        assert findings == []


def test_a_field_that_stands_twice_in_a_parcel_of_many_lines_is_refused() -> None:
    text = json.dumps(in_order(lines=[LINE] * 60)).replace('"qty":', '"qty": "1", "qty":', 1)
    declaration, findings = customs.read_declaration(text)
    assert declaration is None
    assert told(findings) == [("field-repeated", "order.lines[0].qty")]
