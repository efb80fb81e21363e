"""Nodes (节点名称): states and documents in the words of somebody who does not know the standard.

>>> words_of(State.ACCEPTED)
('海关已入库', 'stored by customs')
>>> words_of(None), title_of("CEB411")
(('已发送，尚无回执', 'sent, not answered yet'), ('支付单', 'payment'))
"""

from collections.abc import Mapping
from types import MappingProxyType

from customs.codes.states import State
from customs.documents import MESSAGES
from customs.receipts.actions import Party
from customs.receipts.state import AlarmKind

_NODES: Mapping[State | None, tuple[str, str]] = MappingProxyType(
    {
        None: ("已发送，尚无回执", "sent, not answered yet"),
        State.STORED: ("电子口岸已暂存，未申报", "saved at the e-port, not declared"),
        State.SENT: ("申报中", "on its way to customs"),
        State.TECHNICAL_FAILURE: ("系统故障，海关未处理", "a system failed, customs has not judged it"),
        State.REJECTED: ("退单", "refused"),
        State.REPEATED: ("重复申报，已有一份在先", "a repeated copy, another one is there"),
        State.ACCEPTED: ("海关已入库", "stored by customs"),
        State.AWAITING_ARRIVAL: ("等待货物到达", "waiting for the goods to arrive"),
        State.MANUAL_REVIEW: ("人工审核", "an officer reviews it"),
        State.SUSPENDED: ("挂起", "put on hold"),
        State.INSPECTION: ("查验", "the goods are inspected"),
        State.CONCLUDED: ("已审结，未放行", "reviewed, not yet released"),
        State.DETAINED: ("扣留移送", "the goods are detained"),
        State.RELEASED: ("放行", "released"),
        State.CLOSED: ("结关", "closed"),
        State.RETURNED: ("退货或退运", "returned"),
        State.WITHDRAWN: ("已撤销", "cancelled"),
        State.TAX_ASSESSED: ("税单已生成", "tax bill issued"),
        State.TAX_SETTLED: ("税单已汇总", "tax bill on a payment form"),
        State.UNKNOWN: ("未知状态", "unknown status"),
    }
)

_TITLES = {
    "CEB311": ("订单", "order"),
    "CEB411": ("支付单", "payment"),
    "CEB511": ("运单", "waybill"),
    "CEB513": ("运单状态", "delivery status"),
    "CEB621": ("清单", "declaration list"),
    "CEB623": ("撤单申请", "cancellation"),
    "CEB625": ("退货申请", "return"),
    "CEB711": ("入库明细单", "warehouse entry"),
    "CEB816": ("税单", "tax bill"),
    "CEB303": ("出口订单", "export order"),
    "CEB403": ("收款单", "export receipt of payment"),
    "CEB505": ("出口运单", "export waybill"),
    "CEB603": ("出口清单", "export list"),
    "CEB605": ("出口撤单申请", "export cancellation"),
    "CEB213": ("出口退货申请", "export return"),
}

#: Who declares each document; every other one is the declarant's.
_PARTIES = {
    "CEB311": Party.PLATFORM,
    "CEB411": Party.PAYER,
    "CEB511": Party.CARRIER,
    "CEB303": Party.PLATFORM,
    "CEB403": Party.PAYER,
    "CEB505": Party.CARRIER,
}

#: What each alarm means.
ALARMS: Mapping[AlarmKind, tuple[str, str]] = MappingProxyType(
    {
        AlarmKind.REFUSED_AFTER_RELEASE: ("放行后又收到退单", "refused after it was released"),
        AlarmKind.UNKNOWN_STATUS: ("收到未知状态", "a status that is not known"),
        AlarmKind.DETAINED: ("货物被扣留移送或退运", "the goods were detained or sent back"),
        AlarmKind.TAX_BILL_VOID: (
            "税单作废，但没有已通过的撤单或退货",
            "the tax bill is void, though no cancellation or return was granted",
        ),
        AlarmKind.GUID_OF_TWO: ("同一 guid 用于两份单证", "one guid was used for two documents"),
        AlarmKind.CANCELLED_AFTER_CLOSING: ("结关后撤单获准", "a cancellation was granted after closing"),
    }
)


def words_of(state: State | None) -> tuple[str, str]:
    """Return a node in Chinese and English."""
    return _NODES[state]


def title_of(document: str) -> tuple[str, str]:
    """Return the name of a document in Chinese and English; the message itself where it has none here."""
    if document in _TITLES:
        return _TITLES[document]
    kind = MESSAGES.get(document)
    return (kind.title if kind else document or "报文", document or "message")


def party_of(document: str) -> Party:
    """Return who declares a document."""
    return _PARTIES.get(document, Party.DECLARANT)
