"""Codes of cancellations, returns and warehouse entries (撤单、退货、入库明细), each with what draws it."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from customs.office import OfficeSettings, Trouble
from customs.testing.provoking.lists import book, spoilt_signature
from customs.testing.provoking.provocation import Provocation
from customs.testing.provoking.stage import Stage, changed, filled, later, other_key, sample, without
from customs.testing.provoking.trade import crowd, registered

_FAULTY = Trouble(faults=1.0)

#: The declarant may declare lists, and loses that before it applies for anything.
_NOT_PERMITTED = registered("910000000000000053")


def _cancel(*, how: dict[str, Any] | None = None, **values: Any) -> Callable[[Stage], None]:
    """Declare the parcel, then cancel its list, spoilt."""

    def play(stage: Stage) -> None:
        stage.declare()
        stage.send(stage.cancellation(**values), **(how or {}))

    return play


def _give_back(
    *, how: dict[str, Any] | None = None, line: dict[str, Any] | None = None, **values: Any
) -> Callable[[Stage], None]:
    """Declare the parcel, then apply for the return of its goods, spoilt."""

    def play(stage: Stage) -> None:
        stage.declare()
        stage.send(stage.goods_return(line=line, **values), **(how or {}))

    return play


def _unpermitted(make: Callable[[Stage], Any]) -> Callable[[Stage], None]:
    """Apply without ever having declared: the declarant is not registered."""
    return lambda stage: stage.send(make(stage))


def _twisted(make: Callable[[Stage], Any], twist: Callable[[bytes], bytes]) -> Callable[[Stage], None]:
    """Declare the parcel, then send an application whose message is changed before it is signed."""

    def play(stage: Stage) -> None:
        stage.declare()
        stage.rehearsal.send(stage.message(make(stage), twist=twist))
        stage.rehearsal.wait(minutes=1)

    return play


def _twice(make: Callable[[Stage], Any], **values: Any) -> Callable[[Stage], None]:
    """Declare the parcel, apply, and apply again later."""

    def play(stage: Stage) -> None:
        stage.declare()
        first = make(stage)
        stage.send(first)
        stage.send(later(first, 60, **values))

    return play


def _after_days(days: int) -> Callable[[Stage], None]:
    def play(stage: Stage) -> None:
        stage.declare()
        stage.rehearsal.wait(minutes=days * 24 * 60)
        stage.send(stage.goods_return())

    return play


def _closed_list(stage: Stage) -> None:
    stage.declare()
    stage.rehearsal.wait(minutes=3 * 24 * 60)
    stage.send(stage.cancellation())


def _entry(stage: Stage, **values: Any) -> Any:
    """A warehouse entry of the declarant's own site."""
    return filled(
        "CEB711",
        site_operator_code="910000000000000053",
        site_operator_name="示例报关服务有限公司",
        internal_no="RK0001",
        **values,
    )


def _enter(*, how: dict[str, Any] | None = None, **values: Any) -> Callable[[Stage], None]:
    return lambda stage: stage.send(_entry(stage, **values), **(how or {}))


def _enter_again(seconds: int) -> Callable[[Stage], None]:
    def play(stage: Stage) -> None:
        stage.send(_entry(stage))
        stage.send(later(_entry(stage), seconds))

    return play


def _entry_twisted(twist: Callable[[bytes], bytes]) -> Callable[[Stage], None]:
    def play(stage: Stage) -> None:
        stage.rehearsal.send(stage.message(_entry(stage), twist=twist))
        stage.rehearsal.wait(minutes=1)

    return play


_REVIEWED = OfficeSettings(reviewed=1.0)

