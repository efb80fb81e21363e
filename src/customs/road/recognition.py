"""Recognition (已申报识别): a parcel that was declared before is skipped if it is the same, and refused if it differs.

The order number names the parcel. Its content is everything that the shop says of it, except the quota used, which
grows from day to day and goes into no message.

>>> from customs.testing import sample_parcels
>>> parcel = next(sample_parcels(1, seed=7, mode="9610"))
>>> keys_of(parcel)["waybill"].message
'CEB511'
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from customs.declaration import Declaration
from customs.documents import BusinessKey
from customs.documents.base import NAMING
from customs.documents.business_key import SEPARATOR
from customs.fields.frozen import FrozenDict
from customs.road.results import KINDS, DocumentName, Prepared
from customs.rules import catalogue
from customs.rules.knowledge import Declared, Knowledge

if TYPE_CHECKING:
    from customs.road.run import Run
    from customs.road.stages import Read

#: The declaration type (报送类型) of what is declared for the first time; amendments and deletions name what was declared
#: before.
NEW = "1"


def recognised(run: "Run", parcel: "Read", knowledge: Knowledge) -> "Read | Prepared":
    """Return the parcel with the messages that carry it already; its outcome, if nothing is left to declare or it was
    declared with other content.
    """
    declaration = parcel.declaration
    earlier = knowledge.declared(parcel_key(keys_of(declaration)))
    if earlier is None or not earlier.carriers:
        return parcel
    carriers = earlier.carriers.get(knowledge.digest(content_to_digest(declaration)))
    if carriers is None:
        return parcel if declaration.app_type != NEW else _other_content(parcel, earlier)
    if carriers_of(run, declaration) <= carriers:
        return Prepared(parcel.position, declaration, earlier=earlier)
    return parcel._replace(earlier=earlier, carriers=carriers)


def _other_content(parcel: "Read", earlier: Declared) -> Prepared:
    finding = catalogue.DECLARED_BEFORE.at(
        "order.order_no",
        name="订单编号 orderNo",
        message=earlier.message,
        day=earlier.at or "?",
        said_zh="内容不同",
        said="other content",
    )
    return Prepared(parcel.position, parcel.declaration, findings=(*parcel.findings, finding))


def carriers_of(run: "Run", declaration: Declaration) -> frozenset[str]:
    """Return the messages that carry a parcel of the run when nothing goes wrong."""
    taken = {each.area.name: each for each in run.format.areas}
    here = (
        [each.area.name for each in run.districts[declaration.clearance.customs_code].areas] if not run.only else taken
    )
    return frozenset(
        carrier(area, name)
        for area in here
        for name in (
            *(KINDS[each].message for each in taken[area].unified),
            *(message.name for message in taken[area].own),
        )
    )


def carrier(area: str, message: str) -> str:
    """Return the name of a kind of message of an area.

    >>> carrier("unified", "CEB311")
    'unified CEB311'
    """
    return f"{area} {message}"


def parcel_key(keys: Mapping[DocumentName, BusinessKey]) -> BusinessKey:
    """Return the key that names the parcel: the order's, or that of a payment or waybill where no platform is named."""
    return next((key for key in keys.values() if key.fields[0][1] and key.fields[1][1]), keys["order"])


class KeyTexts(NamedTuple):
    """The texts by which the documents of a parcel are named; empty where a field is left out."""

    platform_code: str
    merchant_code: str
    payment_company_code: str
    carrier_code: str
    declarant_code: str
    order_no: str
    payment_no: str
    waybill_no: str
    internal_no: str


def key_texts(declaration: Declaration) -> KeyTexts:
    """Return the texts by which the documents of a parcel are named."""
    parties, order = declaration.parties, declaration.order
    return KeyTexts(
        parties.platform_code or "",
        parties.merchant_code or "",
        parties.payment_company_code or "",
        parties.carrier_code or "",
        parties.declarant_code or "",
        order.order_no or "",
        declaration.payment.payment_no or "",
        declaration.waybill.waybill_no or "",
        declaration.clearance.internal_no or order.order_no or "",
    )


#: Parcels whose keys are kept, since each is asked for them several times: those of some messages.
MOST_KEYED = 1_000


def keys_of(declaration: Declaration) -> Mapping[DocumentName, BusinessKey]:
    """Return the business keys of the documents of a parcel, without building them."""
    return keys_named(key_texts(declaration))


@lru_cache(maxsize=MOST_KEYED)
def keys_named(texts: KeyTexts) -> Mapping[DocumentName, BusinessKey]:
    """Return the business keys of the documents of a parcel by the texts that name them."""
    return FrozenDict(
        {
            document: BusinessKey(kind.message, tuple([(name, getattr(texts, name)) for name in kind.key_fields]))
            for document, kind in KINDS.items()
        }
    )


class Once(NamedTuple):
    """A number that may be declared once: the document that it names, its field in the declaration, and its name."""

    document: DocumentName
    path: str
    name: str


#: One declaration list for one order and one waybill (rule 13); one payment for one order (receipt codes -401003,
#: -401007); one internal number of a declarant for one list (-621004, -621041).
ONCE = (
    Once("order", "order.order_no", "订单编号 orderNo"),
    Once("waybill", "waybill.waybill_no", "物流运单编号 logisticsNo"),
    Once("payment", "payment.payment_no", "支付交易编号 payTransactionId"),
    Once("declaration_list", "clearance.internal_no", "企业内部编号 copNo"),
)


def once_of(keys: Mapping[DocumentName, BusinessKey]) -> tuple[tuple[Once, BusinessKey], ...]:
    """Return the numbers that documents may declare once, with their keys."""
    found = [(each, keys[each.document]) for each in ONCE if each.document in keys]
    return tuple([(each, BusinessKey(key.message, key.fields[:NAMING])) for each, key in found])


@lru_cache(maxsize=MOST_KEYED)
def once_named(texts: KeyTexts) -> tuple[tuple[Once, BusinessKey], ...]:
    """Return the numbers of a parcel that may be declared once, with their keys, by the texts that name its documents."""
    return once_of(keys_named(texts))


def once_key(text: str) -> BusinessKey:
    """Return the key of a number that may be declared once, from its text.

    >>> once_key(SEPARATOR.join(("CEB311", "P1", "O1")))["order_no"]
    'O1'
    """
    message, *texts = text.split(SEPARATOR)
    names = next(kind.key_fields for kind in KINDS.values() if kind.message == message)
    return BusinessKey(message, tuple(zip(names, texts, strict=False)))


def content_to_digest(declaration: Declaration) -> bytes:
    """Return everything that a shop says of a parcel, for its digest."""
    return declaration.model_dump_json(exclude={"quota_used"}, exclude_none=True).encode()
