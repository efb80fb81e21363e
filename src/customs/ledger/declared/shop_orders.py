"""One order from two channels (多渠道同单): an order of a shop that reaches us under two platforms' registrations.

A merchant on several platforms (POP, 分销) may get one order twice: from the platform where it was placed, and from the one
that passes it on. The merchant's number and what is bought by whom tell it again, whichever platform stands in it.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from customs.declaration import Declaration
from customs.journal.keys import SEPARATOR
from customs.ledger.among import among
from customs.ledger.database import LedgerConnection
from customs.ledger.declared.tables import DECLARED_CARRIED, DECLARED_FREED, DECLARED_MESSAGES, DECLARED_PARCELS
from customs.rules import Finding, catalogue
from customs.rules.knowledge import Hashes


def shop_key(declaration: Declaration, hashes: Hashes) -> str | None:
    """Return the key of an order of a shop, the same on every platform; None where platform, merchant or buyer is not said."""
    parties, order = declaration.parties, declaration.order
    if not (parties.platform_code and parties.merchant_code and order.order_no and order.buyer_id_number):
        return None
    lines = sorted(f"{line.hs_code}\x1f{line.qty.normalize():f}" for line in order.lines)
    bought = "\x1e".join([order.buyer_id_type, order.buyer_id_number, *lines])
    return SEPARATOR.join((order.order_no, "shop", parties.merchant_code, hashes.content(bought.encode()).hex()))


def of_another_platform(connection: LedgerConnection, declaration: Declaration, hashes: Hashes) -> Finding | None:
    """Return the finding on an order whose number its merchant has declared under another platform: an error if it is the same
    order, a warning if another buyer or other goods stand under the number. Amendments are not spoken of.
    """
    return of_other_platforms(connection, [declaration], hashes)[0]


def of_other_platforms(
    connection: LedgerConnection, declarations: Sequence[Declaration], hashes: Hashes
) -> list[Finding | None]:
    """Return the finding of ``of_another_platform`` on each of many orders, asked for together."""
    keys = [shop_key(each, hashes) if each.app_type == "1" else None for each in declarations]
    asked = {each.order.order_no: None for each, key in zip(declarations, keys, strict=True) if key}
    known = defaultdict[tuple[str, str], list[Any]](list)
    for row in connection.sql.execute(_OF_SHOPS, {"numbers": asked}) if asked else ():
        known[row.order_no, row.merchant_code].append(row)
    found: list[Finding | None] = []
    for declaration, key in zip(declarations, keys, strict=True):
        platform, number = declaration.parties.platform_code, declaration.order.order_no
        rows = known[number, declaration.parties.merchant_code] if key else []
        found.append(_two_channels(number, key, [each for each in rows if each.platform_code != platform]))
    return found


def _of_shops() -> Select[Any]:
    """Select what was declared under order numbers and is not released, by any merchant under any platform."""
    parcels, messages = DECLARED_PARCELS.c, DECLARED_MESSAGES.c
    freed = select(DECLARED_FREED.c.key).where(
        DECLARED_FREED.c.key == parcels.named_by, DECLARED_FREED.c.life == parcels.life
    )
    named: list[ColumnElement[Any]] = [parcels.order_no, parcels.merchant_code, parcels.platform_code, parcels.shop_key]
    return (
        select(*named, messages.number, messages.at)
        .join(DECLARED_CARRIED, DECLARED_CARRIED.c.parcel == parcels.id)
        .join(DECLARED_MESSAGES, messages.id == DECLARED_CARRIED.c.message)
        .where(among(parcels.order_no, "numbers"), parcels.platform_code != "", ~freed.exists())
        .order_by(parcels.id, messages.id)
    )


_OF_SHOPS = _of_shops()


def _two_channels(order_no: str, key: str | None, found: Sequence[Any]) -> Finding | None:
    if not found:
        return None
    same = [each for each in found if each.shop_key == key]
    kind = catalogue.ORDER_OF_TWO_CHANNELS if same else catalogue.ORDER_NUMBER_OF_TWO_CHANNELS
    first = (same or found)[0]
    facts = {"number": order_no, "platform": first.platform_code, "message": first.number, "day": first.at}
    return kind.at("order.order_no", **facts)
