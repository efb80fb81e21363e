"""The server of call-backs as a process: killed at any moment, it has everything that it answered with success."""

import http.client
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509

from customs.cli.exchanging import boxes_opened
from customs.exchange.destinations import load_exchange
from customs.ledger.keys import make_keys
from support import exactly
from support.authority import Authority
from support.command_line import run
from support.ledgers import LedgerDatabases
from support.pushes import FORM, guangzhou_fields, request
from support.served import posted

#: Kills while calls are under way; ``make faults`` tries many.
KILLS = int(os.environ.get("CUSTOMS_FAULTS", "1"))

CONFIG = """
[callbacks.gz]
kind = "guangzhou"
client_id = "C1"
key = { file = "gz.key" }
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "gz.key").write_text("fictitious key\n")
    file = tmp_path / "customs.toml"
    file.write_text(CONFIG)
    return file


@pytest.fixture(params=["state folder", "ledger"])
def kept_anywhere(request: pytest.FixtureRequest, config: Path, sqlite_databases: LedgerDatabases) -> Iterator[Path]:
    """The file of an enterprise that keeps its inboxes in the state folder, and of one that does so in the ledger."""
    if request.param == "state folder":
        yield config
        return
    make_keys(config.with_name("ledger.key"))
    with sqlite_databases.fresh() as url:
        config.write_text(f'{CONFIG}[exchange]\nboxes = "ledger"\n[ledger]\nurl = "{url}"\n')
        yield config


@dataclass
class Running:
    """The server in a process of its own."""

    process: subprocess.Popen[str]
    port: int
    lines: list[str] = field(default_factory=list)


@contextmanager
def serving(config: Path, *options: str, program: str = "") -> Iterator[Running]:
    command = [sys.executable, "-c", program] if program else [sys.executable, "-m", "customs.cli"]
    arguments = ["serve-callbacks", "--config", str(config), "--port", "0", "--json", *options]
    env = {**os.environ, "CUSTOMS_LANG": "en"}
    process = subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        yield Running(process, int(json.loads(line)["address"].split(":")[2].split("/")[0]))
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=30)


def body(number: int) -> bytes:
    return request(guangzhou_fields(number)).body


def post(port: int, number: int) -> bytes | None:
    """The answer to a call, None if the server was gone."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        return posted(connection, "/gz", body(number), FORM)[1]
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def kept(config: Path) -> int:
    """How many calls are in the inbox."""
    with boxes_opened(load_exchange(config)) as boxes, boxes.inbox_to_read("gz") as inbox:
        return len(list(inbox.aside()))


@pytest.mark.long
def test_a_stop_answers_what_has_come_and_ends_well(kept_anywhere: Path) -> None:
    with serving(kept_anywhere) as running:
        assert [post(running.port, each) for each in (1, 2, 1)] == [b"success"] * 3
        assert post(running.port, 1) == b"success"
        running.process.send_signal(signal.SIGTERM)
        out, err = running.process.communicate(timeout=30)
    assert (running.process.returncode, err) == (0, "")
    assert [json.loads(line) for line in out.splitlines()] == [
        {"callback": "gz", "outcome": "known", "count": 2},
        {"callback": "gz", "outcome": "stored", "count": 2},
    ]
    assert kept(kept_anywhere) == 2


@pytest.mark.long
def test_killed_at_any_moment_it_has_what_it_answered_and_the_repetitions_are_stored_once(kept_anywhere: Path) -> None:
    answered, number = set[int](), 0
    for _ in exactly(KILLS, range(KILLS)):
        with serving(kept_anywhere) as running:
            waiting = threading.Semaphore(0)

            def caller(first: int, running: Running = running, waiting: threading.Semaphore = waiting) -> None:
                for each in range(first, first + 20):
                    if post(running.port, each) == b"success":
                        answered.add(each)
                    waiting.release()

            callers = [threading.Thread(target=caller, args=(number + 20 * each,)) for each in range(3)]
            for each in callers:
                each.start()
            for _ in range(25):
                assert waiting.acquire(timeout=30)
            running.process.kill()
            for each in callers:
                each.join(60)
        number += 60
        assert len(answered) >= 20
        assert kept(kept_anywhere) >= len(answered)
    with serving(kept_anywhere) as running:
        assert {post(running.port, each) for each in range(number)} == {b"success"}
    assert kept(kept_anywhere) == number


