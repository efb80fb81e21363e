"""Belongings (归属): the parts of the shared ledger that an enterprise of a hub may see and change.

Goods records and account books belong to the enterprise whose file names the book; tax bills and parcels to the one whose
file names the merchant (电商企业). What no enterprise names is seen by none, but where a hub has one enterprise alone,
everything is its own.

>>> own = Belongings(account_books=frozenset({"T3111W000076"}), merchants=frozenset({"3301960A1B"}))
>>> own.has_book("T3111W000076"), own.has_book(""), own.has_merchant("3301960ZZZ")
(True, False, False)
"""

from collections.abc import Iterable
from dataclasses import dataclass

from customs.intake.profile import Profile

#: Where a profile of an enterprise file names what belongs to the enterprise.
_MERCHANT, _BOOK = "parties.merchant_code", "clearance.account_book_no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongings:
    """The account books and merchants of an enterprise; the empty book is that of goods without one."""

    account_books: frozenset[str] = frozenset()
    merchants: frozenset[str] = frozenset()
    everything: bool = False

    def has_book(self, account_book_no: str) -> bool:
        """True if goods records and stock of a book belong to the enterprise."""
        return self.everything or account_book_no in self.account_books

    def has_merchant(self, merchant_code: str) -> bool:
        """True if tax bills of a merchant belong to the enterprise."""
        return self.everything or merchant_code in self.merchants

    @property
    def only_books(self) -> frozenset[str] | None:
        """The books to which a search is confined, None if it is not."""
        return None if self.everything else self.account_books

    @property
    def only_merchants(self) -> frozenset[str] | None:
        """The merchants to which a search is confined, None if it is not."""
        return None if self.everything else self.merchants


#: The belongings of an enterprise that names none.
NOTHING = Belongings()

#: The belongings of the one enterprise of a hub.
EVERYTHING = Belongings(everything=True)


def belongings_of(profiles: Iterable[Profile]) -> Belongings:
    """Return the belongings that the profiles of an enterprise file name."""
    every = tuple(profiles)
    return Belongings(
        account_books=frozenset(each.values[_BOOK] for each in every if _BOOK in each.values),
        merchants=frozenset(each.values[_MERCHANT] for each in every if _MERCHANT in each.values),
    )
