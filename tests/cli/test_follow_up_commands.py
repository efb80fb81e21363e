"""The commands for what is sent next: resubmit, cancel, return."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

import customs
from customs.declaration import Declaration
from customs.documents import DeclarationListReceipt, Message
from customs.testing import sample_parcels
from customs.testing.keys import KeyPair
from support.command_line import run

LIST_NO, PRE_ENTRY_NO = "29912026I000000001", "B00000000000000001"
SENT_AT = datetime(2026, 11, 11, 8)


class Desk:
    """A desk with parcels that were declared, a key, and a folder of receipts."""

    def __init__(self, folder: Path, keys: KeyPair) -> None:
        self.folder = folder
        self.parcels = list(sample_parcels(2, seed=25, mode="1210"))
        (folder / "test.key").write_bytes(keys.key)
        (folder / "test.crt").write_bytes(keys.certificate)
        (folder / "receipts").mkdir()
        self.write(self.parcels)
        self.keyed: list[str | Path] = [
            "--key",
            folder / "test.key",
            "--cert",
            folder / "test.crt",
            "--out",
            folder / "sent",
        ]
        declared = run("declare", self.file, *self.keyed, "--on", "2026-11-11", "--clock", SENT_AT.isoformat())
        assert declared.exit_code == 0, declared.output

    @property
    def file(self) -> Path:
        return self.folder / "parcels.jsonl"

    def write(self, parcels: list[Declaration]) -> None:
        lines = (each.model_dump_json(exclude_none=True) for each in parcels)
        self.file.write_text("\n".join(lines), encoding="utf-8")

    def answer(self, *statuses: str, number: int = 0) -> None:
        """Customs answers to the list of a parcel, one second after the other."""
        parcel = self.parcels[number]
        given = {"pre_entry_no": PRE_ENTRY_NO, "list_no": LIST_NO[:-1] + str(number)}
        for second, status in enumerate(statuses, 1):
            receipt = DeclarationListReceipt(
                guid=customs.random_guids(),
                declarant_code=parcel.parties.declarant_code,
                internal_no=parcel.clearance.internal_no or parcel.order.order_no,
                return_status=status,
                returned_at=SENT_AT + timedelta(seconds=second),
                return_info="回执",
                **(given if status not in ("2", "100") else {"pre_entry_no": PRE_ENTRY_NO}),
            )
            self.keep(Message(customs.random_guids(), (receipt,)))

    def keep(self, message: Any) -> None:
        (self.folder / "receipts" / f"{message.guid}.xml").write_bytes(customs.write(message))

    def does(self, command: str, *options: str, at: str = "2026-11-12T08:00:00") -> Result:
        return run(
            command, self.file, *self.keyed, "--receipts", self.folder / "receipts", "--on", "2026-11-11",
            "--clock", at, "--order", self.parcels[0].order.order_no, *options,
        )  # fmt: skip

    def sent(self, message: str) -> list[Any]:
        files = sorted((self.folder / "sent").glob(f"{message}Message_*.xml"))
        return [document for file in files for document in customs.read(file.read_bytes()).documents]


@pytest.fixture
def desk(tmp_path: Path, keys: KeyPair) -> Desk:
    return Desk(tmp_path, keys)


def told(result: Result) -> Mapping[str, Any]:
    (line,) = [each for each in result.output.splitlines() if each.startswith("{")]
    found: Mapping[str, Any] = json.loads(line)
    return found


def test_a_stored_list_is_cancelled_once_however_often_the_command_runs(desk: Desk) -> None:
    desk.answer("2", "120")
    first = desk.does("cancel", "--reason", "买家取消", "--json")
    assert first.exit_code == 0, first.output
    assert [each["name"] for each in told(first)["messages"]] == ["CEB623"]
    again = desk.does("cancel", "--reason", "买家取消", "--json", at="2026-11-12T09:00:00")
    assert again.exit_code == 1
    assert [each["code"] for each in told(again)["findings"]] == ["move-in-flight"]
    (document,) = desk.sent("CEB623")
    assert (document.list_no, document.reason) == (LIST_NO[:-1] + "0", "买家取消")


def test_nothing_is_cancelled_without_the_journal_that_knows_it(desk: Desk) -> None:
    desk.answer("2", "120")
    elsewhere = ["--out", str(desk.folder / "elsewhere")]
    result = desk.does("cancel", "--reason", "买家取消", *elsewhere)
    assert (result.exit_code, "--state" in result.stderr) == (2, True)
    assert not (desk.folder / "elsewhere").exists()
    named = desk.does("cancel", "--reason", "买家取消", *elsewhere, "--state", str(desk.folder / "sent"))
    assert named.exit_code == 0, named.output


def test_without_receipts_a_list_is_in_flight_and_nothing_is_written(desk: Desk) -> None:
    result = desk.does("cancel", "--reason", "买家取消")
    assert result.exit_code == 1
    assert "move-in-flight" in result.output
    assert "请等待回执" in result.output
    assert desk.sent("CEB623") == []


def test_a_part_of_released_goods_comes_back_with_its_tax(desk: Desk) -> None:
    desk.answer("2", "120", "800")
    result = desk.does("return", "--reason", "七日无理由退货", "--line", "1=1", "--json")
    assert result.exit_code == 0, result.output
    assert told(result)["refund"] == {
        "tax": "44.39", "quota": "487.77", "tariff": "0.00", "consumption": "0.00", "vat": "44.39", "postal": "0.00",
    }  # fmt: skip
    assert told(result)["deadlines"]["back_by"] == "2026-12-26"
    (document,) = desk.sent("CEB625")
    assert [(line.gnum, str(line.qty)) for line in document.lines] == [(1, "1")]
    late = desk.does(
        "return", "--reason", "七日无理由退货", "--number", "TH2", "--earlier", "1=1", at="2026-12-20T08:00:00"
    )
    assert late.exit_code == 1
    assert "return-late" in late.output


def test_a_refused_list_is_sent_again_with_a_later_time_and_the_rest_is_not(desk: Desk) -> None:
    desk.answer("2", "100")
    result = desk.does("resubmit", at="2026-11-11T08:00:00")
    assert result.exit_code == 0, result.output
    first, second = sorted(
        (each for each in desk.sent("CEB621") if each.head.order_no == desk.parcels[0].order.order_no),
        key=lambda each: str(each.head.app_time),
    )
    assert second.head.app_time == first.head.app_time + timedelta(seconds=1)
    assert (second.head.app_type, second.key) == ("1", first.key)
    assert first.head.guid != second.head.guid
    assert len(desk.sent("CEB311")) == 2


def test_a_stored_list_is_amended_with_the_numbers_of_customs(desk: Desk) -> None:
    desk.answer("2", "120")
    result = desk.does("resubmit", "--how", "amend")
    assert result.exit_code == 0, result.output
    assert "EX121000250000001: CEB621 written" in result.output
    assert [each.head.list_no for each in desk.sent("CEB621") if each.head.app_type == "2"] == [LIST_NO[:-1] + "0"]


def test_declaring_again_after_a_follow_up_declares_nothing(desk: Desk) -> None:
    desk.answer("2", "120")
    assert desk.does("cancel", "--reason", "买家取消").exit_code == 0
    again = run("declare", desk.file, *desk.keyed, "--on", "2026-11-11", "--json")
    assert again.exit_code == 0, again.output
    assert told(again)["declared_before"] == 2


def test_a_message_that_is_gone_is_remembered_by_the_journal(desk: Desk) -> None:
    desk.answer("2", "120")
    assert desk.does("cancel", "--reason", "买家取消").exit_code == 0
    for file in (desk.folder / "sent").glob("*.xml"):
        file.unlink()
    again = desk.does("cancel", "--reason", "买家取消", "--json", at="2026-11-12T09:00:00")
    assert [each["code"] for each in told(again)["findings"]] == ["move-in-flight"]


@pytest.mark.parametrize(
    ("command", "options", "said"),
    [
        ("return", ["--reason", "x", "--line", "one=1"], "NUMBER=QTY"),
        ("return", ["--reason", "x", "--line", "1=NaN"], "NUMBER=QTY"),
        ("return", ["--reason", "x", "--earlier", "1=Infinity"], "NUMBER=QTY"),
        ("return", ["--reason", "x", "--back", "soon"], "YYYY-MM-DD"),
        ("return", ["--reason", "x", "--line", "1=1", "--order", "OTHER"], "--order"),
        ("resubmit", ["--document", "invoice"], "declaration_list"),
        ("cancel", ["--reason", "x", "--order", "OTHER"], "OTHER"),
    ],
)
@pytest.mark.long
def test_options_that_cannot_be_right_are_misuse(command: str, options: list[str], said: str, desk: Desk) -> None:
    result = desk.does(command, *options)
    assert result.exit_code == 2
    assert said in result.output


def test_files_that_are_no_receipts_are_counted_and_left_out(desk: Desk) -> None:
    desk.answer("2", "120")
    (desk.folder / "receipts" / "notes.txt").write_text("no receipt", encoding="utf-8")
    result = desk.does("cancel", "--reason", "买家取消")
    assert result.exit_code == 0
    assert "1 files" in result.output
