"""Tax bills and guarantee (税单与担保): bills, own assessments and guarantees as accounts, months of them reconciled.

A bill, what it holds of the guarantee and their causes are one transaction; balances are those of the last entry. Sources:
the messages CEB816 and CEB818; for the guarantee what published systems keep.
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.ledger.bills.entering import BillReceipt, enter_bill, enter_bill_status, enter_bills
    from customs.ledger.bills.following import ParcelMove, follow_taxed_parcel
    from customs.ledger.bills.guarantee import (
        GuaranteeBalance,
        GuaranteeForecast,
        daily_tax,
        days_held,
        expected_releases,
        expected_tax,
        forecast_guarantee,
        grant_guarantee,
        guarantee_of,
        guarantees,
        guarantees_left,
        open_bills,
    )
    from customs.ledger.bills.importing import ImportedBills, bill_receipt, import_bills
    from customs.ledger.bills.kept import BillChange, KeptBill, find_bill
    from customs.ledger.bills.months import months_of, payments_compared, reconciled, surroundings_of
    from customs.ledger.bills.parcels import enter_assessments, enter_parcel, enter_parcels, find_parcel, find_parcels
    from customs.ledger.bills.payments import billed_under, enter_tax_payment
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "entering": "BillReceipt enter_bill enter_bill_status enter_bills",
            "following": "ParcelMove follow_taxed_parcel",
            "guarantee": "GuaranteeBalance GuaranteeForecast daily_tax days_held expected_releases expected_tax forecast_guarantee "
            "grant_guarantee guarantee_of guarantees guarantees_left open_bills",
            "importing": "ImportedBills bill_receipt import_bills",
            "kept": "BillChange KeptBill find_bill",
            "months": "months_of payments_compared reconciled surroundings_of",
            "parcels": "enter_assessments enter_parcel enter_parcels find_parcel find_parcels",
            "payments": "billed_under enter_tax_payment",
        },
    )

__all__ = [
    "BillChange",
    "BillReceipt",
    "GuaranteeBalance",
    "GuaranteeForecast",
    "ImportedBills",
    "KeptBill",
    "ParcelMove",
    "bill_receipt",
    "billed_under",
    "daily_tax",
    "days_held",
    "enter_assessments",
    "enter_bill",
    "enter_bill_status",
    "enter_bills",
    "enter_parcel",
    "enter_parcels",
    "enter_tax_payment",
    "expected_releases",
    "expected_tax",
    "find_bill",
    "find_parcel",
    "find_parcels",
    "follow_taxed_parcel",
    "forecast_guarantee",
    "grant_guarantee",
    "guarantee_of",
    "guarantees_left",
    "guarantees",
    "import_bills",
    "months_of",
    "open_bills",
    "payments_compared",
    "reconciled",
    "surroundings_of",
]
