"""Canonical states (规范状态): what became of a declaration, in one set of words for every receipt.

The states of the unified edition are the column ``state`` of ``return_statuses`` and ``tax_statuses``; local formats
map their codes in their profiles. The raw code is always kept beside the state; an unknown code is ``UNKNOWN``, never
success.

>>> state_of_status("800"), state_of_status("399"), state_of_status("399", application=True)
(<State.RELEASED: 'released'>, <State.CONCLUDED: 'concluded'>, <State.WITHDRAWN: 'withdrawn'>)
"""

from enum import StrEnum
from functools import cache

from customs.codes import code_list


class State(StrEnum):
    """The canonical state of a declaration."""

    STORED = "stored"
    """暂存: saved at the e-port, not yet declared."""
    SENT = "sent"
    """已发送: handed on to customs or inspection."""
    TECHNICAL_FAILURE = "technical_failure"
    """技术性失败: a system on the way failed, or could not read the message; customs has not judged it."""
    ACCEPTED = "accepted"
    """入库: taken into the customs system."""
    REJECTED = "rejected"
    """退单: refused; it can be corrected and declared again."""
    REPEATED = "repeated"
    """重复: this copy was refused because another one is there already; the state of that one does not change."""
    MANUAL_REVIEW = "manual_review"
    """转人工: an officer decides."""
    SUSPENDED = "suspended"
    """挂起: customs has put the declaration on hold."""
    AWAITING_ARRIVAL = "awaiting_arrival"
    """待到货: waiting for the goods to arrive."""
    CONCLUDED = "concluded"
    """审结: the review is complete, the goods are not yet released."""
    INSPECTION = "inspection"
    """查验: the goods are inspected."""
    DETAINED = "detained"
    """扣留移送: the goods are detained."""
    RELEASED = "released"
    """放行: the goods may leave."""
    CLOSED = "closed"
    """结关: customs has closed the declaration."""
    RETURNED = "returned"
    """退运: the goods are sent back abroad."""
    WITHDRAWN = "withdrawn"
    """撤销: cancelled at the declarant's request, or such a request is granted."""
    TAX_ASSESSED = "tax_assessed"
    """税款已核定: the tax bill is issued."""
    TAX_SETTLED = "tax_settled"
    """税款已汇总: the tax bill is on a payment form."""
    UNKNOWN = "unknown"
    """未知代码: look at the raw code."""


def state_of_status(status: str, *, application: bool = False) -> State:
    """Return the state of a positive return status (回执状态), ``UNKNOWN`` if the list lacks it.

    With ``application`` the receipt answers a cancellation or a return: 399 then means that the application is
    granted. Source: column ``state`` and ``application_state`` of the list ``return_statuses``.
    """
    return _states(application=application).get(status, State.UNKNOWN)


@cache
def _states(*, application: bool) -> dict[str, State]:
    entries = code_list("return_statuses").items()
    return {code: State((entry.application_state if application else "") or entry.state) for code, entry in entries}


def state_of_tax_status(status: str) -> State:
    """Return the state of a tax bill's status (税单状态), ``UNKNOWN`` if the list lacks it."""
    entry = code_list("tax_statuses").get(status)
    return State(entry.state) if entry else State.UNKNOWN
