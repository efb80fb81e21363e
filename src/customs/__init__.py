"""Declare cross-border e-commerce parcels (跨境电商零售进口) to China Customs.

From one parcel's facts: the order, payment and waybill that customs matches and the declaration list that joins them,
checked, taxed by the law of the day, signed. Names are loaded when they are first asked for, so that importing costs
next to nothing.

>>> import customs
>>> customs.read_declaration("{}")[1][0].code
'field-missing'
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.areas import read_answers
    from customs.codes.states import State
    from customs.declaration import Declaration
    from customs.documents import Answer, BusinessKey
    from customs.receipts.corrections import amendment, deletion, resubmission
    from customs.receipts.dispatch import dispatch
    from customs.receipts.explained import Explanation
    from customs.receipts.explanation import explain
    from customs.receipts.foresight import foresee
    from customs.receipts.health import health
    from customs.receipts.lifecycle import advance, track
    from customs.receipts.next_step import NextStep, next_step
    from customs.receipts.state import ParcelState, Submitted
    from customs.receipts.streams import track_all, track_changes
    from customs.receipts.warehouse import warehouse_entry
    from customs.receipts.withdrawal import ReturnRequest, cancellation, goods_return
    from customs.reconciliation import reconcile
    from customs.road import (
        Batch,
        Outgoing,
        Prepared,
        Run,
        fixed_clock,
        prepare,
        random_guids,
        seeded_guids,
        system_clock,
    )
    from customs.rules import Finding, Severity, check_document, read_declaration
    from customs.signing import (
        Certificate,
        KeyFile,
        RsaSigner,
        SigningError,
        Sm2Signer,
        load_signer,
        sign,
        sign_envelope,
        verify,
    )
    from customs.signing.declarant import check_signer
    from customs.tax import assess
    from customs.tax.refund import refund
    from customs.tax.reverse import PriceWithTax, net_of
    from customs.wire import ReadError, read, read_reply, unwrap, wrap, write
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "areas": "read_answers",
            "codes.states": "State",
            "declaration": "Declaration",
            "documents": "Answer BusinessKey",
            "road": "Batch Outgoing Prepared Run fixed_clock prepare random_guids seeded_guids system_clock",
            "rules": "Finding Severity check_document read_declaration",
            "signing": "Certificate KeyFile RsaSigner SigningError Sm2Signer load_signer sign sign_envelope verify",
            "signing.declarant": "check_signer",
            "tax": "assess",
            "receipts.corrections": "amendment deletion resubmission",
            "receipts.dispatch": "dispatch",
            "receipts.explained": "Explanation",
            "receipts.explanation": "explain",
            "receipts.warehouse": "warehouse_entry",
            "receipts.withdrawal": "ReturnRequest cancellation goods_return",
            "reconciliation": "reconcile",
            "receipts.foresight": "foresee",
            "receipts.health": "health",
            "receipts.lifecycle": "advance track",
            "receipts.next_step": "NextStep next_step",
            "receipts.state": "ParcelState Submitted",
            "receipts.streams": "track_all track_changes",
            "tax.refund": "refund",
            "tax.reverse": "PriceWithTax net_of",
            "wire": "ReadError read read_reply unwrap wrap write",
        },
    )

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "Batch",
    "BusinessKey",
    "Certificate",
    "Declaration",
    "Explanation",
    "Finding",
    "KeyFile",
    "NextStep",
    "Outgoing",
    "ParcelState",
    "Prepared",
    "PriceWithTax",
    "ReadError",
    "ReturnRequest",
    "RsaSigner",
    "Run",
    "Severity",
    "SigningError",
    "Sm2Signer",
    "State",
    "Submitted",
    "advance",
    "amendment",
    "assess",
    "cancellation",
    "check_document",
    "check_signer",
    "deletion",
    "dispatch",
    "explain",
    "fixed_clock",
    "foresee",
    "goods_return",
    "health",
    "load_signer",
    "net_of",
    "next_step",
    "prepare",
    "random_guids",
    "read",
    "read_answers",
    "read_declaration",
    "read_reply",
    "reconcile",
    "refund",
    "resubmission",
    "seeded_guids",
    "sign",
    "sign_envelope",
    "system_clock",
    "track",
    "track_all",
    "track_changes",
    "unwrap",
    "verify",
    "warehouse_entry",
    "wrap",
    "write",
]
