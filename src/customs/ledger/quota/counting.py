"""The quota that counts against orders (计入额度): of many buyers at once, each without the order in hand itself."""

from collections.abc import Iterable
from decimal import Decimal

from customs.fields.money import ZERO, exactly
from customs.ledger.database import LedgerConnection
from customs.ledger.locking import find_accounts
from customs.ledger.people import find_people
from customs.ledger.quota.orders import order_standings
from customs.ledger.quota.tables import QUOTA


@exactly
def quota_beside(
    connection: LedgerConnection, asked: Iterable[tuple[tuple[str, str], str]], year: int
) -> dict[tuple[tuple[str, str], str], Decimal]:
    """Return what buyers have used or hold of a year's quota, each without an order of theirs, in CNY of dutiable value.

    ``asked`` are pairs of a buyer, by type and number of the identity document, and the key of an order, empty for none. Buyers
    without an account of that year are left out.
    """
    pairs = list(dict.fromkeys(asked))
    people = find_people(connection, [buyer for buyer, _ in pairs])
    accounts = find_accounts(connection, QUOTA, "person", people.values(), year=year)
    known = [(buyer, order) for buyer, order in pairs if people.get(buyer) in accounts]
    standings = order_standings(connection, [order for _, order in known if order])
    found = {}
    for buyer, order in known:
        figures, own = accounts[people[buyer]].figures, standings.get(order)
        beside = own.held.get(year, ZERO) + own.used.get(year, ZERO) if own else ZERO
        found[buyer, order] = figures["used"] + figures["held"] - beside
    return found
