"""A glance at a parcel misses nothing that a close look at each of its texts finds."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.declaration import Declaration
from customs.rules import read_declaration
from customs.rules.faultless import reader, schema_of
from customs.rules.glance import good_at_a_glance
from customs.rules.parcel import faultless, odd_texts, read_checked
from customs.rules.texts import ODD, odd
from customs.testing import sample_parcels

PARCEL = next(each for each in sample_parcels(400, seed=3, mode="1210") if len(each.order.lines) == 2)

#: Odd and good texts of every kind: blank, damaged, masked, from a spreadsheet, of the form of some field.
TEXTS = (
    "", " ", "张三 ", " 张三", "张\t三", "张\u3000三", "??", "Why?", "\ufffd", "锟斤拷", "寮犱笁", "å¼\xa0ä¸‰", "Nestlé®", "张**", "李＊",
    "50ml*2", "1.21E+17", "1.0", "A B", "91000000000000001M", "91000000000000001N", "3101963018", "abc", "无", "13900000000",
    "010-12345678", "DXPENT0000000001", "dxp1", "110105", "990105", "142", "14 ", "１４２", "a\x00b", "\ud800",
)  # fmt: skip


#: Older releases of pydantic's core read every parcel in the plain way.
reading_without_fault = pytest.mark.skipif(reader() is None, reason="pydantic before 2.13 has no reader of its own")


def put(record: Any, changed: dict[str, Any]) -> Any:
    """A copy with other values, unvalidated."""
    return record.model_copy(update=changed)


def with_text(place: tuple[str, str], text: str) -> Declaration:
    section, name = place
    if section == "lines":
        lines = (PARCEL.order.lines[0], put(PARCEL.order.lines[1], {name: text}))
        section, name, text = "order", "lines", lines  # type: ignore[assignment]
    changed: Declaration = put(PARCEL, {section: put(getattr(PARCEL, section), {name: text})})
    return changed


def written(parcel: Declaration) -> str:
    """The JSON text of an unvalidated parcel."""
    return json.dumps(parcel.model_dump(mode="json", exclude_none=True, warnings=False))


def places() -> Iterator[tuple[str, str]]:
    sections = {"parties", "order", "payment", "waybill", "clearance"}
    for section, record in (
        *((each, getattr(PARCEL, each)) for each in sorted(sections)),
        ("lines", PARCEL.order.lines[0]),
    ):
        for name, info in type(record).model_fields.items():
            if "str" in str(info.annotation) and "Mapping" not in str(info.annotation):
                yield section, name


PLACES = tuple(places())


@pytest.mark.parametrize("place", PLACES, ids=".".join)
def test_a_glance_finds_every_text_that_a_close_look_finds_odd(place: tuple[str, str]) -> None:
    found = {text for text in TEXTS if odd_texts(with_text(place, text))}
    assert {"", " ", "张三 ", "锟斤拷", "??"} <= found
    assert not [text for text in found if good_at_a_glance(with_text(place, text))]


@pytest.mark.parametrize("place", PLACES, ids=".".join)
@pytest.mark.long
def test_a_parcel_that_is_read_without_fault_has_no_odd_text(place: tuple[str, str]) -> None:
    """And it is the parcel that is read in the plain way."""
    read = {source: found for text in TEXTS if (found := faultless(source := written(with_text(place, text))))}
    otherwise = {source: read_declaration(source) for source in read}
    assert {source: (found, []) for source, found in read.items()} == otherwise
    assert not [found for found in read.values() if odd_texts(found)]


@given(st.sampled_from(PLACES), st.text(max_size=30))
def test_no_parcel_is_read_without_fault_whose_text_is_odd_or_refused(place: tuple[str, str], text: str) -> None:
    source = written(with_text(place, text))
    found = faultless(source)
    assert found is None or (read_declaration(source), odd_texts(found)) == ((found, []), [])


@given(st.sampled_from(PLACES), st.text(max_size=30))
def test_a_glance_misses_no_odd_text_whatever_it_is(place: tuple[str, str], text: str) -> None:
    parcel = with_text(place, text)
    assert not (good_at_a_glance(parcel) and odd_texts(parcel))


@pytest.mark.parametrize("holder", ["declaration", "line"])
def test_a_glance_finds_an_odd_local_fact(holder: str) -> None:
    def parcel(text: str) -> Declaration:
        if holder == "declaration":
            return PARCEL.model_copy(update={"local": {"brand": text}})
        lines = tuple(put(each, {"local": {"brand": text}}) for each in PARCEL.order.lines)
        return PARCEL.model_copy(update={"order": put(PARCEL.order, {"lines": lines})})

    assert good_at_a_glance(parcel("示例牌"))
    assert not good_at_a_glance(parcel("示例牌 "))


def test_every_character_that_is_odd_by_itself_is_among_those_that_a_glance_looks_for() -> None:
    looked_for = re.compile(f"[{ODD} ]").search
    characters = (chr(code) for code in range(0x110000))
    assert not [hex(ord(each)) for each in characters if odd(each) and not looked_for(each)]


def test_nothing_is_odd_about_good_parcels_and_a_glance_is_enough_for_them() -> None:
    assert len(PLACES) > 60
    assert all(good_at_a_glance(each) for each in sample_parcels(200, seed=5, mode="9610"))
    for good in (
        ("lines", "model", "50ml*2"),
        ("lines", "bar_code", "无"),
        ("order", "buyer_telephone", "+86 139-0000-0000"),
    ):
        assert good_at_a_glance(with_text(good[:2], good[2])), good


def facets(schema: Any) -> Any:
    """A schema of pydantic's core without what only pydantic itself looks at."""
    if isinstance(schema, dict):
        beside = ("metadata", "ref", "computed_fields", "custom_init", "root_model")
        return {key: facets(value) for key, value in schema.items() if key not in beside and value is not None}
    return [facets(each) for each in schema] if isinstance(schema, list | tuple) else schema


@reading_without_fault
def test_the_schema_of_a_parcel_is_that_which_pydantic_makes_of_it() -> None:
    Declaration.model_rebuild()
    made = schema_of(Declaration, lambda schema, name, term: schema)
    assert facets(made) == facets(Declaration.__pydantic_core_schema__)


@reading_without_fault
def test_good_parcels_are_read_without_fault() -> None:
    """Otherwise each would be read twice."""
    for mode in ("1210", "9610"):
        assert all(faultless(written(each)) == each for each in sample_parcels(100, seed=5, mode=mode))


@reading_without_fault
@pytest.mark.parametrize("holder", ["declaration", "line"])
def test_an_odd_local_fact_is_not_read_without_fault(holder: str) -> None:
    def source(text: str) -> str:
        given = json.loads(written(PARCEL))
        (given if holder == "declaration" else given["order"]["lines"][1])["local"] = {"brand": text}
        return json.dumps(given)

    assert faultless(source("示例牌"))
    assert not faultless(source("示例牌 "))


@reading_without_fault
def test_a_key_given_twice_is_refused_though_every_text_is_good() -> None:
    source = written(PARCEL)
    twice = source.replace('"order_no":', '"order_no": "first", "order_no":', 1)
    assert faultless(twice)
    assert [each.code for each in read_checked(twice)[1]] == [each.code for each in read_declaration(twice)[1]] != []


@reading_without_fault
def test_colons_in_texts_do_not_count_as_keys() -> None:
    lines = (PARCEL.order.lines[0], put(PARCEL.order.lines[1], {"model": "比例 1:2"}))
    source = written(put(PARCEL, {"order": put(PARCEL.order, {"lines": lines})}))
    assert read_checked(source) == (faultless(source), []) != (None, [])
