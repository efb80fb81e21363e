"""The command ``hub tell``: a test notice by each channel, and what it answered, without a secret."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from customs.hub.channels.notices import Notice, queue_notice
from customs.hub.channels.telling import QueuedNotice, Telling, tell_turn
from customs.hub.settings.hub_file import load_hub
from customs.ledger import load_keys, open_ledger
from support.command_line import run
from support.gateway_server import Answered, GatewayServer, serving

FILE = """
[enterprises.shop]
file = "customs.toml"

[channels.duty]
kind = "wecom"
url = { env = "DUTY_URL" }
inner = true

[channels.pager]
kind = "webhook"
url = { env = "PAGER_URL" }
inner = true
template = { text = "{subject}" }
"""


@dataclass
class Recorded:
    """A channel that answers as it is bidden."""

    answer: Telling
    rate: float = 60

    def tell(self, queued: QueuedNotice, *, now: datetime) -> Telling:
        return self.answer


@pytest.fixture
def server() -> Iterator[GatewayServer]:
    with serving() as found:
        found.answer = lambda asked: Answered(b'{"errcode":0}')
        yield found


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: GatewayServer) -> Path:
    monkeypatch.setenv("DUTY_URL", f"{server.address}/send?key=fictitious-token")
    monkeypatch.setenv("PAGER_URL", f"{server.address}/pager/fictitious-token")
    file = tmp_path / "hub.toml"
    file.write_text(FILE, "utf-8")
    return file


def test_a_test_notice_goes_by_every_channel(hub: Path, server: GatewayServer) -> None:
    done = run("hub", "tell", "--config", hub)
    assert (done.exit_code, done.stdout) == (0, "duty  told 已送达\npager  told 已送达\n")
    assert [each.path for each in server.asked] == ["/send", "/pager/fictitious-token"]
    assert all("渠道" in each.body.decode() and "Test of the channel" in each.body.decode() for each in server.asked)


def test_a_channel_that_takes_nothing_says_why_and_shows_no_secret(hub: Path, server: GatewayServer) -> None:
    server.answer = lambda asked: Answered(b'{"errcode":93000,"errmsg":"invalid key fictitious-token"}')
    done = run("hub", "tell", "--config", hub, "--channel", "duty")
    assert done.exit_code == 1
    assert done.stdout == (
        "duty  not told: 127.0.0.1 answered 93000: the address of the robot is not known: check it "
        "未送达：返回 93000：机器人地址无效或已移除，请核对\n"
    )
    done = run("hub", "tell", "--config", hub, "--channel", "duty", "--json")
    told = json.loads(done.stdout)
    assert (told["channel"], told["result"]) == ("duty", "later")
    assert "fictitious" not in done.output


def test_a_channel_that_is_not_there_is_misuse(hub: Path, server: GatewayServer) -> None:
    done = run("hub", "tell", "--config", hub, "--channel", "mail")
    assert done.exit_code == 2
    assert "there are: duty, pager" in done.stderr
    assert server.asked == []


def test_a_mistake_of_a_channel_is_told_with_its_line(hub: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DUTY_URL")
    done = run("hub", "tell", "--config", hub)
    assert done.exit_code == 2
    assert "DUTY_URL" in done.stderr
    assert "hub.toml" in done.stderr


def test_the_doctor_names_notices_that_reach_nobody(
    hub: Path, server: GatewayServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    hub.unlink()
    assert run("sample", "--shop", "shop", "--count", "1").exit_code == 0
    assert run("hub", "init", "--enterprise", "shop/customs.toml").exit_code == 0
    hub.write_text(hub.read_text("utf-8") + FILE.partition("[channels.duty]")[1] + FILE.partition("[channels.duty]")[2])
    place = load_hub(hub).ledger
    told = Notice(subject_zh="积压", subject_en="Backlog", text_zh="37", text_en="37")
    day = datetime(2026, 11, 11)
    with open_ledger(place.url, load_keys(place.keys)) as ledger:
        with ledger.begin() as connection:
            for channel in ("duty", "mail"):
                queue_notice(connection, channel, told, at=day)
        refusing = Recorded(answer=Telling(result="refused", said="too long"))
        assert tell_turn(ledger, {"duty": refusing}, now=day).refused == 1
    done = run("hub", "doctor", "--json", "--now", "2026-11-11T08:00:00")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    said = [(each["state"], each["en"]) for each in found if each["name"] == "channels"]
    assert said == [
        ("ok", "duty is set: try it with customs hub tell"),
        ("ok", "pager is set: try it with customs hub tell"),
        ("warning", "duty: 1 notices refused"),
        ("wrong", "notices for mail: 1, but the file has no [channels.mail]"),
    ]
    later = run("hub", "doctor", "--json", "--now", "2026-11-12T08:00:00").stdout
    assert "notices refused" not in later
