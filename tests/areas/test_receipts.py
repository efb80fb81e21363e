"""Receipts of areas: every code of every profile read as its state, the raw code kept, and nothing unknown ever read
as success.
"""

import json
import tomllib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lxml import etree

from customs import ReadError, areas
from customs.areas import AreaProfile, read_answers
from customs.areas.profile.patterns import time_writer
from customs.areas.profile.receipts import ReceiptSpec, StateSpec
from customs.codes.states import State
from customs.documents import Answer
from support import ROOT, some

CASES: list[dict[str, Any]] = tomllib.loads(
    (ROOT / "tests" / "areas" / "samples" / "receipts.toml").read_text(encoding="utf-8")
)["cases"]

NOON = datetime(2024, 5, 1, 12, 0)

#: Every receipt of every profile.
RECEIPTS = [(areas.find(name), spec) for name in areas.names() for spec in areas.find(name).receipts]
receipts = pytest.mark.parametrize(
    ("profile", "spec"), RECEIPTS, ids=[f"{profile.name}-{spec.name}" for profile, spec in RECEIPTS]
)


# A document from the paths of a receipt

Below = dict[str, Any]


def put(tree: Below, path: str, text: str) -> None:
    """Set a text at a path; what stands there already stays."""
    *steps, last = path.split("/")
    for step in steps:
        tree = tree.setdefault(step, {})
    tree.setdefault(last, text)


def document(spec: ReceiptSpec, codes: Mapping[str, str], *, time: str | None = None) -> bytes:
    """A receipt of its kind with codes at their paths, a text for each key and text of the profile, and a time."""
    tree: Below = {}
    inside = tree
    for step in filter(None, spec.answer_path.split("/")):
        inside = inside.setdefault(step, {})
    for path, code in codes.items():
        put(inside, path, code)
    for path, text in spec.recognised_by.items():
        put(tree, path, "1" if text == "*" else text)
    for name, path in spec.keys.items():
        put(inside, path, f"K-{name}")
    for at, path in enumerate(spec.texts):
        put(inside, path, f"text {at}")
    if spec.answered_at is not None:
        parts = (time if time is not None else time_writer(spec.answered_at.time_format)(NOON)).split(
            " ", len(spec.answered_at.paths) - 1
        )
        for path, part in zip(spec.answered_at.paths, parts, strict=False):
            put(inside, path, part)
    return json.dumps(tree).encode() if spec.format == "json" else etree.tostring(element(spec.root or "any", tree))


def element(name: str, below: "Below | str") -> etree._Element:
    made = etree.Element(name)
    if isinstance(below, str):
        made.text = below
        return made
    for step, inside in below.items():
        made.append(element(step, inside))
    return made


def answer(
    profile: AreaProfile,
    spec: ReceiptSpec,
    state: StateSpec,
    code: str,
    *,
    heard: str | None = None,
    time: str | None = None,
) -> Answer:
    """The answer in a receipt that holds one code, and names who speaks by another where it has a place for it."""
    said = {} if isinstance(state.authority, str) or heard is None else {state.authority.path: heard}
    found = answers(profile, document(spec, {**said, state.path: code}, time=time))
    of_path = [each for each in found if each.code == code]
    maps = [each for each in spec.states if each.path == state.path]
    assert len(found) == len(of_path) == len(maps)
    return found[maps.index(state)]


def map_of(profile: AreaProfile, state: StateSpec) -> Mapping[str, str]:
    return profile.state_maps[state.state_map]


def codes(profile: AreaProfile, state: StateSpec) -> dict[str, str]:
    return {code: read for code, read in map_of(profile, state).items() if code not in ("negative", "other")}


def otherwise(profile: AreaProfile, state: StateSpec) -> State:
    """The state of a code that the map does not have: unknown, unless the receipt says one thing only."""
    return State(map_of(profile, state).get("other", "unknown"))


def is_this(spec: ReceiptSpec, code: str, state: StateSpec) -> bool:
    """Whether a code at this path leaves the receipt what it is: some are told by the text at the very path."""
    inside = f"{spec.answer_path}/{state.path}".removeprefix("/")
    return spec.recognised_by.get(inside, "*") in ("*", code)


