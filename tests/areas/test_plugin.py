"""Areas of other packages: the example package, installed and used; broken ones, which stop nobody else."""

import json
import os
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from gzip import decompress
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from typer.testing import CliRunner

import customs
from customs import areas
from customs.areas import ParcelFacts, ProfileError, registry
from customs.areas.profile import loading
from customs.cli.commands import app
from customs.codes import code_list
from customs.testing import sample_parcels
from customs.testing.areas import parcel_for, sample_area
from support import MORNING, ROOT, SINGLES_DAY
from support.area_parcels import GUID, on_the_way

PACKAGE = ROOT / "examples" / "area-plugin"
PROFILE = PACKAGE / "src" / "customs_area_atlantis" / "profile.toml"

FIXED = ["--on", "2026-11-11", "--clock", "2026-11-11T08:00:00", "--guid-seed", "1"]

REPLY = """<AtlantisReply><Reply><OrderNo>A1</OrderNo><MessageId>ATL001</MessageId><State>20</State><At>2026-11-11 09:00:00</At>
<Reason>放行</Reason></Reply><Reply><OrderNo>A2</OrderNo><State>77</State></Reply></AtlantisReply>"""

SETTINGS = """
area = "atlantis"
parameters = { sender = "ATL001" }
secrets = { platform_key = "fictitious" }
companies."990196T001" = { atlantis = "ATL000001" }
"""

