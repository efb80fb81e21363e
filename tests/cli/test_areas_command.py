"""The command line and areas: what it shows of them, the settings it takes, the files it writes for local messages."""

import json
import re
import tomllib
from base64 import b64encode
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from rich.console import Console
from typer.testing import CliRunner, Result

from customs import areas
from customs.areas import Area, AreaProfile, configure
from customs.areas.gateway.ciphers import CIPHERS
from customs.areas.gateway.encryption import aes_encrypted
from customs.areas.profile.loading import load_text
from customs.cli import profiles
from customs.cli.commands import app
from customs.cli.files import refused_beside
from customs.road import AreaFindings, Prepared
from customs.rules import catalogue
from customs.testing import sample_parcels
from customs.testing.areas import parcel_for, sample_area
from support import ROOT, SINGLES_DAY, exactly

FIXED = ["--on", "2026-11-11", "--clock", "2026-11-11T08:00:00", "--guid-seed", "1"]

IDENTITY = 'zh = "示例"\nen = "Example"\nconfidence = "low"\nsources = ["mine"]\n'

MESSAGE = '[[messages]]\nname = "A"\nzh = "甲"\nen = "a"\ndocuments = ["order"]\nroot = "{root}"\n'

every_area = pytest.mark.parametrize("name", areas.names())


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def rows(*arguments: str | Path) -> list[dict[str, Any]]:
    found = run(*arguments, "--json")
    assert found.exit_code == 0, found.output
    return [json.loads(line) for line in found.stdout.splitlines()]


def parcels_for(profile: AreaProfile, path: Path, count: int = 1) -> Path:
    """A file of parcels at an office of the area, with all that it asks for."""
    parcels = [parcel_for(each, profile) for each in sample_parcels(count, seed=7, mode="1210")]
    path.write_text("".join(each.model_dump_json(exclude_none=True) + "\n" for each in parcels), encoding="utf-8")
    return path


def settings_file(area: Area, path: Path) -> Path:
    """The settings of an area as a user writes them."""
    path.write_text("\n".join(settings_lines(area, "")), encoding="utf-8")
    return path


def settings_lines(area: Area, above: str) -> list[str]:
    def table(values: Any) -> list[str]:
        return [f"{name} = {json.dumps(value)}" for name, value in values.items()]

    lines = [
        f'area = "{area.name}"',
        f"[{above}parameters]",
        *table(area.parameters),
        f"[{above}secrets]",
        *table(area.secrets),
    ]
    for code, numbers in area.companies.items():
        lines += [f'[{above}companies."{code}"]', *table(numbers)]
    for other in area.beside:
        lines += ["[[beside]]", *settings_lines(other, "beside.")]
    return lines


# what is shown


def test_the_list_has_every_area_with_its_codes_and_messages() -> None:
    found = {row["name"]: row for row in rows("areas")}
    assert [*found] == areas.names()
    assert found["ningbo_kjb2c"]["codes"] == ["3100", "3105", "3109", "3113", "3115", "3117"]
    assert found["ningbo_kjb2c"]["messages"] == ["cnec_jh_order"]
    assert (found["ningbo_kjb2c"]["valid_from"], found["ningbo_kjb2c"]["valid_to"]) == ("2016-04-08", None)
    assert found["guangzhou_kj"]["beside"] == ["guangzhou_nansha_ciq"]
    assert "in_force" not in found["unified"]


def test_the_list_marks_the_areas_in_force_on_a_day() -> None:
    marked = {row["name"]: row["in_force"] for row in rows("areas", "--on", "2016-04-07")}
    assert (marked["ningbo_kjb2c_2013"], marked["ningbo_kjb2c"], marked["unified"]) == (True, False, False)
    assert marked == {name: areas.find(name).in_force(date(2016, 4, 7)) for name in areas.names()}


def test_the_table_is_for_people() -> None:
    shown = drawn(profiles.listing([areas.find("ningbo_kjb2c"), areas.find("ningbo_kjb2c_2013")], {}, SINGLES_DAY))
    assert "宁波跨境购" in shown
    assert "cnec_jh_order" in shown
    assert shown.count("●") == 2, "one mark and its legend"
    assert "●" not in run("areas").stdout


