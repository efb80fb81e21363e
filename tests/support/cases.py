"""Cases to test with: acts at given hours, a case that was opened, and what its row has to say by its entries."""

from datetime import datetime, timedelta

from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.folded import HubCase, fold_case, links_after
from customs.hub.cases.kept import entries_of_case, links_of_case, read_case
from customs.hub.cases.opening import CaseLink, NewCase, open_case
from customs.ledger import LedgerConnection

NINE = datetime(2026, 11, 11, 9)
"""A Wednesday."""


def act(by: str = "li", minutes: float = 0, why: str = "") -> CaseAct:
    """An act of a person, some minutes after nine."""
    return CaseAct(by=by, at=NINE + timedelta(minutes=minutes), why=why)


def orders(*numbers: int) -> tuple[CaseLink, ...]:
    """Links to orders of a platform."""
    return tuple(CaseLink("order", f"4401000001/ORDER{each}") for each in numbers)


def opened(
    connection: LedgerConnection,
    case_class: str = "declaration/list_refused",
    cause: str = "",
    links: tuple[CaseLink, ...] = (),
    by: CaseAct | None = None,
) -> HubCase:
    """A case of a class, at nine."""
    new = NewCase(title="退单", text="为什么退单？", case_class=case_class, cause=cause, links=links)
    return open_case(connection, "shop", new, by or act()).case


def seen(case: HubCase) -> SeenCase:
    """A case as a person sees it now."""
    return SeenCase(case.enterprise, case.id, case.version)


def assert_as_its_log_says(connection: LedgerConnection, number: int) -> HubCase:
    """The row of a case, and what it is tied to, are what its entries make of them."""
    entries, case = entries_of_case(connection, number), read_case(connection, "shop", number)
    assert fold_case("shop", number, entries) == case
    assert links_after(entries) == links_of_case(connection, number)
    assert [each.place for each in entries] == list(range(1, len(entries) + 1))
    return case
