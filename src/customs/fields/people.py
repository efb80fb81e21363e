"""The persons (个人) of a parcel: buyer, payer, consignee. All of it is personal data and is masked wherever it is shown.

Source: unified edition 2022-05, messages 311, 411, 511, 621.
"""

from typing import Annotated

from customs.fields.terms import Code, Text

BuyerRegNo = Annotated[
    str,
    Text("buyerRegNo", "订购人注册号", "Account of the buyer on the platform", minimum=1, maximum=60, personal=True),
]
BuyerName = Annotated[
    str, Text("buyerName", "订购人姓名", "Real name of the buyer", minimum=1, maximum=60, personal=True)
]
BuyerTelephone = Annotated[
    str, Text("buyerTelephone", "订购人电话", "Telephone of the buyer", minimum=1, maximum=30, personal=True)
]
BuyerIdType = Annotated[
    str,
    Code(
        "buyerIdType", "订购人证件类型", "1 resident identity card, the only one admitted", length=1, listed="id_types"
    ),
]
BuyerIdNumber = Annotated[
    str, Text("buyerIdNumber", "订购人证件号码", "Identity number of the buyer", minimum=1, maximum=60, personal=True)
]
PayerIdType = Annotated[
    str,
    Code(
        "payerIdType", "支付人证件类型", "1 resident identity card, the only one admitted", length=1, listed="id_types"
    ),
]
PayerIdNumber = Annotated[
    str, Text("payerIdNumber", "支付人证件号码", "Identity number of the payer", minimum=1, maximum=60, personal=True)
]
PayerName = Annotated[
    str, Text("payerName", "支付人姓名", "Real name of the payer", minimum=1, maximum=60, personal=True)
]
PayerTelephone = Annotated[
    str, Text("telephone", "支付人电话", "Telephone of the payer", minimum=1, maximum=60, personal=True)
]
Consignee = Annotated[
    str,
    Text(
        "consignee", "收货人姓名", "Name of the person who receives the parcel", minimum=1, maximum=100, personal=True
    ),
]
ConsigneeTelephone = Annotated[
    str, Text("consigneeTelephone", "收货人电话", "Telephone of the consignee", minimum=1, maximum=50, personal=True)
]
ConsigneeAddress = Annotated[
    str, Text("consigneeAddress", "收货地址", "Address to which the parcel goes", minimum=1, maximum=200, personal=True)
]
ConsigneeDistrict = Annotated[
    str,
    Code(
        "consigneeDistrict",
        "收货地址行政区划代码",
        "Administrative division of the address, six digits",
        length=6,
        personal=True,
    ),
]
