"""Mistakes that people make with spreadsheets: a good list of four orders, and what was done to it.

The list has headings in row 1 and the orders EX-1001 (rows 2 and 3), EX-1002 (row 4), EX-1003 (rows 5 to 7) and EX-1004
(row 8), with the facts of an order in each of its rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Literal

from customs.intake import GoodsRecord, OwnColumn, Profile
from customs.testing import sample_parcels

#: The columns of the list, from A to V.
HEADINGS = (
    "订单编号", "货号", "数量", "单价", "运费", "订购人注册号", "订购人姓名", "订购人证件号码", "订购人电话", "收货人姓名", "收货人电话",
    "收货地址", "支付交易编号", "支付时间", "物流运单编号", "毛重", "店铺", "商品编码", "计量单位", "原产国", "支付人姓名",
    "支付人证件号码",
)  # fmt: skip

#: How many lines each order has.
LINES = (2, 1, 3, 1)

SHOP = "示例海外旗舰店"


def _chosen() -> Iterator[dict[str, Any]]:
    """Parcels with so many lines, as plain values."""
    parcels = [each.model_dump(mode="json", exclude_none=True) for each in sample_parcels(60, seed=15, mode="9610")]
    for wanted in LINES:
        at = next(at for at, each in enumerate(parcels) if len(each["order"]["lines"]) == wanted)
        yield parcels.pop(at)


PARCELS = tuple(_chosen())


def _rows() -> Iterator[list[Any]]:
    for number, parcel in enumerate(PARCELS, 1001):
        order, payment = parcel["order"], parcel["payment"]
        for line in order["lines"]:
            yield [
                f"EX-{number}", line["item_no"], int(line["qty"]), float(line["price"]), 0, order["buyer_reg_no"],
                order["buyer_name"], order["buyer_id_number"], order["buyer_telephone"], order["consignee"],
                order["consignee_telephone"], order["consignee_address"], f"PAY-{number}",
                datetime.strptime(payment["paid_at"], "%Y%m%d%H%M%S"), f"SF-{number}",
                float(parcel["waybill"]["gross_weight"]), SHOP, line["hs_code"], line["unit"], line["origin_country"],
                payment["payer_name"], payment["payer_id_number"],
            ]  # fmt: skip


#: The rows of the good list as a workbook has them.
ROWS: tuple[tuple[Any, ...], ...] = tuple(tuple(each) for each in _rows())


def _record(line: Mapping[str, str]) -> GoodsRecord:
    names = ("item_name", "model", "bar_code", "unit", "origin_country", "hs_code", "legal_unit1", "legal_unit2")
    per_unit = [
        Decimal(line[name]) / Decimal(line["qty"]) if name in line else None for name in ("legal_qty1", "legal_qty2")
    ]
    facts = {name: line[name] for name in names if name in line}
    return GoodsRecord(sku=line["item_no"], facts=facts, per_unit1=per_unit[0], per_unit2=per_unit[1], state="approved")


GOODS = {line["item_no"]: _record(line) for parcel in PARCELS for line in parcel["order"]["lines"]}

_OF_PROFILE = (
    "trade_mode",
    "customs_code",
    "port_code",
    "transport_mode",
    "transport_no",
    "voyage_no",
    "bill_no",
    "departure_country",
)

PROFILE = Profile(
    name="示例店铺",
    shops=(SHOP,),
    values={
        **{f"parties.{name}": value for name, value in PARCELS[0]["parties"].items()},
        **{f"clearance.{name}": PARCELS[0]["clearance"][name] for name in _OF_PROFILE},
    },
)

Kind = Literal["xlsx", "csv"]
BOTH: tuple[Kind, ...] = ("xlsx", "csv")
XLSX: tuple[Kind, ...] = ("xlsx",)
CSV: tuple[Kind, ...] = ("csv",)


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """What was done to the list, and what is said of it."""

    found: tuple[tuple[str, str], ...]
    """Each finding's code and cell, in the order of the orders."""
    refused: tuple[str, ...] = ()
    """The orders with findings; the row without an order number has the name ``""``."""
    lost: tuple[str, ...] = ()
    """The orders of the good list whose number nobody can read any more."""
    cells: Mapping[str, Any] = field(default_factory=dict)
    """Cells that are written over, such as C3; a column W is added with its heading."""
    rows: Callable[[list[list[Any]]], None] | None = None
    """Done to all rows, the headings first."""
    sheet: Callable[[Any], None] | None = None
    """Done to the sheet of openpyxl."""
    text: Callable[[str], str] | None = None
    """Done to the text of the CSV file."""
    kinds: tuple[Kind, ...] = BOTH
    own: Mapping[str, OwnColumn] = field(default_factory=dict)
    goods: Mapping[str, GoodsRecord] = field(default_factory=lambda: GOODS)
    profile: Profile = PROFILE


