"""Numbering schemes of enterprises (企业编号): which form a number has, what its check character says, and which role may use it.

The e-port gives platforms that have no registration a number of its own form, up to 18 characters; all other roles are filled by
enterprises of a customs code or a credit code. A DXP id names the exchange client of a transmitter.

>>> scheme_of("91330100MA2AEXMP7J"), scheme_of("3301960ABC"), scheme_of("P-77")
('credit code', 'customs code', 'platform id')
>>> check_code("carrier", "P-77")
Traceback (most recent call last):
    ...
customs.ledger.parties.schemes.PartyCodeError: the code of a carrier is a customs code of 10 characters or a credit code of 18: it ...
"""

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from customs.fields.frozen import FrozenDict
from customs.rules.texts import code_slip, is_enterprise_code

PartyRole: TypeAlias = Literal[
    "platform", "merchant", "payment_company", "carrier", "declarant", "guarantor", "area_operator", "transmitter"
]


class RoleWords(NamedTuple):
    """A role: its names, and the field in which a parcel names its enterprise."""

    zh: str
    en: str
    field: str


#: The roles of a parcel (参与企业).
ROLES: Mapping[PartyRole, RoleWords] = FrozenDict(
    {
        "platform": RoleWords("电商平台", "platform", "platform_code"),
        "merchant": RoleWords("电商企业", "merchant", "merchant_code"),
        "payment_company": RoleWords("支付企业", "payment company", "payment_company_code"),
        "carrier": RoleWords("物流企业", "carrier", "carrier_code"),
        "declarant": RoleWords("申报企业", "declarant", "declarant_code"),
        "guarantor": RoleWords("担保企业", "guarantor", "guarantor_code"),
        "area_operator": RoleWords("区内企业", "area operator", "area_operator_code"),
        "transmitter": RoleWords("传输企业", "transmitter", "transmitter_code"),
    }
)


class NumberScheme(NamedTuple):
    """A numbering scheme: its Chinese name, the form of a number, and the roles that may use it; none named are all."""

    zh: str
    form: str
    roles: frozenset[PartyRole] = frozenset()


#: The schemes, the narrowest form first: GB 32100-2015, the e-port's registration number, and its platform ids.
SCHEMES: Mapping[str, NumberScheme] = FrozenDict(
    {
        "credit code": NumberScheme("统一社会信用代码", r"[0-9A-HJ-NPQRTUWXY]{18}"),
        "customs code": NumberScheme("海关注册编码", r"[0-9A-Z]{10}"),
        "platform id": NumberScheme("电子口岸平台编号", r"[!-~]{1,18}", frozenset[PartyRole]({"platform"})),
    }
)

#: The number of an exchange client (传输节点编号).
DXP_FORM = r"DXP[0-9A-Z]{13}"


class PartyCodeError(ValueError):
    """A number that its role cannot have; the text says what is allowed."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(f"{en} {zh}")
        self.en, self.zh = en, zh


def scheme_of(code: str) -> str:
    """Return the numbering scheme of a code; what has no other form is a platform id."""
    return next((name for name, each in SCHEMES.items() if re.fullmatch(each.form, code)), "platform id")


def check_code(role: PartyRole, code: str) -> None:
    """Raise ``PartyCodeError`` if a role cannot have a code, or its check character is wrong."""
    words, scheme = ROLES[role], SCHEMES[scheme_of(code)]
    if scheme.roles and role in scheme.roles and re.fullmatch(scheme.form, code):
        return
    if is_enterprise_code(code):
        return
    slip = code_slip(code)
    raise PartyCodeError(
        f"the code of a {words.en} is a customs code of 10 characters or a credit code of 18: {slip['wrong']}",
        f"{words.zh}代码应为 10 位海关注册编码或 18 位统一社会信用代码：{slip['wrong_zh']}",
    )


def check_dxp_id(number: str) -> None:
    """Raise ``PartyCodeError`` if a number is not that of an exchange client."""
    if not re.fullmatch(DXP_FORM, number):
        raise PartyCodeError(
            "a DXP id is DXP and 13 digits or capital letters", "传输节点编号应为 DXP 加 13 位数字或大写字母"
        )
