"""A ledger in which every room was used: what ``support.filled_ledger`` fills, and exchange, hub, risk, tracing and settlements too.

``python -m support.filled_rooms`` prints the database as SQL. What lies in ``tests/ledger/hub_release`` was printed when the hub was
new and is never printed again: later releases have to read it.
"""

import sqlite3
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import customs
from customs.hub.alarms.alarm import HubAlarm
from customs.hub.alarms.condition import AlarmPlace
from customs.hub.alarms.kept import enter_alarms, set_silence
from customs.hub.alarms.rules import AlarmSeverity
from customs.hub.alarms.settings import AlarmSilence, shipped_settings
from customs.hub.alarms.turn import alarms_turn
from customs.hub.channels.notices import Notice, queue_notice
from customs.hub.channels.telling import lease_notice
from customs.hub.counts.tallies import Tally, TallyName, enter_tallies
from customs.hub.enterprises.tokens import TokenScope, make_token
from customs.hub.orders.taking_in import take_in
from customs.hub.store.answered import claim_key, keep_answer
from customs.hub.turns.refunds import ask_cancellation
from customs.ledger import EntryCause, Ledger, LedgerConnection, open_ledger, upgrade
from customs.ledger.bills import enter_parcel, enter_tax_payment
from customs.ledger.exchange import put_messages
from customs.ledger.exchange.boxes import set_mark
from customs.ledger.risk import observe_course
from customs.ledger.settlements import (
    DeclaredPayment,
    SettlementTerms,
    answer,
    close_day,
    compared_orders,
    enter_own_figures,
    enter_payments,
    enter_refund_states,
    open_payment_bills,
    provider_profile,
    take_bill,
    take_charges,
)
from customs.ledger.trace import TraceEntry, take_back
from customs.receipts.lifecycle import track
from customs.reconciliation.three_way.sides import OwnSide
from customs.tax import assess
from customs.testing import issue_test_key, sample_parcels
from customs.testing.parcels import DECLARANT
from support import MORNING, SINGLES_DAY, traced
from support import settlement_files as written
from support.exchanges import deliveries, renamed
from support.filled_ledger import AT, FILLING, receipt
from support.hub_office import hub_at_work
from support.ledgers import KEYS
from support.parcel_events import said, submitted
from support.risk_parcels import bought, observed
from support.settlement_files import DAY, Sale, sales

TICKET = EntryCause("ticket", "T9", by="clerk", why="agreed")


def _in_transaction(fill: Callable[[LedgerConnection], object]) -> Callable[[Ledger], None]:
    def filled(ledger: Ledger) -> None:
        with ledger.begin() as connection:
            fill(connection)

    return filled


def fill_hub(ledger: Ledger) -> None:
    """Orders go out, are released, and one is cancelled at the wish of its buyer; calls, tokens and answers stand beside them."""
    signer, guids = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)).signer(), customs.seeded_guids(71)

    def run_on(profile: str, on: date) -> customs.Run:
        return customs.Run(on=on, clock=customs.fixed_clock(AT), guids=guids, signer=signer)

    hub = hub_at_work(ledger, AT, signer, hooks=("wms",), run_on=run_on)
    orders = list(sample_parcels(2, seed=71, mode="1210"))
    with ledger.begin() as connection:
        take_in(connection, "shop", orders, at=hub.now, hooks=hub.enterprise.hooks)
    for _ in range(5):
        hub.turn()
        hub.rehearsal.now += timedelta(minutes=5)
    with ledger.begin() as connection:
        names = orders[0].parties.platform_code or "", orders[0].order.order_no
        ask_cancellation(connection, hub.enterprise, names, "bought by mistake", now=hub.now)
        claim_key(connection, "shop", "key", b"POST /orders", now=hub.now)
        keep_answer(connection, "shop", "key", "{}", now=hub.now)
        make_token(connection, "shop", "desk", [TokenScope.OPERATE], at=hub.now)
        enter_tallies(connection, "shop", [Tally(name=TallyName.STRAY, examples=("O1",))], at=hub.now, source="port")
    hub.turn()


def fill_alarms(ledger: Ledger) -> None:
    """A turn of the alarms, one alarm that stands, a silence, and a notice that is leased by a channel."""
    place, now = AlarmPlace(rule="guarantee", subject="G1"), AT
    enterprise = hub_at_work(ledger, AT, issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)).signer()).enterprise
    alarms_turn(ledger, enterprise, shipped_settings(), now=now)
    notice = Notice(subject_zh="担保不足", subject_en="The guarantee is low", text_zh="请补足", text_en="Raise it")
    with ledger.begin() as connection:
        alarm = HubAlarm(enterprise="shop", place=place, severity=AlarmSeverity.WARNING, since=now, held_from=now)
        enter_alarms(connection, [alarm])
        silence = AlarmSilence(begins=now, ends=now + timedelta(hours=1), why="maintenance")
        set_silence(connection, "shop", silence, by="clerk")
        queue_notice(connection, "desk", notice, at=now)
        lease_notice(connection, "desk", rate=1, now=now)


