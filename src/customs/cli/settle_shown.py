"""How the commands ``settle`` show differences (对账差异的显示): as a table, as JSON, as a workbook; and their exit code."""

from collections import Counter
from pathlib import Path
from typing import Any

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.cli import files
from customs.cli.app import misuse, screen
from customs.cli.language import label, words
from customs.cli.parcels import echo
from customs.cli.settle_options import readable
from customs.files import write_whole
from customs.intake.workbook_bytes import bytes_of
from customs.intake.workbooks import openpyxl
from customs.ledger.settlements.answers import difference_of
from customs.rules.finding import Finding

#: How outcomes are shown.
OUTCOMES = {
    "matched": "matched 相符",
    "explained": "explained 已说明",
    "answered": "answered 已答复",
    "waiting": "waiting 待定",
    "noticed": "to look at 请留意",
    "different": "different 有差异",
    "agrees": "agrees 相符",
    "differs": "differs 有差异",
}


def show_differences(
    found: list[Finding], said: dict[str, str], counts: Counter[str], *, out: Path | None, json: bool
) -> None:
    """Show the differences and end with 0 if none of them is open, or else 1."""
    rows = [_row(each, said.get(difference_of(each), "")) for each in found]
    if out:
        _write(out, rows)
    if json:
        for row in rows:
            echo(files.to_json(row))
        echo(files.to_json({"outcomes": dict(sorted(counts.items()))}))
    else:
        screen.print(_findings_table(rows))
        told = ", ".join(f"{counts[each]:,} {label(name)}" for each, name in OUTCOMES.items() if counts[each])
        screen.print(Text(told), soft_wrap=True)
    raise typer.Exit(1 if any(row["outcome"] in ("waiting", "noticed", "different") for row in rows) else 0)


_SHOWN = {"error": "different", "warning": "waiting", "note": "explained"}


def _row(finding: Finding, said: str) -> dict[str, Any]:
    return {
        "number": finding.path,
        "code": finding.code,
        "outcome": "answered" if said else _outcome_of(finding),
        "en": finding.en,
        "zh": finding.zh,
        "advice_en": finding.advice_en,
        "advice_zh": finding.advice_zh,
        "answer": said,
    }


def _outcome_of(finding: Finding) -> str:
    """Return how a finding is shown: a warning of a payment waits for more, one of a bill of freight waits for nothing."""
    outcome = _SHOWN[finding.severity.value]
    return "noticed" if outcome == "waiting" and finding.code.startswith("FRT") else outcome


def _findings_table(rows: list[dict[str, Any]]) -> Table:
    table = Table(box=SIMPLE, title=label("differences 对账差异"))
    for title in ("number 编号", "code 代码", "outcome 结果", "what it is 说明"):
        table.add_column(label(title), overflow="fold")
    for row in rows:
        style = {"different": "red", "waiting": "yellow", "noticed": "yellow"}.get(row["outcome"], "")
        outcome = Text(label(OUTCOMES[row["outcome"]]), style=style)
        table.add_row(Text(row["number"]), row["code"], outcome, Text(row["answer"] or words(row["en"], row["zh"])))
    return table


def _write(out: Path, rows: list[dict[str, Any]]) -> None:
    """Write the differences as a workbook, in both languages."""
    with readable():
        book = openpyxl().Workbook()
    titles = ("number", "code", "outcome", "en", "zh", "advice_en", "advice_zh", "answer")
    book.active.append(titles)
    for row in rows:
        book.active.append([row[title] for title in titles])
    write_whole(out, bytes_of(book))


def refuse_other_kinds(out: Path | None) -> None:
    """Refuse a file for the differences that is no workbook."""
    if out and out.suffix.lower() != ".xlsx":
        raise misuse(f"--out: {out.name} is no .xlsx 输出文件应为 .xlsx")
