"""Actions (处理办法): what a receipt asks for, who has to do it, and whether a machine may.

Actions are a judgement of this library unless an entry of the catalogue says that its source acts so. No action
splits an order or uses another person's identity.

>>> Action.RETRY_BACKOFF.machine, Action.RETRY_BACKOFF.most_times, Action.STOP.machine
(True, 3, False)
>>> Action.STOP.en
'Do not send it again. Decide about the order: cancel it and refund the buyer.'
"""

from dataclasses import dataclass
from enum import StrEnum


class Party(StrEnum):
    """The one who has to act. Each keeps the documents that it declares in order."""

    PLATFORM = "platform"
    """电商平台或电商企业: declares the order and knows the buyer."""
    PAYER = "payer"
    """支付企业: declares the payment."""
    CARRIER = "carrier"
    """物流企业: declares the waybill."""
    DECLARANT = "declarant"
    """申报企业: declares the declaration list, cancellations and returns."""
    EPORT = "e-port"
    """电子口岸: passes messages on."""
    CUSTOMS = "customs"
    """海关: decides; everybody else waits."""

    @property
    def zh(self) -> str:
        """The Chinese name."""
        return _PARTIES[self][0]

    @property
    def en(self) -> str:
        """The English name."""
        return _PARTIES[self][1]


_PARTIES = {
    Party.PLATFORM: ("电商平台（或电商企业）", "the platform or merchant"),
    Party.PAYER: ("支付企业", "the payment company"),
    Party.CARRIER: ("物流企业", "the carrier"),
    Party.DECLARANT: ("申报企业", "the declaring enterprise"),
    Party.EPORT: ("电子口岸", "the e-port"),
    Party.CUSTOMS: ("海关", "customs"),
}


class Action(StrEnum):
    """One way to go on after a receipt."""

    NONE = "none"
    WAIT = "wait"
    PUSH_MISSING = "push_missing"
    FIX_RESUBMIT = "fix_resubmit"
    QUERY_THEN_DECIDE = "query_then_decide"
    TREAT_AS_ACCEPTED_AFTER_QUERY = "treat_as_accepted_after_query"
    RESUBMIT_NEWER_APPTIME = "resubmit_newer_apptime"
    RETRY_BACKOFF = "retry_backoff"
    SPLIT_RESUBMIT = "split_resubmit"
    FIX_SIGN = "fix_sign"
    FIX_REG = "fix_reg"
    FIX_FILING = "fix_filing"
    STOP = "stop"
    SWITCH_TO_RETURN = "switch_to_return"
    MANUAL = "manual"
    CORRECT_BUYER = "correct_buyer"
    TOPUP = "topup"

    @property
    def zh(self) -> str:
        """The instruction in Chinese."""
        return _DONE[self].zh

    @property
    def en(self) -> str:
        """The instruction in English."""
        return _DONE[self].en

    @property
    def machine(self) -> bool:
        """True if a machine may do it by itself, within ``most_times`` and ``limit_en``."""
        return _DONE[self].machine

    @property
    def most_times(self) -> int | None:
        """How often a machine may do it before a person looks; None where no number caps it."""
        return _DONE[self].most_times

    @property
    def limit_zh(self) -> str:
        """The bound of what a machine may do, in Chinese; empty where there is none."""
        return _DONE[self].limit_zh

    @property
    def limit_en(self) -> str:
        """The bound of what a machine may do, in English; empty where there is none."""
        return _DONE[self].limit_en


@dataclass(frozen=True, slots=True)
class _Done:
    zh: str
    en: str
    machine: bool = False
    limit_zh: str = ""
    limit_en: str = ""
    most_times: int | None = None


