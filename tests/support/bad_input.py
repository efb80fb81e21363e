"""Bad input (错误输入): what shops really hand in, one fault in a parcel that is right otherwise.

Each case is a sentence, the change that makes a valid parcel bad, and the finding that has to name it.
"""

import copy
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce
from types import MappingProxyType
from typing import Any

from stdnum.cn import ric

from customs.testing import sample_parcels
from customs.testing.parcels import Mode

Parcel = dict[str, Any]
Change = Callable[[Parcel], Any]


def parcel(mode: Mode, seed: int = 7) -> Parcel:
    """A valid parcel as a shop's JSON has it: 1210 sells serum, shoes, coconut water and toothpaste; 9610 shampoo,
    infant formula and wine.
    """
    declaration = next(sample_parcels(1, seed=seed, mode=mode))
    given: Parcel = json.loads(declaration.model_dump_json(exclude_none=True))
    return given


#: The parcels that stand before and after the bad one in its stream.
BEFORE, AFTER = parcel("9610", seed=21), parcel("1210", seed=22)


@dataclass(frozen=True)
class Bad:
    """One bad parcel: the fault as a sentence, the change, the finding's code and path, the trade mode it starts from.

    The change gives a dict, which is handed in as JSON, or whatever else is handed in as it is.
    """

    sentence: str
    change: Change
    code: str
    path: str = ""
    mode: Mode = "1210"

    @property
    def source(self) -> Any:
        """What is handed in."""
        changed = self.change(parcel(self.mode))
        return json.dumps(changed) if isinstance(changed, dict) else changed


def steps(path: str) -> list[str | int]:
    """The steps of a path such as ``order.lines[0].qty``."""
    return [int(step) if step.isdecimal() else step for step in re.findall(r"[^.\[\]]+", path)]


def owner(given: Any, path: str) -> tuple[Any, str | int]:
    """What holds the field at a path, and the field's name or position in it."""
    *way, last = steps(path)
    for step in way:
        given = given[step]
    return given, last


def put(path: str, value: object) -> Change:
    """The field is given as ``value``."""

    def change(given: Parcel) -> Parcel:
        changed = copy.deepcopy(given)
        part, name = owner(changed, path)
        part[name] = value
        return changed

    return change


def without(*paths: str) -> Change:
    """The fields are left out."""

    def change(given: Parcel) -> Parcel:
        changed = copy.deepcopy(given)
        for path in paths:
            part, name = owner(changed, path)
            del part[name]
        return changed

    return change


def both(*changes: Change) -> Change:
    """One change after the other."""
    return lambda given: reduce(lambda changed, change: change(changed), changes, given)


def text(spoil: Callable[[str], str | bytes]) -> Change:
    """The line itself is spoilt."""
    return lambda given: spoil(json.dumps(given, ensure_ascii=False))


def line(content: str | bytes) -> Change:
    """The line is another one."""
    return lambda given: content


def mapping(change: Change) -> Change:
    """The parcel comes as a mapping of Python values instead of JSON."""
    return lambda given: MappingProxyType(change(given))


def identity(number: Callable[[str], str]) -> Change:
    """Buyer and payer give the same identity number."""

    def change(given: Parcel) -> Any:
        changed = number(given["order"]["buyer_id_number"])
        return both(put("order.buyer_id_number", changed), put("payment.payer_id_number", changed))(given)

    return change


def born(day: str) -> Change:
    """An identity number with that birth date and the right check digit."""
    body = f"110101{day}271"
    return identity(lambda _: body + ric.calc_check_digit(body + "0"))


def single(price: str, qty: str) -> Change:
    """An order of shoes and nothing else."""
    total = str(Decimal(price) * Decimal(qty))
    shoes = {"price": price, "qty": qty, "total_price": total, "legal_qty2": qty}
    return lambda given: both(
        put("order.lines", [{**given["order"]["lines"][1], **shoes}]), without("order.goods_value")
    )(given)


def missing(sentence: str, path: str, mode: Mode = "1210") -> Bad:
    return Bad(sentence, without(path), "field-missing", path, mode)


