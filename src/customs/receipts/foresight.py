"""Foresight (先知): the catalogue of rejections turned around, into what this parcel would draw if it were sent now.

Each known code of customs is avoided by a check of ours, cannot occur because of how messages are made, or depends on
something that no parcel shows: ``foresight.csv`` says which, for every code.

>>> from decimal import Decimal
>>> from customs.testing import sample_parcels
>>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
>>> foresee(parcel, on=date(2026, 11, 11))
()
>>> order = parcel.order.model_copy(update={"paid_amount": Decimal("1.00")})
>>> [(each.finding.code, each.codes[0]) for each in foresee(parcel.model_copy(update={"order": order}), on=date(2026, 11, 11))]
[('paid-sum', 'CEB312 1332')]
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from customs.areas import Area, AreaProfile
from customs.codes.errors import ErrorCause
from customs.declaration import Declaration
from customs.fields.moments import CHINA_TIME
from customs.receipts.catalogue import Meaning
from customs.receipts.state import ParcelState, Submitted
from customs.road import Run, fixed_clock, seeded_guids
from customs.road.stages import Source
from customs.rules import Declared, Finding, Knowledge, Memory
from customs.rules.records import Records, check_records


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A rejection that the parcel would draw: the finding, and the codes of customs that it avoids, each after the
    receipt that would carry it, such as ``CEB312 1332``.
    """

    finding: Finding
    codes: tuple[str, ...]


class Foresight(NamedTuple):
    """The foreknowledge of one code of customs: what avoids it, or what one would have to know."""

    direction: str
    receipt: str
    """The receipt that carries it, empty for several."""
    code: str
    text: str
    """A part of the text, where one number has several meanings."""
    findings: tuple[str, ...]
    """The codes of the findings that avoid it."""
    ensured: str
    """Why no message of this library draws it (``ENSURED``)."""
    needs: str
    """What one would have to know (``NEEDS``)."""


#: Why no message that is made here draws a code.
ENSURED: Mapping[str, tuple[str, str]] = {
    "written-whole": ("报文由程序生成，表头表体齐全，不会为空", "a message without documents or lines is not written"),
    "written-in-hundreds": ("每份报文至多 100 份单证", "a message holds at most 100 documents"),
    "written-well-formed": ("报文由程序生成，格式符合规范", "messages are made by a writer, never by hand"),
    "app-type-of-three": ("申报类型只有 1、2、3", "the type of a declaration is 1, 2 or 3"),
    "later-app-time": (
        "重报、变更的申报时间晚于此前各次",
        "what is sent again has a later time than what was sent before",
    ),
    "waybill-status-checked": ("运单状态逐项检查", "waybill statuses are checked field by field"),
    "cancellation-checked": (
        "撤销申请单逐项检查，原因必填",
        "cancellations are checked field by field and have a reason",
    ),
    "return-checked": (
        "退货申请单取自原清单，逐项检查",
        "returns are made from the list that was declared, and checked",
    ),
    "entry-checked": ("入库明细单逐项检查", "warehouse entries are checked field by field"),
    "numbers-of-receipts": ("清单编号、预录入编号取自回执", "numbers of customs are taken from its receipts"),
    "withdrawal-refused": (
        "状态不允许的撤单、退货不予生成",
        "a cancellation or return that the state does not allow is not made",
    ),
    "enveloped-by-schema": ("外层封装由程序生成", "envelopes are made by a writer"),
    "export-form": ("出口单证逐项检查", "documents of the export side are checked field by field"),
}

#: What one would have to know to foresee a code.
NEEDS: Mapping[str, tuple[str, str]] = {
    "customs-store": ("海关系统中已有的单证", "what customs has stored under the number"),
    "order-of-documents": ("各单证到达海关的先后", "in which order the documents of others arrive"),
    "bracket": ("随附文字中的具体原因", "the reason in the text that comes with it"),
    "goods-on-record": (
        "商品备案、账册（Records.goods_on_record）",
        "goods records and account book (Records.goods_on_record)",
    ),
    "account-book": (
        "账册余量（LedgerKnowledge.objections）；其他原因见随附文字",
        "what the account book has left (LedgerKnowledge.objections); other reasons stand in the text that comes with it",
    ),
    "guarantee": ("担保余额（Records.guarantee_left）", "what is left of the guarantee (Records.guarantee_left)"),
    "registrations": ("企业备案（Records.registered）", "registrations (Records.registered)"),
    "person-register": ("公安人口信息", "the register of persons"),
    "waybill-status-sent": ("已发送的运单状态", "the waybill statuses that the carrier sent"),
    "exchange-addresses": ("交换平台的地址配置", "the addresses at the exchange platform"),
    "customs-system": ("海关或电子口岸系统故障", "a fault of the systems of customs or the e-port"),
    "customs-state": ("海关系统中单证的当前状态", "the state in which customs has the document"),
    "signing": (
        "卡与证书的绑定；可检查的部分见 customs.verify",
        "how the card is bound; what can be checked, customs.verify checks",
    ),
    "permissions": (
        "企业权限、卡与传输节点的绑定",
        "permissions, and what the card and the exchange client are bound to",
    ),
    "entry-form": ("电子口岸录入界面", "the e-port's own input form"),
    "officer": ("关员的决定", "the decision of an officer"),
    "agency": ("支付机构侧的记录", "what the payment agency has on its side"),
    "platform-rules": ("地方平台的检查规则（未公布）", "the checks of a local platform, which are not published"),
    "no-rejection": ("不是退单", "it is no rejection"),
    "export-road": ("出口申报记录", "earlier declarations of the export side"),
    "export-business": (
        "出口业务检查规则（未公布）",
        "the business checks of the export side, which are not published",
    ),
}

