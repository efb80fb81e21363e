"""Codes of order, payment, waybill and its status (三单及运单状态), each with what draws it."""

from collections.abc import Callable, Mapping
from typing import Any

from customs.declaration import Declaration
from customs.fields.frozen import FrozenDict
from customs.office import OfficeSettings, Trouble
from customs.office.settings import OfficeRole
from customs.testing.provoking.provocation import Provocation
from customs.testing.provoking.stage import Stage, changed, filled, later, replaced, sample, spoilt, without

_ORDER, _PAYMENT, _WAYBILL, _LIST = range(4)
_FAULTY = Trouble(faults=1.0)
_PART = {_ORDER: "order", _PAYMENT: "payment", _WAYBILL: "waybill"}

#: The enterprises of the good parcel, each registered for its part.
ROLES: Mapping[str, OfficeRole] = {
    "91000000000000001N": "platform",
    "91000000000000002R": "merchant",
    "91000000000000003W": "payment",
    "910000000000000040": "carrier",
    "910000000000000053": "declarant",
}


def registered(without: str = "", others: Mapping[str, OfficeRole] = FrozenDict()) -> OfficeSettings:
    """Return settings with the enterprises of the good parcel registered, but one, or for another part."""
    known: dict[str, OfficeRole] = {code: role for code, role in ROLES.items() if code != without}
    known |= others
    return OfficeSettings(registered={code: frozenset[OfficeRole]([role]) for code, role in known.items()})


def _one(which: int, **values: Any) -> Callable[[Stage], None]:
    """Send one of the four documents, spoilt."""
    return lambda stage: stage.send(spoilt(stage.four[which], **values))


def _twisted(which: int, twist: Callable[[bytes], bytes]) -> Callable[[Stage], None]:
    return lambda stage: stage.send(stage.four[which], twist=twist)


def _again(which: int, *, seconds: int = 0, **values: Any) -> Callable[[Stage], None]:
    """Send one of the four documents, and once more, some seconds later and spoilt."""

    def play(stage: Stage) -> None:
        stage.send(stage.four[which])
        stage.send(later(stage.four[which], seconds, **values))

    return play


def _after_the_list(which: int) -> Callable[[Stage], None]:
    """Declare a parcel whose list an officer looks at, then change one of its documents."""

    def play(stage: Stage) -> None:
        stage.declare()
        stage.send(later(stage.four[which], 60, app_type="2"))

    return play


def crowd(make: Callable[[Stage], Any], key: str, count: int = 101) -> Callable[[Stage], None]:
    """Return what sends a message with more documents than it may hold: one is repeated, each under a number of its own."""

    def play(stage: Stage) -> None:
        document = make(stage)
        content = stage.message(document, signed=False)
        element = type(document).element
        begin, end = f"<ceb:{element}>".encode(), f"</ceb:{element}>".encode()
        one = content[content.index(begin) : content.index(end) + len(end)]
        opening = f"<ceb:{key}>".encode()
        many = b"".join(one.replace(opening, opening + b"%03d" % each, 1) for each in range(count))
        stage.rehearsal.send(content.replace(one, many))
        stage.rehearsal.wait(minutes=1)

    return play


def _status(stage: Stage, **values: Any) -> Any:
    """A status of the parcel's waybill: signed for."""
    waybill = stage.documents.waybill.head
    return filled(
        "CEB513", carrier_code=waybill.carrier_code, waybill_no=waybill.waybill_no, delivery_status="S", **values
    )


def _status_again(seconds: int, **values: Any) -> Callable[[Stage], None]:
    def play(stage: Stage) -> None:
        stage.send(_status(stage))
        stage.send(later(_status(stage), seconds, **values))

    return play


def as_given(path: str, value: object) -> Callable[[], dict[str, Any]]:
    """The good parcel as JSON, with another value at a path."""

    def given() -> dict[str, Any]:
        found = sample().model_dump(mode="json", exclude_none=True)
        part, _, name = path.partition(".")
        found[part][name] = value
        return found

    return given


def _with(part: str, **values: Any) -> Callable[[], Declaration]:
    return lambda: changed(sample(), part, **values)


def _two_numbers(gnum: int) -> Callable[[], Declaration]:
    """The good parcel with a second line of the first one's number."""

    def parcel() -> Declaration:
        first, second, *rest = sample().order.lines
        lines = (first.model_copy(update={"gnum": 1}), second.model_copy(update={"gnum": gnum}), *rest)
        return changed(sample(), "order", lines=lines)

    return parcel


