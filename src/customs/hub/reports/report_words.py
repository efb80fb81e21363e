"""The words of a report (报告用语): nodes, steps, providers and editions in both languages."""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from customs.codes.states import State
from customs.fields.frozen import FrozenDict
from customs.hub.alarms.words import district_words
from customs.hub.counts.providers import PROVIDER_KINDS, provider_parts
from customs.hub.orders.stages import OrderStage
from customs.receipts.nodes import words_of


class ReportWords(NamedTuple):
    """A text in English and Chinese."""

    en: str
    zh: str

    def text(self, *, chinese: bool) -> str:
        """Return it in one language."""
        return self.zh if chinese else self.en


#: No text.
NO_WORDS = ReportWords("", "")


class ReportEdition(StrEnum):
    """The editions of a report (版本): for whom it is."""

    FULL = "full"
    """全部: everything but money."""
    FINANCE = "finance"
    """财务版: tax, bills, guarantee, payments."""
    WAREHOUSE = "warehouse"
    """仓库版: to pick, packed late, out of the zone; no money."""

    @property
    def words(self) -> ReportWords:
        """Its name."""
        return _EDITIONS[self]


_EDITIONS = {
    ReportEdition.FULL: ReportWords("Fulfilment health", "履约健康度"),
    ReportEdition.FINANCE: ReportWords("Fulfilment health, finance", "履约健康度 财务版"),
    ReportEdition.WAREHOUSE: ReportWords("Fulfilment health, warehouse", "履约健康度 仓库版"),
}

#: The lengths of a report.
EVERY: Mapping[str, ReportWords] = FrozenDict(
    {
        "day": ReportWords("daily", "日报"),
        "week": ReportWords("weekly", "周报"),
        "month": ReportWords("monthly", "月报"),
    }
)

#: The steps whose times are shown.
STEP_WORDS: Mapping[str, ReportWords] = FrozenDict(
    {
        "release": ReportWords("declaration to release", "申报至放行"),
        "packing": ReportWords("release to packed", "放行至打包"),
        "leaving": ReportWords("release to out of the zone", "放行至出区"),
        "delivery": ReportWords("collected to delivered", "揽收至签收"),
        "cancellation": ReportWords("cancellation asked to granted", "申请撤单至准予"),
        "return": ReportWords("return asked to granted", "申请退货至准予"),
    }
)

_NODES: Mapping[str, ReportWords] = {
    OrderStage.RECEIVED: ReportWords("taken in, to be declared", "已接单，待申报"),
    OrderStage.HELD: ReportWords("held back", "暂缓"),
    OrderStage.REFUSED: ReportWords("stopped by the own checks", "本地校验未通过"),
    OrderStage.DECLARED: ReportWords("declared, no answer yet", "已申报，尚无回执"),
    State.RELEASED: ReportWords("released, to be picked", "已放行，待拣货"),
    "picked": ReportWords("picked", "已拣货"),
    "packed": ReportWords("packed", "已打包"),
    "weighed": ReportWords("weighed", "已称重"),
    "left_zone": ReportWords("out of the zone", "已出区"),
    "collected": ReportWords("collected by the carrier", "已揽收"),
}


def node_words(node: str) -> ReportWords:
    """Return where an order waits, in both languages.

    >>> node_words("declared").zh, node_words("inspection").en
    ('已申报，尚无回执', 'the goods are inspected')
    """
    if node in _NODES:
        return _NODES[node]
    zh, en = words_of(State(node)) if node in {each.value for each in State} else (node, node)
    return ReportWords(en, zh)


def district_title(code: str) -> ReportWords:
    """Return a customs district by code and name (关区)."""
    return ReportWords(*district_words(code))


def provider_title(provider: str) -> ReportWords:
    """Return a provider by its part and code (服务商)."""
    if not provider:
        return ReportWords("", "")
    kind, code = provider_parts(provider)
    words = PROVIDER_KINDS[kind]
    return ReportWords(f"{words.en} {code}", f"{words.zh} {code}")