def amount(sentence: str, value: str, path: str = "order.lines[0].price") -> Bad:
    """An amount that is a text, and no plain number."""
    return Bad(sentence, put(path, value), "field-form", path)


def wrong(sentence: str, path: str, value: object, code: str, *, mode: Mode = "1210", at: str = "") -> Bad:
    """One field given wrongly; the finding stands at the field itself unless ``at`` says another."""
    return Bad(sentence, put(path, value), code, at or path, mode)


MISSING = (
    missing("the parcel has no order", "order"),
    missing("the parcel has no payment", "payment"),
    missing("the parcel has no waybill", "waybill"),
    missing("the parcel names no enterprises", "parties"),
    missing("the parcel has no facts of clearance", "clearance", "9610"),
    missing("the order has no number", "order.order_no"),
    missing("the order has no lines", "order.lines"),
    missing("the order does not name its buyer", "order.buyer_name"),
    missing("the order has no identity number of its buyer", "order.buyer_id_number"),
    missing("the order has no telephone of its buyer", "order.buyer_telephone"),
    missing("the order has no account of its buyer", "order.buyer_reg_no"),
    missing("the order goes to nobody", "order.consignee"),
    missing("the order goes nowhere", "order.consignee_address", "9610"),
    missing("the goods have no name", "order.lines[2].item_name"),
    missing("the goods have no specification", "order.lines[0].model"),
    missing("the goods have no unit", "order.lines[0].unit"),
    missing("the goods have no quantity", "order.lines[3].qty"),
    missing("the goods have no price", "order.lines[1].price"),
    missing("the goods have no country of origin", "order.lines[0].origin_country"),
    missing("the goods have no commodity code", "order.lines[1].hs_code", "9610"),
    missing("the goods have no statutory unit", "order.lines[0].legal_unit1"),
    missing("the payment has no number", "payment.payment_no"),
    missing("the payment does not name its payer", "payment.payer_name"),
    missing("the payment has no time", "payment.paid_at"),
    missing("the waybill has no number", "waybill.waybill_no"),
    missing("the waybill has no weight", "waybill.gross_weight", "9610"),
    missing("the platform is not named", "parties.platform_code"),
    missing("the carrier is not named", "parties.carrier_name"),
    missing("nobody guarantees the tax", "parties.guarantor_code"),
    missing("nobody transmits the message", "parties.transmitter_code"),
    missing("the trade mode is not given", "clearance.trade_mode"),
    missing("the customs district is not given", "clearance.customs_code"),
)

LONG = (
    wrong("an order number of 61 characters", "order.order_no", "X" * 61, "field-too-long"),
    wrong("a buyer's name of 61 characters", "order.buyer_name", "宝" * 61, "field-too-long"),
    wrong("an address of 201 characters", "order.consignee_address", "路" * 201, "field-too-long"),
    wrong("a name of goods of 251 characters", "order.lines[0].item_name", "霜" * 251, "field-too-long"),
    wrong("an item number of 31 characters", "order.lines[0].item_no", "S" * 31, "field-too-long"),
    wrong("an item number of 30 characters, which only the order admits", "order.lines[1].item_no", "S" * 30, "item-no-length"),
    wrong("an item number of 21 characters, which only the order admits", "order.lines[0].item_no", "S" * 21, "item-no-length"),
    wrong("a waybill number of 61 characters", "waybill.waybill_no", "SF" + "0" * 59, "field-too-long"),
    wrong("an internal number of 21 characters", "clearance.internal_no", "N" * 21, "field-too-long"),
    wrong("an enterprise code of 19 characters", "parties.platform_code", "9" * 19, "field-too-long"),
    wrong("a payment number of 61 characters", "payment.payment_no", "P" * 61, "field-too-long", mode="9610"),
    wrong("an order number too long to be the list's own number", "order.order_no", "X" * 21, "cannot-derive",
          at="clearance.internal_no"),
)  # fmt: skip

