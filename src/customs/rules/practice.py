"""Practice (实务): named choices where the rules are silent or sources differ. An area's profile may set its own."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from customs.fields.money import EXACT


@dataclass(frozen=True, slots=True)
class Practice:
    """How strictly figures are compared."""

    amount_places: int = 2
    """Amounts are compared after rounding half up to this many places. The schemas allow five and no rule says how to
    round; public implementations round to two (default)."""
    freight_link: Literal["sum", "none"] = "sum"
    """What the order's freight has to be: ``sum`` = the list's freight + insurance (default, since the order has no
    field for insurance), ``none`` = not compared. No text states the relation."""

    def same(self, one: Decimal, other: Decimal) -> bool:
        """Whether two amounts are the same as far as they are compared."""
        if one == other:
            return True
        unit = Decimal(1).scaleb(-self.amount_places)
        return one.quantize(unit, ROUND_HALF_UP, EXACT) == other.quantize(unit, ROUND_HALF_UP, EXACT)


DEFAULT = Practice()
