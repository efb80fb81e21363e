"""The first enterprise file (新建企业档案): the few things that an enterprise is asked for, and the file made of them.

>>> [each.name for each in QUESTIONS if each.is_asked({"trade_mode": "9610"})][:3], len(QUESTIONS)
(['trade_mode', 'customs_code', 'declarant_code'], 18)
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from customs.intake.facts import PARTS, unfit

#: Answers by the names of their questions; one that is left out or empty was not given.
Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A value that is asked for: its name, its words in both languages, and where it stands in the file."""

    name: str
    table: str
    en: str
    zh: str
    mode: str = ""
    """The trade mode that alone asks for it."""
    empty_en: str = ""
    """What an empty answer means; without it an answer is needed."""
    empty_zh: str = ""

    def is_asked(self, answers: Answers) -> bool:
        """True if it is asked for, given the answers before."""
        if self.name == "merchant_name" and not answers.get("merchant_code"):
            return False
        return self.mode in ("", answers.get("trade_mode", ""))

    def wrong(self, answer: str) -> tuple[str, str] | None:
        """Return why an answer cannot be taken, in English and Chinese; None for a good one."""
        if not answer:
            return None if self.empty_en else ("a value is needed", "此项必填")
        if not self.table or self.table == "keys":
            return None
        return unfit(answer, PARTS[self.table], self.name)


#: Everything that is asked for, in order: 17 values for bonded import (1210), 15 for direct purchase (9610).
QUESTIONS: tuple[Question, ...] = (
    Question(
        name="trade_mode",
        table="clearance",
        en="Trade mode: 1210 bonded import, 9610 direct purchase",
        zh="贸易方式：1210 网购保税进口，9610 直购进口",
    ),
    Question(
        name="customs_code",
        table="clearance",
        en="Customs district that receives the declarations, 4 digits",
        zh="申报海关代码，4 位",
    ),
    Question(name="declarant_code", table="parties", en="Declarant: social credit code", zh="申报企业统一社会信用代码"),
    Question(name="declarant_name", table="parties", en="Declarant: registered name", zh="申报企业名称"),
    Question(name="platform_code", table="parties", en="Platform: social credit code", zh="电商平台统一社会信用代码"),
    Question(name="platform_name", table="parties", en="Platform: registered name", zh="电商平台名称"),
    Question(
        name="merchant_code",
        table="parties",
        en="Merchant: social credit code",
        zh="电商企业统一社会信用代码",
        empty_en="the platform is the merchant",
        empty_zh="与电商平台相同",
    ),
    Question(name="merchant_name", table="parties", en="Merchant: registered name", zh="电商企业名称"),
    Question(
        name="payment_company_code",
        table="parties",
        en="Payment company: social credit code",
        zh="支付企业统一社会信用代码",
    ),
    Question(name="payment_company_name", table="parties", en="Payment company: registered name", zh="支付企业名称"),
    Question(name="carrier_code", table="parties", en="Carrier: social credit code", zh="物流企业统一社会信用代码"),
    Question(name="carrier_name", table="parties", en="Carrier: registered name", zh="物流企业名称"),
    Question(
        name="dxp_id",
        table="parties",
        en="Number of your exchange client, DXP and 13 characters",
        zh="数据交换平台编号，DXP 开头共 16 位",
    ),
    Question(
        name="account_book_no",
        table="clearance",
        en="Account book of the bonded-area operator",
        zh="账册编号",
        mode="1210",
    ),
    Question(
        name="area_operator_code",
        table="parties",
        en="Bonded-area operator: social credit code",
        zh="区内企业统一社会信用代码",
        mode="1210",
    ),
    Question(
        name="area_operator_name",
        table="parties",
        en="Bonded-area operator: registered name",
        zh="区内企业名称",
        mode="1210",
    ),
    Question(
        name="departure_country",
        table="clearance",
        en="Country of dispatch, a code such as 116 for Japan",
        zh="起运国代码，如 116 日本",
        mode="9610",
    ),
    Question(
        name="key",
        table="keys",
        en="File of your key: .key or .pem, .p12 or .pfx",
        zh="密钥文件：.key 或 .pem，.p12 或 .pfx",
        empty_en="later, or a token",
        empty_zh="稍后填写，或使用密码设备",
    ),
)

#: Values that follow from others, by trade mode.
_TRANSPORT = {"1210": "7", "9610": "5"}


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFound:
    """A key file that was named: paths as they stand in the enterprise file."""

    key: str = ""
    cert: str = ""
    """Empty where the key file holds its certificate, or where there is none beside it."""
    is_encrypted: bool = False