EMPTY = (
    wrong("an empty name of the buyer", "order.buyer_name", "", "field-empty"),
    wrong("an empty order number", "order.order_no", "", "field-empty"),
    wrong("an empty specification", "order.lines[0].model", "", "field-empty"),
    wrong("an empty name of the area's operator", "parties.area_operator_name", "", "field-empty"),
    wrong("an empty number of the sender on the exchange platform", "parties.dxp_id", "", "field-blank"),
    wrong("a name of goods of blanks", "order.lines[3].item_name", "   ", "field-blank"),
    wrong("an address of full-width blanks", "order.consignee_address", "\u3000\u3000", "field-blank"),
    wrong("a platform's name of a tab", "parties.platform_name", "\t", "field-blank", mode="9610"),
    wrong("a transport of blanks", "clearance.transport_no", " ", "field-blank", mode="9610"),
)  # fmt: skip

AMOUNTS = (
    wrong("a price as a float", "order.lines[0].price", 500.5, "field-form"),
    wrong("a price as a whole number of JSON", "order.lines[0].price", 500, "field-form"),
    wrong("a quantity as a number of JSON", "order.lines[0].qty", 3, "field-form"),
    wrong("a weight as a float", "waybill.gross_weight", 2.148, "field-form", mode="9610"),
    wrong("a discount that is no number in JSON", "order.discount", float("nan"), "field-form"),
    wrong("a discount without end in JSON", "order.discount", float("inf"), "field-form"),
    wrong("an amount that is true", "order.discount", True, "field-form"),
    wrong("an amount of several", "waybill.freight", ["12.50"], "field-form"),
    wrong("a quota given as a number", "quota_used", 1200, "field-form"),
    amount("a price with an exponent", "5e2"),
    amount("a price of NaN", "NaN"),
    amount("a price of Infinity", "Infinity"),
    amount("a price with six decimals", "500.000001"),
    amount("a price with twenty digits", "10000000000000000000"),
    wrong("a price with nineteen digits and five decimals", "order.lines[0].price", "1000000000000000000.00001", "field-form"),
    amount("a price with thousands separators", "1,500.00"),
    amount("a price in full-width digits", "５００"),
    amount("a price with a sign of currency", "¥500.00"),
    amount("a price with a plus", "+500"),
    amount("a price that ends in its point", "500."),
    amount("a price with a blank before it", " 500.00"),
    amount("a freight with a decimal comma", "12,5", "waybill.freight"),
    amount("an empty tax", "", "order.tax_total"),
    Bad("a line that costs more than a message can say",
        both(put("order.lines[0].price", "99999999999999"), without("order.lines[0].total_price")),
        "amount-overflow", "order.lines[0].total_price"),
    wrong("a huge line total", "order.lines[0].total_price", "99999999999999.99999", "single-limit", at="order.goods_value"),
    Bad("a float in a mapping", mapping(put("order.lines[0].price", 500.5)), "field-form", "order.lines[0].price"),
    Bad("a whole number in a mapping", mapping(put("order.discount", 5)), "field-form", "order.discount"),
    Bad("a Decimal that is no number", mapping(put("order.discount", Decimal("NaN"))), "field-form", "order.discount"),
)  # fmt: skip

SIGNS = (
    wrong("a negative price", "order.lines[0].price", "-500.00", "amount-negative"),
    wrong("a negative discount", "order.discount", "-5.00", "amount-negative"),
    wrong("a negative freight", "waybill.freight", "-1", "amount-negative"),
    wrong("a negative insurance", "waybill.insured_fee", "-0.01", "amount-negative", mode="9610"),
    wrong("a negative tax", "order.tax_total", "-1.00", "amount-negative"),
    wrong("a voucher that pays more than everything", "order.discount", "9999.00", "amount-negative", at="order.paid_amount"),
    wrong("a negative quota, which would widen the year's limit", "quota_used", "-1000.00", "amount-negative"),
    wrong("a negative quantity", "order.lines[0].qty", "-3", "quantity-not-positive"),
    wrong("a quantity of nothing", "order.lines[1].qty", "0", "quantity-not-positive"),
    wrong("a statutory quantity of nothing", "order.lines[1].legal_qty1", "0", "quantity-not-positive"),
    wrong("a parcel that weighs nothing", "waybill.gross_weight", "0", "quantity-not-positive"),
    wrong("goods that weigh nothing", "clearance.net_weight", "0.000", "quantity-not-positive", mode="9610"),
    wrong("goods heavier than their parcel", "clearance.net_weight", "9.9", "net-over-gross"),
)  # fmt: skip

