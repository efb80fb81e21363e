"""Canonical states of a parcel (规范状态): what the receipts of all areas are read as.

Each area has codes of its own; its profile maps them. The raw code always stays beside the state, and a code without a map is
``UNKNOWN``, never success.
"""

from enum import StrEnum


class State(StrEnum):
    """What became of a declaration, in the terms of all areas."""

    STORED = "stored"
    """暂存: kept, not yet declared."""
    SENT = "sent"
    """已发送: handed on to customs or inspection."""
    TECHNICAL_FAILURE = "technical_failure"
    """技术性失败: refused for its form, signature or transmission; customs has not judged it."""
    ACCEPTED = "accepted"
    """入库: taken in by customs."""
    REJECTED = "rejected"
    """退单: refused by customs."""
    MANUAL_REVIEW = "manual_review"
    """转人工: a person decides."""
    AWAITING_ARRIVAL = "awaiting_arrival"
    """待到货."""
    CONCLUDED = "concluded"
    """审结: the documents are done, the goods not yet released."""
    INSPECTION = "inspection"
    """查验."""
    DETAINED = "detained"
    """扣留移送."""
    RELEASED = "released"
    """放行."""
    CLOSED = "closed"
    """结关."""
    RETURNED = "returned"
    """退运: sent back."""
    WITHDRAWN = "withdrawn"
    """撤销: cancelled at the declarant's wish."""
    TAX_ASSESSED = "tax_assessed"
    """税款已核定."""
    TAX_SETTLED = "tax_settled"
    """税款已核销."""
    UNKNOWN = "unknown"
    """未知代码: look at the raw code."""