def added(*values: Sequence[Any], at: int | None = None) -> Callable[[list[list[Any]]], None]:
    """Return a change that adds rows below the others, or above one of them."""

    def change(rows: list[list[Any]]) -> None:
        for each in values:
            row = [*each, *([None] * (len(rows[0]) - len(each)))]
            rows.insert(len(rows) if at is None else at - 1, row)

    return change


def replaced(column: int, change: Callable[[Any], Any], only: str = "") -> Callable[[list[list[Any]]], None]:
    """Return a change of the values of a column, of one order or of all."""

    def changing(rows: list[list[Any]]) -> None:
        for row in rows[1:]:
            if only in ("", row[0]):
                row[column] = change(row[column])

    return changing


def changed(sku: str, **changes: Any) -> Mapping[str, GoodsRecord]:
    """Return the goods records with one of them changed."""
    from dataclasses import replace

    facts = {**GOODS[sku].facts, **changes.pop("facts", {})}
    return {**GOODS, sku: replace(GOODS[sku], facts=facts, **changes)}


def _again(rows: list[list[Any]]) -> None:
    rows.append([*rows[3][:2], 7, *rows[3][3:]])


def _pasted_twice(rows: list[list[Any]]) -> None:
    rows.append(list(rows[3]))


FIRST, SECOND, THIRD, FOURTH = "EX-1001", "EX-1002", "EX-1003", "EX-1004"
SKU_OF_ROW_4 = str(ROWS[2][1])