SUMS = (
    wrong("an order in dollars", "order.currency", "502", "currency"),
    wrong("a payment in dollars", "payment.currency", "502", "currency", mode="9610"),
    wrong("a waybill in the code of the yuan's letters", "waybill.currency", "CNY", "currency"),
    wrong("an order that states another sum paid", "order.paid_amount", "2000.00", "paid-sum"),
    wrong("a payment of another sum than the order's", "payment.amount_paid", "2000.00", "payment-amount"),
    wrong("a line total that is not price times quantity", "order.lines[0].total_price", "1499.00", "line-total"),
    wrong("a goods value that is not the sum of the lines", "order.goods_value", "2050.00", "goods-value-sum"),
)

PERSONS = (
    wrong("another person pays", "payment.payer_name", "王熙凤", "payer-not-buyer"),
    Bad("another person's identity number pays",
        lambda given: put("payment.payer_id_number", parcel("1210")["order"]["buyer_id_number"])(given),
        "payer-not-buyer", "payment.payer_id_number", "9610"),
    wrong("the buyer shows another document than an identity card", "order.buyer_id_type", "2", "id-type"),
    wrong("the payer shows another document than an identity card", "payment.payer_id_type", "2", "id-type"),
    wrong("the buyer shows a document that the list does not know", "order.buyer_id_type", "9", "code-unknown"),
    Bad("an identity number with a wrong check digit", identity(lambda number: number[:17] + "1"),
        "id-number", "order.buyer_id_number"),
    Bad("an identity number of 17 characters", identity(lambda number: number[:17]),
        "id-number", "order.buyer_id_number"),
    Bad("an identity number with a small x", identity(str.lower), "id-number", "order.buyer_id_number"),
    Bad("an identity number of letters", identity(lambda _: "ABCDEFGHIJKLMNOPQR"), "id-number", "order.buyer_id_number"),
    Bad("an identity number in full-width digits", identity(lambda number: "１" + number[1:]),
        "id-number", "order.buyer_id_number"),
    Bad("an identity number born on the 30th of February", born("18830230"), "id-number", "order.buyer_id_number"),
    Bad("an identity number born in a 13th month", born("18831301"), "id-number", "order.buyer_id_number"),
    Bad("a payer's identity number with a slip", lambda given: put(
        "payment.payer_id_number", given["order"]["buyer_id_number"][:16] + "00")(given),
        "id-number", "payment.payer_id_number"),
    wrong("the waybill goes to another person", "waybill.consignee", "王熙凤", "consignee-differs"),
    wrong("the waybill goes to another telephone", "waybill.consignee_telephone", "10000004711", "consignee-differs"),
    wrong("the waybill goes to another address", "waybill.consignee_address", "虚构路1号", "consignee-differs", mode="9610"),
)  # fmt: skip

