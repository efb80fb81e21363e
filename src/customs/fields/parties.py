"""The enterprises (企业) of a parcel, each by customs code and registered name.

A code is the customs registration number (10 characters) or the unified social credit code (18 characters).
Source: unified edition 2022-05, messages 311, 411, 511, 621.
"""

from typing import Annotated

from customs.fields.terms import Text

PlatformCode = Annotated[
    str, Text("ebpCode", "电商平台代码", "Platform on which the order was placed", minimum=1, maximum=18)
]
PlatformName = Annotated[
    str, Text("ebpName", "电商平台名称", "Registered name of the platform", minimum=1, maximum=100)
]
MerchantCode = Annotated[str, Text("ebcCode", "电商企业代码", "Enterprise that sells the goods", minimum=1, maximum=18)]
MerchantName = Annotated[
    str, Text("ebcName", "电商企业名称", "Registered name of the merchant", minimum=1, maximum=100)
]
PaymentCompanyCode = Annotated[
    str, Text("payCode", "支付企业代码", "Company that collected the payment", minimum=1, maximum=18)
]
PaymentCompanyName = Annotated[
    str, Text("payName", "支付企业名称", "Registered name of the payment company", minimum=1, maximum=100)
]
CarrierCode = Annotated[
    str, Text("logisticsCode", "物流企业代码", "Company that delivers the parcel", minimum=1, maximum=18)
]
CarrierName = Annotated[
    str, Text("logisticsName", "物流企业名称", "Registered name of the carrier", minimum=1, maximum=100)
]
DeclarantCode = Annotated[
    str, Text("agentCode", "申报企业代码", "Enterprise that declares the list and signs it", minimum=1, maximum=18)
]
DeclarantName = Annotated[
    str, Text("agentName", "申报企业名称", "Registered name of the declarant", minimum=1, maximum=100)
]
GuarantorCode = Annotated[
    str, Text("assureCode", "担保企业编号", "Enterprise that guarantees the tax", minimum=1, maximum=30)
]
AreaOperatorCode = Annotated[
    str, Text("areaCode", "区内企业代码", "Warehouse company of the bonded area", minimum=1, maximum=18)
]
AreaOperatorName = Annotated[
    str, Text("areaName", "区内企业名称", "Registered name of the bonded-area operator", minimum=1, maximum=100)
]