#: What a user's program does, on a machine on which the package is installed.
PROGRAM = """
import json
import sys
from datetime import date, datetime
from pathlib import Path

import customs
from customs import areas

area = areas.load_settings(Path("atlantis.toml"), areas.find)
(parcel,) = Path("parcels.jsonl").read_text(encoding="utf-8").splitlines()
prepared = customs.prepare(
    parcel, area=area, signer=None, on=date(2026, 11, 11), clock=customs.fixed_clock(datetime(2026, 11, 11, 8)),
    guids=customs.seeded_guids(1),
)
(message,) = prepared.messages
answers = areas.read_answers(Path("reply.xml").read_bytes(), "atlantis")
print(json.dumps({
    "refused": [finding.code for finding in prepared.findings if finding.is_error],
    "message": message.name, "documents": message.documents, "area": message.area, "file_name": message.file_name,
    "content": message.content.decode(), "opened": areas.open_form(area, message.form).decode(), "form": dict(message.form),
    "answers": [(each.key["order_no"], each.state, each.code, str(each.at), each.texts) for each in answers],
    "code": areas.of("9999", on=date(2026, 11, 11)).name, "before": areas.of("9999", on=date(2023, 12, 31)).name,
}))
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the example was installed from its own folder, without the network."""
    target = tmp_path_factory.mktemp("installed")
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--isolated",
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
    ]
    done = subprocess.run([*pip, "--no-build-isolation", "--target", target, PACKAGE], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with a parcel for the zone, its settings and an answer of its platform."""
    parcel = parcel_for(next(sample_parcels(1, seed=7, mode="1210")), loading.load(PROFILE, "atlantis"))
    (tmp_path / "parcels.jsonl").write_text(parcel.model_dump_json(exclude_none=True) + "\n", encoding="utf-8")
    (tmp_path / "atlantis.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "reply.xml").write_text(REPLY, encoding="utf-8")
    return tmp_path


def run(installed: Path, desk: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "PYTHONPATH")}
    environment = {
        **kept,
        "PYTHONPATH": os.pathsep.join([str(installed), str(Path(customs.__file__).parents[1])]),
        "COLUMNS": "120",
        "PYTHONUTF8": "1",
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=desk, env=environment, capture_output=True, encoding="utf-8"
    )


def test_the_zone_of_the_example_does_not_exist() -> None:
    assert loading.load(PROFILE, "atlantis").codes == {"9999"}
    assert "9999" not in code_list("districts")
    assert areas.check(PROFILE) == ()


@pytest.mark.long
def test_the_installed_package_holds_its_profile_and_its_types(installed: Path) -> None:
    assert (installed / "customs_area_atlantis" / "profile.toml").read_bytes() == PROFILE.read_bytes()
    assert (installed / "customs_area_atlantis" / "py.typed").exists()


@pytest.mark.long
def test_a_program_declares_in_the_area_of_the_package_and_reads_its_answers(installed: Path, desk: Path) -> None:
    done = run(installed, desk, "-c", PROGRAM)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["refused"] == []
    assert (told["message"], told["documents"], told["area"]) == ("ATL_TRADE", ["order", "payment"], "atlantis")
    assert told["file_name"] == "ATL_TRADE_ATL001202611110800000001.xml"
    trade = etree.fromstring(told["content"].encode()).find("Trades/Trade")
    assert trade is not None
    assert trade.findtext("Platform") == "ATL000001"
    assert trade.findtext("BuyerPaper") == "ID"
    assert trade.findtext("Gate") == "N1"
    assert told["form"].keys() == {"sender", "type", "sign", "data"}
    assert told["opened"] == told["content"]
    assert told["answers"] == [
        ["A1", "released", "20", "2026-11-11 09:00:00", ["放行"]],
        ["A2", "unknown", "77", "None", []],
    ]
    assert (told["code"], told["before"]) == ("atlantis", "unified")


@pytest.mark.long
def test_the_command_declares_in_the_area_of_the_package(installed: Path, desk: Path) -> None:
    declare = (
        "-m",
        "customs.cli",
        "declare",
        "parcels.jsonl",
        "--area",
        "atlantis",
        "--settings",
        "atlantis.toml",
        "--out",
        "sent",
    )
    done = run(installed, desk, *declare, *FIXED)
    assert done.returncode == 0, done.stdout + done.stderr
    name = "ATL_TRADE_ATL001202611110800000001.xml"
    assert sorted(path.name for path in (desk / "sent").iterdir()) == [
        name,
        f"{name}.form.json",
        "journal",
        "refused.jsonl",
    ]
    form = json.loads((desk / "sent" / f"{name}.form.json").read_text(encoding="utf-8"))
    assert decompress(b64decode(form["data"])) == (desk / "sent" / name).read_bytes()


@pytest.mark.long
def test_the_command_lists_the_area_of_the_package(installed: Path, desk: Path) -> None:
    listed = run(installed, desk, "-m", "customs.cli", "areas", "--json").stdout.splitlines()
    assert {json.loads(line)["name"] for line in listed} == {*registry._shipped(), "atlantis"}
    code = run(installed, desk, "-m", "customs.cli", "areas", "--code", "9999", "--on", "2026-11-11", "--json").stdout
    assert json.loads(code)["area"] == "atlantis"
    assert "亚特兰蒂斯" in run(installed, desk, "-m", "customs.cli", "areas", "show", "atlantis").stdout


def test_the_reader_gives_back_what_the_renderer_of_the_example_wrote() -> None:
    profile = loading.load(PROFILE, "atlantis")
    area = sample_area(profile)
    parcel = parcel_for(next(sample_parcels(1, seed=7, mode="1210")), profile)
    clock, guids = customs.fixed_clock(MORNING), customs.seeded_guids(1)
    (message,) = customs.prepare(parcel, area=area, signer=None, on=SINGLES_DAY, clock=clock, guids=guids).messages
    reading = areas.read_local(area, message.content)
    assert (reading.message, reading.unknown, reading.conflicts) == ("ATL_TRADE", (), ())
    facts = reading.parcels[0].facts
    assert facts["order.order_no"] == parcel.order.order_no
    assert facts["order.buyer_id_type"] == "1"
    assert [line["line.qty"] for line in reading.parcels[0].lines] == [line.qty for line in parcel.order.lines]


def parcel_of_the_example(**changes: object) -> tuple[areas.Area, ParcelFacts]:
    """A bonded parcel of the example's area, with facts that are to differ."""
    profile = loading.load(PROFILE, "atlantis")
    area = sample_area(profile)
    facts = on_the_way(area, parcel_for(next(sample_parcels(1, seed=7, mode="1210")), profile))
    for name, value in changes.items():
        section, _, field = name.partition("__")
        getattr(facts, section)[field] = value
    return area, facts


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, []),
        ({"parcel__app_type": "2", "order__note": None}, ["area-field-missing"]),
        ({"parcel__app_type": "2", "order__note": "改单"}, []),
        ({"order__discount": Decimal("100.01"), "order__note": None}, ["area-field-missing", "area-rule"]),
        ({"clearance__account_book_no": "T1", "local__pallet": None}, ["area-field-usual", "area-rule"]),
        ({"clearance__account_book_no": None, "local__pallet": None}, ["area-field-missing", "area-field-usual"]),
    ],
    ids=["plain", "changed", "changed with a note", "much discount", "from a book", "without a book"],
)
def test_the_example_joins_conditions_by_all_any_and_not(changes: dict[str, object], codes: list[str]) -> None:
    area, facts = parcel_of_the_example(**{"order__note": None, "clearance__account_book_no": "T1", **changes})
    assert sorted(each.code for each in areas.check_parcel(area, facts)) == codes