#: The command, whose inbox kills the process when the second call is stored and not answered.
KILLED_BEFORE_THE_ANSWER = """
import os, signal, sys
from customs.exchange.receivers.stores import InboxBook
take_all, calls = InboxBook.take_all, []
def killed(self, items):
    done = take_all(self, items)
    calls.extend(items)
    if len(calls) > 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return done
InboxBook.take_all = killed
from customs.cli import main
sys.argv = ["customs", *sys.argv[1:]]
main()
"""


@pytest.mark.long
def test_killed_between_the_store_and_the_answer_it_knows_the_call_when_it_comes_again(kept_anywhere: Path) -> None:
    with serving(kept_anywhere, program=KILLED_BEFORE_THE_ANSWER) as running:
        assert [post(running.port, 1), post(running.port, 2)] == [b"success", None]
        assert running.process.wait(30) == -signal.SIGKILL
    assert kept(kept_anywhere) == 2
    with serving(kept_anywhere) as running:
        assert post(running.port, 2) == b"success"
        running.process.send_signal(signal.SIGINT)
        out = running.process.communicate(timeout=30)[0]
    assert [json.loads(line) for line in out.splitlines()] == [{"callback": "gz", "outcome": "known", "count": 1}]
    assert running.process.returncode == 0
    assert kept(kept_anywhere) == 2


@pytest.mark.long
def test_refusals_are_told_without_their_content(config: Path) -> None:
    wrong = request(guangzhou_fields(1) | {"key": "SECRET-8a1f"}).body
    with serving(config) as running:
        connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=20)
        for _ in range(11):
            assert posted(connection, "/gz", wrong, FORM) == (403, b"fail")
        connection.close()
        running.process.send_signal(signal.SIGTERM)
        out, err = running.process.communicate(timeout=30)
    assert err.splitlines() == [
        "gz: the identifier or key of the caller is wrong",
        "gz: the identifier or key of the caller is wrong (10 times so far)",
    ]
    assert "SECRET" not in out + err


@pytest.mark.long
def test_a_second_server_of_the_same_call_backs_is_turned_away(config: Path) -> None:
    with serving(config):
        found = run("serve-callbacks", "--config", config, "--port", "0")
    assert found.exit_code == 3
    assert "another process is receiving from gz" in found.stderr


@pytest.mark.long
def test_calls_come_over_tls_where_a_certificate_is_given(config: Path, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    file = authority.server_file(x509.IPAddress(IPv4Address("127.0.0.1")))
    with serving(config, "--tls-cert", str(file), "--tls-key", str(file)) as running:
        context = ssl.create_default_context(cafile=str(authority.file))
        connection = http.client.HTTPSConnection("127.0.0.1", running.port, timeout=20, context=context)
        assert posted(connection, "/gz", body(1), FORM) == (200, b"success")
        connection.close()
        assert post(running.port, 2) is None, "not without it"


MISUSE = {
    "no file": (["--config", "none.toml"], "there is no file none.toml"),
    "a certificate without its key": (["--tls-cert", "customs.toml"], "--tls-cert and --tls-key go together"),
    "a certificate that is none": (
        ["--tls-cert", "gz.key", "--tls-key", "gz.key"],
        "not a certificate in PEM and its key",
    ),
    "an address of another machine": (["--host", "192.0.2.1"], "192.0.2.1 port 0 cannot be listened on"),
}


@pytest.mark.parametrize(("options", "says"), MISUSE.values(), ids=MISUSE)
def test_misuse_says_what_to_give_and_exits_2(
    config: Path, options: list[str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(config.parent)
    found = run("serve-callbacks", "--port", "0", *options)
    assert found.exit_code == 2
    assert says in found.stderr.replace("\n", " ")


def test_mistakes_in_the_enterprise_file_are_told_with_their_lines(config: Path) -> None:
    config.write_text(CONFIG.replace("guangzhou", "hangzhou"))
    found = run("serve-callbacks", "--config", config)
    assert found.exit_code == 2
    assert found.stderr.startswith("customs.toml:3: callbacks.gz.kind: the kind is one of guangzhou")


def test_without_uvicorn_the_extra_is_named_and_nothing_is_held(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    for _ in exactly(2, range(2)):
        found = run("serve-callbacks", "--config", config, "--port", "0")
        assert found.exit_code == 2
        assert 'serving needs the extra serve: pip install "cbec-customs[serve]"' in found.stderr
