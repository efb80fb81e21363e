"""``customs send``, ``receive``, ``outbox``, ``serve-callbacks`` and ``declare`` where the enterprise keeps its boxes in the ledger."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from customs.exchange.boxes import FolderBoxes
from customs.exchange.destinations import load_exchange
from customs.intake.problems import EnterpriseError
from customs.ledger import Ledger, load_keys, open_ledger
from customs.ledger.exchange import LedgerBoxes, open_ledger_inbox, open_ledger_outbox, put_messages
from support import MORNING, exactly, some
from support.command_line import FIXED, run
from support.exchanges import client_desk, ledger_desk, order_messages, receipt
from support.ledgers import LedgerDatabases

IN_LEDGER = '[exchange]\nboxes = "ledger"\n'
PORT = '[destinations.port]\nkind = "folder"\nlayout = "single_window"\nroot = "client"\n'


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.fixture
def url(databases: LedgerDatabases) -> Iterator[str]:
    with databases.fresh() as url:
        yield url


def ledger_of(config: Path, url: str) -> Ledger:
    return open_ledger(url, load_keys(config.parent / "ledger.key"))


def rows(*arguments: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in run(*arguments, "--json").stdout.splitlines()]


def names_in(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def test_messages_go_out_once_and_receipts_come_in_once_and_nothing_stands_in_the_state_folder(
    url: str, tmp_path: Path
) -> None:
    given = order_messages(3)
    config = ledger_desk(tmp_path, given, url)
    done = run("send", tmp_path / "messages", "--config", config)
    assert done.exit_code == 0, done.output
    assert "port: 3 new 新入 3, handed over 已送达 3" in done.output
    for each in exactly(3, (tmp_path / "client/OutBox").iterdir()):
        each.rename(tmp_path / "client/SentBox" / each.name)
    (again,) = rows("send", tmp_path / "messages", "--config", config)
    assert (again["put"], again["known"], again["handed_over"], again["states"]) == (0, 3, 0, {"handed over": 3})
    (tmp_path / "client/InBox/1.xml").write_bytes(receipt(given[0]))
    (tmp_path / "client/InBox/2.xml").write_bytes(receipt(given[0]))
    (told,) = rows("receive", "--config", config)
    assert (told["receipts"], told["known"]) == (1, 1)
    assert names_in(tmp_path / "client/InBox") == []
    assert [each.read_bytes() for each in (tmp_path / "receipts").iterdir()] == [receipt(given[0])]
    assert not (tmp_path / "state/exchange").exists()
    with ledger_of(config, url) as ledger:
        assert LedgerBoxes(ledger).outboxes() == ("port",)
        assert LedgerBoxes(ledger).inboxes() == ("port", "port-answers")


def test_a_person_sees_holds_releases_gives_up_and_erases(url: str, tmp_path: Path) -> None:
    given = order_messages(3)
    config = ledger_desk(tmp_path, [], url)
    with ledger_of(config, url) as ledger, ledger.begin() as connection:
        put_messages(connection, "port", given, at=MORNING)
        put_messages(connection, "another-shop/port", given, at=MORNING)
    listed = rows("outbox", "list", "--config", config)
    assert [(each["id"], each["state"]) for each in listed] == [(each.id, "prepared") for each in given]
    assert run("outbox", "hold", given[0].id, "--config", config).exit_code == 0
    assert run("outbox", "dead", given[1].id, "--reason", "withdrawn", "--config", config).exit_code == 0
    sent = run("send", "--config", config)
    assert sent.exit_code == 1, "one is held"
    assert len(names_in(tmp_path / "client/OutBox")) == 1
    assert run("outbox", "release", "--all", "--config", config).exit_code == 0
    assert run("send", "--config", config).exit_code == 1, "one is dead"
    assert len(names_in(tmp_path / "client/OutBox")) == 2
    (shown,) = rows("outbox", "list", given[0].file_name, "--config", config)
    assert [each["happening"] for each in shown["history"]] == ["put", "held", "released", "claimed", "handed over"]
    number = given[0].keys[0].get("order_no")
    erased = run("outbox", "erase", number, "--config", config)
    assert (erased.exit_code, "1 copies erased" in erased.output) == (0, True), "the copy of another shop is not ours"
    assert run("outbox", "erase", number, "--config", config).exit_code == 2
    unknown = run("outbox", "retry", "nothing", "--config", config)
    assert unknown.exit_code == 2
    assert "发件箱中没有该编号的报文" in unknown.output


def test_a_second_sender_and_a_second_receiver_are_turned_away_and_whoever_looks_on_is_not(
    url: str, tmp_path: Path
) -> None:
    config = ledger_desk(tmp_path, order_messages(1), url)
    with ledger_of(config, url) as ledger, open_ledger_outbox(ledger, "port"), open_ledger_inbox(ledger, "port"):
        turned = run("send", tmp_path / "messages", "--config", config)
        assert turned.exit_code == 3, turned.output
        assert "another process is sending to port" in turned.output
        assert "另一进程正在向“port”发送" in turned.output
        assert run("receive", "--config", config).exit_code == 3
        assert run("outbox", "list", "--config", config).exit_code == 0


def test_a_ledger_that_is_missing_is_told_with_what_to_do(tmp_path: Path) -> None:
    config = ledger_desk(tmp_path, order_messages(1), f"sqlite:///{tmp_path / 'none.db'}")
    for command in exactly(3, (["send", str(tmp_path / "messages")], ["receive"], ["outbox", "list"])):
        done = run(*command, "--config", config)
        assert done.exit_code == 2, done.output
        assert "customs ledger upgrade" in done.output
    (tmp_path / "ledger.key").unlink()
    assert "没有账簿密钥文件" in run("send", "--config", config).output


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ('[exchange]\nboxes = "cloud"\n', 'boxes are kept in "state", the state folder, or in "ledger"'),
        ('[exchange]\nboxes = "ledger"\nkey = "master.key"\n', "the ledger has keys of its own"),
    ],
)
def test_a_mistake_about_the_boxes_is_told(table: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "customs.toml").write_text(PORT + table, encoding="utf-8")
    with pytest.raises(EnterpriseError) as caught:
        load_exchange(tmp_path / "customs.toml")
    assert told in str(caught.value)


def test_what_went_from_the_state_folder_does_not_go_again_from_the_ledger(url: str, tmp_path: Path) -> None:
    given = order_messages(3)
    config = client_desk(tmp_path, given[:2])
    assert run("send", tmp_path / "messages", "--config", config).exit_code == 0
    with FolderBoxes(tmp_path / "state").outbox("port") as outbox:
        outbox.put(given[2:], at=MORNING)
    config.unlink()
    ledger_table = ledger_desk(tmp_path / "other", given, url).read_text(encoding="utf-8").partition("[exchange]")[2]
    (tmp_path / "other/ledger.key").rename(tmp_path / "ledger.key")
    config.write_text(f"{PORT}[exchange]{ledger_table}", encoding="utf-8")
    for command in exactly(2, (["send", str(tmp_path / "messages")], ["receive"])):
        refused = run(*command, "--config", config)
        assert refused.exit_code == 2, refused.output
        assert "port: 1 messages are still open in the outbox of the state folder" in refused.output
        assert "状态目录的发件箱中尚有 1 份未完成的报文" in refused.output
    with FolderBoxes(tmp_path / "state").outbox("port") as outbox:
        assert outbox.erase([given[2].keys[0].get("order_no")]) == 1
    config.write_text(PORT, encoding="utf-8")
    assert run("send", "--config", config).exit_code == 1, "what is erased is dead"
    config.write_text(f"{PORT}[exchange]{ledger_table}", encoding="utf-8")
    (tmp_path / "messages" / given[2].file_name).write_bytes(given[2].content)
    (told,) = rows("send", tmp_path / "messages", "--config", config)
    assert (told["put"], told["known"], told["handed_over"]) == (0, 3, 0)


def shop_of(folder: Path, url: str, destination: str = PORT) -> Path:
    """A shop whose orders are declared and sent over a ledger; return its file."""
    assert run("sample", "--count", "4", "--shop", folder).exit_code == 0
    config = folder / "customs.toml"
    ledger_desk(folder / "desk", [], url)
    (folder / "desk/ledger.key").rename(folder / "ledger.key")
    (folder / "desk/client").rename(folder / "client")
    with config.open("a", encoding="utf-8") as file:
        file.write(f'\n{destination}{IN_LEDGER}[ledger]\nurl = "{url}"\n')
    return config


def test_what_is_declared_waits_in_the_outbox_and_goes_out_by_send_alone(url: str, tmp_path: Path) -> None:
    config = shop_of(tmp_path / "shop", url)
    command = ["declare", str(tmp_path / "shop/orders.xlsx"), "--config", str(config), "--out", str(tmp_path / "out")]
    done = run(*command, *FIXED, "--json")
    assert done.exit_code == 0, done.output
    written = sorted((tmp_path / "out").glob("*.xml"))
    assert json.loads(done.stdout)["put"] == {"port": len(written)}
    again = run(*command, *FIXED)
    assert again.exit_code == 0
    assert "wait in the outbox" not in again.output, "nothing new was put"
    with ledger_of(config, url) as ledger, LedgerBoxes(ledger).outbox_to_read("port") as outbox:
        kept = {each.file_name: outbox.delivery(each.id).content for each in outbox.entries()}
    assert kept == {each.name: each.read_bytes() for each in some(written)}
    (told,) = rows("send", "--config", config)
    assert (told["put"], told["handed_over"]) == (0, len(written))
    for each in some((tmp_path / "shop/client/OutBox").iterdir()):
        each.rename(tmp_path / "shop/client/SentBox" / each.name)
    (given_again,) = rows("send", tmp_path / "out", "--config", config)
    assert (given_again["known"], given_again["handed_over"]) == (len(written), 0), "the files are copies of them"


def test_declare_says_how_many_messages_wait(url: str, tmp_path: Path) -> None:
    config = shop_of(tmp_path / "shop", url)
    done = run("declare", tmp_path / "shop/orders.xlsx", "--config", config, "--out", tmp_path / "out", *FIXED)
    assert done.exit_code == 0, done.output
    assert "port: 4 messages wait in the outbox of the ledger" in done.output
    assert "port：4 份报文已存入账簿发件箱" in done.output


def test_a_message_that_no_destination_takes_is_not_declared(url: str, tmp_path: Path) -> None:
    config = shop_of(tmp_path / "shop", url, f'{PORT}messages = ["CEB311"]\n')
    command = ["declare", str(tmp_path / "shop/orders.xlsx"), "--config", str(config), "--out", str(tmp_path / "out")]
    refused = run(*command, *FIXED)
    assert refused.exit_code == 2, refused.output
    assert "no destination takes CEB411 of unified" in refused.output
    assert "没有接入点接收 unified 的 CEB411" in refused.output
    assert list((tmp_path / "out").glob("*.xml")) == []
    with ledger_of(config, url) as ledger:
        assert LedgerBoxes(ledger).outboxes() == ()
    config.write_text(config.read_text(encoding="utf-8").replace('messages = ["CEB311"]\n', ""), encoding="utf-8")
    mended = run(*command, *FIXED, "--json")
    assert (mended.exit_code, json.loads(mended.stdout)["declared"]) == (0, 4)


def test_another_ledger_than_that_of_the_boxes_is_refused(tmp_path: Path) -> None:
    config = shop_of(tmp_path / "shop", f"sqlite:///{tmp_path / 'ledger.db'}")
    for command in exactly(2, (["declare", "--out", str(tmp_path / "out")], ["check"])):
        options = ["--config", str(config), "--ledger", f"sqlite:///{tmp_path / 'other.db'}"]
        refused = run(command[0], tmp_path / "shop/orders.xlsx", *command[1:], *options)
        assert refused.exit_code == 2
        assert "leave --ledger and --ledger-key out" in refused.output
