"""The stores of receivers (推送存储): each written by one thread of its own, which takes all calls that wait at once.

A forced write takes as long for a hundred calls as for one: so a burst of pushes waits for few writes, and no call is
answered before its own. What can be done after the answers, such as placing receipts as files, is done by the same thread
when nothing waits.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Protocol

from customs.areas import AreaProfile
from customs.exchange.contract import Item
from customs.exchange.inbox import Inbox
from customs.exchange.item_reading import UNIFIED_EDITION
from customs.exchange.outbox import instant
from customs.exchange.receivers.pushed import PushedItem
from customs.exchange.receiving import place_receipts
from customs.files import NotWrittenError

#: Calls that are stored with one forced write.
MOST_TOGETHER = 200


class PushBook(Protocol):
    """Where several calls are kept at once. It is opened, used and closed by one thread."""

    def take_all(self, items: Sequence[PushedItem]) -> Sequence[bool]:
        """Store items for good; return for each if it is new. Raises whatever keeps them from being stored."""
        ...

    def settle(self) -> None:
        """Do what can be done after the answers. What it raises is left for the next time."""
        ...

    def close(self) -> None:
        """Give the store to the next process."""
        ...


class ThreadedStore:
    """A store (``PushStore``) whose book is used by a thread of its own.

    Raises what ``open_book`` raises. ``close`` ends it; calls after that are not stored.
    """

    def __init__(self, open_book: Callable[[], PushBook]) -> None:
        self._waiting: SimpleQueue[tuple[PushedItem, Future[bool]] | None] = SimpleQueue()
        self._guard, self._closed = Lock(), False
        opened: Future[None] = Future()
        self._thread = Thread(target=self._work, args=(open_book, opened), name="customs-push-store", daemon=True)
        self._thread.start()
        opened.result()

    def take_in(self, item: PushedItem) -> bool:
        """Store an item for good: see ``PushStore``."""
        told: Future[bool] = Future()
        with self._guard:
            if self._closed:
                raise RuntimeError("the store is closed")
            self._waiting.put((item, told))
        return told.result()

    def close(self) -> None:
        """Store what waits, then close the book."""
        with self._guard:
            self._closed = True
            self._waiting.put(None)
        self._thread.join()

    def _work(self, open_book: Callable[[], PushBook], opened: "Future[None]") -> None:
        try:
            book = open_book()
        except BaseException as error:
            opened.set_exception(error)
            return
        opened.set_result(None)
        try:
            while batch := self._batch():
                _store(book, batch)
                if self._waiting.empty():
                    with suppress(Exception):
                        book.settle()
        finally:
            book.close()

    def _batch(self) -> list[tuple[PushedItem, "Future[bool]"]]:
        """Return what waits, at least one; nothing at the end."""
        found = []
        while (each := self._waiting.get()) is not None:
            found.append(each)
            if self._waiting.empty() or len(found) == MOST_TOGETHER:
                return found
        if found:
            self._waiting.put(None)  # the end again, after these
        return found


def _store(book: PushBook, batch: Sequence[tuple[PushedItem, "Future[bool]"]]) -> None:
    try:
        new = book.take_all([item for item, _ in batch])
    except Exception as error:
        for _, told in batch:
            told.set_exception(error)
        return
    for (_, told), each in zip(batch, new, strict=True):
        told.set_result(each)


class InboxBook:
    """The inbox of what is pushed: receipts are read as those that are fetched, and appear in the folder of receipts.

    A reader that fails on some content keeps nothing from being stored: that is set aside, unread.
    """

    def __init__(
        self, inbox: Inbox, *, areas: Sequence[str | AreaProfile] = UNIFIED_EDITION, folder: Path | None = None
    ) -> None:
        self._inbox, self._areas, self._folder = inbox, areas, folder

    def take_all(self, items: Sequence[PushedItem]) -> Sequence[bool]:
        """Store items for good; return for each if it is new."""
        try:
            return self._taken(items, self._areas)
        except Exception:
            return [self._alone(each) for each in items]

    def _alone(self, item: PushedItem) -> bool:
        try:
            return self._taken([item], self._areas)[0]
        except Exception:  # of the disk, which is told below, or of a reader
            return self._taken([item], ())[0]

    def _taken(self, items: Sequence[PushedItem], areas: Sequence[str | AreaProfile]) -> list[bool]:
        given = [Item(name=f"{each.name or 'push'} {each.caller}", content=each.content) for each in items]
        taken = self._inbox.take(given, at=instant(items[-1].received), areas=areas)
        return [each.kind != "repeat" and not each.known for each in taken]

    def settle(self) -> None:
        """Let receipts appear as files. Raises ``NotWrittenError``: the rest appears the next time."""
        if self._folder:
            place_receipts(self._inbox, self._folder)

    def close(self) -> None:
        """Let the last receipts appear, and close the inbox."""
        with suppress(NotWrittenError):
            self.settle()
        self._inbox.close()