@pytest.mark.parametrize(
    ("code", "day", "leads_to", "beside"),
    [
        ("2991", "2026-11-11", "zhejiang_jkf", []),
        ("3105", "2015-11-11", "ningbo_kjb2c_2013", []),
        ("5165", "2017-01-01", "guangzhou_kj", ["guangzhou_nansha_ciq"]),
        ("5130", "2017-01-01", "guangzhou_kj", []),
        ("5165", "2018-06-01", "guangzhou_kj", []),
        ("9900", "2026-11-11", "unified", []),
    ],
)
def test_a_code_leads_to_an_area_on_a_day(code: str, day: str, leads_to: str, beside: list[str]) -> None:
    (row,) = rows("areas", "--code", code, "--on", day)
    assert (row["code"], row["on"], row["area"], row["beside"]) == (code, day, leads_to, beside)
    shown = run("areas", "--code", code, "--on", day).stdout
    assert f"{leads_to}  {areas.find(leads_to).zh}" in shown
    assert ("同时申报" in shown) is bool(beside)


def test_a_code_that_no_list_has_is_pointed_out() -> None:
    assert "in no list of customs codes" in run("areas", "--code", "9999").stderr
    assert run("areas", "--code", "2991").stderr == ""


@every_area
@pytest.mark.long
def test_an_area_is_shown_whole(name: str) -> None:
    profile = areas.find(name)
    (card,) = rows("areas", "show", name)
    assert [each["name"] for each in card["messages"]] == [each.name for each in profile.messages]
    assert [each["name"] for each in card["secrets"]] == [*profile.secrets]
    assert [each["code"] for each in card["rules"]] == [each.code for each in profile.rules]
    assert {(each["of"], each["name"]) for each in card["facts"]} >= asked_for(profile)
    shown = " ".join(drawn(table) for table in profiles.card(profile))
    for text in (
        profile.zh,
        *profile.parameters,
        *profile.numberings,
        *profile.secrets,
        *(each["name"] for each in card["facts"]),
    ):
        assert text in shown


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("ningbo_kjb2c", {"wechat": ["NINGBO"], "alipay": ["NINGBO"]}),
        ("chongqing_dtc", {"wechat": ["CHONGQING"], "alipay": ["ZONGSHU"]}),
        (
            "zhengzhou_airport_cbec",
            {"wechat": ["GUANGZHOU_ZS or ZONGSHU (4604 4613)", "ZHENGZHOU_ZH_ZS (4612)"], "alipay": ["ZONGSHU"]},
        ),
        ("unified", {}),
    ],
)
def test_an_area_shows_what_payment_agencies_call_it(name: str, places: dict[str, list[str]]) -> None:
    (card,) = rows("areas", "show", name)
    assert card["payment_places"] == places


def asked_for(profile: AreaProfile) -> set[tuple[str, str]]:
    """The local facts that stand as the source of a field."""
    specs = [spec for message in profile.messages for section in message.sections for spec in section.fields]
    names = [name for spec in specs for name in (spec.from_, spec.or_) if name]
    places = {"local": "parcel", "goods": "line"}
    return {
        (places[name.partition(".")[0]], name.partition(".")[2])
        for name in names
        if name.startswith(("local.", "goods."))
    }


def drawn(table: Any) -> str:
    console = Console(width=400, record=True, file=StringIO())
    console.print(table)
    return console.export_text()


def test_what_is_needed_of_a_parcel_stands_before_what_is_optional() -> None:
    (card,) = rows("areas", "show", "ningbo_kjb2c")
    facts = {each["name"]: each for each in card["facts"]}
    assert (facts["street"]["need"], facts["street"]["personal"], facts["street"]["used_by"]) == (
        "required",
        True,
        ["cnec_jh_order"],
    )
    assert facts["buyer_email"]["need"] == "optional"
    number = facts["platform_declaration_no"]
    assert (number["need"], number["when"], number["used_by"]) == ("required", "changed", ["cnec_jh_order"])
    assert (facts["platform_goods_no"]["of"], card["facts"][-1]["name"]) == ("line", "platform_goods_no")
    needs = [each["need"] for each in card["facts"] if each["of"] == "parcel"]
    assert needs == sorted(needs, key=["required", "observed", "optional", "unknown"].index)


