"""What a reconciliation says (对税单用语), in Chinese and English: causes and what to do about them, differences, outcomes."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from customs.fields.digits import plain_digits
from customs.tax.apportionment import Apportionment
from customs.tax.method import Rounding

Words = tuple[str, str]
"""In Chinese and in English."""


class Text(NamedTuple):
    """What is supposed, and what to do if it is so."""

    zh: str
    en: str
    advice_zh: str
    advice_en: str


_LAW = (
    "税额按申报日适用的法律计征；海关所用日期不同的，请核对清单申报日期，必要时申请更正税单。",
    "The law of the declaration day applies: check the day of the list, and ask customs to amend the bill if it took another.",
)
_METHOD = (
    "经常如此的，请在计税时以 method 给出该做法。",
    "If bills come so again and again, assess with this choice, given as method.",
)
_FORMULA = (
    "请核对税单由谁计算，并向海关申请更正。",
    "This is a mistake in the formula: show the reckoning to customs, and check that no program of your own made the bill.",
)
_TRANSPORT = (
    "请核对运单、订单和清单上的运费、保费是否一致。",
    "Compare freight and insurance in waybill, order and list.",
)

#: What each supposition says.
TEXTS: Mapping[str, Text] = {
    "commodity-code": Text(
        "第 {lines} 项按商品编码 {found} 归类计征。", "Line {lines} was classified under {found}.",
        "请核对归类，更正商品备案。", "Check the classification, and mend the goods record.",
    ),
    "law-day": Text("按 {day} 的法律计征（{span}相同）。", "The law of {day} was applied (the same {span}).", *_LAW),
    "law-and-rates-day": Text(
        "按 {day} 的法律和商品税率计征（{span}相同）。", "Law and rates of the goods were those of {day} (the same {span}).", *_LAW
    ),
    "rates-day": Text(
        "商品税率取自 {day}（{span}相同）。", "The rates of the goods were those of {day} (the same {span}).",
        "请核对税率表是否为申报日有效的税则。", "Check the rate table against the tariff in force on the declaration day.",
    ),
    "full-tax": Text(
        "按超限额全额征税。", "Full tax was asked, as over a limit.",
        "请核对订购人本年度已用额度。", "Check the buyer's quota of the year; parcels from other shops count.",
    ),
    "within-limits": Text(
        "按限额内减征计征。", "The parcel was taxed as within the limits.",
        "请核对订购人本年度已用额度。", "Check the quota of the year that was given as used.",
    ),
    "agreement-tariff": Text(
        "关税{applied}。", "Tariffs of trade agreements were {applied}.",
        "协定税率须有原产地证明；请核对。", "They need a certificate of origin: check whether the parcel had one.",
    ),
    "provisional-tariff-left-out": Text(
        "关税未适用暂定税率。", "The provisional tariff was left out.",
        "请核对暂定税率是否仍有效。", "Check whether the provisional tariff is in force on the day.",
    ),
    "freight-left-out": Text("完税价格未计运费。", "Freight was left out of the dutiable value.", *_TRANSPORT),
    "insurance-left-out": Text("完税价格未计保费。", "Insurance was left out of the dutiable value.", *_TRANSPORT),
    "transport-left-out": Text("完税价格未计运费和保费。", "Freight and insurance were left out of the dutiable value.", *_TRANSPORT),
    "insurance-twice": Text("保费计了两次。", "Insurance was counted twice, as within freight and beside it.", *_TRANSPORT),
    "insurance-in-freight": Text("运费中已含保费。", "Freight was taken to hold the insurance already.", *_TRANSPORT),
    "transport-amount": Text(
        "运费按 {freight} 元、保费按 {insurance} 元计。", "Freight was taken as {freight} CNY, insurance as {insurance} CNY.", *_TRANSPORT
    ),
    "apportionment": Text("运费和保费{otherwise}分摊。", "Freight and insurance were spread {otherwise}.", *_METHOD),
    "transport-on-one-line": Text(
        "运费和保费全部计入第 {lines} 项。", "All freight and insurance was put on line {lines}.", *_TRANSPORT
    ),
    "rounding": Text("舍入方式为{otherwise}。", "Amounts were rounded {otherwise}.", *_METHOD),
    "consumption-rounded-first": Text(
        "消费税先舍入到分，再计入增值税税基。", "Consumption tax was rounded to the cent before it entered VAT.",
        "差异不超过一分，通常以税单为准。", "It makes a cent at most: as a rule keep to the bill.",
    ),
    "gross-up-missing": Text(
        "消费税和增值税未除以（1 − 消费税率）。", "Consumption tax and VAT were reckoned without dividing by (1 - r).", *_FORMULA
    ),
    "gross-up-missing-in-consumption": Text(
        "消费税未除以（1 − 消费税率），增值税以含此消费税的价格为基数。",
        "Consumption tax was reckoned without dividing by (1 - r), and VAT on top of it.", *_FORMULA,
    ),
    "vat-without-consumption": Text(
        "增值税税基未含消费税。", "VAT was reckoned without the consumption tax in its base.", *_FORMULA
    ),
    "specific-outside-gross-up": Text(
        "从量消费税未计入组成计税价格。", "The specific consumption tax was left out of the gross-up.", *_FORMULA
    ),
    "factor-in-gross-up": Text(
        "减征比例误入组成计税价格的分母。", "The reduction was put into the denominator of the gross-up.", *_FORMULA
    ),
    "factor-left-out": Text(
        "关税为零，但消费税和增值税未减征。", "No tariff, and yet consumption tax and VAT were not reduced.", *_FORMULA
    ),
    "threshold-on-price": Text("消费税起征点按{tested}判断。", "Thresholds of consumption tax were tested on {tested}.", *_METHOD),
    "value-digits": Text("判断起征点前完税价格{kept}。", "Dutiable values were {kept} before thresholds were tested.", *_METHOD),
    "threshold": Text(
        "消费税起征点：{treated}。", "Threshold of consumption tax: {treated}.",
        "请核对净含量、件数和运保费分摊。", "Check net content, pieces and the shares of freight; the value per legal quantity decides.",
    ),
    "legal-quantity": Text(
        "法定数量不同：{changed}。", "Another legal quantity was taken: {changed}.",
        "请核对清单的法定数量：净含量，不是毛重；全部件数，不是单件。",
        "Check the legal quantity in the list: net content, not gross weight, of all pieces, in the legal unit.",
    ),
}  # fmt: skip

#: Words for the choices of a method.
CHOICES: Mapping[object, Words] = {
    Rounding.PER_LINE: ("逐项四舍五入到分", "half up for each line and tax"),
    Rounding.PER_DECLARATION: ("整票四舍五入到分", "half up for each tax of the whole declaration"),
    Rounding.STATUTORY_FIRST: ("先将法定税额四舍五入再减征", "half up in full, and again after the reduction"),
    Rounding.DOWN: ("舍去分以下", "down to the cent"),
    Apportionment.BY_VALUE: ("按价值", "by value"),
    Apportionment.BY_WEIGHT: ("按重量", "by weight"),
    Apportionment.EQUALLY: ("各项平均", "equally"),
    Apportionment.FOLDED: ("计入单价", "by folding them into the unit prices"),
}

#: What a difference is.
KINDS: Mapping[str, Words] = {
    "amount": ("{path}：计税 {assessed}，税单 {billed}", "{path}: assessed {assessed}, billed {billed}"),
    "commodity-code": ("{path}：计税 {assessed}，税单 {billed}", "{path}: assessed as {assessed}, billed as {billed}"),
    "line-missing": ("{path}：税单没有此项", "{path}: the bill lacks this line"),
    "line-added": ("{path}：税单多出此项", "{path}: the bill has this line, the assessment does not"),
    "sum": (
        "{path}：各项合计 {assessed}，税单表头 {billed}",
        "{path}: the lines of the bill sum to {assessed}, its head says {billed}",
    ),
}

#: What a reconciliation comes to.
VERDICTS: Mapping[str, Words] = {
    "agrees": ("税单与计税一致。", "The bill is as assessed."),
    "explained": (
        "税单与计税不一致，所列原因各能重现税单。",
        "The bill differs; each of the causes comes to every figure of it.",
    ),
    "by-two": (
        "单一原因不能重现税单，两个原因一并可以。",
        "The bill differs; no one cause comes to it, two together do.",
    ),
    "unexplained": (
        "税单与计税不一致，所试原因均不能重现税单。",
        "The bill differs, and nothing that was tried comes to it.",
    ),
    "not-comparable": (
        "项目不同，或该票不属于跨境电商零售进口，未查找原因。",
        "The bill differs; with other lines, or outside the channel, no causes are looked for.",
    ),
}

#: How the nearest supposition is said.
NEAREST: Words = (
    "最接近，但不能重现税单（相差 {off} 元）：{text}",
    "Nearest, but not the bill ({off} CNY off): {text}",
)


def said(text: str, facts: Mapping[str, object], language: int) -> str:
    """A text with its facts, in Chinese (0) or English (1)."""
    shown = {}
    for name, fact in facts.items():
        word = CHOICES.get(fact, fact) if isinstance(fact, str) else fact
        shown[name] = (
            word[language] if isinstance(word, tuple) else plain_digits(word) if isinstance(word, Decimal) else word
        )
    return text.format(**shown)
