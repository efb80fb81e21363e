"""Warehouse entries (入库明细单, CEB711): which parcels of a crossing reached the supervised site, from their declarations.

The site's operator sends and signs it, for direct purchase (9610). One holds the parcels of one crossing and one bill.
Source: unified edition 2022-05, CEB711.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from customs.declaration import Declaration
from customs.documents import Transfer, WarehouseEntry, WarehouseEntryHead
from customs.fields import terms_of
from customs.fields.moments import china_time
from customs.receipts.follow_up import FollowUp, Move
from customs.receipts.reading import read_document
from customs.road import Run
from customs.rules import Finding, catalogue, check_document
from customs.rules.conditions import DIRECT
from customs.rules.reading import name_of

#: The facts in which the parcels of an entry agree: the section of the declaration, and the field.
_SHARED = (
    ("clearance", "customs_code"),
    ("clearance", "transport_mode"),
    ("clearance", "transport_no"),
    ("clearance", "voyage_no"),
    ("clearance", "bill_no"),
    ("parties", "carrier_code"),
    ("parties", "carrier_name"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """The arrival of a crossing's parcels at a supervised site (入库): who operates it, and the entry's own number."""

    site_operator_code: str
    site_operator_name: str
    internal_no: str
    transfer: Transfer
    """The enterprise that transmits the entry."""
    unload_location: str | None = None


def warehouse_entry(declarations: Sequence[Declaration], arrival: Arrival, *, run: Run) -> FollowUp:
    """Return the warehouse entry of parcels that arrived together; raises ``ValueError`` for none.

    The run's signer is the site's operator.
    """
    if not declarations:
        raise ValueError("a warehouse entry names at least one parcel 入库明细单至少含一个包裹")
    move, number, first = Move.WAREHOUSE_ENTRY, arrival.internal_no, declarations[0]
    differing = tuple(_differing(declarations))
    if differing:
        return FollowUp(move=move, order_no=number, findings=differing)
    head = {name: getattr(getattr(first, section), name) for section, name in _SHARED} | {
        "guid": run.guids(),
        "app_type": "1",
        "app_time": china_time(run.clock()),
        "app_status": first.app_status,
        "internal_no": number,
        "site_operator_code": arrival.site_operator_code,
        "site_operator_name": arrival.site_operator_name,
        "ie_flag": "I",
        "unload_location": arrival.unload_location,
    }
    lines = [{"gnum": at, "waybill_no": each.waybill.waybill_no} for at, each in enumerate(declarations, 1)]
    document, findings = read_document(WarehouseEntry, {"head": head, "lines": lines})
    if document is not None:
        findings = tuple(check_document(document, run.place.profile.practice))
    refused = any(each.is_error for each in findings)
    documents = () if refused or document is None else (document,)
    return FollowUp(move=move, order_no=number, documents=documents, findings=findings, transfer=arrival.transfer)


def _differing(declarations: Sequence[Declaration]) -> Iterator[Finding]:
    """Yield why parcels cannot stand in one entry."""
    terms = terms_of(WarehouseEntryHead)
    for at, each in enumerate(declarations):
        order_no = each.order.order_no
        if each.clearance.trade_mode != DIRECT:
            yield catalogue.ENTRY_BONDED.at(f"[{at}].clearance.trade_mode", order=order_no)
        for section, name in _SHARED:
            if getattr(getattr(each, section), name) != getattr(getattr(declarations[0], section), name):
                yield catalogue.ENTRY_DIFFERS.at(f"[{at}].{section}.{name}", order=order_no, name=name_of(terms[name]))
