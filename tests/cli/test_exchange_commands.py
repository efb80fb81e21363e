"""``customs send``, ``receive`` and ``outbox``: from a folder of messages to a client, and back to ``customs track``."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from customs.exchange.contract import Delivery
from customs.exchange.destinations import load_exchange
from customs.exchange.stored_outbox import open_outbox
from customs.exchange.way_kinds import KINDS, open_way
from customs.fields.moments import system_clock
from customs.testing import sample_parcels
from support import exactly
from support.command_line import FIXED, run
from support.exchanges import client_desk, order_messages, receipt


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


def test_a_destination_that_is_gone_keeps_messages_for_the_next_time(tmp_path: Path) -> None:
    given = order_messages(1)
    config = client_desk(tmp_path, given)
    (tmp_path / "client/OutBox").rmdir()
    done = run("send", tmp_path / "messages", "--config", config, "--wait", "0")
    assert done.exit_code == 1
    assert "to be repeated" in done.output
    (tmp_path / "client/OutBox").mkdir()
    assert "being" not in run("outbox", "list", "--config", config).output
    assert run("outbox", "retry", given[0].id, "--config", config).exit_code == 0
    assert run("send", "--config", config).exit_code == 0
    assert len(names_in(tmp_path / "client/OutBox")) == 1


def test_a_person_holds_releases_gives_up_and_retries(tmp_path: Path) -> None:
    given = order_messages(2)
    config = client_desk(tmp_path, given)
    (tmp_path / "client/OutBox").rmdir()
    run("send", tmp_path / "messages", "--config", config, "--wait", "0")
    number = given[0].keys[0].get("order_no")
    held = run("outbox", "hold", number, "--config", config, "--reason", "price is wrong")
    assert (held.exit_code, "price is wrong" in held.output) == (0, True)
    assert run("outbox", "hold", number, "--config", config).exit_code == 2, "it does not wait any more"
    dead = run("outbox", "dead", given[1].file_name, "--config", config, "--reason", "declared anew")
    assert dead.exit_code == 0
    (row,) = [json.loads(line) for line in run("outbox", "dead", "--config", config, "--json").output.splitlines()]
    assert (row["id"], row["state"], row["said"]) == (given[1].id, "dead", "declared anew")
    (tmp_path / "client/OutBox").mkdir()
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
