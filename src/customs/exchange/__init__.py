"""The exchange (收发): messages go out and receipts come in, by the ways that destinations offer.

A message is put into the outbox (发件箱) of its destination and handed over by ``send_due``; ``receive`` takes what comes into
the inbox (收件箱). What each promises stands in ``contract``, ``outbox`` and ``inbox``.
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.exchange.contract import (
        Again,
        Delivery,
        ExchangeWay,
        HandedOver,
        HandOverOutcome,
        Item,
        SetAside,
        WayError,
    )
    from customs.exchange.copies import CopyErasedError
    from customs.exchange.destinations import Destination, Exchange, UnknownDestinationError, load_exchange
    from customs.exchange.envelopes import EnvelopeAddress, NotEnvelopedError
    from customs.exchange.inbox import Inbox, TakenItem
    from customs.exchange.messages_in_files import delivery_of, message_files
    from customs.exchange.outbox import OtherBytesError, Outbox, OutboxEntry, UnknownDeliveryError
    from customs.exchange.receiving import ReceiveConditions, ReceiveReport, receive
    from customs.exchange.sending import SendConditions, SendReport, send_due
    from customs.exchange.standing import DeliveryEvent, DeliveryState, ResendRules, Standing
    from customs.exchange.stored_inbox import open_inbox, read_inbox
    from customs.exchange.stored_outbox import open_outbox, read_outbox
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "contract": "Again Delivery ExchangeWay HandOverOutcome HandedOver Item SetAside WayError",
            "copies": "CopyErasedError",
            "destinations": "Destination Exchange UnknownDestinationError load_exchange",
            "envelopes": "EnvelopeAddress NotEnvelopedError",
            "inbox": "Inbox TakenItem",
            "messages_in_files": "delivery_of message_files",
            "outbox": "OtherBytesError Outbox OutboxEntry UnknownDeliveryError",
            "receiving": "ReceiveConditions ReceiveReport receive",
            "sending": "SendConditions SendReport send_due",
            "standing": "DeliveryEvent DeliveryState ResendRules Standing",
            "stored_inbox": "open_inbox read_inbox",
            "stored_outbox": "open_outbox read_outbox",
        },
    )

__all__ = [
    "Again",
    "CopyErasedError",
    "Delivery",
    "DeliveryEvent",
    "DeliveryState",
    "Destination",
    "EnvelopeAddress",
    "Exchange",
    "ExchangeWay",
    "HandOverOutcome",
    "HandedOver",
    "Inbox",
    "Item",
    "NotEnvelopedError",
    "OtherBytesError",
    "Outbox",
    "OutboxEntry",
    "ReceiveConditions",
    "ReceiveReport",
    "ResendRules",
    "SendConditions",
    "SendReport",
    "SetAside",
    "Standing",
    "TakenItem",
    "UnknownDeliveryError",
    "UnknownDestinationError",
    "WayError",
    "delivery_of",
    "load_exchange",
    "message_files",
    "open_inbox",
    "open_outbox",
    "read_inbox",
    "read_outbox",
    "receive",
    "send_due",
]