def _in_anothers_envelope(stage: Stage) -> None:
    stage.rehearsal.send(stage.envelope(stage.message(stage.documents.order), sender="DXPENT0000000077"))
    stage.rehearsal.wait(minutes=1)


def _broken_signature(stage: Stage) -> None:
    name = stage.documents.order.head.buyer_name
    stage.send(stage.documents.order, signed=True, twist=replaced(name, "某某"))


_REVIEWED = OfficeSettings(reviewed=1.0)

TRADE = (
    Provocation(
        code="-10102", receipt="CEB312", zh="电商平台代码不是企业代码", en="the platform's code is no enterprise code",
        play=_one(_ORDER, platform_code="12345"), asked=_with("parties", platform_code="12345"),
    ),
    Provocation(
        code="-10101", receipt="CEB312", zh="平台只备案为电商企业", en="the platform is registered as a merchant only",
        settings=registered(others={"91000000000000001N": "merchant"}), beyond="registrations",
    ),
    Provocation(
        code="-301001", receipt="CEB312", zh="订单没有表体", en="the order has no lines",
        play=_twisted(_ORDER, without("OrderList")), asked=as_given("order.lines", []),
    ),
    Provocation(
        code="-301002", receipt="CEB312", zh="两行商品用同一序号", en="two lines have one number",
        play=lambda stage: stage.send(
            stage.documents.order.model_copy(update={"lines": (stage.documents.order.lines[0],) * 2})
        ),
        asked=_two_numbers(1),
    ),
    Provocation(
        code="-301007", receipt="CEB900", zh="报文中没有订单", en="the message holds no order",
        play=_twisted(_ORDER, without("Order")),
    ),
    Provocation(
        code="-301008", receipt="CEB312", zh="计量单位不在代码表中", en="the unit is in no code list",
        play=_one(_ORDER, line={"unit": "999"}), asked=_with("line", unit="999"),
    ),
    Provocation(
        code="-301008", receipt="CEB312", zh="外层封装的发送方与报文内的 DXP 编号不同", text="senderId",
        en="the sender on the envelope is not the exchange id inside", play=_in_anothers_envelope,
        beyond="exchange-addresses",
    ),
    Provocation(
        code="-301009", receipt="CEB312", zh="变更从未申报的订单", en="an order is changed that was never declared",
        play=_one(_ORDER, app_type="2"),
    ),
    Provocation(
        code="-301010", receipt="CEB312", zh="同一订单稍后再次新增", en="the same order is declared as new again, later",
        play=_again(_ORDER, seconds=60),
    ),
    Provocation(
        code="-301011", receipt="CEB312", zh="清单已申报，再变更订单", en="an order is changed after its list was declared",
        play=_after_the_list(_ORDER), settings=_REVIEWED,
    ),
    Provocation(
        code="-301012", receipt="CEB312", zh="报送类型为 9", en="the type of the declaration is 9",
        play=_one(_ORDER, app_type="9"),
    ),
    Provocation(
        code="-301013", receipt="CEB312", zh="电子口岸系统故障", en="the e-port's system fails", trouble=_FAULTY,
    ),
    Provocation(
        code="-301014", receipt="CEB312", zh="同一报文重复发送", en="the same message is sent twice",
        play=_again(_ORDER),
    ),
    Provocation(
        code="-301015", receipt="CEB312", zh="一份报文含 101 份订单", en="a message holds 101 orders",
        play=crowd(lambda stage: stage.documents.order, "orderNo"),
    ),
    Provocation(
        code="-301020", receipt="CEB312", zh="订单签名后被改动", en="a signed order is changed", play=_broken_signature,
    ),
    Provocation(
        code="22001", receipt="CEB312", zh="支付企业未备案", en="the payment company is not registered",
        settings=registered("91000000000000003W"),
    ),
    Provocation(
        code="22007", receipt="CEB312", zh="清单放行后变更订单", en="an order is changed after its list was released",
        play=_after_the_list(_ORDER),
    ),
    Provocation(
        code="99", receipt="CEB312", zh="姓名与身份证号不属于同一人", en="name and identity number are not one person's",
        settings=OfficeSettings(persons={sample().order.buyer_id_number: "孙悟空"}), beyond="person-register",
    ),
    Provocation(
        code="-401005", receipt="CEB900", zh="报文中没有支付凭证", en="the message holds no payment",
        play=_twisted(_PAYMENT, without("Payment")),
    ),
    Provocation(
        code="-401006", receipt="CEB412", zh="变更从未申报的支付凭证", en="a payment is changed that was never declared",
        play=_one(_PAYMENT, app_type="2"),
    ),
    Provocation(
        code="-401007", receipt="CEB412", zh="同一支付凭证稍后再次新增", en="the same payment is declared as new again, later",
        play=_again(_PAYMENT, seconds=60),
    ),
    Provocation(
        code="-401008", receipt="CEB412", zh="清单已申报，再变更支付凭证", settings=_REVIEWED,
        en="a payment is changed after its list was declared", play=_after_the_list(_PAYMENT),
    ),
    Provocation(
        code="-401009", receipt="CEB412", zh="支付人姓名为空", en="the payer's name is missing",
        play=_twisted(_PAYMENT, without("payerName")), asked=as_given("payment.payer_name", ""),
    ),
    Provocation(
        code="-401010", receipt="CEB412", zh="报送类型为 9", en="the type of the declaration is 9",
        play=_one(_PAYMENT, app_type="9"),
    ),
    Provocation(
        code="-401011", receipt="CEB412", zh="电子口岸系统故障", en="the e-port's system fails", trouble=_FAULTY,
    ),
    Provocation(
        code="-401012", receipt="CEB412", zh="同一报文重复发送", en="the same message is sent twice", play=_again(_PAYMENT),
    ),
    Provocation(
        code="-401013", receipt="CEB412", zh="一份报文含 101 份支付凭证", en="a message holds 101 payments",
        play=crowd(lambda stage: stage.documents.payment, "payTransactionId"),
    ),
    Provocation(
        code="-504000", receipt="CEB900", zh="运单报文被截断", en="a waybill message is cut",
        play=_twisted(_WAYBILL, lambda content: content[:-30]),
    ),
    Provocation(
        code="-504010", receipt="CEB900", zh="报文中没有运单", en="the message holds no waybill",
        play=_twisted(_WAYBILL, without("Logistics")),
    ),
    Provocation(
        code="-504011", receipt="CEB512", zh="运单件数为 2", en="the waybill has two packages",
        play=_one(_WAYBILL, package_count=2), asked=as_given("waybill.gross_weight", 1),
    ),
    Provocation(
        code="-504013", receipt="CEB512", zh="一份报文含 101 份运单", en="a message holds 101 waybills",
        play=crowd(lambda stage: stage.documents.waybill, "logisticsNo"),
    ),
    Provocation(
        code="-504014", receipt="CEB512", zh="变更从未申报的运单", en="a waybill is changed that was never declared",
        play=_one(_WAYBILL, app_type="2"),
    ),
    Provocation(
        code="-504015", receipt="CEB512", zh="同一报文重复发送", en="the same message is sent twice", play=_again(_WAYBILL),
    ),
    Provocation(
        code="-504016", receipt="CEB512", zh="清单已申报，再变更运单", settings=_REVIEWED,
        en="a waybill is changed after its list was declared", play=_after_the_list(_WAYBILL),
    ),
    Provocation(
        code="-505000", receipt="CEB900", zh="运单状态报文被截断", en="a status message is cut",
        play=lambda stage: stage.send(_status(stage), twist=lambda content: content[:-30]),
    ),
    Provocation(
        code="-505010", receipt="CEB900", zh="报文中没有运单状态", en="the message holds no status",
        play=lambda stage: stage.send(_status(stage), twist=without("LogisticsStatus")),
    ),
    Provocation(
        code="-505011", receipt="CEB514", zh="物流企业名称缺失", en="the carrier's name is missing",
        play=lambda stage: stage.send(_status(stage), twist=without("logisticsName")),
    ),
    Provocation(
        code="-505012", receipt="CEB514", zh="同一状态稍后再次新增", en="the same status is declared as new again, later",
        play=_status_again(60),
    ),
    Provocation(
        code="-505013", receipt="CEB514", zh="一份报文含 101 份运单状态", en="a message holds 101 statuses",
        play=crowd(_status, "logisticsNo"),
    ),
    Provocation(
        code="-505014", receipt="CEB514", zh="报送类型为 9", en="the type of the declaration is 9",
        play=lambda stage: stage.send(_status(stage, app_type="9")),
    ),
    Provocation(
        code="-505015", receipt="CEB514", zh="电子口岸系统故障", en="the e-port's system fails", trouble=_FAULTY,
        play=lambda stage: stage.send(_status(stage)),
    ),
    Provocation(
        code="-505016", receipt="CEB514", zh="同一报文重复发送", en="the same message is sent twice", play=_status_again(0),
    ),
)  # fmt: skip
