"""Fields that every declaration document opens with, and those of the transmitting enterprise (传输企业).

Source: unified edition 2022-05, head of every declaration, BaseTransfer and BaseSubscribe.
"""

from datetime import datetime
from typing import Annotated

from customs.fields.terms import Code, Moment, Text

Guid = Annotated[
    str,
    Text("guid", "系统唯一序号", "Number of the document, 36 characters, a UUID in upper case", minimum=36, maximum=36),
]
AppType = Annotated[str, Code("appType", "报送类型", "1 new, 2 amend, 3 delete", length=1, listed="app_types")]
AppTime = Annotated[datetime, Moment("appTime", "报送时间", "Time of submission; an amendment needs a later one")]
AppStatus = Annotated[
    str, Text("appStatus", "业务状态", "1 stored, 2 declared", minimum=1, maximum=3, listed="app_statuses")
]
Note = Annotated[str, Text("note", "备注", "Remark", minimum=1, maximum=1000, personal=True)]

TransmitterCode = Annotated[
    str, Text("copCode", "传输企业代码", "Enterprise that sends the message", minimum=1, maximum=18)
]
TransmitterName = Annotated[
    str, Text("copName", "传输企业名称", "Name of the enterprise that sends the message", maximum=100)
]
DxpMode = Annotated[
    str, Code("dxpMode", "报文传输模式", "DXP, the exchange platform of the e-port", length=3, listed="dxp_modes")
]
DxpId = Annotated[str, Text("dxpId", "报文传输编号", "Number of the sender on the exchange platform", maximum=30)]
SubscribeStatus = Annotated[
    str, Text("status", "订阅状态", "ALL, DATA or RET: what the subscriber receives", maximum=100)
]
DxpAddress = Annotated[
    str, Text("dxpAddress", "订阅方传输编号", "Number of the subscriber on the exchange platform", maximum=100)
]
