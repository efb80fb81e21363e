"""Profiles of areas: what is wrong with one is named by file, line and key, what it inherits is merged, and the
shipped ones are sound.
"""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from customs.areas import AreaProfile, Problem, ProfileError, registry
from customs.areas.profile.expressions import Template
from customs.areas.profile.loading import Table, data_of, load, load_text
from customs.areas.registry import check, find
from support import ROOT, some
from support.area_parcels import every_area
from support.small_profiles import GOOD, TINY

MISSING, USUAL, EMPTY, LONG, PLACES = (
    "area-field-missing", "area-field-usual", "area-field-empty", "area-field-too-long", "area-field-places",
)  # fmt: skip
CODE, COMPANY, SETTING, RULE, DOUBT = (
    "area-code",
    "area-company",
    "area-setting-missing",
    "area-rule",
    "area-rule-doubtful",
)


# -- broken profiles


FIELDS = "messages[0].sections[1].fields"

#: What stands there, what stands there wrongly, the key that is named, words of the reason, and how many lines below
#: the change.
MISTAKES: list[tuple[str, str, str, str, int]] = [
    ('zh = "示例"\n', "", "zh", "missing", -1),
    ('en = "Example"\n', "", "en", "missing", -2),
    ('confidence = "low"', 'confidence = "sure"', "confidence", "'high', 'medium' or 'low'", 0),
    ('zh = "示例"\n', 'zh = " "\n', "zh", "needs a text", 0),
    ('sources = ["made up"]', "sources = []", "sources", "at least 1", 0),
    ('sources = ["made up"]', 'sources = "made up"', "sources", "has to be a list", 0),
    ('sources = ["made up"]', 'sources = ["made up", 3]', "sources[1]", "has to be text", 0),
    ('confidence = "low"', 'confidence = "low"\ncolour = "red"', "colour", "not a key", 1),
    ('districts = ["9999"]', 'districts = ["999"]', "districts", "four digits", 0),
    ('"9998" = ', '"99980" = ', "sites", "four digits", 0),
    ("valid_to = 2021-12-31", "valid_to = 2019-12-31", "valid_to", "before valid_from", 0),
    ("valid_to = 2021-12-31", 'valid_to = "some day"', "valid_to", "has to be a day", 0),
    (
        'takes_unified = ["CEB511"]',
        'takes_unified = ["CEB999"]',
        "takes_unified[0]",
        "no message of the unified edition",
        0,
    ),
    (
        'fact = "clearance.trade_mode", in = ["1210"]',
        'fact = "clearance.trade", in = ["1210"]',
        "conditions.bonded.fact",
        "no fact",
        0,
    ),
    ('in = ["1210"] }', 'in = ["1210"], is = "1210" }', "conditions.bonded", "one of", 0),
    ('dear = { fact = "line.price", above = "100" }', 'dear = { fact = "line.price" }', "conditions.dear", "one of", 0),
    ('above = "100"', "above = 99.5", "conditions.dear.above", "write it as text", 0),
    ('above = "100"', 'above = "much"', "conditions.dear.above", "has to be a number", 0),
    ('all = ["bonded", ', 'all = ["bondd", ', "conditions.both.all[0]", "no condition 'bondd'", 0),
    ('{ not = "direct" }', '{ not = "directly" }', "conditions.both.all[1].not", "no condition 'directly'", 0),
    ('{ not = "direct" }', '{ not = "both" }', "conditions.both.all[1].not", "leads back to itself", 0),
    ('"1" = "1210", "2"', '"1" = 1210, "2"', "code_maps.mode.reads.1", "has to be text", 0),
    ('writes = { "9610" = "2" }', "", "code_maps.mode.reads", "`writes` has to name", -1),
    ('writes = { "9610" = "2" }', 'writes = { "9610" = "4" }', "code_maps.mode.writes.9610", "is not read", 0),
    (
        'writes = { "9610" = "2" }',
        'writes = { "9610" = "2", "1210" = "3" }',
        "code_maps.mode.writes.1210",
        "is read as '9610'",
        0,
    ),
    ('code_list = "units"', 'code_list = "colours"', "code_maps.unit.code_list", "no code list", 0),
    ('code_list = "units"', 'code_list = "units"\ntable = "country_inspection"', "code_maps.unit", "one of", -1),
    ('code_list = "units"', 'code_list = "units"\nwrites = { "1" = "2" }', "code_maps.unit", "goes with", -1),
    ('table = "country_inspection"', 'table = "../secret"', "code_maps.country.table", "no table", 0),
    ('[parameters.sender]\nzh = "发送方"', "[parameters.sender]", "parameters.sender.zh", "missing", 0),
    ("[parameters.sender]", "[parameters.Sender]", "parameters.Sender", "pattern", 0),
    ('pattern = "C[0-9]{3}"', 'pattern = "C[0-9"', "numberings.local.pattern", "regular expression", 0),
    ('example = "C001"\n', "", "numberings.local.example", "needs an example", -4),
    ('example = "C001"', 'example = "D001"', "numberings.local.example", "needs an example", 0),
    (
        '[facts.colour]\nzh = "颜色"',
        '[facts.colour]\nkind = "tint"\nzh = "颜色"',
        "facts.colour.kind",
        "'text', 'decimal'",
        1,
    ),
    ('documents = ["order"]', "documents = []", "messages[0].documents", "at least 1", 0),
    ("batch = 2", "batch = 0", "messages[0].batch", "greater than 0", 0),
    ('root = "R"\n', "", "messages[0]", "needs `root`", -6),
    ('root = "R"', 'root = "R"\nprefix = "p"', "messages[0]", "`prefix` needs `namespace`", -6),
    ('parcel_path = "L/D"\nline_path = "L/D/G"\n', "", "messages[0].batch", "needs `parcel_path`", -2),
    ('line_path = "L/D/G"', 'line_path = "L/X"', "messages[0].line_path", "inside `parcel_path`", 0),
    ('parcel_path = "L/D"', 'parcel_path = "L/E"', "messages[0].parcel_path", "no section is there", 0),
    (
        'attributes = { version = "{parameter.sender}" }',
        'attributes = { version = "{x" }',
        "messages[0].attributes.version",
        "brace",
        0,
    ),
    (
        'id = "{parameter.sender}{serial:3}"',
        'id = "{parameter.sende}{serial:3}"',
        "messages[0].id",
        "no fact 'parameter.sende'",
        0,
    ),
    ('id = "{parameter.sender}{serial:3}"', 'id = "{serial:three}"', "messages[0].id", "how many digits", 0),
    ('file_name = "{message.id}.xml"', 'file_name = "{message.id}}.xml"', "messages[0].file_name", "brace", 0),
    ('name = "A2"', 'name = "A1"', "messages[1]", "appears twice", -1),
    (
        'total = "order.paid_amount"',
        'total = "order.order_no"',
        "messages[0].sections[0].fields[1].total",
        "is a text",
        0,
    ),
    (
        'from = "order.order_no", most = 30',
        'from = "order.number", most = 30',
        f"{FIELDS}[0].from",
        "no fact 'order.number'",
        0,
    ),
    (
        'from = "order.order_no", most = 30',
        'from = "line.item_no", most = 30',
        f"{FIELDS}[0].from",
        "fact of a line",
        0,
    ),
    ("most = 30", "most = 0", f"{FIELDS}[0].most", "greater than 0", 0),
    ("most = 30", 'most = "many"', f"{FIELDS}[0].most", "has to be a whole number", 0),
    ("most = 30", 'most = "30"', f"{FIELDS}[0].most", "has to be a whole number, without quotes", 0),
    ("most = 30", "mots = 30", f"{FIELDS}[0].mots", "not a key", 0),
    ("most = 30", 'const = "1"', f"{FIELDS}[0]", "not several", 0),
    (
        '{ name = "no", zh = "编号", from = "order.order_no"',
        '{ zh = "编号", from = "order.order_no"',
        f"{FIELDS}[0].name",
        "missing",
        0,
    ),
    ('code_map = "mode"', 'code_map = "modes"', f"{FIELDS}[1].code_map", "[code_maps]", 0),
    ('numbering = "local"', 'numbering = "global"', f"{FIELDS}[2].numbering", "[numberings]", 0),
    ('time_format = "yyyy-MM-dd"', 'time_format = "dd/MM"', f"{FIELDS}[3].time_format", "needs yyyy, MM and dd", 0),
    (
        'template = "{order.order_no}-{time:yyyyMMdd}"',
        'template = "{order.order_no-{time:yyyyMMdd}"',
        f"{FIELDS}[4].template",
        "brace",
        0,
    ),
    (
        'template = "{order.order_no}-{time:yyyyMMdd}"',
        'template = "{time:HHmm}"',
        f"{FIELDS}[4].template",
        "needs yyyy, MM and dd",
        0,
    ),
    (
        'template = "{order.order_no}-{time:yyyyMMdd}"',
        'template = "{line.item_no}"',
        f"{FIELDS}[4].template",
        "fact of a line",
        0,
    ),
    ('"-order.discount", "lines', '"-order.rebate", "lines', f"{FIELDS}[5].sum[1]", "no fact 'order.rebate'", 0),
    ('"lines:line.tax"] }', '"lines:line.item_no"] }', f"{FIELDS}[5].sum[2]", "is a text", 0),
    ('"lines:line.tax"] }', '"line.tax"] }', f"{FIELDS}[5].sum[2]", "fact of a line", 0),
    ('"lines:line.tax"] }', '"lines:line.tax"], total = "order.discount" }', f"{FIELDS}[5]", "not several", 0),
    (
        'sum = ["order.goods_value", "-order.discount", "lines:line.tax"]',
        'total = "order.discount"',
        f"{FIELDS}[5].total",
        "outside `parcel_path`",
        0,
    ),
    ('const = "1", when = "both"', 'const = "1", when = "all"', f"{FIELDS}[6].when", "[conditions]", 0),
    ('const = "1", when = "both"', 'const = "1", when = "dear"', f"{FIELDS}[6].when", "looks at a line", 0),
    (
        'name = "note", zh = "备注", need = "optional"',
        'name = "note", zh = "备注"',
        f"{FIELDS}[7]",
        "is needed, but has no",
        0,
    ),
    (
        'name = "note", zh = "备注", need = "optional"',
        'name = "note", need = "optional", or = "order.note"',
        f"{FIELDS}[7]",
        "goes with",
        0,
    ),
    (
        'name = "note", zh = "备注", need = "optional"',
        'name = "note", need = "maybe"',
        f"{FIELDS}[7].need",
        "'required', 'observed'",
        0,
    ),
    (
        'name = "note", zh = "备注", need = "optional"',
        'name = "no", zh = "备注", need = "optional"',
        f"{FIELDS}[7].name",
        "appears twice",
        0,
    ),
    ('or = "line.hs_code"', 'or = "line.hs"', "messages[0].sections[2].fields[0].or", "no fact 'line.hs'", 0),
    (
        'empty_when = "bonded"',
        'empty_when = "bonde"',
        "messages[0].sections[2].fields[1].empty_when",
        "[conditions]",
        0,
    ),
    (
        'from = "payment.payment_no" }] }]',
        'from = "payment.number" }] }]',
        "messages[1].sections[0].fields[0].from",
        "no fact",
        0,
    ),
    (
        'from = "step.plain"',
        'from = "step.other"',
        "envelopes[0].sections[0].fields[0].from",
        "no fact 'step.other'",
        0,
    ),
    (
        '[[envelopes]]\nname = "W"\nroot = "W"',
        '[[envelopes]]\nname = "W"\nformat = "json"\nroot = "W"',
        "envelopes[0]",
        "JSON has none",
        0,
    ),
    ('code = "sum"', 'code = "Sum!"', "rules[0].code", "pattern", 0),
    ('code = "limit"', 'code = "sum"', "rules[1]", "appears twice", -1),
    ('applies_to = ["A1"]', 'applies_to = ["A9"]', "rules[0].applies_to[0]", "no message 'A9'", 0),
    ('when = "bonded"\nequal', 'when = "bonde"\nequal', "rules[0].when", "no condition", 0),
    ('when = "bonded"\nequal', 'when = "dear"\nequal', "rules[0].when", "looks at a line", 0),
    ('tolerance = "0.01"', "tolerance = 0.01", "rules[0].tolerance", "write it as text", 0),
    ('tolerance = "0.01"', 'distinct = "line.item_no"', "rules[0]", "one of", -7),
    (
        '["order.discount", "lines:line.tax"]]',
        '["order.discount", "lines:line.taxes"]]',
        "rules[0].equal[1][1]",
        "no fact",
        0,
    ),
    (
        '{ fact = "parcel.line_count", value = "5" }',
        '{ fact = "parcel.main_goods", value = "5" }',
        "rules[1].at_most.fact",
        "is a text",
        0,
    ),
    ('line_count", value = "5" }', 'line_count", value = 5.5 }', "rules[1].at_most.value", "write it as text", 0),
    ('transport = "https_form"\n', "", "gateway.transport", "missing", -1),
    ('cipher = "md5"', 'cipher = "md6"', "gateway.before_message[0].cipher", "no cipher 'md6'", 0),
    ('"secret.word"]', '"secret.words"]', "gateway.before_message[0].input[1]", "[secrets]", 0),
    (
        '["message.id", "secret.word"]',
        '["content", "secret.word"]',
        "gateway.before_message[0].input[0]",
        "not written yet",
        0,
    ),
    (
        'cipher = "base64", input',
        'cipher = "base64", secret = "word", input',
        "gateway.steps[0].secret",
        "takes no key",
        0,
    ),
    ('cipher = "base64", input', 'cipher = "aes_ecb", input', "gateway.steps[0].secret", "needs a key", 0),
    (
        'cipher = "base64", input',
        'cipher = "aes_ecb", secret = "aes", input',
        "gateway.steps[0].secret",
        "[secrets]",
        0,
    ),
    ('input = ["content"]', 'input = ["step.wrapped"]', "gateway.steps[0].input[0]", "no step before", 0),
    ('envelope = "W"', 'envelope = "V"', "gateway.steps[1].envelope", "no envelope 'V'", 0),
    ('data = "step.wrapped"', 'data = "step.packed"', "gateway.form.data", "no step before", 0),
    (
        'from = "parameter.sender" }\n\n[[receipts]]',
        'from = "parameter.send" }\n\n[[receipts]]',
        "gateway.form.from",
        "no fact",
        0,
    ),
    ('[[receipts]]\nname = "B1"', '[[receipts]]\nformat = "json"\nname = "B1"', "receipts[0].root", "no root", 4),
    (
        'time_format = "yyyyMMdd" }',
        'time_format = "HHmm" }',
        "receipts[0].answered_at.time_format",
        "needs yyyy, MM and dd",
        0,
    ),
    ('state_map = "code" }]', 'state_map = "codes" }]', "receipts[0].states[0].state_map", "[state_maps]", 0),
    ('authority = "customs"', 'authority = "mayor"', "receipts[0].states[0].authority", "'platform', 'customs'", 0),
    (
        'states = [{ authority = "customs", path = "code", state_map = "code" }]',
        "states = []",
        "receipts[0].states",
        "at least 1",
        0,
    ),
    ('"1" = "sent"', '"1" = "lost"', "state_maps.code.1", "no canonical state", 0),
]


