"""Traceability (溯源): which parcels hold a lot, and where a trace code comes from.

The retail list knows only the item of the book; the batch is the warehouse's. Its tables of lots, picks and labels tie the two:
forwards for a recall (召回), backwards from a code to its lot, its entry and its origin. Announcement 486 of 2018 asks for
tracing from the foreign place of dispatch to the buyer; no public interface exists, so this is a record of one's own.

Promised: rows are only appended, each with its cause; the same row again changes nothing; nothing personal is kept or shown.
"""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.ledger.trace.faults import TraceFault, trace_faults
    from customs.ledger.trace.importing import TraceFileError, TraceLoaded, load_traces
    from customs.ledger.trace.keeping import enter_lots, enter_traces, take_back
    from customs.ledger.trace.recalling import Recall, RecalledParcel, recall
    from customs.ledger.trace.records import KeptTrace, TracedParcel, TraceEntry, TraceLot
    from customs.ledger.trace.tracing import TracedCode, TracedContent, TracedLot, lots_of, trace_code, trace_parcel
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "faults": "TraceFault trace_faults",
            "importing": "TraceFileError TraceLoaded load_traces",
            "keeping": "enter_lots enter_traces take_back",
            "recalling": "Recall RecalledParcel recall",
            "records": "KeptTrace TraceEntry TraceLot TracedParcel",
            "tracing": "TracedCode TracedContent TracedLot lots_of trace_code trace_parcel",
        },
    )

__all__ = [
    "KeptTrace",
    "Recall",
    "RecalledParcel",
    "TraceEntry",
    "TraceFault",
    "TraceFileError",
    "TraceLoaded",
    "TraceLot",
    "TracedCode",
    "TracedContent",
    "TracedLot",
    "TracedParcel",
    "enter_lots",
    "enter_traces",
    "load_traces",
    "lots_of",
    "recall",
    "take_back",
    "trace_code",
    "trace_faults",
    "trace_parcel",
]
