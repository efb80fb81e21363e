"""The commands ``hub``: a hub is made, looked over, given tokens, served, and stopped."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from customs.exchange.contract import Item
from customs.hub.orders.stages import OrderStage
from customs.hub.orders.taking_in import take_in
from customs.hub.settings.hub_file import load_hub
from customs.hub.store.tables import HUB_ORDERS
from customs.ledger import Ledger, LedgerFormError, load_keys, open_ledger
from customs.ledger.exchange import take_items
from customs.testing import sample_parcels
from support import exactly
from support.command_line import run
from support.pushing_platform import give_push_key, let_push

DESTINATION = """
[destinations.port]
kind = "folder"
root = "../office"
"""


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a shop and the hub that declares for it."""
    monkeypatch.chdir(tmp_path)
    assert run("sample", "--shop", "shop", "--count", "2").exit_code == 0
    (tmp_path / "office" / "out").mkdir(parents=True)
    (tmp_path / "office" / "in").mkdir()
    file = tmp_path / "shop" / "customs.toml"
    file.write_text(file.read_text("utf-8") + DESTINATION, "utf-8")
    done = run("hub", "init", "--enterprise", "shop/customs.toml")
    assert done.exit_code == 0, done.output
    return tmp_path


def checks(*options: str) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for line in run("hub", "doctor", "--json", *options).stdout.splitlines():
        found.setdefault(json.loads(line)["name"], []).append(json.loads(line))
    return found


def token(*scopes: str) -> str:
    done = run("hub", "token", "make", "shop", "oms", *[part for each in scopes for part in ("--scope", each)])
    assert done.exit_code == 0, done.output
    return done.stdout.strip().splitlines()[0]


def test_receipts_that_were_set_aside_are_listed_with_the_reason_and_taken_up_again(hub: Path) -> None:
    for language, words in (("en", "no receipt is set aside"), ("zh", "没有搁置的回执")):
        done = run("hub", "receipts", "list", lang=language)
        assert (done.exit_code, words in done.output) == (0, True)
    place = load_hub("hub.toml").ledger
    with open_ledger(place.url, load_keys(place.keys)) as ledger, ledger.begin() as connection:
        take_items(connection, "shop/port", [Item(name="1.xml", content=b"<a/>")], at=datetime(2026, 11, 11, 8))
    done = run("hub", "receipts", "list", "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 1
    assert (found["number"], found["source"], found["name"], found["at"]) == (1, "port", "1.xml", "2026-11-11T08:00:00")
    assert found["en"]
    assert found["zh"]
    for options in (("1",), ("--all",)):
        done = run("hub", "receipts", "again", *options, lang="en")
        assert (done.exit_code, "0 taken up, 1 stay aside" in done.output) == (1, True), "nobody can read it"
    done = run("hub", "receipts", "again", "7", lang="zh")
    assert (done.exit_code, "没有编号为 7 的搁置回执" in done.output) == (2, True)
    assert run("hub", "receipts", "again").exit_code == 2


def test_a_new_hub_is_in_order_but_for_its_tokens(hub: Path) -> None:
    found = checks()
    assert [each["state"] for each in found["tokens"]] == ["warning"]
    assert {each["state"] for name in ("hub file", "ledger", "destinations") for each in found[name]} == {"ok"}
    assert run("hub", "doctor").exit_code == 0
    token("read")
    assert "tokens" not in checks()


def test_an_order_folder_that_is_not_there_is_told(hub: Path) -> None:
    file = hub / "hub.toml"
    file.write_text(file.read_text("utf-8").replace('# folder = "orders"', 'folder = "orders"'), "utf-8")
    (found,) = checks()["order folder"]
    assert (found["state"], "目录" in found["zh"]) == ("wrong", True)
    (hub / "orders").mkdir()
    assert [each["state"] for each in checks()["order folder"]] == ["ok"]


def test_a_folder_of_nodes_is_looked_at_and_is_not_that_of_order_lists(hub: Path) -> None:
    file = hub / "hub.toml"
    (hub / "orders").mkdir()
    given = file.read_text("utf-8").replace('# folder = "orders"', 'folder = "orders"')
    for nodes, name, state in (
        ("orders", "hub file", "wrong"),
        ("nodes", "node folder", "wrong"),
        (".", "node folder", "ok"),
    ):
        file.write_text(given.replace('# nodes = "nodes"', f'nodes = "{nodes}"'), "utf-8")
        assert [each["state"] for each in checks()[name]] == [state]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('kind = "folder"', 'kind = "fodler"', "the kind is one of folder"),
        ('root = "../office"', "", "folder needs this key"),
        ('root = "../office"', 'root = "../office"\nlayot = "free"', "layot is no key of this table, layout is"),
        ('root = "../office"', 'root = "../office"\nreceipts = "in"', 'a list of texts, such as ["in"]'),
        ('root = "../office"', 'root = "../office"\npick_up = 5', "text, in quotes"),
        ("[destinations.port]", '[exchange]\nboxes = "leger"\n[destinations.port]', 'boxes are kept in "state"'),
    ],
)
def test_a_mistake_in_a_destination_is_told_with_its_line(hub: Path, right: str, wrong: str, said: str) -> None:
    file = hub / "shop" / "customs.toml"
    file.write_text(file.read_text("utf-8").replace(right, wrong), "utf-8")
    (found,) = checks()["file"]
    assert (found["state"], "customs.toml:" in found["en"], said in found["en"]) == ("wrong", True, True), found
    assert "destinations" not in checks()
    assert run("hub", "doctor").exit_code == 1


