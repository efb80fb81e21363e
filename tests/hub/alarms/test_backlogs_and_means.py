"""Boxes and systems that fall behind; guarantees, papers, certificates, keys and books that end: seen before they stop work."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, update

import customs
from customs.exchange.circuit import Circuit
from customs.exchange.contract import Item
from customs.hub.alarms.settings import AlarmSettings, Watched
from customs.hub.counts.tallies import Tally, TallyName, enter_tallies
from customs.hub.enterprises.belongings import NOTHING
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.store.tables import HUB_CALLS, HUB_MARKS
from customs.ledger import EntryCause, Ledger
from customs.ledger.bills import enter_parcel, grant_guarantee
from customs.ledger.exchange import put_messages, take_items
from customs.ledger.exchange.boxes import lock_box
from customs.ledger.exchange.delivering import set_circuit
from customs.ledger.exchange.tables import EXCHANGE_ITEMS, EXCHANGE_MESSAGES
from customs.ledger.parties import PartyPaper, PartyRegistration, enter_changed
from customs.reconciliation.three_way import OwnSide, ParcelCourse
from customs.signing import Signer, SigningError
from customs.tax import assess
from customs.testing import sample_parcels
from support import exactly
from support.alarm_rows import look, shop, stand, with_settings
from support.exchanges import order_messages, receipt

EIGHT = datetime(2026, 11, 11, 8)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def outbox(ledger: Ledger) -> int:
    """An outbox with three messages that were put at eight."""
    with ledger.begin() as connection:
        put_messages(connection, "shop/port", order_messages(3), at=EIGHT)
        return lock_box(connection, "outbox", "shop/port")


def states(ledger: Ledger, box: int, state: str) -> None:
    with ledger.begin() as connection:
        connection.sql.execute(
            update(EXCHANGE_MESSAGES).where(EXCHANGE_MESSAGES.c.box == box).values(state=state, due=None)
        )


def test_messages_that_nobody_sends_are_seen_by_their_destination(ledger: Ledger, outbox: int) -> None:
    assert not look(ledger, "outbox_backlog", EIGHT + 14 * MINUTE)
    (found,) = look(ledger, "outbox_backlog", EIGHT + 15 * MINUTE)
    assert (found.place.subject, found.count, found.since) == ("port", 3, EIGHT)
    states(ledger, outbox, "handed over")
    assert not look(ledger, "outbox_backlog", EIGHT + HOUR)


def test_a_destination_is_seen_with_the_districts_that_it_leads_to(ledger: Ledger, outbox: int) -> None:
    answered = [Tally(name=TallyName.ANSWERED, district=each) for each in ("4600", "5100")]
    with ledger.begin() as connection:
        enter_tallies(connection, "shop", answered, at=EIGHT, source="port")
        enter_tallies(connection, "shop", [replace(answered[0], district="0100")], at=EIGHT, source="another")
    (found,) = look(ledger, "outbox_backlog", EIGHT + HOUR)
    assert found.figures["districts"] == "4600 5100"


@pytest.mark.parametrize(("state", "days"), [("parked", 30), ("dead", 1)])
def test_messages_that_go_no_further_are_seen_for_a_while(ledger: Ledger, outbox: int, state: str, days: int) -> None:
    assert not look(ledger, "dead_letters", EIGHT)
    states(ledger, outbox, state)
    assert [each.count for each in look(ledger, "dead_letters", EIGHT + days * DAY)] == [3]
    assert bool(look(ledger, "dead_letters", EIGHT + 31 * DAY)) == (state == "parked")


def test_a_destination_that_is_out_of_order_is_seen_until_it_works(ledger: Ledger, outbox: int) -> None:
    broken = Circuit(failures=7, since=EIGHT, probe_at=EIGHT + MINUTE, probes=1)
    for circuit, seen in ((Circuit(failures=1), []), (broken, [("port", 7, EIGHT)]), (Circuit(), [])):
        with ledger.begin() as connection:
            set_circuit(connection, outbox, circuit)
        found = look(ledger, "circuit_open", EIGHT + MINUTE)
        assert [(each.place.subject, each.count, each.since) for each in found] == seen


def test_receipts_that_nobody_reads_are_seen_until_they_are(ledger: Ledger) -> None:
    contents = [receipt(each) for each in order_messages(2)]
    with ledger.begin() as connection:
        items = [Item(name=f"{place}.xml", content=content) for place, content in enumerate(contents)]
        take_items(connection, "shop/port", items, at=EIGHT)
    assert not look(ledger, "inbox_backlog", EIGHT + 9 * MINUTE)
    (found,) = look(ledger, "inbox_backlog", EIGHT + 10 * MINUTE)
    assert (found.place.subject, found.count) == ("port", 2)
    with ledger.begin() as connection:
        last = max(connection.sql.execute(EXCHANGE_ITEMS.select()).scalars())
        connection.sql.execute(insert(HUB_MARKS), [{"source": "shop/port", "upto": last}])
    assert not look(ledger, "inbox_backlog", EIGHT + HOUR)


def test_receipts_that_were_set_aside_are_seen_for_a_day(ledger: Ledger) -> None:
    with ledger.begin() as connection:
        take_items(connection, "shop/port", [Item(name="1.xml", content=b"nothing that customs writes")], at=EIGHT)
    (found,) = look(ledger, "receipts_aside", EIGHT + DAY)
    assert (found.place.subject, found.count, found.since) == ("port", 1, EIGHT)
    assert not look(ledger, "receipts_aside", EIGHT + DAY + MINUTE)


def test_a_system_that_does_not_take_its_calls_is_seen(ledger: Ledger) -> None:
    (order,) = stand(ledger, 1, EIGHT)
    row = {
        "enterprise": "shop",
        "hook": "wms",
        "order": order,
        "body": "{}",
        "state": "waiting",
        "due": EIGHT,
        "attempts": 4,
        "said": "",
        "at": EIGHT,
    }
    with ledger.begin() as connection:
        connection.sql.execute(insert(HUB_CALLS), [row, {**row, "enterprise": "another"}, {**row, "state": "taken"}])
    assert not look(ledger, "calls_backlog", EIGHT + 29 * MINUTE)
    assert [(each.place.subject, each.count) for each in look(ledger, "calls_backlog", EIGHT + HOUR)] == [("wms", 1)]


def guaranteed(ledger: Ledger, code: str, total: int) -> Decimal:
    """A guarantee, and three parcels of its guarantor that were released yesterday; returns their tax."""
    tax = Decimal(0)
    with ledger.begin() as connection:
        grant_guarantee(connection, code, Decimal(total), EntryCause("ticket", code), EIGHT)
        for parcel in sample_parcels(3, seed=7, mode="1210"):
            number = f"{code}-{parcel.order.order_no}"
            own = OwnSide(
                order_no=number,
                guarantor_code=code,
                assessment=assess(parcel, on=EIGHT.date()),
                course=ParcelCourse.RELEASED,
                released_on=EIGHT.date() - DAY,
            )
            tax += own.assessment.due
            enter_parcel(connection, own, EntryCause("order", number), EIGHT)
    return tax


def test_a_guarantee_that_is_nearly_used_up_is_seen(ledger: Ledger) -> None:
    tax = guaranteed(ledger, "G1", 1_000_000)
    assert not look(ledger, "guarantee_low", EIGHT)
    guaranteed(ledger, "G2", int(tax * Decimal("1.05")))
    (found,) = look(ledger, "guarantee_low", EIGHT)
    assert (found.place.subject, found.figures["share"]) == ("G2", "5%")
    assert Decimal(found.figures["total"]) - Decimal(found.figures["free"]) == tax


def test_a_guarantee_that_will_run_out_within_days_is_seen_with_the_day(ledger: Ledger) -> None:
    tax = guaranteed(ledger, "G1", 1_000_000)
    guaranteed(ledger, "G2", int(tax + tax / 30 * Decimal("2.5")))
    (found,) = look(ledger, "guarantee_runs_out", EIGHT)
    assert (found.place.subject, found.figures["day"]) == ("G2", "2026-11-14")


def entered(ledger: Ledger) -> None:
    carrier = PartyRegistration(role="carrier", code="4401960A01", name="某承运", valid_until=date(2026, 12, 1))
    licence = PartyPaper(
        role="carrier", code="4401960A01", paper="express_licence", number="L1", valid_until=date(2026, 11, 30)
    )
    ended = PartyRegistration(role="declarant", code="4601960A02", name="某报关", valid_until=date(2026, 11, 1))
    later = PartyRegistration(role="platform", code="4601960A03", name="某平台", valid_until=date(2027, 11, 1))
    with ledger.begin() as connection:
        for fact in (carrier, licence, ended, later):
            enter_changed(connection, fact, EntryCause("file", "list"), at=EIGHT)


def test_papers_that_end_soon_are_one_condition_of_each_party_and_those_that_ended_another(ledger: Ledger) -> None:
    entered(ledger)
    (soon,) = look(ledger, "papers_end", EIGHT)
    assert (soon.place.provider, soon.count) == ("carrier:4401960A01", 2)
    assert soon.figures["papers_zh"] == "快递业务经营许可证 2026-11-30、海关备案 2026-12-01"
    (ended,) = look(ledger, "papers_ended", EIGHT)
    assert (ended.place.subject, ended.figures["name"]) == ("4601960A02", "某报关 4601960A02")
    assert not look(ledger, "papers_end", EIGHT - 60 * DAY)


def watching(**watched: Any) -> AlarmSettings:
    return with_settings(watched={"shop": Watched(**watched)})


def test_an_enterprise_sees_the_guarantees_and_parties_that_are_its_own(ledger: Ledger) -> None:
    entered(ledger)
    guaranteed(ledger, "G2", 1)
    own = watching(guarantors=("G2",), parties=("4601960A02",))
    beside_others = replace(shop(), belongings=NOTHING)
    cases = ((own, beside_others, (1, 0, 1)), (None, beside_others, (0, 0, 0)), (None, shop(), (1, 1, 1)))
    for settings, enterprise, seen in cases:
        rules = ("guarantee_low", "papers_end", "papers_ended")
        assert tuple(len(look(ledger, rule, EIGHT, settings, enterprise)) for rule in rules) == seen


def test_a_book_is_due_for_write_off_when_its_cycle_has_ended(ledger: Ledger) -> None:
    settings = watching(books={"T4600A000001": date(2026, 9, 30)})
    assert not look(ledger, "write_off_due", datetime(2026, 10, 29), settings)
    (found,) = look(ledger, "write_off_due", datetime(2026, 10, 30), settings)
    assert (found.place.subject, found.figures["day"], found.figures["days"]) == ("T4600A000001", "2026-11-29", "30")
    assert look(ledger, "write_off_due", datetime(2026, 12, 30), settings), "it is late"


def test_a_certificate_is_seen_before_it_ends(ledger: Ledger, signer: Signer) -> None:
    ends = signer.certificate.valid_to.replace(tzinfo=None)
    assert not look(ledger, "certificate_ends", ends - 32 * DAY, None, shop(signer))
    (found,) = look(ledger, "certificate_ends", ends - 20 * DAY, None, shop(signer))
    assert found.figures["day"] == f"{ends:%Y-%m-%d}"


class Unplugged:
    """A key that was pulled out."""

    def __init__(self, signer: Signer) -> None:
        self.algorithm, self.certificate = signer.algorithm, signer.certificate

    def sign(self, data: bytes) -> Any:
        raise SigningError("the token is not plugged in 未插入 U 盾")


def closed(profile: str, on: date) -> customs.Run:
    raise SigningError("the password is wrong 口令错误")


def test_a_key_that_does_not_open_or_does_not_sign_is_seen_with_the_reason(ledger: Ledger, signer: Signer) -> None:
    lost = HubEnterprise(name="shop", profiles=("main",), run_on=closed)
    whys = [("the token is not plugged in", "未插入 U 盾"), ("the password is wrong", "口令错误")]
    for enterprise, why in exactly(2, zip((shop(Unplugged(signer)), lost), whys, strict=True)):
        (found,) = look(ledger, "key_lost", EIGHT, None, enterprise)
        assert (found.figures["why"], found.figures["why_zh"]) == why
    assert not look(ledger, "key_lost", EIGHT, None, shop(signer))
    assert not look(ledger, "certificate_ends", EIGHT, None, lost), "one alarm for one key"
