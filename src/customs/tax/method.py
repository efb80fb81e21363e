"""The choices of an assessment (计税方法): where practice differs or official text is silent, each has a name and a default."""

from dataclasses import dataclass
from enum import StrEnum

from customs.tax.apportionment import Apportionment


class Rounding(StrEnum):
    """When amounts are rounded to the cent (舍入方式). No text settles it."""

    PER_LINE = "per_line"
    """逐项: half up, once for each line and tax, after the factor; sums are sums of the lines (default: the tax bill CEB816
    states cents for each line)."""
    PER_DECLARATION = "per_declaration"
    """整票: half up, once for each tax of the whole declaration."""
    STATUTORY_FIRST = "statutory_first"
    """先定额: the tax in full half up to the cent, then the factor, then half up again."""
    DOWN = "down"
    """舍去: as ``PER_LINE``, but what is less than a cent is dropped."""


@dataclass(frozen=True, slots=True)
class Method:
    """How to assess where the law leaves a choice. ``DEFAULT`` is the library's. Raises ``ValueError`` for a choice that is none."""

    rounding: Rounding | str = Rounding.PER_LINE
    """When to round."""
    apportionment: Apportionment | str = Apportionment.BY_VALUE
    """How freight and insurance are spread over the lines."""
    cents_of_value: bool = True
    """Whether a line's dutiable value is rounded half up to the cent before thresholds are tested (default; general
    knowledge, not confirmed by a text)."""
    threshold_on_price: bool = False
    """Whether thresholds of consumption tax are tested on the bare price; default: on the dutiable value, with freight and
    insurance. Some shops test the price."""
    full_tax_at_yearly_limit: bool = False
    """Whether one piece of exactly the yearly limit may be taxed in full. The circular says *below* for the piece and
    *exceeding* for the sum; default: it may not."""
    agreement_tariff: bool = False
    """Whether tariffs of trade agreements apply by origin, at full tax; default: not, since they need a certificate of
    origin, which a parcel seldom has."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "rounding", Rounding(self.rounding))
        object.__setattr__(self, "apportionment", Apportionment(self.apportionment))


DEFAULT = Method()