def problems_in(text: str, parents: Callable[[str], Table] | None = None) -> tuple[Problem, ...]:
    with pytest.raises(ProfileError) as error:
        load_text(text, "small", "small.toml", parents)
    assert str(error.value).splitlines() == [str(each) for each in error.value.problems]
    return error.value.problems


def named(right: str, text: str, key: str, words: str, below: int) -> tuple[Problem, ...]:
    """The problems of the small profile, changed where ``right`` stood: one has the key, the words, and the line
    below the change.
    """
    assert GOOD.count(right), "the small profile has changed"
    problems = problems_in(text)
    lines = [each.line for each in problems if each.key == key and words in each.reason]
    assert lines, problems
    assert lines[0] == GOOD[: GOOD.index(right)].count("\n") + 1 + below
    return problems


def steps_of(key: str) -> list[str | int]:
    return [int(each[1:-1]) if each.startswith("[") else each for each in re.findall(r"\[\d+\]|[^.\[\]]+", key)]


def stands(key: str, data: Any) -> bool:
    """Whether a key, or the table that lacks it, stands in the data."""
    *above, last = steps_of(key)
    for step in above:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return False
    return isinstance(data, dict) if isinstance(last, str) else last < len(data)


def test_the_small_profile_is_good_before_anything_is_broken() -> None:
    assert load_text(GOOD, "small", "small.toml").name == "small"


