"""Putting messages (报文入箱): what a run made of orders goes into the outbox, and what was submitted into their history.

All of it is within the caller's transaction: a message is in the outbox if and only if its orders say so.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from customs.documents import BusinessKey
from customs.exchange.contract import Delivery
from customs.exchange.messages_in_files import delivery_of
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.orders.history import event_digest, history_rows
from customs.hub.store.tables import HUB_HISTORY
from customs.ledger.database import LedgerConnection
from customs.ledger.exchange import put_messages
from customs.ledger.exchange.boxes import lock_boxes
from customs.ledger.many_rows import add_rows
from customs.receipts.dispatch import dispatch
from customs.receipts.follow_up import FollowUp
from customs.receipts.state import Submitted
from customs.road import Batch, Outgoing, Run
from customs.road.recognition import keys_of
from customs.road.results import DocumentName


def put_batch(
    connection: LedgerConnection, enterprise: HubEnterprise, batch: Batch, orders: Mapping[int, int], *, at: datetime
) -> dict[int, list[Submitted]]:
    """Put the messages of a batch into the outboxes of their destinations; return what was submitted of each parcel.

    ``orders`` are the numbers of the orders by position. All outboxes of the enterprise are locked first, so that no two
    transactions wait for each other in a circle, whatever they put later. Raises ``NoDestinationError``.
    """
    submitted: dict[int, list[Submitted]] = {}
    declarations = {each.position: each.declaration for each in batch.parcels}
    named = dict[int, Mapping[DocumentName, BusinessKey]]()
    _put(connection, enterprise, batch.messages, at)
    for message in batch.messages:
        for place, position in enumerate(message.parcels):
            declaration = declarations[position]
            assert declaration, "a parcel in a message was read"
            if position not in named:
                named[position] = keys_of(declaration)
            of_documents = [named[position][name] for name in message.documents] or [message.keys[place]]
            submitted.setdefault(position, []).extend(
                Submitted(key=key, guid=message.guid, app_time=at, app_type=declaration.app_type, area=message.area)
                for key in of_documents
            )
    keys = connection.keys
    told = {
        orders[position]: {event_digest(keys, each): each for each in events} for position, events in submitted.items()
    }
    rows = [row for order, events in told.items() for row in history_rows(keys, order, events, at)]
    add_rows(connection, HUB_HISTORY, rows, once=True)
    return submitted


def _put(connection: LedgerConnection, enterprise: HubEnterprise, messages: Sequence[Outgoing], at: datetime) -> None:
    taken: dict[str, list[Delivery]] = {}
    for message in messages:
        for each in enterprise.destinations_of(message):
            taken.setdefault(each.name, []).append(each.addressed(delivery_of(message)))
    if not taken:
        return
    names = {each.name: f"{enterprise.name}/{each.name}" for each in enterprise.destinations}
    lock_boxes(connection, "outbox", names.values())
    for each in enterprise.destinations:
        if found := taken.get(each.name):
            put_messages(connection, names[each.name], found, at=at, most_bytes=each.most_bytes)


def put_follow_up(
    connection: LedgerConnection, enterprise: HubEnterprise, made: tuple[Run, FollowUp], order: int, *, at: datetime
) -> bool:
    """Put a follow-up of an order into the outbox, by the run that made it; return False if nothing could be written."""
    run, follow_up = made
    sent = 0
    for batch in dispatch(run, [follow_up]):
        put_batch(connection, enterprise, batch, {each.position: order for each in batch.parcels}, at=at)
        sent += len(batch.messages)
    return sent > 0
