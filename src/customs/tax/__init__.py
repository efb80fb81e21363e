"""Tax (税): dated law, rates of goods, the assessment of a parcel."""

from customs.tax.apportionment import Apportionment, apportion
from customs.tax.assessment import assess, decide
from customs.tax.case import ExchangeMissingError, QuantityMissingError, RatesMissingError
from customs.tax.formula import Taxes
from customs.tax.law import Law, LawError
from customs.tax.method import DEFAULT, Method, Rounding
from customs.tax.rates import (
    ColumnMissingError,
    Rate,
    RateMissingError,
    Rates,
    RateTable,
    from_function,
    from_rows,
    shipped,
)
from customs.tax.result import LineAssessment, Regime, TaxAssessment
from customs.tax.trail import Reason

__all__ = [
    "DEFAULT",
    "Apportionment",
    "ColumnMissingError",
    "ExchangeMissingError",
    "Law",
    "LawError",
    "LineAssessment",
    "Method",
    "QuantityMissingError",
    "Rate",
    "RateMissingError",
    "RateTable",
    "Rates",
    "RatesMissingError",
    "Reason",
    "Regime",
    "Rounding",
    "TaxAssessment",
    "Taxes",
    "apportion",
    "assess",
    "decide",
    "from_function",
    "from_rows",
    "shipped",
]
