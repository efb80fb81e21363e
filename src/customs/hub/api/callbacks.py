"""Call-backs over HTTP (接收推送): what platforms and e-ports push to the enterprises of a hub goes into the inboxes of its ledger.

Receivers, checks, bounds and answers are those of ``customs serve-callbacks``; each call-back of an enterprise file is
called at ``/callbacks/ENTERPRISE`` and its path. Several servers may take the same: each call is stored once.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from customs.exchange.receivers.asgi import CallbackApplication, Receive, Scope, Send
from customs.exchange.receivers.configured import KINDS, Callback, Callbacks, OpenCallbacks, open_receivers
from customs.exchange.receivers.pushed import Refusal
from customs.exchange.receivers.request_book import open_request_book
from customs.exchange.receivers.stores import InboxBook, PushBook
from customs.fields.moments import Clock
from customs.ledger.database import Ledger
from customs.ledger.exchange import read_ledger_inbox

#: What is before the paths of call-backs.
CALLBACKS = "/callbacks"


class WithCallbacks:
    """The application of a hub with the call-backs of its enterprises beside it, each with bounds of its own."""

    def __init__(self, application: Any, callbacks: CallbackApplication) -> None:
        self._application, self._callbacks = application, callbacks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call."""
        pushed = scope["type"] == "http" and scope["path"].startswith(f"{CALLBACKS}/")
        await (self._callbacks if pushed else self._application)(scope, receive, send)


@contextmanager
def callbacks_opened(
    ledger: Ledger, enterprises: Mapping[str, Callbacks], clock: Clock
) -> Iterator[CallbackApplication | None]:
    """Open the call-backs of enterprises; None where no enterprise has any.

    Raises ``CallbackError`` for what a call-back names and cannot be used, ``LedgerError``, and ``JournalError`` if the state
    folder cannot be used that keeps requests for payment data.
    """
    opened: list[OpenCallbacks] = []
    try:
        for name, settings in enterprises.items():
            opened.append(open_receivers(settings, clock, _books(ledger, name, settings)))
        receivers = {
            f"{CALLBACKS}/{name}{path}": replace(receiver, name=f"{name}/{receiver.name}")
            for name, each in zip(enterprises, opened, strict=True)
            for path, receiver in each.receivers.items()
        }
        yield CallbackApplication(receivers, clock=clock, tell=_tell) if receivers else None
    finally:
        for each in opened:
            each.close()


def callback_path(enterprise: str, callback: Callback) -> str:
    """Return the path at which a call-back of an enterprise is called.

    >>> callback_path("shop", Callback(name="gz", kind="guangzhou", path="/push"))
    '/callbacks/shop/push'
    """
    return f"{CALLBACKS}/{enterprise}{callback.path}"


def _books(ledger: Ledger, enterprise: str, settings: Callbacks) -> Callable[[Callback], Callable[[], PushBook]]:
    def book_of(callback: Callback) -> Callable[[], PushBook]:
        if callback.kind == "payment_data":
            return lambda: open_request_book(settings.exchange.state)
        source, areas = f"{enterprise}/{callback.name}", KINDS[callback.kind].areas
        return lambda: InboxBook(read_ledger_inbox(ledger, source), areas=areas)

    return book_of


def _tell(name: str, why: Refusal, count: int) -> None:
    logging.getLogger("customs.hub").warning("%s: %s (%s) %s：%s", name, why.en, f"{count:,}", name, why.zh)