def ids(cases: Sequence[tuple[str, str, str, str, int]]) -> list[str]:
    return [f"{at} {each[2]}: {each[3]}" for at, each in enumerate(cases)]


mistaken = pytest.mark.parametrize(("right", "wrong", "key", "words", "below"), MISTAKES, ids=ids(MISTAKES))


@mistaken
@pytest.mark.long
def test_a_mistake_is_named_by_file_line_and_key(right: str, wrong: str, key: str, words: str, below: int) -> None:
    text = GOOD.replace(right, wrong, 1)
    for each in some(named(right, text, key, words, below)):
        assert each.file == "small.toml"
        assert 0 < each.line <= text.count("\n") + 1
        assert stands(each.key, tomllib.loads(text)), each


#: Profiles that can be read, but at which a parcel would come to grief, or which would quietly do something else.
LATE: list[tuple[str, str, str, str, int]] = [
    (
        'name = "note", zh = "备注", need = "optional"',
        'name = "note", from = "order.freight", default = "x"',
        f"{FIELDS}[7].default",
        "",
        0,
    ),
    ('code_map = "mode" }', 'code_map = "mode", default = "7" }', f"{FIELDS}[1].default", "", 0),
    ('template = "{order.order_no}-', 'template = "{order.order_no:yyyyMMdd}-', f"{FIELDS}[4].template", "", 0),
    ('template = "{order.order_no}-', 'template = "{order.freight:yyyyMMdd}-', f"{FIELDS}[4].template", "", 0),
    (
        'dear = { fact = "line.price", above',
        'dear = { fact = "line.item_no", above',
        "conditions.dear.fact",
        "is a text",
        0,
    ),
    (
        'equal = [["order.goods_value"], ["order.discount", "lines:line.tax"]]',
        "equal = [[], []]",
        "rules[0].equal[0]",
        "",
        0,
    ),
    ('time_format = "yyyy-MM-dd" }', 'time_format = "yyyy-MM-dd yyyy" }', f"{FIELDS}[3].time_format", "", 0),
    (
        '{ name = "note", zh = "备注", need = "optional" }',
        '{ name = "note", from = "step.plain" }',
        f"{FIELDS}[7].from",
        "",
        0,
    ),
    ('{ name = "note", zh', '{ name = "no te", zh', f"{FIELDS}[7].name", "", 0),
    ('{ name = "note", zh', '{ name = "G", zh', f"{FIELDS}[7].name", "", 0),
    ('root = "R"', 'root = "R x"', "messages[0].root", "", 0),
    ("attributes = { version", 'attributes = { "a b"', "messages[0].attributes.a b", "", 0),
    ('path = "L"\n', 'path = "L//M"\n', "messages[0].sections[0].path", "", 0),
    ('from = "order.order_no", most = 30', 'from = "order.freight", factor = "0"', f"{FIELDS}[0].factor", "", 0),
    ('line_path = "L/D/G"', 'line_path = "L/D"', "messages[0].line_path", "", 0),
    ('keys = { order_no = "no" }', 'keys = { orderno = "no" }', "receipts[0].keys.orderno", "", 0),
    ('id = "{parameter.sender}{serial:3}"', 'id = "{order.order_no}"', "messages[0].id", "fact of one parcel", 0),
    (
        'file_name = "{message.id}.xml"',
        'file_name = "{waybill.waybill_no}.xml"',
        "messages[0].file_name",
        "fact of one parcel",
        0,
    ),
    (
        'version = "{parameter.sender}"',
        'version = "{order.order_no}"',
        "messages[0].attributes.version",
        "fact of one parcel",
        0,
    ),
    (
        'total = "order.paid_amount"',
        'template = "{order.order_no}"',
        "messages[0].sections[0].fields[1].template",
        "fact of one parcel",
        0,
    ),
    (
        'total = "order.paid_amount"',
        'sum = ["order.discount"]',
        "messages[0].sections[0].fields[1].sum",
        "`total` adds up",
        0,
    ),
    (
        'total = "order.paid_amount"',
        'total = "order.discount", pad = 3',
        "messages[0].sections[0].fields[1].pad",
        "written unchanged",
        0,
    ),
    ('or = "line.hs_code"', 'or = "line.qty"', "messages[0].sections[2].fields[0].or", "is a decimal, not a text", 0),
    (
        'from = "order.order_no", most = 30',
        'from = "parameter.sender", code_map = "mode"',
        f"{FIELDS}[0].code_map",
        "needs `values`",
        0,
    ),
    (
        'const = "1", when = "both"',
        'const = "12", most = 1',
        f"{FIELDS}[6].const",
        "2 characters, the field takes 1",
        0,
    ),
    (
        '{time:yyyyMMdd}" }',
        '{time:yyyyMMdd}", code_map = "mode" }',
        f"{FIELDS}[4].code_map",
        "does not go with `template`",
        0,
    ),
    (
        'dear = { fact = "line.price", above = "100"',
        'dear = { fact = "line.price", is = "dear"',
        "conditions.dear.is",
        "is a decimal",
        0,
    ),
    (
        '"clearance.trade_mode", in = ["1210"]',
        '"payment.paid_at", in = ["2026"]',
        "conditions.bonded.in[0]",
        "not compared with texts",
        0,
    ),
    (
        'at_most = { fact = "parcel.line_count", value = "5" }',
        'among = { fact = "parcel.line_count", values = ["5"] }',
        "rules[1].among.fact",
        "is a count, not a text",
        0,
    ),
    (
        'from = "parameter.sender" }\n\n[[rec',
        'from = "order.order_no" }\n\n[[rec',
        "gateway.form.from",
        "facts of a parcel",
        0,
    ),
    (
        'form = { data = "step.wrapped", key = "\'fixed\'", from = "parameter.sender" }\n',
        "",
        "gateway.steps",
        "lead nowhere",
        -4,
    ),
]


