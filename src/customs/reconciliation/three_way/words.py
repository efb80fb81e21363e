"""The words of a three-way reconciliation (三方核对用语): causes with their class and advice, and verdicts."""

from collections.abc import Mapping
from typing import NamedTuple

from customs.fields.frozen import FrozenDict
from customs.tax.trail import Words


class PointText(NamedTuple):
    """The class of a point, its sentence, and the advice."""

    group: str
    zh: str
    en: str
    advice_zh: str
    advice_en: str


#: The classes of differences (差异类别) by which the summary counts.
GROUPS: Mapping[str, Words] = FrozenDict(
    {
        "day": ("税率或汇率所用日期", "day of law, rate or exchange rate"),
        "value": ("计税价格", "dutiable value"),
        "shares": ("运保费分摊", "apportionment"),
        "rounding": ("舍入", "rounding"),
        "limit": ("限值与额度", "limits and quota"),
        "goods": ("商品备案变化", "goods record changed"),
        "formula": ("计算公式", "formula"),
        "bill": ("税单归属与重复", "whose bill, and how often"),
        "void": ("作废、撤单与退货", "void bills, cancellations and returns"),
        "charge": ("向买家收取的税款", "charge to the buyer"),
        "unknown": ("原因不明", "unknown"),
    }
)

#: The class of each cause that ``customs.reconciliation`` finds.
GROUP_OF: Mapping[str, str] = FrozenDict(
    {
        "commodity-code": "goods",
        "law-day": "day",
        "law-and-rates-day": "day",
        "rates-day": "day",
        "full-tax": "limit",
        "within-limits": "limit",
        "agreement-tariff": "formula",
        "provisional-tariff-left-out": "formula",
        "freight-left-out": "value",
        "insurance-left-out": "value",
        "transport-left-out": "value",
        "insurance-twice": "value",
        "insurance-in-freight": "value",
        "transport-amount": "value",
        "apportionment": "shares",
        "transport-on-one-line": "shares",
        "rounding": "rounding",
        "consumption-rounded-first": "rounding",
        "gross-up-missing": "formula",
        "gross-up-missing-in-consumption": "formula",
        "vat-without-consumption": "formula",
        "specific-outside-gross-up": "formula",
        "factor-in-gross-up": "formula",
        "factor-left-out": "formula",
        "threshold-on-price": "value",
        "value-digits": "rounding",
        "threshold": "goods",
        "legal-quantity": "goods",
    }
)

_SHOP = ("请商家更正收取税款的计算方式。", "Have the shop correct how it charges tax.")

#: The points that one side alone does not show, beside the causes that ``customs.reconciliation`` finds.
POINTS: Mapping[str, PointText] = FrozenDict(
    {
        "exchange-month": PointText(
            "day", "货款按 {month} 的计征汇率 {rate} 折算（应为 {own}）。",
            "Prices were converted at {rate}, the exchange rate of {month}, not at {own}.",
            "请核对申报日所在月份的计征汇率。", "Check the exchange rate of the month of declaration.",
        ),
        "record-changed": PointText(
            "goods", "按商品备案的另一版本（第 {version} 版）计征。", "The goods were taxed by version {version} of their goods record.",
            "请核对下单与申报之间商品备案的变更。", "Check how the goods record changed between order and declaration.",
        ),
        "head-rounded": PointText(
            "rounding", "各项税额相符，表头税额舍入到 {unit} 元。", "The lines agree; the taxes of the head were rounded to {unit} CNY.",
            "应缴税款以税单表头为准时，请按表头登记。", "Book the head if it is what is paid.",
        ),
        "another-parcel": PointText(
            "bill", "税额与订单 {others} 的试算分毫不差，可能是该票的税单。",
            "Its figures are those of order {others}: it may be the bill of that parcel.",
            "请核对两票的清单编号与税单编号。", "Compare list and tax bill numbers of both parcels.",
        ),
        "numbers-differ": PointText(
            "bill", "税单上的订单号或运单号属于另一票：{numbers}。", "The bill names the order or waybill of another parcel: {numbers}.",
            "请向海关核实该税单属于哪一票。", "Ask customs whose bill it is.",
        ),
        "billed-twice": PointText(
            "bill", "同一清单有多张有效税单：{bills}。", "The list has several bills that stand: {bills}.",
            "请向海关申请作废多余的税单。", "Ask customs to void the one too many.",
        ),
        "no-own-list": PointText(
            "bill", "税单所列清单不在本企业账簿内，却占用本企业担保。",
            "The list of the bill is not of this ledger, yet it holds this guarantee.",
            "请核对担保企业编号，是否有他人清单使用本企业担保。", "Check the guarantor's number: another's list may use this guarantee.",
        ),
        "bill-missing": PointText(
            "bill", "{released} 放行，至 {on} 仍无税单。", "Released on {released}, and no bill by {on}.",
            "请查询税单（CEB816）是否漏收。", "Check if the receipt CEB816 was missed.",
        ),
        "void-not-cancelled": PointText(
            "void", "税单已作废，但清单未撤单、未退货。", "The bill is void, but the list was neither cancelled nor returned.",
            "请核对作废原因，或等待新税单。", "Find out why it was voided, or wait for a new bill.",
        ),
        "cancelled-not-void": PointText(
            "void", "清单已撤单或退货，税单仍有效。", "The list was cancelled or returned, but the bill stands.",
            "请向海关申请作废税单。", "Ask customs to void the bill.",
        ),
        "return-not-reversed": PointText(
            "void", "部分商品已退货，税单仍按整票计征。", "Part of the goods came back, but the bill is for all of them.",
            "请向海关申请扣减退货部分的税款。", "Ask customs to take the tax on the returned goods off.",
        ),
        "void-charged": PointText(
            "void", "该票无须缴税，但向买家收取的 {charged} 元未退还。", "No tax is due, but the buyer's {charged} CNY were not paid back.",
            "请向买家退还税款。", "Pay the tax back to the buyer.",
        ),
        "return-charged": PointText(
            "void", "部分商品已退货，买家仍承担整票税款。",
            "Part of the goods came back, but the buyer still bears the tax on all of them.",
            "请向买家退还退货部分的税款。", "Pay the tax on the returned goods back to the buyer.",
        ),
        "charged-as-assessed": PointText(
            "charge", "向买家收取的税款与试算一致，与税单不符。", "The buyer was charged as assessed; only the bill differs.",
            "按税单差异的原因处理。", "Settle it by the cause of the bill.",
        ),
        "nothing-charged": PointText(
            "charge", "未向买家收取税款（价格含税或包税）。", "The buyer was charged no tax: the price contains it, or the shop bears it.",
            "请核对商家是否约定包税。", "Check if the shop agreed to bear the tax.",
        ),
        "charge-rounded": PointText(
            "charge", "收取的税款舍入到 {unit} 元。", "The charge was rounded to {unit} CNY.", *_SHOP,
        ),
        "charged-other-limit": PointText(
            "charge", "商家按{limit}收取税款。", "The shop charged tax {limit}.", *_SHOP,
        ),
        "charged-without-transport": PointText(
            "charge", "商家收取税款时未计运保费。", "The shop charged tax without freight and insurance.", *_SHOP,
        ),
    }
)  # fmt: skip

#: How a bill or a charge stands.
STANDINGS: Mapping[str, Words] = FrozenDict(
    {
        "agrees": ("相符", "agrees"),
        "explained": ("不符，原因已查明", "differs, explained"),
        "unknown": ("不符，原因不明", "differs, unknown"),
        "void": ("已作废", "void"),
        "no-bill": ("无税单", "no bill"),
        "not-given": ("未提供", "not given"),
    }
)