def test_a_ledger_that_is_not_there_is_told_and_no_empty_one_is_made(hub: Path) -> None:
    (hub / "hub.db").unlink()
    (found,) = checks()["ledger"]
    assert (found["state"], "put a backup there" in found["en"], "将备份放回" in found["zh"]) == ("wrong", True, True)
    done = run("hub", "serve", lang="en")
    assert (done.exit_code, "see that its disk is mounted" in done.stderr) == (2, True), done.output
    assert not (hub / "hub.db").exists()
    (hub / "hub.db").write_bytes(b"no database" * 100)
    (found,) = checks()["ledger"]
    assert (found["state"], "put a backup in its place" in found["en"]) == ("wrong", True)


def test_mails_that_cannot_be_fetched_are_told(hub: Path) -> None:
    file = hub / "hub.toml"
    file.write_text(file.read_text("utf-8") + '\n[cases.mail.help]\nfolder = "mails"\n', "utf-8")
    (found,) = checks()["mails"]
    assert (found["state"], "邮件文件夹" in found["zh"]) == ("wrong", True)
    (hub / "mails").mkdir()
    assert [each["state"] for each in checks()["mails"]] == ["ok"]


def test_an_identity_provider_that_cannot_be_asked_is_told(hub: Path) -> None:
    file = hub / "hub.toml"
    before = file.read_text("utf-8")
    assert "sign-in" not in checks()
    table = '[console.oidc]\nissuer = "http://127.0.0.1:9"\nclient_id = "c"\n'
    file.write_text(f'{before}\n[console]\naddress = "https://hub.example.com"\n{table}', "utf-8")
    (found,) = checks()["sign-in"]
    assert found["state"] == "wrong"


def test_a_call_back_is_told_with_its_path_or_with_what_it_lacks(hub: Path) -> None:
    file = hub / "shop" / "customs.toml"
    let_push(file)
    assert [each["state"] for each in checks()["call-backs"]] == ["wrong"]
    give_push_key(file)
    (found,) = checks()["call-backs"]
    assert (found["state"], "/callbacks/shop/push" in found["en"]) == ("ok", True)


def test_an_init_whose_database_does_not_answer_says_so_and_can_be_repeated(hub: Path) -> None:
    for url, code, said in (
        ("postgresql://customs@127.0.0.1:9/customs", 4, "does not answer"),
        ("postgresql://customs:secret@127.0.0.1/customs", 2, "no password stands in this file"),
    ):
        command = "hub", "init", "--enterprise", "shop/customs.toml", "--config", "other.toml", "--ledger", url
        for _ in range(2):
            done = run(*command, lang="en")
            assert (done.exit_code, said in done.stderr) == (code, True), done.output
            assert not (hub / "other.toml").exists()


