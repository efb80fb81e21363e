"""The commands ``risk``: from a file of parcels and the receipts of a night to a report that is explained and names nobody."""

import json
import shutil
from pathlib import Path

import openpyxl
import pytest

from customs.declaration import Declaration
from customs.ledger import add_hashing_key
from customs.ledger.risk import risk_rules
from support import some
from support.command_line import FIXED, run
from support.risk_parcels import bought, identity

NOW = ["--now", "2026-11-11T08:00:00"]
ON = ["--on", "2026-11-11"]
DAYS = ["--from", "2026-11-01", "--to", "2026-11-30"]
SHARED = {"buyer_telephone": "13800009999", "payment_no": "PAY-9"}
PARCELS = [*(bought(each, **SHARED) for each in range(1, 4)), bought(4)]


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an enterprise with a ledger and a file of parcels, in which the commands are called."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "customs.toml").touch()
    write(tmp_path, *PARCELS)
    assert run("ledger", "upgrade").exit_code == 0
    return tmp_path


def write(folder: Path, *parcels: Declaration) -> None:
    lines = [each.model_dump_json(exclude_none=True) for each in parcels]
    (folder / "parcels.jsonl").write_text("\n".join(lines), encoding="utf-8")


def loaded() -> str:
    done = run("risk", "load", "parcels.jsonl", *ON, *NOW)
    assert done.exit_code == 0
    return done.output


def test_orders_are_observed_once_and_their_patterns_told_with_the_reasons() -> None:
    assert "4 orders, 4 new 4 单，其中新登记 4 单" in loaded()
    assert "4 orders, 0 new" in loaded()
    done = run("risk", "report", *DAYS, lang="en")
    assert done.exit_code == 0
    assert "one telephone, several people (telephone_shared)" in done.output
    assert "stands in 3 orders of 3 identities, with 3 names and 3 addresses of consignees" in done.output
    assert "2026-11-02 01:00 - 2026-11-04 03:00: 91000000000000001N/O1, 91000000000000001N/O2" in done.output
    for reason in ("why customs looks at it: ", "an everyday reason: ", "who should look: ", "known from: "):
        assert done.output.count(reason) == 2
    assert "2 hits of 2 patterns. A hit is a reason to ask, not a verdict; nothing is stopped by it." in done.output


def test_a_report_in_chinese_is_chinese() -> None:
    loaded()
    done = run("risk", "report", *DAYS, "--rule", "payment_repeated", lang="zh")
    assert "同一支付用于多单 (payment_repeated)" in done.output
    assert "支付企业 91000000000000003W 的支付单 PAY-9 用于 3 单，涉及 3 个订购人证件" in done.output
    assert "由谁核实: 财务与支付企业对账单核对，由合规人员判断。" in done.output
    assert "1 种模式，共 1 处。所列仅供核实，并非结论，也不拦截任何订单" in done.output


def test_a_report_for_programs_has_a_line_for_each_hit_and_the_counts() -> None:
    loaded()
    done = run("risk", "report", *DAYS, "--json")
    *hits, counts = (json.loads(each) for each in done.stdout.splitlines())
    assert [each["rule"] for each in hits] == ["telephone_shared", "payment_repeated"]
    assert hits[1]["figures"] == {
        "payment_company_code": "91000000000000003W",
        "payment_no": "PAY-9",
        "orders": 3,
        "people": 3,
    }
    assert hits[1]["orders"] == [f"91000000000000001N/O{each}" for each in (1, 2, 3)]
    assert {"why", "everyday", "look", "source", "since", "until", "seen", "title"} <= hits[1].keys()
    assert counts["hits"] == {name: int(name in ("telephone_shared", "payment_repeated")) for name in risk_rules()}


def test_a_workbook_has_every_hit_every_order_and_every_pattern(shop: Path) -> None:
    loaded()
    assert run("risk", "report", *DAYS, "--out", "risk.xlsx").exit_code == 0
    hits, orders, patterns = openpyxl.load_workbook(shop / "risk.xlsx")
    assert [row[1].value for row in hits.iter_rows(min_row=2)] == ["telephone_shared", "payment_repeated"]
    assert [row[2].value for row in orders.iter_rows(min_row=2)] == [f"91000000000000001N/O{n}" for n in (1, 2, 3)] * 2
    assert [row[0].value for row in patterns.iter_rows(min_row=2)] == list(risk_rules())
    wrong = run("risk", "report", *DAYS, "--out", "risk.csv")
    assert (wrong.exit_code, "risk.csv is no .xlsx" in wrong.output) == (2, True)


