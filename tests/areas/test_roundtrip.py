"""Local messages and back, for every area: what is written is read as the same facts, whatever stands in them; what
is foreign is refused or read, and nobody's data are shown on the way.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import etree

import customs
from customs import areas
from customs.areas import Area, AreaProfile, LocalReading, read_answers, read_local, render
from customs.areas.messages.checks import check_message, check_parcel
from customs.areas.messages.compiled_fields import Column, columns_of, section_of
from customs.areas.messages.conditions import goes_into
from customs.areas.messages.parcel_facts import NO_LINE, MessageFacts, ParcelFacts
from customs.areas.profile.conversions import codes_of
from customs.areas.profile.facts import Fact, fact_named
from customs.areas.profile.fields import LocalMessage
from customs.areas.profile.receipts import Heard, ReceiptSpec
from customs.declaration import Declaration
from customs.documents import Answer
from customs.testing import declarations, sample_parcels
from customs.testing.areas import parcel_for
from support import MORNING, SINGLES_DAY
from support.area_cases import flat
from support.area_parcels import (
    GUID,
    area_of,
    copied,
    every_area,
    every_message,
    holder,
    on_the_way,
    parcels_of,
    written,
)

#: What stands for a person in the tests of privacy.
MARK = "贾宝玉之秘"

few = settings(
    deadline=None, derandomize=True, database=None, max_examples=12, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)  # fmt: skip


awkward = st.text(
    st.sampled_from("&<>\"'%{}[]\\/;,.|=- \t\n\rAz09é中文示例𠮷😀\u00a0\u3000\u200b\ufeff"), min_size=1, max_size=40
)
awkward |= st.sampled_from(
    [
        "&amp;",
        "]]>",
        "%s %(a)s %%",
        "{time:yyyy}",
        "<!-- -->",
        "<a/>",
        " x",
        "x ",
        " ",
        "\r\n",
        "null",
        "0",
        "😀" * 8,
        "&#xD;",
        "\\u0041",
    ]
)
moments = st.datetimes(datetime(2012, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(microsecond=0))
digits = st.builds(lambda whole, part, places: Decimal(f"{whole}.{part:05}"[: -5 + places or None].rstrip(".")),
                   st.integers(0, 9999), st.integers(0, 99999), st.integers(0, 5))  # fmt: skip


# -- parcels


@dataclass(frozen=True)
class Drawn:
    """What Hypothesis gives for one message: which parcels, awkward values, and chance for where they go."""

    parcels: list[int]
    texts: list[str]
    moments: list[datetime]
    decimals: list[Decimal]
    chance: int


drawn = st.builds(
    Drawn,
    st.lists(st.integers(0, 11), min_size=1, max_size=3),
    st.lists(awkward, min_size=3, max_size=8),
    st.lists(moments, min_size=2, max_size=4),
    st.lists(digits, min_size=2, max_size=6),
    st.integers(0, 2**32),
)


def touched_by_rules(profile: AreaProfile) -> set[str]:
    """ParcelFacts that conditions and rules compare: they stay as they are."""
    text = repr((profile.conditions, profile.rules))
    return {each for each in (*text.replace("-", "'").replace("lines:", "'").split("'"),) if "." in each}


class Altered:
    """Parcels of a message with awkward values wherever the area takes them."""

    def __init__(self, area: Area, message: LocalMessage, drawn: Drawn) -> None:
        self.area, self.message, self.drawn = area, message, drawn
        self.chance = Random(drawn.chance)  # noqa: S311  not for secrets
        self.columns: dict[str, list[Column]] = {}
        for column in columns_of(area, message):
            for name in dict.fromkeys(filter(None, (column.spec.from_, column.spec.or_, column.spec.total))):
                self.columns.setdefault(name, []).append(column)
        self.kept = touched_by_rules(area.profile)

    def parcels(self) -> list[ParcelFacts]:
        known = parcels_of(self.area.name)
        made = [self._parcel(known[at]) for at in self.drawn.parcels[: self.message.batch]]
        for column in columns_of(self.area, self.message):
            if column.level == "message" and column.spec.total is None and column.fact and not column.fact.name.shared:
                for other in made[1:]:  # what stands once in a message is the same for all its parcels
                    holder(column.fact, other, NO_LINE)[column.fact.field] = column.value(
                        made[0], NO_LINE, MessageFacts()
                    )
        return made

    def _parcel(self, known: ParcelFacts) -> ParcelFacts:
        facts = copied(known)
        for name, columns in self.columns.items():
            found = fact_named(name, self.area.profile)
            if found.section in ("parameter", "message", "step") or name in self.kept:
                continue
            for line in facts.lines if found.of_line else [NO_LINE]:
                table = holder(found, facts, line)
                if all(self._may_be_left_out(each, name, facts) for each in columns) and self.chance.random() < 0.4:
                    table[found.field] = None
                elif not any(each.spec.empty_when for each in columns) and self.chance.random() < 0.7:
                    table[found.field] = self._value(found, columns, table.get(found.field))
        return facts

    def _may_be_left_out(self, column: Column, name: str, facts: ParcelFacts) -> bool:
        spec = column.spec
        if spec.or_ is not None:
            other = fact_named(spec.or_, self.area.profile)
            spare = all(
                holder(other, facts, line).get(other.field) for line in (facts.lines if other.of_line else [NO_LINE])
            )
            return name == spec.from_ and spare
        return spec.need in ("optional", "unknown") or spec.default is not None

    def _value(self, found: Fact, columns: Sequence[Column], before: Any) -> Any:
        maps = [
            set(codes_of(self.area.profile.code_maps[each.spec.code_map])[0]) for each in columns if each.spec.code_map
        ]
        schemes = [set(self.area.numbers[each.spec.numbering]) for each in columns if each.spec.numbering]
        if maps or schemes:
            codes = sorted(set.intersection(*maps, *schemes))
            alike = [code for code in codes if any(loses(each, code, self.area) for each in columns)]
            return self.chance.choice(alike if alike and self.chance.random() < 0.5 else codes)
        shortest = min((each.spec.pad or each.spec.most or 60 for each in columns), default=60)
        shortest = min([shortest, *(each.spec.most or 60 for each in columns)])
        match found.kind:
            case "text" if any(each.spec.pad for each in columns):
                return str(self.chance.randrange(1, 10 ** min(shortest, 9)))
            case "text":
                return self.chance.choice(self.drawn.texts)[:shortest]
            case "decimal":
                scales = [each.spec.places if each.spec.places is not None else each.spec.scale for each in columns]
                places = min([each for each in scales if each is not None], default=5)
                number = self.chance.choice(self.drawn.decimals)
                return number if -number.as_tuple().exponent <= places else Decimal(int(number))  # type: ignore[operator]
            case "count":
                return before
            case "moment":
                return self.chance.choice(self.drawn.moments)
            case "day":
                return self.chance.choice(self.drawn.moments).date()


def carried(area: Area, message: LocalMessage) -> Iterator[Column]:
    """The columns whose source a message carries for each parcel or line."""
    for column in columns_of(area, message):
        if column.fact and column.spec.total is None and column.fact.section not in ("parameter", "message", "step"):
            yield column


def loses(column: Column, value: Any, area: Area) -> bool:
    """Whether writing keeps less than the value: zeros in front, a smallest amount, codes written alike, times cut
    short.
    """
    spec = column.spec
    if spec.code_map is not None:
        there, back = codes_of(area.profile.code_maps[spec.code_map])
        return bool(back[there[value]] != value)
    if isinstance(value, datetime):
        return any(letters not in (spec.time_format or "HHmmss") for letters in ("HH", "mm", "ss"))
    return spec.pad is not None or (spec.least is not None and value < spec.least)


def left_out(column: Column, held: Mapping[str, Any], value: Any) -> bool:
    """Return True if a field that is left out where it is empty was, as it should be."""
    assert column.fact
    missing = column.spec.omit and column.fact.name not in held
    assert not missing or value in (None, "")
    return missing


def matches(column: Column, said: Any, value: Any, area: Area) -> bool:
    if value is None or value == "":
        return said is None
    kept: bool = said is not None and column.write(said) == column.write(value)
    return kept and (loses(column, value, area) or bool(said == value))


# -- written and read


@every_message
@pytest.mark.long
def test_what_is_written_for_an_area_is_read_as_the_same_facts(name: str, message_name: str) -> None:
    area, seen = area_of(name), list[int]()
    message = area.profile.message(message_name)

    @few
    @given(drawn)
    def holds(drawn: Drawn) -> None:
        parcels = Altered(area, message, drawn).parcels()
        if any(each.is_error for facts in parcels for each in check_message(area, message, facts)):
            return
        seen.append(len(parcels))
        content = written(area, message, parcels)
        reading = read_local(area, content)
        assert (reading.message, reading.unknown, reading.conflicts) == (message_name, (), ())
        assert len(reading.parcels) == len(parcels)
        again = [copied(facts) for facts in parcels]
        for facts, other, read in zip(parcels, again, reading.parcels, strict=True):
            lines = facts.lines if message.line_path else []
            assert len(read.lines) == len(lines)
            for column in carried(area, message):
                assert column.fact
                in_lines = column.level == "line"
                for at, line in enumerate(lines if in_lines else [NO_LINE]):
                    held = read.lines[at] if in_lines and column.fact.of_line else read.facts
                    value = column.value(facts, line, MessageFacts())
                    if left_out(column, held, value):
                        continue
                    said = held[column.fact.name]
                    assert matches(column, said, value, area), (column.path, value, said)
                    holder(column.fact, other, other.lines[at] if in_lines else NO_LINE)[column.fact.field] = said
        for column in columns_of(area, message):
            if column.spec.total is not None:
                assert reading.texts[column.path] == column.write(
                    column.value(parcels[0], NO_LINE, MessageFacts(parcels=tuple(parcels)))
                )
        assert written(area, message, again) == content

    holds()
    assert len(seen) > 2, "too few parcels were accepted to say anything"
    if message.batch > 1:
        assert max(seen) > 1, "no message held several parcels"


#: Areas without messages of the kind that sample parcels fill and XML holds.
WITHOUT_A_SAMPLE = {
    "bonded_goldengate2",
    "chongqing_dtc",
    "guangzhou",
    "haikou",
    "shandong_sdeport",
    "shenzhen_ceb301",
    "unified",
}


@every_area
@pytest.mark.long
def test_settings_may_hold_any_character(name: str) -> None:
    profile = areas.find(name)
    awkward_settings = {name: next(iter(each.values), "&<%s>\"'{x}") for name, each in profile.parameters.items()}
    checked = 0
    for message in profile.messages:
        lengths = {str(spec.from_): spec.most for _, spec, _ in message.fields() if spec.most}
        short = {key: text[: lengths.get(f"parameter.{key}")] for key, text in awkward_settings.items()}
        if message.lead:
            continue  # the text before the XML is not XML
        area = areas.configure(profile, parameters=short, companies=area_of(name).companies, serials=areas.counting())
        facts = next(
            (each for each in parcels_of(name) if not any(x.is_error for x in check_message(area, message, each))), None
        )
        if facts is None:
            continue
        checked += 1
        reading = read_local(area, written(area, message, [copied(facts)]))
        assert (reading.message, reading.unknown, reading.conflicts) == (message.name, (), ())
        for column in columns_of(area, message):
            if column.fact and column.fact.section == "parameter" and column.level != "line" and not column.spec.omit:
                assert reading.texts[column.path] == column.constant
    assert bool(checked) is (name not in WITHOUT_A_SAMPLE)


def test_a_message_in_utf_16_is_read_where_others_have_text_before_the_xml() -> None:
    area = area_of("shenzhen_ceb301")
    message = next(each for each in area.profile.messages if each.lead)
    parcel = next(
        each
        for each in parcels_of("shenzhen_ceb301")
        if not any(x.is_error for x in check_message(area, message, each))
    )
    content = written(area, message, [copied(parcel)])
    text = content[content.index(b"<") :].decode().replace("UTF-8", "UTF-16", 1)
    assert read_local(area, text.encode("utf-16")).texts == read_local(area, content).texts != {}


@every_message
def test_an_element_stands_once_for_each_parcel_and_each_line(name: str, message_name: str) -> None:
    area = area_of(name)
    message = area.profile.message(message_name)
    known = parcels_of(name)
    parcels = [copied(known[0]) for _ in range(min(message.batch, 3))]
    paths = [path for path, _ in flat(written(area, message, parcels))]
    lines = sum(len(each.lines) for each in parcels)
    places = ((message.parcel_path, len(parcels)), (message.line_path, lines))
    expected = {path: count for path, count in places if path}
    assert {path: paths.count(path) for path in expected} == expected


@every_message
def test_a_message_holds_no_more_parcels_than_the_area_takes_and_no_fewer_than_one(
    name: str, message_name: str
) -> None:
    area = area_of(name)
    message = area.profile.message(message_name)
    for count in (0, message.batch + 1):
        with pytest.raises(ValueError, match=f"holds 1 to {message.batch} parcels, not {count}"):
            written(area, message, [copied(parcels_of(name)[0]) for _ in range(count)])


# -- whole parcels on the road


@every_area
@pytest.mark.long
def test_a_parcel_goes_on_the_road_with_all_messages_or_is_refused_and_has_none(name: str) -> None:
    area = area_of(name)
    sent = [each for each in area.profile.messages if each.with_a_parcel]
    names = {each.name for each in sent}

    @settings(few, max_examples=3)
    @given(declarations())
    def holds(declaration: Declaration) -> None:
        parcel = parcel_for(declaration, area.profile)
        local = parcel.local or {}
        whole = completed(parcel)
        for each, accepted in (
            (whole, True),
            (parcel, None),
            (whole.model_copy(update={"local": None}), None),
            (whole.model_copy(update={"local": dict.fromkeys(local, "1.2.3") or None}), None),
            (whole.model_copy(update={"local": {key: text * 3000 for key, text in local.items()} or None}), None),
        ):
            facts = on_the_way(area, each)
            refused = any(finding.is_error for finding in check_parcel(area, facts))
            prepared = on_the_road(each, area)
            assert accepted is None or refused is not accepted
            assert prepared.refused or not refused
            asked = [message.name for message in sent if goes_into(area.profile, message, facts)]
            assert [each.name for each in prepared.messages if each.name in names] == ([] if refused else asked)

    holds()


def completed(parcel: Declaration) -> Declaration:
    """The parcel with what some areas ask for and the standard does not."""
    lines = tuple(
        line.model_copy(update={"item_no": line.item_no or f"SKU{at}", "bar_code": line.bar_code or "4000000000006"})
        for at, line in enumerate(parcel.order.lines)
    )
    return parcel.model_copy(
        update={
            "order": parcel.order.model_copy(update={"lines": lines}),
            "waybill": parcel.waybill.model_copy(update={"goods_info": parcel.waybill.goods_info or "示例"}),
            "clearance": parcel.clearance.model_copy(update={"wrap_type": "2"}),  # every list of packagings has it
        }
    )


def on_the_road(parcel: Declaration, area: Area) -> customs.Prepared:
    return customs.prepare(
        parcel,
        area=area,
        on=SINGLES_DAY,
        clock=customs.fixed_clock(MORNING),
        guids=customs.seeded_guids(1),
        signer=None,
    )


# -- privacy


def marked(area: Area, facts: ParcelFacts, mark: str) -> ParcelFacts:
    """The parcel with a mark in every text that belongs to a person or is a local fact without a code."""
    coded = {
        name
        for message in area.profile.messages
        for column in columns_of(area, message)
        if column.spec.code_map or column.spec.numbering
        for name in (column.spec.from_, column.spec.or_)
    }
    own = {f"local.{each}" for each in facts.local} | {f"goods.{each}" for line in facts.lines for each in line.goods}
    names = [
        f"{section}.{key}"
        for section in ("order", "payment", "waybill", "clearance", "line")
        for key in _keys(facts, section)
    ]
    made = copied(facts)
    for name in {*names, *own} - coded - touched_by_rules(area.profile):
        try:
            found = fact_named(name, area.profile)
        except LookupError:
            continue
        if found.kind == "text" and (found.personal or name in own):
            for line in made.lines if found.of_line else [NO_LINE]:
                holder(found, made, line)[found.field] = mark
    return made


def _keys(facts: ParcelFacts, section: str) -> list[str]:
    return list(section_of(section)(facts, facts.lines[0], MessageFacts()))


@every_message
@pytest.mark.parametrize("length", [1, 400])
@pytest.mark.long
def test_nothing_that_is_shown_of_a_message_holds_what_belongs_to_a_person(
    name: str, message_name: str, length: int
) -> None:
    area = area_of(name)
    message = area.profile.message(message_name)
    facts = marked(area, parcels_of(name)[0], MARK * length)
    findings = check_message(area, message, facts)
    made = render(area, message, [facts], time=MORNING, guid=GUID)
    assert MARK.encode() in made.content or MARK in str(made.form) or not _carries_texts(area, message), (
        "the marks are written nowhere"
    )
    reading = read_local(area, made.content)
    for shown in (area, made, reading, *reading.parcels, *findings, [each.as_dict() for each in findings]):
        assert MARK not in repr(shown)
        assert MARK not in str(shown)


def _carries_texts(area: Area, message: LocalMessage) -> bool:
    return any(each.fact and each.fact.personal and each.fact.kind == "text" for each in carried(area, message))


@every_area
@pytest.mark.parametrize("length", [1, 400])
@pytest.mark.long
def test_nothing_that_the_road_shows_holds_what_belongs_to_a_person(name: str, length: int) -> None:
    area = area_of(name)
    parcel = parcel_for(next(sample_parcels(1, seed=7, mode="1210")), area.profile)
    local = {key: MARK * length for key in parcel.local or {} if fact_named(f"local.{key}", area.profile).personal}
    order = parcel.order.model_copy(
        update=dict.fromkeys(
            ("buyer_name", "buyer_telephone", "consignee", "consignee_telephone", "consignee_address"), MARK
        )
    )
    payment = parcel.payment.model_copy(update={"payer_name": MARK})
    parcel = parcel.model_copy(
        update={"local": {**(parcel.local or {}), **local} or None, "order": order, "payment": payment}
    )
    prepared = on_the_road(parcel, area)
    for shown in (prepared, *prepared.messages, *prepared.findings, *prepared.beside):
        assert MARK not in repr(shown)
        assert MARK not in str(shown)


@every_message
@pytest.mark.long
def test_what_cannot_be_read_is_named_by_its_place_and_never_shown(name: str, message_name: str) -> None:
    area = area_of(name)
    message = area.profile.message(message_name)
    content = written(area, message, [copied(parcels_of(name)[0])])
    refused = 0
    for column in carried(area, message):
        with_mark = changed_at(content, message, column.path, MARK)
        if with_mark is None:
            continue
        assert column.fact
        if column.fact.kind == "text" and not column.spec.code_map and not column.spec.numbering:
            assert MARK not in repr(read_local(area, with_mark, message_name))
            continue
        with pytest.raises(customs.ReadError) as error:
            read_local(area, with_mark, message_name)
        assert MARK not in str(error.value)
        assert column.spec.name in str(error.value)
        refused += 1
    assert refused or all(each.fact and each.fact.kind == "text" for each in carried(area, message))


def changed_at(content: bytes, message: LocalMessage, path: str, text: str) -> bytes | None:
    """The message with another text at a path; None where it has no such element."""
    if message.format == "json":
        value = json.loads(content)
        *above, name = path.split("/")
        table = value
        for step in above:
            table = table[step][0] if isinstance(table[step], list) else table[step]
        if name not in table:
            return None
        table[name] = text
        return json.dumps(value, ensure_ascii=False).encode()
    start = content.find(b"<")
    root = etree.fromstring(content[start:])
    found = root.find("/".join(f"{{*}}{step}" for step in path.split("/")))
    if found is None:
        return None
    found.text = text
    return content[:start] + etree.tostring(root, encoding="UTF-8")


@pytest.mark.parametrize(
    "text", ["1_000", "1E3", "1E999999999", "１２", "+5", "5.", ".", "NaN", "-Infinity", "0x10", "1,000"]
)
@pytest.mark.parametrize(
    ("name", "message_name"),
    [("zhengzhou_etrade", "O"), ("shanghai_shcepp", "orderlist"), ("ningbo_kjb2c", "cnec_jh_order")],
)
def test_a_number_in_other_than_plain_digits_is_not_read(name: str, message_name: str, text: str) -> None:
    area = area_of(name)
    message = area.profile.message(message_name)
    content = written(area, message, [copied(parcels_of(name)[0])])
    numbers = [
        each
        for each in carried(area, message)
        if each.fact and each.fact.kind in ("decimal", "count") and not each.spec.code_map
    ]
    assert numbers
    for column in numbers:
        odd = changed_at(content, message, column.path, text)
        if odd is not None:
            with pytest.raises(customs.ReadError, match=column.spec.name):
                read_local(area, odd, message_name)


@pytest.mark.parametrize("content", [f'{{"{MARK}": [[1]]}}', f'{{"orderNo": "1", "{MARK}": {{"{MARK}": [[1]]}}}}'])
def test_a_name_in_foreign_json_is_not_shown(content: str) -> None:
    with pytest.raises(customs.ReadError) as error:
        read_local(area_of("shanghai_shcepp"), content.encode())
    assert MARK not in str(error.value)


@pytest.mark.parametrize(
    ("name", "message_name"),
    [("shanghai_shcepp", "orderlist"), ("ningbo_kjb2c", "cnec_jh_order"), ("zhejiang_jkf", "IMPORTBILL")],
)
def test_a_name_that_the_area_does_not_know_is_reported_and_not_shown_where_it_could_be_a_person(
    name: str, message_name: str
) -> None:
    area = area_of(name)
    message = area.profile.message(message_name)
    content = written(area, message, [copied(parcels_of(name)[0])])
    if message.format == "json":
        name = next(iter(json.loads(content))) + "2"
        more = json.dumps(json.loads(content) | {MARK: "1", name: "1"}, ensure_ascii=False).encode()
    else:
        start, name = content.find(b"<"), "Remark2"
        root = etree.fromstring(content[start:])
        for added in (MARK, name):
            etree.SubElement(root, added).text = "1"
        more = content[:start] + etree.tostring(root, encoding="UTF-8")
    reading = read_local(area, more)
    assert name in reading.unknown, "it resembles a field of the area, or it is an element"
    assert len(reading.unknown) == 2
    assert MARK not in repr(reading)


# -- foreign content


def judged(content: bytes, area: Area, message: str | None = None) -> None:
    """Content read in every way: a reading, or a refusal; anything else fails the test."""
    ways: tuple[Callable[[], LocalReading | tuple[Answer, ...]], ...] = (
        lambda: read_local(area, content),
        lambda: read_local(area, content, message),
        lambda: read_answers(content, area.profile),
    )
    for read in ways:
        with suppress(customs.ReadError):
            found = read()
            assert isinstance(found, LocalReading) or all(isinstance(each, Answer) for each in found)


@dataclass(frozen=True)
class Damage:
    """Something done to a content: cut, bytes turned, a piece doubled or put elsewhere, a text replaced."""

    kind: str
    place: float
    length: int
    text: str

    def __call__(self, content: bytes) -> bytes:
        at = int(self.place * len(content))
        piece = content[at : at + self.length]
        match self.kind:
            case "cut":
                return content[:at]
            case "turned":
                return content[:at] + bytes(each ^ 1 << self.length % 8 for each in piece[:1]) + content[at + 1 :]
            case "left out":
                return content[:at] + content[at + self.length :]
            case "doubled":
                return content[:at] + piece + content[at:]
            case "text":
                after = content.find(b">", at) + 1
                return content[:after] + self.text.encode() + content[content.find(b"<", after) :]
            case _:
                return self.text.encode() + content


kinds = ["cut", "turned", "left out", "doubled", "text", "text", "text", "before"]
hostile = ["", "-1", "1e400", "NaN", "sNaN", "99999999999999999999", "20261332256199", "0000-00-00 00:00:00", "<x/>"]
damages = st.lists(
    st.builds(Damage, st.sampled_from(kinds), st.floats(0, 1), st.integers(1, 200), awkward | st.sampled_from(hostile)),
    min_size=1, max_size=3,
)  # fmt: skip


@every_message
@pytest.mark.long
def test_a_damaged_message_is_read_or_refused(name: str, message_name: str) -> None:
    area = area_of(name)
    message = area.profile.message(message_name)
    content = written(area, message, [copied(parcels_of(name)[0])])

    @settings(few, max_examples=25)
    @given(damages)
    def holds(done: list[Callable[[bytes], bytes]]) -> None:
        damaged = content
        for each in done:
            damaged = each(damaged)
        judged(damaged, area, message_name)

    holds()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["cargoes", "orderNo", "payTime", "x", ""]), inner, max_size=3)
    ),
    max_leaves=12,
)


@every_area
@pytest.mark.long
def test_content_that_is_nothing_at_all_is_refused(name: str) -> None:
    area = area_of(name)
    message = next((each.name for each in area.profile.messages), None)

    @settings(few, max_examples=20)
    @given(
        st.binary(max_size=60) | st.builds(lambda value: json.dumps(value).encode(), anything) | awkward.map(str.encode)
    )
    def holds(content: bytes) -> None:
        judged(content, area, message)

    holds()
    for content in (
        b"",
        b"{",
        b"{}",
        b"<",
        b"<a/>",
        b'{"a":' * 5000,
        b"<a>" * 5000,
        b"[" * 9,
        b"{" + b'"a":{' * 900 + b"}" * 901,
    ):
        judged(content, area, message)


# -- receipts


def receipt_of(spec: ReceiptSpec, code: str) -> dict[str, Any]:
    """A receipt of that form, as a tree: its signs, keys and a code for every state. What is put first stays."""
    tree: dict[str, Any] = {}
    below = f"{spec.answer_path}/" if spec.answer_path else ""
    heard = [state.authority for state in spec.states if isinstance(state.authority, Heard)]
    for path, text in (
        *((path, wanted) for path, wanted in spec.recognised_by.items() if wanted != "*"),
        *((below + state.path, code) for state in spec.states),
        *((below + each.path, next(iter(each.reads))) for each in heard),
        *((below + path, f"K{at}") for at, path in enumerate(spec.keys.values())),
        *((below + path, "2026-11-11 08:00:00") for path in (spec.answered_at.paths if spec.answered_at else ())),
        *((below + path, MARK) for path in spec.texts),
        *((path, "1") for path in spec.recognised_by),
    ):
        *above, name = path.split("/")
        table: Any = tree
        for step in above:
            table = table.setdefault(step, {}) if isinstance(table, dict) else table
        if isinstance(table, dict):
            table.setdefault(name, text)
    return tree


def receipt_bytes(spec: ReceiptSpec, code: str) -> bytes:
    tree = receipt_of(spec, code)
    if spec.format == "json":
        return json.dumps(tree, ensure_ascii=False).encode()

    def element(name: str, value: Any) -> etree._Element:
        made = etree.Element(name)
        if isinstance(value, dict):
            made.extend([element(key, each) for key, each in value.items()])
        else:
            made.text = value
        return made

    return etree.tostring(element(spec.root or "Root", tree), encoding="UTF-8")


RECEIPTS = [(name, spec.name) for name in areas.names() for spec in areas.find(name).receipts]


@pytest.mark.parametrize(("name", "receipt"), RECEIPTS)
@pytest.mark.long
def test_a_damaged_receipt_is_read_or_refused_and_its_texts_are_not_shown(name: str, receipt: str) -> None:
    area = area_of(name)
    spec = next(each for each in area.profile.receipts if each.name == receipt)
    content = receipt_bytes(spec, next(iter(area.profile.state_maps[spec.states[0].state_map]), "1"))
    answers = read_answers(content, area.profile)
    assert answers
    assert {each.receipt for each in answers} == {receipt}
    assert MARK not in repr(answers)

    @settings(few, max_examples=20)
    @given(damages)
    def holds(done: list[Callable[[bytes], bytes]]) -> None:
        damaged = content
        for each in done:
            damaged = each(damaged)
        judged(damaged, area)

    holds()


def test_a_key_that_stands_twice_is_refused_and_not_silently_the_last() -> None:
    area = area_of("shanghai_shcepp")
    with pytest.raises(customs.ReadError, match="appears twice"):
        read_local(area, b'{"a": {"orderNo": "1", "orderNo": "2"}}')


def test_text_between_elements_is_reported() -> None:
    area = area_of("zhejiang_jkf")
    message = next(each for each in area.profile.messages if each.with_a_parcel)
    content = render(area, message, [copied(parcels_of("zhejiang_jkf")[0])], time=MORNING, guid=GUID).content
    assert read_local(area, content).unknown == ()
    assert "text()" in read_local(area, content.replace(b"</head>", b"</head>loose", 1)).unknown