def test_a_fact_is_as_needed_as_the_message_that_needs_it_most() -> None:
    def field(of: str, more: str) -> str:
        return f'{{ name = "F{len(more)}{of[6:]}", from = "{of}", {more} }}'

    fields = [
        field("local.sender_city", 'need = "optional"'),
        field("local.sender_city", 'need = "observed", when = "bonded"'),
        field("local.sender_name", 'default = "x"'),
        field("local.sender_postcode", 'or = "local.sender_province"'),
        field("local.sender_address", 'when = "bonded"'),
        field("local.sender_address", 'need = "required"'),
    ]
    text = (
        IDENTITY
        + '[conditions]\nbonded = { fact = "clearance.trade_mode", is = "1210" }\n'
        + MESSAGE.replace("{root}", "A")
    )
    profile = load_text(
        f'{text}sections = [{{path = "", fields = [{", ".join(fields)}]}}]\n', "atlantis", "profile.toml"
    )
    assert {each["name"]: (each["need"], each["when"]) for each in profiles.facts_of(profile)} == {
        "sender_address": ("required", None),
        "sender_province": ("required", None),
        "sender_city": ("observed", "bonded"),
        "sender_name": ("optional", None),
        "sender_postcode": ("optional", None),
    }


@pytest.mark.long
def test_the_fields_of_every_message_are_shown() -> None:
    for name, message in exactly(
        65, ((area, message) for area in areas.names() for message in areas.find(area).messages)
    ):
        told = rows("areas", "show", name, "--message", message.name)
        assert len(told) == sum(len(section.fields) for section in message.sections)
        shown = drawn(profiles.field_table(areas.find(name), message))
        for section in message.sections:
            for spec in section.fields:
                assert spec.name in shown
                assert spec.from_ is None or spec.from_ in shown