@pytest.mark.long
def test_nobody_is_named_on_the_screen_in_json_or_in_the_workbook(shop: Path) -> None:
    loaded()
    said = "".join(run("risk", "report", *DAYS, *more).output for more in ([], ["--json"], ["--out", "risk.xlsx"]))
    book = openpyxl.load_workbook(shop / "risk.xlsx")
    said += "".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    for parcel in some(PARCELS):
        order = parcel.order
        texts = (order.buyer_id_number, order.buyer_name, order.buyer_telephone, order.consignee_telephone)
        assert [each for each in (*texts, order.consignee, order.consignee_address) if each in said] == []


def test_numbers_of_ones_own_are_used_and_shown(shop: Path) -> None:
    loaded()
    (shop / "mine.toml").write_text("[telephone_shared]\npeople = 4\nnames = 4", encoding="utf-8")
    done = run("risk", "report", *DAYS, "--numbers", "mine.toml", "--json")
    assert json.loads(done.stdout.splitlines()[-1])["hits"]["telephone_shared"] == 0
    first, *_ = run("risk", "rules", "--numbers", "mine.toml", "--json").stdout.splitlines()
    assert json.loads(first)["numbers"] == {"people": "4", "names": "4", "addresses": "5"}
    (shop / "mine.toml").write_text("[telephones]\npeople = 4", encoding="utf-8")
    wrong = run("risk", "report", *DAYS, "--numbers", "mine.toml")
    assert (wrong.exit_code, "mine.toml: there is no rule telephones" in wrong.output) == (2, True)


def test_the_patterns_are_shown_with_reasons_and_sources() -> None:
    done = run("risk", "rules", lang="en")
    for name in some(risk_rules()):
        assert name in done.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--rule", "telephone"], "--rule: there is no pattern telephone"),
        (["--from", "2026-11-31"], "--from: '2026-11-31' is not a day as YYYY-MM-DD"),
        (["--from", "2026-11-02", "--to", "2026-11-01"], "--from: 2026-11-02 is after 2026-11-01"),
    ],
)
def test_a_mistake_in_an_option_is_named(options: list[str], said: str) -> None:
    done = run("risk", "report", *options)
    assert (done.exit_code, said in done.output) == (2, True)


def test_a_parcel_that_cannot_be_assessed_is_named_and_the_rest_goes_on(shop: Path) -> None:
    broken = json.loads(PARCELS[0].model_dump_json(exclude_none=True))
    broken["order"]["lines"] = []
    (shop / "parcels.jsonl").write_text(
        f"{json.dumps(broken)}\n{PARCELS[1].model_dump_json(exclude_none=True)}", encoding="utf-8"
    )
    done = run("risk", "load", "parcels.jsonl", *ON, *NOW)
    assert (done.exit_code, "order O1: it cannot be assessed, see customs check" in done.output) == (1, True)
    assert "1 orders, 1 new" in done.output


@pytest.mark.long
def test_a_report_says_that_hashes_under_two_keys_do_not_meet() -> None:
    loaded()
    assert "two keys" not in run("risk", "report", *DAYS).output
    add_hashing_key(Path("ledger.key"))
    assert "run customs ledger rotate" in run("risk", "report", *DAYS).output
    assert run("ledger", "rotate").exit_code == 0
    done = run("risk", "report", *DAYS, lang="en")
    assert ("two keys" not in done.output, "stands in 3 orders of 3 identities" in done.output) == (True, True)


def test_receipts_are_followed_and_again_change_nothing(shop: Path, key_files: list[str]) -> None:
    write(shop, *(bought(each, buyer_id_number=identity(1)) for each in (1, 2)))
    loaded()
    run("declare", "parcels.jsonl", "--out", "out", *key_files, *FIXED)
    (shop / "customs/out").mkdir(parents=True)
    for each in some((shop / "out").glob("*.xml")):
        shutil.copy(each, shop / "customs/out")
    assert run("office", "--dir", "customs", "--seed", "1", "--pass", "60").exit_code == 0
    assert "2 orders changed 2 单状态有变" in run("risk", "follow", "out", "customs/in", *NOW).output
    assert "0 orders changed" in run("risk", "follow", "out", "customs/in", *NOW).output
