"""The commands ``book write-off``, ``adjust`` and ``observe``: the yearly report, a correction, and what customs stated."""

import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from typer.testing import Result

from support.bond_messages import bond_list, receipt, statement
from support.command_line import run

BOOK, ITEM = "T2992W000001", "T2992W000001/12"
NOW, ON = ["--now", "2026-11-14T08:00:00"], ["--on", "2027-02-20"]
TICKET = ["--ticket", "T1", "--by", "clerk", "--reason", "letter 7 of customs", *NOW]
CYCLE = ["--ends", "2026-12-31", *ON]


@pytest.fixture(autouse=True)
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of an enterprise whose book has an in-list of 100 that is deducted and stated."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "customs.toml").touch()
    assert run("ledger", "upgrade").exit_code == 0
    (tmp_path / "messages").mkdir()
    row = {"actlIncQty": "100", "actlRedcQty": "0", "inQty": "100", "gdsMtno": "SKU12"}
    imported(bond_list(), statement("2026-10-04 07:41:03", [row]))
    return tmp_path


def imported(*contents: bytes) -> None:
    for number, content in enumerate(contents, sum(1 for _ in Path("messages").iterdir())):
        Path("messages", f"{number}.xml").write_bytes(content)
    assert run("book", "import", "messages", *NOW).exit_code == 0


def lines_of(result: Result) -> list[dict[str, Any]]:
    return [json.loads(each) for each in result.stdout.splitlines()]


def stock(quantity: str) -> None:
    Path("stock.csv").write_text(f"货号,账册编号,备案序号,库存数量\nSKU12,{BOOK},12,{quantity}\n", encoding="utf-8")
    moves = "业务类型,业务单号,货号,变动数量,业务时间\n采购入库,B1,SKU12,100,2026-10-05 08:00:00\n"
    Path("moves.csv").write_text(moves, encoding="utf-8")


def written_off(*more: str, lang: str = "en") -> Result:
    return run("book", "write-off", BOOK, "stock.csv", "--movements", "moves.csv", *CYCLE, *more, lang=lang)


def balance() -> str:
    (held,) = lines_of(run("book", "balance", "--json"))
    return str(held["balance"])


def test_a_correction_counts_once_by_its_ticket() -> None:
    done = run("book", "adjust", ITEM, "-1.5", "--code", "34", *TICKET, "--json")
    assert (done.exit_code, lines_of(done)) == (
        0,
        [{"ems_no": BOOK, "item_record_no": "12", "new": True, "balance": "98.5"}],
    )
    again = run("book", "adjust", ITEM, "-1.5", "--code", "34", *TICKET, lang="zh")
    assert (again.exit_code, "余量 98.5" in again.stderr) == (1, True)
    assert balance() == "98.5"


@pytest.mark.parametrize(
    ("item", "quantity", "code", "told"),
    [
        (ITEM, "-1.5", "99", "one of the reasons 31"),
        (ITEM, "0", "34", "needs a quantity"),
        (ITEM, "much", "34", "no quantity"),
        ("T2992W000001", "1", "34", "no record number"),
        ("2992/12", "1", "34", "no number of an account book"),
    ],
)
@pytest.mark.long
def test_a_correction_that_is_given_wrongly_is_misuse_and_changes_nothing(
    item: str, quantity: str, code: str, told: str
) -> None:
    done = run("book", "adjust", item, quantity, "--code", code, *TICKET, lang="en")
    assert done.exit_code == 2
    assert told in " ".join(done.stderr.split())
    assert balance() == "100"


def test_a_ticket_that_was_used_for_another_quantity_is_refused() -> None:
    assert run("book", "adjust", ITEM, "3", "--code", "32", *TICKET).exit_code == 0
    assert run("book", "adjust", ITEM, "4", "--code", "32", *TICKET).exit_code == 2
    assert balance() == "103"


def test_quantities_that_customs_stated_are_compared_with_the_ledger() -> None:
    assert run("book", "observe", BOOK).exit_code == 0
    told = lines_of(run("book", "observe", "--all", "--json"))
    assert [(each["figure"], each["stated"], each["held"]) for each in told] == [
        ("actual_in", "100", "100"),
        ("actual_out", "0", "0"),
    ]
    row = {"actlIncQty": "90", "inQty": "90", "invtGNo": "2"}
    imported(statement("2026-10-05 07:41:03", [row]))
    done = run("book", "observe", "--json")
    assert done.exit_code == 1
    assert [(each["figure"], each["difference"], each["at"]) for each in lines_of(done)] == [
        ("actual_in", "90", "2026-10-05T07:41:03")
    ]
    assert "其中 1 项不符" in run("book", "observe", lang="zh").stderr


def test_a_book_that_agrees_with_the_stock_is_ready_for_its_report() -> None:
    stock("100")
    done = written_off("--json")
    item, report = lines_of(done)
    assert done.exit_code == 0
    assert (item["verdict"], item["lasting"], item["passing"]) == ("equal", "0", "0")
    assert report == {
        "ems_no": BOOK,
        "begins": "2026-01-01",
        "ends": "2026-12-31",
        "due": "2027-03-01",
        "extended": "2027-03-31",
        "days_left": 9,
        "ready": True,
        "deducted": ["QD299226I000000001"],
        "open": [],
        "items": 1,
    }
    assert lines_of(written_off("--json", "--extended"))[-1]["days_left"] == 39


def test_a_shortage_is_told_and_booked_nowhere() -> None:
    stock("97")
    done = written_off("--json")
    item, report = lines_of(done)
    assert (done.exit_code, report["ready"]) == (0, True)
    assert (item["verdict"], item["lasting"]) == ("shortage", "-3")
    assert balance() == "100"
    shown = written_off(lang="zh")
    assert "盘亏" in shown.stdout
    assert "报核期限 2027-03-01" in shown.stderr


def test_a_list_that_is_not_deducted_keeps_the_report_waiting() -> None:
    out = {"ImpexpMarkcd": "E", "InvtType": "8"}
    announced = receipt("4", "2026-12-30 07:00:00", "B2", "QD299226E000000002", impexpMarkcd="E")
    own = announced.replace(b"202600000000000001", b"202600000000000002")
    imported(bond_list("B2", [("12", "30")], retail=("X1",), **out), own)
    stock("100")
    done = written_off("--json", "--out", "report.xlsx")
    assert done.exit_code == 1
    assert lines_of(done)[-1]["open"] == ["QD299226E000000002"]
    assert "QD299226E000000002" in written_off().stderr
    book = openpyxl.load_workbook("report.xlsx")
    assert book.sheetnames == ["报核", "商品项"]
    first = [row[:2] for row in book["报核"].iter_rows(values_only=True)]
    assert first[0] == ("账册编号 book", BOOK)
    assert ("", "QD299226E000000002") in [(row[0] or "", row[1]) for row in first]
    rows = list(book["商品项"].iter_rows(values_only=True))
    assert [(row[0], row[2], row[3], row[4]) for row in rows[1:]] == [(ITEM, 100, 100, 0)]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (["--ends", "2024-12-31"], "the rules hold"),
        (["--ends", "2026-12-31", "--begins", "2025-12-01"], "at most one year"),
        (["--ends", "soon"], "soon"),
        (["--ends", "2026-12-31", "--out", "report.csv"], "no .xlsx"),
    ],
)
def test_a_cycle_that_cannot_be_is_misuse(more: list[str], told: str) -> None:
    stock("100")
    done = run("book", "write-off", BOOK, "stock.csv", *more, lang="en")
    assert done.exit_code == 2
    assert told in done.stderr