@pytest.mark.parametrize(("right", "wrong", "key", "words", "below"), LATE, ids=ids(LATE))
def test_a_profile_that_would_fail_at_a_parcel_is_refused_when_it_is_read(
    right: str, wrong: str, key: str, words: str, below: int
) -> None:
    named(right, GOOD.replace(right, wrong, 1), key, words, below)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('zh = "示例"\nen = Example\n', 2),
        ('zh = "示例\nen = "Example"\n', 1),
        ('zh = "示例"\n\n\n[conditions\n', 4),
        ('zh = "示例"\nzh = "示例"\n', 2),
        ("[code_maps.a]\n[code_maps.a]\n", 2),
        ("sources = [\n  'a',\n  'b'\n", 4),
        ('zh = """示例\n\n\n', 4),
        ("= 1", 1),
    ],
)
def test_a_text_that_is_no_toml_is_named_by_its_line(text: str, line: int) -> None:
    (problem,) = problems_in(text)
    assert (problem.file, problem.line, problem.key) == ("small.toml", line, "")
    assert "no TOML" in problem.reason


@pytest.mark.parametrize("text", ["a = " + "[" * 5000, "a = " + "9" * 5000], ids=["deep", "long"])
def test_a_text_that_no_reader_takes_is_a_mistake_like_others(text: str) -> None:
    (problem,) = problems_in(text)
    assert (problem.file, problem.line) == ("small.toml", 1)
    assert "no TOML" in problem.reason