#: The receipts that answer the documents in which a part of the declaration stands.
_ANSWERED: Mapping[str, tuple[str, ...]] = {
    "order": ("CEB312", "CEB622"),
    "payment": ("CEB412",),
    "waybill": ("CEB512", "CEB622"),
    "clearance": ("CEB622",),
}

#: Findings of every field: the codes of those receipts alone that answer a document with that field.
_OF_ANY_FIELD = frozenset(
    {"field-missing", "field-empty", "field-too-long", "field-form", "field-characters", "field-blank", "field-count"}
    | {"code-unknown", "amount-overflow"}
)


#: What one would have to know of codes that the table does not list one by one, by their cause.
_NEEDS_BY_CAUSE: Mapping[ErrorCause | None, str] = {
    ErrorCause.SYSTEM: "customs-system",
    ErrorCause.STATE: "customs-state",
    ErrorCause.SIGN: "signing",
    ErrorCause.AUTH: "permissions",
    ErrorCause.UI: "entry-form",
    ErrorCause.MANUAL_REJECT: "officer",
    ErrorCause.MISSING_DOC: "order-of-documents",
    ErrorCause.QUOTA: "customs-store",
    ErrorCause.GUARANTEE: "guarantee",
    ErrorCause.FILING: "goods-on-record",
    ErrorCause.IDENTITY: "person-register",
    None: "no-rejection",
}


def foresight_of(meaning: Meaning) -> Foresight:
    """Return what is known beforehand of one entry of the catalogue."""
    same = [each for each in foresights() if (each.direction, each.code) == (meaning.direction, meaning.code)]
    for each in (*(each for each in same if each.text), *(each for each in same if not each.text)):
        if not each.text or any(each.text in text for text in (meaning.zh, *meaning.texts)):
            return each
    needs = _NEEDS_BY_CAUSE.get(meaning.cause, "agency" if meaning.family.startswith("payment") else "platform-rules")
    return Foresight(meaning.direction, "", meaning.code, "", (), "", needs)


@cache
def foresights() -> tuple[Foresight, ...]:
    """Return what is known beforehand of each code that the table lists."""
    text = files("customs.receipts").joinpath("data/foresight.csv").read_text(encoding="utf-8")
    return tuple(
        Foresight(
            row["direction"],
            row["receipt"],
            row["code"],
            row["text"],
            tuple(row["findings"].split()),
            row["ensured"],
            row["needs"],
        )
        for row in csv.DictReader(text.splitlines())
    )


def foresee(
    parcel: Source,
    *,
    on: date,
    state: ParcelState | None = None,
    history: Iterable[ParcelState] = (),
    knowledge: Knowledge | None = None,
    records: Records | None = None,
    area: str | AreaProfile | Area = "unified",
) -> tuple[Foreseen, ...]:
    """Return the rejections that a parcel would draw if it were sent on a day, each with the codes that it avoids.

    ``parcel`` is given as to ``Run.examine``. ``state`` is that of the parcel itself, ``history`` those of others:
    numbers that they hold are taken. ``knowledge`` and ``records`` answer what neither shows. Findings that customs has
    no code for are left out: ``Run.examine`` has all of them. Raises as ``Run``.
    """
    memory = Memory(knowledge)
    for each in (*history, *([state] if state else ())):
        for event in each.history:
            if isinstance(event, Submitted):
                memory.note(Declared(message=event.guid, at=event.app_time), event.key)
    morning = datetime.combine(on, time(8), CHINA_TIME)
    run = Run(on=on, clock=fixed_clock(morning), guids=seeded_guids(0), area=area, knowledge=memory)
    (prepared,) = run.examine([parcel])
    if records is None or prepared.declaration is None:
        return tuple(_coded(prepared.findings))
    if used := _quota(prepared.declaration, on, records):
        (prepared,) = run.examine([prepared.declaration.model_copy(update={"quota_used": used})])
    declaration = prepared.declaration
    assert declaration is not None, "it was read before"
    against = check_records(declaration, prepared.assessment, records)
    return tuple(_coded((*prepared.findings, *against, *records.objections(declaration, on=on))))


def _quota(declaration: Declaration, on: date, records: Records) -> Decimal | None:
    """The quota that the buyer has used, as the records have it, where the parcel does not say."""
    order = declaration.order
    if declaration.quota_used is not None:
        return None
    key = f"{declaration.parties.platform_code}/{order.order_no}"
    return records.quota_used(order.buyer_id_type, order.buyer_id_number, on.year, beside=key)


def _coded(findings: Iterable[Finding]) -> Iterator[Foreseen]:
    for finding in findings:
        if codes := codes_avoided(finding):
            yield Foreseen(finding, codes)


def codes_avoided(finding: Finding) -> tuple[str, ...]:
    """Return the codes of customs that a finding avoids, each after its receipt."""
    found = _by_finding().get(finding.code, ())
    if finding.code in _OF_ANY_FIELD:
        answered = _ANSWERED.get(finding.path.partition(".")[0], ())
        found = tuple(each for each in found if not answered or each.receipt in ("", *answered))
    return tuple(dict.fromkeys(f"{each.receipt} {each.code}".strip() for each in found if each.direction != "export"))


@cache
def _by_finding() -> Mapping[str, tuple[Foresight, ...]]:
    found: dict[str, tuple[Foresight, ...]] = {}
    for each in foresights():
        for code in each.findings:
            found[code] = (*found.get(code, ()), each)
    return found
