"""Reconciling a tax bill (对税单): an assessment held against the bill CEB816 that customs made, and why they differ.

Line by line and in the head's sums. Likely causes are found by trying them: the case of the assessment is reckoned anew with one
thing changed, and that is a cause only if it comes to every figure of the bill. Where no one thing does, two of different kinds
are tried together. A bill does not say how it was reckoned, so that several causes may come to the same figures.

>>> from datetime import date
>>> from customs.tax import Method, assess
>>> from customs.testing import sample_parcels, tax_bill_of
>>> parcel, day = next(sample_parcels(1, seed=1, mode="1210")), date(2026, 11, 11)
>>> bill = tax_bill_of(assess(parcel, on=day, method=Method(rounding="down")))
>>> found = reconcile(assess(parcel, on=day), bill)
>>> found.en, [cause.en for cause in found.causes]
('The bill differs; each of the causes comes to every figure of it.', ['Amounts were rounded down to the cent.'])
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
