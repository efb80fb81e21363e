"""The fields that cancellations (撤单) and returns (退货) of a declared list share, with their receipts.

Source: unified edition 2022-05, CEB623 to CEB626.
"""

from customs.documents.base import Receipt, Submission
from customs.fields import clearance, goods, head, parties, people, receipts


class ListApplication(Submission):
    """The list that an application is about, its enterprises and its buyer."""

    customs_code: clearance.DistrictCode
    order_no: goods.OrderNo
    platform_code: parties.PlatformCode
    platform_name: parties.PlatformName
    merchant_code: parties.MerchantCode
    merchant_name: parties.MerchantName
    waybill_no: clearance.WaybillNo
    carrier_code: parties.CarrierCode
    carrier_name: parties.CarrierName
    internal_no: clearance.InternalNo | None = None
    pre_entry_no: clearance.PreEntryNo | None = None
    list_no: clearance.ListNo
    buyer_id_type: people.BuyerIdType
    buyer_id_number: people.BuyerIdNumber
    buyer_name: people.BuyerName
    buyer_telephone: people.BuyerTelephone
    declarant_code: parties.DeclarantCode
    declarant_name: parties.DeclarantName


class ApplicationReceipt(Receipt):
    """The answer of customs to an application about a list."""

    key_fields = ("declarant_code", "internal_no", "pre_entry_no", "list_no")
    finds_by = ("declarant_code", "internal_no")
    of_application = True

    guid: head.Guid | None
    customs_code: clearance.DistrictCode | None = None
    declarant_code: parties.DeclarantCode | None = None
    platform_code: parties.PlatformCode | None = None
    merchant_code: parties.MerchantCode | None = None
    internal_no: clearance.InternalNo | None
    pre_entry_no: receipts.GivenPreEntryNo | None
    list_no: receipts.GivenListNo | None = None
    return_status: receipts.ReturnStatus | None
    returned_at: receipts.ReturnedAt | None
    return_info: receipts.ReturnInfo | None
