"""The import side of the standard (进口): the documents of enterprises and the receipts of customs, a module for each
document.

| module | declares | is answered by |
| --- | --- | --- |
| order | 311 | 312 |
| payment | 411 | 412 |
| waybill | 511 | 512 |
| delivery_status | 513 | 514 |
| declaration_list | 621 | 622 |
| cancellation | 623 | 624 |
| goods_return | 625 | 626 |
| warehouse_entry | 711 | 712 |
| tax_bill | | 816, 818 |
"""

from customs.documents.base import Document
from customs.documents.imports.cancellation import Cancellation, CancellationReceipt
from customs.documents.imports.declaration_list import (
    DeclarationList,
    DeclarationListReceipt,
)
from customs.documents.imports.delivery_status import DeliveryStatus, DeliveryStatusReceipt
from customs.documents.imports.goods_return import GoodsReturn, GoodsReturnReceipt
from customs.documents.imports.order import Order, OrderReceipt
from customs.documents.imports.payment import Payment, PaymentReceipt
from customs.documents.imports.tax_bill import TaxBill, TaxBillStatus
from customs.documents.imports.warehouse_entry import (
    WarehouseEntry,
    WarehouseEntryReceipt,
)
from customs.documents.imports.waybill import Waybill, WaybillReceipt

#: The documents of the import side, each followed by its receipts.
IMPORTS: tuple[type[Document], ...] = (
    Order,
    OrderReceipt,
    Payment,
    PaymentReceipt,
    Waybill,
    WaybillReceipt,
    DeliveryStatus,
    DeliveryStatusReceipt,
    DeclarationList,
    DeclarationListReceipt,
    Cancellation,
    CancellationReceipt,
    GoodsReturn,
    GoodsReturnReceipt,
    WarehouseEntry,
    WarehouseEntryReceipt,
    TaxBill,
    TaxBillStatus,
)
