"""Tax (税): dated law, rates of goods, the assessment of a parcel."""

from customs.tax.assessment import (
    DEFAULT,
    LineAssessment,
    Method,
    RatesMissingError,
    Reason,
    Regime,
    TaxAssessment,
    assess,
    decide,
)
from customs.tax.law import Law, LawError
from customs.tax.rates import Rate, RateMissingError, Rates, RateTable, from_rows, shipped

__all__ = [
    "DEFAULT", "Law", "LawError", "LineAssessment", "Method", "Rate", "RateMissingError", "RateTable", "Rates",
    "RatesMissingError", "Reason", "Regime", "TaxAssessment", "assess", "decide", "from_rows", "shipped",
]
