"""The office's desk for local messages (地方版报文受理): what came, whether it is there already, and what is said of it.

A gateway's own messages cannot be judged like those of the unified edition: what a platform checks, and what it makes of
a message for customs, is not published. Judged are the form, the required fields, repetitions, and that order, payment and
waybill of one order number have come before its list is released. Tax, quotas, records and contents are not.

Promised: an answer is made of what was taken before it alone, so that the same messages at the same times give the same.
"""

import heapq
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Literal, NamedTuple

from customs.office.chance import Chance
from customs.office.local_papers import FORMATS, LocalArrival, LocalPaper, read_local
from customs.office.settings import OfficeSettings
from customs.office.trouble import CALM, Trouble
from customs.wire.canonical import XML_DECLARATION, escape

#: Happenings of a document that a gateway may tell.
LocalStep = Literal["taken", "repeated", "released", "refused"]


class LocalCase(NamedTuple):
    """A happening of a document: at which gateway, in which message, what, when, and why."""

    gateway: str
    message: LocalArrival
    paper: LocalPaper
    step: LocalStep
    at: datetime
    platform_no: str
    text: str = ""


#: The document of a file that is answered by its name.
_NO_PAPER = LocalPaper("whole", "", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAnswer:
    """A receipt of a gateway: when it is there, at which gateway, its name and its bytes."""

    at: datetime
    gateway: str
    name: str
    content: bytes = field(repr=False)


@dataclass(slots=True)
class LocalDesk:
    """The documents that local gateways have taken, and the state of each order there."""

    settings: OfficeSettings
    trouble: Trouble = CALM
    chance: Chance = field(default_factory=lambda: Chance(0))
    states: dict[tuple[str, str], LocalStep] = field(default_factory=dict)
    """The last step of each order that was declared, by gateway and order number."""
    numbers: dict[tuple[str, str], str] = field(default_factory=dict)
    """The number that a gateway gave to an order."""
    came: dict[tuple[str, LocalPaper], int] = field(default_factory=dict)
    """How often each document came."""
    _parts: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    _waiting: dict[tuple[str, str], LocalCase] = field(default_factory=dict)
    _events: list[tuple[datetime, int, LocalCase]] = field(default_factory=list)
    _arriving: list[tuple[datetime, int, LocalAnswer]] = field(default_factory=list)
    _turn: "count[int]" = field(default_factory=count)

    def has(self, gateway: str, order_no: str) -> bool:
        """True if a gateway has an order."""
        return (gateway, order_no) in self.numbers

    def repeats(self, gateway: str, content: bytes) -> bool:
        """True if a gateway has every document of a message already. Raises ``LocalFaultError``."""
        return all((gateway, each) in self.came for each in read_local(gateway, content).documents)

    def take(self, gateway: str, content: bytes, at: datetime) -> None:
        """Take a message. Raises ``LocalFaultError``."""
        message = read_local(gateway, content)
        for paper in message.documents:
            order = (gateway, paper.order_no)
            number = self.numbers.setdefault(order, f"{at:%Y%m%d}{len(self.numbers) + 1:010}")
            self.came[gateway, paper] = self.came.get((gateway, paper), 0) + 1
            repeated = self.came[gateway, paper] > 1
            case = LocalCase(gateway, message, paper, "repeated" if repeated else "taken", at, number)
            self._later(case._replace(at=at + self.settings.pace.answer))
            if not repeated:
                self._parts.setdefault(order, set()).add(paper.role)
                if paper.role in ("list", "whole"):
                    self._waiting[order] = case
                self._decide(order, at)

    def take_file(self, gateway: str, name: str, at: datetime, *, refused: bool = False) -> None:
        """Take a file of a zip, which is answered by its name."""
        step: LocalStep = "refused" if refused else "taken"
        message = LocalArrival(name, name, ())
        self._later(LocalCase(gateway, message, _NO_PAPER, step, at + self.settings.pace.answer, ""))

    def _decide(self, order: tuple[str, str], at: datetime) -> None:
        """Plan the end of a declaration, once everything that it names has come."""
        if order not in self._waiting or not self._parts[order].issuperset(FORMATS[order[0]].needs):
            return
        case, pace = self._waiting.pop(order), self.settings.pace
        text = self.settings.refused.get(order[1], "")
        end = at + pace.answer + pace.storing + pace.release
        self._later(case._replace(step="refused" if text else "released", at=end, text=text))

    def _later(self, case: LocalCase) -> None:
        heapq.heappush(self._events, (case.at, next(self._turn), case))

    def due(self, now: datetime) -> list[LocalAnswer]:
        """Return the receipts that have arrived by a time, in their order; each once, but for trouble."""
        found = []
        while self._events and self._events[0][0] <= now:
            _, turn, case = heapq.heappop(self._events)
            if case.paper.number and case.paper.role in ("list", "whole") and case.step != "repeated":
                self.states[case.gateway, case.paper.order_no] = case.step
            if letter := _LETTERS.get(case.gateway, {}).get(case.step):
                name, text = letter(case)
                content = XML_DECLARATION + text.encode()
                for at in self.trouble.arrivals(self.chance, -1 - turn, case.at):  # the office's own count from 0
                    answer = LocalAnswer(at=at, gateway=case.gateway, name=name, content=content)
                    heapq.heappush(self._arriving, (at, turn, answer))
        while self._arriving and self._arriving[0][0] <= now:
            found.append(heapq.heappop(self._arriving)[2])
        return found


def _elements(**told: str) -> str:
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in told.items())


