"""The content of a goods record (备案内容), as the ledger keeps each version of it, and what differs between two.

>>> before = GoodsRecord(sku="A1", facts={"hs_code": "3304990039"}, per_unit1=Decimal("0.0835"))
>>> after = GoodsRecord(sku="A1", facts={"hs_code": "3304990039"}, per_unit1=Decimal("0.05"), valid_until=date(2027, 1, 1))
>>> [(each.field, each.before, each.after) for each in differences(before, after)]
[('per_unit1', '0.0835', '0.05'), ('valid_until', '', '2027-01-01')]
"""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from customs.declaration import Line
from customs.fields import terms_of
from customs.fields.digits import plain_digits
from customs.intake.goods import GoodsRecord
from customs.intake.goods_headings import OWN_LABELS

_NUMBERS = ("per_unit1", "per_unit2", "record_price")
_DAYS = ("valid_from", "valid_until")

#: The fields of a record beside its facts, in the order in which they are told; state and SKU are no content.
_OWN = ("account_book_no", *_NUMBERS, "net_content", *_DAYS)


class GoodsDifference(NamedTuple):
    """A field that differs between two versions of a record; empty where one has none."""

    field: str
    before: str
    after: str


def values_of(record: GoodsRecord) -> dict[str, str]:
    """Return what a record states as texts by field, nothing empty."""
    own = {name: _text(getattr(record, name)) for name in _OWN}
    return {**dict(sorted(record.facts.items())), **{name: text for name, text in own.items() if text}}


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return plain_digits(value.normalize() + 0)
    return "" if value is None else str(value)


def content_text(record: GoodsRecord) -> str:
    """Return the content of a record as one text, the same for the same content."""
    return json.dumps(values_of(record), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def record_from(sku: str, content: str, state: str = "") -> GoodsRecord:
    """Return the record of a content, as ``content_text`` wrote it."""
    values: dict[str, str] = json.loads(content)
    own: dict[str, Any] = {name: values.pop(name) for name in _OWN if name in values}
    own |= {name: Decimal(own[name]) for name in _NUMBERS if name in own}
    own |= {name: date.fromisoformat(own[name]) for name in _DAYS if name in own}
    return GoodsRecord(sku=sku, facts=values, state=state, **own)


def differences(before: GoodsRecord | None, after: GoodsRecord) -> tuple[GoodsDifference, ...]:
    """Return the fields in which two versions of a record differ; all of them where there was none."""
    was: Mapping[str, str] = values_of(before) if before else {}
    now = values_of(after)
    names = dict.fromkeys((*now, *was))
    return tuple(
        GoodsDifference(name, was.get(name, ""), now.get(name, ""))
        for name in names
        if was.get(name, "") != now.get(name, "")
    )


def field_label(name: str) -> str:
    """Return a field as people know it: its Chinese label and its name.

    >>> field_label("hs_code"), field_label("per_unit1")
    ('商品编码 hs_code', '第一法定数量换算 per_unit1')
    """
    term = terms_of(Line).get(name)
    return f"{term.zh if term else OWN_LABELS.get(name, '')} {name}".strip()
