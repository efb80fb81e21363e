"""Orders of a long table (超长订单表): a CSV or Parquet file of any number of rows, declared by the enterprise file.

An order list of up to a million rows is read whole, and its rows may stand anywhere (``customs.intake.orders_in``). Here
one order is kept at a time, so that the rows of an order have to stand together: sort the table by its order number. An
order number that comes again later is another parcel, which the journal refuses as repeated.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date
from math import inf
from pathlib import Path

from customs.bulk.parquet import is_parquet, parquet_sheet
from customs.bulk.sources import Given, damaged_from
from customs.intake import Composed, Enterprise, Sheet, SheetError, columns_of, compose, goods_in
from customs.intake.adjacent import adjacent
from customs.intake.draft import Intake
from customs.intake.text_sheets import read_text


def order_rows(file: Path | str, enterprise: Enterprise, *, on: date, profile: str = "") -> Iterator[Given]:
    """Yield the orders of a CSV or Parquet file that are of a profile of the enterprise, the default one if left out.

    ``on`` is the declaration day. Orders of other profiles are passed over: declare the table once for each. Orders that
    cannot be composed, or of which no profile can be told, are yielded with the reasons. Raises ``SheetError`` for a file
    that is no table, ``ColumnsError`` for headings that cannot be used, ``UnknownShopError`` for a profile that does not
    exist, ``GoodsError`` for goods records, and ``OSError`` where a file cannot be read.
    """
    own = enterprise.profiles.get(profile) or enterprise.profile_for(profile)
    goods = goods_in(enterprise.goods.path, enterprise.goods.sheet).get if enterprise.goods else None
    with _opened(Path(file)) as sheet:
        columns = columns_of(sheet.headings, enterprise.columns)
        intake = Intake.of(sheet, columns, on=on, goods=goods, profiles=tuple(enterprise.profiles.values()))
        place = sheet.heading_row
        try:
            for order in adjacent(sheet, columns):
                place = order.rows[-1].number
                composed = compose(order, intake)
                if composed.profile in (None, own):
                    yield _given(composed)
        except SheetError as error:
            yield damaged_from(place + 1, error.en, error.zh)


def _opened(file: Path) -> AbstractContextManager[Sheet]:
    return parquet_sheet(file) if is_parquet(file) else read_text(file, most=inf)


def _given(composed: Composed) -> Given:
    parcel = b"" if composed.refused else composed.given
    return Given(parcel, composed.rows[0], composed.order_no or None, composed.findings)
