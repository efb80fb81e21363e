"""Where parcels stand, on the command line, from a folder with receipts."""

import json
from pathlib import Path
from typing import Any

import pytest

from support.command_line import run
from support.parcel_events import receipt

NOW = ["--now", "2026-11-11T08:30:00"]
QUOTA = "[Code:1313;Desc:订购人购买超过年度限额]"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    contents = {
        "a.xml": receipt("CEB621", "2", 1),
        "b.xml": receipt("CEB621", "800", 3),
        "c.xml": receipt("CEB621", "2", 1, internal_no="C2"),
        "d.xml": receipt("CEB621", "100", 2, QUOTA, internal_no="C2"),
        "e.xml": receipt("CEB621", "2", 4, "支付信息不存在", internal_no="C3"),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def rows(*arguments: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(*arguments, *NOW, "--json").stdout.splitlines()]


def test_each_parcel_stands_on_a_line_with_what_to_do_next(folder: Path) -> None:
    found = run("track", folder, *NOW)
    assert found.exit_code == 0, found.output
    text = "".join(found.stdout.split())
    for words in ("released放行", "refused退单", "Donotsenditagain", "补推", "(CEB411)"):
        assert words in text


def test_one_parcel_is_shown_with_its_course(folder: Path) -> None:
    found = run("track", folder, "--order", "C2", *NOW)
    assert found.exit_code == 0, found.output
    for words in (
        "C2: refused",
        "2026-11-11 08:02:00",
        "declaration list",
        "buyer exceeds the yearly quota",
        "取消订单并退款",
    ):
        assert words in found.stdout
    assert "released" not in found.stdout


def test_receipts_and_messages_may_lie_in_folders_of_their_own(folder: Path) -> None:
    (folder / "later").mkdir()
    (folder / "b.xml").rename(folder / "later" / "b.xml")
    (folder / "earlier").mkdir()
    (folder / "a.xml").rename(folder / "earlier" / "a.xml")
    (apart,) = rows("track", folder / "later", folder / "earlier")
    assert (apart["parcel"], apart["node"], list(apart["reached"])) == ("C1", "released", ["sent", "released"])


def test_json_has_a_line_for_each_parcel(folder: Path) -> None:
    found = rows("track", folder)
    assert [(each["parcel"], each["node"], each["next"]["kind"]) for each in found] == [
        ("C1", "released", "none"),
        ("C2", "rejected", "stop"),
        ("C3", "sent", "push"),
    ]
    assert (found[2]["missing"], found[2]["next"]["documents"], found[2]["next"]["party"]) == (
        ["CEB411"],
        ["CEB411"],
        "payer",
    )
    assert found[0]["reached"] == {"sent": "2026-11-11T08:01:00", "released": "2026-11-11T08:03:00"}


def test_what_is_overdue_depends_on_the_time_given(folder: Path) -> None:
    (folder / "f.xml").write_bytes(receipt("CEB621", "120", 1, internal_no="C4"))
    late = [
        json.loads(line) for line in run("track", folder, "--now", "2026-11-12T08:00:00", "--json").stdout.splitlines()
    ]
    assert [each["next"]["overdue"] for each in late] == [False, False, False, True]
    assert [each["next"]["overdue"] for each in rows("track", folder)] == [False] * 4


def test_a_number_that_nobody_knows_is_misuse(folder: Path) -> None:
    assert run("track", folder, "--order", "C9").exit_code == 2
    assert run("track", folder, "--area", "atlantis").exit_code == 2


def test_why_a_file_cannot_be_read_is_told_in_the_language_chosen(folder: Path) -> None:
    (folder / "broken.xml").write_bytes(b"<CEB622Message")
    (folder / "other.xml").write_bytes(b"<html/>")
    told = run("track", folder, *NOW, lang="zh").output
    assert "broken.xml 无法读取：不是完整的 XML（第 1 行第 15 列）" in told
    assert "other.xml 无法读取：根元素不是已知的报文" in told
    assert "well-formed" not in told


def test_a_file_that_cannot_be_read_is_named_and_the_rest_is_shown(folder: Path) -> None:
    (folder / "broken.xml").write_bytes(b"<CEB622Message")
    found = run("track", folder, *NOW)
    assert found.exit_code == 1
    assert "broken.xml could not be read: not well-formed XML" in found.output
    assert "released" in found.output


def test_health_is_a_table_and_one_line_of_json(folder: Path) -> None:
    found = run("health", folder, *NOW)
    assert found.exit_code == 0, found.output
    for words in ("3 parcels, released 33.3%", "包裹 3 个", "why refused", "limit"):
        assert words in found.stdout
    (told,) = rows("health", folder)
    assert (told["parcels"], told["released"], told["unread"], [each["node"] for each in told["nodes"]]) == (
        3, 1, 0, ["rejected", "released", "sent"],
    )  # fmt: skip
    assert [(each["cause"], each["count"]) for each in told["causes"]] == [("quota", 1)]


@pytest.mark.parametrize("command", ["track", "health"])
def test_an_empty_folder_has_no_parcels(command: str, tmp_path: Path) -> None:
    assert run(command, tmp_path, *NOW).exit_code == 0