@pytest.mark.parametrize(
    ("pallet", "expected"),
    [
        ("P7", '{"order":"A1","pallet":"P7","packages":1,"weight":0.5}'),
        (None, '{"order":"A1","packages":1,"weight":0.5}'),
    ],
)
def test_the_example_writes_numbers_bare_and_leaves_out_what_is_not_given(pallet: str | None, expected: str) -> None:
    area, facts = parcel_of_the_example(order__order_no="A1", local__pallet=pallet)
    facts.waybill.update({"package_count": 1, "gross_weight": Decimal("0.5")})
    message = area.profile.message("ATL_GATE")
    assert areas.check_message(area, message, facts) == []
    assert areas.render(area, message, [facts], time=MORNING, guid=GUID).content.decode() == expected


# plug-ins that cannot be used

SOUND = 'zh = "示例"\nen = "Example"\nconfidence = "low"\nsources = ["fictitious"]\n'

FUNCTION = 'from pathlib import Path\n\n\ndef profile():\n    return Path(__file__).with_name("plugged.toml")\n'

PlugIn = Callable[..., None]


def forget() -> None:
    for each in (registry.find, registry._points, registry._plugged, registry._by_code):
        each.cache_clear()


@pytest.fixture
def plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlugIn]:
    """Makes a package with an area, as if it were installed."""
    modules: list[str] = []

    def make(name: str, *, profile: str | None = None, code: str = FUNCTION) -> None:
        module = f"plugged_{name}_{len(modules)}"
        modules.append(module)
        folder = tmp_path / module
        package, information = folder / module, folder / f"{module}-1.dist-info"
        package.mkdir(parents=True)
        information.mkdir()
        (package / "__init__.py").write_text(code, encoding="utf-8")
        if profile is not None:
            (package / "plugged.toml").write_text(profile, encoding="utf-8")
        (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1\n", encoding="utf-8")
        (information / "entry_points.txt").write_text(f"[customs.areas]\n{name} = {module}:profile\n", encoding="utf-8")
        monkeypatch.syspath_prepend(folder)
        forget()

    yield make
    for module in modules:
        sys.modules.pop(module, None)
    monkeypatch.undo()
    forget()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"profile": SOUND + "most = 3\n"}, ["plugged.toml", ":5: most:", "not a key"]),
        ({"profile": SOUND + "[[messages]]\n"}, ["plugged.toml", "messages[0]", "is missing"]),
        ({"profile": "zh = \n"}, ["plugged.toml", ":1:", "no TOML"]),
        ({"profile": SOUND + 'inherits = "lemuria"\n'}, ["plugged.toml", ":5: inherits:", "'lemuria'"]),
        ({"profile": SOUND + 'inherits = "atlantis"\n'}, ["plugged.toml", ":5: inherits:", "leads back to itself"]),
        ({}, ["plugged_atlantis_0:profile", "FileNotFoundError"]),
        ({"code": "import no_such_package\n"}, ["plugged_atlantis_0:profile", "no_such_package"]),
        (
            {"code": "def profile():\n    raise ValueError('my own fault')\n"},
            ["plugged_atlantis_0:profile", "my own fault"],
        ),
        ({"code": "def profile():\n    raise SystemExit('gone')\n"}, ["plugged_atlantis_0:profile", "gone"]),
        ({"code": "def profile():\n    return 'profile.toml'\n"}, ["plugged_atlantis_0:profile", "path", "str"]),
        ({"code": "other = 1\n"}, ["plugged_atlantis_0:profile", "AttributeError"]),
    ],
)
@pytest.mark.long
def test_a_broken_plug_in_says_why_and_stops_nobody_else(
    plug_in: PlugIn, tmp_path: Path, given: dict[str, str], says: list[str]
) -> None:
    plug_in("atlantis", **given)
    plug_in("mu", profile=SOUND + 'districts = ["9998"]\n')
    with pytest.raises(ProfileError) as failed:
        areas.find("atlantis")
    for each in says:
        assert each in str(failed.value)

    assert "atlantis" not in areas.names()
    assert {*registry._shipped(), "mu"} == {*areas.names()}
    assert str(registry.broken()["atlantis"]) == str(failed.value)
    assert areas.of("2991", on=SINGLES_DAY).name == "zhejiang_jkf"
    assert areas.of("9998", on=SINGLES_DAY).name == "mu"

    listed = [json.loads(line) for line in command("areas", "--json").stdout.splitlines()]
    (row,) = [each for each in listed if each["name"] == "atlantis"]
    assert row["broken"][0]["reason"] in str(failed.value)
    assert len(listed) == len(areas.names()) + 1
    shown = command("areas")
    assert shown.exit_code == 0
    assert "broken 不可用" in shown.stdout
    assert says[-1] in shown.stderr

    parcels = tmp_path / "parcels.jsonl"
    parcels.write_text(command("sample", "--count", "1").stdout, encoding="utf-8")
    assert command("check", parcels, "--area", "mu", "--on", "2026-11-11").exit_code == 0
    refused = command("check", parcels, "--area", "atlantis", "--on", "2026-11-11")
    assert refused.exit_code == 2
    assert says[-1] in refused.stderr


