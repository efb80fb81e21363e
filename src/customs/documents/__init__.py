"""The documents of the standard (单证), typed: a module for each business document.

>>> MESSAGES["CEB621"].title
'进口清单'
"""

from customs.documents.base import DOCUMENTS_IN_A_MESSAGE, Document, Message, Subscription, Transfer
from customs.documents.declaration_list import DeclarationList, DeclarationListHead, DeclarationListLine
from customs.documents.order import Order, OrderHead, OrderLine
from customs.documents.parcel import ParcelDocuments
from customs.documents.payment import Payment, PaymentHead
from customs.documents.waybill import Waybill, WaybillHead

#: The document type of each message, in the order in which a parcel's documents are sent.
MESSAGES: dict[str, type[Document]] = {each.message: each for each in (Order, Payment, Waybill, DeclarationList)}

__all__ = [
    "DOCUMENTS_IN_A_MESSAGE", "MESSAGES", "DeclarationList", "DeclarationListHead", "DeclarationListLine", "Document",
    "Message", "Order", "OrderHead", "OrderLine", "ParcelDocuments", "Payment", "PaymentHead", "Subscription", "Transfer", "Waybill",
    "WaybillHead",
]