CODES = (
    wrong("a unit that does not exist", "order.lines[0].unit", "999", "code-unknown"),
    wrong("a statutory unit that does not exist", "order.lines[1].legal_unit2", "ABC", "code-unknown"),
    wrong("a country of origin that does not exist", "order.lines[0].origin_country", "999", "code-unknown"),
    wrong("a trading country in letters", "order.lines[0].trade_country", "JPN", "code-unknown"),
    wrong("a country of dispatch that does not exist", "clearance.departure_country", "999", "code-unknown", mode="9610"),
    wrong("a trade mode that is still to come", "clearance.trade_mode", "1239", "trade-mode-not-supported", mode="9610"),
    wrong("a trade mode of general trade", "clearance.trade_mode", "0110", "code-unknown", mode="9610"),
    wrong("a bonded parcel under general trade", "clearance.trade_mode", "0110", "code-unknown"),
    wrong("a means of transport that does not exist", "clearance.transport_mode", "Q", "code-unknown"),
    wrong("a packaging that does not exist", "clearance.wrap_type", "9", "code-unknown"),
    wrong("a kind of submission that does not exist", "app_type", "9", "code-unknown"),
    wrong("a unit of two digits", "order.lines[0].unit", "14", "field-form"),
    wrong("a unit of four digits", "order.lines[0].unit", "0142", "field-form"),
    wrong("a customs district of five digits", "clearance.customs_code", "29910", "field-form"),
    wrong("a port of three digits", "clearance.port_code", "299", "field-form"),
    wrong("a trade mode of three digits", "clearance.trade_mode", "121", "field-form"),
    wrong("a commodity code of nine digits", "order.lines[0].hs_code", "330499003", "field-form"),
    wrong("a commodity code of eleven digits", "order.lines[0].hs_code", "33049900390", "field-form"),
    wrong("a commodity code with letters", "order.lines[0].hs_code", "33049900AB", "rate-missing"),
    wrong("a commodity code without a rate", "order.lines[1].hs_code", "9999999999", "rate-missing", mode="9610"),
)  # fmt: skip

GOODS = (
    wrong("a cosmetic in litres instead of kilograms", "order.lines[0].legal_unit1", "095", "legal-unit"),
    Bad("a second statutory unit without a quantity", without("order.lines[0].legal_qty2"),
        "second-quantity", "order.lines[0].legal_qty2"),
    Bad("a second statutory quantity without a unit", without("order.lines[1].legal_unit2"),
        "second-quantity", "order.lines[1].legal_qty2"),
    wrong("a second statutory quantity of nothing", "order.lines[1].legal_qty2", "0", "second-quantity"),
    Bad("a statutory quantity that nobody can derive", without("order.lines[3].legal_qty1"),
        "cannot-derive", "order.lines[3].legal_qty1"),
    wrong("a net weight that nobody can derive", "order.lines[3].legal_unit1", "012", "cannot-derive",
          at="clearance.net_weight"),
    wrong("an order of no lines", "order.lines", [], "field-count"),
    Bad("an order of a hundred lines", lambda given: put("order.lines", given["order"]["lines"] * 25)(given),
        "field-count", "order.lines"),
    wrong("lines with a gap in their numbers", "order.lines[3].gnum", 5, "line-numbers"),
    wrong("lines of which two have the same number", "order.lines[1].gnum", 1, "line-numbers"),
    wrong("lines that begin with number 2", "order.lines[0].gnum", 2, "line-numbers", mode="9610"),
    wrong("a line of number 0", "order.lines[0].gnum", 0, "line-numbers"),
    wrong("a line of a negative number", "order.lines[0].gnum", -1, "line-numbers"),
)  # fmt: skip

CHARACTERS = (
    wrong("a name of goods with a NUL", "order.lines[0].item_name", "面\0霜", "field-characters"),
    wrong("a specification with a vertical tab", "order.lines[0].model", "示例牌\x0b50ml", "field-characters"),
    wrong(
        "an address with an escape of a terminal", "order.consignee_address", "虚构路\x1b[31m1号", "field-characters"
    ),
    wrong(
        "a buyer's name with a character that is none",
        "order.buyer_name",
        "宝\uffff玉",
        "field-characters",
        mode="9610",
    ),
    wrong(
        "a waybill number with a byte order mark turned round", "waybill.waybill_no", "SF\ufffe1", "field-characters"
    ),
    Bad("half a character escaped in JSON", put("order.consignee", "宝\ud800"), "json-unreadable"),
    Bad(
        "half a character in a mapping",
        mapping(put("order.consignee", "宝\ud800")),
        "field-characters",
        "order.consignee",
    ),
)

