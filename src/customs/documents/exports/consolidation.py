"""汇总申请单 request to consolidate, CEB701, with CEB702 and CEB792: asks customs to consolidate released lists into
declarations.

Source: unified edition 2022-05, export side.
"""

from typing import Annotated

from customs.documents.base import Document, ExportSubmission, Receipt
from customs.fields import clearance, exports, goods, head, receipts
from customs.fields.record import Record
from customs.fields.terms import Part


class ExportConsolidationHead(ExportSubmission):
    """汇总申请单表头 SummaryApplyHead."""

    customs_code: clearance.DistrictCode
    internal_no: exports.InternalNo
    pre_entry_no: clearance.PreEntryNo | None = None
    summary_no: exports.SummaryNo | None = None
    declarant_code: exports.ConsolidationDeclarantCode
    declarant_name: exports.ConsolidationDeclarantName
    consignor_code: exports.ConsignorCode
    consignor_name: exports.ConsignorName
    broker_code: exports.BrokerCode
    broker_name: exports.BrokerName
    since: exports.Since | None = None
    until: exports.Until | None = None
    site_code: clearance.SiteCode | None = None
    grouping: exports.Grouping
    by_item_name: exports.ByItemName
    message_count: exports.MessageCount
    message_no: exports.MessageNo
    note: head.Note | None = None


class ExportConsolidationLine(Record):
    """汇总申请单表体 SummaryApplyList."""

    list_no: exports.GivenListNo


class ExportConsolidation(Document):
    """汇总申请单 request to consolidate, CEB701."""

    message = "CEB701"
    element = "SummaryApply"
    title = "汇总申请单"
    flow = "export"
    key_fields = ("declarant_code", "internal_no", "message_no")

    head: Annotated[
        ExportConsolidationHead, Part("SummaryApplyHead", "汇总申请单表头", "Head of the request to consolidate")
    ]
    lines: Annotated[
        tuple[ExportConsolidationLine, ...],
        Part("SummaryApplyList", "汇总申请单表体", "Lines of the request to consolidate", minimum=0, maximum=None),
    ] = ()


class ExportConsolidationReceipt(Receipt):
    """汇总申请单回执 receipt of a request to consolidate, CEB702."""

    message = "CEB702"
    element = "SummaryReturn"
    title = "汇总申请单回执"
    flow = "export"
    key_fields = ("declarant_code", "internal_no", "summary_no", "message_no")
    answers = "CEB701"
    finds_by = ("declarant_code", "internal_no", "message_no")

    guid: head.Guid | None
    declarant_code: exports.DeclarantCode | None
    consignor_code: exports.ConsignorCode | None
    internal_no: exports.InternalNo | None
    pre_entry_no: receipts.GivenPreEntryNo | None
    summary_no: exports.GivenSummaryNo | None = None
    message_no: exports.MessageNo | None
    return_status: receipts.ReturnStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: exports.ReturnInfo | None


class ExportConsolidationResultHead(Record):
    """汇总结果单表头 SummaryResultHead."""

    guid: head.Guid | None
    customs_code: clearance.DistrictCode | None
    summary_no: exports.GivenSummaryNo | None
    processed_at: exports.ProcessedAt | None
    result_no: exports.ResultNo | None
    entry_draft_no: exports.EntryDraftNo | None = None
    entry_pre_no: exports.EntryPreNo | None = None
    entry_no: exports.EntryNo | None = None
    entry_status: exports.EntryStatus | None
    declarant_code: exports.DeclarantCode | None
    declarant_name: exports.DeclarantName | None
    consignor_code: exports.ConsignorCode | None
    consignor_name: exports.ConsignorName | None
    broker_code: exports.BrokerCode | None
    broker_name: exports.BrokerName | None
    gross_weight: clearance.GrossWeight | None
    net_weight: clearance.NetWeight | None
    message_count: exports.MessageCount | None
    message_no: exports.MessageNo | None
    note: head.Note | None = None


class ExportConsolidationResultLine(Record):
    """汇总结果单表体 SummaryResultList."""

    list_no: exports.GivenListNo | None
    waybill_no: exports.WaybillNo | None
    result_line_no: exports.ResultLineNo | None = None  # not in the edition of 2018
    gnum: exports.ResultGnum | None
    hs_code: goods.HsCode | None


class ExportConsolidationResult(Receipt):
    """汇总结果单 result of a consolidation, CEB792."""

    message = "CEB792"
    element = "SummaryResult"
    title = "汇总结果单"
    flow = "export"
    key_fields = ("summary_no", "result_no", "message_no")
    answers = "CEB701"
    finds_by = ("summary_no",)
    status_field = "entry_status"  # a status of the general-trade declaration, not of this list

    head: Annotated[
        ExportConsolidationResultHead,
        Part("SummaryResultHead", "汇总结果单表头", "Head of the result of a consolidation"),
    ]
    lines: Annotated[
        tuple[ExportConsolidationResultLine, ...],
        Part("SummaryResultList", "汇总结果单表体", "Lines of the result of a consolidation", minimum=0, maximum=None),
    ] = ()