_DONE = {
    Action.NONE: _Done("无须处理，留存记录。", "Nothing to do; keep the record.", True),
    Action.WAIT: _Done(
        "等待；超过该节点的时限再报警。",
        "Wait; raise an alarm when the time-out of this node has passed.",
        True,
        "以该节点的时限为限",
        "until the time-out of the node",
    ),
    Action.PUSH_MISSING: _Done(
        "补推同一订单缺少的单证，不要改动清单。",
        "Push the missing document of the same order; leave the declaration list alone.",
        True,
    ),
    Action.FIX_RESUBMIT: _Done(
        "改正数据后重新申报：新 guid、更晚的 appTime、业务主键不变；从未入库用 appType 1，否则用 2。",
        "Correct the data and submit again: new guid, later appTime, same business key; appType 1 if it was never "
        "accepted, else 2.",
        False,
        "数据改正之后才可自动重报",
        "a machine may send it once the data are corrected",
    ),
    Action.QUERY_THEN_DECIDE: _Done(
        "先按业务主键查询海关或单一窗口的状态，确认未入库再重新报送。",
        "Ask customs or the single window for the state by the business key; submit again only if nothing is stored.",
        True,
        "查询可自动，重报仅限确认未入库",
        "the query; a submission only if nothing is stored",
    ),
    Action.TREAT_AS_ACCEPTED_AFTER_QUERY: _Done(
        "重复申报：查首次申报的回执，查到即视为已入库；内容确需变更的用 appType 2。",
        "A duplicate: look for the receipts of the first submission and count it as accepted if they are there; to "
        "change something, use appType 2.",
        True,
        "仅限查询",
        "the query",
    ),
    Action.RESUBMIT_NEWER_APPTIME: _Done(
        "已存有更新的一份：不要再发旧报文；内容确需变更的，以更晚的 appTime 重新报送。",
        "A newer copy is stored: send no more copies; if the content has to change, submit it with a later appTime.",
        True,
        "一次",
        "once",
        1,
    ),
    Action.RETRY_BACKOFF: _Done(
        "系统暂时故障：间隔递增地重发同一内容，至多三次，仍失败则转人工。",
        "A passing fault: send the same content again at growing intervals, three times at most, then a person looks.",
        True,
        "至多三次，间隔递增",
        "three times at most, at growing intervals",
        3,
    ),
    Action.SPLIT_RESUBMIT: _Done(
        "每份报文至多 100 个单证，分成几份报文重发；订单本身不变。",
        "Send at most 100 documents in a message: spread them over several messages; the orders stay as they are.",
        True,
    ),
    Action.FIX_SIGN: _Done(
        "重新规范化并加签，核对证书、密钥绑定和编码；不要重发原签名。",
        "Canonicalise and sign again; check certificate, binding of the key and encoding. Never send the same "
        "signature again.",
    ),
    Action.FIX_REG: _Done(
        "备案或权限问题：核对企业代码、口岸权限、dxpId 与卡的绑定。",
        "A matter of registration or permission: check the enterprise code, the permission at the port, and the "
        "binding of dxpId and card.",
    ),
    Action.FIX_FILING: _Done(
        "使该项商品与备案（账册或参数库）一致，未备案的先备案。",
        "Bring the line in agreement with the record (account book or parameter library), or put the goods on record "
        "first.",
    ),
    Action.STOP: _Done(
        "不要重发。由业务决定：取消订单并退款。",
        "Do not send it again. Decide about the order: cancel it and refund the buyer.",
    ),
    Action.SWITCH_TO_RETURN: _Done(
        "当前状态不能撤单：先查询；货物已出区的改用退货申请（CEB625），否则稍后再撤。",
        "It cannot be cancelled in this state. Ask first; if the goods have left the zone use a return (CEB625), else "
        "wait and cancel later.",
    ),
    Action.MANUAL: _Done("转人工判断，保留原文。", "A person decides; keep the text of the receipt."),
    Action.CORRECT_BUYER: _Done(
        "请订购人更正本人的姓名、证件号码或支付人；撤销后以同一订购人重新申报全部相关单证。",
        "Ask the buyer to correct their own name, identity number or payer; cancel, and declare all documents "
        "concerned again with the same buyer.",
    ),
    Action.TOPUP: _Done(
        "追加担保或更换担保企业，再重新申报。", "Raise the guarantee or use another guarantor, then submit again."
    ),
}