NAMES = (
    wrong("a field that no parcel has", "weight", "2.148", "field-unknown"),
    wrong("a field of the order that belongs to the waybill", "order.gross_weight", "2.148", "field-unknown"),
    Bad("a misspelt field", both(without("order.buyer_name"), put("order.buyer_nmae", "宝玉")), "field-unknown",
        "order.buyer_nmae"),
    wrong("a field with a person's name for a name", "order.贾宝玉", "1", "field-unknown", at="order.(a name of 3 characters)"),
    wrong("an order number under both of its names", "order.orderNo", "EX1", "field-twice", at="order.order_no"),
)  # fmt: skip

BONDED = (
    Bad("bonded import without an account book", without("clearance.account_book_no"),
        "bonded-field-missing", "clearance.account_book_no"),
    Bad("bonded import without the area's operator", without("parties.area_operator_code"),
        "bonded-field-missing", "parties.area_operator_code"),
    Bad("bonded import without the operator's name", without("parties.area_operator_name"),
        "bonded-field-missing", "parties.area_operator_name"),
    Bad("bonded import without the number of the goods in the account book", without("order.lines[2].record_no"),
        "bonded-field-missing", "order.lines[2].record_no"),
    wrong("bonded import with a voyage", "clearance.voyage_no", "EX101", "bonded-field-extra"),
    wrong("bonded import with a vessel", "clearance.transport_no", "示例航空", "bonded-field-extra"),
    wrong("bonded import with a bill of lading", "clearance.bill_no", "999-00000001", "bonded-field-extra"),
    wrong("bonded import from Japan", "clearance.departure_country", "116", "bonded-country"),
)  # fmt: skip

DIRECT = (
    Bad("direct purchase without a vessel", without("clearance.transport_no"),
        "direct-field-missing", "clearance.transport_no", "9610"),
    Bad("direct purchase without a voyage", without("clearance.voyage_no"),
        "direct-field-missing", "clearance.voyage_no", "9610"),
    Bad("direct purchase without a bill of lading", without("clearance.bill_no"),
        "direct-field-missing", "clearance.bill_no", "9610"),
    Bad("direct purchase from nowhere", without("clearance.departure_country"),
        "direct-field-missing", "clearance.departure_country", "9610"),
)  # fmt: skip

LIMITS = (
    Bad("three pieces over the single limit", single("1700.00", "3"), "single-limit", "order.goods_value"),
    Bad("two pieces over the single limit", single("2600.00", "2"), "single-limit", "order.goods_value"),
    wrong("a buyer over the year's limit", "quota_used", "24000.00", "yearly-limit"),
    wrong("two packages", "waybill.package_count", 2, "package-count"),
    wrong("no package", "waybill.package_count", 0, "package-count", mode="9610"),
    wrong("a guarantor that is no enterprise of the parcel", "parties.guarantor_code", "91000000000000090W", "guarantor"),
    wrong("a declarant that does not hold the certificate", "parties.declarant_code", "91000000000000001N",
          "declarant-not-signer"),
    wrong("an order number declared before", "order.order_no", BEFORE["order"]["order_no"], "duplicate"),
    wrong("a waybill number declared before", "waybill.waybill_no", BEFORE["waybill"]["waybill_no"], "duplicate", mode="9610"),
)  # fmt: skip

TIMES = (
    wrong("a payment on the 30th of February", "payment.paid_at", "20260230120000", "field-form"),
    wrong("a payment at 24 o'clock", "payment.paid_at", "20261111240000", "field-form"),
    wrong("a payment in the way of ISO", "payment.paid_at", "2026-11-11T00:04:21", "field-form"),
    wrong("a payment on a day without a time", "payment.paid_at", "20261111", "field-form", mode="9610"),
    wrong("a payment at a number of seconds", "payment.paid_at", 1794326661, "field-form"),
    wrong("an entry on the 30th of February", "clearance.entry_day", "20260230", "field-form", mode="9610"),
    wrong("an entry in the way of ISO", "clearance.entry_day", "2026-11-11", "field-form", mode="9610"),
    Bad("a payment after the last day of the calendar", mapping(put("payment.paid_at", datetime(9999, 12, 31, 23, tzinfo=UTC))),
        "field-form", "payment.paid_at"),
)  # fmt: skip