def _kjdocrec(by: str, status: str) -> Callable[[LocalCase], tuple[str, str]]:
    """The platform's receipt of Guangzhou (报文接收回执)."""

    def letter(case: LocalCase) -> tuple[str, str]:
        head = _elements(
            MessageID=f"KJDOCREC_KJPUBLIC_{case.at:%Y%m%d%H%M%S}_{case.platform_no}_{case.message.kind}",
            MessageType="KJDOCREC",
            SendTime=f"{case.at:%Y%m%d%H%M%S}",
        )
        notes = {"repeated": "重复申报", "taken": "接收成功"}.get(case.step, case.text)
        told = _elements(
            OrgMessageID=case.message.message_id,
            OrgMessageType=case.message.kind,
            DetailNo=case.paper.number,
            RespondBy=by,
            Status=status,
            Notes=notes,
        )
        return "KJDOCREC", f"<DocRec><Head>{head}</Head><Declaration>{told}</Declaration></DocRec>"

    return letter


def _mft(status: str) -> Callable[[LocalCase], tuple[str, str]]:
    """A record of Ningbo's query by time (申报单状态)."""

    def letter(case: LocalCase) -> tuple[str, str]:
        told = _elements(
            MftNo=case.platform_no,
            OrderNo=case.paper.order_no,
            CreateTime=f"{case.at:%Y-%m-%d %H:%M:%S}",
            CheckFlg="1",
            Status=status,
            Result=case.text,
        )
        return "Mft", f"<Mft>{told}</Mft>"

    return letter


def _approval(result: str, words: str) -> Callable[[LocalCase], tuple[str, str]]:
    """The word of customs on a list of Zhejiang and Jiangxi (清单审批回执)."""

    def letter(case: LocalCase) -> tuple[str, str]:
        signed = _elements(businessNo=case.paper.order_no)
        told = _elements(
            personalGoodsFormNo=case.platform_no,
            approveResult=result,
            approveComment=f"0000:{case.text or words}",
            processTime=f"{case.at:%Y%m%d%H%M%S}",
        )
        body = f"<jkfSign>{signed}</jkfSign><jkfGoodsDeclar>{told}</jkfGoodsDeclar>"
        head = _elements(businessType="PERSONAL_GOODS_DECLAR")
        return "PERSONAL_GOODS_DECLAR", f'<mo version="1.0.0"><head>{head}</head><body>{body}</body></mo>'

    return letter


def _checked(case: LocalCase) -> tuple[str, str]:
    """The platform's own check in Zhejiang and Jiangxi (处理回执), which comes before customs' word."""
    told = _elements(
        businessNo=case.paper.order_no,
        businessType=case.message.kind,
        chkMark="1",
        noticeDate=f"{case.at:%Y-%m-%d}",
        noticeTime=f"{case.at:%H:%M}",
    )
    head = _elements(businessType="RESULT")
    return (
        "RESULT",
        f'<mo version="1.0.0"><head>{head}</head><body><list><jkfResult>{told}</jkfResult></list></body></mo>',
    )


_ZHEJIANG = {"taken": _checked, "released": _approval("53", "直接放行"), "refused": _approval("32", "")}


def _response_message(case: LocalCase) -> tuple[str, str]:
    """The platform's word on a file of a zip in Shandong. Not published but ACK 0: what it says where it refuses one."""
    ack, info, fault = ("1", "", "报文类型错误") if case.step == "refused" else ("0", "接收成功", "")
    told = _elements(FILE_ORIGINAL_NAME=case.message.message_id, ACK=ack, MSG_INFO=info, ERROR_INFO=fault)
    return "ResponseMessage", f"<ResponseMessage>{told}</ResponseMessage>"


#: The receipts of gateways that have them, by what happened. Where customs' own receipt names no number that is published
#: (Guangzhou's list), the state is asked for instead.
_LETTERS: Mapping[str, Mapping[str, Callable[[LocalCase], tuple[str, str]]]] = {
    "guangzhou": {
        "taken": _kjdocrec("01", "S"),
        "repeated": _kjdocrec("01", "F"),
        "refused": _kjdocrec("02", "B"),
    },
    "ningbo": {"taken": _mft("00"), "released": _mft("24"), "refused": _mft("23")},
    "shandong": {"taken": _response_message, "refused": _response_message},
    "zhejiang": _ZHEJIANG,
    "jiangxi": _ZHEJIANG,
}
