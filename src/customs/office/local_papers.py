"""Local messages (地方版报文) as the office reads them: which kind, which documents, their numbers, and what is missing.

A kind is a row: where a document stands, its own number, and the number of the order it belongs to. The fields that a
document cannot lack are those that the districts' specifications mark as required (``local_fields.csv``); where a format is
known from implementations alone, nothing is required but the numbers.

>>> read_local("chongqing", b"<DTC_Message><MessageHead><MessageType>BILL_INFO</MessageType></MessageHead><MessageBody><DTCFlow>"
...     b"<BILL_INFO><ORIGINAL_ORDER_NO>A1</ORIGINAL_ORDER_NO></BILL_INFO></DTCFlow></MessageBody></DTC_Message>").documents
(LocalPaper(role='waybill', number='A1', order_no='A1'),)
"""

import csv
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Literal, NamedTuple

from lxml import etree

from customs.shipped import text_of
from customs.wire.parsing import ReadError, parse

#: The part of a document in a declaration; ``whole`` is a message that holds everything of a parcel.
LocalRole = Literal["order", "payment", "waybill", "list", "whole"]

#: Why a gateway does not take a message: it cannot be read, its type is not taken, a field is missing.
LocalFault = Literal["unreadable", "type", "field"]


class LocalKind(NamedTuple):
    """A kind of local message: its role, and paths to each document, its own number and the number of its order."""

    role: LocalRole
    record: str
    number: str
    order_no: str


class LocalFormat(NamedTuple):
    """The local messages of a gateway: their root, where they say their type, and what a list waits for."""

    root: str
    type_path: str
    kinds: Mapping[str, LocalKind]
    needs: tuple[LocalRole, ...] = ()
    edition: str = ""
    """A field that only the edition with the required fields has; older messages need their numbers alone."""


class LocalPaper(NamedTuple):
    """A document of a local message."""

    role: LocalRole
    number: str
    order_no: str


class LocalArrival(NamedTuple):
    """A local message that can be judged."""

    kind: str
    message_id: str
    documents: tuple[LocalPaper, ...]


class LocalFaultError(ValueError):
    """A message that a gateway does not take: why, and where."""

    def __init__(self, fault: LocalFault, detail: str = "") -> None:
        super().__init__(detail)
        self.fault: LocalFault = fault
        self.detail = detail


_JKF = LocalFormat(
    "mo",
    "head/businessType",
    {
        "IMPORTORDER": LocalKind(
            "order", "body/orderInfoList/orderInfo", "jkfOrderImportHead/orderNo", "jkfOrderImportHead/orderNo"
        ),
        "IMPORTBILL": LocalKind(
            "waybill", "body/wayBillList/WayBill", "wayBillImportDto/wayBillNo", "jkfSign/businessNo"
        ),
        "PERSONAL_GOODS_DECLAR": LocalKind(
            "list",
            "body/goodsDeclareModuleList/goodsDeclareModule",
            "goodsDeclare/preEntryNumber",
            "goodsDeclare/orderNo",
        ),
    },
    ("order",),
)

_DETAIL = "Declaration/ElistDetailInfoList/ElistDetailInfo"
_FLOW = "MessageBody/DTCFlow"

