"""退货申请单 return, CEB625, and its receipt, CEB626: goods come back after release. Signed.

Source: unified edition 2022-05, CEB625Message and CEB626Message.
"""

from typing import Annotated

from customs.documents.base import Document
from customs.documents.imports.applications import ApplicationReceipt, ListApplication
from customs.fields import clearance, goods, head
from customs.fields.record import Record
from customs.fields.terms import Part


class GoodsReturnHead(ListApplication):
    """退货申请单表头 InvtRefundHead."""

    reason: clearance.ReturnReason
    note: head.Note | None = None


class GoodsReturnLine(Record):
    """退货申请单表体 InvtRefundList: a line of the original list, and how much of it comes back."""

    gnum: goods.Gnum
    hs_code: goods.HsCode
    goods_name: goods.GoodsName
    qty: goods.Quantity
    unit: goods.Unit
    note: head.Note | None = None


class GoodsReturn(Document):
    """退货申请单 return, CEB625."""

    message = "CEB625"
    element = "InvtRefund"
    title = "退货申请单"
    must_be_signed = True
    key_fields = ("declarant_code", "internal_no")

    head: Annotated[GoodsReturnHead, Part("InvtRefundHead", "退货申请单表头", "Head of the return")]
    lines: Annotated[
        tuple[GoodsReturnLine, ...], Part("InvtRefundList", "退货申请单表体", "Lines of the return", maximum=99)
    ]


class GoodsReturnReceipt(ApplicationReceipt):
    """退货申请单回执 receipt of a return, CEB626."""

    message = "CEB626"
    element = "InvtRefundReturn"
    title = "退货申请单回执"
    answers = "CEB625"
