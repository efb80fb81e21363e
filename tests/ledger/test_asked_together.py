"""A ledger is asked for many parcels at once: the answers are those of one at a time, and the questions do not grow."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from customs.declaration import Declaration
from customs.intake import GoodsRecord
from customs.journal.keys import of_declaration
from customs.ledger import EntryCause, Ledger
from customs.ledger.book.bond_messages import read_bond_message
from customs.ledger.book.entering import cause_of, enter_message
from customs.ledger.declared import LedgerDeclarations, LedgerKnowledge, note_declared, release_declared
from customs.ledger.goods import enter_goods
from customs.ledger.parties import PartyAgreement, PartyPaper, PartyRegistration, enter_changed
from customs.ledger.quota import QuotaOrder, order_key, reserve
from customs.road.given import Given, Source
from customs.road.recognition import keys_of, parcel_key
from customs.testing import sample_parcels
from support import exactly, some
from support.bond_messages import bond_list, statement
from support.journals import run_of
from support.statements import statements_counted

AT = datetime(2026, 11, 11, 8)
PARCELS = tuple(sample_parcels(200, seed=31, mode="1210"))
FILE = EntryCause("file", "records.xlsx")


def buyer_of(parcel: Declaration) -> tuple[str, str]:
    return parcel.order.buyer_id_type, parcel.order.buyer_id_number


def elsewhere(parcel: Declaration) -> Declaration:
    """The order of a parcel as another platform passes it on."""
    other = parcel.parties.model_copy(update={"platform_code": "3301960XYZ"})
    return parcel.model_copy(update={"parties": other})


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    """A ledger that has something to say of every kind: quota, goods, book, parties, and what was declared."""
    first = PARCELS[0]
    book, lines = first.clearance.account_book_no or "", first.order.lines
    with ledger.begin() as connection:
        for number, parcel in enumerate(PARCELS[:40]):
            asked = QuotaOrder(order=f"P/{number % 30}", buyer=buyer_of(parcel), amount=Decimal(number * 100 + 1))
            reserve(connection, replace(asked, attempt=1 + number // 30), at=AT)
        own = order_key(first.parties.platform_code, first.order.order_no)
        reserve(connection, QuotaOrder(order=own, buyer=buyer_of(first), amount=Decimal(900)), at=AT)
        for line in lines:
            facts = {"hs_code": line.hs_code, "unit": line.unit, "record_no": line.record_no or "", "item_name": "X"}
            record = GoodsRecord(sku=line.item_no or "S", facts=facts, account_book_no=book, state="approved")
            enter_goods(connection, record, FILE, at=AT)
            refused = replace(record, facts={**facts, "unit": "011"}, state="refused")
            enter_goods(connection, refused, EntryCause("file", "records-2.xlsx"), at=AT)
        arrived = bond_list("IN1", [((lines[0].record_no or "").lstrip("0"), "1")], PutrecNo=book)
        for content in (arrived, statement("2026-11-01 07:00:00", own_no="IN1", putrecNo=book)):
            enter_message(connection, read_bond_message(content), cause_of(content), AT)
        carrier = PartyRegistration(role="carrier", code=first.parties.carrier_code or "", name="别名快递公司")
        enter_changed(connection, carrier, FILE, at=AT)
        paper = PartyPaper(
            role="carrier", code=carrier.code, paper="express_licence", valid_until=AT.date().replace(year=2025)
        )
        enter_changed(connection, paper, FILE, at=AT)
        enter_changed(connection, PartyRegistration(role="merchant", code="3301960ABC", name="某店"), FILE, at=AT)
        agreed = PartyAgreement(
            platform_code=first.parties.platform_code or "",
            merchant_code=first.parties.merchant_code or "",
            role="declarant",
            code="3301960ABC",
        )
        enter_changed(connection, agreed, FILE, at=AT)
        for batch in run_of().prepare_many(PARCELS[60:70]):
            note_declared(connection, batch, at=AT)
        release_declared(connection, PARCELS[61].order.order_no, "622", at=AT)
    return ledger


def told(source: Source) -> object:
    return source if not isinstance(source, Given) else (source.parcel, source.order_no, source.findings)


def given_to(ledger: Ledger, parcels: Sequence[Source]) -> list[Source]:
    return list(LedgerKnowledge(ledger).asked_all(parcels, run=run_of()))


@pytest.mark.long
def test_parcels_that_are_asked_about_together_get_the_answers_of_one_at_a_time(filled: Ledger) -> None:
    texts = [each.model_dump_json(exclude_none=True) for each in PARCELS[20:40]]
    sources: list[Source] = [*PARCELS[:80], *texts, "{", Given("{}", place=7), *map(elsewhere, PARCELS[60:75])]
    together = given_to(filled, sources)
    single = [LedgerKnowledge(filled).asked(each, run=run_of()) for each in sources]
    assert list(map(told, together)) == list(map(told, single))
    codes = {found.code for each in together if isinstance(each, Given) for found in each.findings}
    assert codes == {
        "book-short", "goods-differ-from-record", "goods-not-on-record", "not-registered", "order-of-two-channels",
        "parties-not-agreed", "party-name-differs", "party-not-valid",
    }  # fmt: skip
    quotas = [
        each.parcel.quota_used for each in together if isinstance(each, Given) and isinstance(each.parcel, Declaration)
    ]
    assert len(set(quotas)) > 20


def test_the_questions_for_a_hundred_parcels_are_as_many_as_those_for_ten(filled: Ledger) -> None:
    asked: list[list[str]] = []
    for count in exactly(3, (10, 100, 200)):
        known = LedgerDeclarations(filled)
        with statements_counted() as statements:
            for batch in run_of(knowledge=known).prepare_many(known.asked_all(PARCELS[:count], run=run_of())):
                assert batch.parcels
        asked.append(list(statements))
    ten, hundred, two_hundred = map(len, asked)
    assert ten == hundred < 24
    assert two_hundred < 2 * hundred


def test_what_was_noted_or_released_is_asked_anew(ledger: Ledger) -> None:
    known, parcel = LedgerDeclarations(ledger), PARCELS[0]
    run, key = run_of(knowledge=known), parcel_key(keys_of(parcel))
    (batch,) = run.prepare_many(known.asked_all(PARCELS[:3], run=run_of()))
    assert known.declared(key) is None
    with known.noting(batch, at=AT):
        pass
    found = known.declared(key)
    assert found
    assert found.message in {each.id for each in batch.messages}
    assert list(known.asked_all(PARCELS[:1], run=run_of())) == [parcel]
    known.release(parcel.order.order_no, "622", at=AT)
    assert known.declared(key) is None


def test_the_answers_that_are_kept_are_bounded(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customs.ledger.declared.knowledge._MOST_KEPT", 40)
    known = LedgerDeclarations(ledger)
    list(known.asked_all(PARCELS, run=run_of()))
    keys = [text for _, text in of_declaration(PARCELS[-1]).once]
    with statements_counted() as statements:
        known.declared(parcel_key(keys_of(PARCELS[-1])))
        assert (len(keys), len(statements)) == (4, 0)
        known.declared(parcel_key(keys_of(PARCELS[0])))
    assert len(some(statements)) == 1
