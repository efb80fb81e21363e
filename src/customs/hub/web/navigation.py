"""The navigation of the console (导航): one row for each page that stands in it, with the right that it needs.

A page of another concern is one more row here, and one in ``console.ROOMS``.
"""

from typing import NamedTuple

from customs.hub.web.roles import ConsoleRight


class NavigationRow(NamedTuple):
    """A page in the navigation: the key of its words, its address within the enterprise, and the right that it needs."""

    key: str
    path: str
    right: ConsoleRight


#: The pages in order.
NAVIGATION = (
    NavigationRow("home.title", "/", ConsoleRight.LOOK),
    NavigationRow("orders.title", "/orders", ConsoleRight.LOOK),
    NavigationRow("alarms.title", "/alarms", ConsoleRight.LOOK),
    NavigationRow("cases.title", "/cases", ConsoleRight.CASES),
    NavigationRow("knowledge.title", "/knowledge", ConsoleRight.LOOK),
    NavigationRow("runs.title", "/procedures", ConsoleRight.CASES),
    NavigationRow("absences.title", "/absences", ConsoleRight.CASES),
    NavigationRow("reports.title", "/reports", ConsoleRight.LOOK),
    NavigationRow("quota.title", "/quota", ConsoleRight.QUOTA),
    NavigationRow("goods.title", "/goods", ConsoleRight.GOODS),
    NavigationRow("books.title", "/books", ConsoleRight.GOODS),
    NavigationRow("bills.title", "/bills", ConsoleRight.FINANCE),
    NavigationRow("settle.title", "/settlements", ConsoleRight.FINANCE),
    NavigationRow("districts.title", "/districts", ConsoleRight.LOOK),
    NavigationRow("aside.title", "/aside", ConsoleRight.LOOK),
    NavigationRow("people.title", "/people", ConsoleRight.PEOPLE),
    NavigationRow("audit.title", "/audit", ConsoleRight.AUDIT),
)
