"""``customs send``, ``receive`` and ``outbox``: from a folder of messages to a client, and back to ``customs track``."""

import json
import os
import re
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from customs.exchange.contract import Delivery
from customs.exchange.destinations import load_exchange
from customs.exchange.folders import FolderWay
from customs.exchange.outbox import instant
from customs.exchange.standing import Circumstances, DeliveryState, Standing, settled
from customs.exchange.stored_outbox import open_outbox
from customs.exchange.way_kinds import KINDS, open_way
from customs.fields.moments import system_clock
from customs.testing import sample_parcels
from support import exactly, some
from support.command_line import FIXED, run
from support.exchanges import LOST, client_desk, order_messages, receipt


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_messages_go_into_the_pick_up_folder_once(tmp_path: Path) -> None:
    given = order_messages(3)
    config = client_desk(tmp_path, given)
    done = run("send", tmp_path / "messages", "--config", config)
    assert done.exit_code == 0, done.output
    assert "port: 3 new 新入 3, handed over 已送达 3" in done.output
    assert names_in(tmp_path / "client/OutBox") == sorted(each.file_name for each in given)
    for each in list((tmp_path / "client/OutBox").iterdir()):
        each.rename(tmp_path / "client/SentBox" / each.name)
    again = run("send", tmp_path / "messages", "--config", config, "--json")
    assert again.exit_code == 0
    (told,) = [json.loads(line) for line in again.output.splitlines()]
    assert (told["put"], told["known"], told["handed_over"], told["states"]) == (0, 3, 0, {"handed over": 3})
    assert names_in(tmp_path / "client/OutBox") == []


def test_what_declare_wrote_is_sent_and_tracked_to_release(tmp_path: Path) -> None:
    config = client_desk(tmp_path, [])
    parcels = tmp_path / "parcels.jsonl"
    given = [each.model_dump_json(exclude_none=True) for each in sample_parcels(3, seed=1, mode="1210")]
    parcels.write_text("\n".join(given), encoding="utf-8")
    only = ["--only", "order", "--only", "payment", "--only", "waybill"]
    declared = run("declare", parcels, "--out", tmp_path / "out", *only, *FIXED)
    assert declared.exit_code == 0, declared.output
    assert run("send", tmp_path / "out", "--config", config).exit_code == 0
    assert len(names_in(tmp_path / "client/OutBox")) == 3
    (order,) = (tmp_path / "client/OutBox").glob("CEB311*")
    delivery = Delivery(id="1", name="CEB311", file_name="a.xml", content=order.read_bytes())
    (tmp_path / "client/InBox/Receipt_1.xml").write_bytes(receipt(delivery, "120"))
    received = run("receive", "--config", config)
    assert received.exit_code == 0, received.output
    assert "port: 1 receipts, 0 known already port：新收回执 1，重复 0" in received.output
    assert names_in(tmp_path / "client/InBox") == []
    tracked = run("track", tmp_path / "receipts", "--json")
    nodes = [json.loads(line)["node"] for line in tracked.output.splitlines()]
    assert nodes == ["accepted"] * 3


def sizes_in(folder: Path) -> list[int]:
    return [each.stat().st_size for each in some(folder.glob("CEB*.xml"))]


@pytest.mark.long
def test_what_a_destination_takes_decides_how_much_declare_puts_into_a_message(tmp_path: Path) -> None:
    assert run("sample", "--count", "60", "--shop", tmp_path / "shop").exit_code == 0
    config = tmp_path / "shop/customs.toml"
    given: tuple[str | Path, ...] = ("declare", tmp_path / "shop/orders.xlsx", "--config", config)
    assert run(*given, "--out", tmp_path / "plain", *FIXED).exit_code == 0
    assert max(sizes_in(tmp_path / "plain")) > 131_072
    tables = '[destinations.port]\nkind = "folder"\nroot = "client"\nlayout = "single_window"\nmost_bytes = 131_072\n'
    envelope = 'envelope = { sender = "DXPENT0000000001", receivers = ["DXPEDCCEB0000002"] }\n'
    for name, table in (("bare", tables), ("enveloped", tables + envelope)):
        shop = tmp_path / name
        assert run("sample", "--count", "60", "--shop", shop).exit_code == 0
        with (shop / "customs.toml").open("a", encoding="utf-8") as file:
            file.write(table)
        done = run("declare", shop / "orders.xlsx", "--config", shop / "customs.toml", "--out", shop / "out", *FIXED)
        assert done.exit_code == 0, done.output
        assert max(sizes_in(shop / "out")) <= 131_072
        for each in ("OutBox", "SentBox", "InBox", "FailBox"):
            (shop / "client" / each).mkdir(parents=True)
        assert run("send", shop / "out", "--config", shop / "customs.toml").exit_code == 0
        handed = [each.stat().st_size for each in some((shop / "client/OutBox").iterdir())]
        assert 100_000 < max(handed) <= 131_072


