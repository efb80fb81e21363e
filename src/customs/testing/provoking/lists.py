"""Codes of the declaration list (进口清单), of the e-port and of customs, each with what draws it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from customs.declaration import Declaration
from customs.office import GoodsOnRecord, OfficeSettings, Trouble
from customs.testing.provoking.provocation import Provocation
from customs.testing.provoking.stage import Stage, changed, later, other_key, replaced, sample, spoilt, without
from customs.testing.provoking.trade import as_given, crowd, registered

_SEEN = OfficeSettings(numbering="seen")
_REVIEWED = OfficeSettings(reviewed=1.0)


def _with(part: str, **values: Any) -> Callable[[], Declaration]:
    return lambda: changed(sample(), part, **values)


def _list(*, line: dict[str, Any] | None = None, **values: Any) -> Callable[[Stage], None]:
    """Declare the parcel with a spoilt list."""

    def play(stage: Stage) -> None:
        *others, listed = stage.four
        stage.send(*others, spoilt(listed, line=line, **values))

    return play


def _sent(**how: Any) -> Callable[[Stage], None]:
    """Send the list alone, in some other way than it should be."""
    return lambda stage: stage.send(stage.documents.declaration_list, **how)


def _again(seconds: int, **values: Any) -> Callable[[Stage], None]:
    """Declare the parcel, then its list once more."""

    def play(stage: Stage) -> None:
        stage.declare()
        numbers = {"pre_entry_no": _pre_entry(stage), "list_no": stage.list_no} if values.get("app_type") == "2" else {}
        stage.send(later(stage.documents.declaration_list, seconds, **numbers, **values))

    return play


def _pre_entry(stage: Stage) -> str:
    return next(str(getattr(each, "pre_entry_no", "")) for each in stage.rehearsal.receipts("CEB622"))


def _numbers_left_out(*names: str) -> Callable[[Stage], None]:
    """Declare a parcel whose list an officer looks at, then change the list without its numbers."""

    def play(stage: Stage) -> None:
        stage.declare()
        numbers = {"pre_entry_no": _pre_entry(stage), "list_no": stage.list_no} | dict.fromkeys(names)
        stage.send(later(stage.documents.declaration_list, 60, app_type="2", **numbers))

    return play


def _without_lines(stage: Stage) -> None:
    stage.rehearsal.send(stage.message(stage.documents.declaration_list, twist=without("InventoryList")))
    stage.rehearsal.wait(minutes=1)


def _without_a_line(stage: Stage) -> None:
    *others, listed = stage.four
    stage.send(*others, listed.model_copy(update={"lines": stage.documents.declaration_list.lines[:-1]}))


def _twice_one_number(stage: Stage) -> None:
    *others, listed = stage.four
    first, second, *rest = stage.documents.declaration_list.lines
    stage.send(*others, listed.model_copy(update={"lines": (first, second.model_copy(update={"gnum": 1}), *rest)}))


def _under_another_number(stage: Stage) -> None:
    stage.declare()
    stage.send(later(stage.documents.declaration_list, 60, internal_no="EXX-ANOTHER"))


def _more_than_the_year(stage: Stage) -> None:
    """Declare parcels of one buyer until the year is used up."""
    for number in range(20):
        own: dict[str, Any] = {"order_no": f"YEAR{number}"}
        order, payment, waybill, listed = stage.four
        stage.send(
            spoilt(order, **own, payment_no=f"PAYYEAR{number}"),
            spoilt(payment, **own, payment_no=f"PAYYEAR{number}"),
            spoilt(waybill, **own, waybill_no=f"SFYEAR{number}"),
            spoilt(listed, **own, waybill_no=f"SFYEAR{number}", internal_no=f"EXX-YEAR{number}"),
        )


def spoilt_signature(content: bytes) -> bytes:
    """Return a message whose SignatureValue was changed."""
    begin = content.index(b"<ds:SignatureValue>") + 19
    return content[:begin] + (b"A" if content[begin : begin + 1] != b"A" else b"B") + content[begin + 1 :]


def _other_number(stage: Stage) -> None:
    stage.declare()
    stage.send(
        later(
            stage.documents.declaration_list,
            60,
            app_type="2",
            pre_entry_no=_pre_entry(stage),
            list_no="29912026I999999999",
        )
    )


def book(**goods: Any) -> OfficeSettings:
    """Return settings with the account book of the good parcel, whose goods are changed by ``goods``; none of them without
    ``goods``.
    """
    parcel = sample()
    found: Mapping[str, GoodsOnRecord] = {
        line.record_no or "": GoodsOnRecord(**{"hs_code": line.hs_code, **goods}) for line in parcel.order.lines
    }
    return OfficeSettings(account_books={parcel.clearance.account_book_no or "": found if goods else {}})


def _field(zh: str, en: str, text: str, **values: Any) -> Provocation:
    """A fault of one field of the list that is foreseen in the parcel."""
    return Provocation(code="-621001", receipt="CEB622", zh=zh, en=en, text=text, parcel=_with("clearance", **values))


_FIELDS = (
    _field(
        "新增清单填了清单编号",
        "a new list has a number of customs",
        "preNo应由电子口岸生成",
        list_no="29912026I000000001",
    ),
    _field("网购保税缺账册编号", "a bonded list has no account book", "emsNo", account_book_no=None),
    _field("网购保税填了提运单号", "a bonded list has a bill number", "billNo", bill_no="999-00000000"),
    _field("网购保税的起运国不是中国", "a bonded list comes from abroad", "country", departure_country="304"),
)

LISTS = (
    Provocation(
        code="-621000", receipt="CEB622", zh="清单没有表体", en="the list has no lines",
        play=_without_lines, asked=as_given("order.lines", []),
    ),
    *_FIELDS,
    Provocation(
        code="-621001", receipt="CEB622", zh="运单与清单的件数为 2", en="the list has two packages", text="packNo",
        play=_list(package_count=2), asked=_with("waybill", package_count=2),
    ),
    Provocation(
        code="-621001", receipt="CEB622", zh="净重大于毛重", en="net weight above gross weight", text="净重",
        parcel=_with("waybill", gross_weight=Decimal("0.00001")),
    ),
    Provocation(
        code="-621001", receipt="CEB622", zh="担保企业不是清单中的企业", en="an enterprise outside the list guarantees",
        text="担保", parcel=_with("parties", guarantor_code="91330100MA2AEXMP75"),
    ),
    Provocation(
        code="-621001", receipt="CEB622", zh="账册中没有该商品", en="the goods are not in the account book",
        text="未备案", settings=book(),
    ),
    Provocation(
        code="-621003", receipt="CEB622", zh="账册余量不足", en="the account book holds too little", settings=book(left=Decimal("0.5")),
    ),
    Provocation(
        code="-621004", receipt="CEB622", zh="同一清单再次新增", en="the same list is declared as new again", play=_again(60),
    ),
    Provocation(
        code="-621005", receipt="CEB622", zh="两件以上、合计超过单次限值", en="several pieces above the single limit",
        play=_list(line={"price": Decimal(9000), "total_price": Decimal(27000), "qty": Decimal(3)}),
        asked=_with("line", price=Decimal(9000), total_price=None, qty=Decimal(3)),
    ),
    Provocation(
        code="-621011", receipt="CEB622", zh="变更从未申报的清单", en="a list is changed that was never declared",
        play=_list(app_type="2"),
    ),
    Provocation(
        code="-621012", receipt="CEB622", zh="清单放行后变更", en="a released list is changed", play=_again(60, app_type="2"),
    ),
    Provocation(
        code="-621015", receipt="CEB622", zh="由别家企业签名", en="another enterprise signed", play=_sent(signer=other_key),
    ),
    Provocation(
        code="-621016", receipt="CEB622", zh="申报企业没有备案", en="the declarant is not registered",
        settings=registered("910000000000000053"),
    ),
    Provocation(
        code="-621017", receipt="CEB622", zh="电子口岸系统故障", en="the e-port's system fails", trouble=Trouble(faults=1.0),
    ),
    Provocation(
        code="-621018", receipt="CEB622", zh="同一订购人全年超过年度限值", en="one buyer passes the limit of the year",
        play=_more_than_the_year, asked=lambda: sample().model_copy(update={"quota_used": Decimal("25999.99")}),
    ),
    Provocation(
        code="-621026", receipt="CEB622", zh="清单没有签名", en="the list is not signed", play=_sent(signed=False),
    ),
    Provocation(
        code="-621027", receipt="CEB622", zh="两行商品用同一序号", en="two lines have one number", play=_twice_one_number,
    ),
    Provocation(
        code="-621028", receipt="CEB622", zh="签名后改动了清单", en="the list was changed after it was signed",
        play=_sent(twist=replaced("<ceb:packNo>1<", "<ceb:packNo>2<")),
    ),
    Provocation(
        code="-621029", receipt="CEB622", zh="签名值不符", en="the signature does not match", play=_sent(twist=spoilt_signature),
    ),
    Provocation(
        code="-621030", receipt="CEB622", zh="一份报文含 101 份清单", en="a message holds 101 lists",
        play=crowd(lambda stage: stage.documents.declaration_list, "copNo"),
    ),
    Provocation(
        code="-621053", receipt="CEB622", zh="变更清单未填 preNo 和 invtNo", en="a list is changed without its two numbers",
        play=_numbers_left_out("pre_entry_no", "list_no"), settings=_REVIEWED,
        asked=lambda: sample().model_copy(update={"app_type": "2"}),
    ),
    Provocation(
        code="-621057", receipt="CEB622", zh="变更清单未填 invtNo", en="a list is changed without its number of customs",
        play=_numbers_left_out("list_no"), settings=_REVIEWED,
        asked=lambda: sample().model_copy(update={"app_type": "2"}),
    ),
    Provocation(
        code="-621999", receipt="CEB622", zh="变更清单填了别的清单编号", en="a list is changed under another number",
        play=_other_number, settings=_REVIEWED, beyond="numbers-of-receipts",
    ),
    Provocation(
        code="-621031", receipt="CEB622", zh="两行商品用同一序号（另一套编号）", settings=_SEEN,
        en="two lines have one number, in the other numbering", play=_twice_one_number,
    ),
    Provocation(
        code="-621041", receipt="CEB622", zh="同一清单再次新增（另一套编号）", settings=_SEEN,
        en="the same list is declared as new again, in the other numbering", play=_again(60),
    ),
    Provocation(
        code="-621042", receipt="CEB622", zh="变更从未申报的清单（另一套编号）", settings=_SEEN,
        en="a list is changed that was never declared, in the other numbering", play=_list(app_type="2"),
    ),
    Provocation(
        code="-621043", receipt="CEB622", zh="清单放行后变更（另一套编号）", settings=_SEEN,
        en="a released list is changed, in the other numbering", play=_again(60, app_type="2"),
    ),
    Provocation(
        code="-621049", receipt="CEB622", zh="签名值不符（另一套编号）", settings=_SEEN,
        en="the signature does not match, in the other numbering", play=_sent(twist=spoilt_signature),
    ),
    Provocation(
        code="-621055", receipt="CEB622", zh="同一报文重复发送（另一套编号）", settings=_SEEN,
        en="the same message is sent twice, in the other numbering", play=_again(0),
    ),
    Provocation(
        code="1300", receipt="CEB622", zh="身份证号校验码不对", en="the identity number's check digit is wrong",
        text="订购人身份证号码有误",
        parcel=lambda: changed(
            changed(sample(), "order", buyer_id_number="110101180001010000"), "payment", payer_id_number="110101180001010000"
        ),
    ),
    Provocation(
        code="1300", receipt="CEB622", zh="关员退单", en="an officer refuses it", text="品名", beyond="officer",
        settings=OfficeSettings(refused={sample().order.order_no: "申报品名与实物不符"}),
    ),
    Provocation(
        code="1311", receipt="CEB622", zh="担保余额不足", en="the guarantee is used up",
        settings=OfficeSettings(guarantees={"910000000000000053": Decimal("0.01")}),
    ),
    Provocation(
        code="1313", receipt="CEB622", zh="订购人在别处已用完年度额度", en="the buyer used up the year elsewhere",
        settings=OfficeSettings(bought={sample().order.buyer_id_number: Decimal("25999.99")}),
        asked=lambda: sample().model_copy(update={"quota_used": Decimal("25999.99")}),
    ),
    Provocation(
        code="1320", receipt="CEB312", zh="清单比订单少一行", en="the list has a line less than the order", play=_without_a_line,
    ),
    Provocation(
        code="1322", receipt="CEB622", zh="清单与订单的原产国不同", en="list and order name another country of origin",
        play=_list(line={"origin_country": "304"}),
    ),
    Provocation(
        code="1327", receipt="CEB622", zh="支付人不是订购人", en="the payer is not the buyer",
        parcel=_with("payment", payer_name="王熙凤"),
    ),
    Provocation(
        code="1332", receipt="CEB312", zh="支付金额与订单不同", en="another amount was paid than the order's",
        parcel=_with("payment", amount_paid=Decimal("1.00")),
    ),
    Provocation(
        code="13035", receipt="CEB312", zh="订单写的是另一家支付企业", en="the order names another payment company",
        play=lambda stage: stage.send(spoilt(stage.documents.order, payment_company_code="91000000000000008C"), *stage.four[1:]),
    ),
    Provocation(
        code="13127", receipt="CEB312", zh="清单与订单的订购人不同", en="list and order name another buyer",
        play=_list(buyer_name="孙悟空"),
    ),
    Provocation(
        code="130126", receipt="CEB622", zh="清单与订单的订购人电话不同", en="list and order have another telephone",
        play=_list(buyer_telephone="10000000000"),
    ),
    Provocation(
        code="100", receipt="CEB622", zh="同一订单用另一企业内部编号再报清单", text="业务主键重复",
        en="an order's list is declared again under another internal number", play=_under_another_number,
    ),
    Provocation(
        code="2", receipt="CEB622", zh="三单未到，先报清单",
        text="订单信息不存在", en="the list comes before the documents that it names",
        play=_sent(),
    ),
)  # fmt: skip
