"""Declared payments in messages (报文中的支付凭证): CEB411 with its order CEB311, and where the list stands by receipts.

Who paid and who bought is compared while the messages are read: the persons themselves go nowhere.
"""

import hashlib
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from customs.codes.states import State
from customs.documents import Document, Order, Payment
from customs.ledger.settlements.payment_case import DeclaredPayment, ListStanding
from customs.receipts.streams import TrackedParcel, track_all
from customs.wire import ReadError, read

#: Where a list stands for a refund, by the node that its parcel has reached.
_STANDINGS: dict[State, ListStanding] = {
    State.RELEASED: "released",
    State.CLOSED: "released",
    State.WITHDRAWN: "cancelled",
    State.RETURNED: "returned",
}


class _Listed(NamedTuple):
    """Where the list of an order stands, and since when."""

    standing: ListStanding
    since: datetime | None


def payments_in_messages(folders: Sequence[Path]) -> Iterator[DeclaredPayment]:
    """Yield the payments declared by the messages in folders, the last version of each.

    Files that are no messages are passed over, as folders of receipts hold others too.
    """
    key, buyers = secrets.token_bytes(32), dict[str, bytes]()
    found = dict[str, tuple[DeclaredPayment, bytes]]()
    for document in _documents(folders):
        if isinstance(document, Order):
            head = document.head
            buyers[head.order_no] = _hashed(key, head.buyer_id_type, head.buyer_id_number)
        elif isinstance(document, Payment):
            payment, payer = _payment(document), document.head
            found[payment.order_no] = payment, _hashed(key, payer.payer_id_type, payer.payer_id_number)
    listed = _standings(folders)
    for order, (payment, payer_hash) in found.items():
        buyer = buyers.get(order)
        standing, since = listed.get(order, _Listed("open", None))
        same = None if buyer is None else buyer == payer_hash
        yield replace(payment, payer_is_buyer=same, standing=standing, standing_since=since)


def _hashed(key: bytes, id_type: str, number: str) -> bytes:
    """Return a person as a hash that means something within this reading alone."""
    return hashlib.blake2b(f"{id_type} {number}".encode(), key=key, digest_size=16).digest()


def _payment(document: Payment) -> DeclaredPayment:
    head = document.head
    return DeclaredPayment(
        order_no=head.order_no,
        payment_no=head.payment_no,
        company_code=head.payment_company_code,
        amount=head.amount_paid,
        paid_at=head.paid_at.replace(tzinfo=None),
        declared_at=head.app_time.replace(tzinfo=None),
    )


def _documents(folders: Sequence[Path]) -> Iterator[Document]:
    for folder in folders:
        for path in sorted(folder.rglob("*.xml")):
            try:
                message = read(path.read_bytes(), unwrap=True)
            except ReadError:
                continue
            yield from message.documents


def _standings(folders: Sequence[Path]) -> dict[str, _Listed]:
    """Return where the list of each order stands."""
    found = dict[str, _Listed]()
    for parcel in track_all(folders).parcels:
        node, order = parcel.state.node, _order_of(parcel)
        if node is not None and node in _STANDINGS and order:
            found[order] = _Listed(_STANDINGS[node], parcel.state.reached.get(node))
    return found


def _order_of(parcel: TrackedParcel) -> str:
    return next((text for name, text in parcel.numbers if name == "order_no"), "")
