"""Cancellations of the export side (出口撤单, CEB605): a declared export list is taken back, by the number customs gave it.

It is made of the list as it was declared (CEB603). The other counterparts are not built: a return of exported goods
(CEB213) needs facts of the way back that no declaration has. Source: unified edition 2022-05, export side.
"""

from customs.documents import Transfer
from customs.documents.exports.cancellation import ExportCancellation
from customs.documents.exports.declaration_list import ExportList
from customs.fields import terms_of
from customs.receipts.corrections import app_time
from customs.receipts.follow_up import NAMES, FollowUp, Move
from customs.receipts.reading import read_document
from customs.receipts.standing import ALLOWED, FREE, Stand, living, number_of, refusal, stand_of
from customs.receipts.state import ParcelState
from customs.road import Run
from customs.rules import catalogue, check_document
from customs.rules.reading import name_of

#: The facts that the cancellation has of the list.
_COPIED = ("customs_code", "internal_no", "declarant_code", "declarant_name", "consignor_code", "consignor_name")


def export_cancellation(
    listed: ExportList, state: ParcelState, reason: str, *, run: Run, transfer: Transfer
) -> FollowUp:
    """Return the cancellation of an export list; ``transfer`` is the enterprise that transmits it.

    The list must not be consolidated yet: no state says so, the declarant knows it.
    """
    move, head = Move.CANCELLATION, listed.head
    stand = stand_of(living(state, ExportList.message))
    own = stand_of(living(state, ExportCancellation.message))
    found = (
        refusal(move, head.order_no, ExportList, stand, ALLOWED[move], path="head"),
        refusal(move, head.order_no, ExportCancellation, own, FREE - {Stand.WITHDRAWN}, path="cancellation"),
    )
    list_no = number_of(state, ExportList.message, "list_no")
    findings = tuple(each for each in found if each)
    if not findings and list_no is None:
        how_zh, how = NAMES[move]
        name = name_of(terms_of(ExportCancellation)["list_no"])
        lacking = catalogue.LIST_NUMBER_UNKNOWN.at("list_no", order=head.order_no, name=name, how_zh=how_zh, how=how)
        findings = (lacking,)
    if findings:
        return FollowUp(move=move, order_no=head.order_no, findings=findings, transfer=transfer)
    own_fields = {
        "guid": run.guids(),
        "app_type": "1",
        "app_time": app_time(run, state),
        "app_status": head.app_status,
        "list_no": list_no,
        "reason": reason,
    }
    values = {name: getattr(head, name) for name in _COPIED} | own_fields
    document, findings = read_document(ExportCancellation, values)
    if document is not None:
        findings = tuple(check_document(document, run.place.profile.practice))
    refused = document is None or any(each.is_error for each in findings)
    return FollowUp(
        move=move,
        order_no=head.order_no,
        documents=() if refused or document is None else (document,),
        findings=findings,
        transfer=transfer,
    )
