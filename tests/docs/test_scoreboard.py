"""The scoreboard: what is promised of speed and scale, and that its comparisons are fair."""

from itertools import islice
from typing import Any

import pytest
from benchmarks import board, endless, usual_way
from benchmarks.board import BENCHMARKS, Promise, promises
from benchmarks.yardstick import Parcels, messages, yardstick


@pytest.fixture(scope="module")
def parcels() -> Parcels:
    return Parcels(100)


def named(name: str, *, ifma: bool = True) -> Promise:
    return next(each for each in promises(ifma=ifma) if each.name == name)


def test_the_processor_decides_what_is_promised_beside_a_bare_signature() -> None:
    name = "parcels in batches, to the rate of bare signatures"
    assert (named(name, ifma=True).target, named(name, ifma=False).target) == (">= 1", ">= 1.9")
    assert {each.benchmark for each in promises(ifma=True)} <= set(BENCHMARKS)


def test_a_promise_holds_up_to_its_target() -> None:
    yard, two = named("parcel in a batch, to the yardstick"), named("two processes, to one")
    assert (yard.target, yard.holds(3.0), yard.holds(3.01)) == ("<= 3", True, False)
    assert (two.target, two.holds(1.85), two.holds(1.84)) == (">= 1.85", True, False)


def test_a_row_tells_if_its_promise_holds_and_how_it_changed() -> None:
    promised = Promise("a", "road", most=3.0), Promise("b", "road", least=1.0), Promise("c", "workers", least=1.0)
    found = {"road": {"a": 2.4, "b": 0.5, "d": 7.0}}
    table: dict[str, dict[str, Any]] = {
        row["name"]: row for row in board.rows(promised, {"workers": {}, **found}, {"a": 3.0, "d": 3.5})
    }
    assert list(table) == ["a", "b", "c", "d"]
    assert (table["a"]["holds"], table["a"]["change"]) == (True, 0.8)
    assert (table["b"]["holds"], table["b"]["change"]) == (False, None)
    assert (table["c"]["figure"], table["c"]["holds"]) == (None, None)
    assert (table["d"]["target"], table["d"]["change"]) == (None, 2.0)


def test_the_usual_way_makes_signed_messages_of_the_same_values(parcels: Parcels) -> None:
    key = usual_way.opened(parcels.pair)
    ready = [usual_way.ready_values(content) for content in messages(parcels)]
    assert [len(each.documents) for each in ready] == [100] * 4
    for each in ready:
        made = usual_way.made_and_signed(each, key)
        assert usual_way.same_values(each, made)
        assert not usual_way.same_values(each._replace(documents=each.documents[1:]), made)


def test_the_yardstick_parses_the_four_documents_of_each_parcel(parcels: Parcels) -> None:
    assert yardstick(parcels)() == 100
    assert [len(each) for each in parcels.documents()] == [4] * 100


@pytest.mark.long
def test_parcels_without_end_are_those_of_many_buyers_and_nothing_is_wrong_with_them(parcels: Parcels) -> None:
    outcomes = list(parcels.run.examine(islice(endless.texts(), 1500)))
    assert [each.findings for each in outcomes if each.findings] == []
    found = [each.declaration for each in outcomes if each.declaration]
    assert len({each.order.buyer_id_number for each in found}) == len({each.order.order_no for each in found}) == 1500
    assert len({endless.buyer(number) for number in range(0, 1_000_000, 997)}) == 1004
    assert {each.order.buyer_id_number[6:8] for each in found} == {"18"}
