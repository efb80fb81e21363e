"""The local gateways of an office (各地网关): which there are, and the desk of the served office behind each.

A message of the unified edition inside a gateway's form goes to the office itself and is judged in full; its receipts come
back in the gateway's form. A gateway's own messages go to the desk for local messages. Promised: a gateway says that it
took a message after the message is stored; whatever cannot be read is answered, and ends nothing.
"""

import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import NamedTuple

from lxml import etree

from customs.office.form_gateways import FORM_GATEWAYS
from customs.office.gateway_calls import GatewayAnswer, GatewayCall, GatewayDesk
from customs.office.local_papers import LocalFault, LocalFaultError
from customs.office.office import OfficeAnswer
from customs.office.served import BY_FILE, GATEWAY, ServedOffice
from customs.office.soap_gateways import SOAP_GATEWAYS
from customs.office.trouble import OfficeClosedError
from customs.wire.parsing import ReadError, parse

#: All gateways by the name of their dialect, which is also the first part of their path at the HTTP door.
GATEWAYS: Mapping[str, Callable[[GatewayCall, GatewayDesk], GatewayAnswer]] = {**FORM_GATEWAYS, **SOAP_GATEWAYS}


class GatewayWords(NamedTuple):
    """How a gateway says that it does not take a message: by why, and during an outage; empty where it says nothing."""

    faults: Mapping[LocalFault, str]
    closed: str = ""
    repeated: str = ""
    """Its word for an order that it has already, where it does not take repetitions."""


_GUANGZHOU = {"unreadable": "0.6:报文解析失败", "type": "-999:未开通该报文类型", "field": "0.1:缺少参数"}
_JKF = {"unreadable": "S01:报文格式错误", "type": "S02:报文类型错误", "field": "S03:缺少字段"}
_ANY = {"unreadable": "1:报文解析失败", "type": "1:未开通该报文类型", "field": "1:缺少字段"}

#: Codes are those of the facts; where a gateway's were not published, such as what follows ``S`` in Zhejiang, they are of
#: this office's choice.
_WORDS: Mapping[str, GatewayWords] = {
    "guangzhou": GatewayWords(_GUANGZHOU, closed="0.7:系统维护"),  # type: ignore[arg-type]
    "shenzhen": GatewayWords(_GUANGZHOU, closed="-1:系统维护"),  # type: ignore[arg-type]
    "ningbo": GatewayWords({"unreadable": "报文解析失败", "type": "报文类型错误", "field": "缺少字段"}),
    "shanghai": GatewayWords(
        {"unreadable": "ILLEGAL_ARGUMENT", "type": "ILLEGAL_ARGUMENT", "field": "ILLEGAL_ARGUMENT:缺少字段"},
        closed="SYSTEM_ERROR",
        repeated="OUT_ORDER_ID_EXIST",
    ),
    "chongqing": GatewayWords({"unreadable": "E01", "type": "E02", "field": "E03"}),
    "zhejiang": GatewayWords(_JKF),  # type: ignore[arg-type]
    "jiangxi": GatewayWords(_JKF),  # type: ignore[arg-type]
    "zhejiang_ceb": GatewayWords(_JKF),  # type: ignore[arg-type]
    "shandong": GatewayWords({"unreadable": "0002", "type": "0002", "field": "0002"}, closed="9999:系统维护"),
}
_OTHERS = GatewayWords(_ANY)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class ServedDesk:
    """The desk of a gateway before the served office."""

    gateway: str
    office: ServedOffice
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def now(self) -> datetime:
        """The time at the office."""
        return self.office.now

    @property
    def waiting(self) -> Mapping[str, bytes]:
        """The receipts that wait here, in the form in which the gateway gives them."""
        found = self.office.waiting(GATEWAY + self.gateway, most=100)
        return {number: _zipped(number, each) if self.gateway == "shandong" else each.content for number, each in found}

    @property
    def orders(self) -> Mapping[str, str]:
        """The orders that were taken here, with their number at the platform, or at Guangzhou their state."""
        local = self.office.local
        own = {no: number for (gateway, no), number in local.numbers.items() if gateway == self.gateway}
        if self.gateway != "guangzhou":
            return own
        self.office.waiting(GATEWAY + self.gateway)  # brings the states up to now
        states = {"released": "800", "refused": "100"}
        unified = {
            each.paper["orderNo"]: each.status if each.paper.kind.message == "CEB621" else "2"
            for each in self.office.office.store.held.values()
            if each.paper["orderNo"]
        }
        return unified | {no: states.get(local.states.get((self.gateway, no), ""), "2") for no in own}

    def take(self, content: bytes, name: str = "") -> str:
        """Take a message. Raises ``OfficeClosedError`` where the gateway has no word for an outage."""
        words = _WORDS.get(self.gateway, _OTHERS)
        try:
            if _is_unified(content):
                self.office.take(content, via=GATEWAY + self.gateway, name=name)
                return ""
            if name and self.gateway in BY_FILE:
                self.office.refuse_file(self.gateway, content, name)
                return ""
            if words.repeated and self.office.local.repeats(self.gateway, content):
                return words.repeated
            self.office.take_local(self.gateway, content)
        except LocalFaultError as error:
            word = words.faults[error.fault]
            return word + f" {error.detail}" * (":" in word and bool(error.detail))
        except OfficeClosedError:
            if not words.closed:
                raise
            return words.closed
        return ""

    def confirm(self, number: str) -> bool:
        """Take a receipt off the list."""
        via = GATEWAY + self.gateway
        there = number in dict(self.office.waiting(via))
        self.office.confirm(via, [number])
        return there

    def noted_since(self, instant: datetime, kind: str) -> Sequence[str]:
        """Return the records of a kind since an instant: as Hainan writes them, or those that Ningbo notes."""
        found = [
            each
            for _, each in self.office.waiting(GATEWAY + self.gateway, most=100_000)
            if each.name == kind and each.at >= instant
        ]
        if self.gateway == "hainan":
            return [record for each in found for record in _hainan_records(each)]
        return [each.content.decode().partition("?>")[2] for each in found]


