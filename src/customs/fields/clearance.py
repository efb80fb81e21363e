"""Fields of the waybill (运单) and of the clearance on the declaration list (清单). Weights are kilograms.

Source: unified edition 2022-05, messages 511 and 621.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

from customs.fields.terms import Code, Count, Day, Decimals, Fixed, Moment, Text

WaybillNo = Annotated[str, Text("logisticsNo", "物流运单编号", "Number on the parcel's label", minimum=1, maximum=60)]
BillNo = Annotated[
    str, Text("billNo", "提运单号", "Bill of lading, air waybill or manifest of the crossing", minimum=1, maximum=37)
]
Freight = Annotated[Decimal, Decimals("freight", "运费", "Freight that the carrier really charges, 0 if none")]
InsuredFee = Annotated[
    Decimal, Decimals("insuredFee", "保价费", "Insurance that the carrier really charges, 0 if none")
]
Weight = Annotated[Decimal, Decimals("weight", "毛重", "Gross weight of the parcel in kilograms")]
PackageCount = Annotated[int, Count("packNo", "件数", "Number of packages, always 1 for a parcel", digits=9)]
GoodsInfo = Annotated[
    str, Text("goodsInfo", "主要货物信息", "Names and quantities of the goods carried", minimum=1, maximum=200)
]

InternalNo = Annotated[
    str,
    Text("copNo", "企业内部编号", "The sender's own number of the document, echoed by receipts", minimum=1, maximum=20),
]
PreEntryNo = Annotated[
    str, Text("preNo", "预录入编号", "Number that the e-port gave, absent at first", minimum=1, maximum=18)
]
AccountBookNo = Annotated[
    str, Text("emsNo", "账册编号", "Account book of the bonded-area operator", minimum=1, maximum=30)
]
ListNo = Annotated[str, Text("invtNo", "清单编号", "Number that customs gave to the list", minimum=1, maximum=18)]
IeFlag = Annotated[str, Fixed("ieFlag", "进出口标记", "I, import", value="I")]
DeclarationDay = Annotated[date, Day("declTime", "申报日期", "Day of the declaration, whose law applies")]
DistrictCode = Annotated[
    str,
    Code("customsCode", "申报海关代码", "Customs district that receives the declaration", length=4, listed="districts"),
]
PortCode = Annotated[
    str,
    Code(
        "portCode", "口岸海关代码", "Customs district where the goods enter the country", length=4, listed="districts"
    ),
]
EntryDay = Annotated[date, Day("ieDate", "进口日期", "Day on which the transport entered the country, if known")]
TradeMode = Annotated[
    str, Code("tradeMode", "贸易方式", "9610 direct purchase, 1210 bonded import", length=4, listed="trade_modes")
]
TransportMode = Annotated[
    str,
    Code(
        "trafMode", "运输方式", "How the goods cross the border, or leave the area", length=1, listed="transport_modes"
    ),
]
TransportNo = Annotated[
    str, Text("trafNo", "运输工具编号", "Vessel, vehicle or aircraft as on the manifest", minimum=1, maximum=100)
]
VoyageNo = Annotated[str, Text("voyageNo", "航班航次号", "Voyage or flight number", minimum=1, maximum=32)]
SiteCode = Annotated[
    str, Text("loctNo", "监管场所代码", "Supervised site, where the district has several", minimum=1, maximum=10)
]
LicenceNo = Annotated[
    str, Text("licenseNo", "许可证件号", "Import licence, where the goods need one", minimum=1, maximum=19)
]
DepartureCountry = Annotated[
    str,
    Code(
        "country",
        "起运国（地区）",
        "Country from which the parcel was sent, 142 from an area",
        length=3,
        listed="countries",
    ),
]
ListInsuredFee = Annotated[Decimal, Decimals("insuredFee", "保费", "Insurance that the carrier really charges")]
WrapType = Annotated[str, Code("wrapType", "包装种类代码", "Kind of packaging", length=1, listed="wrap_types")]
GrossWeight = Annotated[Decimal, Decimals("grossWeight", "毛重（公斤）", "Weight of goods and packaging in kilograms")]
NetWeight = Annotated[Decimal, Decimals("netWeight", "净重（公斤）", "Gross weight less packaging, in kilograms")]

ReturnReason = Annotated[str, Text("reason", "退货原因", "Why the goods come back", minimum=1, maximum=1000)]
CancelReason = Annotated[str, Text("reason", "撤单原因", "Why the list is taken back", minimum=1, maximum=1000)]
DeliveryStatus = Annotated[
    str, Code("logisticsStatus", "物流运单状态", "S, signed for", length=1, listed="delivery_statuses")
]
DeliveredAt = Annotated[datetime, Moment("logisticsTime", "物流状态时间", "When the parcel was signed for")]
WarehouseEntryNo = Annotated[str, Text("rkdNo", "入库单编号", "Number of the warehouse entry", minimum=1, maximum=18)]
SiteOperatorCode = Annotated[
    str, Text("operatorCode", "监管场所经营人代码", "Operator of the supervised site", minimum=1, maximum=18)
]
SiteOperatorName = Annotated[
    str, Text("operatorName", "监管场所经营人名称", "Registered name of the site's operator", minimum=1, maximum=100)
]
TradeDirection = Annotated[str, Code("ieFlag", "进出口标记", "I import, E export", length=1, listed="ie_flags")]
UnloadLocation = Annotated[str, Text("unloadLocation", "卸货库位", "Place in the warehouse", minimum=1, maximum=100)]
