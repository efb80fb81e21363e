"""Names of fields that resemble known ones (相近字段名): a wire name, a Chinese label or a heading of a spreadsheet.

An unknown name is shown only if it resembles a known one, since the key of a JSON object can be personal data itself.

>>> from customs.declaration import Declaration, OrderFacts
>>> nearest("收件人电话", OrderFacts, Declaration), nearest("buyer_nmae", OrderFacts, Declaration)
('consignee_telephone', 'buyer_name')
>>> nearest("gross_weight", OrderFacts, Declaration), nearest("贾宝玉", OrderFacts, Declaration)
('waybill.gross_weight', '')
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache

from customs.fields.record import Record, part_type, terms_of

#: Headings (表头) of shops' spreadsheets, and the fields that they mean.
HEADINGS = {
    "订单号": "order_no", "订单编码": "order_no", "品名": "item_name", "货号": "item_no", "规格": "model", "条码": "bar_code",
    "税号": "hs_code", "HS编码": "hs_code", "单位": "unit", "件数": "package_count", "重量": "gross_weight",
    "姓名": "buyer_name", "手机": "buyer_telephone", "手机号": "buyer_telephone", "手机号码": "buyer_telephone",
    "身份证": "buyer_id_number", "身份证号": "buyer_id_number", "身份证号码": "buyer_id_number",
    "收件人": "consignee", "收件人姓名": "consignee", "收件人电话": "consignee_telephone", "收件人手机": "consignee_telephone",
    "收件地址": "consignee_address", "收件人地址": "consignee_address", "地址": "consignee_address",
    "运单号": "waybill_no", "快递单号": "waybill_no", "物流单号": "waybill_no", "支付单号": "payment_no",
    "支付流水号": "payment_no", "付款人": "payer_name", "付款时间": "paid_at",
}  # fmt: skip

#: How much two names must have in common; a Chinese one is shorter.
_ALIKE, _ALIKE_ZH = 0.75, 0.6

#: The names that share most pieces with one are compared with it.
_COMPARED = 8

#: A longer name resembles none.
_LONGEST = 40


@lru_cache(maxsize=1024)
def nearest(name: str, record: type[Record], root: type[Record]) -> str:
    """Return the known field that a name resembles, of ``record`` itself or, with its path, of another part of ``root``;
    an empty text if it resembles none.
    """
    if len(name) > _LONGEST or not set(name) <= _letters(root):
        return ""
    from difflib import get_close_matches  # loaded for the first name that is not known

    own, below = _names(record), _names_below(root)
    if exact := own.get(name) or below.get(name):
        return exact
    for known, pieces in ((own, _pieces_of_own(record)), (below, _pieces_below(root))):
        sharing = Counter(each for piece in _pieces(name) for each in pieces.get(piece, ())).most_common(_COMPARED)
        near = [each for each, _ in sharing]
        if alike := get_close_matches(name, near, n=1, cutoff=_ALIKE if name.isascii() else _ALIKE_ZH):
            return known[alike[0]]
    return ""


def _pieces(name: str) -> set[str]:
    """The pairs of letters in a name, and its Chinese characters one by one."""
    return {name[at : at + 2] for at in range(len(name) - 1)} | {each for each in name if not each.isascii()}


@cache
def _pieces_of_own(record: type[Record]) -> Mapping[str, Sequence[str]]:
    return _by_piece(_names(record))


@cache
def _pieces_below(root: type[Record]) -> Mapping[str, Sequence[str]]:
    return _by_piece(_names_below(root))


def _by_piece(names: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The names that hold each piece, so that a name is compared with those alone that it could resemble."""
    found: dict[str, list[str]] = {}
    for name in names:
        for piece in _pieces(name):
            found.setdefault(piece, []).append(name)
    return found


@cache
def _names(record: type[Record], path: str = "") -> dict[str, str]:
    """The fields of a record by each of their names."""
    found = {name: path + name for name in record.model_fields}
    for name, term in terms_of(record).items():
        found |= {each: path + name for each in (term.wire, term.zh) if each}
    return found | {heading: path + name for heading, name in HEADINGS.items() if name in record.model_fields}


@cache
def _names_below(root: type[Record]) -> dict[str, str]:
    """The fields of a record and of all its parts by each of their names; the first part that has a name counts."""
    found: dict[str, str] = {}
    for record, path in _parts(root, ""):
        found = _names(record, path) | found
    return found


def _parts(record: type[Record], path: str) -> Iterator[tuple[type[Record], str]]:
    yield record, path
    for name in record.model_fields:
        if inner := part_type(record, name):
            yield from _parts(inner, f"{path}{name}.")


@cache
def _letters(root: type[Record]) -> frozenset[str]:
    """The characters of known names; a name with others, such as a person's, resembles none."""
    return frozenset("".join(_names_below(root)) + "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_- ")
