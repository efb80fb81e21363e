"""Fields of receipts (回执), tax bills (电子税单) and the format error, all sent by customs.

Source: unified edition 2022-05, import side: 312 to 712, 816, 818, 900.
"""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

from customs.fields.terms import Code, Decimals, Instant, Text

ReturnStatus = Annotated[
    str,
    Text(
        "returnStatus", "回执状态", "What became of the document, a number below 0 for an error", minimum=1, maximum=10
    ),
]
ReturnedAt = Annotated[datetime, Instant("returnTime", "回执时间", "Time of the receipt, to the millisecond")]
ReturnInfo = Annotated[
    str, Text("returnInfo", "回执信息", "What customs says about it", minimum=1, maximum=1000, personal=True)
]
GivenListNo = Annotated[str, Text("invtNo", "清单编号", "Number that customs gave to the list", minimum=18, maximum=18)]
GivenPreEntryNo = Annotated[str, Text("preNo", "预录入编号", "Number that the e-port gave", minimum=18, maximum=18)]

TaxBillNo = Annotated[str, Text("taxNo", "电子税单编号", "Number of the tax bill", minimum=1, maximum=50)]
TaxedListNo = Annotated[str, Text("invtNo", "进境清单编号", "Number of the list that is taxed", minimum=1, maximum=18)]
TaxBillCustomsCode = Annotated[
    str, Code("customsCode", "申报口岸", "Customs district that received the declaration", length=4, listed="districts")
]
Tariff = Annotated[Decimal, Decimals("customsTax", "应征关税", "Tariff payable")]
Vat = Annotated[Decimal, Decimals("valueAddedTax", "应征增值税", "VAT payable")]
ConsumptionTax = Annotated[Decimal, Decimals("consumptionTax", "应征消费税", "Consumption tax payable")]
TaxStatus = Annotated[
    str, Code("status", "税单状态", "1 generated, 2 on a payment form, 3 void", length=1, listed="tax_statuses")
]
PaymentFormNo = Annotated[
    str, Text("entDutyNo", "缴款书编号", "Number of the payment form, once the bill is on one", minimum=1, maximum=50)
]
TaxGuarantorCode = Annotated[
    str, Text("assureCode", "担保企业代码", "Enterprise that guarantees the tax", minimum=1, maximum=64)
]
TaxMerchantCode = Annotated[
    str, Text("ebcCode", "电商企业代码", "Enterprise that sells the goods", minimum=1, maximum=64)
]
TaxCarrierCode = Annotated[
    str, Text("logisticsCode", "物流企业代码", "Company that delivers the parcel", minimum=1, maximum=64)
]
TaxedValue = Annotated[Decimal, Decimals("taxPrice", "完税总价格", "Dutiable value of the line")]

FormatTime = Annotated[datetime, Instant("returnTime", "操作时间", "Time of the check, to the millisecond")]
FormatInfo = Annotated[
    str, Text("returnInfo", "回执详细信息", "What is wrong with the form", maximum=5000, personal=True)
]
OriginalMessageId = Annotated[
    str, Text("oriCopMsgId", "原始传输报文的copMsgId", "CopMsgId of the envelope that was refused", maximum=255)
]
OriginalMessageType = Annotated[
    str, Text("oriMessageType", "原始报文类型", "Type of the message that was refused, or Unknown", maximum=15)
]
OriginalContent = Annotated[
    str, Text("oriBizMessage", "原始报文内容", "The message that was refused", maximum=None, personal=True)
]