def enterprise_text(answers: Answers, key: KeyFound, *, goods: str, local_area: str = "") -> str:
    """Return the text of an enterprise file, with comments in both languages.

    ``goods`` is the name of the goods list, ``local_area`` the area with a format of its own to which the customs
    district leads, if there is one.
    """
    merchant = {} if answers.get("merchant_code") else {"merchant": "platform"}
    parties = {name: answers[name] for name in _PARTIES if answers.get(name)}
    for made, source in {**merchant, "guarantor": "declarant", "transmitter": "declarant"}.items():
        parties |= {f"{made}_{part}": answers[f"{source}_{part}"] for part in ("code", "name")}
    del parties["guarantor_name"]
    lines = [
        "# 企业档案 Enterprise file: what is the same for every order. docs/enterprise-file.md lists every key.",
        "# 检查 Check it with: customs doctor --config customs.toml",
        "",
        "# 参与企业 The enterprises that take part; guarantor and transmitter are the declarant until you change them",
        "[parties]",
        *(_pair(name, parties[name]) for name in _PARTIES if name in parties),
        "",
        "# 通关 Facts of clearance",
        *_clearance(answers),
        "",
        *_area(local_area),
        "",
        *_keys(key),
        "",
        "# 税率 The rates of your goods; without a file the shipped example counts, which is not for real declarations",
        "[rates]",
        '# file = "rates.csv"',
        '# usd_rate = "7.0573"  # 当月海关美元汇率，啤酒需要 the month\'s customs rate of the US dollar, for beer',
        "",
        "# 商品备案 The list of your goods, a row for each SKU",
        "[goods]",
        _pair("file", goods),
        "",
        "# 状态目录 What was declared is recorded here; keep it, and use one for all runs",
        "[state]",
        'folder = "state"',
        "",
        "# 列对应 Headings of your order lists that are not recognised by themselves",
        "[columns]",
        '# "内部单号" = "order.order_no"',
        '# "实付(分)" = { field = "order.paid_amount", convert = "fen" }',
        '# "省" = { field = "order.consignee_address", join = 1 }  # 地址分列 an address in several columns, in order',
        '# "备注" = { ignore = true }',
        "",
        "# 其他店铺 Further shops: the same tables under a name, over the values above",
        "# [profiles.shop2]",
        '# shops = ["店铺名称"]',
        "# [profiles.shop2.parties]",
        '# merchant_code = "..."',
    ]
    return "\n".join(lines) + "\n"


_PARTIES = tuple(PARTS["parties"].model_fields)


def _clearance(answers: Answers) -> list[str]:
    mode = answers["trade_mode"]
    bonded = mode == "1210"
    own = "account_book_no" if bonded else "departure_country"
    modes = "7 保税区, W 物流中心, X 物流园区, Y 保税港区, 9 其他" if bonded else "2 水路, 4 公路, 5 航空, 6 邮件"
    return [
        "[clearance]",
        _pair("trade_mode", mode),
        _pair("customs_code", answers["customs_code"]),
        f"{_pair('port_code', answers['customs_code'])}  # 口岸 the port, if it is another district",
        f"{_pair('transport_mode', _TRANSPORT[mode])}  # 运输方式: {modes}",
        _pair(own, answers[own]),
    ]


def _area(local_area: str) -> list[str]:
    told = ["# 关区 The format of the messages: the national edition, or a district's own with its settings", "[area]"]
    if not local_area:
        return [*told, 'name = "unified"']
    return [
        *told,
        'name = "unified"',
        f"# 该关区另有地方版 The district has a format of its own; for it: customs areas settings {local_area} > area.toml",
        '# settings = "area.toml"',
    ]


def _keys(key: KeyFound) -> list[str]:
    told = ["# 密钥 Your key; a password never stands here, but in an environment variable or a file", "[keys]"]
    secret = 'password = { env = "CUSTOMS_KEY_PASSWORD" }'  # noqa: S105  where it is, not what it is
    if not key.key:
        return [
            *told,
            *('# key = "our.key"', '# cert = "our.crt"', f"# {secret}"),
            "# 密码设备 A token: module, token, label, pin instead; a U-key: ukey, pin",
        ]
    cert = [_pair("cert", key.cert)] if key.cert else []
    return [*told, _pair("key", key.key), *cert, secret if key.is_encrypted else f"# {secret}"]


def _pair(name: str, value: str) -> str:
    return f"{name} = {json.dumps(value, ensure_ascii=False)}"
