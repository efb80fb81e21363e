"""Tax (税): dated law, rates of goods, the assessment of a parcel."""

from customs.tax.apportionment import Apportionment, apportion
from customs.tax.assessment import assess, compute, decide
from customs.tax.case import Case, ExchangeMissingError, Goods, Measured, QuantityMissingError, RatesMissingError
from customs.tax.formula import Taxes
from customs.tax.law import Law, LawError
from customs.tax.method import DEFAULT, Method, Rounding
from customs.tax.rate_rows import from_rows, shipped
from customs.tax.rates import ColumnMissingError, Rate, RateMissingError, Rates, RateTable, from_function
from customs.tax.result import LineAssessment, Regime, TaxAssessment
from customs.tax.trail import Reason, explain

__all__ = [
    "DEFAULT",
    "Apportionment",
    "Case",
    "ColumnMissingError",
    "ExchangeMissingError",
    "Goods",
    "Law",
    "LawError",
    "LineAssessment",
    "Measured",
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
    "compute",
    "decide",
    "explain",
    "from_function",
    "from_rows",
    "shipped",
]
