"""Reconciling a tax bill (税单核对): an assessment compared with the bill CEB816 of customs, and why they differ.

Lines and totals are compared. Likely causes are found by trying them: the case of the assessment is computed again
with one thing changed, and that is a cause only if every figure of the bill comes out. Where no single cause does it,
pairs of different kinds are tried. A bill does not say how it was computed, so several causes may give the same
figures.

>>> from datetime import date
>>> from customs.tax import Method, assess
>>> from customs.testing import sample_parcels, tax_bill_of
>>> parcel, day = next(sample_parcels(1, seed=1, mode="1210")), date(2026, 11, 11)
>>> bill = tax_bill_of(assess(parcel, on=day, method=Method(rounding="down")))
>>> reconciliation = reconcile(assess(parcel, on=day), bill)
>>> reconciliation.en, [cause.en for cause in reconciliation.causes]
('The bill differs; each cause explains every figure of it.', ['Amounts were rounded down to the cent.'])
"""

from customs.reconciliation.outcome import Cause, Difference, Reconciliation
from customs.reconciliation.search import SUPPOSITIONS, reconcile
from customs.reconciliation.words import CHOICES, KINDS, TEXTS, VERDICTS

__all__ = [
    "CHOICES",
    "KINDS",
    "SUPPOSITIONS",
    "TEXTS",
    "VERDICTS",
    "Cause",
    "Difference",
    "Reconciliation",
    "reconcile",
]