def test_an_order_that_no_message_holds_is_refused_with_what_came_and_goes_with_more_room(tmp_path: Path) -> None:
    first, second = sample_parcels(2, seed=1, mode="1210")
    line = first.order.lines[0].model_copy(
        update={"price": Decimal(1), "qty": Decimal(1), "total_price": Decimal(1), "note": "说明" * 300}
    )
    order = first.order.model_copy(update={"lines": (line,) * 90, "goods_value": Decimal(90)})
    large = first.model_copy(update={"order": order})
    parcels = tmp_path / "parcels.jsonl"
    lines = [each.model_dump_json(exclude_none=True) for each in (large, second)]
    parcels.write_text("\n".join(lines), encoding="utf-8")
    given: tuple[str | Path, ...] = ("declare", parcels, "--out", tmp_path / "out", "--only", "order", *FIXED)
    done = run(*given, "--most-bytes", "100000")
    assert done.exit_code == 1
    refused = (tmp_path / "out/refused.jsonl").read_text(encoding="utf-8")
    assert "document-too-large" in refused
    assert f"order {first.order.order_no} has" in refused
    assert "may have 83,616 together" in refused
    assert len(sizes_in(tmp_path / "out")) == 1
    again = run(*given, "--json")
    assert again.exit_code == 0, again.output
    assert (json.loads(again.stdout)["declared"], json.loads(again.stdout)["declared_before"]) == (1, 1)


def test_receipts_come_once_and_what_is_foreign_is_told(tmp_path: Path) -> None:
    given = order_messages(2)
    config = client_desk(tmp_path, given)
    inside = tmp_path / "client/InBox"
    (inside / "1.xml").write_bytes(receipt(given[0]))
    (inside / "2.xml").write_bytes(receipt(given[0]))
    (inside / "3.xml").write_bytes(b"<html>")
    (inside / "4.xml.tmp").write_bytes(b"<half")
    (inside / "folder").mkdir()
    done = run("receive", "--config", config, "--json")
    (told,) = [json.loads(line) for line in done.output.splitlines()]
    assert done.exit_code == 1
    assert (told["receipts"], told["known"], len(told["set_aside"]), len(told["left"])) == (1, 1, 1, 1)
    assert names_in(inside) == ["4.xml.tmp", "folder"]
    assert len(names_in(tmp_path / "receipts")) == 1
    assert all(each.stat().st_mode & 0o777 == 0o600 for each in (tmp_path / "receipts").iterdir())


