"""The export side of the standard (出口): the documents of enterprises and the receipts of customs, a module for each
document.

| module | declares | is answered by |
| --- | --- | --- |
| order | 303 | 304 |
| collection | 403 | 404 |
| waybill | 505 | 506 |
| arrival | 507 | 508 |
| departure | 509 | 510 |
| declaration_list | 603 | 604 |
| cancellation | 605 | 606 |
| master_house_list | 607 | 608 |
| consolidation | 701 | 702, 792 |
| goods_return | 213 | 214 |
| return_tally | 215 | 216 |
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
