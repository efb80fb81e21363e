"""Fictitious parcels (虚构包裹) that look like real ones: several lines, freight, vouchers, skin care around the threshold
of consumption tax, wine, infant formula. The same seed gives the same parcels.

Buyers are characters of old novels, born in the 1800s; identity numbers are right in their check digit and belong to
nobody. Enterprises carry codes of a region that does not exist.

>>> parcel = next(sample_parcels(1, seed=7, mode="1210"))
>>> parcel.clearance.trade_mode, parcel.parties.declarant_name
('1210', '示例报关服务有限公司')
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from stdnum.cn import ric

from customs.declaration import Declaration
from customs.fields.money import ZERO, exactly, to_cents

Mode = Literal["1210", "9610"]

#: The night on which the fictitious orders are placed.
NIGHT = datetime(2026, 11, 11)

#: The declarant of every fictitious parcel: name and credit code, for a test certificate.
DECLARANT = ("示例报关服务有限公司", "910000000000000053")

_PARTIES = {
    "platform_code": "91000000000000001N",
    "platform_name": "示例跨境电商平台有限公司",
    "merchant_code": "91000000000000002R",
    "merchant_name": "示例海外优选贸易有限公司",
    "payment_company_code": "91000000000000003W",
    "payment_company_name": "示例支付有限公司",
    "carrier_code": "910000000000000040",
    "carrier_name": "示例速运有限公司",
    "declarant_code": DECLARANT[1],
    "declarant_name": DECLARANT[0],
    "guarantor_code": DECLARANT[1],
    "transmitter_code": DECLARANT[1],
    "transmitter_name": DECLARANT[0],
    "dxp_id": "DXPENT0000000001",
}

_BONDED_PARTIES = {"area_operator_code": "910000000000000066", "area_operator_name": "示例综保区仓储有限公司"}


@dataclass(frozen=True, slots=True)
class _Goods:
    """One article: price range in whole yuan, content of one traded unit in its statutory units."""

    name: str
    model: str
    hs_code: str
    unit: str
    low: int
    high: int
    qty1: str
    unit1: str = "035"
    qty2: str | None = None
    unit2: str | None = None
    origin: str = "116"


_ARTICLES = (
    _Goods("婴儿配方奶粉 3段", "示例牌|800克/罐|12-36月龄", "1901101090", "122", 168, 328, "0.8", origin="609"),
    _Goods("修护精华液", "示例牌|50ml/瓶", "3304990039", "142", 480, 520, "0.05", qty2="1", unit2="011", origin="133"),
    _Goods("保湿面霜", "示例牌|30克/瓶", "3304990029", "142", 285, 315, "0.03", qty2="1", unit2="011", origin="305"),
    _Goods("补水面膜", "示例牌|25克/片|10片/盒", "3304990049", "140", 130, 170, "0.25", qty2="10", unit2="011"),
    _Goods("四色眼影", "示例牌|8克/盒", "3304200091", "140", 60, 260, "0.008", qty2="1", unit2="011", origin="305"),
    _Goods(
        "干红葡萄酒",
        "示例酒庄|750ml/瓶|13.5%vol",
        "2204210000",
        "142",
        89,
        399,
        "0.75",
        "095",
        "0.75",
        "035",
        origin="601",
    ),
    _Goods("麦卢卡蜂蜜", "示例牌|500克/瓶", "0409000000", "142", 79, 359, "0.5", origin="609"),
    _Goods("氨基酸洗发水", "示例牌|500ml/瓶", "3305100090", "142", 45, 99, "0.5"),
    _Goods("酵素牙膏", "示例牌|100克/支", "3306109000", "012", 19, 49, "0.1", origin="133"),
    _Goods("黑巧克力礼盒", "示例牌|200克/盒", "1806900000", "140", 39, 129, "0.2", origin="304"),
    _Goods(
        "牛皮休闲鞋", "示例牌|牛皮鞋面|42码", "6403990090", "025", 399, 899, "0.9", qty2="1", unit2="025", origin="307"
    ),
    _Goods("椰子水", "示例牌|500ml/瓶", "2202990099", "142", 9, 19, "0.5", "095", "0.5", "035", origin="136"),
)

_NAMES = (
    "贾宝玉",
    "林黛玉",
    "薛宝钗",
    "王熙凤",
    "史湘云",
    "贾探春",
    "刘姥姥",
    "武松",
    "鲁智深",
    "林冲",
    "扈三娘",
    "孙二娘",
    "关胜",
    "花荣",
    "祝英台",
    "梁山伯",
    "白素贞",
    "许仙",
    "聂小倩",
    "宁采臣",
    "杜丽娘",
    "柳梦梅",
    "崔莺莺",
    "张君瑞",
)

_DISTRICTS = (
    ("330110", "浙江省杭州市余杭区"),
    ("310115", "上海市浦东新区"),
    ("110105", "北京市朝阳区"),
    ("440106", "广东省广州市天河区"),
    ("510107", "四川省成都市武侯区"),
)


def sample_parcels(count: int, *, seed: int, mode: Mode) -> Iterator[Declaration]:
    """``count`` parcels of a trade mode, always the same for the same seed."""
    chance = random.Random(f"{seed}/{mode}")  # noqa: S311  not for secrets
    for number in range(1, count + 1):
        yield Declaration.model_validate(_parcel(chance, seed, number, mode))


def identity_number(chance: random.Random) -> str:
    """An identity number of nobody: Beijing, born in the 1800s, the check digit right."""
    born = f"18{chance.randrange(100):02}{chance.randrange(1, 13):02}{chance.randrange(1, 29):02}"
    body = f"110101{born}{chance.randrange(1000):03}"
    return body + ric.calc_check_digit(body + "0")


@exactly
def _parcel(chance: random.Random, seed: int, number: int, mode: Mode) -> dict[str, Any]:
    serial = f"{seed % 10000:04}{number:07}"
    lines = _lines(chance, mode)
    goods_value = sum((Decimal(line["total_price"]) for line in lines), ZERO)
    bonded = mode == "1210"
    order, payment = _order(chance, f"EX{mode}{serial}", lines, goods_value)
    freight, insurance = chance.choice([("0", "0"), ("0", "0"), ("6.00", "0"), ("10.00", "1.50"), ("12.50", "0")])
    weight = sum((_kilograms(line) for line in lines), ZERO)
    clearance = {
        "trade_mode": mode,
        "customs_code": "2991" if bonded else "2910",
        "port_code": "2991" if bonded else "2910",
        "transport_mode": "7" if bonded else "5",
        "wrap_type": "2",
        **(
            {"account_book_no": "T2991W000001"}
            if bonded
            else {
                "transport_no": "示例航空",
                "voyage_no": f"EX{chance.randrange(100, 999)}",
                "bill_no": f"999-{chance.randrange(10**8):08}",
                "departure_country": chance.choice(["116", "304", "609", "601"]),
            }
        ),
    }
    return {
        "parties": _PARTIES | (_BONDED_PARTIES if bonded else {}),
        "order": order,
        "payment": {"payment_no": f"PAY{mode}{serial}", **payment},
        "waybill": {
            "waybill_no": f"SF{mode}{serial}",
            "freight": freight,
            "insured_fee": insurance,
            "gross_weight": str((weight * Decimal("1.08") + Decimal("0.15")).quantize(Decimal("0.001"))),
            "goods_info": "、".join(dict.fromkeys(line["item_name"] for line in lines))[:200],
        },
        "clearance": clearance,
        **({"quota_used": f"{chance.randrange(0, 900_000) / Decimal(100):.2f}"} if number % 3 == 0 else {}),
    }


def _lines(chance: random.Random, mode: Mode) -> list[dict[str, Any]]:
    """One to six articles, 4,500 yuan at most."""
    lines: list[dict[str, Any]] = []
    whole = ZERO
    for goods in chance.sample(_ARTICLES, chance.choice([1, 1, 2, 2, 3, 3, 4, 6])):
        cents = chance.choice(["00", "00", "50", "90", "99"])
        price = Decimal(f"{chance.randrange(goods.low, goods.high)}.{cents}")
        qty = chance.choice([1, 1, 1, 2, 2, 3])
        if whole + price * qty > 4500:
            continue
        whole += price * qty
        lines.append(_line(goods, price, qty, mode))
    return lines


def _line(goods: _Goods, price: Decimal, qty: int, mode: Mode) -> dict[str, Any]:
    article = _ARTICLES.index(goods) + 1
    second = {"legal_qty2": str(Decimal(goods.qty2) * qty), "legal_unit2": goods.unit2} if goods.qty2 else {}
    return {
        "item_no": f"SKU-{article:04}",
        "item_name": goods.name,
        "model": goods.model,
        "bar_code": f"20000000{article:05}",
        "unit": goods.unit,
        "qty": str(qty),
        "price": str(price),
        "total_price": str(price * qty),
        "origin_country": goods.origin,
        "hs_code": goods.hs_code,
        "legal_qty1": str(Decimal(goods.qty1) * qty),
        "legal_unit1": goods.unit1,
        **second,
        **({"record_no": f"{article:06}"} if mode == "1210" else {}),
    }


def _kilograms(line: dict[str, Any]) -> Decimal:
    return Decimal(line["legal_qty1"] if line["legal_unit1"] == "035" else line["legal_qty2"])


def _order(
    chance: random.Random, order_no: str, lines: list[dict[str, Any]], goods_value: Decimal
) -> tuple[dict[str, Any], dict[str, Any]]:
    name, number = chance.choice(_NAMES), identity_number(chance)
    telephone = f"1000000{chance.randrange(10_000):04}"
    district, place = chance.choice(_DISTRICTS)
    voucher = chance.choice([ZERO, ZERO, Decimal("5.00"), Decimal("20.00"), to_cents(goods_value / 10)])
    order = {
        "order_no": order_no,
        "lines": lines,
        "discount": str(min(voucher, goods_value)),
        "buyer_reg_no": f"user{chance.randrange(10**8):08}",
        "buyer_name": name,
        "buyer_telephone": telephone,
        "buyer_id_number": number,
        "consignee": name,
        "consignee_telephone": telephone,
        "consignee_address": f"{place}虚构路{chance.randrange(1, 300)}号{chance.randrange(1, 30)}幢",
        "consignee_district": district,
        **({"goods_value": str(goods_value)} if chance.random() < 0.5 else {}),
    }
    paid_at = NIGHT + timedelta(seconds=chance.randrange(3600))
    payment = {"payer_id_number": number, "payer_name": name, "paid_at": paid_at}
    return order, payment
