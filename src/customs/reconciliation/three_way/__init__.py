"""Three-way reconciliation (关税对账): own assessment, the bill of customs and the charge to the buyer, parcel by parcel.

Causes are named only where they give every figure of the bill; where nothing does, the difference is unknown. A cause
of one side alone is searched by ``customs.reconciliation``; the rest, such as another parcel's bill, is looked for
here. Source: the classes of differences that platforms use.
"""

from customs.reconciliation.three_way.comparison import ParcelComparison, compare_parcel
from customs.reconciliation.three_way.month import BillSummary, BillTotals, CauseTotals, PaymentComparison
from customs.reconciliation.three_way.points import TaxPoint
from customs.reconciliation.three_way.sides import (
    BillSide,
    ConvertedPrices,
    OwnSide,
    ParcelCourse,
    StatedTransport,
    bill_side,
    figures_key,
    own_key,
)
from customs.reconciliation.three_way.surroundings import BillRules, Surroundings
from customs.reconciliation.three_way.words import GROUPS, POINTS, STANDINGS

__all__ = [
    "GROUPS",
    "POINTS",
    "STANDINGS",
    "BillRules",
    "BillSide",
    "CauseTotals",
    "ConvertedPrices",
    "ParcelCourse",
    "OwnSide",
    "ParcelComparison",
    "PaymentComparison",
    "TaxPoint",
    "BillSummary",
    "Surroundings",
    "BillTotals",
    "StatedTransport",
    "bill_side",
    "compare_parcel",
    "figures_key",
    "own_key",
]