def test_a_second_init_writes_nothing_over(hub: Path) -> None:
    before = {each.name: each.read_bytes() for each in (hub / "hub.toml", hub / "ledger.key")}
    done = run("hub", "init", "--enterprise", "shop/customs.toml")
    assert done.exit_code == 2
    assert "is not written over" in done.stderr
    assert {each.name: each.read_bytes() for each in (hub / "hub.toml", hub / "ledger.key")} == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a hub has at least one enterprise"),
        ('[enterprises.Shop]\nfile = "c.toml"', "small letters"),
        ("[enterprises.shop]", "the enterprise file is missing"),
        (
            '[enterprises.a]\nfile = "a.toml"\nfolder = "in"\n[enterprises.b]\nfile = "b.toml"\nfolder = "in"',
            "folder of [enterprises.a]",
        ),
        ('[enterprises.shop]\nfile = "c.toml"\n[serve]\nport = 99999', "from 0 to 65535"),
        ('[enterprises.shop]\nfile = "c.toml"\n[serve]\nevery = 0', "0.05 to 60 seconds"),
        ('[enterprises.shop]\nfile = "c.toml"\n[serve]\nproxies = ["here"]', "a list of addresses"),
        ('[enterprises.shop]\nfile = "c.toml"\nhooks.a = { url = "http://a.example/", secret = { env = "S" } }', "S"),
        ('[enterprises.shop]\nfile = "c.toml"\n[serve]\nhosts = "a"', "hosts"),
        (
            '[enterprises.shop]\nfile = "c.toml"\n[alarms.watched.shp]\nguarantors = []',
            "shp is no key of this table, shop",
        ),
        (
            '[enterprises.shop]\nfile = "c.toml"\n[reports.sent.morning]\nat = "08:00"\nchannels = ["mial"]',
            "add [channels.mial]",
        ),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "hub.toml"
    file.write_text(text, "utf-8")
    done = run("hub", "serve", "--config", file)
    assert done.exit_code == 2
    assert said in done.stderr
    assert "hub.toml" in done.stderr


def test_what_is_missing_is_told_and_what_to_do(hub: Path) -> None:
    (hub / "office" / "out").rmdir()
    (hub / "ledger.key").unlink()
    found = checks()
    assert [each["state"] for each in found["destinations"]] == ["wrong"]
    (told,) = found["ledger"]
    assert (told["state"], "put back the copy of the keys" in told["en"], "密钥副本" in told["zh"]) == (
        "wrong",
        True,
        True,
    )
    assert run("hub", "doctor").exit_code == 1
    done = run("hub", "serve")
    assert (done.exit_code, "ledger's keys" in done.stderr) == (2, True)
    assert run("hub", "serve", "--config", "no.toml").exit_code == 2


def test_tokens_are_listed_without_themselves_and_end_when_they_are_revoked(hub: Path) -> None:
    made = token("orders", "read")
    listed = run("hub", "token", "list", "shop", "--json")
    assert made not in listed.output
    assert json.loads(listed.stdout)["scopes"] == "orders read"
    assert run("hub", "token", "revoke", "shop", "oms").exit_code == 0
    assert json.loads(run("hub", "token", "list", "shop", "--json").stdout)["revoked"]
    assert run("hub", "token", "make", "other", "oms").exit_code == 2


