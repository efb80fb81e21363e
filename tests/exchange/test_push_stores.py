"""Pushes in the state folder: receipts in the inbox, requests of customs in their book, each once and before its answer."""

import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from customs.exchange.item_reading import read_item
from customs.exchange.receivers import PushedItem, PushReceiver
from customs.exchange.receivers.pushed import identity_of
from customs.exchange.receivers.stores import InboxBook, ThreadedStore
from customs.exchange.stored_inbox import open_inbox, read_inbox
from customs.journal import JournalHeldError
from support.exchanges import order_messages, receipt
from support.interruption import small_disk
from support.pushes import NETWORKS, NOW, PLATFORM, PLATFORMS, guangzhou_fields, request


def item(number: int, content: bytes = b"", **changed: Any) -> PushedItem:
    content = content or f"<CEB312Message>{number}</CEB312Message>".encode()
    values: dict[str, Any] = {
        "source": "gz",
        "name": "CEB312",
        "identity": identity_of(content),
        "content": content,
        "received": NOW,
        "caller": PLATFORM,
    }
    return PushedItem(**{**values, **changed})


def inbox_store(folder: Path, receipts: Path | None = None) -> ThreadedStore:
    return ThreadedStore(lambda: InboxBook(open_inbox(folder, "gz"), folder=receipts))


class Told:
    """A book that waits until it is let, and remembers what it took together."""

    def __init__(self) -> None:
        self.let, self.batches = threading.Event(), list[int]()
        self.closed = False

    def take_all(self, items: Sequence[PushedItem]) -> Sequence[bool]:
        assert self.let.wait(20)
        self.batches.append(len(items))
        if any(each.content == b"broken" for each in items):
            raise OSError(28, "No space left on device")
        return [True] * len(items)

    def settle(self) -> None:
        raise ValueError("of no consequence for the calls")

    def close(self) -> None:
        self.closed = True


def test_calls_that_wait_are_stored_with_one_write_and_each_hears_of_its_own() -> None:
    book = Told()
    store, results = ThreadedStore(lambda: book), list[object]()

    def take(content: bytes) -> None:
        try:
            results.append(store.take_in(item(1, content)))
        except OSError as error:
            results.append(error.errno)

    callers = [threading.Thread(target=take, args=(b"%d" % each,)) for each in range(50)]
    for each in callers:
        each.start()
    book.let.set()
    for each in callers:
        each.join(20)
    assert results == [True] * 50
    assert sum(book.batches) == 50
    assert len(book.batches) < 50
    take(b"broken")
    take(b"whole")
    assert results[50:] == [28, True]
    store.close()
    assert book.closed
    with pytest.raises(RuntimeError, match="closed"):
        store.take_in(item(2))


def test_a_store_that_cannot_be_opened_says_so_at_once(tmp_path: Path) -> None:
    store = inbox_store(tmp_path)
    with pytest.raises(JournalHeldError):
        inbox_store(tmp_path)
    store.close()
    inbox_store(tmp_path).close()


def test_a_receipt_that_is_pushed_is_in_the_inbox_and_appears_once_as_a_file(tmp_path: Path) -> None:
    (order,) = order_messages(1)
    content = receipt(order)
    store = inbox_store(tmp_path / "state", tmp_path / "receipts")
    push = PushReceiver(name="gz", dialect=PLATFORMS["Guangzhou"].dialect(), store=store, networks=NETWORKS)
    call = request(guangzhou_fields(1) | {"messageText": content})
    assert [push.answer(call).outcome for _ in range(3)] == ["stored", "known", "known"]
    store.close()
    (file,) = (tmp_path / "receipts").iterdir()
    assert file.read_bytes() == content
    assert file.stat().st_mode & 0o777 == 0o600
    with read_inbox(tmp_path / "state", "gz") as inbox:
        (found,) = inbox.after(0)
        assert (found.kind, found.name, found.lines[0].receipt) == ("receipt", f"CEB312 {PLATFORM}", "CEB312")


def test_a_full_disk_is_answered_as_a_failure_and_once_there_is_room_the_repetition_is_stored(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 2000) as disk:
        store = inbox_store(disk / "state")
        push = PushReceiver(name="gz", dialect=PLATFORMS["Guangzhou"].dialect(), store=store, networks=NETWORKS)
        assert push.answer(request(guangzhou_fields(1))).outcome == "stored"
        filler = disk / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while file.write(b"x" * 4096):
                pass
        large = request(guangzhou_fields(2) | {"messageText": b"<a>" + b"x" * 50_000 + b"</a>"})
        found = push.answer(large)
        assert (found.outcome, found.content, found.status) == ("failed", b"fail", 503)
        assert push.answer(request(guangzhou_fields(1))).outcome in ("known", "failed")
        filler.unlink()
        assert [push.answer(large).outcome for _ in range(2)] == ["stored", "known"]
        assert push.answer(request(guangzhou_fields(1))).outcome == "known"
        store.close()


def test_what_no_reader_can_take_apart_is_set_aside_with_its_bytes_and_answered_as_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(content: bytes, areas: Sequence[object]) -> object:
        if areas and b"poison" in content:
            raise RecursionError("a fault of the reader")
        return read_item(content, areas)  # type: ignore[arg-type]

    monkeypatch.setattr("customs.exchange.stored_inbox.read_item", failing)
    book = InboxBook(open_inbox(tmp_path, "gz"))
    items = [item(1, b"no xml"), item(2, b"poison"), item(3, b"\x00\xff")]
    assert book.take_all(items) == [True, True, True]
    assert book.take_all([items[1]]) == [False]
    book.close()
    with open_inbox(tmp_path, "gz") as inbox:
        found = list(inbox.aside())
        assert [inbox.content(each.number) for each in found] == [b"no xml", b"poison", b"\x00\xff"]
        assert all(each.reason for each in found)