def test_a_field_shows_its_source_need_and_form() -> None:
    told = {row["path"]: row for row in rows("areas", "show", "ningbo_kjb2c", "--message", "cnec_jh_order")}
    post_fee = told["Body/Order/PostFee"]
    assert (post_fee["sum"], post_fee["need"], post_fee["zh"]) == (
        ["order.freight", "-waybill.insured_fee"],
        "required",
        "运费",
    )
    assert told["Body/Order/MftNo"]["when"] == "changed"
    shown = drawn(profiles.field_table(areas.find("ningbo_kjb2c"), areas.find("ningbo_kjb2c").messages[0]))
    assert "order.freight - waybill.insured_fee" in shown
    assert "if changed" in shown


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["areas", "show", "mars"], "no area is called 'mars'; known: "),
        (["areas", "settings", "mars"], "no area is called 'mars'; known: "),
        (["areas", "show", "unified", "--message", "IMPORTORDER"], "unified has no message 'IMPORTORDER'"),
        (["areas", "--code", "29"], "four digits"),
        (["areas", "--on", "soon"], "YYYY-MM-DD"),
        (["areas", "--json", "show", "unified"], "customs areas show"),
        (["areas", "check", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_misuse_of_areas_says_what_to_give_and_exits_2(arguments: list[str], says: str) -> None:
    found = run(*arguments)
    assert found.exit_code == 2
    assert says in found.output


# checking a profile


@every_area
def test_the_shipped_profiles_pass_their_check(name: str) -> None:
    found = run("areas", "check", ROOT / "src" / "customs" / "areas" / "profiles" / name)
    assert (found.exit_code, found.stdout) == (0, "ok\n")


def test_every_mistake_of_a_profile_stands_on_a_line_with_file_line_and_key(tmp_path: Path) -> None:
    file = tmp_path / "profile.toml"
    file.write_text('zh = "示例"\nen = ""\nconfidence = "sure"\nsources = ["mine"]\nmost = [1]\n', encoding="utf-8")
    for given_path in (file, tmp_path):
        found = run("areas", "check", given_path)
        assert found.exit_code == 1
        assert [line.rpartition("profile.toml")[2].split(": ")[:2] for line in found.stdout.splitlines()] == [
            [":2", "en"],
            [":3", "confidence"],
            [":5", "most"],
        ]
        assert all(line.startswith(str(file)) for line in found.stdout.splitlines())


def test_a_mistake_shows_the_keys_of_lists_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "profile.toml"
    file.write_text(
        'zh = "示例"\nen = "Example"\nconfidence = "low"\nsources = ["mine"]\ntakes_unified = ["CEB311", "CEB0"]\n',
        encoding="utf-8",
    )
    assert "profile.toml:5: takes_unified[1]: CEB0 is no message" in run("areas", "check", file).stdout


def test_a_file_that_is_no_toml_and_one_that_is_no_text_are_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "profile.toml").write_text("zh = \n", encoding="utf-8")
    assert "profile.toml:1: is no TOML" in run("areas", "check", tmp_path).stdout
    (tmp_path / "profile.toml").write_bytes(b"zh = \xff")
    found = run("areas", "check", tmp_path)
    assert (found.exit_code, "is not UTF-8" in found.stdout) == (1, True)
    (tmp_path / "profile.toml").unlink()
    assert run("areas", "check", tmp_path).exit_code == 2


SECTIONS = 'sections = [{path = "{at}", fields = [{name = "{name}", from = "order.order_no"}]}]\n'


def a_message(root: str = "A", at: str = "", name: str = "No") -> str:
    return MESSAGE.replace("{root}", root) + SECTIONS.replace("{at}", at).replace("{name}", name)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('inherits = "zhejiang_jkf"\nmessages = "x"\n', ":6: messages"),
        ('inherits = "zhejiang_jkf"\nmessages = ["x"]\n', ":6: messages"),
        ('inherits = "zhejiang_jkf"\ndrop = 5\n', ":6: drop"),
        (
            'takes_unified = ["CEB621"]\n[gateway]\ntransport = "ftp"\nform = { code = "clearance.customs_code" }\n',
            ":8: gateway.form.code",
        ),
        ('beside = ["nowhere"]\n', ":5: beside"),
        (a_message(root="a b"), ": messages[0].root"),
        (a_message(at="x<y"), ": messages[0].sections[0].path"),
        (a_message(name="1"), ": messages[0].sections[0].fields[0].name"),
    ],
)
def test_a_profile_that_could_not_be_used_does_not_pass_its_check(tmp_path: Path, text: str, where: str) -> None:
    (tmp_path / "profile.toml").write_text(IDENTITY + a_message(), encoding="utf-8")
    assert run("areas", "check", tmp_path).stdout == "ok\n"
    (tmp_path / "profile.toml").write_text(IDENTITY + text, encoding="utf-8")
    found = run("areas", "check", tmp_path)
    assert found.exit_code == 1
    assert where in found.stdout


# settings