def answers(profile: AreaProfile, content: bytes) -> tuple[Answer, ...]:
    return read_answers(content, profile)


def keys_of(found: Answer) -> dict[str, str]:
    """The numbers by which an answer names its declaration, and the message that it names."""
    return {**dict(found.key.fields), **({"message": found.answers} if found.answers else {})}


# The cases


@pytest.mark.parametrize(
    "case", CASES, ids=[f"{at}-{case['profile']}-{case['receipt']}" for at, case in enumerate(CASES)]
)
def test_a_receipt_is_read_as_it_is_told(case: dict[str, Any]) -> None:
    found = answers(areas.find(case["profile"]), case["content"].strip().encode())
    told = [
        {
            "keys": keys_of(each),
            "code": each.code,
            "state": each.state.value,
            "texts": list(each.texts),
            **({"authority": each.authority} if each.authority else {}),
        }
        for each in found
    ]
    assert told == case["expected"]
    assert {each.receipt for each in found} == {case["receipt"]}
    assert {each.area for each in found} == {case["profile"]}


def test_every_area_with_receipts_of_its_own_has_a_case() -> None:
    told = {case["profile"] for case in CASES}
    with_receipts = {profile.name for profile, _ in RECEIPTS}
    # about notes in the account book of a warehouse, which are no parcels: the sample below is their case
    assert with_receipts - told == {"bonded_goldengate2"}
    assert told <= with_receipts


# The published samples


def read_sample(facts: Path, area: str, name: str) -> list[tuple[object, ...]]:
    found = answers(areas.find(area), (facts / "areas" / "samples" / name).read_bytes())
    return [(each.receipt, each.authority, each.state, each.code, keys_of(each), each.at, each.texts) for each in found]


@pytest.mark.parametrize("area", ["zhejiang_jkf", "jiangxi_jkf"])
def test_the_published_receipts_of_zhejiang_are_read(facts: Path, area: str) -> None:
    keys = {"business_no": "TEST20240501000001", "company_code": "330198T001"}
    assert read_sample(facts, area, "zhejiang_RESULT.xml") == [
        (
            "RESULT",
            "platform",
            State.TECHNICAL_FAILURE,
            "2",
            {**keys, "message": "IMPORTORDER"},
            datetime(2024, 5, 1, 0, 3),
            ("22001:支付企业未备案",),
        )
    ]
    assert read_sample(facts, area, "zhejiang_approval.xml") == [
        (
            "PERSONAL_GOODS_DECLAR",
            "customs",
            State.RELEASED,
            "51",
            {**keys, "message": "PERSONAL_GOODS_DECLAR", "list_no": "29922024I000000001"},
            datetime(2024, 5, 1, 13, 0),
            ("0000:放行",),
        )
    ]


@pytest.mark.parametrize("area", ["guangzhou_kj", "guangzhou"])
def test_the_published_receipt_of_guangzhou_is_read(facts: Path, area: str) -> None:
    keys = {"message_id": "00000000-0000-4000-8000-000000000001", "message": "CEB311Message"}
    assert read_sample(facts, area, "guangzhou_kjdocrec.xml") == [
        ("KJDOCREC", "platform", State.TECHNICAL_FAILURE, "F", keys, datetime(2016, 11, 3, 15, 52, 6), ("1.4.2. ...",))
    ]


def test_the_published_receipt_of_a_gate_note_is_read_and_its_code_is_not_guessed(facts: Path) -> None:
    keys = {
        "business_no": "Z3111I240101000000000001",
        "pre_entry_no": "202400000000000001",
        "message": "SAS221",
        "message_id": "CUS0000E0100002024010100000000000000000",
    }
    assert read_sample(facts, "bonded_goldengate2", "bonded_SAS221.xml") == [
        ("SAS221", "customs", State.UNKNOWN, "1", keys, datetime(2024, 1, 1), ())
    ]


