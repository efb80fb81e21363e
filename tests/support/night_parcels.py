"""The parcels of a story (一夜故事的包裹): a shop that sells from a bonded zone and directly from abroad, and a brand."""

from customs.declaration import Declaration
from customs.testing import sample_parcels

#: The article whose record number was written wrongly, the wrong number.
ARTICLE, RECORD, WRONG_RECORD = "SKU-0011", "000011", "000099"

PAYER, OTHER_PAYER, BRAND = "91000000000000003W", "910000000000000079", "91000000000000008C"
SHOP_WAREHOUSE, BRAND_WAREHOUSE = "910000000000000066", "91000000000000009F"
SHOP, GUARANTOR = "91000000000000002R", "910000000000000053"


def parcels_of_the_night() -> dict[str, list[Declaration]]:
    """The parcels: of the shop from a bonded zone and directly from abroad, and of the brand."""
    bonded = [_with_wrong_record(each) for each in sample_parcels(150, seed=11, mode="1210")]
    direct = [_of(each, payment_company_code=OTHER_PAYER) for each in sample_parcels(90, seed=11, mode="9610")]
    place = {"customs_code": "4600", "port_code": "4600", "account_book_no": "T4600W000001"}
    brand = [
        _of(each, clearance=place, merchant_code=BRAND, payment_company_code=OTHER_PAYER, area_operator_code=BRAND_WAREHOUSE)
        for each in sample_parcels(60, seed=12, mode="1210")
    ]  # fmt: skip
    return {"bonded": bonded, "direct": direct, "brand": brand}


def _of(parcel: Declaration, clearance: dict[str, str] | None = None, **parties: str) -> Declaration:
    return parcel.model_copy(
        update={
            "parties": parcel.parties.model_copy(update=parties),
            "clearance": parcel.clearance.model_copy(update=clearance or {}),
        }
    )


def _with_record(parcel: Declaration, number: str) -> Declaration:
    lines = tuple(
        each.model_copy(update={"record_no": number}) if each.item_no == ARTICLE else each
        for each in parcel.order.lines
    )
    return parcel.model_copy(update={"order": parcel.order.model_copy(update={"lines": lines})})


def _with_wrong_record(parcel: Declaration) -> Declaration:
    return _with_record(parcel, WRONG_RECORD)


def mended(parcel: Declaration) -> Declaration:
    """A parcel whose goods record was corrected."""
    return _with_record(parcel, RECORD)