def test_a_secret_in_a_file_ends_before_the_line_break_at_its_end(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("fictitious\n")
    (tmp_path / "settings.toml").write_text(
        'area = "ningbo_kjb2c"\nsecrets.password = { file = "password" }\n', encoding="utf-8"
    )
    assert areas.load_settings(tmp_path / "settings.toml", areas.find).secrets["password"] in (
        "fictitious",
        b"fictitious",
    )


def test_an_aes_key_in_a_file_is_taken_in_every_form_in_which_it_is_taken_as_text(tmp_path: Path) -> None:
    key = b"fictitious key 1"
    (tmp_path / "settings.toml").write_text(
        'area = "zhejiang_jkf"\nsecrets.aes_key = { file = "aes_key" }\n', encoding="utf-8"
    )
    for form in (key, key.hex().encode(), b64encode(key), b64encode(key) + b"\n", bytes(range(240, 256))):
        (tmp_path / "aes_key").write_bytes(form)
        given = areas.load_settings(tmp_path / "settings.toml", areas.find).secrets["aes_key"]
        assert aes_encrypted(b"content", given) == aes_encrypted(b"content", key if form[0] < 128 else form)


def write_secrets(profile: AreaProfile, folder: Path) -> None:
    """A file for each secret of an area: a key of the right kind, or a password."""
    steps = (*profile.gateway.before_message, *profile.gateway.steps) if profile.gateway else ()
    kinds = {step.secret: CIPHERS[step.cipher].needs_key for step in steps if step.secret and step.cipher}
    private = generate_private_key(65537, 2048)
    contents = {
        "aes": b"fictitious key 1",
        "rsa private": private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        "rsa public": private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
    }
    for secret in profile.secrets:
        (folder / secret).write_bytes(contents.get(kinds.get(secret, ""), b"fictitious"))


def filled(template: str, area: Area, above: str = "") -> str:
    """A template with the values of an area, the numbers of one enterprise among them."""
    code, numbers = next(iter(area.companies.items()), ("", {}))
    lines = []
    for line in template.splitlines():
        if line == f"# [{above}companies.CODE]":
            lines.append(f'[{above}companies."{code}"]')
        elif found := re.match(r'# (\w+) = "[^"]*"$', line):
            lines.append(f'{found[1]} = "{numbers[found[1]]}"')
        elif found := re.match(r"(?:# )?(\w+) = \"[^\"]*\"  # ", line):
            lines.append(f"{found[1]} = {json.dumps(area.parameter(found[1]) or 'X')}")
        else:
            lines.append(line)
    return "\n".join(lines)


@every_area
@pytest.mark.long
def test_the_template_of_settings_is_read_once_it_is_filled_in(name: str, tmp_path: Path) -> None:
    profile = areas.find(name)
    template = run("areas", "settings", name).stdout
    assert {*tomllib.loads(template)} <= {"area", "parameters", "secrets", "serial"}
    comments = " ".join(line for line in template.splitlines() if line.startswith("#"))
    labels = [each.zh for each in profile.parameters.values()] + [each.zh for each in profile.secrets.values()]
    assert all(" ".join(label.split()) in comments for label in labels)
    write_secrets(profile, tmp_path)
    area = sample_area(profile)
    file = tmp_path / "settings.toml"
    file.write_text(filled(template.partition("# 同时申报")[0], area), encoding="utf-8")
    found = areas.load_settings(file, areas.find)
    assert found.name == name
    assert {*found.parameters} == {*profile.parameters}
    assert {*found.secrets} == {*profile.secrets}
    assert {numbering for numbers in found.companies.values() for numbering in numbers} == {*profile.numberings}


def test_a_template_that_is_not_filled_in_refuses_parcels_and_says_what_to_give(tmp_path: Path) -> None:
    profile = areas.find("ningbo_kjb2c")
    (tmp_path / "password").write_text("fictitious")
    (tmp_path / "settings.toml").write_text(run("areas", "settings", "ningbo_kjb2c").stdout, encoding="utf-8")
    parcels = parcels_for(profile, tmp_path / "one.jsonl")
    found = run("check", parcels, "--settings", tmp_path / "settings.toml", "--on", "2026-11-11", "--json")
    told = [json.loads(line) for line in found.stdout.splitlines()[:-1]]
    missing = {each["path"] for each in told if each["code"] == "area-setting-missing"}
    assert missing == {"settings.parameters.user_id", "settings.parameters.order_shop"}


def test_the_settings_of_a_further_area_are_ready_to_be_uncommented(tmp_path: Path) -> None:
    template = run("areas", "settings", "guangzhou_kj").stdout
    active, _, further = template.partition("# 同时申报")
    block = "\n".join(line.removeprefix("#").removeprefix(" ") for line in further.splitlines()[1:])
    write_secrets(areas.find("guangzhou_kj"), tmp_path)
    (tmp_path / "settings.toml").write_text(active + block, encoding="utf-8")
    found = areas.load_settings(tmp_path / "settings.toml", areas.find)
    assert [each.name for each in found.beside] == ["guangzhou_nansha_ciq"]


def test_settings_name_their_area_themselves(tmp_path: Path) -> None:
    area = sample_area(areas.find("ningbo_kjb2c"))
    parcels, settings = parcels_for(area.profile, tmp_path / "p.jsonl"), settings_file(area, tmp_path / "ningbo.toml")
    for named in ([], ["--area", "ningbo_kjb2c"]):
        assert run("check", parcels, "--settings", settings, *named, "--on", "2026-11-11").exit_code == 0
    other = run("check", parcels, "--settings", settings, "--area", "unified", "--on", "2026-11-11")
    assert other.exit_code == 2
    assert "ningbo.toml is for ningbo_kjb2c, --area says unified" in other.output


@pytest.mark.parametrize("command", ["check", "declare"])
@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('area = "mars"\n', "no area is called 'mars'"),
        ("parameters = {}\n", "`area` has to name the profile"),
        ('area = "ningbo_kjb2c"\nparameters.colour = "blue"\n', "ningbo_kjb2c has no parameter 'colour'"),
        ('area = "ningbo_kjb2c"\nsecrets.password = { file = "nowhere.txt" }\n', "nowhere.txt"),
        ('area = "ningbo_kjb2c"\nsecrets.password = "hushhush\n', "settings.toml:2 is no TOML"),
        ('area = "ningbo_kjb2c"\nsecrets.password = ["hushhush"]\n', "secrets.password has to be"),
        ('area = "ningbo_kjb2c"\nbeside = 5\n', "beside"),
    ],
)
def test_settings_that_cannot_be_used_are_misuse(tmp_path: Path, command: str, text: str, says: str) -> None:
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    parcels = parcels_for(areas.find("ningbo_kjb2c"), tmp_path / "p.jsonl")
    folder = ["--out", str(tmp_path / "out")] if command == "declare" else []
    found = run(command, parcels, "--settings", tmp_path / "settings.toml", *folder)
    assert found.exit_code == 2
    assert says in found.output
    assert "hushhush" not in found.output
    assert not (tmp_path / "out").exists()


