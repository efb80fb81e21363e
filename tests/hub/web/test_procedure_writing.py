"""Procedures that a team writes in the console (编写作业程序): a form of steps, versions, and a second person who approves."""

from typing import Any

import pytest
from lxml import html

from customs.hub.procedures.own import kept_procedures, procedures_of
from customs.hub.procedures.steps import shipped_procedures
from support import some
from support.console import HOSTILE, ConsoleReader, FilledConsole

NEW: dict[str, Any] = {
    "procedure": "check_tax",
    "en": "Check the tax",
    "zh": "核对税款",
    "class": ["tax/tax_differs"],
    "step1_key": "look",
    "step1_en": "Look at the bill",
    "step1_zh": "查看税单",
    "step1_evidence": "words",
    "step1_limit": "2h",
    "step2_key": "pay",
    "step2_en": "Pay the difference",
    "step2_zh": "补缴差额",
    "step2_evidence": "number",
    "step2_limit": "2d",
    "step2_four_eyes": "yes",
}


def written(reader: ConsoleReader, path: str = "/procedures/new", **fields: Any) -> Any:
    return reader.submit(reader.shop(path), "/procedures/write", **fields)


def test_a_procedure_is_written_by_one_and_approved_by_another(console: FilledConsole) -> None:
    writer, other = console.reader("support", "en"), console.reader("goods", "en")
    page = written(writer, **NEW)
    assert "Version 1 is kept, and waits for another person." in page.text
    assert "check_tax/approve" not in page.text, "who wrote it does not approve it"
    with console.ledger.read() as connection:
        assert "check_tax" not in procedures_of(connection, "shop")
    done = other.submit(other.shop("/procedures"), "/check_tax/approve")
    assert "Version 1 of check_tax is in force." in done.text
    assert "written by of-support, approved by of-goods" in done.text
    with console.ledger.read() as connection:
        found = procedures_of(connection, "shop")["check_tax"]
    assert (found.classes, [each.key for each in found.steps]) == (("tax/tax_differs",), ["look", "pay"])
    assert [(each.evidence, each.four_eyes) for each in found.steps] == [("words", False), ("number", True)]
    audit = console.reader("admin", "en").shop("/audit").text
    assert "wrote a procedure" in audit
    assert "approved a procedure" in audit


@pytest.mark.long
def test_a_shipped_procedure_is_written_anew_as_it_stands(console: FilledConsole) -> None:
    for key, shipped in some(shipped_procedures().items()):
        written(console.reader("support"), f"/procedures/{key}/edit")
        with console.ledger.read() as connection:
            (kept,) = [each.procedure for each in kept_procedures(connection, "shop") if each.procedure.key == key]
        assert (kept.name, set(kept.classes), kept.steps) == (shipped.name, set(shipped.classes), shipped.steps)


def test_a_mistake_is_told_and_what_was_typed_stays(console: FilledConsole) -> None:
    wrong = written(console.reader("support", "en"), **{**NEW, "step2_limit": "soon", "step1_en": HOSTILE})
    assert wrong.status_code == 422
    assert "step 2: limit is a time such as 4h" in wrong.text
    typed = html.fromstring(wrong.text).xpath("//input[@name='step2_limit' or @name='step1_en']/@value")
    assert typed == [HOSTILE, "soon"]
    with console.ledger.read() as connection:
        assert kept_procedures(connection, "shop") == []


def test_a_version_that_another_one_followed_is_not_approved(console: FilledConsole) -> None:
    writer, other = console.reader("support", "en"), console.reader("goods", "en")
    written(writer, **NEW)
    seen = other.shop("/procedures")
    written(writer, "/procedures/check_tax/edit")
    stale = other.submit(seen, "/check_tax/approve")
    assert stale.status_code == 422
    assert "is not the newest one" in stale.text
    assert console.reader("look").shop("/procedures/new").status_code == 403