def test_the_published_receipts_of_tianjin_qingdao_shandong_and_nanjing_are_read(facts: Path) -> None:
    order, at = "TEST20240501000001", datetime(2024, 5, 1, 12, 5)
    told = {
        ("tianjin_bh", "tianjin_BIR002.xml"): [("customs", "01", State.ACCEPTED, at)],
        ("tianjin_bh", "tianjin_BUR008.xml"): [("customs", "03", State.CONCLUDED, at)],
        ("tianjin_bh", "tianjin_SDD001.xml"): [("tax", "TAX20240501000001", State.TAX_ASSESSED, at)],
        ("tianjin_ent", "tianjin_OrderReturn.xml"): [("customs", "2", State.SENT, datetime(2024, 5, 1, 12, 0, 5))],
        ("qingdao_ent", "qingdao_OrderReturn.xml"): [("platform", "S", State.STORED, datetime(2024, 5, 1, 12, 0, 5))],
        ("qingdao_ent", "qingdao_queryOrderStatus.json"): [
            ("inspection", "6", State.RELEASED, None),
            ("customs", "800", State.RELEASED, None),
        ],
        ("shandong_sdeport", "shandong_ResponseMessage.xml"): [("platform", "0", State.SENT, at)],
        ("nanjing_njkj", "nanjing_receipt_list.xml"): [("customs", "2", State.CONCLUDED, datetime(2024, 5, 1, 12, 10))],
    }
    for (area, name), expected in some(told.items()):
        found = answers(areas.find(area), (facts / "areas" / "samples" / name).read_bytes())
        assert [(each.authority, each.code, each.state, each.at) for each in found] == expected, name
    (tax,) = answers(areas.find("tianjin_bh"), (facts / "areas" / "samples" / "tianjin_SDD001.xml").read_bytes())
    assert keys_of(tax) == {"business_no": "PIM20240501000001", "order_no": order}


def test_a_time_that_lost_its_zeros_is_read_at_its_width() -> None:
    content = """<Message><Head><MESSAGETYPE>BUR006</MESSAGETYPE></Head><Declaration><Info><FORM_ID>P</FORM_ID>
        <FEEDBACK_FLAG>01</FEEDBACK_FLAG><FEEDBACK_DATE>20160420</FEEDBACK_DATE><FEEDBACK_TIME>507</FEEDBACK_TIME></Info>
        </Declaration></Message>"""
    (found,) = answers(areas.find("tianjin_bh"), content.encode())
    assert found.at == datetime(2016, 4, 20, 0, 5, 7)


# Every code of every map


#: Receipts of which no code is known, and those that say one thing whatever their code is.
WITHOUT_CODES = {"SAS221", "CEB900", "BUR020", "BKK001", "ERR001", "SDD001"}


@receipts
def test_every_code_of_every_receipt_is_read_as_its_state_and_kept(profile: AreaProfile, spec: ReceiptSpec) -> None:
    for state in some(spec.states):
        heard = None if isinstance(state.authority, str) else next(iter(state.authority.reads))
        told = {code: meant for code, meant in codes(profile, state).items() if is_this(spec, code, state)}
        assert bool(told) is (spec.name not in WITHOUT_CODES)
        for code, meant in told.items():
            found = answer(profile, spec, state, code, heard=heard)
            assert (found.area, found.receipt, found.code) == (profile.name, spec.name, code)
            assert found.state == State(meant), code
            if isinstance(state.authority, str):
                assert found.authority == state.authority
            elif state.authority.path == state.path:
                assert found.authority == state.authority.reads.get(code)
            else:
                assert found.authority == next(iter(state.authority.reads.values()))


@receipts
def test_keys_texts_and_time_of_every_receipt_are_read(profile: AreaProfile, spec: ReceiptSpec) -> None:
    state = spec.states[0]
    code = next((each for each in codes(profile, state) if is_this(spec, each, state)), "1")
    found = answer(profile, spec, state, code)
    fixed = {f"{spec.answer_path}/{path}".removeprefix("/"): path for path in spec.keys.values()}
    for name, path in spec.keys.items():
        wanted = spec.recognised_by.get(next(whole for whole, short in fixed.items() if short == path))
        if wanted is None and path not in (state.path, *(spec.answered_at.paths if spec.answered_at else ())):
            assert keys_of(found)[name] == next(f"K-{each}" for each, other in spec.keys.items() if other == path)
    assert keys_of(found).keys() == spec.keys.keys()
    assert list(found.texts) == [f"text {at}" for at, _ in enumerate(spec.texts)]
    assert found.at == (None if spec.answered_at is None else NOON)