@pytest.mark.parametrize("key", ['inherits = "broken"', 'beside = ["broken"]'])
def test_a_profile_that_leads_to_a_broken_package_says_so(
    key: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = EntryPoint("broken", "no_such_module:profile", registry.GROUP)
    monkeypatch.setattr(registry, "_points", lambda: {"broken": (point,)})
    (tmp_path / "profile.toml").write_text(f"{key}\n{TINY}" + 'all_given = ["local.colour"]', encoding="utf-8")
    (problem,) = check(tmp_path / "profile.toml")
    assert (problem.line, problem.key.partition("[")[0]) == (1, key.partition(" ")[0])
    assert "the area broken cannot be loaded: ModuleNotFoundError" in problem.reason


def test_an_empty_profile_lacks_everything_that_is_needed() -> None:
    assert {each.key for each in problems_in("")} == {"zh", "en", "confidence", "sources"}
    assert all(each.line == 1 for each in problems_in(""))


def test_a_file_that_is_not_utf_8_is_no_profile(tmp_path: Path) -> None:
    file = tmp_path / "small" / "profile.toml"
    file.parent.mkdir()
    file.write_bytes('zh = "示例"'.encode("gbk"))
    (problem,) = check(file)
    assert "UTF-8" in problem.reason
    assert (problem.file, problem.line) == (str(file), 1)


def test_all_mistakes_are_named_at_once_in_the_order_of_their_lines() -> None:
    text = GOOD.replace('code_map = "mode" }', 'code_map = "modes" }').replace(
        'state_map = "code" }]', 'state_map = "codes" }]'
    )
    text = text.replace('in = ["1210"]', "in = 1")
    assert [each.line for each in problems_in(text)] == sorted(each.line for each in problems_in(text))
    text = text.replace("in = 1", 'in = ["1210"]')
    assert [each.key for each in problems_in(text)] == [f"{FIELDS}[1].code_map", "receipts[0].states[0].state_map"]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_mistake_in_an_array_over_several_lines_has_its_own_line(newline: str, tmp_path: Path) -> None:
    lines = [
        *TINY.partition("[[rules]]")[0].splitlines(),
        "[[messages]]",
        'name = "M"',
        'zh = "报文"',
        'en = "message"',
        'documents = ["order"]',
        'root = "M"',
        "sections = [",
        '  { path = "a", fields = [',
        '    { name = "one", const = "1" },',
        "    # [ a comment with brackets ] }",
        '    { name = "two", const = "]", most = 1 },',
        '    { name = "three", const = "1", mots = 2 },',
        "  ] },",
        '  { path = "b", fields = [',
        '    { name = "four", need = "maybe", const = "1" },',
        "  ] },",
        "]",
    ]
    file = tmp_path / "small" / "profile.toml"
    file.parent.mkdir()
    file.write_bytes(newline.join(lines).encode())
    assert [(each.key, lines[each.line - 1].strip()[:20]) for each in check(file)] == [
        ("messages[0].sections[0].fields[2].mots", '{ name = "three", co'),
        ("messages[0].sections[1].fields[0].need", '{ name = "four", nee'),
    ]


# -- inheritance

HEIR = """zh = "后代"
en = "Heir"
confidence = "low"
sources = ["made up"]
inherits = "small"
"""


def parent(name: str) -> Table:
    """The small profile, as one to inherit from."""
    if name != "small":
        raise LookupError(f"no area is called {name!r}")
    return small_data()


def small_data(text: str = GOOD) -> Table:
    class Text:
        def read_text(self, encoding: str) -> str:
            return text

        def __str__(self) -> str:
            return "small.toml"

    return data_of(Text())  # type: ignore[arg-type]


def heir(text: str) -> AreaProfile:
    return load_text(HEIR + text, "heir", "heir.toml", parent)


@pytest.mark.parametrize(
    ("text", "file", "line", "key", "words"),
    [
        ('inherits = "nothing"', "heir.toml", 5, "inherits", "no area is called 'nothing'"),
        ('drop = ["A9"]', "heir.toml", 6, "drop", "no message A9"),
        ("drop = 3", "heir.toml", 6, "drop", ""),
        (
            '[conditions]\nextra = { fact = "order.colour", is = "1" }',
            "heir.toml",
            7,
            "conditions.extra.fact",
            "no fact",
        ),
        ('[code_maps.mode]\nreads = { "7" = "1210" }', "heir.toml", 7, "code_maps.mode.reads", "all mean"),
        ('[[messages]]\nname = "A1"\nbatch = 0', "heir.toml", 8, "messages[0].batch", "greater than 0"),
        (
            '[[messages]]\nname = "A1"\n\n[[messages.sections]]\npath = "L/D"\nfields = [{ name = "no", code_map = "modes" }]',
            "heir.toml",
            11,
            "messages[0].sections[0].fields[0].code_map",
            "[code_maps]",
        ),
        (
            '[[messages]]\nname = "A1"\n\n[[messages.sections]]\npath = "L/D"\nfields = [\n'
            '  { name = "new", after = "mode", const = "1" },\n  { name = "newer", after = "nothing", const = "1" },\n]',
            "heir.toml",
            13,
            "messages[0].sections[0].fields[1].after",
            "'nothing'",
        ),
        (
            '[[messages]]\nname = "A3"\nzh = "新"\nen = "new"\ndocuments = ["order"]\nsections = []',
            "heir.toml",
            6,
            "messages[0]",
            "needs `root`",
        ),
        ("drop = [3]", "heir.toml", 6, "drop", ""),
        ("drop = [[1]]", "heir.toml", 6, "drop", ""),
        ('[[rules]]\ncode = "sum"\nwhen = "nowhere"', "heir.toml", 8, "rules[0].when", "no condition"),
        ('[[rules]]\ncode = "sum"\napplies_to = ["A9"]', "heir.toml", 8, "rules[0].applies_to[0]", "no message"),
        ('[[messages]]\nname = "A1"\nsections = [3]', "heir.toml", 8, "messages[0].sections", ""),
        ('[[messages]]\nname = ["A1"]', "heir.toml", 7, "messages[0].name", ""),
        ('[parameters.sender]\nzh = ""', "heir.toml", 7, "parameters.sender.zh", "needs a text"),
        ('[secrets.word]\ncolour = "red"', "heir.toml", 7, "secrets.word.colour", "not a key"),
    ],
)
def test_a_mistake_in_a_profile_that_inherits_is_named_in_its_own_file(
    text: str, file: str, line: int, key: str, words: str
) -> None:
    whole = HEIR.replace('inherits = "small"\n', "") + text if text.startswith("inherits") else HEIR + text
    problems = problems_of_heir(whole)
    named = [each for each in problems if each.key.startswith(key)]
    assert (file, line) in [(each.file, each.line) for each in named], problems
    assert any(words in each.reason for each in named)


def problems_of_heir(text: str, base: str = GOOD) -> tuple[Problem, ...]:
    with pytest.raises(ProfileError) as error:
        load_text(text, "heir", "heir.toml", lambda name: small_data(base) if name == "small" else parent(name))
    return error.value.problems


def test_a_mistake_that_the_heir_makes_of_what_it_inherits_is_named_where_it_stands() -> None:
    """Without the map of the base the field of the base is wrong: the field is named, in the file of the base."""
    base = GOOD.replace('code_map = "mode" }', 'code_map = "modes" }')
    (problem,) = problems_of_heir(HEIR + '[facts.width]\nzh = "宽"\nen = "Width"', base)
    line = base[: base.index('code_map = "modes"')].count("\n") + 1
    assert (problem.file, problem.line, problem.key) == ("small.toml", line, f"{FIELDS}[1].code_map")


def test_a_profile_that_inherits_needs_something_to_inherit_from() -> None:
    (problem,) = problems_in(HEIR)
    assert (problem.line, problem.key) == (5, "inherits")


def test_a_profile_cannot_be_its_own_ancestor(tmp_path: Path) -> None:
    file = tmp_path / "zhejiang_jkf" / "profile.toml"
    file.parent.mkdir()
    file.write_text(HEIR.replace('"small"', '"zhejiang_jkf"'), encoding="utf-8")
    (problem,) = check(file)
    assert (problem.line, problem.key) == (5, "inherits")


def test_a_rule_that_the_heir_says_anew_is_for_the_messages_that_the_heir_names() -> None:
    profile = heir('[[rules]]\ncode = "sum"\napplies_to = ["A2"]\ntolerance = "1"')
    assert [(each.code, each.applies_to) for each in profile.rules] == [("sum", ("A2",)), ("limit", ())]
    assert profile.rules[0].tolerance == 1


ODD = [
    "3",
    '"x"',
    '""',
    "[]",
    "{}",
    "[3]",
    "[[1]]",
    '["x"]',
    "{ x = 1 }",
    "true",
    "1.5",
    "-1",
    "2020-01-01",
    "[{}]",
    "[{ x = 3 }]",
]
WHOLE_HEIR = HEIR + 'drop = ["A2"]\n\n' + GOOD[GOOD.index("[conditions]") :].replace('applies_to = ["A1"]\n', "")
PLACES_OF_VALUES = [
    (text, found.start(), found.end())
    for text in (GOOD, WHOLE_HEIR)
    for found in re.finditer(r'(?<== )("[^"\n]*"|\[[^\n]*\]|[\d.-]+|\{[^\n]*\})|(?<=\[)("[^"\n]*")', text)
]


@settings(deadline=None, derandomize=True, database=None, max_examples=100, phases=[Phase.explicit, Phase.generate])
@given(st.sampled_from(PLACES_OF_VALUES), st.sampled_from(ODD))
@pytest.mark.long
def test_whatever_stands_in_a_profile_it_is_read_or_its_mistakes_are_named(
    place: tuple[str, int, int], value: str
) -> None:
    text, start, end = place
    changed = text[:start] + value + text[end:]
    try:
        profile = load_text(changed, "small", "small.toml", parent)
    except ProfileError as error:
        name, named = "small", error.problems
    else:
        name, named = profile.name, ()
    assert name == "small"
    for each in named:
        assert each.reason
        assert each.line > 0
        assert each.file == "small.toml"
        if text is GOOD:
            assert stands(each.key, tomllib.loads(changed))


def test_identity_is_not_inherited() -> None:
    profile, base = heir(""), load_text(GOOD, "small", "small.toml")
    assert base.districts
    assert base.valid_from
    assert (profile.name, profile.zh, profile.en, profile.confidence) == ("heir", "后代", "Heir", "low")
    assert (profile.districts, dict(profile.sites), profile.valid_from, profile.valid_to) == ((), {}, None, None)
    assert [each.name for each in profile.messages] == ["A1", "A2"]
    assert profile.takes_unified == base.takes_unified
    assert {"zh", "en", "confidence", "sources"} <= {each.key for each in problems_of_heir('inherits = "small"\n')}


def shown(value: Any) -> Any:
    """A value of a field as profiles write it."""
    if isinstance(value, Template):
        return value.text
    return tuple(map(str, value)) if isinstance(value, tuple) else value


FIELD_OF_HEIR = '[[messages]]\nname = "A1"\n\n[[messages.sections]]\npath = "L/D"\nfields = [{ %s }]'


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ('name = "no", const = "9"', {"const": "9", "from_": None, "most": 30, "zh": "编号"}),
        ('name = "no", template = "{guid}"', {"template": "{guid}", "from_": None, "most": 30}),
        ('name = "no", most = 5', {"from_": "order.order_no", "most": 5}),
        ('name = "fixed", from = "order.note"', {"from_": "order.note", "const": None, "when": "both"}),
        ('name = "amount", from = "order.freight"', {"from_": "order.freight", "sum": None}),
        ('name = "text", sum = ["order.freight"]', {"sum": ("order.freight",), "template": None}),
    ],
)
def test_a_field_with_a_new_value_drops_the_old_kind_of_value(field: str, expected: dict[str, Any]) -> None:
    profile = heir(FIELD_OF_HEIR % field)
    section = next(each for each in profile.message("A1").sections if each.path == "L/D")
    name = field.split('"')[1]
    (spec,) = (each for each in section.fields if each.name == name)
    assert {key: shown(getattr(spec, key)) for key in expected} == expected
    names = [each.name for each in load_text(GOOD, "small", "small.toml").message("A1").sections[1].fields]
    assert [each.name for each in section.fields] == names


