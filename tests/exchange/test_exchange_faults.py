"""Senders and receivers killed at any step, and full disks: nothing is lost, nothing is half, nothing is sent twice.

The boxes are those of a state folder, and those of a ledger in SQLite and in PostgreSQL. ``make faults`` draws many of each
(CUSTOMS_FAULTS=30); without it a few.
"""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from customs.cli.app import HELD, UNWRITTEN
from customs.cli.exchanging import boxes_opened
from customs.exchange.contract import Delivery
from customs.exchange.destinations import load_exchange
from customs.journal import read_journal
from support import MORNING, exactly, some
from support.command_line import run
from support.exchanges import client_desk, ledger_desk, order_messages, receipt
from support.faults import COMMAND, WHOLE, Faults, few_or_many
from support.interruption import interrupted, small_disk
from support.ledgers import LedgerDatabases

MESSAGES = 6

#: Where the boxes are kept, with the steps of writing that sending, receiving and declaring take there as a whole.
STEPS = {"state folder": (84, 53, 0), "sqlite": (74, 51, 55), "postgresql": (74, 51, 55)}

#: Kilobytes of the disk that are free at most.
DISK = 700

DRAWN = Faults(18)
SENDING, RECEIVING = (
    [(kept, each) for kept, steps in STEPS.items() for each in DRAWN.steps(few_or_many(1), steps[place])]
    for place in (0, 1)
)
DECLARING = [(kept, each) for kept in list(STEPS)[1:] for each in DRAWN.steps(few_or_many(1), STEPS[kept][2])]
FULL_AT = [(kept, each) for kept in list(STEPS)[:2] for each in DRAWN.sizes(few_or_many(1, 20), 4, DISK)]

Desk = Callable[[str, Path, Sequence[Delivery]], Path]


@pytest.fixture
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    """Makes an enterprise in a folder with its boxes where a name says, and returns its file."""
    with ExitStack() as held:

        def made(kept: str, folder: Path, given: Sequence[Delivery]) -> Path:
            if kept == "state folder":
                return client_desk(folder, given)
            databases: LedgerDatabases = request.getfixturevalue(f"{kept}_databases")
            return ledger_desk(folder, given, held.enter_context(databases.fresh()))

        yield made


def ended(arguments: Sequence[str | Path]) -> CompletedProcess[str]:
    """Run a command to its end, once the database has seen that the process before is gone."""
    for _ in range(50):
        done = interrupted(WHOLE, "stop", arguments)
        if done.returncode != HELD:
            return done
    raise AssertionError("the destination is still held")


def messages_of(draw: int) -> list[Delivery]:
    """Messages whose copies stand in the database, or for odd draws in a file of their own."""
    padding = b"\n" * (45_000 * (draw % 2))
    return [replace(each, content=each.content + padding) for each in order_messages(MESSAGES)]


def taken_by_the_client(folder: Path) -> Counter[str]:
    """Let the client take what is whole, and return the names that it took."""
    found: Counter[str] = Counter()
    for each in (folder / "client/OutBox").iterdir():
        if each.suffix == ".xml":
            each.rename(folder / "client/SentBox" / each.name)
            found[each.name] += 1
    return found


def sent_to_the_end(config: Path, send: Sequence[str | Path], ids: Sequence[str]) -> Counter[str]:
    """Send until nothing is open, and return what the client took. What nobody knows of is repeated at a person's word alone."""
    done = ended(send)
    taken = taken_by_the_client(config.parent)
    if done.returncode == 1:  # killed between its word and the deed: nobody knows, so nobody repeats it yet
        assert "its name is in none of the client's folders" in done.stderr
        assert ended(["outbox", "retry", *ids, "--config", config]).returncode == 0
        done = ended(send)
        taken += taken_by_the_client(config.parent)
    assert done.returncode == 0, done.stderr + done.stdout
    assert list((config.parent / "client/OutBox").iterdir()) == []
    return taken


@pytest.mark.parametrize(("kept", "step"), SENDING)
@pytest.mark.long
def test_a_sender_killed_at_any_step_loses_and_repeats_nothing(
    kept: str, step: int, desk: Desk, tmp_path: Path
) -> None:
    given = messages_of(step)
    config = desk(kept, tmp_path, given)
    send: list[str | Path] = ["send", tmp_path / "messages", "--config", config, "--wait", "0"]
    assert interrupted(str(step), "kill", send).returncode == -9, "there are so many steps"
    taken = taken_by_the_client(tmp_path)
    taken += sent_to_the_end(config, send, [each.id for each in given])
    assert taken == Counter(each.file_name for each in given)
    for each in exactly(MESSAGES, given):
        assert (tmp_path / "client/SentBox" / each.file_name).read_bytes() == each.content


