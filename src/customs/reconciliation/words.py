"""The words of a reconciliation (税单核对用语) in Chinese and English: causes and advice, differences, verdicts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from customs.fields.digits import plain_digits
from customs.tax.apportionment import Apportionment
from customs.tax.method import Rounding
from customs.tax.trail import Words

#: The fact of a supposition that is True if one of its figures was read off the bill, so that it fits many bills.
FITTED = "fitted"


class CauseText(NamedTuple):
    """The sentence of a supposition, and the advice if it is true."""

    zh: str
    en: str
    advice_zh: str
    advice_en: str


_LAW = (
    "税额按申报日适用的税收政策计征；海关所用日期不同的，请核对清单申报日期，必要时申请更正税单。",
    "The law of the declaration day applies: check the day of the list, and ask customs to correct the bill if needed.",
)
_METHOD = (
    "如经常出现，请在计税时以 method 采用该做法。",
    "If this recurs, assess with this choice, given as method.",
)
_FORMULA = (
    "公式有误：请核对税单由谁计算，并向海关申请更正。",
    "This is a mistake in the formula: show customs the calculation, and check that no program of yours made the bill.",
)
_TRANSPORT = (
    "请核对运单、订单和清单上的运费、保费是否一致。",
    "Compare freight and insurance in waybill, order and list.",
)

#: The sentences of each supposition. ``term`` is the Chinese word for the dutiable value on the day.
TEXTS: Mapping[str, CauseText] = {
    "commodity-code": CauseText(
        "第 {lines} 项按商品编码 {billed} 归类计征。", "Line {lines} was classified under {billed}.",
        "请核对归类，更正商品备案。", "Check the classification, and correct the goods record.",
    ),
    "law-day": CauseText("按 {day} 的税收政策计征（{span}相同）。", "The law of {day} was applied (the same {span}).", *_LAW),
    "law-and-rates-day": CauseText(
        "按 {day} 的税收政策和商品税率计征（{span}相同）。",
        "The law and the goods' rates of {day} were applied (the same {span}).", *_LAW,
    ),
    "rates-day": CauseText(
        "商品税率取自 {day}（{span}相同）。", "The goods' rates of {day} were applied (the same {span}).",
        "请核对税率表是否为申报日有效的税则。", "Check the rate table against the tariff in force on the declaration day.",
    ),
    "full-tax": CauseText(
        "按超过限值全额征税。", "Full tax was charged, as for a parcel over a limit.",
        "请核对订购人本年度已用额度。", "Check the buyer's quota of the year; parcels from other shops count.",
    ),
    "within-limits": CauseText(
        "按限值以内减征计征。", "The parcel was taxed as within the limits.",
        "请核对订购人本年度已用额度。", "Check the quota of the year that was given as used.",
    ),
    "agreement-tariff": CauseText(
        "关税{applied}。", "Tariffs of trade agreements were {applied}.",
        "协定税率须有原产地证明；请核对。", "They need a certificate of origin: check if the parcel had one.",
    ),
    "provisional-tariff-left-out": CauseText(
        "关税未适用暂定税率。", "The provisional tariff was not applied.",
        "请核对暂定税率是否仍有效。", "Check if the provisional tariff is in force on the day.",
    ),
    "freight-left-out": CauseText("{term}未计运费。", "Freight was left out of the dutiable value.", *_TRANSPORT),
    "insurance-left-out": CauseText("{term}未计保费。", "Insurance was left out of the dutiable value.", *_TRANSPORT),
    "transport-left-out": CauseText(
        "{term}未计运费和保费。", "Freight and insurance were left out of the dutiable value.", *_TRANSPORT
    ),
    "insurance-twice": CauseText("保费重复计入。", "Insurance was counted twice, inside the freight and beside it.", *_TRANSPORT),
    "insurance-in-freight": CauseText("按运费已含保费计算。", "Freight was taken to include the insurance.", *_TRANSPORT),
    "transport-amount": CauseText(
        "运费按 {freight} 元、保费按 {insurance} 元计。",
        "Freight was taken as {freight} CNY, insurance as {insurance} CNY.", *_TRANSPORT,
    ),
    "apportionment": CauseText("运费和保费{otherwise}分摊。", "Freight and insurance were spread {otherwise}.", *_METHOD),
    "transport-on-one-line": CauseText(
        "运费和保费全部计入第 {lines} 项。", "All freight and insurance was put on line {lines}.", *_TRANSPORT
    ),
    "rounding": CauseText("舍入方式为{otherwise}。", "Amounts were rounded {otherwise}.", *_METHOD),
    "consumption-rounded-first": CauseText(
        "消费税先舍入到分，再计入增值税税基。", "Consumption tax was rounded to the cent before it entered VAT.",
        "差异不超过一分，通常以税单为准。", "The difference is one cent at most: usually accept the bill.",
    ),
    "gross-up-missing": CauseText(
        "消费税和增值税未除以（1 − 消费税率）。", "Consumption tax and VAT were not divided by (1 - r).", *_FORMULA
    ),
    "gross-up-missing-in-consumption": CauseText(
        "消费税未除以（1 − 消费税率），增值税以含此消费税的价格为基数。",
        "Consumption tax was not divided by (1 - r), and VAT was charged on top of it.", *_FORMULA,
    ),
    "vat-without-consumption": CauseText(
        "增值税税基未含消费税。", "VAT was charged on a value without consumption tax.", *_FORMULA
    ),
    "specific-outside-gross-up": CauseText(
        "从量消费税未计入组成计税价格。", "The specific consumption tax was left out of the gross-up.", *_FORMULA
    ),
    "factor-in-gross-up": CauseText(
        "减征比例误入组成计税价格的分母。", "The reduction was put into the denominator of the gross-up.", *_FORMULA
    ),
    "factor-left-out": CauseText(
        "关税为零，但消费税和增值税未减征。", "The tariff is 0, but consumption tax and VAT were not reduced.", *_FORMULA
    ),
    "threshold-on-price": CauseText(
        "消费税征收标准按{tested}判断。", "Thresholds of consumption tax were tested on {tested}.", *_METHOD
    ),
    "value-digits": CauseText(
        "判断征收标准前{term}{kept}。", "Dutiable values were {kept} before thresholds were tested.", *_METHOD
    ),
    "threshold": CauseText(
        "消费税征收标准：{treated}。", "Threshold of consumption tax: {treated}.",
        "请核对净含量、件数和运保费分摊。",
        "Check net content, pieces and shares of freight: the value per statutory quantity decides.",
    ),
    "legal-quantity": CauseText(
        "法定数量不同：{changed}。", "Another statutory quantity was taken: {changed}.",
        "请核对清单的法定数量：净含量，不是毛重；全部件数，不是单件。",
        "Check the statutory quantity in the list: net content of all pieces, not gross weight, in the statutory unit.",
    ),
}  # fmt: skip

#: The words for the choices of a method.
CHOICES: Mapping[object, Words] = {
    Rounding.PER_LINE: ("逐项四舍五入到分", "half up for each line and tax"),
    Rounding.PER_DECLARATION: ("整票四舍五入到分", "half up for each tax of the whole declaration"),
    Rounding.STATUTORY_FIRST: ("先按法定应纳税额四舍五入到分再减征", "half up in full, and again after the reduction"),
    Rounding.DOWN: ("去尾到分", "down to the cent"),
    Apportionment.BY_VALUE: ("按价值", "by value"),
    Apportionment.BY_WEIGHT: ("按重量", "by weight"),
    Apportionment.EQUALLY: ("各项平均", "equally"),
    Apportionment.FOLDED: ("计入单价", "by adding them to the unit prices"),
}

#: The sentences of each kind of difference.
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

#: The sentences of each verdict.
VERDICTS: Mapping[str, Words] = {
    "agrees": ("税单与计税结果一致。", "The bill equals the assessment."),
    "explained": (
        "税单与计税结果不一致；按所列任一原因重算，税额均与税单分毫不差。",
        "The bill differs; each cause explains every figure of it.",
    ),
    "by-two": (
        "税单与计税结果不一致；单一原因不能使税额分毫不差，两个原因并存时可以。",
        "The bill differs; no single cause explains it, two together do.",
    ),
    "unexplained": (
        "税单与计税结果不一致，所试原因均不能使税额分毫不差。",
        "The bill differs, and no cause that was tried explains it.",
    ),
    "not-comparable": (
        "税单与计税结果不一致；项目不同，或该票不属于跨境电商零售进口，未查找原因。",
        "The bill differs; its lines are others, or the parcel is outside the channel, so no causes were searched.",
    ),
}

#: The sentence of the nearest supposition.
NEAREST: Words = (
    "最接近，但与税单仍相差 {off} 元：{text}",
    "Nearest, but {off} CNY off the bill: {text}",
)


def sentence(text: str, facts: Mapping[str, object], language: int) -> str:
    """Return a text with its facts, in Chinese (0) or English (1)."""
    return text.format(**{name: _shown(fact, language) for name, fact in facts.items()})


def _shown(fact: object, language: int) -> object:
    """Return a fact as it is printed; a choice of method as its words."""
    words = CHOICES.get(fact, fact) if isinstance(fact, str) else fact
    if isinstance(words, tuple):
        return words[language]
    return plain_digits(words) if isinstance(words, Decimal) else words
