"""The checks of the office (海关审核规则), as tables: code, messages, a small function over the document.

``common`` holds what every kind of document can break, ``trade`` the documents of the order, ``lists`` the declaration
list, ``applications`` cancellations, returns and warehouse entries, ``exported`` the export side, all at the e-port;
``matching`` what customs compares once the documents of a parcel are there. The first rule that is broken decides.
"""

from functools import cache

from customs.office.case import OfficeCheck
from customs.office.checks.applications import APPLICATIONS
from customs.office.checks.common import COMMON
from customs.office.checks.exported import EXPORTED_CHECKS
from customs.office.checks.lists import LISTS
from customs.office.checks.matching import AT_CUSTOMS
from customs.office.checks.trade import TRADE

#: What the e-port checks when a document comes, in this order.
AT_E_PORT = (*COMMON, *TRADE, *LISTS, *APPLICATIONS, *EXPORTED_CHECKS)


@cache
def checks_at_e_port(message: str, numbering: str) -> tuple[OfficeCheck, ...]:
    """Return what the e-port checks of a kind of document, in its order, under one of the two numberings."""
    return tuple(each for each in AT_E_PORT if message in each.messages and each.numbering in ("", numbering))


__all__ = ["AT_CUSTOMS", "AT_E_PORT", "checks_at_e_port"]
