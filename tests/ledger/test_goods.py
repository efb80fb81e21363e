"""Goods records: states and versions with their history, what a change touches, and what customs would refuse."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError

from customs import Declaration, Run, fixed_clock, foresee, seeded_guids
from customs.intake import GoodsRecord, goods_in
from customs.ledger import CauseUsedError, EntryCause, Ledger, LedgerConnection, LedgerError
from customs.ledger.goods import (
    MOVES,
    GoodsEntered,
    GoodsMoveError,
    GoodsStanding,
    GoodsState,
    LedgerGoods,
    RecordPolicy,
    check_parcel_goods,
    declared_uses,
    differences,
    enter_goods,
    find_goods,
    goods_list,
    goods_numbered,
    goods_of_sku,
    history_of,
    kept_goods,
    move_goods,
    note_uses,
    touched,
    uses_of,
    version_of,
)
from customs.ledger.goods.tables import GOODS_CHANGES, GOODS_VERSIONS
from customs.receipts.foresight import codes_avoided
from customs.signing import Signer
from customs.testing import sample_parcels
from support.ledgers import LedgerDatabases

AT, DAY = datetime(2026, 11, 11, 8), date(2026, 11, 11)
PARCEL: Declaration = next(sample_parcels(1, seed=7, mode="1210"))
BOOK = PARCEL.clearance.account_book_no or ""
FACTS = ("hs_code", "item_name", "unit", "legal_unit1", "legal_unit2", "origin_country", "record_no")
CREAM = GoodsRecord(sku="A1", facts={"hs_code": "3304990039", "unit": "142"}, state="approved")


def cause(number: str = "1") -> EntryCause:
    return EntryCause("file", number)


def entered(ledger: Ledger, record: GoodsRecord, number: str = "1", **more: Any) -> GoodsEntered:
    with ledger.begin() as connection:
        return enter_goods(connection, record, cause(number), at=AT, **more)


def moved(ledger: Ledger, state: GoodsState, number: str, sku: str = "A1", book: str = "") -> bool:
    with ledger.begin() as connection:
        ticket = EntryCause("ticket", number, by="clerk", why="as customs says")
        return move_goods(connection, (sku, book), state, ticket, at=AT)


def standing(ledger: Ledger, sku: str = "A1", book: str = "") -> GoodsStanding:
    with ledger.read() as connection:
        found = find_goods(connection, sku, book)
    assert found is not None
    return found


def records_of(parcel: Declaration, **more: Any) -> Iterator[GoodsRecord]:
    """The records of the lines of a parcel, all on record in its book."""
    for line in parcel.order.lines:
        facts = {name: value for name in FACTS if (value := getattr(line, name))}
        record = GoodsRecord(sku=line.item_no or "", facts=facts, account_book_no=BOOK, state="approved")
        yield replace(record, **more)


def on_record(ledger: Ledger, **more: Any) -> None:
    for each in records_of(PARCEL, **more):
        entered(ledger, each)


def found_in(connection: LedgerConnection, parcel: Declaration = PARCEL, **more: Any) -> list[tuple[str, str]]:
    return [(each.code, each.path) for each in check_parcel_goods(connection, parcel, on=DAY, **more)]


def with_line(**facts: Any) -> Declaration:
    first, *others = PARCEL.order.lines
    lines = (first.model_copy(update=facts), *others)
    return PARCEL.model_copy(update={"order": PARCEL.order.model_copy(update={"lines": lines})})


# states and versions


def test_a_record_goes_from_draft_to_on_record_each_step_with_who_and_why(ledger: Ledger) -> None:
    assert entered(ledger, replace(CREAM, state="")).move == "new"
    assert standing(ledger).in_force is None
    assert moved(ledger, GoodsState.SUBMITTED, "T1")
    assert moved(ledger, GoodsState.ON_RECORD, "T2")
    with ledger.read() as connection:
        changes = history_of(connection, standing(ledger))
    assert [(each.state, each.in_force, each.cause.by) for each in changes] == [
        ("draft", None, ""),
        ("submitted", None, "clerk"),
        ("on_record", 1, "clerk"),
    ]


def test_a_state_that_does_not_follow_is_refused_and_leaves_no_trace(ledger: Ledger) -> None:
    entered(ledger, replace(CREAM, state=""))
    with pytest.raises(GoodsMoveError, match=r"only submitted, withdrawn .*可变为 submitted, withdrawn"):
        moved(ledger, GoodsState.ON_RECORD, "T1")
    assert standing(ledger).last.place == 1


def test_the_version_on_record_holds_until_the_new_one_takes_its_place(ledger: Ledger) -> None:
    entered(ledger, CREAM)
    told = entered(ledger, replace(CREAM, facts={**CREAM.facts, "unit": "011"}, state="pending"), "2")
    assert (told.move, told.version, told.state) == ("changed", 2, "submitted")
    assert [tuple(each) for each in told.differences] == [("unit", "142", "011")]
    held = standing(ledger).in_force
    assert held is not None
    assert held.facts["unit"] == "142"
    assert moved(ledger, GoodsState.ON_RECORD, "T1")
    held = standing(ledger).in_force
    assert held is not None
    assert held.facts["unit"] == "011"
    with ledger.read() as connection:
        before = version_of(connection, standing(ledger), 1)
    assert before is not None
    assert before.facts["unit"] == "142"


def test_a_refused_change_leaves_the_version_on_record_in_force(ledger: Ledger) -> None:
    entered(ledger, CREAM)
    entered(ledger, replace(CREAM, net_content="50ml", state="refused"), "2")
    assert (standing(ledger).last.state, standing(ledger).last.in_force) == ("refused", 1)


@pytest.mark.parametrize("state", [GoodsState.SUSPENDED, GoodsState.WITHDRAWN])
def test_what_is_suspended_or_withdrawn_may_not_be_declared(ledger: Ledger, state: GoodsState) -> None:
    entered(ledger, CREAM)
    assert moved(ledger, state, "T1")
    assert standing(ledger).in_force is None


def test_the_same_cause_twice_changes_nothing_and_with_other_content_it_is_refused(ledger: Ledger) -> None:
    assert entered(ledger, replace(CREAM, state="")).move == "new"
    assert moved(ledger, GoodsState.SUBMITTED, "T1")
    assert not moved(ledger, GoodsState.SUBMITTED, "T1")
    assert entered(ledger, replace(CREAM, state="")).move == "same"
    with pytest.raises(CauseUsedError):
        entered(ledger, replace(CREAM, net_content="50ml", state=""))
    with pytest.raises(CauseUsedError):
        moved(ledger, GoodsState.WITHDRAWN, "T1")
    assert standing(ledger).last.place == 2


def test_a_list_that_repeats_what_is_known_makes_no_version(ledger: Ledger) -> None:
    entered(ledger, replace(CREAM, per_unit1=Decimal("0.05")))
    assert entered(ledger, replace(CREAM, per_unit1=Decimal("0.05000")), "2").move == "same"
    assert standing(ledger).last.place == 1


def test_a_record_that_was_declared_keeps_code_names_units_and_origin(ledger: Ledger) -> None:
    on_record(ledger)
    with ledger.begin() as connection:
        assert note_uses(connection, uses_of(PARCEL), at=AT) == len(PARCEL.order.lines)
        assert note_uses(connection, uses_of(PARCEL), at=AT) == 0
    (record, *_) = records_of(PARCEL)
    other = replace(record, facts={**record.facts, "hs_code": "1901101090"})
    told = entered(ledger, other, "2")
    assert (told.move, [each.code for each in told.findings]) == ("frozen", ["goods-record-frozen"])
    assert standing(ledger, record.sku, BOOK).last.version == 1
    assert entered(ledger, replace(record, valid_until=date(2027, 12, 31)), "3").move == "changed"
    assert entered(ledger, other, "4", policy=RecordPolicy(frozen_after_use=())).move == "changed"


def test_the_database_refuses_to_change_or_delete_history(ledger: Ledger) -> None:
    entered(ledger, CREAM)
    for statement in (
        update(GOODS_CHANGES).values(state="draft"),
        delete(GOODS_CHANGES),
        update(GOODS_VERSIONS).values(content="{}"),
        delete(GOODS_VERSIONS),
    ):
        with pytest.raises((LedgerError, DBAPIError)), ledger.begin() as connection:
            connection.sql.execute(statement)


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("enter"), st.sampled_from(["1", "2", "3"]), st.sampled_from(["", "approved", "pending"])),
        st.tuples(st.just("move"), st.sampled_from(list(GoodsState)), st.just("")),
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@pytest.mark.long
def test_whatever_happens_the_history_leads_from_each_state_to_the_next(
    databases: LedgerDatabases, steps: list[tuple[str, Any, str]]
) -> None:
    with databases.ledger() as ledger:
        entered(ledger, CREAM, "0")
        held: int | None = 1
        for number, (act, what, state) in enumerate(steps, 1):
            if act == "enter":
                told = entered(ledger, replace(CREAM, net_content=what, state=state), str(number))
                held = told.version if told.state is GoodsState.ON_RECORD else held
            elif what in MOVES[standing(ledger).last.state]:
                assert moved(ledger, what, str(number))
                newest = standing(ledger).last.version
                held = {GoodsState.ON_RECORD: newest, GoodsState.SUSPENDED: None, GoodsState.WITHDRAWN: None}.get(
                    what, held
                )
            now = standing(ledger)
            assert now.last.in_force == held
        with ledger.read() as connection:
            changes = history_of(connection, standing(ledger))
        assert [each.place for each in changes] == list(range(1, len(changes) + 1))
        for before, after in pairwise(changes):
            assert after.version == before.version + (after.kind == "version")
            assert (after.state, after.version) != (before.state, before.version)


# lists


@pytest.mark.parametrize("name", ["goods.csv", "goods.xlsx"])
def test_an_exported_list_that_is_entered_again_changes_nothing(ledger: Ledger, tmp_path: Path, name: str) -> None:
    on_record(ledger, per_unit1=Decimal("0.8"), record_price=Decimal("99.50"), valid_until=date(2027, 1, 31))
    entered(ledger, replace(CREAM, facts={**CREAM.facts, "local.brand": "示例牌"}, state="refused"))
    with ledger.read() as connection:
        every = list(kept_goods(connection))
    (tmp_path / name).write_bytes(goods_list(every, workbook=name.endswith("xlsx")))
    again = goods_in(tmp_path / name)
    assert len(again) == len(every)
    assert {entered(ledger, each, "again").move for each in again.values()} == {"same"}


def test_an_article_has_a_record_in_each_book(ledger: Ledger) -> None:
    for book in ("T3108W000055", "T3108W000066"):
        entered(ledger, replace(CREAM, facts={**CREAM.facts, "record_no": "12"}, account_book_no=book))
    with ledger.read() as connection:
        assert [each.account_book_no for each in goods_of_sku(connection, "A1")] == ["T3108W000055", "T3108W000066"]
        found = goods_numbered(connection, "T3108W000066", "12")
        assert found is not None
        assert found.account_book_no == "T3108W000066"
        assert goods_numbered(connection, "T3108W000077", "12") is None


def test_differences_name_what_was_added_changed_and_taken_away() -> None:
    after = GoodsRecord(sku="A1", facts={"hs_code": "3304990031"}, valid_until=date(2027, 1, 1))
    assert [tuple(each) for each in differences(CREAM, after)] == [
        ("hs_code", "3304990039", "3304990031"),
        ("valid_until", "", "2027-01-01"),
        ("unit", "142", ""),
    ]


# before declaring


def test_a_parcel_as_on_record_has_no_finding_and_draws_no_refusal(ledger: Ledger) -> None:
    on_record(ledger)
    with ledger.read() as connection:
        assert found_in(connection) == []
        assert foresee(PARCEL, on=DAY, records=LedgerGoods(connection)) == ()


def test_goods_that_are_not_on_record_or_differ_are_foreseen_with_the_codes_of_customs(ledger: Ledger) -> None:
    on_record(ledger)
    other = with_line(origin_country="502" if PARCEL.order.lines[0].origin_country != "502" else "110")
    unknown = with_line(record_no="999999")
    with ledger.read() as connection:
        records = LedgerGoods(connection)
        (differs,) = foresee(other, on=DAY, records=records)
        (absent,) = foresee(unknown, on=DAY, records=records)
        assert found_in(connection, other) == [("goods-differ-from-record", "order.lines[0].origin_country")]
        assert found_in(connection, unknown) == [("goods-not-on-record", "order.lines[0].record_no")]
    assert (differs.finding.code, absent.finding.code) == ("goods-differ-from-record", "goods-not-on-record")
    assert {"CEB626 -625007", "CEB626 -625010", "CEB622 -621001"} <= set(differs.codes) & set(absent.codes)


def test_a_suspended_record_stops_the_parcel_and_counts_as_not_on_record(ledger: Ledger) -> None:
    on_record(ledger)
    sku = PARCEL.order.lines[0].item_no or ""
    moved(ledger, GoodsState.SUSPENDED, "T1", sku, BOOK)
    with ledger.read() as connection:
        assert found_in(connection) == [("goods-not-approved", "order.lines[0]")]
        (told,) = foresee(PARCEL, on=DAY, records=LedgerGoods(connection))
    assert told.finding.code == "goods-not-on-record"
    assert "CEB626 -625007" in told.codes


@pytest.mark.parametrize(
    ("ends", "code"),
    [
        (date(2026, 11, 10), "goods-record-not-valid"),
        (date(2026, 11, 11), "goods-record-expires"),
        (date(2027, 1, 10), "goods-record-expires"),
        (date(2027, 1, 11), ""),
    ],
)
def test_the_last_day_of_a_record_is_told_sixty_days_before(ledger: Ledger, ends: date, code: str) -> None:
    on_record(ledger, valid_until=ends)
    with ledger.read() as connection:
        assert {each for each, _ in found_in(connection)} == ({code} if code else set())


def test_a_price_more_than_thirty_percent_from_the_record_is_a_warning(ledger: Ledger) -> None:
    on_record(ledger, record_price=Decimal(100))
    with ledger.read() as connection:
        for price, far in (("70.00", False), ("69.99", True), ("130.00", False), ("130.01", True)):
            told = found_in(connection, with_line(price=Decimal(price)))
            assert (("goods-price-far", "order.lines[0].price") in told) is far
        near = RecordPolicy(price_warn=Decimal("0.01"))
        assert ("goods-price-far", "order.lines[0].price") in found_in(
            connection, with_line(price=Decimal("98.99")), policy=near
        )


def test_statutory_quantities_are_those_of_the_record(ledger: Ledger) -> None:
    on_record(ledger, per_unit1=Decimal("0.8"))
    qty = PARCEL.order.lines[0].qty
    with ledger.read() as connection:
        right = with_line(legal_qty1=qty * Decimal("0.8"))
        wrong = with_line(legal_qty1=qty * Decimal(8))
        assert [each for each in found_in(connection, right) if "lines[0]" in each[1]] == []
        assert found_in(connection, wrong)[0] == ("goods-differ-from-record", "order.lines[0].legal_qty1")


def test_goods_without_a_book_are_found_by_their_sku(ledger: Ledger) -> None:
    parcel = next(sample_parcels(1, seed=7, mode="9610"))
    line = parcel.order.lines[0]
    assert line.item_no
    with ledger.read() as connection:
        assert found_in(connection, parcel) == []
    entered(ledger, GoodsRecord(sku=line.item_no, facts={"hs_code": line.hs_code}, state="suspended"))
    with ledger.read() as connection:
        assert found_in(connection, parcel) == [("goods-not-approved", "order.lines[0]")]
        (finding,) = check_parcel_goods(connection, parcel, on=DAY)
    assert finding.is_error
    assert codes_avoided(finding) == ()


# what a change touches


def test_a_change_touches_the_lists_that_were_declared_with_the_record(
    ledger: Ledger, signer: Signer, tmp_path: Path
) -> None:
    on_record(ledger)
    run = Run(on=DAY, clock=fixed_clock(datetime(2026, 11, 11, 8)), guids=seeded_guids(1), signer=signer)
    for number, message in enumerate(run.prepare(PARCEL).messages):
        (tmp_path / f"{number}.xml").write_bytes(message.content)
    line = PARCEL.order.lines[0]
    with ledger.read() as connection:
        uses = list(declared_uses([tmp_path]))
        assert [each.record_no for each in uses] == [each.record_no for each in PARCEL.order.lines]
        found = [use for use, _ in touched(connection, uses, [(line.item_no or "", BOOK)])]
        assert [(each.order_no, each.line) for each in found] == [(PARCEL.order.order_no, 1)]
        assert (
            list(touched(connection, [each._replace(in_flight=False) for each in uses], [(line.item_no or "", BOOK)]))
            == []
        )
        assert list(touched(connection, uses, [("another", BOOK)])) == []
        before = [use.line for use, _ in touched(connection, uses_of(PARCEL), [(line.item_no or "", BOOK)])]
    assert before == [1]