@receipts
def test_a_time_of_another_form_is_none_and_is_kept_as_it_came(profile: AreaProfile, spec: ReceiptSpec) -> None:
    state = spec.states[0]
    code = next((each for each in codes(profile, state) if is_this(spec, each, state)), "1")
    sound = answer(profile, spec, state, code)
    for time in (
        "",
        "yesterday",
        "2024-13-01 12:00:00",
        "20240501",
        "20240230120000",
        "99999999999999",
        "0000-00-00 00:00",
    ):
        found = answer(profile, spec, state, code, time=time)
        assert found.at is None
        assert (found.state, found.code, found.texts[: len(sound.texts)]) == (sound.state, sound.code, sound.texts)
        assert len(found.texts) == len(sound.texts) + bool(spec.answered_at and time)


@receipts
def test_a_negative_number_is_a_failure_where_the_profile_says_so_and_unknown_elsewhere(
    profile: AreaProfile, spec: ReceiptSpec
) -> None:
    told = [(code, state) for state in spec.states for code in ("-1", "-5", "-621001") if is_this(spec, code, state)]
    for code, state in some(told):
        others = otherwise(profile, state)
        meant = State(map_of(profile, state).get("negative", others.value))
        assert answer(profile, spec, state, code).state == meant
        assert meant in (State.TECHNICAL_FAILURE, others)


@pytest.mark.parametrize("word", ["negative", "other"])
@receipts
def test_the_words_negative_and_other_are_no_codes(profile: AreaProfile, spec: ReceiptSpec, word: str) -> None:
    for state in some(each for each in spec.states if is_this(spec, word, each)):
        found = answer(profile, spec, state, word)
        assert (found.state, found.code) == (otherwise(profile, state), word)


@receipts
def test_an_answer_without_a_code_is_unknown_and_not_lost(profile: AreaProfile, spec: ReceiptSpec) -> None:
    # receipts that are told by any text at this very path are not told at all without it
    for state in some(spec.states):
        if f"{spec.answer_path}/{state.path}".removeprefix("/") in spec.recognised_by:
            with pytest.raises(ReadError):
                answers(profile, document(spec, {state.path: ""}))
        else:
            (found,) = answers(profile, document(spec, {each.path: "" for each in spec.states}))
            assert (found.state, found.code) == (State.UNKNOWN, "")


SPECS = [(profile, spec, state) for profile, spec in RECEIPTS for state in spec.states]
DIGITS = st.integers(-(10**7), 10**7).map(str)
NEARLY = st.sampled_from(sorted({code for profile, _, state in SPECS for code in map_of(profile, state)})).flatmap(
    lambda code: st.sampled_from(
        [
            f"0{code}",
            f"{code}0",
            f"{code}.0",
            f"+{code}",
            f"{code},",
            f"{code} {code}",
            code.lower(),
            code.upper(),
            f"-{code}x",
        ]
    )
)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs")), min_size=1, max_size=8)
DASHES = st.sampled_from(
    ["-", "−1", "-１", "--1", "-1-", "-1.5", "- 1", "٣", "８００", "true", "null", "SUCCESS ok", "T\u200b"]
)


def fits_in_xml(text: str) -> bool:
    try:
        etree.Element("any").text = text
    except ValueError:
        return False
    return True


@settings(max_examples=300, deadline=None)
@given(which=st.integers(0, len(SPECS) - 1), code=DIGITS | NEARLY | WORDS | DASHES, heard=st.none() | WORDS)
@pytest.mark.long
def test_a_code_that_no_map_has_is_unknown_and_never_a_success(which: int, code: str, heard: str | None) -> None:
    profile, spec, state = SPECS[which]
    code = code.strip()
    known = map_of(profile, state)
    digits = code.removeprefix("-")
    negative = code.startswith("-") and digits.isascii() and digits.isdecimal() and "negative" in known
    assume(code and fits_in_xml(code) and fits_in_xml(heard or ""))
    assume(code not in codes(profile, state) and not negative and is_this(spec, code, state))
    found = answer(profile, spec, state, code, heard=heard)
    assert (found.state, found.code) == (otherwise(profile, state), code)
    assert found.state not in (State.ACCEPTED, State.CONCLUDED, State.RELEASED, State.CLOSED)
    if not isinstance(state.authority, str):
        says = code if state.authority.path == state.path else heard
        assert found.authority == (None if says is None else state.authority.reads.get(says.strip()))


