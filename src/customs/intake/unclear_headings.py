"""Headings that may be misunderstood (含义不明的表头): the enterprise file has to say what they mean, nothing is guessed.

Shop systems write their own code of an article under the customs label of the commodity code, reductions of prices and
vouchers under one word, and an address in several columns, of which the last holds the street or all of it once more.

>>> is_division("收货人省份"), is_division("receiver_city"), is_division("区/县"), is_division("收货地址"), is_division("市场价")
(True, True, True, False, False)
>>> for en, zh in unclear({"line.hs_code": "商品编码"}, []):
...     print(en)
商品编码 may be the commodity code or the shop's code of its goods: write "商品编码" = "sku" or "商品编码" = "line.hs_code" under [columns]
"""

import re
import unicodedata
from collections.abc import Container, Iterator, Mapping, Sequence

from customs.fields.faults import LISTED

_DIVISION = re.compile(
    r"(?:收货人?|收件人?|买家|订购人|客户)?(?:地址)?(?:所在)?的?"
    r"(?:省份?|省市|省市区县?|省/市/区县?|州/?省|直辖市|城市|地级市|市|市区|区|区县|区/县|县区?|县/区|地区|街道|乡镇|街道/乡镇|镇)"
    r"|(?:receiver|consignee|shipping|ship_?to|recipient|address)?_?(?:province|city|district|county|town)(?:_?name)?"
    r"|receiver_?state"
)

#: Words for what was taken off: vouchers and points, which are a means of payment, or a price reduced before.
_REDUCTIONS = frozenset({"优惠", "优惠金额", "订单优惠", "优惠总额", "优惠总金额", "折扣", "折扣金额"})

#: The fields by which goods are found; beside one of them 商品编码 means the commodity code, which the record confirms.
_FINDS_GOODS = ("sku", "line.item_no")

#: The fields that several columns may make up, and how many at most.
ADDRESSES = ("order.consignee_address", "waybill.consignee_address")
MOST_PARTS = 9

_LONGEST = 40


def unclear(fields: Mapping[str, str], unknown: Sequence[str], sure: Container[str] = ()) -> Iterator[tuple[str, str]]:
    """Yield why headings are not understood without a word of the enterprise, in English and Chinese.

    ``fields`` are the known headings by their paths, ``sure`` the paths that the enterprise named, ``unknown`` the
    other headings.
    """
    code = "" if "line.hs_code" in sure else fields.get("line.hs_code", "")
    if _plain(code) == "商品编码" and not any(map(fields.get, _FINDS_GOODS)):
        yield (
            '商品编码 may be the commodity code or the shop\'s code of its goods: write "商品编码" = "sku" or '
            '"商品编码" = "line.hs_code" under [columns]',
            "“商品编码”可能是税则商品编码，也可能是店铺自己的货号：请在 [columns] 写 "
            '"商品编码" = "sku" 或 "商品编码" = "line.hs_code"',
        )
    for heading in (each for each in unknown if _plain(each) in _REDUCTIONS):
        yield (
            f'{heading} may be vouchers and points, or a reduction of the price: write "{heading}" = "order.discount" '
            f"under [columns] for the first; {{ ignore = true }} where the prices are those after the reduction",
            f"“{heading}”可能是优惠券、积分等抵扣，也可能是降价：属抵扣的，请在 [columns] 写 "
            f'"{heading}" = "order.discount"；单价已是降价后价格的，写 {{ ignore = true }}',
        )
    pieces = [each for each in unknown if is_division(each)][:LISTED]
    street = next((each for each in ADDRESSES if each in fields), "")
    if pieces and street:
        yield _in_pieces(pieces, fields[street], street)


def _in_pieces(pieces: Sequence[str], street: str, path: str) -> tuple[str, str]:
    """The reason against an address beside columns of its province, city or district, which it may lack."""
    names = [*pieces, street]
    joins = "; ".join(f'"{name}" = {{ field = "{path}", join = {at} }}' for at, name in enumerate(names, 1))
    return (
        f"the address may stand in {len(names)} columns, {', '.join(names)}: write {joins} under [columns]; "
        f"or {{ ignore = true }} for {', '.join(pieces)} if {street} is the whole address",
        f"地址可能分列于{'、'.join(names)}：请在 [columns] 写 {joins}；"
        f"若“{street}”已是完整地址，则对{'、'.join(pieces)}写 {{ ignore = true }}",
    )


def is_division(heading: str) -> bool:
    """True if a heading names the province, city, district or town of an address."""
    return len(heading) <= _LONGEST and _DIVISION.fullmatch(_plain(heading.rpartition(".")[2])) is not None


def _plain(heading: str) -> str:
    return "".join(unicodedata.normalize("NFKC", heading).split()).strip("*").casefold()
