"""Bad input never yields half a message: the parcel is refused by name, and the others of its stream are declared."""

import copy
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import customs
from support import MORNING, SINGLES_DAY
from support.bad_input import AFTER, BEFORE, CASES, SEVERAL, Bad, Parcel, both, parcel, personal_values, put, without

DOCUMENTS = ["CEB311", "CEB411", "CEB511", "CEB621"]

BAD = [pytest.param(bad, id=bad.sentence) for bad in CASES]


def declare(sources: Sequence[Any], signer: customs.RsaSigner) -> tuple[list[customs.Prepared], list[customs.Outgoing]]:
    """The parcels in the order of their stream, and all messages."""
    run = customs.Run(signer=signer, on=SINGLES_DAY, clock=customs.fixed_clock(MORNING), guids=customs.seeded_guids(1))
    batches = list(run.prepare_many(sources))
    parcels = [each for batch in batches for each in batch.parcels]
    messages = [each for batch in batches for each in batch.messages]
    return sorted(parcels, key=lambda each: each.position), messages


def declared(position: int, messages: Sequence[customs.Outgoing]) -> list[str]:
    """The documents that were written for the parcel at a position."""
    return [each.name for each in messages if position in each.parcels]


def texts_of(findings: Sequence[customs.Finding]) -> list[str]:
    return [str(text) for finding in findings for text in astuple(finding)]


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.long
def test_a_bad_parcel_is_refused_with_a_reason_and_the_others_are_declared(
    bad: Bad, signer: customs.RsaSigner, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    (before, refused, after), messages = declare([json.dumps(BEFORE), bad.source, json.dumps(AFTER)], signer)
    found = tuple((each.code, each.path) for each in refused.findings)
    assert found == SEVERAL.get(bad.sentence, ((bad.code, bad.path),))
    assert (bad.code, bad.path) in found
    assert not refused.messages
    assert [declared(position, messages) for position in (1, 2, 3)] == [DOCUMENTS, [], DOCUMENTS]
    assert not before.refused
    assert not after.refused
    for finding in refused.findings:
        say_what_is_wrong_and_what_to_do(finding)
    shown = [
        *texts_of(refused.findings),
        *map(str, refused.findings),
        repr(refused),
        repr(refused.declaration),
        str(refused.declaration),
        caplog.text,
        *capfd.readouterr(),
    ]
    persons = {*personal_values(parcel(bad.mode)), *personal_values(bad.change(parcel(bad.mode)))}
    assert len(persons) > 4
    assert not [person for person in persons if any(person in text for text in shown)]


def say_what_is_wrong_and_what_to_do(finding: customs.Finding) -> None:
    texts = [finding.zh, finding.en, finding.advice_zh, finding.advice_en]
    assert all(text.strip() for text in texts)
    assert not [text for text in texts if re.search(r"\{\w*\}", text)]
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in (finding.zh, finding.advice_zh))


def test_a_declared_parcel_shows_no_person_either(signer: customs.RsaSigner) -> None:
    (before, after), messages = declare([json.dumps(BEFORE), json.dumps(AFTER)], signer)
    persons = {*personal_values(BEFORE), *personal_values(AFTER)}
    # bytes show Chinese as escapes, and numbers as they are
    written = persons | {repr(person.encode())[2:-1] for person in persons}
    shown = f"{before!r}{after!r}{messages!r}"
    assert not [person for person in written if person in shown]


def test_there_are_many_kinds_of_bad_input_each_said_once() -> None:
    assert len(CASES) >= 60
    assert len({bad.sentence for bad in CASES}) == len(CASES)


def test_the_parcels_that_are_made_bad_are_good(signer: customs.RsaSigner) -> None:
    parcels, messages = declare([json.dumps(parcel("1210")), json.dumps(parcel("9610"))], signer)
    assert [each.findings for each in parcels] == [(), ()]
    assert [declared(position, messages) for position in (1, 2)] == [DOCUMENTS, DOCUMENTS]


def test_a_parcel_of_99_lines_is_declared(signer: customs.RsaSigner) -> None:
    toothpaste = {**parcel("1210")["order"]["lines"][3], "price": "1.00", "total_price": "3.00"}
    many = both(put("order.lines", [toothpaste] * 99), put("waybill.gross_weight", "40"), without("order.goods_value"))
    (full,), messages = declare([json.dumps(many(parcel("1210")))], signer)
    assert not full.refused
    assert declared(1, messages) == DOCUMENTS


