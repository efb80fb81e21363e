"""The documents of the standard (单证), typed: 42 messages, a module for each business document.

``imports`` holds the import side, ``exports`` the export side, ``format_error`` the answer to an unreadable message.
The documents of the import side can be imported from here too.

>>> MESSAGES["CEB621"].title
'进口清单'
"""

from customs.documents.answer import Answer, answer_of, answers_of
from customs.documents.base import (
    DOCUMENTS_IN_A_MESSAGE,
    Authority,
    Document,
    ExportTransfer,
    Message,
    Receipt,
    Submission,
    Subscription,
    Transfer,
)
from customs.documents.business_key import BusinessKey
from customs.documents.exports import EXPORTS
from customs.documents.format_error import FormatError
from customs.documents.imports import IMPORTS
from customs.documents.imports.cancellation import Cancellation, CancellationReceipt
from customs.documents.imports.declaration_list import (
    DeclarationList,
    DeclarationListHead,
    DeclarationListLine,
    DeclarationListReceipt,
)
from customs.documents.imports.delivery_status import DeliveryStatus, DeliveryStatusReceipt
from customs.documents.imports.goods_return import GoodsReturn, GoodsReturnHead, GoodsReturnLine, GoodsReturnReceipt
from customs.documents.imports.order import Order, OrderHead, OrderLine, OrderReceipt
from customs.documents.imports.parcel import ParcelDocuments
from customs.documents.imports.payment import Payment, PaymentHead, PaymentReceipt
from customs.documents.imports.tax_bill import TaxBill, TaxBillHead, TaxBillLine, TaxBillStatus, TaxBillStatusHead
from customs.documents.imports.warehouse_entry import (
    WarehouseEntry,
    WarehouseEntryHead,
    WarehouseEntryLine,
    WarehouseEntryReceipt,
)
from customs.documents.imports.waybill import Waybill, WaybillHead, WaybillReceipt
from customs.documents.oddity import Oddity

_ALL: tuple[type[Document], ...] = (*IMPORTS, *EXPORTS, FormatError)

#: The document type of each message by its name, such as ``CEB621``.
MESSAGES: dict[str, type[Document]] = {each.message: each for each in _ALL}

#: The messages that declare a parcel of retail import, in the order in which they are sent.
PARCEL_MESSAGES = (Order.message, Payment.message, Waybill.message, DeclarationList.message)

__all__ = [
    "DOCUMENTS_IN_A_MESSAGE",
    "EXPORTS",
    "IMPORTS",
    "MESSAGES",
    "PARCEL_MESSAGES",
    "Answer",
    "BusinessKey",
    "Authority",
    "Cancellation",
    "CancellationReceipt",
    "DeclarationList",
    "DeclarationListHead",
    "DeclarationListLine",
    "DeclarationListReceipt",
    "DeliveryStatus",
    "DeliveryStatusReceipt",
    "Document",
    "ExportTransfer",
    "FormatError",
    "GoodsReturn",
    "GoodsReturnHead",
    "GoodsReturnLine",
    "GoodsReturnReceipt",
    "Message",
    "Oddity",
    "Order",
    "OrderHead",
    "OrderLine",
    "OrderReceipt",
    "ParcelDocuments",
    "Payment",
    "PaymentHead",
    "PaymentReceipt",
    "Receipt",
    "Submission",
    "Subscription",
    "TaxBill",
    "TaxBillHead",
    "TaxBillLine",
    "TaxBillStatus",
    "TaxBillStatusHead",
    "Transfer",
    "WarehouseEntry",
    "WarehouseEntryHead",
    "WarehouseEntryLine",
    "WarehouseEntryReceipt",
    "Waybill",
    "WaybillHead",
    "WaybillReceipt",
    "answer_of",
    "answers_of",
]
