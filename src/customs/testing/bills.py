"""Tax bills for tests (测试税单): the bill that customs would send for an assessment, ready to be changed."""

from datetime import datetime, time

from customs.documents import TaxBill, TaxBillHead, TaxBillLine
from customs.tax import TaxAssessment


def tax_bill_of(
    assessment: TaxAssessment, *, list_no: str = "29912026I000000001", tax_bill_no: str = "29912026T000000001"
) -> TaxBill:
    """Return the tax bill (CEB816) with the figures of an assessment, as if customs made it the same evening.

    >>> from datetime import date
    >>> from customs import assess, reconcile
    >>> from customs.testing import sample_parcels
    >>> assessment = assess(next(sample_parcels(1, seed=1, mode="1210")), on=date(2026, 11, 11))
    >>> reconcile(assessment, tax_bill_of(assessment)).agrees
    True
    """
    lines = tuple(
        TaxBillLine(
            gnum=each.gnum,
            hs_code=each.hs_code,
            dutiable_value=each.dutiable_value,
            tariff=each.tariff_due,
            consumption_tax=each.consumption_due,
            vat=each.vat_due,
        )
        for each in assessment.lines
    )
    head = TaxBillHead(
        guid="4CDE1CFD-EDED-46B1-946C-B8022E42FC94",
        returned_at=datetime.combine(assessment.law.day, time(20)),
        list_no=list_no,
        tax_bill_no=tax_bill_no,
        tax_status="1",
        tariff=assessment.tariff_due,
        consumption_tax=assessment.consumption_due,
        vat=assessment.vat_due,
    )
    return TaxBill(head=head, lines=lines)
