"""Settlements (对账): bills of payment companies, carriers and warehouses against what was declared and shipped.

Bills are read row by row, whatever their size, and kept in the ledger; each difference has a code, what it is and what
to do. A day is closed when its bill holds and every row is matched, explained or answered.
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.ledger.settlements.answers import SettlementAnswer, answer, answered, difference_of
    from customs.ledger.settlements.bill_rows import BillFault, FundRow, PaymentBill, PaymentRow
    from customs.ledger.settlements.bills_kept import TakenBill, take_bill
    from customs.ledger.settlements.charges_kept import (
        ComparedCharge,
        compared_charges,
        enter_own_figures,
        take_charges,
    )
    from customs.ledger.settlements.own_messages import payments_in_messages
    from customs.ledger.settlements.own_payments import (
        enter_payments,
        enter_refund_states,
        payments_in_table,
        refunds_in_table,
    )
    from customs.ledger.settlements.payment_bills import open_payment_bills
    from customs.ledger.settlements.payment_case import DeclaredPayment, PaymentCase, SettlementTerms
    from customs.ledger.settlements.payment_matching import judged
    from customs.ledger.settlements.payments_compared import ComparedOrder, compared_bookings, compared_orders
    from customs.ledger.settlements.provider_profiles import ProviderProfile, ProviderProfileError, provider_profile
    from customs.ledger.settlements.settlement_days import (
        DayNotClosedError,
        SettlementDay,
        close_day,
        days_of_bills,
        file_findings,
    )
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "answers": "SettlementAnswer answer answered difference_of",
            "bill_rows": "BillFault FundRow PaymentBill PaymentRow",
            "bills_kept": "TakenBill take_bill",
            "charges_kept": "ComparedCharge compared_charges enter_own_figures take_charges",
            "own_messages": "payments_in_messages",
            "own_payments": "enter_payments enter_refund_states payments_in_table refunds_in_table",
            "payment_bills": "open_payment_bills",
            "payment_case": "DeclaredPayment PaymentCase SettlementTerms",
            "payment_matching": "judged",
            "payments_compared": "ComparedOrder compared_bookings compared_orders",
            "provider_profiles": "ProviderProfile ProviderProfileError provider_profile",
            "settlement_days": "DayNotClosedError SettlementDay close_day days_of_bills file_findings",
        },
    )

__all__ = [
    "BillFault",
    "ComparedCharge",
    "ComparedOrder",
    "DayNotClosedError",
    "DeclaredPayment",
    "FundRow",
    "PaymentBill",
    "PaymentCase",
    "PaymentRow",
    "ProviderProfile",
    "ProviderProfileError",
    "SettlementAnswer",
    "SettlementDay",
    "SettlementTerms",
    "TakenBill",
    "answer",
    "answered",
    "close_day",
    "days_of_bills",
    "compared_bookings",
    "compared_charges",
    "compared_orders",
    "difference_of",
    "enter_own_figures",
    "enter_payments",
    "enter_refund_states",
    "file_findings",
    "judged",
    "open_payment_bills",
    "payments_in_messages",
    "payments_in_table",
    "provider_profile",
    "refunds_in_table",
    "take_bill",
    "take_charges",
]
