"""Roles of the console (角色) and their rights (权限): a table, so that who may do what can be read at one glance.

>>> sorted(right.value for right in rights_of([ConsoleRole.GOODS]))
['cases', 'cases_change', 'goods', 'goods_change', 'look']
>>> ConsoleRight.PEOPLE in rights_of([ConsoleRole.SUPPORT])
False
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from customs.fields.frozen import FrozenDict


class ConsoleRight(StrEnum):
    """A thing that a person may do (权限)."""

    LOOK = "look"
    """查看: overview, parcels with masked personal data, alarms."""
    UNMASK = "unmask"
    """查看个人信息: see personal data of a parcel, for a reason."""
    ORDERS = "orders"
    """处理订单: cancel, return, declare again."""
    SEND = "send"
    """处理投递: hold, release and retry messages and calls."""
    ALARMS = "alarms"
    """处理告警: take alarms on, set silences."""
    QUOTA = "quota"
    """查询额度: what a buyer has used of the yearly limit, by the identity number."""
    GOODS = "goods"
    """查看商品: goods records, account books."""
    GOODS_CHANGE = "goods_change"
    """维护商品: change goods records and account books."""
    FINANCE = "finance"
    """查看财务: tax bills, guarantee, settlements."""
    FINANCE_CHANGE = "finance_change"
    """处理财务: enter bills and payments, close days."""
    CASES = "cases"
    """查看工单: cases with what was said in them."""
    CASES_CHANGE = "cases_change"
    """处理工单: open cases and work on them, write articles."""
    PEOPLE = "people"
    """管理人员: add people, give roles, lock."""
    AUDIT = "audit"
    """查看审计: who did what, and its export."""


class ConsoleRole(StrEnum):
    """A role of a person in an enterprise (角色)."""

    LOOK = "look"
    """只读."""
    SUPPORT = "support"
    """客服."""
    GOODS = "goods"
    """商品."""
    FINANCE = "finance"
    """财务."""
    ADMIN = "admin"
    """管理员: everything."""


_SEES = frozenset({ConsoleRight.LOOK})
_WORKS = _SEES | {ConsoleRight.CASES, ConsoleRight.CASES_CHANGE}

#: The rights of each role.
RIGHTS: Mapping[ConsoleRole, frozenset[ConsoleRight]] = FrozenDict(
    {
        ConsoleRole.LOOK: _SEES,
        ConsoleRole.SUPPORT: _WORKS
        | {ConsoleRight.UNMASK, ConsoleRight.ORDERS, ConsoleRight.SEND, ConsoleRight.ALARMS, ConsoleRight.QUOTA},
        ConsoleRole.GOODS: _WORKS | {ConsoleRight.GOODS, ConsoleRight.GOODS_CHANGE},
        ConsoleRole.FINANCE: _WORKS | {ConsoleRight.FINANCE, ConsoleRight.FINANCE_CHANGE, ConsoleRight.QUOTA},
        ConsoleRole.ADMIN: frozenset(ConsoleRight),
    }
)


def rights_of(roles: Iterable[ConsoleRole]) -> frozenset[ConsoleRight]:
    """Return the rights that roles give together."""
    return frozenset().union(*(RIGHTS[each] for each in roles))