def fill_exchange(connection: LedgerConnection) -> None:
    """A message, and another one of the same documents, which waits for it; a destination whose circuit is open."""
    (first, *_) = deliveries(1, seed=9)
    put_messages(connection, "client", [first], at=AT)
    put_messages(connection, "client", [renamed(first, "again")], at=AT)
    set_mark(connection, 1, "circuit", "[0, null, null, 0]")


def fill_risk(connection: LedgerConnection) -> None:
    """Two orders of which customs released one."""
    parcels = bought(1), bought(2)
    observed(connection, *parcels)
    order = f"{parcels[0].parties.platform_code}/{parcels[0].order.order_no}"
    events = submitted("CEB621", 0, "G1"), said("CEB621", "120", 1), said("CEB621", "800", 2)
    observe_course(connection, order, track(events), at=MORNING)


def fill_traces(ledger: Ledger) -> None:
    """A lot, a pick and a code of a released parcel; a row is taken back."""
    traced.release(ledger)
    pick = TraceEntry(kind="pick", sku=traced.FIRST, batch="B1", order_no=traced.ORDER)
    traced.enter(
        ledger, traced.LOT, pick, TraceEntry(kind="code", code="C1", sku=traced.FIRST, batch="B1", order_no="O9")
    )
    with ledger.begin() as connection:
        take_back(connection, [2], TICKET, AT)


def fill_taxes(connection: LedgerConnection) -> None:
    """A parcel with its tax, and a payment form that was paid."""
    parcel = next(sample_parcels(1, seed=72, mode="1210"))
    own = OwnSide(
        order_no=parcel.order.order_no, list_no="LT9", guarantor_code="G1", assessment=assess(parcel, on=SINGLES_DAY)
    )
    enter_parcel(connection, own, receipt("own"), AT)
    enter_tax_payment(connection, "F9", Decimal("9.10"), date(2026, 12, 20), receipt("paid"), AT)


def declared_of(sale: Sale) -> DeclaredPayment:
    """A sale as its shop declared it."""
    return DeclaredPayment(
        order_no=sale.order, payment_no=sale.number, amount=sale.ordered, paid_at=sale.at,
        declared_at=sale.at + timedelta(minutes=20), standing="released", standing_since=sale.at + timedelta(hours=1),
        payer_is_buyer=True,
    )  # fmt: skip


def fill_differences(ledger: Ledger) -> None:
    """A day of bills with a difference that was answered, a row that stands twice, and the bill of a carrier."""
    terms, later = SettlementTerms(), datetime(2026, 11, 20)
    day = date(2026, 11, 12)
    given = [each for each in sales(8, 5, day=day) if not each.refunds]
    profile = provider_profile("carrier_halves")
    with TemporaryDirectory() as folder, ledger.begin() as connection:
        trade, funds, twice = (Path(folder) / name for name in ("trade.csv", "funds.csv", "twice.csv"))
        trade.write_text(written.wechat_trade(given), encoding="utf-8")
        funds.write_text(written.wechat_funds(given), encoding="utf-8")
        other = sales(1, 6, day=DAY + timedelta(days=9))
        twice.write_text(written.wechat_trade([*other, *other]), encoding="utf-8")
        for path in (trade, funds, twice):
            with open_payment_bills(path) as bills:
                for each in bills:
                    take_bill(connection, each, at=later)
        wrong, *right = [declared_of(each) for each in given]
        payments = [replace(wrong, amount=Decimal("1.00")), *right]
        enter_payments(connection, payments, cause=receipt("payments"), at=later)
        enter_refund_states(connection, {"5012": "SUCCESS"}, cause=receipt("refunds"), at=later)
        for compared in compared_orders(connection, terms, later, days=(day, day)):
            for finding in compared.findings:
                answer(connection, finding, "ticket", "T9", cause=TICKET, at=later)
        close_day(connection, "wechat", day, terms, cause=TICKET, at=later)
        head = "运单号,揽收日期,目的省,实际重量(kg),计费重量(kg),应付金额\n"
        (Path(folder) / "carrier.csv").write_text(f"{head}YD1,2026-11-11,广东省,0.4,1.0,8.00\n", encoding="utf-8")
        (Path(folder) / "own.csv").write_text(
            "waybill,day,scale_kg,left_zone\nYD1,2026-11-11,0.4,1\n", encoding="utf-8"
        )
        take_charges(connection, Path(folder) / "carrier.csv", profile, cause=receipt("carrier"), at=later)
        enter_own_figures(connection, Path(folder) / "own.csv", profile, cause=receipt("own"), at=later)


#: What fills every room of a ledger, in order.
ROOMS: tuple[Callable[[Ledger], None], ...] = (
    fill_hub,  # before any enterprise is registered: then all have to be
    *map(_in_transaction, FILLING),
    fill_traces,
    fill_alarms,
    _in_transaction(fill_exchange),
    _in_transaction(fill_risk),
    _in_transaction(fill_taxes),
    fill_differences,
)


def main() -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.db"
        url = f"sqlite:///{path}"
        upgrade(url)
        with open_ledger(url, KEYS) as ledger:
            for fill in ROOMS:
                fill(ledger)
        database = sqlite3.connect(path)
        sys.stdout.writelines(f"{line}\n" for line in database.iterdump())
        database.close()


if __name__ == "__main__":
    main()
