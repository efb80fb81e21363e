"""The boxes of the exchange in the ledger (账簿中的收发件箱): outboxes and inboxes in the same database as everything else.

So one transaction holds a change, its cause and the message that it sends: ``put_messages`` and ``take_items`` work within the
transaction of their caller. ``open_ledger_outbox`` and ``open_ledger_inbox`` give a sender and a receiver what those of a state
folder give, with the same promises.

>>> from customs.ledger.exchange import put_messages
>>> put_messages.__name__
'put_messages'
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.ledger.exchange.addressing import UntakenMessageError, put_to_destinations
    from customs.ledger.exchange.ledger_boxes import LedgerBoxes
    from customs.ledger.exchange.ledger_inbox import LedgerInbox, open_ledger_inbox, read_ledger_inbox
    from customs.ledger.exchange.ledger_outbox import LedgerOutbox, open_ledger_outbox
    from customs.ledger.exchange.putting import put_messages
    from customs.ledger.exchange.receipts import KeptReceipt, ReceiptsBehind, receipts_behind
    from customs.ledger.exchange.taking import item_content, item_contents, items_after, take_items
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "ledger_inbox": "LedgerInbox open_ledger_inbox read_ledger_inbox",
            "addressing": "UntakenMessageError put_to_destinations",
            "ledger_boxes": "LedgerBoxes",
            "ledger_outbox": "LedgerOutbox open_ledger_outbox",
            "putting": "put_messages",
            "receipts": "KeptReceipt ReceiptsBehind receipts_behind",
            "taking": "item_content item_contents items_after take_items",
        },
    )

__all__ = [
    "KeptReceipt",
    "LedgerBoxes",
    "LedgerInbox",
    "LedgerOutbox",
    "ReceiptsBehind",
    "UntakenMessageError",
    "item_content",
    "item_contents",
    "items_after",
    "open_ledger_inbox",
    "open_ledger_outbox",
    "put_messages",
    "put_to_destinations",
    "read_ledger_inbox",
    "receipts_behind",
    "take_items",
]
