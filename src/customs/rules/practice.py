"""Practice (实务): named choices for cases where the rules are silent or sources differ. An area's profile may set its
own.
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from customs.fields.money import EXACT


@dataclass(frozen=True, slots=True)
class Practice:
    """How strictly amounts are compared."""

    amount_places: int = 2
    """Amounts are compared after rounding half up to this many places. The schemas allow five and no rule says how to
    round; public implementations round to two (default)."""
    freight_link: Literal["sum", "none"] = "sum"
    """The required freight of the order: ``sum`` = the list's freight + insurance (default, since the order has no
    field for insurance), ``none`` = not compared. No text states the relation."""
    gift_price: Literal["doubted", "refused"] = "doubted"
    """The finding for a price of 0: ``doubted`` = a warning (default, since the field text of the order has 0 for a
    gift), ``refused`` = an error, where an area wants a positive share for gifts, as practice asks.
    """

    def tolerates(self, one: Decimal, other: Decimal) -> bool:
        """True if two amounts that differ are the same as far as they are compared."""
        unit = Decimal(1).scaleb(-self.amount_places)
        return one.quantize(unit, ROUND_HALF_UP, EXACT) == other.quantize(unit, ROUND_HALF_UP, EXACT)


DEFAULT = Practice()
