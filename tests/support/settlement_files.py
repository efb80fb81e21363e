"""Files of payment companies (支付企业账单), written from sales by the rules of their layouts, apart from the library."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

DAY = date(2026, 11, 11)
MERCHANT, PARTNER = "1999000009", "2088000000000009"
NONE = Decimal("0.00")

ALL = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"  # noqa: E501
SUCCESS = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,商品名称,商户数据包,手续费,费率,订单金额,费率备注"  # noqa: E501
REFUND = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,退款申请时间,退款成功时间,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"  # noqa: E501
OLD = "交易时间,公众账号ID,商户号,子商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,总金额,代金券或立减优惠金额,微信退款单号,商户退款单号,退款金额,代金券或立减优惠退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率"  # noqa: E501
OLDEST = OLD.replace("代金券或立减优惠", "企业红包")
SUMMARY = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
SUMMARY_OF_SUCCESS = "总交易单数,应结订单总金额,手续费总金额,订单总金额"
SUMMARY_OF_OLD = "总交易单数,总交易额,总退款金额,总代金券或立减优惠退款金额,手续费总金额"
FUNDS = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号"
SUMMARY_OF_FUNDS = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"

DETAIL = "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"  # noqa: E501
SHOPS = "门店编号,门店名称,交易订单总笔数,退款订单总笔数,订单金额（元）,商家实收（元）,支付宝优惠（元）,商家优惠（元）,卡消费金额（元）,服务费（元）,分润（元）,实收净额（元）"  # noqa: E501
ACCOUNT = "账务流水号,业务流水号,商户订单号,商品名称,发生时间,对方账号,收入金额（+元）,支出金额（-元）,账户余额（元）,交易渠道,业务类型,备注"  # noqa: E501

NAMES = ("测试奶粉800g", "测试纸尿裤,L码,2包", "测试面膜", '测试"特惠"套装', "测试精华30ml")


@dataclass(frozen=True, kw_only=True)
class Refund:
    number: str
    at: datetime
    asked: Decimal
    refunded: Decimal
    fee: Decimal
    state: str = "SUCCESS"


@dataclass(frozen=True, kw_only=True)
class Sale:
    order: str
    number: str
    at: datetime
    ordered: Decimal
    settled: Decimal
    prepaid: Decimal = NONE
    fee: Decimal
    name: str = "测试奶粉800g"
    refunds: tuple[Refund, ...] = ()


def fee_of(amount: Decimal) -> Decimal:
    return (amount * Decimal("0.006")).quantize(Decimal("0.01"), ROUND_HALF_UP)


def sales(count: int, seed: int, company: str = "wechat", day: date = DAY) -> list[Sale]:
    """Sales of a day in no order, some with coupons, some with refunds."""
    chance, found = random.Random(f"{company} {seed} {day}"), list[Sale]()  # noqa: S311
    for at in range(count):
        ordered = Decimal(chance.randrange(1000, 300000)).scaleb(-2)
        coupon = Decimal(chance.choice((0, 0, 0, 500))).scaleb(-2) if company == "wechat" else NONE
        settled = ordered - coupon
        moment = datetime.combine(day, datetime.min.time()) + timedelta(seconds=chance.randrange(70_000))
        digits = f"{day:%Y%m%d}{seed % 100:02}{at:08}"
        number = f"42{digits:0>26}" if company == "wechat" else f"{day:%Y%m%d}22{digits:0>18}"
        refunds: tuple[Refund, ...] = ()
        if chance.random() < 0.1:
            refunds = (
                Refund(
                    number=f"50{digits:0>26}" if company == "wechat" else f"R{digits}",
                    at=moment + timedelta(hours=2),
                    asked=ordered,
                    refunded=settled,
                    fee=fee_of(settled),
                ),
            )
        order = f"{'W' if company == 'wechat' else 'A'}{digits}"
        name = chance.choice(NAMES) if company == "wechat" else NAMES[0]
        found.append(
            Sale(order=order, number=number, at=moment, ordered=ordered, settled=settled, fee=fee_of(settled),
                 name=name, refunds=refunds)
        )  # fmt: skip
    chance.shuffle(found)
    return found


def _trade_cells(sale: Sale, refund: Refund | None) -> dict[str, object]:
    """The cells of a row of WeChat Pay by their headings."""
    cells: dict[str, object] = {
        "交易时间": sale.at if refund is None else refund.at, "公众账号ID": "wx0", "商户号": MERCHANT, "特约商户号": "0",
        "子商户号": "0", "设备号": "", "微信订单号": sale.number, "商户订单号": sale.order, "用户标识": "oTEST",
        "交易类型": "JSAPI", "交易状态": "SUCCESS", "付款银行": "OTHERS", "货币种类": "CNY", "应结订单金额": sale.settled,
        "总金额": sale.settled, "代金券金额": sale.prepaid, "代金券或立减优惠金额": sale.prepaid, "企业红包金额": sale.prepaid,
        "微信退款单号": "0", "商户退款单号": "0", "退款金额": NONE, "充值券退款金额": NONE, "代金券或立减优惠退款金额": NONE,
        "企业红包退款金额": NONE, "退款类型": "", "退款状态": "", "商品名称": sale.name, "商户数据包": "",
        "手续费": f"{sale.fee:.5f}", "费率": "0.60%", "订单金额": sale.ordered, "申请退款金额": NONE, "费率备注": "",
    }  # fmt: skip
    if refund is None:
        return cells
    return cells | {
        "交易状态": "REFUND", "应结订单金额": NONE, "总金额": NONE, "代金券金额": NONE, "代金券或立减优惠金额": NONE,
        "企业红包金额": NONE, "退款申请时间": refund.at, "退款成功时间": refund.at, "微信退款单号": refund.number,
        "商户退款单号": f"R{sale.order}", "退款金额": refund.refunded, "退款类型": "ORIGINAL", "退款状态": refund.state,
        "手续费": f"{-refund.fee:.5f}", "订单金额": NONE, "申请退款金额": refund.asked,
    }  # fmt: skip


def wechat_trade(given: Sequence[Sale], header: str = ALL, *, newline: str = "\r\n", ticks: bool = False) -> str:
    """A trade bill with its summary, in the layout of a header; ``ticks`` has back-ticks in the headings too."""
    rows: list[tuple[Sale, Refund | None]] = []
    if header != REFUND:
        rows += [(each, None) for each in given]
    if header != SUCCESS:
        rows += [(each, refund) for each in given for refund in each.refunds]
    titles = header.split(",")
    lines = [",".join(f"`{each}" for each in titles) if ticks else header]
    for sale, refund in rows:
        cells = _trade_cells(sale, refund)
        if header == REFUND:
            cells["交易时间"] = sale.at
        lines.append(",".join(f"`{cells[title]}" for title in titles))
    paid = [sale for sale, refund in rows if refund is None]
    refunds = [refund for _, refund in rows if refund is not None]
    fee = sum((each.fee for each in paid), NONE) - sum((each.fee for each in refunds), NONE)
    settled, ordered = sum((each.settled for each in paid), NONE), sum((each.ordered for each in paid), NONE)
    back, asked = sum((each.refunded for each in refunds), NONE), sum((each.asked for each in refunds), NONE)
    if header == SUCCESS:
        lines += [SUMMARY_OF_SUCCESS, f"`{len(rows)},`{settled},`{fee:.5f},`{ordered}"]
    elif header in (OLD, OLDEST):
        lines += [SUMMARY_OF_OLD, f"`{len(rows)},`{settled},`{back},`0.00,`{fee:.5f}"]
    else:
        lines += [SUMMARY, f"`{len(rows)},`{settled},`{back},`0.00,`{fee:.5f},`{ordered},`{asked}"]
    return newline.join((*lines, ""))


def wechat_funds(given: Sequence[Sale], *, net: bool = True, full_width: bool = False) -> str:
    """A fund bill; refunds net of the fee given back, or gross with a row for it."""
    movements: list[tuple[datetime, str, str, str, Decimal]] = []
    for sale in given:
        movements.append((sale.at, sale.number, sale.order, "交易", sale.settled))
        movements.append((sale.at, sale.number, sale.order, "扣除交易手续费", -sale.fee))
        for each in sale.refunds:
            back = each.refunded - each.fee if net else each.refunded
            movements.append((each.at, each.number, f"R{sale.order}", "退款", -back))
            if not net:
                movements.append((each.at, each.number, f"R{sale.order}", "退还交易手续费", each.fee))
    movements.sort(key=lambda each: each[0])
    balance, lines = Decimal("5000.00"), [FUNDS.replace("(", "（").replace(")", "）") if full_width else FUNDS]
    for place, (at, number, voucher, purpose, amount) in enumerate(movements):
        balance += amount
        way = "收入" if amount >= 0 else "支出"
        cells = (
            at,
            number,
            f"99{place:020}",
            purpose,
            purpose,
            way,
            abs(amount),
            balance,
            "system",
            "结算,含手续费",
            voucher,
        )
        lines.append(",".join(f"`{each}" for each in cells))
    incomes = [amount for *_, amount in movements if amount >= 0]
    expenses = [-amount for *_, amount in movements if amount < 0]
    lines.append(SUMMARY_OF_FUNDS)
    lines.append(
        f"`{len(movements)}.0,`{len(incomes)}.0,`{sum(incomes, NONE)},`{len(expenses)}.0,`{sum(expenses, NONE)}"
    )
    return "\n".join((*lines, ""))


def _framed(title: str, lists: str, lines: Iterable[str], footers: Iterable[str], day: date, dashes: int) -> str:
    following = day + timedelta(days=1)
    return "\r\n".join(
        (
            f"#{title}", f"#账号：[{PARTNER}0156]",
            f"#起始日期：[{day:%Y年%m月%d日} 00:00:00]   终止日期：[{following:%Y年%m月%d日} 00:00:00]",
            f"#{'-' * dashes}{lists}{'-' * 40}", *lines, f"#{'-' * dashes}{lists}结束{'-' * 36}", *footers,
            f"#导出时间：[{following:%Y年%m月%d日} 05:46:49]", "",
        )
    )  # fmt: skip


def alipay_trade(
    given: Sequence[Sale], *, day: date = DAY, old_footer: bool = False, ascii_brackets: bool = False, dashes: int = 41,
    flipped_fee: bool = False,
) -> str:  # fmt: skip
    """A business detail."""
    header, lines = DETAIL, list[str]()
    sign = -1 if flipped_fee else 1
    for sale in given:
        start = f"{sale.number}\t,{sale.order}\t"
        tail = "\t,\t,\t,\t,测*(tes***@example.com)\t"
        lines.append(
            f"{start},交易,{sale.name},{sale.at},{sale.at},{tail},{sale.ordered},{sale.settled},0.00,0.00,0.00,0.00,0.00,"
            f"\t,0.00,0.00,\t,{-sale.fee * sign},0.00,\t"
        )
        for each in sale.refunds:
            lines.append(
                f"{start},退款,{sale.name},{sale.at},{each.at},{tail},{-each.asked},{-each.refunded},0.00,0.00,0.00,0.00,0.00,"
                f"\t,0.00,0.00,{each.number}\t,{each.fee * sign},0.00,\t"
            )
    refunds = [each for sale in given for each in sale.refunds]
    received, back = sum((each.settled for each in given), NONE), sum((each.refunded for each in refunds), NONE)
    if old_footer:
        footers = [
            f"#交易合计：{len(given)}笔，交易金额共{received}元，优惠金额共0.00元",
            f"#退款合计：{len(refunds)}笔，退款金额共{-back}元，优惠退款金额共0.00元",
        ]
    else:
        footers = [
            f"#交易合计：{len(given)}笔，商家实收共{received}元，商家优惠共0.00元",
            f"#退款合计：{len(refunds)}笔，商家实收退款共{-back}元，商家优惠退款共0.00元",
        ]
    if ascii_brackets:
        header = header.replace("（", "(").replace("）", ")")
    return _framed("支付宝业务明细查询", "业务明细列表", (header, *lines), footers, day, dashes)


def alipay_shops(given: Sequence[Sale], *, day: date = DAY) -> str:
    """A business summary of one shop and its total."""
    refunds = [each for sale in given for each in sale.refunds]
    ordered = sum((each.ordered for each in given), NONE) - sum((each.asked for each in refunds), NONE)
    settled = sum((each.settled for each in given), NONE) - sum((each.refunded for each in refunds), NONE)
    fee = sum((each.fee for each in refunds), NONE) - sum((each.fee for each in given), NONE)
    figures = f"{len(given)},{len(refunds)},{ordered},{settled},0.00,0.00,0.00,{fee},0.00,{settled + fee}"
    lines = (SHOPS, f"S1\t,测试店\t,{figures}", f"合计,,{figures}")
    return _framed("支付宝业务汇总查询", "业务汇总列表", lines, (), day, 41)


def alipay_account(
    given: Sequence[Sale], *, day: date = DAY, newest_first: bool = False, both_columns: bool = False,
    order: Sequence[str] = (),
) -> str:  # fmt: skip
    """An account detail; ``order`` puts the columns in another order."""
    movements: list[tuple[datetime, Sale, str, Decimal]] = []
    for sale in given:
        movements += [(sale.at, sale, "在线支付", sale.settled), (sale.at, sale, "收费", -sale.fee)]
        for each in sale.refunds:
            movements += [(each.at, sale, "交易退款", -each.refunded), (each.at, sale, "收费", each.fee)]
    movements.sort(key=lambda each: each[0])
    balance, rows = Decimal("1000.00"), []
    for place, (at, sale, purpose, amount) in enumerate(movements):
        balance += amount
        income, expense = (f"{amount}", "0.00") if amount >= 0 else ("0.00" if both_columns else "", f"{amount}")
        if amount < 0 and both_columns:
            expense = f"{-amount}"
        rows.append(
            {
                "账务流水号": f"88{place:020}\t", "业务流水号": f"{sale.number}\t", "商户订单号": f"{sale.order}\t",
                "商品名称": f"{sale.name}\t", "发生时间": at, "对方账号": "tes***@example.com\t", "收入金额（+元）": income,
                "支出金额（-元）": expense, "账户余额（元）": balance, "交易渠道": "支付宝", "业务类型": purpose,
                "备注": "服务费", "业务描述": "线上,收款",
            }
        )  # fmt: skip
    titles = list(order) or ACCOUNT.split(",")
    lines = [",".join(str(row[title]) for title in titles) for row in (reversed(rows) if newest_first else rows)]
    incomes = [amount for *_, amount in movements if amount >= 0]
    expenses = [amount for *_, amount in movements if amount < 0]
    footers = (
        f"#支出合计：{len(expenses)}笔，共{sum(expenses, NONE)}元",
        f"#收入合计：{len(incomes)}笔，共{sum(incomes, NONE)}元",
    )
    return _framed("支付宝账务明细查询", "账务明细列表", (",".join(titles), *lines), footers, day, 40)


class _GbkName(ZipInfo):
    """A member whose name is GBK, without the flag of UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  the name of the standard library
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def zipped(members: Sequence[tuple[str, bytes]]) -> bytes:
    """An archive as Alipay packs it."""
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(_GbkName(name, (2026, 11, 12, 5, 46, 48)), content, ZIP_DEFLATED)
    return packed.getvalue()
