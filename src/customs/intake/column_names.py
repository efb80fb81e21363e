"""Names of columns (列名): every field of a declaration by the headings that mean it.

>>> path_of("Order No"), path_of("运费 freight"), path_of("freight"), path_of("订单备注")
('order.order_no', 'waybill.freight', 'order.freight', 'order.note')
>>> path_of("items.qty"), path_of("order.lines.local.brand"), path_of("telephone")
('line.qty', 'line.local.brand', '')
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache

from customs.declaration import ClearanceFacts, Declaration, Line, OrderFacts, Parties, PaymentFacts, WaybillFacts
from customs.fields import Record, Term, terms_of
from customs.fields.resemblance import HEADINGS
from customs.fields.terms import TEXT_NAME, Part, Text, Texts

#: The parts of a declaration by the first word of their paths; a name that several have means the first.
PARTS: Mapping[str, type[Record]] = {
    "order": OrderFacts,
    "line": Line,
    "payment": PaymentFacts,
    "waybill": WaybillFacts,
    "clearance": ClearanceFacts,
    "parties": Parties,
    "": Declaration,
}

SKU, SHOP = "sku", "shop"

#: Headings of the two columns that intake alone knows.
_OWN: Mapping[str, tuple[str, ...]] = {
    SKU: ("货号", "SKU", "商品货号", "SKU编码", "SKU码", "SKU编号", "商品SKU", "商家编码", "商品ID"),
    SHOP: ("店铺", "shop", "店铺名称", "店铺名", "网店", "store", "shop_name"),
}

#: Further headings beside those of ``customs.fields.resemblance``.
_FURTHER: Mapping[str, tuple[str, ...]] = {
    "order.order_no": ("order_number", "order_id", "平台订单号", "主订单编号"),
    "order.buyer_name": ("订购人", "买家姓名", "真实姓名", "实名姓名", "身份证姓名"),
    "order.buyer_id_number": ("订购人身份证号", "证件号码"),
    "order.buyer_telephone": ("订购人手机号", "买家手机", "买家手机号", "买家电话"),
    "order.buyer_reg_no": ("买家账号", "买家ID", "买家会员名", "会员名"),
    "order.consignee": ("收货人", "receiver"),
    "order.consignee_telephone": ("收货人手机", "收货人手机号", "收货手机", "收货电话"),
    "order.consignee_address": ("收货人地址", "详细地址", "收件人详细地址"),
    "order.freight": ("邮费", "买家应付邮费"),
    "order.paid_amount": ("实付金额", "买家实付金额", "买家实际支付金额"),
    "order.note": ("订单备注",),
    "line.item_name": ("商品名称", "商品标题"),
    "line.qty": ("quantity", "购买数量", "商品数量"),
    "line.price": ("unit_price", "商品单价"),
    "line.model": ("规格型号",),
    "line.total_price": ("商品总价",),
    "payment.paid_at": ("订单付款时间",),
    "payment.payment_no": ("交易号", "支付单编号", "支付交易号"),
    "payment.payer_name": ("支付人",),
    "payment.payer_id_number": ("支付人身份证号", "付款人身份证", "付款人身份证号"),
    "waybill.waybill_no": ("运单编号", "tracking_no", "tracking_number", "快递单号码"),
    "waybill.gross_weight": ("包裹重量",),
}

#: Names that say too little in a table of orders: a wire name of one message, whose word other columns use too.
_TOO_LITTLE = frozenset({"telephone", "country", "name"})

#: Objects around the values of a shop's JSON; what is inside is known by its own name.
_AROUND: Mapping[str, str] = {
    **dict.fromkeys(("lines", "line", "items", "goods", "products", "details", "商品", "商品列表", "商品明细", "明细"), "line"),
    **dict.fromkeys(("order", "orders", "订单"), "order"),
    **dict.fromkeys(("parcel", "declaration", "data"), ""),
    **{name: name for name in ("payment", "waybill", "clearance", "parties")},
}  # fmt: skip

#: Objects whose values belong to that part alone.
_SECTIONS = frozenset({"payment", "waybill", "clearance", "parties"})

_LOCAL = re.compile(rf"(?:line\.)?local\.{TEXT_NAME}")

_CHINESE_FIRST = re.compile(r"(?P<chinese>.*[^\x00-\x7f]\)?)[\s/|(:_-]{0,3}(?P<english>[A-Za-z][A-Za-z0-9_. ]*)\)?")
_ENGLISH_FIRST = re.compile(
    r"(?P<english>[A-Za-z][A-Za-z0-9_. ]*)[\s/|(:_-]{0,3}(?P<chinese>[^\x00-\x7f][^()]*(?:\(.*\))?)\)?"
)

#: Units in brackets that say what the field holds anyway.
_YUAN, _KILOGRAMS = re.compile(r"\((?:元|人民币|cny|rmb)\)$"), re.compile(r"\((?:公斤|千克|kg)\)$")

WEIGHTS = frozenset({"waybill.gross_weight", "clearance.net_weight"})

QUANTITIES = frozenset({"line.qty", "line.legal_qty1", "line.legal_qty2", *WEIGHTS})

#: A longer heading means nothing.
_LONGEST = 80

_ALIKE, _ALIKE_ZH = 0.75, 0.6


def _terms() -> Iterator[tuple[str, Term]]:
    for part, record in PARTS.items():
        for name, term in terms_of(record).items():
            if not isinstance(term, Part | Texts):
                yield f"{part}.{name}" if part else name, term
    yield SKU, Text(None, "货号", "SKU by which the goods record is found", minimum=1, maximum=30)
    yield SHOP, Text(None, "店铺", "Shop, which chooses the profile of the enterprise", minimum=1, maximum=100)


#: The term of each field that a column can mean, by its path.
TERMS: Mapping[str, Term] = dict(_terms())


def _names() -> Iterator[tuple[str, tuple[str, ...]]]:
    usual: dict[str, list[str]] = {}
    for heading, name in HEADINGS.items():
        usual.setdefault(name, []).append(heading)
    for path, term in TERMS.items():
        if path in _OWN:
            yield path, _OWN[path]
            continue
        name = path.rpartition(".")[2]
        first = next(each for each in TERMS if each.rpartition(".")[2] == name) == path
        bare = re.sub(r"[（(].*[)）]$", "", term.zh)
        own = [term.zh, name, term.wire or "", bare, *_FURTHER.get(path, ())]
        more = [each for each in usual.get(name, ()) if each not in _OWN[SKU]] if first else []
        yield path, tuple(dict.fromkeys(each for each in (*own, *more, path) if each))


#: The headings that mean each field, by its path; a heading may mean several.
NAMES: Mapping[str, tuple[str, ...]] = dict(_names())


def term_of_path(path: str) -> Term:
    """Return the term of a field; a fact that only one area asks for is a text."""
    return TERMS.get(path) or Text(None, path.rpartition(".")[2], "Local fact", minimum=1, maximum=None, personal=True)


def is_of_line(path: str) -> bool:
    """True if each line has its own value of a field, False if an order has one."""
    return path == SKU or path.startswith("line.")


@cache
def path_of(heading: str) -> str:
    """Return the path of the field that a heading means, an empty text if it means none."""
    return next(iter(candidates(heading)), "")


@cache
def candidates(heading: str) -> tuple[str, ...]:
    """Return the paths of all fields that a heading may mean, the likeliest first."""
    if len(heading) > _LONGEST:
        return ()
    text = unicodedata.normalize("NFKC", heading).strip().strip("*").strip()
    return _whole(text) or _with_unit(text) or _within(text) or _pair(text)


def near_name(heading: str) -> str:
    """Return the known heading that an unknown one resembles, an empty text if it resembles none."""
    name = _folded(heading)
    if not name or len(name) > 40:
        return ""
    known = _by_name()
    alike = get_close_matches(name, known, n=1, cutoff=_ALIKE if name.isascii() else _ALIKE_ZH)
    if not alike:
        return ""
    path = known[alike[0]][0]
    return next((each for each in NAMES[path] if _folded(each) == alike[0]), path)


def _folded(name: str) -> str:
    return re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", name)).casefold()


@cache
def _by_name() -> Mapping[str, tuple[str, ...]]:
    """The paths by each folded name, in the order of the parts."""
    found: dict[str, list[str]] = {}
    for path, names in NAMES.items():
        for each in names:
            here = found.setdefault(_folded(each), [])
            if path not in here:
                here.append(path)
    found[_folded("商品名称")] = ["line.item_name", "line.goods_name"]
    return {name: tuple(paths) for name, paths in found.items() if name not in _TOO_LITTLE}


def _whole(text: str) -> tuple[str, ...]:
    if _LOCAL.fullmatch(text):
        return (text,)
    return _by_name().get(_folded(text), ())


def _with_unit(text: str) -> tuple[str, ...]:
    """A heading with the unit of its field in brackets, such as 单价（元）; grams are another unit than the field's."""
    folded = _folded(text)
    for unit, of_weight in ((_YUAN, False), (_KILOGRAMS, True)):
        if unit.search(folded):
            found = _whole(unit.sub("", folded))
            return tuple(each for each in found if (each in WEIGHTS) is of_weight)
    return ()