@dataclass
class Served:
    """A hub in a process of its own."""

    process: subprocess.Popen[str]
    address: str

    def call(self, path: str, token: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.address + path, data, headers)  # noqa: S310  our own server
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.loads(answer.read())

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield the turns that the hub tells, until it ends."""
        assert self.process.stderr
        for line in self.process.stderr:
            yield json.loads(line)


@contextmanager
def serving(*options: str) -> Iterator[Served]:
    command = [sys.executable, "-m", "customs.cli", "hub", "serve", "--port", "0", "--json", *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "CUSTOMS_LANG": "en"}
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        yield Served(process, json.loads(line)["address"])
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=30)


def orders(count: int, seed: int = 5) -> dict[str, Any]:
    return {"orders": [each.model_dump(mode="json") for each in sample_parcels(count, seed=seed, mode="1210")]}


@pytest.mark.long
def test_orders_given_over_http_leave_as_messages_once_though_the_hub_is_killed_between(hub: Path) -> None:
    made = token("orders", "read")
    with serving() as served:
        taken = served.call("/v1/orders", made, orders(3))["orders"]
        assert [each["outcome"] for each in taken] == ["new"] * 3
        for event in served.events():
            if event["work"] == "send":
                break
        served.process.kill()
    with serving() as served:
        again = served.call("/v1/orders", made, orders(3))["orders"]
        assert [each["outcome"] for each in again] == ["known"] * 3
        served.call("/v1/orders", made, orders(2, seed=6))
        for event in served.events():
            if event["work"] == "send":
                break
        with pytest.raises(urllib.error.HTTPError):
            served.call("/v1/orders", "cbhub_of_nobody", orders(1))
        served.process.send_signal(signal.SIGTERM)
        served.process.wait(60)
    assert served.process.returncode == 0
    names = [each.name for each in (hub / "office" / "out").iterdir()]
    for each in exactly(4, ("CEB311", "CEB411", "CEB511", "CEB621")):
        assert sum(each in name for name in names) == 2, names


@pytest.mark.long
def test_a_worker_does_the_work_beside_a_server_that_does_none(hub: Path) -> None:
    made = token("orders", "read")
    with serving("--no-work") as served:
        served.call("/v1/orders", made, orders(2))
        assert not list((hub / "office" / "out").iterdir())
        command = [sys.executable, "-m", "customs.cli", "hub", "worker", "--json"]
        worker = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert worker.stderr
        works = []
        for line in worker.stderr:
            if line.startswith("{"):
                works.append(json.loads(line)["work"])
                if works[-1] == "send":
                    break
        worker.send_signal(signal.SIGTERM)
        worker.communicate(timeout=60)
        assert (works, worker.returncode) == (["declare", "send"], 0)
    assert len(list((hub / "office" / "out").iterdir())) == 4


@pytest.mark.long
def test_a_bad_night_is_rehearsed_and_its_ledger_kept(tmp_path: Path) -> None:
    done = run("hub", "rehearse", "--count", "20", "--out", tmp_path / "night", "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["ended"], told["declared_twice"], told["out_of_order"]) == (0, {"released": 20}, 0, 0)
    assert (tmp_path / "night" / "hub.db").is_file()
    assert run("hub", "rehearse", "--count", "20", "--out", tmp_path / "night").exit_code == 2


def test_a_buyer_who_asks_is_erased_once_the_order_is_closed(hub: Path) -> None:
    parcel = next(sample_parcels(1, seed=3, mode="1210"))
    order = "--platform", parcel.parties.platform_code, "--order", parcel.order.order_no
    assert run("hub", "erase", "shop", *order).exit_code == 2, "not in the hub"
    settings = load_hub(hub / "hub.toml")
    with open_ledger(settings.ledger.url, load_keys(settings.ledger.keys)) as ledger, ledger.begin() as connection:
        take_in(connection, "shop", [parcel], at=datetime(2026, 11, 11, 8))
    done = run("hub", "erase", "shop", *order)
    assert (done.exit_code, "is open" in done.stderr) == (1, True), done.output
    with open_ledger(settings.ledger.url, load_keys(settings.ledger.keys)) as ledger, ledger.begin() as connection:
        connection.sql.execute(update(HUB_ORDERS).values(stage=OrderStage.CLOSED, due=None))
    for _ in range(2):
        done = run("hub", "erase", "shop", *order)
        assert (done.exit_code, "is erased" in done.stderr) == (0, True), done.output


@pytest.mark.parametrize("command", [("worker",), ("serve", "--port", "0", "--no-work")])
@pytest.mark.long
def test_a_hub_ends_with_the_reason_once_a_newer_release_has_its_database(
    hub: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    def led_on(_: Ledger) -> None:
        raise LedgerFormError("a newer release led the ledger on 账簿已升级")

    monkeypatch.setattr(Ledger, "check_form", led_on)
    before = signal.getsignal(signal.SIGINT)
    done = run("hub", *command)
    assert signal.getsignal(signal.SIGINT) is before, "Ctrl-C belongs to the caller again"
    assert (done.exit_code, "a newer release led the ledger on" in done.stderr) == (2, True), done.output