LINES = (
    Bad("a line that is a list", text(lambda given: f"[{given}]"), "not-an-object"),
    Bad("a line that is a text", line('"EX1"'), "not-an-object"),
    Bad("a line that is a number", line("7"), "not-an-object"),
    Bad("a line that is null", line("null"), "not-an-object"),
    Bad("a line cut off", text(lambda given: given[:300]), "json-unreadable"),
    Bad("an empty line", line(""), "json-unreadable"),
    Bad("a line of blanks", line(b"   "), "json-unreadable"),
    Bad("two parcels in one line", text(lambda given: given + given), "json-unreadable"),
    Bad("a line in GBK", text(lambda given: given.encode("gbk")), "json-unreadable"),
    Bad("a line of bytes that are no text", line(b"\xff\xfe\x00\x80"), "json-unreadable"),
    Bad("a message of customs instead of a parcel", line("<CEB311Message/>"), "json-unreadable"),
    Bad("two megabytes of garbage", line(b"x" * 2_000_000), "parcel-too-large"),
    Bad("two megabytes of brackets", line("[" * 2_000_000), "parcel-too-large"),
    Bad("half a character in the line", text(lambda given: given.replace("EX", "\ud800")), "json-unreadable"),
)  # fmt: skip

TYPES = (
    wrong("an order that is a list", "order", [], "field-form"),
    wrong("a payment that is null", "payment", None, "field-form"),
    wrong("enterprises that are a text", "parties", "示例", "field-form"),
    wrong("lines that are an object", "order.lines", {"1": {}}, "field-form"),
    wrong("a line of goods that is a number", "order.lines[1]", 5, "field-form"),
    wrong("a telephone that is a number", "order.buyer_telephone", 10000009365, "field-form"),
    wrong("an order number that is a number", "order.order_no", 121000070000001, "field-form", mode="9610"),
    wrong("a name that is true", "order.buyer_name", True, "field-form"),
    wrong("an address that is null", "order.consignee_address", None, "field-form"),
    wrong("an address that is an object", "order.consignee_address", {"city": "虚构市"}, "field-form"),
    wrong("a unit that is a number", "order.lines[0].unit", 142, "field-form"),
    wrong("a currency that is a number", "order.currency", 142, "currency"),
    wrong("a count of packages that is a fraction", "waybill.package_count", 1.5, "field-form"),
    wrong("a count of packages that is true", "waybill.package_count", True, "field-form"),
    wrong("a line number of ten digits", "order.lines[0].gnum", 10**10, "field-form"),
)

CASES: tuple[Bad, ...] = (
    *MISSING, *LONG, *EMPTY, *AMOUNTS, *SIGNS, *SUMS, *PERSONS, *CODES, *GOODS, *CHARACTERS, *NAMES, *BONDED, *DIRECT,
    *LIMITS, *TIMES, *LINES, *TYPES,
)  # fmt: skip


#: The fields that hold a person's name, identity number, telephone, address or account.
PERSONAL = re.compile(
    r"buyer_(name|telephone|id_number|reg_no)|payer_(name|telephone|id_number)|consignee(_telephone|_address)?"
)


def personal_values(given: object, name: str = "") -> Iterable[str]:
    """The personal values of a parcel."""
    if isinstance(given, (dict, MappingProxyType)):
        for key, value in given.items():
            yield from personal_values(value, key)
    elif isinstance(given, list):
        for value in given:
            yield from personal_values(value, name)
    elif PERSONAL.fullmatch(name) and type(given) in (str, int) and len(shown := str(given).strip()) > 1:
        yield shown