# One receipt for many, several answers in one


def test_several_authorities_in_one_receipt_give_several_answers() -> None:
    spec = next(each for each in areas.find("guangzhou_kj").receipts if each.name == "QUERY")
    found = answers(areas.find("guangzhou_kj"), document(spec, {"state": "4", "ciqState": "500", "cusState": "800"}))
    assert [(each.authority, each.code, each.state) for each in found] == [
        ("platform", "4", State.ACCEPTED),
        ("inspection", "500", State.INSPECTION),
        ("customs", "800", State.RELEASED),
    ]
    assert len({each.key for each in found}) == 1


@receipts
def test_all_states_of_a_receipt_come_in_the_order_of_the_profile(profile: AreaProfile, spec: ReceiptSpec) -> None:
    chosen = {
        state.path: next((code for code in codes(profile, state) if is_this(spec, code, state)), "1")
        for state in spec.states
    }
    found = answers(profile, document(spec, chosen))
    assert [each.code for each in found] == [chosen[state.path] for state in spec.states]
    assert [each.state.value for each in found] == [
        map_of(profile, state).get(chosen[state.path], otherwise(profile, state).value) for state in spec.states
    ]


def test_codes_in_json_are_read_as_text_or_number_and_for_each_of_a_list() -> None:
    parts = ",".join(
        f'{{"orderNO":"A{at}","state":{code}}}' for at, code in enumerate(["800", '"800"', "8e2", "true"], 1)
    )
    found = answers(areas.find("guangzhou"), f'{{"content":[{parts}]}}'.encode())
    assert [(each.key["business_no"], each.code, each.state) for each in found] == [
        ("A1", "800", State.RELEASED),
        ("A2", "800", State.RELEASED),
        ("A3", "8e2", State.UNKNOWN),
        ("A4", "true", State.UNKNOWN),
    ]


# Refused


@receipts
def test_a_receipt_is_refused_by_areas_that_have_none_like_it(profile: AreaProfile, spec: ReceiptSpec) -> None:
    state = spec.states[0]
    code = next((each for each in codes(profile, state) if is_this(spec, each, state)), "1")
    content = document(spec, {state.path: code})
    for name in some(name for name in areas.names() if not related(areas.find(name), spec)):
        with pytest.raises(ReadError) as caught:
            answers(areas.find(name), content)
        assert name in str(caught.value)
        assert f"K-{next(iter(spec.keys), '')}" not in str(caught.value)


def related(other: AreaProfile, spec: ReceiptSpec) -> bool:
    """Whether an area has a receipt of the same form, root, signs and state; or one that takes any root and reads
    Status.
    """
    return any(
        each.format == spec.format
        and (not each.root or each.root == spec.root)
        and set(each.recognised_by.items()) <= set(spec.recognised_by.items())
        and each.answer_path == spec.answer_path
        and {state.path for state in each.states} & {state.path for state in spec.states}
        for each in (*other.receipts, *(areas.find("unified").receipts if other.takes_unified else ()))
    )


#: Areas that share a receipt: the platforms of one family, and areas whose orders are answered by the unified CEB312.
FAMILIES = [
    {"zhejiang_jkf", "jiangxi_jkf"}, {"guangzhou_kj", "guangzhou"},
    {"tianjin_ent", *(name for name in areas.names() if areas.find(name).takes_unified)},
    {name for name in areas.names() if areas.find(name).takes_unified},
]  # fmt: skip


def test_areas_share_receipts_within_their_families_only() -> None:
    shared = [
        (profile.name, spec.name, name)
        for profile, spec in RECEIPTS
        for name in areas.names()
        if name != profile.name and related(areas.find(name), spec)
    ]
    assert len(shared) == 16
    assert [each for each in shared if not any({each[0], each[2]} <= family for family in FAMILIES)] == []