# declaring


def test_local_messages_are_written_under_their_own_names_with_their_forms(tmp_path: Path) -> None:
    profile = areas.find("ningbo_kjb2c")
    sample = sample_area(profile)
    area = configure(
        profile, parameters=sample.parameters, companies=sample.companies, secrets={"password": "fictitious"}
    )
    out = tmp_path / "out"
    settings = settings_file(area, tmp_path / "ningbo.toml")
    found = run("declare", parcels_for(profile, tmp_path / "p.jsonl", 3), "--settings", settings, "--out", out, *FIXED)
    assert found.exit_code == 0, found.output
    messages = sorted(out.glob("*.xml"))
    assert len(messages) == 3
    assert all(re.fullmatch(r"cnec_jh_order_[0-9a-f-]{36}\.xml", path.name, re.IGNORECASE) for path in messages)
    for path in messages:
        form = json.loads((out / f"{path.name}.form.json").read_text(encoding="utf-8"))
        assert form["xmlstr"] == path.read_text(encoding="utf-8")
        assert form["userid"] == sample.parameters["user_id"]
        assert (out / f"{path.name}.form.json").stat().st_mode & 0o077 == 0
    assert len(list(out.glob("*.*"))) == 7


def test_a_message_without_a_form_has_no_file_of_it(tmp_path: Path) -> None:
    sample = sample_area(areas.find("ningbo_kjb2c"))
    area = configure(sample.profile, parameters=sample.parameters, companies=sample.companies)
    settings, out = settings_file(area, tmp_path / "ningbo.toml"), tmp_path / "out"
    run("declare", parcels_for(area.profile, tmp_path / "p.jsonl"), "--settings", settings, "--out", out, *FIXED)
    assert len(list(out.glob("*.xml"))) == 1
    assert not list(out.glob("*.form.json"))


def test_messages_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    area = sample_area(areas.find("beijing_ept"))
    settings, out = settings_file(area, tmp_path / "beijing.toml"), tmp_path / "out"
    for run_of_the_day in (1, 2):
        parcels = parcels_for(area.profile, tmp_path / "p.jsonl", 3 * run_of_the_day)
        found = run("declare", parcels, "--settings", settings, "--out", out, *FIXED)
        assert found.exit_code == 0, found.output
        assert len(list(out.glob("*.xml"))) == 9 * run_of_the_day
    assert (out / "20261111080000EPT301.xml").exists()
    assert (out / "20261111080000EPT301-6.xml").exists()
    contents = {path.read_bytes() for path in out.glob("*EPT301*.xml")}
    assert len(contents) == 6, "six parcels, three of them given twice"
    assert "declared before, skipped" in found.stdout


