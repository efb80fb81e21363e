"""The priority of a case (优先级): how many it touches, times how soon it has to be done.

OPERATIONS section 11.3 gives the two scales; which of them makes which priority is a judgement of this library.

>>> priority_of(CaseImpact.AREA, CaseUrgency.GOODS), priority_of(CaseImpact.PARCEL, CaseUrgency.NONE)
(1, 4)
"""

from enum import StrEnum


class CaseImpact(StrEnum):
    """How many a case touches (影响范围)."""

    PARCEL = "parcel"
    """一单."""
    SHOP = "shop"
    """一店: many parcels of one shop."""
    AREA = "area"
    """一关区: many parcels of one customs district, or of one provider."""
    ALL = "all"
    """全部."""

    @property
    def zh(self) -> str:
        """The Chinese name."""
        return {"parcel": "一单", "shop": "一店", "area": "一关区", "all": "全部"}[self.value]


class CaseUrgency(StrEnum):
    """How soon it has to be done (紧急程度)."""

    NONE = "none"
    """一般: no day is set."""
    LAW = "law"
    """法定期限: a day of the law draws near, such as that of a return."""
    GOODS = "goods"
    """货物可拦截: the goods can still be held, for as long as they have not left."""

    @property
    def zh(self) -> str:
        """The Chinese name."""
        return {"none": "一般", "law": "法定期限", "goods": "货物可拦截"}[self.value]


#: The priority by impact, then by urgency in their order: 1 is dealt with first.
_PRIORITIES = {
    CaseImpact.PARCEL: (4, 3, 2),
    CaseImpact.SHOP: (3, 2, 2),
    CaseImpact.AREA: (2, 2, 1),
    CaseImpact.ALL: (1, 1, 1),
}

#: The priorities there are, with their names.
PRIORITY_NAMES = {1: ("at once", "立即"), 2: ("high", "高"), 3: ("normal", "中"), 4: ("low", "低")}


def priority_of(impact: CaseImpact, urgency: CaseUrgency) -> int:
    """Return the priority, from 1 (first) to 4."""
    return _PRIORITIES[impact][list(CaseUrgency).index(urgency)]