def test_a_new_field_stands_where_it_says_or_last() -> None:
    names = [each.name for each in load_text(GOOD, "small", "small.toml").message("A1").sections[1].fields]
    for field, place in (('name = "new", after = "no", const = "1"', 1), ('name = "new", const = "1"', len(names))):
        section = heir(FIELD_OF_HEIR % field).message("A1").sections[1]
        assert [each.name for each in section.fields] == [*names[:place], "new", *names[place:]]


def test_a_message_that_is_dropped_is_gone_and_the_others_stay() -> None:
    assert [each.name for each in heir('drop = ["A2"]').messages] == ["A1"]


def described(profile: AreaProfile) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (message.name, f"{section.path}/{spec.name}"): spec.model_dump(exclude={"note"})
        for message in profile.messages
        for section in message.sections
        for spec in section.fields
    }


def test_jiangxi_is_zhejiang_but_for_what_it_says() -> None:
    jiangxi, zhejiang = find("jiangxi_jkf"), find("zhejiang_jkf")
    ours, theirs = described(jiangxi), described(zhejiang)
    order, goods = "body/orderInfoList/orderInfo", "body/goodsDeclareModuleList/goodsDeclareModule"
    line = f"{goods}/goodsDeclareDetails/goodsDeclareDetail"
    different = {key for key in ours if ours[key] != theirs.get(key)}
    assert different == {
        ("IMPORTORDER", f"{order}/jkfSign/cebFlag"),
        ("PERSONAL_GOODS_DECLAR", f"{goods}/jkfSign/cebFlag"),
        ("PERSONAL_GOODS_DECLAR", f"{line}/goodsItemNo"),
        ("PERSONAL_GOODS_DECLAR", f"{line}/tradeCountry"),
    }
    left = {message for message, _ in theirs} - {message for message, _ in ours}
    assert left == {"IMPORTBILL", "LOGISTICS_INFO", "MODIFY_CANCEL", "IMPORT_ORDER_RETURN"}
    assert {key for key in theirs if key[0] not in left} == ours.keys() - {
        ("PERSONAL_GOODS_DECLAR", f"{line}/tradeCountry")
    }
    assert {message.name for message in jiangxi.messages} == {"IMPORTORDER", "PERSONAL_GOODS_DECLAR"}
    assert jiangxi.codes.isdisjoint(zhejiang.codes)
    for part in ("code_maps", "numberings", "secrets"):
        assert repr(getattr(jiangxi, part)) == repr(getattr(zhejiang, part))
    assert repr(jiangxi.rules) == repr(zhejiang.rules)
    assert repr(jiangxi.gateway) == repr(zhejiang.gateway)


