"""Goods records as a list (备案表导出): the newest version of each, in columns that ``customs.intake.goods_in`` reads again.

>>> template().headings[:3]
('货号 sku', '备案状态 state', '账册编号 account_book_no')
"""

from collections.abc import Iterable

from customs.intake.goods_headings import LINE_FIELDS, OWN_LABELS
from customs.intake.templates import TableTemplate, TemplateColumn, csv_of, workbook_of
from customs.ledger.goods.content import field_label, values_of
from customs.ledger.goods.standings import GoodsStanding
from customs.ledger.goods.states import STATE_WORDS

#: The columns of every list: what names the record and its state, its facts, its conversions and days.
_FIRST = ("sku", "state", "account_book_no")
COLUMNS = (*_FIRST, *LINE_FIELDS, *[each for each in OWN_LABELS if each not in _FIRST])

_NUMBERS = ("per_unit1", "per_unit2", "record_price")


def template(local: Iterable[str] = ()) -> TableTemplate:
    """Return the columns of a list; ``local`` names those that areas ask for."""
    columns = [
        TemplateColumn(field_label(each), False, "", "", each in _NUMBERS) for each in COLUMNS if each != "item_no"
    ]
    return TableTemplate(
        "商品备案 goods", (*columns, *[TemplateColumn(each, False, "", "") for each in sorted(set(local))])
    )


def goods_list(standings: Iterable[GoodsStanding], *, workbook: bool) -> bytes:
    """Return records as a list in XLSX, or in CSV of UTF-8. Raises ``SheetError`` without openpyxl."""
    every = tuple(standings)
    local = sorted({name for each in every for name in each.record.facts if name.startswith("local.")})
    rows = [_row(each, local) for each in every]
    return (workbook_of if workbook else csv_of)(template(local), rows)


def _row(standing: GoodsStanding, local: Iterable[str]) -> list[str]:
    values = values_of(standing.record) | {"sku": standing.sku, "state": STATE_WORDS[standing.last.state]}
    return [values.get(each, "") for each in (*[each for each in COLUMNS if each != "item_no"], *local)]
