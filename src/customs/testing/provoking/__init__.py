"""Provocations (退单演练): for each code of customs a parcel, or a change of its messages, that draws it.

Rehearse what your system does with a refusal before customs gives it the first time.

>>> len({(each.code, each.export) for each in PROVOCATIONS}) > 120
True
>>> stage = provoked("1313")
>>> stage.rehearsal.statuses("CEB622")
['2', '100']
"""

from customs.testing.provoking.applications import APPLICATIONS
from customs.testing.provoking.exports import EXPORTS
from customs.testing.provoking.lists import LISTS
from customs.testing.provoking.provocation import Provocation
from customs.testing.provoking.stage import Stage
from customs.testing.provoking.trade import TRADE
from customs.testing.provoking.transport import TRANSPORT
from customs.testing.provoking.warning import warnings_of

#: Every provocation, in the order of the documents of a parcel.
PROVOCATIONS: tuple[Provocation, ...] = (*TRADE, *LISTS, *APPLICATIONS, *EXPORTS, *TRANSPORT)


def provoked(code: str, *, export: bool = False) -> Stage:
    """Return the stage after a code was provoked, with all answers. Raises ``LookupError`` for a code that is not here."""
    for each in PROVOCATIONS:
        if (each.code, each.export) == (code, export):
            return each.rehearsed()
    raise LookupError(f"no provocation draws the code {code!r} 没有对应该代码的演练")


__all__ = ["PROVOCATIONS", "Provocation", "Stage", "provoked", "warnings_of"]