MISTAKES: Mapping[str, Mistake] = {
    # numbers that a spreadsheet changed
    "an identity number as a number": Mistake(
        cells={"H4": 1.10101188001011e17}, kinds=XLSX, refused=(SECOND,), found=(("cell-number", "H4"),)
    ),
    "an identity number in scientific notation": Mistake(
        cells={"H4": "1.10101E+17"}, refused=(SECOND,), found=(("number-from-spreadsheet", "H4"),)
    ),
    "an order number of 18 digits as a number": Mistake(
        cells={"A8": 202611110000000001.0}, lost=(FOURTH,), kinds=XLSX, refused=("",), found=(("cell-number", "A8"),)
    ),
    "an order number in scientific notation": Mistake(
        cells={"A8": "2.02611E+17"}, lost=(FOURTH,), refused=("",), found=(("number-from-spreadsheet", "A8"),)
    ),
    "an order number that became a decimal": Mistake(
        cells={"A8": "202611110001.0"}, lost=(FOURTH,), refused=("",), found=(("number-from-spreadsheet", "A8"),)
    ),
    "a waybill number of 18 digits as a number": Mistake(
        cells={"O4": 7.3100012345678e17}, kinds=XLSX, refused=(SECOND,), found=(("cell-number", "O4"),)
    ),
    "a payment number in scientific notation": Mistake(
        cells={"M4": "2.20E+27"}, refused=(SECOND,), found=(("number-from-spreadsheet", "M4"),)
    ),
    "a telephone in scientific notation": Mistake(
        cells={"I4": "1.39E+10"}, refused=(SECOND,), found=(("number-from-spreadsheet", "I4"),)
    ),
    "a telephone that became a decimal": Mistake(
        cells={"K4": "13900000000.0"}, refused=(SECOND,), found=(("number-from-spreadsheet", "K4"),)
    ),
    "a landline that lost its 0": Mistake(
        cells={"K4": 1012345678}, kinds=XLSX, refused=(SECOND,), found=(("cell-number", "K4"),)
    ),
    "a commodity code that lost its 0": Mistake(
        cells={"R4": 409000000}, kinds=XLSX, refused=(SECOND,), found=(("cell-number", "R4"),)
    ),
    "a commodity code of nine digits": Mistake(
        cells={"R4": "409000000"}, refused=(SECOND,), found=(("field-form", "R4"),)
    ),
    "a unit that lost its 0": Mistake(cells={"S4": 7}, kinds=XLSX, refused=(SECOND,), found=(("cell-number", "S4"),)),
    "a SKU that became a date": Mistake(
        cells={"B4": datetime(2026, 3, 4)}, kinds=XLSX, refused=(SECOND,), found=(("field-form", "B4"),)
    ),
    "a price that became a date": Mistake(
        cells={"D4": datetime(2026, 5, 9)}, kinds=XLSX, refused=(SECOND,), found=(("field-form", "D4"),)
    ),
    # dates
    "a time as a serial number": Mistake(
        cells={"N4": 46337.038333}, refused=(SECOND,), found=(("field-form", "N4"),)
    ),
    "a time with its day and month in doubt": Mistake(
        cells={"N4": "11/12/2026 00:55"}, refused=(SECOND,), found=(("field-form", "N4"),)
    ),
    "a day without its time": Mistake(
        cells={"N4": "2026-11-11"}, kinds=CSV, refused=(SECOND,), found=(("field-form", "N4"),)
    ),
    "a day without its time in a workbook": Mistake(
        cells={"N4": datetime(2026, 11, 11)}, kinds=XLSX, refused=(SECOND,), found=(("cell-midnight", "N4"),)
    ),
    "a time without its day": Mistake(
        cells={"N4": time(0, 55, 12)}, refused=(SECOND,), found=(("field-form", "N4"),)
    ),
    "a day that no calendar has": Mistake(
        cells={"N4": "2026-11-31 00:55:12"}, refused=(SECOND,), found=(("field-form", "N4"),)
    ),
    # amounts
    "a comma that is thousands or a decimal point": Mistake(
        cells={"D4": "1,284"}, refused=(SECOND,), found=(("field-form", "D4"),)
    ),
    "a comma for the decimal point": Mistake(
        cells={"D4": "99,5"}, refused=(SECOND,), found=(("field-form", "D4"),)
    ),
    "thousands with points": Mistake(cells={"D4": "1.284,50"}, refused=(SECOND,), found=(("field-form", "D4"),)),
    "dollars": Mistake(cells={"D4": "$99.50"}, refused=(SECOND,), found=(("field-form", "D4"),)),
    "yen in words": Mistake(cells={"D4": "9950日元"}, refused=(SECOND,), found=(("field-form", "D4"),)),
    "a price for each pack": Mistake(cells={"D4": "99.5/盒"}, refused=(SECOND,), found=(("field-form", "D4"),)),
    "a percentage for an amount": Mistake(cells={"E4": "9.1%"}, refused=(SECOND,), found=(("field-form", "E4"),)),
    "blanks inside a number": Mistake(cells={"D4": "1 284.50"}, refused=(SECOND,), found=(("field-form", "D4"),)),
    "more decimals than an amount has": Mistake(
        cells={"D4": "33.3333333"}, refused=(SECOND,), found=(("field-form", "D4"),)
    ),
    "a third as a price": Mistake(
        cells={"D4": 100 / 3}, kinds=XLSX, refused=(SECOND,), found=(("field-form", "D4"),)
    ),
    "a quantity with its unit": Mistake(cells={"C4": "2罐"}, refused=(SECOND,), found=(("field-form", "C4"),)),
    "a quantity of 0": Mistake(cells={"C4": 0}, refused=(SECOND,), found=(("quantity-not-positive", "C4"),)),
    "a negative quantity": Mistake(cells={"C4": -1}, refused=(SECOND,), found=(("quantity-not-positive", "C4"),)),
    "one and a half pieces": Mistake(cells={"C4": 1.5}, refused=(SECOND,), found=(("pieces-not-whole", "C4"),)),
    "a price of 0": Mistake(cells={"D4": 0}, refused=(SECOND,), found=(("price-zero", "D4"),)),
    "a weight in grams": Mistake(cells={"P4": 850}, refused=(SECOND,), found=(("weight-doubtful", "P4"),)),
    "prices in fen": Mistake(
        rows=replaced(3, lambda price: 100 * price, FIRST),
        refused=(FIRST,), found=(("single-limit", "A2"),),
    ),
    "a tax as a percentage": Mistake(
        cells={"W1": "代扣税款", "W4": 0.091}, refused=(SECOND,), found=(("tax-total", "W4"),)
    ),
    "a payment that does not add up": Mistake(
        cells={"W1": "支付金额", "W4": 1}, refused=(SECOND,), found=(("payment-amount", "W4"),)
    ),
    # codes and words
    "a unit by its name": Mistake(cells={"S4": "千克"}, refused=(SECOND,), found=(("field-form", "S4"),)),
    "a country by its name": Mistake(cells={"T4": "日本"}, refused=(SECOND,), found=(("field-form", "T4"),)),
    "a trade mode by its name": Mistake(
        cells={"W1": "贸易方式", "W4": "跨境直购进口"}, refused=(SECOND,), found=(("field-form", "W4"),)
    ),
    "a word for an empty cell": Mistake(cells={"I4": "无"}, refused=(SECOND,), found=(("cell-placeholder", "I4"),)),
    "N/A typed by hand": Mistake(cells={"L4": "N/A"}, refused=(SECOND,), found=(("cell-placeholder", "L4"),)),
    "a dash for an empty cell": Mistake(cells={"E4": "-"}, refused=(SECOND,), found=(("cell-placeholder", "E4"),)),
    "TRUE in a cell": Mistake(cells={"G4": True}, refused=(SECOND,), found=(("field-form", "G4"),)),
    # formulas
    "#N/A of a lookup": Mistake(cells={"R4": "#N/A"}, refused=(SECOND,), found=(("cell-error", "R4"),)),
    "#REF! of a deleted column": Mistake(cells={"D4": "#REF!"}, refused=(SECOND,), found=(("cell-error", "D4"),)),
    "a formula that was never computed": Mistake(
        sheet=lambda sheet: sheet.__setitem__("D4", "=99*2"), kinds=XLSX, refused=(SECOND,),
        found=(("cell-uncomputed", "D4"),),
    ),
    # texts
    "an address of more than 200 characters": Mistake(
        cells={"L4": "虚" * 201}, refused=(SECOND,), found=(("field-too-long", "L4"),)
    ),
    "a line break in an address": Mistake(
        cells={"L4": "浙江省杭州市\n虚构路 1 号"}, refused=(SECOND,), found=(("text-blanks", "L4"),)
    ),
    "a blank that does not break in a name": Mistake(
        cells={"G4": "贾\xa0宝玉"}, refused=(SECOND,), found=(("text-blanks", "G4"), ("payer-not-buyer", "U4")),
    ),
    "a control character in a name": Mistake(
        cells={"J4": "贾\x02宝玉"}, kinds=CSV, refused=(SECOND,), found=(("field-characters", "J4"),)
    ),
    "an emoji behind a name": Mistake(
        cells={"G4": f"{ROWS[2][6]}😀"}, refused=(SECOND,), found=(("payer-not-buyer", "U4"),)
    ),
    "a name in a wrong encoding": Mistake(
        cells={"J4": "å¼\xa0ä¸‰"}, refused=(SECOND,), found=(("text-garbled", "J4"),)
    ),
    "digits lost of an identity number": Mistake(
        cells={"H4": str(ROWS[2][7])[:-1]}, refused=(SECOND,), found=(("id-number", "H4"), ("payer-not-buyer", "V4"))
    ),
    # SKUs and goods records
    "no SKU": Mistake(cells={"B4": None, "R4": None}, refused=(SECOND,), found=(("sku-absent", "B4"),)),
    "a SKU that no record has": Mistake(cells={"B4": "SKU-9999"}, refused=(SECOND,), found=(("sku-unknown", "B4"),)),
    "a SKU in lower case": Mistake(
        cells={"B4": SKU_OF_ROW_4.lower()}, refused=(SECOND,), found=(("sku-unknown", "B4"),)
    ),
    "a SKU of another article": Mistake(
        cells={"B4": next(sku for sku, record in GOODS.items() if record.facts["hs_code"] != ROWS[2][17])},
        refused=(SECOND,),
        found=(("sources-differ", "T4"), ("sources-differ", "R4")),
    ),
    "a commodity code other than the record's": Mistake(
        cells={"R4": "9999999999"}, refused=(SECOND,), found=(("sources-differ", "R4"),)
    ),
    "a record that is not approved": Mistake(
        goods=changed(SKU_OF_ROW_4, state="pending"), refused=(SECOND,), found=(("goods-not-approved", "B4"),)
    ),
    "a customs district other than the profile's": Mistake(
        cells={"W1": "申报海关代码", "W4": "2991"}, refused=(SECOND,), found=(("sources-differ", "W4"),)
    ),
    "a shop that the enterprise does not have": Mistake(
        cells={"Q4": "别人的店"}, refused=(SECOND,), found=(("shop-unknown", "Q4"),)
    ),
    # rows
    "two buyers in one order": Mistake(cells={"G3": "薛蟠"}, refused=(FIRST,), found=(("rows-differ", "G3"),)),
    "two freights in one order": Mistake(cells={"E3": 10}, refused=(FIRST,), found=(("rows-differ", "E3"),)),
    "one waybill for two orders": Mistake(
        cells={"O8": "SF-1003"}, refused=(FOURTH,), found=(("duplicate", "O8"),)
    ),
    "an order repeated with another quantity": Mistake(
        rows=_again, refused=(SECOND,), found=(("order-again", "A9"),)
    ),
    "a SKU twice in an order": Mistake(
        rows=lambda rows: rows.insert(4, [*rows[3][:2], 1, rows[3][3] + 1, *rows[3][4:]]), refused=(SECOND,), found=(("sku-twice", "A5"),)
    ),
    "a row pasted twice": Mistake(rows=_pasted_twice, refused=(SECOND,), found=(("row-repeated", "A9"),)),
    "a total below the list": Mistake(
        rows=added(["合计", None, 9, 1234.5]), refused=("",), found=(("row-not-an-order", "A9"),)
    ),
    "the headings again": Mistake(
        rows=added(HEADINGS, at=5), refused=("",), found=(("row-not-an-order", "A5"),)
    ),
    "a remark below the list": Mistake(
        rows=added(["注：以上订单均已付款"]), refused=("",), found=(("row-not-an-order", "A9"),)
    ),
    "a remark in another column": Mistake(
        rows=added([None, None, None, None, None, "已核对"]), refused=("",), found=(("order-no-absent", "A9"),)
    ),
    "a line without its order number": Mistake(
        cells={"A3": None}, refused=(FIRST, ""), found=(("order-row-loose", "A3"), ("order-no-absent", "A3"))
    ),
    "an order number with a blank inside": Mistake(
        cells={"A6": "EX- 1003"}, refused=(THIRD, "EX- 1003"),
        found=(("order-no-alike", "A5"), ("order-no-alike", "A6")),
    ),
    "an order number in lower case": Mistake(
        cells={"A7": "ex-1003"}, refused=(THIRD, "ex-1003"),
        found=(("order-no-alike", "A5"), ("order-no-alike", "A7")),
    ),
    "columns shifted by a comma without quotes": Mistake(
        text=lambda text: text.replace(f"{ROWS[2][11]}", f"{ROWS[2][11]},2 楼", 1), kinds=CSV, refused=(SECOND,),
        found=(
            ("field-form", "M4"), ("field-form", "N4"), ("field-form", "P4"), ("shop-unknown", "Q4"), ("field-form", "R4"),
            ("field-form", "S4"), ("row-beyond", "W4"), ("sources-differ", "T4"),
        ),
    ),
    "columns exchanged in one row": Mistake(
        cells={"H4": ROWS[2][8], "I4": ROWS[2][7]}, refused=(SECOND,), found=(("id-number", "H4"), ("payer-not-buyer", "V4"))
    ),
    # what workbooks hide
    "a hidden row": Mistake(
        sheet=lambda sheet: setattr(sheet.row_dimensions[6], "hidden", True), kinds=XLSX, refused=(THIRD,),
        found=(("row-hidden", "A6"),),
    ),
    "a quantity merged over two lines": Mistake(
        sheet=lambda sheet: sheet.merge_cells("C5:C6"), kinds=XLSX, refused=(THIRD,), found=(("cell-merged", "C6"),)
    ),
    "a buyer merged over two orders": Mistake(
        sheet=lambda sheet: sheet.merge_cells("G3:G4"), kinds=XLSX, refused=(SECOND,), found=(("cell-merged", "G4"),)
    ),
}  # fmt: skip


