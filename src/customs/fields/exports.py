"""Fields of the export side (出口) whose facets differ from the import side: many must be present but may be empty.

Source: unified edition 2022-05, export side: 213 to 216, 303 to 792.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from customs.fields.terms import Code, Count, Day, Decimals, Fixed, Instant, Moment, Text

TransmitterCode = Annotated[
    str, Text("copCode", "传输企业代码", "Enterprise that sends the message; may be empty", maximum=18)
]
AppStatus = Annotated[str, Code("appStatus", "报送状态", "1 stored, 2 declared", length=1, listed="app_statuses")]
PlatformCode = Annotated[str, Text("ebpCode", "电商平台代码", "Platform on which the order was placed", maximum=18)]
ReturnPlatformName = Annotated[
    str, Text("ebpName", "电商平台名称", "Name of the platform, or of the overseas warehouse", maximum=100)
]
ReturnMerchantCode = Annotated[
    str, Text("ebcCode", "电商企业（收发货人）代码", "Enterprise that sells the goods", maximum=18)
]
ReturnMerchantName = Annotated[
    str, Text("ebcName", "电商企业（收发货人）名称", "Registered name of the merchant", maximum=100)
]
ReturnWaybillNo = Annotated[str, Text("logisticsNo", "物流运单编号", "Number on the parcel's label", maximum=80)]
CarrierCode = Annotated[str, Text("logisticsCode", "物流企业代码", "Company that carries the goods", maximum=18)]
CarrierName = Annotated[str, Text("logisticsName", "物流企业名称", "Registered name of the carrier", maximum=100)]
ReturnInternalNo = Annotated[str, Text("coElNo", "企业内部标识", "The sender's own number of the document", maximum=30)]
ReturnedListNo = Annotated[str, Text("invtNo", "原清单号", "Number that customs gave to the list", maximum=20)]
ReturnTradeMode = Annotated[
    str, Code("tradeMode", "退货监管方式", "Trade (supervision) mode", length=4, listed="export_trade_modes")
]
DeclarantCode = Annotated[str, Text("agentCode", "申报企业代码", "Enterprise that declares", maximum=18)]
DeclarantName = Annotated[str, Text("agentName", "申报企业名称", "Registered name of the declarant", maximum=100)]
BillNo = Annotated[str, Text("billNo", "提运单号", "Bill of lading number", maximum=37)]
ReturnIeFlag = Annotated[str, Text("ieFlag", "进出口标识", "I import, E export", maximum=1, listed="ie_flags")]
ReturnTransportMode = Annotated[
    str, Text("trafMode", "运输方式", "How the goods are carried", maximum=1, listed="transport_modes")
]
NamedTransport = Annotated[str, Text("trafName", "运输工具名称", "Name of vessel or vehicle", maximum=100)]
ReturnPortCode = Annotated[str, Text("portCode", "进出口岸", "Port customs code", maximum=4, listed="districts")]
ReturnReason = Annotated[str, Text("reason", "退货原因", "Why the goods come back", maximum=500)]
ReturnDepartureCountry = Annotated[
    str, Text("country", "启运国（地区）", "Country to which the goods had gone", maximum=3, listed="countries")
]
ReturnVoyageNo = Annotated[str, Text("voyageNo", "航班航次", "Voyage/flight number", maximum=32)]
ReturnNote = Annotated[str, Text("note", "备注", "Remark", minimum=1, maximum=500, personal=True)]
ReturnGnum = Annotated[int, Count("gnum", "商品项号", "Line number", digits=4)]
ReturnHsCode = Annotated[str, Text("gcode", "商品编码", "HS code", maximum=10)]
GoodsName = Annotated[str, Text("gname", "商品名称", "Name under which the goods are declared", maximum=250)]
Model = Annotated[str, Text("gmodel", "规格型号", "Brand, specification and so on", maximum=250)]
ReturnLegalQty2 = Annotated[Decimal, Decimals("qty2", "法定第二数量", "Second statutory quantity")]
ReturnLegalUnit2 = Annotated[str, Code("unit2", "法定第二计量单位", "Second statutory unit", length=3, listed="units")]
ReceiptInternalNo = Annotated[
    str, Text("coElNo", "企业内部编号", "The sender's own number of the document", maximum=30)
]
GivenListNo = Annotated[str, Text("invtNo", "清单编号", "Number that customs gave to the list", maximum=20)]
ReturnReceiptStatus = Annotated[str, Text("returnStatus", "回执状态", "What became of the document", maximum=10)]
ReturnInfo = Annotated[str, Text("returnInfo", "回执信息", "What customs says about it", maximum=1000, personal=True)]
SiteOperatorCode = Annotated[
    str, Text("operatorCode", "监管场所经营人代码", "Supervised-site operator code", maximum=18)
]
SiteOperatorName = Annotated[
    str, Text("operatorName", "监管场所经营人名称", "Supervised-site operator name", maximum=100)
]
TallyWaybillNo = Annotated[str, Text("logisticsNo", "物流运单号", "Number on the parcel's label", maximum=80)]
TalliedListNo = Annotated[
    str, Text("invtNo", "企业内部编号", "Number that customs gave to the list", minimum=1, maximum=20)
]
TallyInternalNo = Annotated[str, Text("coElNo", "企业内部编号", "The sender's own number of the document", maximum=20)]
TallyIeFlag = Annotated[str, Code("ieFlag", "进出口标识", "I import, E export", length=1, listed="ie_flags")]
StorageLocation = Annotated[
    str, Text("location", "卸货堆货的仓储位置", "Where the goods lie after unloading", minimum=1, maximum=250)
]
TallyNote = Annotated[str, Text("note", "备注", "Remark", minimum=1, maximum=250, personal=True)]
OrderType = Annotated[
    str,
    Code(
        "orderType",
        "订单类型",
        "E retail, B business to business, W booking of an overseas warehouse",
        length=1,
        listed="order_types",
    ),
]
OrderNo = Annotated[
    str, Text("orderNo", "电商订单/海外仓订仓单编号", "Number of the order, or of the warehouse booking", maximum=60)
]
PlatformName = Annotated[
    str, Text("ebpName", "电商平台/海外仓名称", "Name of the platform, or of the overseas warehouse", maximum=100)
]
MerchantCode = Annotated[str, Text("ebcCode", "电商企业代码", "Enterprise that sells the goods", maximum=18)]
MerchantName = Annotated[str, Text("ebcName", "电商企业名称", "Registered name of the merchant", maximum=100)]
GoodsValue = Annotated[Decimal, Decimals("goodsValue", "商品金额", "Goods amount")]
Currency = Annotated[str, Code("currency", "币制", "Currency", length=3, listed="currencies")]
Gnum = Annotated[int, Count("gnum", "序号", "Line number", digits=5)]
ItemNo = Annotated[str, Text("itemNo", "企业商品货号", "Enterprise item number (SKU)", maximum=30)]
ItemName = Annotated[str, Text("itemName", "企业商品名称", "Enterprise item name", maximum=250)]
PaymentCompanyName = Annotated[str, Text("payName", "支付企业名称", "Payment enterprise name", maximum=100)]
PaymentNo = Annotated[str, Text("payNo", "支付交易编号", "Payment transaction number", minimum=1, maximum=60)]
AmountReceived = Annotated[Decimal, Decimals("charge", "收款金额", "Amount received from the buyer")]
CreditedAt = Annotated[datetime, Moment("accountingDate", "到账时间", "When the money was credited")]
WaybillNo = Annotated[str, Text("logisticsNo", "物流运单编号", "Number on the parcel's label", maximum=32)]
GoodsInfo = Annotated[str, Text("goodsInfo", "主要货物信息", "Names and quantities of the goods carried", maximum=200)]
MerchantTelephone = Annotated[
    str, Text("ebcTelephone", "电商企业电话", "Telephone of the merchant", minimum=1, maximum=50)
]
InternalNo = Annotated[str, Text("copNo", "企业唯一编号", "The sender's own number of the document", maximum=30)]
DomesticTransportNo = Annotated[str, Text("domesticTrafNo", "境内运输工具编号", "Domestic vehicle number", maximum=100)]
MessageCount = Annotated[int, Count("msgCount", "报文总数", "How many messages the document is spread over", digits=9)]
MessageNo = Annotated[int, Count("msgSeqNo", "报文序号", "Which of these messages this is", digits=9)]
BagNo = Annotated[
    str, Text("totalPackageNo", "总包号", "Number of the bag that holds the parcel", minimum=1, maximum=37)
]
TransportName = Annotated[str, Text("trafName", "运输工具名称", "Name of vessel or vehicle", minimum=1, maximum=100)]
LeftAt = Annotated[datetime, Moment("leaveTime", "离境时间", "When the transport left")]
ListPlatformName = Annotated[
    str, Text("ebpName", "电商平台名称/海外仓名称", "Name of the platform, or of the overseas warehouse", maximum=100)
]
ListOrderNo = Annotated[
    str, Text("orderNo", "订单编号/海外仓订仓单编号", "Number of the order, or of the warehouse booking", maximum=60)
]
ListNo = Annotated[str, Text("invtNo", "清单编号", "Number that customs gave to the list", minimum=1, maximum=20)]
PortCode = Annotated[str, Code("portCode", "出口口岸代码", "Port customs code", length=4, listed="districts")]
ExitDay = Annotated[date, Day("ieDate", "出口日期", "Export date")]
DeclarationKind = Annotated[
    str,
    Code(
        "statisticsFlag",
        "申报业务类型",
        "A simplified declaration list, B consolidated declaration",
        length=1,
        listed="declaration_kinds",
    ),
]
ConsignorCode = Annotated[str, Text("ebcCode", "收发货人代码", "Enterprise that sells the goods", maximum=18)]
ConsignorName = Annotated[str, Text("ebcName", "收发货人名称", "Registered name of the merchant", maximum=100)]
ProducerCode = Annotated[
    str, Text("ownerCode", "生产销售企业代码", "Enterprise that makes or sells the goods", maximum=18)
]
ProducerName = Annotated[str, Text("ownerName", "生产销售企业名称", "Registered name of the producer", maximum=100)]
AreaOperatorCode = Annotated[
    str, Text("iacCode", "区内企业代码", "Warehouse company of the bonded area", minimum=1, maximum=18)
]
AreaOperatorName = Annotated[
    str, Text("iacName", "区内企业名称", "Registered name of the bonded-area operator", minimum=1, maximum=100)
]
TradeMode = Annotated[
    str, Code("tradeMode", "贸易方式", "Trade (supervision) mode", length=4, listed="export_trade_modes")
]
LicenceNo = Annotated[str, Text("licenseNo", "许可证号", "Licence number", minimum=1, maximum=19)]
ArrivalCountry = Annotated[str, Code("country", "运抵国（地区）", "Country of arrival", length=3, listed="countries")]
PortOfDestination = Annotated[
    str, Text("POD", "指运港代码", "Port to which the goods go", minimum=3, maximum=4, pattern="[0-9A-Za-z]{3,4}")
]
FreightCurrency = Annotated[str, Code("fCurrency", "运费币制", "Freight currency", length=3, listed="currencies")]
FreightFlag = Annotated[str, Fixed("fFlag", "运费标志", "3, a total", value="3")]
InsuranceCurrency = Annotated[str, Code("iCurrency", "保费币制", "Insurance currency", length=3, listed="currencies")]
InsuranceFlag = Annotated[str, Fixed("iFlag", "保费标志", "3, a total", value="3")]
ListGnum = Annotated[int, Count("gnum", "商品序号", "Line number", digits=5)]
ListItemNo = Annotated[str, Text("itemNo", "企业商品货号", "Enterprise item number (SKU)", maximum=20)]
BarCode = Annotated[str, Text("barCode", "条形码", "Bar code", maximum=50)]
DestinationCountry = Annotated[
    str, Code("country", "目的国（地区）代码", "Country of final destination", length=3, listed="countries")
]
ListLegalUnit2 = Annotated[
    str, Text("unit2", "第二计量单位", "Second statutory unit", minimum=1, maximum=3, listed="units")
]
ReceiptOrderNo = Annotated[
    str, Text("orderNo", "订单编号", "Number of the order, or of the warehouse booking", maximum=60)
]
ListReturnInfo = Annotated[
    str, Text("returnInfo", "回执信息码", "What customs says about it", maximum=1000, personal=True)
]
CancelledListNo = Annotated[str, Text("invtNo", "原清单编号", "Number that customs gave to the list", maximum=20)]
CancelReason = Annotated[str, Text("reason", "撤单原因", "Why the list is taken back", maximum=1000)]
GivenVoyageNo = Annotated[str, Text("voyageNo", "航班航次号", "Voyage/flight number", maximum=32)]
OnwardTransportNo = Annotated[
    str, Text("domesticTrafNo", "境内运输工具编号", "Domestic vehicle number", minimum=1, maximum=100)
]
HouseBagNo = Annotated[
    str, Text("totalPackageNo", "总包号", "Number of the bag that holds the parcel", minimum=1, maximum=60)
]
HouseListNo = Annotated[
    str, Text("invtNo", "出口清单编号", "Number that customs gave to the list", minimum=1, maximum=20)
]
SummaryNo = Annotated[str, Text("sumNo", "汇总申请编号", "Number of the request to consolidate", minimum=1, maximum=18)]
ConsolidationDeclarantCode = Annotated[str, Text("agentCode", "申报单位代码", "Enterprise that declares", maximum=18)]
ConsolidationDeclarantName = Annotated[
    str, Text("agentName", "申报单位名称", "Registered name of the declarant", maximum=100)
]
BrokerCode = Annotated[
    str, Text("declAgentCode", "报关单位代码", "Customs broker of the consolidated declaration", maximum=18)
]
BrokerName = Annotated[str, Text("declAgentName", "报关单位名称", "Registered name of the broker", maximum=100)]
Since = Annotated[datetime, Moment("startTime", "汇总开始时间", "Beginning of the period that is consolidated")]
Until = Annotated[datetime, Moment("endTime", "汇总结束时间", "End of the period that is consolidated")]
Grouping = Annotated[
    str,
    Code(
        "summaryFlag",
        "收发货人汇总标志",
        "1 by consignor, 2 by consignor and producer",
        length=1,
        listed="summary_flags",
    ),
]
ByItemName = Annotated[
    str,
    Code("itemNameFlag", "按商品名汇总标志", "1 by the original name of the goods", length=1, listed="item_name_flags"),
]
GivenSummaryNo = Annotated[
    str, Text("sumNo", "汇总申请编号", "Number of the request to consolidate", minimum=18, maximum=18)
]
ProcessedAt = Annotated[datetime, Instant("opDate", "汇总处理时间", "Aggregation processing time")]
ResultNo = Annotated[
    str, Text("declSeqNo", "汇总统一编号", "Number of the consolidation result", minimum=18, maximum=18)
]
EntryDraftNo = Annotated[str, Text("decTmpNo", "电子口岸暂存编号", "Declaration draft number", minimum=18, maximum=18)]
EntryPreNo = Annotated[
    str, Text("decPreNo", "电子口岸预录入编", "Declaration pre-entry number", minimum=18, maximum=18)
]
EntryNo = Annotated[
    str, Text("entryId", "报关单编号", "Number of the customs declaration made of the lists", minimum=18, maximum=18)
]
EntryStatus = Annotated[str, Text("decState", "报关单状态", "State of that declaration", minimum=1, maximum=3)]
ResultLineNo = Annotated[int, Count("gseqno", "汇总结果单顺序号", "Line of the consolidation result", digits=5)]
ResultGnum = Annotated[int, Count("gnum", "清单商品项号", "Inventory line number", digits=5)]