MO = b"<mo><head><businessType>RESULT</businessType></head><body><list><jkfResult><chkMark>%s</chkMark></jkfResult></list></body></mo>"
HOSTILE = {
    "an entity bomb": b'<!DOCTYPE mo [<!ENTITY a "1111111111"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + MO % b"&b;",
    "an entity": b'<!DOCTYPE mo [<!ENTITY a "1">]>' + MO % b"&a;",
    "a file of the machine": b'<!DOCTYPE mo [<!ENTITY a SYSTEM "file:///etc/hostname">]>' + MO % b"&a;",
    "a document type": b"<!DOCTYPE mo>" + MO % b"1",
    "a file cut off": b"<mo><head><businessType>RESULT</businessType>",
    "two roots": b"<mo/><mo/>",
    "nothing": b"",
    "blanks": b" \n ",
    "text": "处理成功".encode(),
    "bytes": bytes(range(256)),
    "JSON cut off": b'{"isSuccess":',
    "JSON that is a list": b"[1]",
    "JSON nested deep": b'{"a":' * 5000 + b"1" + b"}" * 5000,
    "lists in lists": b'{"content":[[{"state":"800"}]]}',
    "JSON in another encoding": '{"isSuccess":"是"}'.encode("gb18030"),
    "XML nested deep": b"<mo>" * 5000 + b"</mo>" * 5000,
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("name", sorted({profile.name for profile, _ in RECEIPTS}))
def test_hostile_content_is_refused_as_a_receipt(name: str, content: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        answers(areas.find(name), content)
    assert "处理成功" not in str(caught.value)


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=80) | st.text(max_size=40).map(str.encode), name=st.sampled_from(areas.names()))
def test_whatever_comes_is_an_answer_or_a_read_error(content: bytes, name: str) -> None:
    with pytest.raises(ReadError):
        answers(areas.find(name), content)


def test_a_receipt_does_not_show_its_texts() -> None:
    found = answers(areas.find("zhejiang_jkf"), CASES[0]["content"].strip().encode())
    assert "处理成功" not in repr(found)
    assert found[0].texts == ("00000:处理成功",)


# The canonical states

S = State
#: What codes mean, area by area: receipt, path, code and state, from the table of canonical states.
CANONICAL: list[tuple[str, str, str, str, State]] = [
    *(
        ("guangzhou_kj", "QUERY", "state", code, state)
        for state, several in (
            (S.STORED, ("0", "1")), (S.SENT, ("2",)), (S.TECHNICAL_FAILURE, ("3", "5", "7")), (S.ACCEPTED, ("4", "6")),
            (S.REJECTED, ("100",)), (S.MANUAL_REVIEW, ("300",)), (S.AWAITING_ARRIVAL, ("401", "11")), (S.CONCLUDED, ("399",)),
            (S.INSPECTION, ("500", "22")), (S.RELEASED, ("800",)), (S.CLOSED, ("899",)), (S.RETURNED, ("700", "20")),
            (S.WITHDRAWN, ("10", "18")),
        )
        for code in several
    ),
    *(
        ("guangzhou_kj", "KJ881110CUSREC", "Declaration/CusEListResult", code, state)
        for state, several in (
            (S.SENT, ("3",)), (S.TECHNICAL_FAILURE, ("4",)), (S.ACCEPTED, ("10", "12")), (S.REJECTED, ("14",)),
            (S.CONCLUDED, ("13",)), (S.INSPECTION, ("21",)), (S.DETAINED, ("91",)), (S.RELEASED, ("20",)),
            (S.TAX_ASSESSED, ("90", "92", "93", "94")), (S.TAX_SETTLED, ("22",)),
        )
        for code in several
    ),
    ("zhejiang_jkf", "RESULT", "chkMark", "1", S.SENT),
    ("zhejiang_jkf", "RESULT", "chkMark", "2", S.TECHNICAL_FAILURE),
    ("zhejiang_jkf", "RESULT", "chkMark", "-1", S.TECHNICAL_FAILURE),
    *(
        ("zhejiang_jkf", "PERSONAL_GOODS_DECLAR", "body/jkfGoodsDeclar/approveResult", code, state)
        for state, several in ((S.REJECTED, ("32",)), (S.INSPECTION, ("33",)), (S.RELEASED, ("51", "52", "53")))
        for code in several
    ),
    ("zhejiang_jkf", "MODIFY_CANCEL", "body/modifyCancelResult/approveResult", "21", S.WITHDRAWN),
    *(
        ("ningbo_kjb2c", "status", "Status", code, state)
        for state, several in (
            (S.STORED, ("00",)), (S.SENT, ("21",)), (S.REJECTED, ("23", "13")), (S.CONCLUDED, ("22",)), (S.INSPECTION, ("25", "14")),
            (S.RELEASED, ("24",)), (S.WITHDRAWN, ("99",)),
        )
        for code in several
    ),
    # 21 appears twice in the table, as sent and as accepted: it is read as the lesser, since the platform says no
    # more than 已申报
    ("ningbo_kjb2c", "status", "Unusual", "02", S.MANUAL_REVIEW),
    ("ningbo_kjb2c", "bare_answer", "Header/Result", "F", S.TECHNICAL_FAILURE),
]  # fmt: skip


