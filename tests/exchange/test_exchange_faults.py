"""Senders and receivers killed at any step, and full disks: nothing is lost, nothing is half, nothing is sent twice.

``make faults`` draws many of each (CUSTOMS_FAULTS=30); without it a few.
"""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from customs.exchange.contract import Delivery
from customs.exchange.stored_inbox import read_inbox
from customs.exchange.stored_outbox import read_outbox
from support import MORNING, exactly
from support.exchanges import client_desk, order_messages, receipt
from support.faults import WHOLE, Faults, few_or_many
from support.interruption import interrupted, small_disk

MESSAGES = 6

#: Steps of writing and reading that a whole run takes, and kilobytes of the disk.
STEPS, DISK = 60, 700

DRAWN = Faults(18)
SENDING = DRAWN.steps(few_or_many(1), STEPS)
RECEIVING = DRAWN.steps(few_or_many(1), STEPS)
FULL_AT = DRAWN.sizes(few_or_many(1, 20), 4, DISK)


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


@pytest.mark.parametrize(("sending", "receiving"), list(zip(SENDING, RECEIVING, strict=True)))
def test_a_sender_and_a_receiver_killed_at_any_step_lose_and_repeat_nothing(
    sending: int, receiving: int, tmp_path: Path
) -> None:
    given = messages_of(sending)
    config = client_desk(tmp_path, given)
    send: list[str | Path] = ["send", tmp_path / "messages", "--config", config, "--wait", "0"]
    taken: Counter[str] = Counter()
    assert interrupted(str(sending), "kill", send).returncode in (-9, 0)
    taken += taken_by_the_client(tmp_path)
    done = interrupted(WHOLE, "stop", send)
    taken += taken_by_the_client(tmp_path)
    if done.returncode == 1:  # killed between its word and the deed: nobody knows, so nobody repeats it yet
        assert "its name is in none of the client's folders" in done.stderr
        retry: list[str | Path] = ["outbox", "retry", *(each.id for each in given), "--config", config]
        assert interrupted(WHOLE, "stop", retry).returncode == 0
        done = interrupted(WHOLE, "stop", send)
        taken += taken_by_the_client(tmp_path)
    assert done.returncode == 0, done.stderr + done.stdout
    assert taken == Counter(each.file_name for each in given)
    for each in exactly(MESSAGES, given):
        assert (tmp_path / "client/SentBox" / each.file_name).read_bytes() == each.content
    assert list((tmp_path / "client/OutBox").iterdir()) == []

    for number, each in enumerate(given):
        (tmp_path / "client/InBox" / f"{number}.xml").write_bytes(receipt(each, number=number))
    receive: list[str | Path] = ["receive", "--config", config]
    assert interrupted(str(receiving), "kill", receive).returncode in (-9, 0)
    stored = {each.read_bytes() for each in (tmp_path / "client/InBox").iterdir()}
    if (tmp_path / "state/exchange/inbox-port/inbox.db").exists():
        with read_inbox(tmp_path / "state", "port") as inbox:
            count = len(list(inbox.after(0)))
        assert len(stored) + count >= MESSAGES, "what is not stored is still there"
    done = interrupted(WHOLE, "stop", receive)
    assert done.returncode == 0, done.stderr + done.stdout
    found = [each.read_bytes() for each in (tmp_path / "receipts").glob("*.xml")]
    assert sorted(found) == sorted(receipt(each, number=number) for number, each in enumerate(given))
    assert list((tmp_path / "client/InBox").iterdir()) == []


@pytest.mark.parametrize("room", FULL_AT)
def test_a_disk_that_is_full_at_any_point_loses_nothing(room: int, tmp_path: Path) -> None:
    given = messages_of(room)
    with small_disk(tmp_path / "disk", 4000) as disk:
        config = client_desk(disk, given)
        filler = disk / "filler"
        used = sum(each.stat().st_blocks // 2 for each in disk.rglob("*"))
        filler.write_bytes(b"\0" * 1024 * max(0, 4000 - used - room))
        send: list[str | Path] = ["send", disk / "messages", "--config", config, "--wait", "0"]
        first = interrupted(WHOLE, "stop", send, at=MORNING)
        assert first.returncode in (0, 1, 4), first.stderr
        assert "Traceback" not in first.stderr
        taken = taken_by_the_client(disk)
        filler.unlink()
        retry: list[str | Path] = ["outbox", "retry", *(each.id for each in given), "--config", config]
        later = MORNING + timedelta(days=1)  # failures in a row stop a destination for a while
        interrupted(WHOLE, "stop", retry, at=later)
        done = interrupted(WHOLE, "stop", send, at=later)
        assert done.returncode == 0, done.stderr + done.stdout
        assert taken + taken_by_the_client(disk) == Counter(each.file_name for each in given)
        with read_outbox(disk / "state", "port") as outbox:
            assert [each.standing.state.value for each in outbox.entries()] == ["handed over"] * MESSAGES
