"""The check of a parcel against the goods records (申报前备案核对): what customs would refuse, and what deserves a look.

On record and valid on the day; code, names, units and origin as on record; statutory quantities as the record converts
them; the price near that on record; the end of the record near.
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from customs.declaration import Declaration, Line
from customs.fields import terms_of
from customs.fields.digits import plain_digits
from customs.fields.money import EXACT, exactly
from customs.intake.goods import GoodsRecord
from customs.intake.goods_check import STATES_ZH
from customs.ledger.database import LedgerConnection
from customs.ledger.goods.answering import recorded
from customs.ledger.goods.policy import RECORD_PRACTICE, RecordPolicy
from customs.ledger.goods.standings import GoodsStanding, find_goods, goods_numbered, goods_of_sku
from customs.rules import Finding, catalogue
from customs.rules.reading import name_of


@exactly
def check_parcel_goods(
    connection: LedgerConnection, declaration: Declaration, *, on: date, policy: RecordPolicy = RECORD_PRACTICE
) -> list[Finding]:
    """Return what the goods records say against a parcel that is declared on a day, line by line.

    A line is found by account book and record number, without a book by its SKU; goods of which the ledger knows nothing are
    an error only where it knows others of the book.
    """
    book = declaration.clearance.account_book_no or ""
    found: list[Finding] = []
    for position, line in enumerate(declaration.order.lines):
        path = f"order.lines[{position}]"
        standing = standing_of_line(connection, book, line.record_no or "", line.item_no or "")
        if standing is None:
            if book:
                facts = {"number": line.record_no or "", "book": book}
                found.append(catalogue.GOODS_NOT_ON_RECORD.at(f"{path}.record_no", **facts))
            continue
        found += _of_line(path, line, standing, on, policy)
    return found


def standing_of_line(
    connection: LedgerConnection, account_book_no: str, record_no: str, sku: str
) -> GoodsStanding | None:
    """Return the record that a line names: by book and record number, without a book by the SKU alone."""
    if account_book_no:
        return goods_numbered(connection, account_book_no, record_no) if record_no else None
    found = find_goods(connection, sku) if sku else None
    if found is None and sku:
        every = goods_of_sku(connection, sku)
        return every[0] if len(every) == 1 else None
    return found


def _of_line(path: str, line: Line, standing: GoodsStanding, on: date, policy: RecordPolicy) -> Iterator[Finding]:
    sku, record = standing.sku, standing.in_force
    if record is None:
        state = standing.record.state
        yield catalogue.GOODS_STATE.at(path, sku=sku, state=state, state_zh=STATES_ZH.get(state, state))
        return
    yield from _days(path, record, on, policy)
    terms = terms_of(Line)
    expected = {**recorded(standing), **_quantities(line, record)}
    for name, value in expected.items():
        given = getattr(line, name)
        same = given == value if isinstance(value, Decimal) else (given or "") == value
        if not same:
            facts = {"name": name_of(terms[name]), "given": _shown(given), "recorded": _shown(value)}
            yield catalogue.GOODS_DIFFER.at(f"{path}.{name}", **facts)
    if price := record.record_price:
        far = abs(EXACT.subtract(line.price, price))
        if far > EXACT.multiply(price, policy.price_warn):
            most = plain_digits((policy.price_warn * 100).normalize() + 0)
            yield catalogue.GOODS_PRICE.at(f"{path}.price", given=line.price, recorded=_shown(price), most=most)


def _quantities(line: Line, record: GoodsRecord) -> dict[str, Decimal]:
    """The statutory quantities that a line states, as the record converts them."""
    found = {}
    for name, factor in (("legal_qty1", record.per_unit1), ("legal_qty2", record.per_unit2)):
        if factor is not None and getattr(line, name) is not None:
            found[name] = EXACT.multiply(line.qty, factor)
    return found


def _days(path: str, record: GoodsRecord, on: date, policy: RecordPolicy) -> Iterator[Finding]:
    begins, ends = record.valid_from, record.valid_until
    if (begins and on < begins) or (ends and on > ends):
        days = {
            "from_en": f" from {begins}" if begins else "",
            "until_en": f" until {ends}" if ends else "",
            "from_zh": f"自 {begins} 起" if begins else "",
            "until_zh": f"至 {ends} 止" if ends else "",
        }
        yield catalogue.GOODS_DAY.at(path, sku=record.sku, day=on, **days)
    elif (soon := expiring(record, on, policy)) is not None:
        yield catalogue.GOODS_EXPIRES.at(path, sku=record.sku, day=ends, left=soon)


def expiring(record: GoodsRecord, on: date, policy: RecordPolicy = RECORD_PRACTICE) -> int | None:
    """Return the days until a record ends, None if the end is not near, has passed, or is not set.

    >>> expiring(GoodsRecord(sku="A1", facts={}, valid_until=date(2026, 12, 31)), date(2026, 11, 11))
    50
    """
    if record.valid_until is None:
        return None
    left = (record.valid_until - on).days
    return left if 0 <= left <= policy.expiry_warning else None


def _shown(value: object) -> str:
    return plain_digits(value.normalize() + 0) if isinstance(value, Decimal) else str(value or "-")
