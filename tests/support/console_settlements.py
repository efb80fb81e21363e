"""Bills of payment companies and of a carrier in the ledger of the console, with differences to be settled."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

from customs.declaration import Declaration
from customs.fields.frozen import FrozenDict
from customs.hub.settings.settlement_places import SettlementPlace
from customs.ledger import EntryCause, Ledger
from customs.ledger.settlements import (
    DeclaredPayment,
    enter_own_figures,
    enter_payments,
    open_payment_bills,
    provider_profile,
    take_bill,
    take_charges,
)
from support import settlement_files as written
from support.settlement_files import DAY, Sale, fee_of

#: The terms of the enterprise: one carrier.
CARRIER = provider_profile("carrier_halves")
SETTLING = SettlementPlace(providers=FrozenDict({CARRIER.name: CARRIER}))

_FILE = EntryCause("file", "console")


def sales_of(parcels: Sequence[Declaration]) -> list[Sale]:
    """Each parcel paid on the day of the bill, by WeChat Pay."""
    found = list[Sale]()
    for place, parcel in enumerate(parcels):
        amount = Decimal("86.00") + 37 * place
        at = datetime.combine(DAY, datetime.min.time()) + timedelta(hours=9, minutes=place)
        number = f"4200{place:024}"
        found.append(
            Sale(order=parcel.order.order_no, number=number, at=at, ordered=amount, settled=amount, fee=fee_of(amount))
        )
    return found


def declared_of(sale: Sale) -> DeclaredPayment:
    """A sale as it was declared."""
    return DeclaredPayment(order_no=sale.order, payment_no=sale.number, amount=sale.ordered, paid_at=sale.at)


def fill_settlements(ledger: Ledger, parcels: Sequence[Declaration], at: datetime) -> None:
    """A bill of the day: one amount is another, one order is in no bill, one was paid twice; the carrier bills one parcel twice."""
    sales = sales_of(parcels[:6])
    twice = replace(sales[2], number=f"4200{99:024}")
    declared = [declared_of(each) for each in sales]
    declared[0] = replace(declared[0], amount=declared[0].amount - 1)
    waybills = [each.waybill.waybill_no or "" for each in parcels[:3]]
    with TemporaryDirectory() as folder, ledger.begin() as connection:
        bill, carrier, own = (Path(folder) / name for name in ("wechat_20261111.csv", "carrier_202611.csv", "own.csv"))
        bill.write_text(written.wechat_trade([*sales[:1], *sales[2:], twice]), encoding="utf-8")
        with open_payment_bills(bill) as bills:
            for each in bills:
                take_bill(connection, each, at=at)
        enter_payments(connection, declared, cause=_FILE, at=at)
        head = "运单号,揽收日期,目的省,实际重量(kg),计费重量(kg),应付金额\n"
        billed = [*waybills, waybills[0]]
        lines = [f"{each},2026-11-11,广东省,0.4,{1 + place},8.00\n" for place, each in enumerate(billed)]
        carrier.write_text(head + "".join(lines), encoding="utf-8")
        rows = "".join(f"{each},2026-11-11,0.4,1\n" for each in waybills)
        own.write_text(f"waybill,day,scale_kg,left_zone\n{rows}", encoding="utf-8")
        take_charges(connection, carrier, CARRIER, cause=_FILE, at=at)
        enter_own_figures(connection, own, CARRIER, cause=_FILE, at=at)