FORMATS: Mapping[str, LocalFormat] = {
    "guangzhou": LocalFormat(
        "InternationalTrade",
        "Head/MessageType",
        {
            "KJ881111": LocalKind(
                "order", "Declaration/OrderList/OrderContent", "OrderDetail/EntOrderNo", "OrderDetail/EntOrderNo"
            ),
            "KJ881112": LocalKind("payment", "Declaration/PaymentList/PaymentDetail", "EntPayNo", "EntOrderNo"),
            "KJ881113": LocalKind("waybill", "Declaration/WaybillList/WaybillDetail", "EntWaybillNo", "EntOrderNo"),
            "KJ881110": LocalKind("list", _DETAIL, "EListOrder/EntOrderNo", "EListOrder/EntOrderNo"),
        },
        ("order", "payment", "waybill"),
    ),
    "ningbo": LocalFormat(
        "Message",
        "",
        {"cnec_jh_order": LocalKind("whole", "Body", "Order/OrderNo", "Order/OrderNo")},
        edition="Body/Order/TybType",
    ),
    "shanghai": LocalFormat("", "", {"orderlist": LocalKind("whole", ".", "merchantOrderId", "merchantOrderId")}),
    "chongqing": LocalFormat(
        "DTC_Message",
        "MessageHead/MessageType",
        {
            "ORDER_INFO": LocalKind("order", f"{_FLOW}/ORDER_HEAD", "ORIGINAL_ORDER_NO", "ORIGINAL_ORDER_NO"),
            "PAYMENT_INFO": LocalKind("payment", f"{_FLOW}/PAYMENT_INFO", "PAYMENT_NO", "ORIGINAL_ORDER_NO"),
            "BILL_INFO": LocalKind("waybill", f"{_FLOW}/BILL_INFO", "ORIGINAL_ORDER_NO", "ORIGINAL_ORDER_NO"),
        },
    ),
    "zhengzhou": LocalFormat("Order", "", {"O": LocalKind("whole", "OrderHead", "orderNo", "orderNo")}),
    "zhengzhou_airport": LocalFormat(
        "CBECMESSAGE",
        "MESSAGEHEAD/MESSAGETYPE",
        {"IEPT302": LocalKind("whole", "MESSAGEBODY/BODYMASTER", "ORDERID", "ORDERID")},
    ),
    "zhejiang": _JKF,
    "jiangxi": _JKF,
}

#: Gateways that take the local messages of another.
_FIELDS_OF = {"jiangxi": "zhejiang"}


def read_local(gateway: str, content: bytes) -> LocalArrival:
    """Return the documents of a local message. Raises ``LocalFaultError``."""
    known = FORMATS.get(gateway)
    if known is None:
        raise LocalFaultError("type")
    root = _tree(content)
    if known.root and root.tag != known.root:
        raise LocalFaultError("type")
    name = (root.findtext(known.type_path) or "") if known.type_path else next(iter(known.kinds))
    kind = known.kinds.get(name)
    if kind is None:
        raise LocalFaultError("type", name if name.isalnum() and name.isascii() else "")
    newer = not known.edition or root.find(known.edition) is not None
    for each in _missing(_FIELDS_OF.get(gateway, gateway), name, root) if newer else ():
        raise LocalFaultError("field", each)
    found = tuple(
        LocalPaper(kind.role, each.findtext(kind.number) or "", each.findtext(kind.order_no) or "")
        for each in root.iterfind(kind.record)
    )
    if not found or not all(each.number and each.order_no for each in found):
        raise LocalFaultError("field", kind.number)
    return LocalArrival(name, root.findtext("Head/MessageID") or root.findtext("MessageHead/MessageId") or "", found)


def _tree(content: bytes) -> etree._Element:
    """The message as a tree: XML, or JSON whose names become elements."""
    try:
        if not content.lstrip().startswith(b"{"):
            return parse(content)
        root = etree.Element("json")
        _fill(root, json.loads(content))
    except (ReadError, ValueError, RecursionError, etree.LxmlError):
        raise LocalFaultError("unreadable") from None
    return root


def _fill(element: etree._Element, told: Mapping[str, object]) -> None:
    for name, value in told.items():
        for each in value if isinstance(value, list) else [value]:
            below = etree.SubElement(element, name)
            if isinstance(each, Mapping):
                _fill(below, each)
            else:
                below.text = "" if each is None else str(each)


@cache
def _required(gateway: str, message: str) -> tuple[tuple[str, str], ...]:
    """The required fields of a message, each as where it stands and its name."""
    rows = csv.DictReader(text_of("customs.office", "data/local_fields.csv").splitlines())
    paths = [row["path"] for row in rows if (row["gateway"], row["message"]) == (gateway, message)]
    return tuple((above or ".", name) for above, _, name in (each.rpartition("/") for each in paths))


def _missing(gateway: str, message: str, root: etree._Element) -> Iterator[str]:
    """Yield the required fields that a part of the message lacks."""
    for above, name in _required(gateway, message):
        for part in root.iterfind(above):
            if not (part.findtext(name) or "").strip():
                yield name
