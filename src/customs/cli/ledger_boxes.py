"""The boxes of the ledger on the command line (账簿收发件箱): loaded where the enterprise file says ``boxes = "ledger"`` alone."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from customs.cli.app import misuse_of
from customs.cli.ledgers import ledger_opened
from customs.exchange.boxes import FolderBoxes
from customs.exchange.destinations import Exchange
from customs.exchange.envelopes import NotEnvelopedError
from customs.exchange.outbox import OtherBytesError
from customs.exchange.standing import DeliveryState
from customs.journal import JournalError
from customs.ledger.database import LedgerConnection
from customs.ledger.declared.store import PutMessages
from customs.ledger.exchange import LedgerBoxes, UntakenMessageError, put_to_destinations
from customs.road import Batch

#: The states of messages of which nothing more is done by itself or by a person.
_ENDED = frozenset({DeliveryState.HANDED_OVER, DeliveryState.DEAD})


@contextmanager
def ledger_boxes(exchange: Exchange) -> Iterator[LedgerBoxes]:
    """Open the boxes in the ledger of an enterprise; say on one line why they cannot be used, and end with the exit code."""
    with ledger_opened(exchange.file, None, None) as ledger:
        _refuse_open_in_folder(exchange)
        yield LedgerBoxes(ledger)


def _refuse_open_in_folder(exchange: Exchange) -> None:
    """Refuse to go on beside messages in the state folder that nobody would send any more."""
    boxes = FolderBoxes(exchange.state, exchange.master)
    states = [each for each in DeliveryState if each not in _ENDED]
    for name in boxes.outboxes():
        with boxes.outbox_to_read(name) as outbox:
            count = sum(1 for _ in outbox.entries(states))
        if count:
            raise misuse_of(
                f'{name}: {count:,} messages are still open in the outbox of the state folder: take boxes = "ledger" out of '
                f"[exchange], send them or give them up, then put it in again",
                f'{name}：状态目录的发件箱中尚有 {count:,} 份未完成的报文：请先从 [exchange] 去掉 boxes = "ledger"，发送或作废后再填回',
            )


def putting_to(exchange: Exchange) -> PutMessages:
    """Return what puts the messages of a batch into the outboxes of an enterprise, in the transaction that notes them."""
    destinations = tuple(exchange.destinations.values())

    def put(connection: LedgerConnection, batch: Batch, at: datetime) -> Counter[str]:
        try:
            return put_to_destinations(connection, destinations, batch.messages, at=at)
        except (UntakenMessageError, NotEnvelopedError, OtherBytesError) as error:
            raise JournalError(str(error)) from error

    return put