def test_trade_country_stands_in_the_line_of_jiangxi_after_the_bar_code() -> None:
    names = [path.rpartition("/")[2] for _, path in described(find("jiangxi_jkf")) if "/goodsDeclareDetail/" in path]
    assert names[names.index("tradeCountry") - 1] == "barCode"


# -- the shipped profiles


@every_area
@pytest.mark.long
def test_a_shipped_profile_has_no_mistakes_and_says_what_it_rests_on(name: str) -> None:
    file = ROOT / "src/customs/areas/profiles" / name / "profile.toml"
    assert check(file) == ()
    profile = find(name)
    assert profile.name == name
    assert profile.sources
    for text in (*profile.sources, *profile.gaps, profile.era, profile.days):
        assert not re.search(
            r"/(?:work|home|root|tmp|mnt|Users)\b|~/|\b[A-Z]:\\|\.\./|\bfile:|\.(?:md|csv|json|toml)\b", text
        ), text
    assert profile.messages or profile.takes_unified or profile.receipts
    if profile.valid_from or profile.valid_to:
        assert profile.days, "what the days rest on"


@every_area
def test_everything_in_a_shipped_profile_has_a_chinese_and_an_english_name(name: str) -> None:
    profile = find(name)
    for each in (
        profile,
        *profile.messages,
        *profile.rules,
        *(each for part in named_parts(profile) for each in part.values()),
    ):
        assert each.zh.strip()
        assert re.search("[A-Za-z]", each.en)
    assert all(receipt.zh.strip() for receipt in profile.receipts)
    fields = [spec for message in profile.messages for section in message.sections for spec in section.fields]
    assert [spec.name for spec in fields if not spec.zh.strip() and "no label is published" not in spec.note] == []


def named_parts(profile: AreaProfile) -> tuple[Mapping[str, Any], ...]:
    return profile.parameters, profile.numberings, profile.secrets, profile.facts, profile.goods_facts


def test_a_profile_is_the_same_from_its_file_and_by_its_name() -> None:
    file = ROOT / "src/customs/areas/profiles/ningbo_kjb2c/profile.toml"
    assert repr(load(file, "ningbo_kjb2c")) == repr(find("ningbo_kjb2c"))


def test_the_unified_edition_is_the_same_with_and_without_the_language_of_local_formats() -> None:
    quick, whole = find("unified"), load(ROOT / "src/customs/areas/profiles/unified/profile.toml", "unified")
    assert repr(quick) == repr(whole)
    assert quick.model_fields_set == whole.model_fields_set
    assert (quick.messages, quick.rules, quick.receipts, quick.gateway) == ((), (), (), None)
