"""The command line: what it prints, writes and answers with its exit code."""

import json
import subprocess
import sys
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

import customs
from customs.documents import MESSAGES
from customs.journal import Journal, open_journal
from customs.testing.keys import KeyPair
from support import ROOT
from support.command_line import FIXED, run


@pytest.fixture
def key_files(keys: KeyPair, tmp_path: Path) -> list[str]:
    (tmp_path / "test.key").write_bytes(keys.key)
    (tmp_path / "test.crt").write_bytes(keys.certificate)
    return ["--key", str(tmp_path / "test.key"), "--cert", str(tmp_path / "test.crt")]


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A file of nine parcels: an unreadable line, an empty line and a wrong payer among good ones."""
    lines = run("sample", "--count", "9", "--seed", "3", "--mode", "1210").stdout.splitlines()
    wrong = json.loads(lines[4])
    wrong["payment"]["payer_name"] = "别人"
    lines[4] = json.dumps(wrong, ensure_ascii=False)
    lines.insert(2, '{"order": {"buyer_name": "' + "\\u0000")
    lines.insert(6, "")
    path = tmp_path / "mixed.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def personal_data(path: Path) -> set[str]:
    """Every value in a file of parcels that names a person."""
    found = set()
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            parcel = json.loads(line)
        except ValueError:
            continue
        order, payment = parcel["order"], parcel["payment"]
        names = ("buyer_name", "buyer_id_number", "buyer_telephone", "buyer_reg_no", "consignee_address")
        found |= {order[name] for name in names} | {payment["payer_name"], payment["payer_id_number"]}
    return found


def test_sample_prints_the_same_parcels_for_the_same_seed() -> None:
    first, again, other = (run("sample", "--count", "5", "--seed", seed, "--mode", "9610").stdout for seed in "112")
    assert first == again != other
    assert all(json.loads(line)["clearance"]["trade_mode"] == "9610" for line in first.splitlines())


def test_declare_writes_messages_and_exits_0(tmp_path: Path, key_files: list[str]) -> None:
    found = run("declare", ROOT / "examples/parcels-9610.jsonl", *key_files, "--out", tmp_path / "out", *FIXED)
    assert found.exit_code == 0, found.output
    assert "120" in found.stdout
    written = sorted(path.name for path in (tmp_path / "out").iterdir() if path.is_file())
    assert len(written) == 9
    assert (tmp_path / "out" / "refused.jsonl").read_text() == ""
    for path in (tmp_path / "out").glob("*.xml"):
        assert customs.verify(path.read_bytes()).valid


def test_declare_goes_on_past_bad_parcels_and_exits_1(tmp_path: Path, key_files: list[str], mixed: Path) -> None:
    found = run("declare", mixed, *key_files, "--out", tmp_path / "out", *FIXED)
    assert found.exit_code == 1
    refused = [json.loads(line) for line in (tmp_path / "out" / "refused.jsonl").read_text().splitlines()]
    assert [(each["parcel"], [finding["code"] for finding in each["findings"]]) for each in refused] == [
        (3, ["json-unreadable"]),
        (6, ["payer-not-buyer"]),
    ]
    for path in (tmp_path / "out").glob("*.xml"):
        assert len(customs.read(path.read_bytes()).documents) == 8


@pytest.mark.parametrize("command", ["declare", "check", "tax"])
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_nothing_personal_is_printed_or_refused_with_it(
    tmp_path: Path, key_files: list[str], mixed: Path, command: str, form: list[str]
) -> None:
    options = [*key_files, "--out", str(tmp_path / "out"), *FIXED] if command == "declare" else ["--on", "2026-11-11"]
    found = run(command, mixed, *options, *form)
    assert found.exit_code == 1, found.output
    shown = found.output + found.stderr
    if command == "declare":
        shown += (tmp_path / "out" / "refused.jsonl").read_text(encoding="utf-8")
    assert not [value for value in personal_data(mixed) if value in shown]


def test_two_runs_with_the_same_clock_and_seed_give_the_same_bytes(
    tmp_path: Path, key_files: list[str], mixed: Path
) -> None:
    for folder in ("one", "two"):
        run("declare", mixed, *key_files, "--out", tmp_path / folder, *FIXED)
    one, two = (
        {path.name: path.read_bytes() for path in (tmp_path / name).iterdir() if path.is_file()}
        for name in ("one", "two")
    )
    assert one == two
    assert len(one) == 5


def test_check_prints_findings_as_json_lines(mixed: Path) -> None:
    found = run("check", mixed, "--on", "2026-11-11", "--json")
    *findings, summary = (json.loads(line) for line in found.stdout.splitlines())
    assert [(each["parcel"], each["code"]) for each in findings] == [(3, "json-unreadable"), (6, "payer-not-buyer")]
    assert summary["summary"]["parcels"] == 10
    assert summary["summary"]["refused"] == 2


def test_tax_as_json_adds_up(mixed: Path) -> None:
    rows = [json.loads(line) for line in run("tax", mixed, "--on", "2026-11-11", "--json").stdout.splitlines()]
    for row in rows:
        if "lines" in row:
            assert sum(Decimal(line["due"]) for line in row["lines"]) == Decimal(row["due"])
    assert len(rows) == 10


def test_tax_shows_a_table_with_every_line(mixed: Path) -> None:
    shown = run("tax", mixed, "--on", "2026-11-11").stdout
    assert "计税价格" in shown
    assert shown.count("sum 合计") == 9


def test_verify_says_which_messages_hold(tmp_path: Path, key_files: list[str], mixed: Path) -> None:
    run("declare", mixed, *key_files, "--out", tmp_path / "out", *FIXED)
    paths = sorted((tmp_path / "out").glob("*.xml"))
    assert run("verify", *paths).exit_code == 0
    paths[0].write_bytes(paths[0].read_bytes().replace(b"<ceb:appType>1", b"<ceb:appType>2", 1))
    found = run("verify", *paths, "--json")
    assert found.exit_code == 1
    verdicts = [json.loads(line)["valid"] for line in found.stdout.splitlines()]
    assert verdicts == [False, True, True, True]
    assert "changed after it was signed" in run("verify", *paths).stdout


def test_a_second_parcel_behind_many_blanks_on_one_line_is_not_lost_unsaid(tmp_path: Path) -> None:
    first, second = run("sample", "--count", "2").stdout.encode().splitlines()
    path = tmp_path / "blanks.jsonl"
    path.write_bytes(first.ljust(1 << 20) + second + b"\n" + second + b"\n")
    *findings, summary = (
        json.loads(line) for line in run("check", path, "--json", "--on", "2026-11-11").stdout.splitlines()
    )
    assert [(each["parcel"], each["code"]) for each in findings] == [(1, "parcel-too-large")]
    assert summary["summary"]["declared"] == 1


def test_a_line_that_never_ends_is_one_refused_parcel(tmp_path: Path) -> None:
    good = run("sample", "--count", "1").stdout.encode()
    path = tmp_path / "long.jsonl"
    path.write_bytes(
        good
        + b"x" * 3_000_000
        + b"\n"
        + b"\xff\xfe\n"
        + good.replace(b"EX1210", b"EX1211").replace(b"SF1210", b"SF1211").replace(b"PAY1210", b"PAY1211")
    )
    *findings, summary = (
        json.loads(line) for line in run("check", path, "--json", "--on", "2026-11-11").stdout.splitlines()
    )
    assert [(each["parcel"], each["code"]) for each in findings] == [(2, "parcel-too-large"), (3, "json-unreadable")]
    assert summary["summary"]["declared"] == 2


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["declare", "{file}", "--out", "{out}", "--area", "mars"], "unified"),
        (["declare", "{file}", "--out", "{out}", "--on", "soon"], "YYYY-MM-DD"),
        (["declare", "{file}", "--out", "{out}", "--clock", "noon"], "2026-11-11T08:00:00"),
        (["declare", "{file}", "--out", "{out}", "--key", "{file}"], "--cert"),
        (["declare", "{file}", "--out", "{out}", "--cert", "{file}"], "--key"),
        (["declare", "{file}", "--out", "{out}", "--key", "{file}", "--cert", "{file}"], "cannot be read"),
        (["check", "{file}", "--on", "2026-13-01"], "YYYY-MM-DD"),
        (["check", "nowhere.jsonl"], "nowhere.jsonl"),
        (["keygen", "--out", "{out}", "--code", "short"], "18 characters"),
        (["sample", "--count", "0"], "count"),
        (["sample", "--mode", "9999"], "9999"),
    ],
)
def test_misuse_says_what_to_give_and_exits_2(tmp_path: Path, mixed: Path, arguments: list[str], says: str) -> None:
    given = [each.format(file=mixed, out=tmp_path / "out") for each in arguments]
    found = run(*given)
    assert found.exit_code == 2
    assert says in found.output + found.stderr
    assert not (tmp_path / "out").exists()


def test_keygen_never_overwrites_a_key(tmp_path: Path) -> None:
    assert run("keygen", "--out", tmp_path).exit_code == 0
    before = (tmp_path / "test.key").read_bytes()
    assert (tmp_path / "test.key").stat().st_mode & 0o077 == 0
    assert run("keygen", "--out", tmp_path).exit_code == 2
    assert (tmp_path / "test.key").read_bytes() == before


def test_schema_writes_the_generated_files(tmp_path: Path) -> None:
    assert run("schema", "--out", tmp_path).exit_code == 0
    written = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    committed = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "schemas").iterdir()}
    assert written == committed, "run: make schemas"
    named = {f"{name}.{form}" for name in MESSAGES for form in ("xsd", "json")}
    assert written.keys() == named | {
        "signature.xsd",
        "transport-signature.xsd",
        "parcel.json",
        "terminal-node.xsd",
        "transport-node.xsd",
    }


def test_the_command_says_its_version_and_what_it_can_do() -> None:
    assert run("--version").stdout.strip() == customs.__version__
    assert "declare" in run("--help").stdout


@pytest.mark.long
def test_the_command_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "customs.cli", "sample", "--count", "1"], capture_output=True, check=True
    )
    assert json.loads(done.stdout)["order"]["order_no"]


def test_importing_the_library_loads_neither_the_command_line_nor_keys() -> None:
    code = "import sys, customs; print([name for name in ('typer', 'rich', 'cryptography', 'hypothesis') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"


def test_rates_of_ones_own_take_the_place_of_the_shipped_ones(tmp_path: Path, mixed: Path) -> None:
    shipped = (ROOT / "src/customs/tax/rates.csv").read_text(encoding="utf-8")
    (tmp_path / "low.csv").write_text(shipped.replace(",standard,", ",low,"), encoding="utf-8-sig")

    def due(*options: str | Path) -> Decimal:
        summary = run("check", mixed, "--on", "2026-11-11", "--json", *options).stdout.splitlines()[-1]
        return Decimal(json.loads(summary)["summary"]["tax"])

    assert due("--rates", tmp_path / "low.csv") < due()
    (tmp_path / "short.csv").write_text("hs_code,name\n1,x\n", encoding="utf-8")
    found = run("check", mixed, "--rates", tmp_path / "short.csv")
    assert found.exit_code == 2
    assert "legal_unit1" in found.stderr
    (tmp_path / "days.csv").write_text(shipped.replace("2024-01-01", "soon"), encoding="utf-8")
    assert run("tax", mixed, "--rates", tmp_path / "days.csv").exit_code == 2


def test_the_same_command_again_skips_what_was_declared(tmp_path: Path, key_files: list[str], mixed: Path) -> None:
    first, again = (run("declare", mixed, *key_files, "--out", tmp_path / "out", "--json", *FIXED) for _ in range(2))
    told = [json.loads(each.stdout) for each in (first, again)]
    assert [(each["declared"], each["declared_before"], each["refused"], each["messages"]) for each in told] == [
        (8, 0, 2, 4),
        (0, 8, 2, 0),
    ]
    assert len((tmp_path / "out" / "refused.jsonl").read_text(encoding="utf-8").splitlines()) == 2


def test_a_second_process_on_the_same_state_exits_3(tmp_path: Path, mixed: Path) -> None:
    with open_journal(tmp_path / "state"):
        found = run("declare", mixed, "--out", tmp_path / "out", "--state", tmp_path / "state", *FIXED)
    assert found.exit_code == 3
    assert "another process is declaring" in found.stderr
    assert "正被另一进程使用" in found.stderr
    assert not (tmp_path / "out").exists()


def test_a_state_folder_that_cannot_be_used_is_named_with_what_to_do(tmp_path: Path, mixed: Path) -> None:
    (tmp_path / "state").write_text("a file", encoding="utf-8")
    found = run("declare", mixed, "--out", tmp_path / "out", "--state", tmp_path / "state" / "below", *FIXED)
    assert found.exit_code == 4
    assert "cannot be used" in found.stderr
    assert "0 parcels are declared in 0 messages" in found.stderr
    assert "排除后重新执行同一命令即可继续" in found.stderr


def test_resume_has_to_have_something_to_finish(tmp_path: Path, mixed: Path) -> None:
    out = tmp_path / "out"
    assert run("declare", mixed, "--out", out, "--resume", *FIXED).exit_code == 2
    with open_journal(out) as journal, pytest.raises(ValueError, match="cut"):
        break_off(journal, out)
    other = run("declare", ROOT / "examples/parcels-9610.jsonl", "--out", out, "--resume", *FIXED)
    assert other.exit_code == 2
    assert "interrupted: mixed.jsonl" in other.stderr
    beside = run("declare", ROOT / "examples/parcels-9610.jsonl", "--out", out, *FIXED)
    assert "the run over mixed.jsonl was interrupted: run it again as well" in beside.stderr
    found = run("declare", mixed, "--out", out, "--resume", *FIXED)
    assert found.exit_code == 1
    assert "the run over mixed.jsonl was interrupted after 120 parcels: going on" in found.stderr
    assert run("declare", mixed, "--out", out, "--resume", *FIXED).exit_code == 2


def break_off(journal: Journal, out: Path) -> None:
    with journal.run("mixed.jsonl", out, at=datetime(2026, 11, 11)):
        raise ValueError("cut")


def test_a_new_folder_beside_one_with_a_journal_is_pointed_out(
    tmp_path: Path, key_files: list[str], mixed: Path
) -> None:
    monday, tuesday = (run("declare", mixed, *key_files, "--out", tmp_path / day, *FIXED) for day in ("a", "b"))
    assert "holds a journal too" not in monday.stderr
    assert f"{tmp_path / 'a'} holds a journal too" in tuesday.stderr
    assert "请用 --state 指定同一状态目录" in tuesday.stderr


def test_the_journal_shows_which_order_is_in_which_message(tmp_path: Path, key_files: list[str], mixed: Path) -> None:
    run("declare", mixed, *key_files, "--out", tmp_path, *FIXED)
    order = json.loads(mixed.read_text(encoding="utf-8").splitlines()[0])["order"]["order_no"]
    found = run("journal", "show", "--state", tmp_path, order, "--json")
    rows = [json.loads(line) for line in found.stdout.splitlines()]
    assert [each["message"] for each in rows] == ["CEB311", "CEB411", "CEB511", "CEB621"]
    assert {each["order_no"] for each in rows} == {order}
    assert all(order.encode() in (tmp_path / each["file"]).read_bytes() for each in rows if each["message"] != "CEB511")
    assert f"order 订单 {order}" in run("journal", "show", "--state", tmp_path).stdout
    assert run("journal", "show", "--state", tmp_path, "unknown").exit_code == 1
    assert run("journal", "show", "--state", tmp_path / "elsewhere").exit_code == 2


def test_a_payment_company_declares_its_payments_alone(tmp_path: Path, key_files: list[str], mixed: Path) -> None:
    parcels = [json.loads(line) for line in mixed.read_text(encoding="utf-8").splitlines() if line.endswith("}")]
    path, out = tmp_path / "payments.jsonl", tmp_path / "payments"
    path.write_text("".join(json.dumps(each) + "\n" for each in parcels[:3]), encoding="utf-8")
    for declared, before in ((3, 0), (0, 3)):
        found = run("declare", path, "--only", "payment", *key_files, "--out", out, "--json", *FIXED)
        assert found.exit_code == 0, found.output
        told = json.loads(found.stdout)
        assert (told["declared"], told["declared_before"]) == (declared, before)
    assert [each.name[:6] for each in out.glob("*.xml")] == ["CEB411"]


def test_a_released_order_is_declared_again(tmp_path: Path, key_files: list[str], mixed: Path) -> None:
    run("declare", mixed, *key_files, "--out", tmp_path, *FIXED)
    order = json.loads(mixed.read_text(encoding="utf-8").splitlines()[0])["order"]["order_no"]
    release = ["journal", "release", "--state", tmp_path, order, "--reason", "CEB622 -621001"]
    assert run(*release).exit_code == 0
    assert run(*release).exit_code == 2
    elsewhere = run("journal", "release", "--state", tmp_path / "elsewhere", order, "--reason", "CEB622")
    assert (elsewhere.exit_code, "holds no journal" in elsewhere.stderr) == (2, True)
    assert not (tmp_path / "elsewhere").exists()
    again = run("declare", mixed, *key_files, "--out", tmp_path, "--json", *FIXED)
    assert (json.loads(again.stdout)["declared"], json.loads(again.stdout)["declared_before"]) == (1, 7)


def test_a_tax_that_is_not_computed_is_shown_as_none(tmp_path: Path) -> None:
    parcel = json.loads(run("sample", "--count", "1", "--seed", "7").stdout)
    shoes = parcel["order"]["lines"][1] | {"qty": "2", "price": "2600.00", "total_price": "5200.00", "legal_qty2": "2"}
    parcel["order"] |= {"lines": [shoes], "goods_value": "5200.00"}
    path = tmp_path / "dear.jsonl"
    path.write_text(json.dumps(parcel), encoding="utf-8")
    row = json.loads(run("tax", path, "--on", "2026-11-11", "--json").stdout)
    assert (row["regime"], row["due"], row["lines"][0]["vat"]) == ("outside", None, None)
    assert [finding["code"] for finding in row["findings"]] == ["single-limit"]
    table, _ = run("tax", path, "--on", "2026-11-11").stdout.split("single-limit", 1)
    assert "5,212.50" in table
    assert "0.00" not in table


def test_every_public_name_is_there_and_lazy() -> None:
    assert {*customs.__all__} <= {*dir(customs)}
    for name in customs.__all__:
        assert getattr(customs, name) is not None
    code = "import sys, customs; print([name for name in ('pydantic', 'lxml') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout.strip() == "[]"
    with pytest.raises(AttributeError, match="nothing"):
        getattr(customs, "nothing")  # noqa: B009
