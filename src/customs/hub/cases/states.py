"""The states of a case (工单状态): where it stands, for whom it waits, and which way it may go from there.

>>> CaseState.NEW.may_become(CaseState.TRIAGED), CaseState.NEW.may_become(CaseState.CLOSED)
(True, False)
>>> CaseState.WAITING_BUYER.waits, CaseState.WORKING.waits
(True, False)
"""

from collections.abc import Mapping
from enum import StrEnum

from customs.fields.frozen import FrozenDict


class CaseState(StrEnum):
    """Where a case stands."""

    NEW = "new"
    """新建: nobody has looked at it."""
    TRIAGED = "triaged"
    """已分类: class, priority and queue are right; nobody has it yet."""
    ASSIGNED = "assigned"
    """已指派: it is a person's, who has not begun."""
    WORKING = "working"
    """处理中: a person works on it."""
    WAITING_CUSTOMS = "waiting_customs"
    """等待海关: customs has to answer."""
    WAITING_BUYER = "waiting_buyer"
    """等待订购人: the buyer has to answer."""
    WAITING_PROVIDER = "waiting_provider"
    """等待服务商: a payment company, carrier, warehouse or platform has to answer."""
    RESOLVED = "resolved"
    """已解决: the answer was given; whoever asked may say that it does not help."""
    CLOSED = "closed"
    """已关闭: nothing more is to be done."""
    REOPENED = "reopened"
    """重新打开: the answer did not help, or the trouble came back."""
    MERGED = "merged"
    """已合并: it is dealt with in another case."""
    CANCELLED = "cancelled"
    """已取消: it was no case."""

    @property
    def zh(self) -> str:
        """The Chinese name."""
        return _NAMES[self]

    @property
    def open(self) -> bool:
        """True while something is to be done."""
        return self not in _DONE

    @property
    def waits(self) -> bool:
        """True while others have to answer: the clock of the desk stands still, that of the customer does not."""
        return self in WAITING

    @property
    def final(self) -> bool:
        """True if it leads nowhere."""
        return not MOVES[self]

    def may_become(self, state: "CaseState") -> bool:
        """True if a case may go from this state to another one."""
        return state in MOVES[self]


#: The states in which others have to answer.
WAITING = frozenset({CaseState.WAITING_CUSTOMS, CaseState.WAITING_BUYER, CaseState.WAITING_PROVIDER})

_DONE = frozenset({CaseState.RESOLVED, CaseState.CLOSED, CaseState.MERGED, CaseState.CANCELLED})
_AWAY = frozenset({CaseState.RESOLVED, CaseState.MERGED, CaseState.CANCELLED})
_BEGUN = frozenset({CaseState.ASSIGNED, CaseState.WORKING})

#: Which way a case may go from each state.
MOVES: Mapping[CaseState, frozenset[CaseState]] = FrozenDict(
    {
        CaseState.NEW: _AWAY | _BEGUN | {CaseState.TRIAGED},
        CaseState.TRIAGED: _AWAY | _BEGUN | WAITING,
        CaseState.ASSIGNED: _AWAY | WAITING | {CaseState.WORKING, CaseState.TRIAGED},
        CaseState.WORKING: _AWAY | WAITING | {CaseState.ASSIGNED, CaseState.TRIAGED},
        **{each: _AWAY | _BEGUN | (WAITING - {each}) for each in sorted(WAITING)},
        CaseState.RESOLVED: frozenset({CaseState.CLOSED, CaseState.REOPENED}),
        CaseState.CLOSED: frozenset({CaseState.REOPENED}),
        CaseState.REOPENED: _AWAY | _BEGUN | WAITING | {CaseState.TRIAGED},
        CaseState.MERGED: frozenset(),
        CaseState.CANCELLED: frozenset(),
    }
)

_NAMES = {
    CaseState.NEW: "新建",
    CaseState.TRIAGED: "已分类",
    CaseState.ASSIGNED: "已指派",
    CaseState.WORKING: "处理中",
    CaseState.WAITING_CUSTOMS: "等待海关",
    CaseState.WAITING_BUYER: "等待订购人",
    CaseState.WAITING_PROVIDER: "等待服务商",
    CaseState.RESOLVED: "已解决",
    CaseState.CLOSED: "已关闭",
    CaseState.REOPENED: "重新打开",
    CaseState.MERGED: "已合并",
    CaseState.CANCELLED: "已取消",
}