def test_an_order_number_too_long_for_the_list_is_declared_under_a_number_of_the_declarants_own(
    signer: customs.RsaSigner,
) -> None:
    long = both(put("order.order_no", "X" * 60), put("clearance.internal_no", "LIST-1"))
    (named,), messages = declare([json.dumps(long(parcel("1210")))], signer)
    assert not named.refused
    assert declared(1, messages) == DOCUMENTS


def test_an_order_that_was_refused_may_be_mended_and_declared_in_the_same_stream(signer: customs.RsaSigner) -> None:
    heavy = put("clearance.net_weight", "99")(parcel("9610"))
    (refused, mended), messages = declare([json.dumps(heavy), json.dumps(parcel("9610"))], signer)
    assert refused.refused
    assert not mended.refused
    assert [declared(position, messages) for position in (1, 2)] == [[], DOCUMENTS]


def test_only_the_second_of_two_parcels_with_one_order_number_is_refused(signer: customs.RsaSigner) -> None:
    (first, second), messages = declare([json.dumps(BEFORE), json.dumps(BEFORE)], signer)
    assert not first.refused
    assert [each.path for each in second.findings] == [
        "order.order_no",
        "waybill.waybill_no",
        "payment.payment_no",
        "clearance.internal_no",
    ]
    assert all("1" in each.zh and "1" in each.en for each in second.findings)
    assert [declared(position, messages) for position in (1, 2)] == [DOCUMENTS, []]


def test_a_stream_of_nothing_but_bad_parcels_ends_without_a_message(signer: customs.RsaSigner) -> None:
    parcels, messages = declare(["[]"] * 250, signer)
    assert [each.position for each in parcels] == list(range(1, 251))
    assert not messages


# any leaf, any value

BASES = {mode: parcel(mode) for mode in ("1210", "9610")}

#: What shops write where something else is due.
MISTAKEN = (
    "", " ", "\u3000", "0", "-0", "-1", "1e5", "NaN", "-Infinity", "1,000.00", "１２", "12.3456789", "99999999999999.99999",
    "9999999999999999999", "0.00001", "142", "999", "ZZZ", "1210", "9610", "0110", "2991", "20260230000000", "2026-11-11",
    "00000000", "null", "X" * 300, "\0", "\x0b", "\ud800", "\uffff", "\ufeff", "<a/>", "]]>", "&amp;", "{name}", "{0}", "\r\n",
)  # fmt: skip

plain = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(MISTAKEN) | st.text(max_size=40)
    | st.characters(categories=["Cc", "Cs", "Cn"]) | st.decimals(places=2, allow_nan=False, allow_infinity=False).map(str)
)  # fmt: skip
nasty = st.recursive(
    plain,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(part: Any, path: str = "") -> Iterator[str]:
    """The paths of everything in a parcel, groups and lines included."""
    if path:
        yield path
    if isinstance(part, dict):
        for name, value in part.items():
            yield from places(value, f"{path}.{name}" if path else name)
    elif isinstance(part, list):
        for position, value in enumerate(part):
            yield from places(value, f"{path}[{position}]")


@st.composite
def spoilt(draw: st.DrawFn) -> Any:
    """A valid parcel with one value replaced, one field left out or one field too many, as JSON or as a mapping."""
    given: Parcel = copy.deepcopy(draw(st.sampled_from(list(BASES.values()))))
    path = draw(st.sampled_from(list(places(given))))
    match draw(st.sampled_from(["replace", "replace", "replace", "leave out", "add"])):
        case "replace":
            given = put(path, draw(nasty))(given)
        case "leave out":
            given = without(path)(given)
        case _:
            group = draw(st.sampled_from([given, *(value for value in given.values() if isinstance(value, dict))]))
            group[draw(st.text(max_size=12) | st.sampled_from(["orderNo", "gnum", "qty"]))] = draw(nasty)
    return given if draw(st.booleans()) else json.dumps(given, ensure_ascii=draw(st.booleans()))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(source=spoilt())
@pytest.mark.long
def test_whatever_is_wrong_with_a_parcel_it_is_declared_whole_or_refused_with_a_reason(
    source: Any, signer: customs.RsaSigner
) -> None:
    parcels, messages = declare([json.dumps(BEFORE), source, json.dumps(AFTER)], signer)
    assert [each.position for each in parcels] == [1, 2, 3]
    for each in parcels:
        errors = [finding for finding in each.findings if finding.is_error]
        assert declared(each.position, messages) == ([] if errors else DOCUMENTS)
        assert len(each.messages) == (0 if errors else 4)
    assert not parcels[0].refused
    assert not parcels[2].refused
    persons = {person for base in BASES.values() for person in personal_values(base)}
    assert not [person for person in persons if any(person in text for text in texts_of(parcels[1].findings))]
