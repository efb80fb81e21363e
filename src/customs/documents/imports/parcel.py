"""The four documents of one parcel: the three that customs matches (三单) and the list (清单) that joins them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from customs.documents.imports.declaration_list import DeclarationList
from customs.documents.imports.order import Order
from customs.documents.imports.payment import Payment
from customs.documents.imports.waybill import Waybill
from customs.fields.record import nested_values


@dataclass(frozen=True, slots=True)
class ParcelDocuments:
    """Order, payment, waybill and declaration list of one parcel, whether built here or read from messages."""

    order: Order
    payment: Payment
    waybill: Waybill
    declaration_list: DeclarationList


class ParcelValues(NamedTuple):
    """The values of the four documents of one parcel (``nested_values``): most parcels are checked and written from them
    alone, and their documents made only when they are asked for. Those of a document that is not declared are None.
    """

    order: Mapping[str, Any]
    payment: Mapping[str, Any]
    waybill: Mapping[str, Any]
    declaration_list: Mapping[str, Any]

    @classmethod
    def of(cls, documents: ParcelDocuments) -> "ParcelValues":
        """Return the values of documents."""
        four: tuple[Any, ...] = documents.order, documents.payment, documents.waybill, documents.declaration_list
        return cls(*[each and nested_values(each) for each in four])


#: The messages that declare a parcel of retail import, in the order in which they are sent.
PARCEL_MESSAGES = (Order.message, Payment.message, Waybill.message, DeclarationList.message)