@pytest.mark.parametrize(
    ("area", "receipt", "path", "code", "meant"), CANONICAL, ids=[":".join(each[:4]) for each in CANONICAL]
)
def test_a_code_has_its_canonical_state(area: str, receipt: str, path: str, code: str, meant: State) -> None:
    profile = areas.find(area)
    spec = next(each for each in profile.receipts if each.name == receipt)
    state = next(each for each in spec.states if each.path == path)
    assert answer(profile, spec, state, code).state == meant


def test_a_code_of_the_platform_of_guangzhou_is_not_read_as_that_of_huangpu() -> None:
    profile = areas.find("guangzhou_kj")
    platform, huangpu = profile.state_maps["platform_state"], profile.state_maps["list_customs"]
    assert (platform["20"], huangpu["20"]) == ("returned", "released")
    assert (platform["10"], huangpu["10"]) == ("withdrawn", "accepted")
    assert (platform["22"], huangpu["22"]) == ("inspection", "tax_settled")
    assert (platform["3"], huangpu["3"]) == ("technical_failure", "sent")


@pytest.mark.parametrize("code", ["3", "4", "10", "12", "13", "14", "20", "21", "22", "90", "91"])
@pytest.mark.parametrize("area", ["guangzhou", "guangzhou_kj"])
def test_a_code_that_two_lists_of_guangzhou_read_differently_is_unknown_where_the_list_is_not_said(
    area: str, code: str
) -> None:
    profile = areas.find(area)
    spec = next(each for each in profile.receipts if each.name == "QUERY")
    for state in some(each for each in spec.states if each.authority != "platform"):
        assert answer(profile, spec, state, code).state == State.UNKNOWN


def test_only_customs_and_inspection_release() -> None:
    # Zhejiang's platform says that the parcel left the area, which it can only after release
    released = {
        (profile.name, spec.name, str(state.authority))
        for profile, spec, state in SPECS
        if state.authority == "platform" and set(codes(profile, state).values()) & {"released", "closed", "concluded"}
    }
    allowed = {("zhejiang_jkf", "IMPORTBILLRESULT", "platform"), ("jiangxi_jkf", "IMPORTBILLRESULT", "platform")}
    # what Guangzhou's platform answers about itself is where the whole declaration stands, by the table of canonical
    # states
    allowed |= {("guangzhou_kj", "QUERY", "platform"), ("guangzhou", "QUERY", "platform")}
    assert released == allowed, released ^ allowed


def test_one_answer_for_several_waybills_is_an_answer_for_each() -> None:
    spec = next(each for each in areas.find("zhejiang_jkf").receipts if each.name == "IMPORTBILLRESULT")
    content = document(spec, {"outState": "1"}).replace(b"K-waybill_no", b"SF1, SF2,SF3")
    found = answers(areas.find("zhejiang_jkf"), content)
    assert [each.key["waybill_no"] for each in found] == ["SF1", "SF2", "SF3"]
    assert {each.state for each in found} == {State.RELEASED}
