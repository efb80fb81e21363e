"""The four documents of one parcel: the three that customs matches (三单) and the list (清单) that joins them."""

from dataclasses import dataclass

from customs.documents.imports.declaration_list import DeclarationList
from customs.documents.imports.order import Order
from customs.documents.imports.payment import Payment
from customs.documents.imports.waybill import Waybill


@dataclass(frozen=True, slots=True)
class ParcelDocuments:
    """Order, payment, waybill and declaration list of one parcel, whether built here or read from messages."""

    order: Order
    payment: Payment
    waybill: Waybill
    declaration_list: DeclarationList


#: The messages that declare a parcel of retail import, in the order in which they are sent.
PARCEL_MESSAGES = (Order.message, Payment.message, Waybill.message, DeclarationList.message)
