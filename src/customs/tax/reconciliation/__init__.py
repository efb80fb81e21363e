"""Reconciling a tax bill (对税单): an assessment held against the bill CEB816 that customs made, and why they differ.

Line by line and in the head's sums. Likely causes are found by trying them: the case of the assessment is reckoned anew with one
thing changed, and that is a cause only if it comes to every figure of the bill. Where no one thing does, two of different kinds
are tried together. A bill does not say how it was reckoned, so that several causes may come to the same figures.

>>> from datetime import date
>>> from customs.documents import TaxBill, TaxBillHead, TaxBillLine
>>> from customs.tax import assess
>>> from customs.testing import sample_parcels
>>> assessment = assess(next(sample_parcels(1, seed=2, mode="9610")), on=date(2026, 11, 11))
>>> same = {"tariff": "0", "consumption_tax": str(assessment.consumption_due), "vat": str(assessment.vat_due)}
>>> lines = [TaxBillLine(gnum=each.gnum, hs_code=each.hs_code, dutiable_value=each.dutiable_value, tariff=each.tariff_due,
...     vat=each.vat_due, consumption_tax=each.consumption_due) for each in assessment.lines]
>>> bill = TaxBill(lines=lines, head=TaxBillHead(guid="0" * 36, returned_at="20261112080000000", list_no="L", tax_bill_no="T",
...     tax_status="1", **same))
>>> reconcile(assessment, bill).en
'The bill is as assessed.'
"""

from customs.tax.reconciliation.outcome import Cause, Difference, Reconciliation
from customs.tax.reconciliation.search import SUPPOSITIONS, reconcile
from customs.tax.reconciliation.words import CHOICES, KINDS, TEXTS, VERDICTS

__all__ = ["CHOICES", "KINDS", "SUPPOSITIONS", "TEXTS", "VERDICTS", "Cause", "Difference", "Reconciliation", "reconcile"]