def _within(text: str) -> tuple[str, ...]:
    """A path with the names of the objects around it, as JSON has them."""
    around, dot, rest = text.partition(".")
    part = _AROUND.get(around.strip().casefold())
    if not dot or part is None:
        return ()
    if part == "line" and rest.startswith("local."):
        rest = f"line.{rest}"
    inner = candidates(rest)
    named = tuple(each for each in inner if each.startswith(f"{part}."))
    return named if part in _SECTIONS else named or inner


def _pair(text: str) -> tuple[str, ...]:
    """A Chinese name beside an English one, which must mean one field; a path says by itself what it means."""
    found = _CHINESE_FIRST.fullmatch(text) or _ENGLISH_FIRST.fullmatch(text)
    if not found:
        return ()
    english = found["english"].strip().rstrip(".")
    if "." in english:
        return _whole(english)
    by_english = _BOTH.get(_folded(english)) or _by_name().get(_folded(english), ())
    by_chinese = _by_name().get(_folded(found["chinese"]), ())
    return tuple(each for each in by_english if each in by_chinese)


#: Wire names that mean one field beside its Chinese name only.
_BOTH: Mapping[str, tuple[str, ...]] = {
    "country": ("line.origin_country", "clearance.departure_country"),
    "telephone": ("payment.payer_telephone",),
}
