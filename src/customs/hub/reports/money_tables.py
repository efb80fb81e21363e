"""The tables of money (财务表): tax and its differences, the guarantee, payments found in bills."""

from customs.hub.reports.money import MoneyFigures
from customs.hub.reports.report_words import ReportWords
from customs.hub.reports.table_model import ReportTable

_FIGURE, _VALUE = ReportWords("figure", "指标"), ReportWords("value", "数值")
_PART, _WHOLE = ReportWords("numerator", "分子"), ReportWords("denominator", "分母")
_AMOUNT = ReportWords("CNY", "人民币元")


def money_tables(money: MoneyFigures) -> list[ReportTable]:
    """Return the tables of money."""
    return [_shares(money), _amounts(money), _guarantees(money)]


def _shares(money: MoneyFigures) -> ReportTable:
    rows = (
        (ReportWords("tax that differs", "税差率"), money.tax.differing),
        (ReportWords("payments found in bills", "到账率"), money.payments.found),
    )
    return ReportTable(
        name="money-shares",
        title=ReportWords("Differences", "差异"),
        headings=(_FIGURE, _VALUE, _PART, _WHOLE),
        rows=tuple((title, each, each.part, each.whole) for title, each in rows),
        note=ReportWords(
            "Tax that differs: of the orders released in the window that have a tax bill, those whose bill is not the own "
            "assessment, or whose charge to the buyer is not it. Payments: of the orders taken in in the window whose payment "
            "was entered for settlement, those with a row in a bill of the payment company.",
            "税差率：时段内放行且已有税单的订单中，税单与试算不符、或向买家收取的税款与试算不符的占比。"
            "到账率：时段内接单且已登记支付的订单中，支付机构账单有对应流水的占比。",
        ),
    )


def _amounts(money: MoneyFigures) -> ReportTable:
    tax, payments = money.tax, money.payments
    rows = (
        (ReportWords("tax assessed, orders released", "试算税款（放行订单）"), tax.assessed),
        (ReportWords("tax billed", "税单税款"), tax.billed),
        (ReportWords("billed less assessed, orders with a bill", "税单减试算（有税单的订单）"), tax.difference),
        (ReportWords("assessed, no bill yet", "尚无税单的试算税款"), tax.unbilled),
        (ReportWords("billed and not paid", "税单未缴"), tax.unpaid),
        (ReportWords("payments declared", "申报的支付金额"), payments.declared),
        (ReportWords("of these, settled in bills", "其中账单已结算"), payments.settled),
        (ReportWords("refunded in bills", "账单已退款"), payments.refunded),
    )
    return ReportTable(
        name="amounts",
        title=ReportWords("Amounts", "金额"),
        headings=(_FIGURE, _AMOUNT),
        rows=rows,
    )


def _guarantees(money: MoneyFigures) -> ReportTable:
    return ReportTable(
        name="guarantees",
        title=ReportWords("Guarantee", "担保"),
        headings=(
            ReportWords("guarantor", "担保企业"),
            ReportWords("total, CNY", "总额（元）"),
            ReportWords("free, CNY", "可用（元）"),
            ReportWords("tax a day, CNY", "日均税款（元）"),
            ReportWords("lasts, days", "可用天数"),
        ),
        rows=tuple((each.guarantor_code, each.total, each.free, each.daily, each.days) for each in money.guarantees),
        note=ReportWords(
            "Days: free, by the tax of an average day of the last 30.",
            "可用天数 = 可用额度 ÷ 近 30 天日均税款。",
        ),
    )
