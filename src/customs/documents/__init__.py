"""The documents of the standard (单证), typed: 42 messages, a module for each business document.

``imports`` holds the import side, ``exports`` the export side, ``format_error`` the answer to an unreadable message.
The documents of the import side can be imported from here too.

>>> MESSAGES["CEB621"].title
'进口清单'
"""

from typing import TYPE_CHECKING

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
from customs.documents.business_key import BusinessKey, BusinessKeys
from customs.documents.oddity import Oddity
from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.documents.answer import Answer, answer_of, answers_of
    from customs.documents.format_error import FormatError
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
    from customs.documents.imports.parcel import PARCEL_MESSAGES, ParcelDocuments, ParcelValues
    from customs.documents.imports.payment import Payment, PaymentHead, PaymentReceipt
    from customs.documents.imports.tax_bill import TaxBill, TaxBillHead, TaxBillLine, TaxBillStatus, TaxBillStatusHead
    from customs.documents.imports.warehouse_entry import (
        WarehouseEntry,
        WarehouseEntryHead,
        WarehouseEntryLine,
        WarehouseEntryReceipt,
    )
    from customs.documents.imports.waybill import Waybill, WaybillHead, WaybillReceipt
    from customs.documents.messages import EXPORTS, IMPORTS, MESSAGES
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "answer": "Answer answer_of answers_of",
            "format_error": "FormatError",
            "imports.cancellation": "Cancellation CancellationReceipt",
            "imports.declaration_list": "DeclarationList DeclarationListHead DeclarationListLine DeclarationListReceipt",
            "imports.delivery_status": "DeliveryStatus DeliveryStatusReceipt",
            "imports.goods_return": "GoodsReturn GoodsReturnHead GoodsReturnLine GoodsReturnReceipt",
            "imports.order": "Order OrderHead OrderLine OrderReceipt",
            "imports.parcel": "PARCEL_MESSAGES ParcelDocuments ParcelValues",
            "imports.payment": "Payment PaymentHead PaymentReceipt",
            "imports.tax_bill": "TaxBill TaxBillHead TaxBillLine TaxBillStatus TaxBillStatusHead",
            "imports.warehouse_entry": "WarehouseEntry WarehouseEntryHead WarehouseEntryLine WarehouseEntryReceipt",
            "imports.waybill": "Waybill WaybillHead WaybillReceipt",
            "messages": "EXPORTS IMPORTS MESSAGES",
        },
    )


__all__ = [
    "DOCUMENTS_IN_A_MESSAGE",
    "EXPORTS",
    "IMPORTS",
    "MESSAGES",
    "PARCEL_MESSAGES",
    "Answer",
    "Authority",
    "BusinessKey",
    "BusinessKeys",
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
    "ParcelValues",
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
