"""The states of a goods record (备案状态): from the draft to what is on record, and out again.

A change of a record on record is a new version; the version on record holds until the new one takes its place.

>>> GoodsState.REFUSED in MOVES[GoodsState.SUBMITTED], GoodsState.ON_RECORD in MOVES[GoodsState.DRAFT]
(True, False)
"""

from collections.abc import Mapping
from enum import StrEnum

from customs.fields.frozen import FrozenDict


class GoodsState(StrEnum):
    """A state of a goods record."""

    DRAFT = "draft"
    """草稿"""
    SUBMITTED = "submitted"
    """已提交，待审核"""
    ON_RECORD = "on_record"
    """已备案: the goods may be declared."""
    REFUSED = "refused"
    """未通过"""
    SUSPENDED = "suspended"
    """停用, such as a book item whose execution mark (执行标志) is 4, 5 or 6."""
    WITHDRAWN = "withdrawn"
    """已撤回: for good, unless it is drafted anew."""


_DRAFT, _SUBMITTED, _ON_RECORD, _REFUSED, _SUSPENDED, _WITHDRAWN = GoodsState

#: The states into which a person may bring a record, by the state that it has.
MOVES: Mapping[GoodsState, frozenset[GoodsState]] = FrozenDict(
    {
        _DRAFT: frozenset({_SUBMITTED, _WITHDRAWN}),
        _SUBMITTED: frozenset({_DRAFT, _ON_RECORD, _REFUSED, _WITHDRAWN}),
        _ON_RECORD: frozenset({_SUSPENDED, _WITHDRAWN}),
        _REFUSED: frozenset({_DRAFT, _SUBMITTED, _WITHDRAWN}),
        _SUSPENDED: frozenset({_ON_RECORD, _WITHDRAWN}),
        _WITHDRAWN: frozenset({_DRAFT}),
    }
)

#: The words of goods lists for the states.
STATE_WORDS: Mapping[GoodsState, str] = FrozenDict(
    {
        _DRAFT: "草稿", _SUBMITTED: "备案中", _ON_RECORD: "已备案", _REFUSED: "未通过", _SUSPENDED: "停用",
        _WITHDRAWN: "失效",
    }
)  # fmt: skip

#: The states that a state of a goods list may mean, the one it means of a record with another state first.
LISTED: Mapping[str, tuple[GoodsState, ...]] = FrozenDict(
    {
        "approved": (_ON_RECORD,),
        "pending": (_SUBMITTED, _DRAFT),
        "refused": (_REFUSED,),
        "suspended": (_SUSPENDED, _WITHDRAWN),
    }
)