def test_a_further_area_that_refuses_is_counted_and_said(tmp_path: Path) -> None:
    profile = areas.find("guangzhou_kj")
    sample = sample_area(profile)
    inspection = configure(areas.find("guangzhou_nansha_ciq"), serials=areas.counting())
    area = configure(profile, parameters=sample.parameters, companies=sample.companies, beside=[inspection])
    parcels = parcels_for(profile, tmp_path / "p.jsonl", 2)
    moved = [json.loads(line) for line in parcels.read_text(encoding="utf-8").splitlines()]
    for each in moved:
        each["clearance"] |= {"customs_code": "5165", "port_code": "5165"}
    parcels.write_text("".join(json.dumps(each) + "\n" for each in moved), encoding="utf-8")
    settings, out = settings_file(area, tmp_path / "s.toml"), tmp_path / "out"
    rates = (ROOT / "src/customs/tax/rates.csv").read_text(encoding="utf-8").replace("2024-01-01", "2016-04-08")
    (tmp_path / "rates.csv").write_text(rates, encoding="utf-8")
    day = ["--on", "2018-04-12", "--rates", str(tmp_path / "rates.csv")]
    clock = ["--clock", "2018-04-12T08:00:00", "--guid-seed", "1"]
    found = run("declare", parcels, "--settings", settings, "--out", out, *day, *clock, "--json")
    assert found.exit_code == 1, found.output
    summary = json.loads(found.stdout)
    assert (summary["refused"], summary["refused_beside"]) == (0, {"guangzhou_nansha_ciq": 2})
    assert sorted({path.name[:8] for path in out.glob("*.xml")}) == ["KJ881110", "KJ881111", "KJ881112", "KJ881113"]
    refused = [json.loads(line) for line in (out / "refused.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [each["parcel"] for each in refused] == [1, 2]
    codes = {finding["code"] for finding in refused[0]["beside"]["guangzhou_nansha_ciq"]}
    assert "area-setting-missing" in codes
    checked = run("check", parcels, "--settings", settings, *day, "--json")
    assert checked.exit_code == 1
    told = [json.loads(line) for line in checked.stdout.splitlines()[:-1]]
    assert {each.get("area") for each in told if each["code"] == "area-setting-missing"} == {"guangzhou_nansha_ciq"}
    assert "refused by guangzhou_nansha_ciq" in run("check", parcels, "--settings", settings, *day).stdout


def test_only_an_error_of_a_further_area_keeps_its_messages_back() -> None:
    kinds = catalogue.AREA_FIELD_SEEN, catalogue.AREA_FIELD_MISSING
    doubt, error = (kind.at("", area="示例", message="M", name="n", allowed_zh="", allowed="") for kind in kinds)
    beside = (AreaFindings("one", (doubt,)), AreaFindings("other", (doubt, error)), AreaFindings("third", ()))
    parcel = Prepared(1, beside=beside)
    assert refused_beside(parcel) == ["other"]


def test_the_file_of_a_profile_stands_for_its_name(tmp_path: Path) -> None:
    file = ROOT / "examples" / "area-plugin" / "src" / "customs_area_atlantis" / "profile.toml"
    shown = run("areas", "show", file)
    assert shown.exit_code == 0
    assert areas.load(file).zh in shown.stdout
    assert run("areas", "settings", file).exit_code == 0
    assert run("areas", "show", tmp_path / "nowhere.toml").exit_code == 2


def test_what_is_so_for_every_parcel_of_an_area_is_said_once(tmp_path: Path) -> None:
    area = sample_area(areas.find("shanghai_shcepp"))
    parcels, settings = tmp_path / "several.jsonl", settings_file(area, tmp_path / "s.toml")
    told = [
        parcel_for(each, area.profile).model_dump_json(exclude_none=True)
        for each in sample_parcels(3, seed=5, mode="1210")
    ]
    parcels.write_text("\n".join(told), encoding="utf-8")
    found = run("check", parcels, "--settings", settings, "--on", "2026-11-11").stdout
    assert found.count(": area-elsewhere") == len(area.profile.declared_elsewhere)


def test_parcels_in_the_unified_edition_are_pointed_to_a_local_format(tmp_path: Path) -> None:
    (tmp_path / "p.jsonl").write_text(
        next(sample_parcels(1, seed=5, mode="1210")).model_dump_json(exclude_none=True), encoding="utf-8"
    )
    found = run("check", tmp_path / "p.jsonl", "--on", "2026-11-11")
    assert "1 parcels of 2991 in the unified edition" in found.stderr
    assert "zhejiang_jkf" in found.stderr
