"""Facts about parties (参与企业的事实): a registration, a further paper, an agreement, each with the days on which it holds.

>>> licence = PartyPaper(role="carrier", code="3301960ABC", paper="express_licence", valid_until=date(2026, 12, 31))
>>> licence.holds(date(2026, 12, 31)), licence.holds(date(2027, 1, 1)), licence.paper_words.zh
(True, False, '快递业务经营许可证')
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple, TypeAlias

from customs.fields.frozen import FrozenDict
from customs.ledger.parties.schemes import PartyRole

PartyPaperKind: TypeAlias = Literal[
    "registration", "payment_licence", "finance_licence", "express_licence", "certificate", "agreement"
]


class PaperWords(NamedTuple):
    """A kind of paper by its names."""

    zh: str
    en: str


#: The papers whose days are kept (announcement 194 of 2018; 219/2018 for the licences).
PARTY_PAPER_WORDS: Mapping[PartyPaperKind, PaperWords] = FrozenDict(
    {
        "registration": PaperWords("海关备案", "registration with customs"),
        "payment_licence": PaperWords("支付业务许可证", "payment licence"),
        "finance_licence": PaperWords("金融许可证", "finance licence"),
        "express_licence": PaperWords("快递业务经营许可证", "express licence"),
        "certificate": PaperWords("数字证书", "certificate"),
        "agreement": PaperWords("约定", "agreement"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidDays:
    """The days on which something holds, both ends included; None is open."""

    valid_from: date | None = None
    valid_until: date | None = None

    def holds(self, on: date) -> bool:
        """Return True if it holds on a day."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_until is None or on <= self.valid_until
        )

    def days_told(self) -> tuple[str, str]:
        """Return the days in words, English and Chinese.

        >>> ValidDays(valid_until=date(2026, 12, 31)).days_told()
        ('until 2026-12-31', '至 2026-12-31')
        """
        begins, ends = self.valid_from, self.valid_until
        en = " ".join([*([f"from {begins}"] if begins else []), *([f"until {ends}"] if ends else [])])
        zh = "".join([*([f"自 {begins} 起"] if begins else []), *([f"至 {ends}"] if ends else [])])
        return en or "always", zh or "长期"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyRegistration(ValidDays):
    """A registration of an enterprise with customs for a role, with the days on which it holds."""

    role: PartyRole
    code: str
    name: str
    credit_code: str | None = None
    """The credit code (统一社会信用代码) of an enterprise whose ``code`` is another number; a parcel may give either."""
    dxp_id: str | None = None
    """Of a transmitter, the number of its exchange client."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyPaper(ValidDays):
    """A further paper of an enterprise for a role, such as a licence or the certificate that it signs with."""

    role: PartyRole
    code: str
    paper: PartyPaperKind
    number: str = ""

    @property
    def paper_words(self) -> PaperWords:
        """The names of its kind."""
        return PARTY_PAPER_WORDS[self.paper]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyAgreement(ValidDays):
    """An agreement that an enterprise fills a role for a platform and a merchant; ``agreed`` False ends it.

    In the role ``merchant`` it says that the merchant sells on the platform (POP, 分销); ``code`` is then the merchant's.
    """

    platform_code: str
    merchant_code: str
    role: PartyRole
    code: str
    agreed: bool = True
