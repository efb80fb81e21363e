"""The entries of a case (工单日志): who changed what, when, from what, to what and why, or what was said.

An entry holds no personal data but for its words, which are kept sealed beside it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

#: Who makes the entries that no person makes.
MACHINE = "hub"

#: Stands in ``after`` of a comment of the one who asked.
ASKER = "asker"


class CaseEntryKind(StrEnum):
    """The kinds of entries."""

    OPENED = "opened"
    """建单: by its source; the words are title and text."""
    MOVED = "moved"
    """流转: from one state to another."""
    CLASSIFIED = "classified"
    """分类: class and version of the classification, as ``class@version``."""
    PRIORITISED = "prioritised"
    """定级: impact and urgency, as ``impact/urgency``."""
    QUEUED = "queued"
    """派组: the group that deals with it."""
    ASSIGNED = "assigned"
    """指派: the person that deals with it, empty for nobody."""
    ESCALATED = "escalated"
    """升级: the level of escalation."""
    MERGED = "merged"
    """并入: the number of the case that it was merged into."""
    SPLIT = "split"
    """拆出: the number of the case that some of its orders went to, or came from."""
    LINKED = "linked"
    """关联: what it is tied to, as ``kind:target``."""
    UNLINKED = "unlinked"
    """解除关联: what it is no more tied to, as ``kind:target``."""
    COMMENTED = "commented"
    """备注、答复: what was said, inside or to the one who asked."""
    ATTACHED = "attached"
    """附件: a file by its number; the words are its name."""
    ALARM_ENDED = "alarm_ended"
    """告警恢复: the number of an alarm of the case that is over."""

    @property
    def versioned(self) -> bool:
        """True if two people who do this at once have to know of each other; the other kinds never are in the way."""
        return self in _VERSIONED


_VERSIONED = frozenset(
    {
        CaseEntryKind.OPENED,
        CaseEntryKind.MOVED,
        CaseEntryKind.CLASSIFIED,
        CaseEntryKind.PRIORITISED,
        CaseEntryKind.QUEUED,
        CaseEntryKind.ASSIGNED,
        CaseEntryKind.MERGED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """A change of a case that is to be entered; ``words`` are the reason, or what was said."""

    kind: CaseEntryKind
    before: str = ""
    after: str = ""
    words: str = field(default="", repr=False)
    outside: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEntry:
    """An entry as it stands: its place in the log of the case, and the version of the case after it."""

    place: int
    version: int
    kind: CaseEntryKind
    at: datetime
    by: str
    before: str = ""
    after: str = ""
    outside: bool = False
    """True if the one who asked sees it."""
    words: str = field(default="", repr=False)
    """The reason, or what was said; empty where there is none, where it was erased, and where it was not asked for."""

    @property
    def answers(self) -> bool:
        """True if a person of the desk says something to the one who asked."""
        said = self.kind is CaseEntryKind.COMMENTED and self.outside
        return said and self.by != MACHINE and self.after != ASKER