def answered(gateway: str, call: GatewayCall, desk: GatewayDesk) -> GatewayAnswer:
    """Return the answer of a gateway; HTTP 400 for a call that it cannot read, 404 for a gateway that there is not.

    Raises ``OfficeClosedError`` and ``NotWrittenError``: nothing was taken.
    """
    door = GATEWAYS.get(gateway)
    if door is None:
        return GatewayAnswer(status=404)
    try:
        return door(call, desk)
    except (ReadError, ValueError, LookupError, TypeError, AttributeError, zipfile.BadZipFile, etree.LxmlError):
        return GatewayAnswer("无法识别的请求".encode(), 400)


def _is_unified(content: bytes) -> bool:
    """True for a message of the unified edition, in an envelope or bare."""
    begin = content[:1000]
    return b"http://www.chinaport.gov.cn/ceb" in begin or b"DxpMsg" in begin


def _zipped(number: str, answer: OfficeAnswer) -> bytes:
    """A receipt in a zip; the same receipt gives the same bytes."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(f"{answer.name}_{number}.xml"), answer.content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


#: What Hainan tells of a receipt, each with the field of the unified edition; those of a list come after the others.
_HAINAN = (
    ("re_order_guid", "guid"), ("re_elist_guid", "guid"), ("returnstatus", "returnStatus"), ("ebpcode", "ebpCode"),
    ("ebccode", "ebcCode"), ("agentcode", "agentCode"), ("orderno", "orderNo"), ("preno", "preNo"), ("invtno", "invtNo"),
    ("customscode", "customsCode"), ("returninfo", "returnInfo"),
)  # fmt: skip


def _hainan_records(answer: OfficeAnswer) -> list[str]:
    """The receipts of a message in Hainan's text, which looks like JSON and is not."""
    instant = int(answer.at.timestamp() * 1000)
    found = []
    for each in parse(answer.content):
        told = {etree.QName(part).localname: part.text or "" for part in each.iter() if not len(part)}
        skipped = "re_elist_guid" if answer.name == "CEB312" else "re_order_guid"
        fields = {name: told[own] for name, own in _HAINAN if own in told and name != skipped}
        inside = ", ".join(f"{name}={text}" for name, text in fields.items())
        found.append(f"{{org_id=1, instm={instant}, {inside}, returntime={instant}}}")
    return found
