"""Every message of the standard (报文目录) with its document: the import side, the export side, the format error.

>>> MESSAGES["CEB621"].title, len(MESSAGES)
('进口清单', 42)
"""

from customs.documents.base import Document
from customs.documents.exports.arrival import ExportArrival, ExportArrivalReceipt
from customs.documents.exports.cancellation import ExportCancellation, ExportCancellationReceipt
from customs.documents.exports.collection import ExportCollection, ExportCollectionReceipt
from customs.documents.exports.consolidation import (
    ExportConsolidation,
    ExportConsolidationReceipt,
    ExportConsolidationResult,
)
from customs.documents.exports.declaration_list import ExportList, ExportListReceipt
from customs.documents.exports.departure import ExportDeparture, ExportDepartureReceipt
from customs.documents.exports.goods_return import ExportReturn, ExportReturnReceipt
from customs.documents.exports.master_house_list import ExportMasterHouseList, ExportMasterHouseListReceipt
from customs.documents.exports.order import ExportOrder, ExportOrderReceipt
from customs.documents.exports.return_tally import ExportReturnTally, ExportReturnTallyReceipt
from customs.documents.exports.waybill import ExportWaybill, ExportWaybillReceipt
from customs.documents.format_error import FormatError
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

#: The documents of the export side, each followed by its receipts.
EXPORTS: tuple[type[Document], ...] = (
    ExportOrder,
    ExportOrderReceipt,
    ExportCollection,
    ExportCollectionReceipt,
    ExportWaybill,
    ExportWaybillReceipt,
    ExportArrival,
    ExportArrivalReceipt,
    ExportDeparture,
    ExportDepartureReceipt,
    ExportList,
    ExportListReceipt,
    ExportCancellation,
    ExportCancellationReceipt,
    ExportMasterHouseList,
    ExportMasterHouseListReceipt,
    ExportConsolidation,
    ExportConsolidationReceipt,
    ExportConsolidationResult,
    ExportReturn,
    ExportReturnReceipt,
    ExportReturnTally,
    ExportReturnTallyReceipt,
)

#: The document type of each message by its name, such as ``CEB621``.
MESSAGES: dict[str, type[Document]] = {
    **{each.message: each for each in (*IMPORTS, *EXPORTS)},
    FormatError.message: FormatError,
}