#: Habits that do no harm: every order is composed as from the good list.
HABITS: Mapping[str, Mistake] = {
    "a SKU with a blank behind it": Mistake(cells={"B4": f"{SKU_OF_ROW_4} "}, found=()),
    "an apostrophe before an identity number": Mistake(cells={"H4": f"'{ROWS[2][7]}"}, found=()),
    "full-width digits": Mistake(cells={"C4": chr(0xFF10 + ROWS[2][2])}, found=()),
    "thousands separators beside a decimal point": Mistake(cells={"D4": f"{ROWS[2][3]:,.2f}"}, found=()),
    "a sign of the yuan": Mistake(cells={"D4": f"¥{ROWS[2][3]:.2f}"}, found=()),
    "yuan in words": Mistake(cells={"D4": f"{ROWS[2][3]:.2f}元"}, found=()),
    "a blank that does not break around a name": Mistake(cells={"G4": f"\xa0{ROWS[2][6]}\u3000"}, found=()),
    "a mobile as a number": Mistake(cells={"I4": int(ROWS[2][8])}, found=()),
    "a commodity code as a number": Mistake(cells={"R4": int(ROWS[2][17])}, found=()),
    "a time with slashes": Mistake(cells={"N4": f"{ROWS[2][13]:%Y/%m/%d %H:%M:%S}"}, found=()),
    "a time with a T": Mistake(cells={"N4": f"{ROWS[2][13]:%Y-%m-%dT%H:%M:%S}+08:00"}, found=()),
    "a time in digits": Mistake(cells={"N4": f"{ROWS[2][13]:%Y%m%d%H%M%S}"}, found=()),
    "an empty row": Mistake(rows=added([], at=5), found=()),
    "an order merged over its lines": Mistake(sheet=lambda sheet: sheet.merge_cells("A5:A7"), kinds=XLSX, found=()),
    "a telephone with +86 in a column that is converted": Mistake(
        cells={"I4": f"+86 {ROWS[2][8][:3]}-{ROWS[2][8][3:7]}-{ROWS[2][8][7:]}"},
        own={"订购人电话": OwnColumn("order.buyer_telephone", "telephone")},
        found=(),
    ),
    "units by name in a column that is converted": Mistake(
        rows=replaced(18, lambda unit: {"142": "瓶", "122": "罐", "140": "盒"}.get(unit, unit)),
        own={"计量单位": OwnColumn("line.unit", "code")},
        found=(),
    ),
    "weights in grams in a column that is converted": Mistake(
        rows=replaced(15, lambda weight: round(weight * 1000)),
        own={"毛重": OwnColumn("waybill.gross_weight", "grams")},
        found=(),
    ),
    "prices in fen in a column that is converted": Mistake(
        rows=replaced(3, lambda price: round(price * 100)),
        own={"单价": OwnColumn("line.price", "fen")},
        found=(),
    ),
    "a heading that nobody knows": Mistake(cells={"W1": "颜色", "W4": "红"}, found=()),
}  # fmt: skip