@pytest.mark.parametrize(("kept", "step"), RECEIVING)
@pytest.mark.long
def test_a_receiver_killed_at_any_step_loses_nothing_and_takes_each_receipt_in_once(
    kept: str, step: int, desk: Desk, tmp_path: Path
) -> None:
    given = messages_of(step)
    config = desk(kept, tmp_path, given)
    for number, each in enumerate(given):
        (tmp_path / "client/InBox" / f"{number}.xml").write_bytes(receipt(each, number=number))
    receive: list[str | Path] = ["receive", "--config", config]
    assert interrupted(str(step), "kill", receive).returncode == -9, "there are so many steps"
    left = {each.read_bytes() for each in (tmp_path / "client/InBox").iterdir()}
    assert len(left) + len(taken_in(config)) >= MESSAGES, "what is not stored is still there"
    done = ended(receive)
    assert done.returncode == 0, done.stderr + done.stdout
    found = [each.read_bytes() for each in (tmp_path / "receipts").glob("*.xml")]
    assert sorted(found) == sorted(receipt(each, number=number) for number, each in enumerate(given))
    assert list((tmp_path / "client/InBox").iterdir()) == []
    assert taken_in(config) == ["receipt"] * MESSAGES


def taken_in(config: Path) -> list[str]:
    """The kinds of what is in the inbox."""
    with boxes_opened(load_exchange(config)) as boxes:
        if "port" not in boxes.inboxes():
            return []
        with boxes.inbox_to_read("port") as inbox:
            return [each.kind for each in inbox.after(0)]


@pytest.mark.parametrize(("kept", "step"), DECLARING)
@pytest.mark.long
def test_a_declaration_killed_at_any_step_sends_each_message_once(
    kept: str, step: int, desk: Desk, tmp_path: Path
) -> None:
    shop = tmp_path / "shop"
    assert run("sample", "--count", "5", "--shop", shop).exit_code == 0
    enterprise = (shop / "customs.toml").read_text(encoding="utf-8")
    config = desk(kept, shop, [])
    config.write_text(f"{enterprise}\n{config.read_text(encoding='utf-8')}", encoding="utf-8")
    out = tmp_path / "out"
    declare: list[str | Path] = ["declare", shop / "orders.xlsx", "--config", config, "--out", out, *COMMAND]
    assert interrupted(str(step), "kill", declare).returncode == -9, "there are so many steps"
    done = ended(declare)
    assert done.returncode == 0, done.stderr
    files = {each.name: each.read_bytes() for each in some(out.glob("*.xml"))}
    with read_journal(shop / "state") as journal:
        assert {Path(each.file).name for each in journal.entries()} == set(files)
    taken = sent_to_the_end(config, ["send", "--config", config, "--wait", "0"], [])
    assert taken == Counter(files.keys())
    for name, content in files.items():
        assert (shop / "client/SentBox" / name).read_bytes() == content


@pytest.mark.parametrize(("kept", "room"), FULL_AT)
@pytest.mark.long
def test_a_disk_that_is_full_at_any_point_loses_nothing(
    kept: str, room: int, sqlite_databases: LedgerDatabases, tmp_path: Path
) -> None:
    given = messages_of(room)
    with small_disk(tmp_path / "disk", 4000) as disk, sqlite_databases.fresh() as template:
        if kept == "state folder":
            config = client_desk(disk, given)
        else:
            shutil.copyfile(template.removeprefix("sqlite:///"), disk / "ledger.db")
            config = ledger_desk(disk, given, f"sqlite:///{disk / 'ledger.db'}")
        filler = disk / "filler"
        used = sum(each.stat().st_blocks // 2 for each in disk.rglob("*"))
        filler.write_bytes(b"\0" * 1024 * max(0, 4000 - used - room))
        send: list[str | Path] = ["send", disk / "messages", "--config", config, "--wait", "0"]
        first = interrupted(WHOLE, "stop", send, at=MORNING)
        assert first.returncode in (0, 1, UNWRITTEN), first.stderr
        assert "Traceback" not in first.stderr
        if first.returncode == UNWRITTEN:
            assert "mend this and run the same command again to go on" in first.stderr
            assert "重新执行同一命令即可继续" in first.stderr
        taken = taken_by_the_client(disk)
        filler.unlink()
        retry: list[str | Path] = ["outbox", "retry", *(each.id for each in given), "--config", config]
        later = MORNING + timedelta(days=1)  # failures in a row stop a destination for a while
        interrupted(WHOLE, "stop", retry, at=later)
        done = interrupted(WHOLE, "stop", send, at=later)
        assert done.returncode == 0, done.stderr + done.stdout
        assert taken + taken_by_the_client(disk) == Counter(each.file_name for each in given)
        with boxes_opened(load_exchange(config)) as boxes, boxes.outbox_to_read("port") as outbox:
            assert [each.standing.state.value for each in outbox.entries()] == ["handed over"] * MESSAGES
