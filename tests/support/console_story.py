"""Beginnings of stories in the console: an alarm of the night, an article, a buyer over the limit, two bills for one list."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from customs.declaration import Declaration
from customs.hub.alarms.alarm import AlarmState, begin_alarm
from customs.hub.alarms.condition import AlarmCondition, AlarmPlace
from customs.hub.alarms.kept import enter_alarms
from customs.hub.alarms.rules import alarm_rules
from customs.hub.orders.taking_in import take_in
from customs.ledger.bills import enter_assessments, enter_bill
from customs.ledger.causes import EntryCause
from customs.office import OfficeSettings
from customs.reconciliation.three_way import BillSide, OwnSide, ParcelCourse
from customs.signing import Signer
from customs.tax import assess
from customs.testing import sample_parcels
from customs.testing.hub import rehearse_hub
from support import exactly
from support.console import FilledConsole

ARTICLE = {"title_en": "Limits that customs sees before us", "issue_en": "Refused, though we allowed it"}


def alarmed(console: FilledConsole, order_no: str) -> None:
    """An open alarm: customs refuses for quota what the hub allowed."""
    condition = AlarmCondition(
        place=AlarmPlace("quota_disagrees"), figures={"count": "3", "window": "1d"}, examples=(order_no,)
    )
    begun = begin_alarm(condition, alarm_rules()["quota_disagrees"], "shop", console.hub.now)
    with console.ledger.begin() as connection:
        enter_alarms(connection, [replace(begun, state=AlarmState.OPEN, opened_at=console.hub.now)])


def published(console: FilledConsole) -> None:
    """An article about such alarms, which one person wrote and another reviewed."""
    writer, other = console.reader("support", "en"), console.reader("goods", "en")
    writer.submit(writer.shop("/knowledge/new"), "/knowledge/new", ties="alarm quota_disagrees", **ARTICLE)
    for state in exactly(2, ("reviewed", "published")):
        page = other.shop("/knowledge/1")
        other.submit(page, "/knowledge/1/move", state=state)


def over_limit(console: FilledConsole, signer: Signer) -> Declaration:
    """An order that customs refuses, since its buyer has bought elsewhere up to the yearly limit; we did not know."""
    (parcel,) = sample_parcels(1, seed=12, mode="1210")
    settings = OfficeSettings(bought={parcel.order.buyer_id_number: Decimal(26000)})
    hub = rehearse_hub(console.ledger, console.hub.now, signer, settings=settings)
    with console.ledger.begin() as connection:
        take_in(connection, "shop", [parcel], at=hub.now)
    for _ in range(6):
        hub.rehearsal.now += timedelta(minutes=5)
        hub.turn()
    console.hub.rehearsal.now = hub.now
    return parcel


def billed_twice(console: FilledConsole) -> Declaration:
    """A released parcel for whose list customs made two tax bills."""
    parcel, at = console.parcels[1], console.hub.now
    assessment = assess(parcel, on=at.date())
    tariff, consumption, vat, _ = assessment.taxes
    number, list_no, merchant = parcel.order.order_no, "299120261000000001", parcel.parties.merchant_code
    own = OwnSide(
        order_no=number,
        list_no=list_no,
        merchant_code=merchant,
        guarantor_code="3301960GUA",
        assessment=assessment,
        course=ParcelCourse.RELEASED,
    )
    with console.ledger.begin() as connection:
        enter_assessments(connection, [(own, EntryCause("order", number))], at)
        for bill_no in exactly(2, ("T2026110001", "T2026110002")):
            bill = BillSide(
                tax_bill_no=bill_no,
                list_no=list_no,
                order_no=number,
                merchant_code=merchant,
                guarantor_code="3301960GUA",
                made_at=at,
                head=(tariff, consumption, vat),
            )
            enter_bill(connection, bill, EntryCause("receipt", bill_no), at)
    return parcel
