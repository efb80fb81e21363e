"""The choices of an assessment (计税方法): where practice differs or the law is silent, each has a name and a default.

>>> Method(rounding="down").rounding
<Rounding.DOWN: 'down'>
"""

from dataclasses import dataclass
from enum import StrEnum

from customs.tax.apportionment import Apportionment


class Rounding(StrEnum):
    """How taxes are rounded to the cent (舍入方式), half up. That values and taxes are in fen is settled by text (GACC
    Decree 272, article 13; before it Decree 124); open is whether for each line or for the whole list, and before or
    after the factor.
    """

    PER_LINE = "per_line"
    """逐项: half up, once for each line and tax, after the factor; sums add up the lines. This is the default, since the
    tax bill CEB816 states cents for each line."""
    PER_DECLARATION = "per_declaration"
    """整票: half up, once for each tax of the whole declaration."""
    STATUTORY_FIRST = "statutory_first"
    """先按法定应纳税额舍入: the tax in full half up to the cent, then the factor, then half up again."""
    DOWN = "down"
    """去尾: like ``PER_LINE``, but fractions of a cent are dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """How to assess where the law leaves a choice. ``DEFAULT`` holds the library's choices.

    Raises ``ValueError`` for an unknown choice.
    """

    rounding: Rounding | str = Rounding.PER_LINE
    """When to round."""
    apportionment: Apportionment | str = Apportionment.BY_VALUE
    """How to spread freight and insurance over the lines."""
    cents_of_value: bool = True
    """True if a line's dutiable value is rounded half up to the cent before thresholds are tested, by GACC Decree 272,
    article 13, before it Decree 124. False for programs that keep all digits."""
    threshold_on_price: bool = False
    """True if thresholds of consumption tax are tested on the bare price, as some shops do; by default they are
    tested on the dutiable value, with freight and insurance."""
    full_tax_at_yearly_limit: bool = False
    """True if one piece of exactly the yearly limit may be taxed in full. By default it may not: the circular says
    *below* for the piece and *exceeding* for the sum."""
    agreement_tariff: bool = False
    """True if tariffs of trade agreements apply by origin, at full tax. By default they do not, since they need a
    certificate of origin, which a parcel seldom has."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rounding", Rounding(self.rounding))
        object.__setattr__(self, "apportionment", Apportionment(self.apportionment))


DEFAULT = Method()