#: All findings of the parcels that are named in more than one way, in their order.
SEVERAL: Mapping[str, tuple[tuple[str, str], ...]] = {
    "a negative price": (
        ("amount-negative", "order.lines[0].price"),
        ("line-total", "order.lines[0].total_price"),
    ),
    "a negative freight": (
        ("amount-negative", "order.freight"),
        ("amount-negative", "waybill.freight"),
    ),
    "a negative tax": (
        ("tax-total", "order.tax_total"),
        ("amount-negative", "order.tax_total"),
    ),
    "a voucher that pays more than everything": (
        ("amount-negative", "order.paid_amount"),
        ("amount-negative", "payment.amount_paid"),
    ),
    "a negative quantity": (
        ("quantity-not-positive", "order.lines[0].qty"),
        ("line-total", "order.lines[0].total_price"),
    ),
    "a quantity of nothing": (
        ("quantity-not-positive", "order.lines[1].qty"),
        ("quantities-differ", "order.lines[1].legal_qty2"),
        ("line-total", "order.lines[1].total_price"),
    ),
    "a parcel that weighs nothing": (
        ("net-over-gross", "clearance.net_weight"),
        ("quantity-not-positive", "waybill.gross_weight"),
    ),
    "goods that weigh nothing": (
        ("kilograms-over-net", "clearance.net_weight"),
        ("quantity-not-positive", "clearance.net_weight"),
    ),
    "a line total that is not price times quantity": (
        ("line-total", "order.lines[0].total_price"),
        ("goods-value-sum", "order.goods_value"),
    ),
    "the buyer shows a document that the list does not know": (
        ("code-unknown", "order.buyer_id_type"),
        ("id-type", "order.buyer_id_type"),
    ),
    "an identity number with a wrong check digit": (
        ("id-number", "order.buyer_id_number"),
        ("id-number", "payment.payer_id_number"),
    ),
    "an identity number of 17 characters": (
        ("id-number", "order.buyer_id_number"),
        ("id-number", "payment.payer_id_number"),
    ),
    "an identity number with a small x": (
        ("id-number", "order.buyer_id_number"),
        ("id-number", "payment.payer_id_number"),
    ),
    "an identity number of letters": (
        ("id-number", "order.buyer_id_number"),
        ("id-number", "payment.payer_id_number"),
    ),
    "an identity number in full-width digits": (
        ("id-number", "order.buyer_id_number"),
        ("id-number", "payment.payer_id_number"),
    ),
    "an identity number born on the 30th of February": (
        ("id-number", "order.buyer_id_number"),
        ("id-number", "payment.payer_id_number"),
    ),
    "an identity number born in a 13th month": (
        ("id-number", "order.buyer_id_number"),
        ("id-number", "payment.payer_id_number"),
    ),
    "a payer's identity number with a slip": (
        ("id-number", "payment.payer_id_number"),
        ("payer-not-buyer", "payment.payer_id_number"),
    ),
    "a statutory unit that does not exist": (
        ("tariff-unit", "order.lines[1].legal_unit2"),
        ("code-unknown", "order.lines[1].legal_unit2"),
    ),
    "a cosmetic in litres instead of kilograms": (
        ("legal-unit", "order.lines[0].legal_unit1"),
        ("cannot-derive", "clearance.net_weight"),
    ),
    "a second statutory quantity without a unit": (
        ("tariff-unit", "order.lines[1].legal_unit2"),
        ("second-quantity", "order.lines[1].legal_qty2"),
    ),
    "a second statutory quantity of nothing": (
        ("quantities-differ", "order.lines[1].legal_qty2"),
        ("second-quantity", "order.lines[1].legal_qty2"),
    ),
    "a statutory quantity that nobody can derive": (
        ("cannot-derive", "order.lines[3].legal_qty1"),
        ("cannot-derive", "clearance.net_weight"),
    ),
    "a net weight that nobody can derive": (
        ("tariff-unit", "order.lines[3].legal_unit1"),
        ("cannot-derive", "clearance.net_weight"),
    ),
    "a misspelt field": (
        ("field-missing", "order.buyer_name"),
        ("field-unknown", "order.buyer_nmae"),
    ),
    "a declarant that does not hold the certificate": (
        ("guarantor", "parties.guarantor_code"),
        ("declarant-not-signer", "parties.declarant_code"),
    ),
    "an order number declared before": (
        ("duplicate", "order.order_no"),
        ("duplicate", "clearance.internal_no"),
    ),
}