APPLICATIONS = (
    Provocation(
        code="-623000", receipt="CEB900", zh="报文中没有撤销申请单", en="the message holds no cancellation",
        play=_twisted(Stage.cancellation, without("InvtCancel")),
    ),
    Provocation(
        code="-623001", receipt="CEB624", zh="申报企业名称缺失", en="the declarant's name is missing",
        play=_twisted(Stage.cancellation, without("agentName")),
    ),
    Provocation(
        code="-623003", receipt="CEB624", zh="清单编号不存在", en="there is no list of that number",
        play=_cancel(list_no="29912026I999999999"),
    ),
    Provocation(
        code="-623004", receipt="CEB624", zh="清单编号与订单编号不是同一清单", en="number and order are not one list's",
        play=_cancel(order_no="ANOTHER"),
    ),
    Provocation(
        code="-623005", receipt="CEB624", zh="清单结关后撤单", en="a closed list is cancelled", play=_closed_list,
    ),
    Provocation(
        code="-623008", receipt="CEB624", zh="一份报文含 101 份撤销申请单", en="a message holds 101 cancellations",
        play=crowd(Stage.cancellation, "copNo"),
    ),
    Provocation(
        code="-623009", receipt="CEB624", zh="同一清单再次撤单", en="a list is cancelled twice", play=_twice(Stage.cancellation),
    ),
    Provocation(
        code="-623012", receipt="CEB624", zh="没有撤单原因", en="the cancellation has no reason",
        play=_twisted(Stage.cancellation, without("reason")),
    ),
    Provocation(
        code="-623017", receipt="CEB624", zh="撤销申请单没有签名", en="the cancellation is not signed",
        play=_cancel(how={"signed": False}),
    ),
    Provocation(
        code="-623021", receipt="CEB624", zh="由别家企业签名", en="another enterprise signed",
        play=_cancel(how={"signer": other_key}),
    ),
    Provocation(
        code="-623026", receipt="CEB624", zh="申报企业没有备案", en="the declarant is not registered",
        play=_unpermitted(Stage.cancellation), settings=_NOT_PERMITTED,
    ),
    Provocation(
        code="-623027", receipt="CEB624", zh="电子口岸系统故障", en="the e-port's system fails", trouble=_FAULTY,
        play=_unpermitted(Stage.cancellation),
    ),
    Provocation(
        code="-623029", receipt="CEB624", zh="签名值不符", en="the signature does not match",
        play=_cancel(how={"twist": spoilt_signature}),
    ),
    Provocation(
        code="-625001", receipt="CEB626", zh="退货数量大于原清单", en="more comes back than was declared", text="退货数量",
        play=_give_back(line={"qty": Decimal(99)}),
    ),
    Provocation(
        code="-625003", receipt="CEB900", zh="报文中没有退货申请单", en="the message holds no return",
        play=_twisted(Stage.goods_return, without("InvtRefund")),
    ),
    Provocation(
        code="-625004", receipt="CEB626", zh="清单未放行就申请退货", en="goods are returned before the list was released",
        text="未放行", play=_give_back(), settings=_REVIEWED,
    ),
    Provocation(
        code="-625004", receipt="CEB626", zh="放行 31 天后申请退货", en="goods are returned 31 days after release", text="期限",
        play=_after_days(31),
    ),
    Provocation(
        code="-625005", receipt="CEB626", zh="签名值不符", en="the signature does not match",
        play=_give_back(how={"twist": spoilt_signature}),
    ),
    Provocation(
        code="-625006", receipt="CEB626", zh="退货申请单没有表体", en="the return has no lines",
        play=_twisted(Stage.goods_return, without("InvtRefundList")),
    ),
    Provocation(
        code="-625008", receipt="CEB626", zh="自己填了预录入编号", en="the return has a number that is the e-port's to give",
        play=_give_back(pre_entry_no="T29912026000000001"),
    ),
    Provocation(
        code="-625010", receipt="CEB626", zh="退货品名与备案不同", en="the returned goods have another name than on record",
        play=_give_back(), settings=book(name="另一种商品"),
    ),
    Provocation(
        code="-625011", receipt="CEB626", zh="商品编号不在参数库中", en="the commodity code is unknown",
        play=_give_back(line={"hs_code": "9999999999"}), asked=lambda: changed(sample(), "line", hs_code="9999999999"),
    ),
    Provocation(
        code="-625013", receipt="CEB626", zh="申报企业名称与证书不同", en="the declarant's name is not the certificate's",
        play=_give_back(how={"signer": partial(other_key, "别家公司", "910000000000000053")}),
    ),
    Provocation(
        code="-625016", receipt="CEB626", zh="清单编号不存在", en="there is no list of that number",
        play=_give_back(list_no="29912026I999999999"),
    ),
    Provocation(
        code="-625019", receipt="CEB626", zh="电子口岸系统故障", en="the e-port's system fails", trouble=_FAULTY,
        play=_unpermitted(Stage.goods_return),
    ),
    Provocation(
        code="-625020", receipt="CEB626", zh="由别家企业签名", en="another enterprise signed",
        play=_give_back(how={"signer": other_key}),
    ),
    Provocation(
        code="-625021", receipt="CEB626", zh="申报企业没有备案", en="the declarant is not registered",
        play=_unpermitted(Stage.goods_return), settings=_NOT_PERMITTED,
    ),
    Provocation(
        code="-625022", receipt="CEB626", zh="退货已审结，再变更", en="a concluded return is changed",
        play=_twice(Stage.goods_return, app_type="2"),
    ),
    Provocation(
        code="-625028", receipt="CEB626", zh="退货申请单没有签名", en="the return is not signed",
        play=_give_back(how={"signed": False}),
    ),
    Provocation(
        code="-625032", receipt="CEB626", zh="变更从未申报的退货申请单", en="a return is changed that was never declared",
        play=_give_back(app_type="2"),
    ),
    Provocation(
        code="-625033", receipt="CEB626", zh="同一退货申请单再次新增", en="the same return is declared as new again",
        play=_twice(Stage.goods_return),
    ),
    Provocation(
        code="-625209", receipt="CEB626", zh="退货的商品序号不在原清单中", en="the list has no line of that number",
        play=_give_back(line={"gnum": 98}),
    ),
    Provocation(
        code="-800000", receipt="CEB712", zh="入库明细单没有表体", en="the entry has no lines",
        play=_entry_twisted(without("DeliveryList")),
    ),
    Provocation(
        code="-800001", receipt="CEB712", zh="监管场所经营人名称缺失", en="the operator's name is missing",
        play=_entry_twisted(without("operatorName")),
    ),
    Provocation(
        code="-800002", receipt="CEB900", zh="入库明细单报文被截断", en="an entry's message is cut",
        play=_enter(how={"twist": lambda content: content[:-30]}),
    ),
    Provocation(
        code="-800003", receipt="CEB712", zh="同一入库明细单稍后再次新增", en="the same entry is declared as new again, later",
        play=_enter_again(60),
    ),
    Provocation(
        code="-800004", receipt="CEB712", zh="电子口岸系统故障", en="the e-port's system fails", trouble=_FAULTY, play=_enter(),
    ),
    Provocation(
        code="-800005", receipt="CEB712", zh="同一报文重复发送", en="the same message is sent twice", play=_enter_again(0),
    ),
    Provocation(
        code="-800006", receipt="CEB712", zh="一份报文含两份入库明细单", en="a message holds two entries",
        play=crowd(_entry, "copNo", 2),
    ),
)  # fmt: skip