def command(*arguments: Any) -> Any:
    return CliRunner().invoke(app, [str(each) for each in arguments])


def test_a_plug_in_with_the_name_of_a_shipped_area_is_refused(plug_in: PlugIn) -> None:
    shipped = areas.find("ningbo_kjb2c")
    plug_in("ningbo_kjb2c", profile=SOUND)
    assert areas.find("ningbo_kjb2c").zh == shipped.zh
    assert {*areas.names()} == {*registry._shipped()}
    (problem,) = registry.broken()["ningbo_kjb2c"].problems
    assert problem.file == "plugged_ningbo_kjb2c_0:profile"
    assert "area 'ningbo_kjb2c' is the name of an area that this library ships" in problem.reason
    assert "this library ships" in command("areas").stderr


def test_of_two_plug_ins_with_one_name_neither_is_used(plug_in: PlugIn) -> None:
    plug_in("atlantis", profile=SOUND)
    assert areas.find("atlantis").zh == "示例"
    plug_in("atlantis", profile=SOUND)
    with pytest.raises(
        ProfileError, match=r"plugged_atlantis_1:profile and plugged_atlantis_0:profile.*in several packages"
    ):
        areas.find("atlantis")
    assert "atlantis" not in areas.names()


def test_a_plug_in_may_inherit_from_a_shipped_area_and_says_where_the_base_is_wrong(plug_in: PlugIn) -> None:
    plug_in("mu", profile=SOUND + 'inherits = "ningbo_kjb2c"\n')
    assert [each.name for each in areas.find("mu").messages] == ["cnec_jh_order"]
    plug_in("lemuria", profile=SOUND + 'inherits = "atlantis"\n')
    plug_in("atlantis", profile=SOUND + "most = 3\n")
    (problem,) = registry.broken()["lemuria"].problems
    assert (Path(problem.file).parent.name, problem.line, problem.key) == ("plugged_atlantis_2", 5, "most")


def test_plug_ins_that_inherit_from_each_other_lead_nowhere(plug_in: PlugIn) -> None:
    plug_in("mu", profile=SOUND + 'inherits = "lemuria"\n')
    plug_in("lemuria", profile=SOUND + 'inherits = "mu"\n')
    assert {*registry.broken()} == {"lemuria", "mu"}
    assert "mu leads back to itself: mu inherits from lemuria inherits from mu" in str(registry.broken()["mu"])


def test_a_plug_in_that_stands_beside_an_area_does_not_take_its_codes(plug_in: PlugIn) -> None:
    plug_in("atlantis", profile=SOUND + 'districts = ["9999"]\nbeside = ["zhejiang_jkf"]\n')
    assert areas.of("9999", on=SINGLES_DAY).name == "atlantis"
    assert areas.of("2991", on=SINGLES_DAY).name == "zhejiang_jkf"
    assert areas.of("5165", on=date(2017, 1, 1)).name == "guangzhou_kj"