@pytest.mark.long
def test_watching_goes_on_until_interrupted(tmp_path: Path) -> None:
    given = order_messages(1)
    config = client_desk(tmp_path, given)
    (tmp_path / "client/InBox/1.xml").write_bytes(receipt(given[0]))
    command = [sys.executable, "-m", "customs.cli", "receive", "--config", str(config), "--watch", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    told = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    process.stdout.close()
    assert told["receipts"] == 1
    assert len(names_in(tmp_path / "receipts")) == 1


@pytest.fixture
def goes_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the pick-up folder go away each time after the destination was opened."""
    check = FolderWay.check_place

    def gone(way: FolderWay) -> None:
        if (tmp_path / "client/OutBox").exists() and not (tmp_path / "client/back").exists():
            check(way)
            (tmp_path / "client/OutBox").rmdir()

    monkeypatch.setattr(FolderWay, "check_place", gone)


def come_back(client: Path) -> None:
    (client / "back").touch()
    (client / "OutBox").mkdir()


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("en", "port: no message can be put into the folder {}, it is not there: make the folder"),
        ("zh", "port：无法向目录 {} 写入报文：文件不存在。请建立该目录"),
    ],
)
def test_a_missing_pick_up_folder_is_told_at_once_and_the_next_send_goes_at_once(
    lang: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: pytest.fail("it waits"))
    config = client_desk(tmp_path, order_messages(20))
    (tmp_path / "client/OutBox").rmdir()
    for _ in range(2):
        done = run("send", tmp_path / "messages", "--config", config, lang=lang)
        assert done.exit_code == 1
        assert done.stdout == ""
        assert done.stderr.startswith(said.format(tmp_path / "client/OutBox"))
        assert spoken_in(lang, done.stderr)
    (tmp_path / "client/OutBox").mkdir()
    assert run("send", tmp_path / "messages", "--config", config).exit_code == 0
    assert len(names_in(tmp_path / "client/OutBox")) == 20


def spoken_in(lang: str, text: str) -> bool:
    """True if every line of a text is in one language, by its characters and the English words that only English has."""
    english = re.compile(r"\b(the|it|is|be|may|still|could|cannot|no|and|message|messages|more|left|set)\b")
    lines = [re.sub(r"/\S+", "", line) for line in text.splitlines()]
    chinese = [bool(re.search(r"[\u4e00-\u9fff]", line)) for line in lines]
    if lang == "en":
        return not any(chinese)
    return all(chinese) and not any(english.search(line) for line in lines)


@pytest.mark.usefixtures("goes_away")
def test_all_that_did_not_leave_are_retried_with_one_word_and_the_next_send_goes_at_once(tmp_path: Path) -> None:
    config = client_desk(tmp_path, order_messages(20))
    done = run("send", tmp_path / "messages", "--config", config, "--wait", "0")
    assert "out of order" in done.output
    come_back(tmp_path / "client")
    waits = run("send", "--config", config, "--wait", "0")
    assert (waits.exit_code, names_in(tmp_path / "client/OutBox")) == (1, []), "the destination is held"
    told = run("outbox", "retry", "--all", "--config", config, lang="en")
    assert told.exit_code == 0
    assert told.stdout.splitlines()[-1] == (
        "port: 20 messages to be handed over again; the next send tries the destination at once"
    )
    assert f"and 10 more: customs outbox list --to port --config {config}" in told.stdout
    assert run("send", "--config", config, "--wait", "0").exit_code == 0
    assert len(names_in(tmp_path / "client/OutBox")) == 20
    nothing = run("outbox", "retry", "--all", "--config", config, lang="zh")
    assert (nothing.exit_code, nothing.stdout) == (0, "没有处于该状态的报文\n")


@pytest.mark.usefixtures("goes_away")
def test_what_a_person_holds_or_may_have_arrived_is_not_retried_with_all_others(tmp_path: Path) -> None:
    given = order_messages(4)
    config = client_desk(tmp_path, given)
    run("send", tmp_path / "messages", "--config", config, "--wait", "0")
    run("outbox", "hold", given[0].id, "--config", config, "--reason", "price is wrong")
    run("outbox", "dead", given[1].id, "--config", config, "--reason", "declared anew")
    now = instant(system_clock())
    lost = settled(Standing(state=DeliveryState.CLAIMED), LOST, Circumstances(now, True, Random(1)))  # noqa: S311  not for secrets
    with open_outbox(tmp_path / "state", "port") as outbox:
        outbox.enter([(given[2].id, lost)])
    told = run("outbox", "retry", "--all", "--config", config, lang="en")
    assert "port: 1 message to be handed over again" in told.stdout
    assert given[3].id in told.stdout
    told = run("outbox", "retry", "--only", "unknown", "--only", "dead", "--config", config, lang="zh")
    assert "port：2 份报文待重发" in told.stdout
    assert "1 份报文已放行" in run("outbox", "release", "--all", "--config", config, lang="zh").stdout
    assert "4 messages held" in run("outbox", "hold", "--all", "--config", config, lang="en").stdout
    given_up = run("outbox", "dead", "--only", "parked", "--reason", "declared anew", "--config", config, lang="en")
    assert "4 messages given up" in given_up.stdout
    for wrong in (["retry"], ["retry", "--all", given[0].id], ["hold"], ["release", given[0].id, "--all"]):
        assert run("outbox", *wrong, "--config", config).exit_code == 2


@pytest.mark.usefixtures("goes_away")
def test_of_many_open_messages_the_first_ten_are_shown_and_json_has_all(tmp_path: Path) -> None:
    config = client_desk(tmp_path, order_messages(30))
    for number in range(12):
        (tmp_path / f"messages/zero{number}.xml").touch()
    done = run("send", tmp_path / "messages", "--config", config, "--wait", "0", lang="en")
    assert "to be repeated 30" in done.stdout
    lines = done.stderr.splitlines()
    assert sum(".xml  " in line for line in lines) == 10
    assert f"    and 20 more: customs outbox list --to port --config {config}" in lines
    assert sum("cannot be sent: " in line for line in lines) == 10
    assert "and 2 more files that cannot be sent" in lines
    again = run("send", "--config", config, "--state", tmp_path / "state", "--wait", "0", "--json")
    assert len(json.loads(again.stdout)["open"]) == 30


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_reason_is_told_in_one_language(lang: str, tmp_path: Path) -> None:
    given = order_messages(1)
    config = client_desk(tmp_path, given)
    (tmp_path / "messages/zero.xml").touch()
    (tmp_path / "messages/other.xml").write_bytes(b"<other/>")
    (tmp_path / "client/OutBox" / given[0].file_name).write_bytes(b"another")
    sent = run("send", tmp_path / "messages", "--config", config, lang=lang)
    assert len(sent.stderr.splitlines()) == 3
    inside = tmp_path / "client/InBox"
    for name, content in (("zero.xml", b""), ("html.xml", b"<html>"), ("word.xml", b"word"), ("a.json", b"{}")):
        (inside / name).write_bytes(content)
    (inside / "folder").mkdir()
    came = run("receive", "--config", config, lang=lang)
    assert len(came.stderr.splitlines()) == 5
    history = run("outbox", "list", given[0].id, "--config", config, lang=lang)
    assert len(history.stdout.splitlines()) == 4
    (tmp_path / "client/InBox/folder").rmdir()
    inside.rename(tmp_path / "gone")
    gone = run("receive", "--config", config, lang=lang)
    assert str(inside) in gone.stderr
    (tmp_path / "client/OutBox" / given[0].file_name).unlink()
    listed = "\n".join(history.stdout.splitlines()[1:])
    for text in (sent.stderr, came.stderr, gone.stderr, listed):
        assert spoken_in(lang, text), text


@pytest.mark.usefixtures("goes_away")
def test_a_destination_that_is_gone_keeps_messages_for_the_next_time(tmp_path: Path) -> None:
    given = order_messages(1)
    config = client_desk(tmp_path, given)
    done = run("send", tmp_path / "messages", "--config", config, "--wait", "0")
    assert done.exit_code == 1
    assert "to be repeated" in done.output
    come_back(tmp_path / "client")
    assert "being" not in run("outbox", "list", "--config", config).output
    assert run("outbox", "retry", given[0].id, "--config", config).exit_code == 0
    assert run("send", "--config", config).exit_code == 0
    assert len(names_in(tmp_path / "client/OutBox")) == 1


@pytest.mark.usefixtures("goes_away")
def test_a_person_holds_releases_gives_up_and_retries(tmp_path: Path) -> None:
    given = order_messages(2)
    config = client_desk(tmp_path, given)
    run("send", tmp_path / "messages", "--config", config, "--wait", "0")
    number = given[0].keys[0].get("order_no")
    held = run("outbox", "hold", number, "--config", config, "--reason", "price is wrong")
    assert (held.exit_code, "price is wrong" in held.output) == (0, True)
    assert run("outbox", "hold", number, "--config", config).exit_code == 2, "it does not wait any more"
    dead = run("outbox", "dead", given[1].file_name, "--config", config, "--reason", "declared anew")
    assert dead.exit_code == 0
    (row,) = [json.loads(line) for line in run("outbox", "dead", "--config", config, "--json").output.splitlines()]
    assert (row["id"], row["state"], row["said"]) == (given[1].id, "dead", "declared anew")
    come_back(tmp_path / "client")
    assert run("send", "--config", config).exit_code == 1
    assert names_in(tmp_path / "client/OutBox") == []
    assert run("outbox", "release", number, "--config", config).exit_code == 0
    run("outbox", "retry", given[1].id, "--config", config)
    assert run("send", "--config", config).exit_code == 0
    assert len(names_in(tmp_path / "client/OutBox")) == 2
    assert run("outbox", "retry", number, "--config", config).exit_code == 2, "it was handed over"
    assert run("outbox", "retry", number, "--config", config, "--even-if-sent").exit_code == 0
    (told,) = [
        json.loads(line) for line in run("outbox", "list", number, "--config", config, "--json").output.splitlines()
    ]
    assert [each["happening"] for each in told["history"]] == [
        "put", "handed over", "held", "released", "claimed", "handed over", "retried"
    ]  # fmt: skip


def test_an_erased_order_leaves_its_entry(tmp_path: Path) -> None:
    given = order_messages(1)
    config = client_desk(tmp_path, given)
    run("send", tmp_path / "messages", "--config", config)
    (tmp_path / "client/InBox/1.xml").write_bytes(receipt(given[0]))
    run("receive", "--config", config)
    number = given[0].keys[0].get("order_no")
    assert "2 copies erased" in run("outbox", "erase", number, "--config", config).output
    assert run("outbox", "erase", number, "--config", config).exit_code == 2
    assert given[0].id in run("outbox", "list", "--all", "--config", config).output


def test_a_second_sender_is_turned_away(tmp_path: Path) -> None:
    config = client_desk(tmp_path, order_messages(1))
    with open_outbox(tmp_path / "state", "port"):
        done = run("send", tmp_path / "messages", "--config", config)
    assert done.exit_code == 3
    assert "another process is sending to port" in done.output


def test_messages_that_nobody_takes_and_files_that_are_none_are_told(tmp_path: Path) -> None:
    config = client_desk(tmp_path, order_messages(1))
    config.write_text(config.read_text("utf-8") + 'messages = ["CEB621"]\n', encoding="utf-8")
    (tmp_path / "messages/other.xml").write_bytes(b"<other/>")
    done = run("send", tmp_path / "messages", "--config", config)
    assert done.exit_code == 1
    assert "no destination takes CEB311 of unified" in " ".join(done.output.split())
    assert "other.xml cannot be sent" in " ".join(done.output.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no destination"),
        ('[destinations.a]\nkind = "post"', "the kind is one of"),
        ('[destinations.A]\nkind = "folder"\nroot = "x"', "small letters"),
        ('[destinations.a]\nkind = "folder"', "folder needs this key"),
        ('[destinations.a]\nkind = "folder"\nroot = "x"\nport = 1', "port is no key of this table"),
        ('[destinations.a]\nkind = "folder"\nroot = "x"\nfile_name = "a.xml"', "a file name holds {id}"),
        ('[destinations.a]\nkind = "folder"\nroot = "x"\nmessages_a_minute = 0', "a number above zero"),
        ('[destinations.a]\nkind = "folder"\nroot = "x"\nareas = "unified"', "a list of names"),
        (
            '[destinations.a]\nkind = "ftp"\nhost = "h"\nlayout = "pingtan"\ncredentials = { user = "u", password = "open" }',
            "does not stand in this file",
        ),
        ('[exchange]\nfolder = "x"', "folder is no key of this table"),
    ],
)
def test_a_mistake_in_the_enterprise_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "customs.toml"
    file.write_text(text, encoding="utf-8")
    done = run("send", "--config", file)
    assert done.exit_code == 2
    assert said in " ".join(done.output.split())


def test_a_destination_without_its_folder_or_secret_is_told_and_others_go_on(tmp_path: Path) -> None:
    config = client_desk(tmp_path, order_messages(1))
    more = (
        '[destinations.gate]\nkind = "https"\ndialect = "guangzhou"\naddress = "https://gateway.example.com"\nareas = ["guangzhou"]\n'
        'credentials = { clientid = "C", key = { env = "CUSTOMS_TEST_NO_SUCH_KEY" } }\n'
    )
    config.write_text(config.read_text("utf-8") + more, encoding="utf-8")
    assert "CUSTOMS_TEST_NO_SUCH_KEY" not in os.environ
    done = run("send", tmp_path / "messages", "--config", config)
    assert done.exit_code == 1
    assert "CUSTOMS_TEST_NO_SUCH_KEY" in done.output
    assert "port: 1 new" in done.output


def test_a_destination_of_each_kind_opens_with_its_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUSTOMS_TEST_PASSWORD", "fictitious")
    (tmp_path / "key").write_text("fictitious\n", encoding="utf-8")
    file = tmp_path / "customs.toml"
    file.write_text(
        """
[destinations.folder]
kind = "folder"
root = "client"
receipts = ["in", "more"]
[destinations.https]
kind = "https"
dialect = "guangzhou"
address = "https://gateway.example.com"
credentials = { clientid = "C", key = { file = "key" } }
limits = { part = 5.0 }
[destinations.ftp]
kind = "ftp"
host = "ftp.example.com"
credentials = { user = "u", password = { env = "CUSTOMS_TEST_PASSWORD" } }
layout = { send = "s", receive = ["r"] }
[destinations.amqp]
kind = "amqp"
host = "mq.example.com"
credentials = { user = "u", password = { file = "key" } }
send_queue = "DXPENT0000000001"
""",
        encoding="utf-8",
    )
    found = load_exchange(file).destinations
    assert found.keys() <= KINDS.keys()
    for name, each in exactly(4, found.items()):
        way = open_way(each.kind, each.settings, tmp_path, clock=system_clock, since=lambda: None)
        assert type(way).__name__.lower() == f"{name}way"
        assert "fictitious" not in repr(way) + repr(each)
        way.close()
