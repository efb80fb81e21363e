"""The cores, keys, messages and storage that so many parcels a day take."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customs.bulk.planning import (
    KEYS,
    REFERENCE,
    Demand,
    KeyKind,
    MachineFigures,
    Plan,
    PlanningError,
    peak_of,
    planned,
)

ROUND = MachineFigures(
    parcel=800e-6,
    message=500e-6,
    rsa=500e-6,
    sm2=1000e-6,
    journal=160e-6,
    document_bytes=1000,
    message_bytes=3000,
    journal_bytes=500,
)
NIGHT = Demand(parcels_per_day=1_000_000, peak=1000, head_room=0.5)

kinds = st.sampled_from(list(KEYS.values()))
seconds = st.floats(1e-6, 1e-2)
machines = st.builds(
    MachineFigures,
    parcel=seconds,
    message=st.just(0.0) | seconds,
    rsa=seconds,
    sm2=seconds,
    journal=seconds,
    document_bytes=st.floats(500, 5000),
    message_bytes=st.floats(500, 5000),
    journal_bytes=st.floats(500, 5000),
)


@st.composite
def demands(draw: st.DrawFn) -> Demand:
    parcels = draw(st.integers(1, 50_000_000))
    return Demand(
        parcels_per_day=parcels,
        peak=max(draw(st.floats(0.01, 5000)), parcels / 86_400),
        batch=draw(st.integers(1, 100)),
        documents=draw(st.integers(1, 4)),
        head_room=draw(st.floats(0, 3)),
        days_kept=draw(st.integers(0, 4000)),
    )


def taken(found: Plan) -> tuple[float, ...]:
    """Everything of a plan that costs money."""
    return (
        found.cores,
        found.keys,
        found.journals,
        found.signatures_per_second,
        found.messages_per_day,
        found.rows_per_day,
        found.stored_bytes,
    )


def grows(before: Plan, after: Plan) -> bool:
    return all(one <= other for one, other in zip(taken(before), taken(after), strict=True))


def test_a_night_of_a_million_parcels_takes_what_can_be_added_up_by_hand() -> None:
    found = planned(NIGHT, KEYS["file-rsa"], ROUND)
    # a parcel: 800 to build, 160 to journal, 0.04 messages of 500 and 0.04 signatures of 500 microseconds
    assert found.core_carries == pytest.approx(1000)
    assert (found.cores, found.keys, found.journals) == (2, 1, 1)
    assert found.signatures_per_second == pytest.approx(40)
    assert (found.messages_per_day, found.rows_per_day) == (40_000, 4_000_000)
    assert found.message_bytes_per_day == 4_000_000 * 1000 + 40_000 * 3000
    assert found.journal_bytes_per_day == 500_000_000
    assert found.stored_bytes == (4_120_000_000 + 500_000_000) * 1096
    assert found.hours == pytest.approx(1_000_000 / 2000 / 3600)
    assert found.driven_by == "core"


def test_a_u_key_drives_the_result_where_a_core_would_carry_more() -> None:
    found = planned(NIGHT, KEYS["ukey"], ROUND)
    assert found.key_carries == pytest.approx(100)
    assert (found.keys, found.cores, found.driven_by) == (15, 2, "key")
    assert planned(NIGHT, KEYS["ukey"], ROUND, per_second=12).keys == 5


def test_parcels_declared_one_by_one_spend_more_on_the_key_than_on_all_else() -> None:
    one_by_one = planned(replace(NIGHT, batch=1), KEYS["file-sm2"], ROUND)
    assert one_by_one.driven_by == "key"
    assert one_by_one.core_carries == pytest.approx(1e6 / (800 + 160 + 4 * 500 + 4 * 1000))
    assert one_by_one.messages_per_day == 4_000_000


def test_a_payment_company_builds_and_signs_a_quarter() -> None:
    found = planned(replace(NIGHT, documents=1), KEYS["ukey"], ROUND)
    assert (found.keys, found.messages_per_day, found.rows_per_day) == (4, 10_000, 1_000_000)
    by_file = planned(replace(NIGHT, documents=1), KEYS["file-rsa"], ROUND)
    assert by_file.core_carries == pytest.approx(1e6 / (800 / 4 + 160 + 500 / 100 + 500 / 100))


def test_the_last_message_of_each_kind_counts_though_it_is_not_full() -> None:
    day = Demand(parcels_per_day=150, peak=1, batch=100, documents=4)
    assert planned(day, KEYS["file-rsa"], ROUND).messages_per_day == 8


def test_half_as_much_again_as_the_peak_is_planned_for_where_nothing_else_is_asked() -> None:
    assert planned(Demand(parcels_per_day=1_000_000, peak=1000), KEYS["ukey"], ROUND) == planned(
        NIGHT, KEYS["ukey"], ROUND
    )


@given(demands(), kinds, machines, st.integers(2, 5))
def test_more_parcels_never_take_less(demand: Demand, key: KeyKind, machine: MachineFigures, times: int) -> None:
    parcels = demand.parcels_per_day * times
    more = replace(demand, parcels_per_day=parcels, peak=max(demand.peak * times, parcels / 86_400))
    assert grows(planned(demand, key, machine), planned(more, key, machine))
    higher = replace(demand, peak=demand.peak * times)
    assert grows(planned(demand, key, machine), planned(higher, key, machine))


@given(demands(), kinds, machines, st.floats(0, 2), st.integers(0, 1000))
def test_more_head_room_and_more_days_never_take_less(
    demand: Demand, key: KeyKind, machine: MachineFigures, room: float, days: int
) -> None:
    more = replace(demand, head_room=demand.head_room + room, days_kept=demand.days_kept + days)
    assert grows(planned(demand, key, machine), planned(more, key, machine))


@given(demands(), kinds, machines, st.integers(1, 100))
def test_fuller_messages_never_take_more(demand: Demand, key: KeyKind, machine: MachineFigures, batch: int) -> None:
    fuller, emptier = max(demand.batch, batch), min(demand.batch, batch)
    assert grows(
        planned(replace(demand, batch=fuller), key, machine), planned(replace(demand, batch=emptier), key, machine)
    )


@given(demands(), kinds, machines)
def test_what_is_planned_carries_the_peak_with_its_head_room(
    demand: Demand, key: KeyKind, machine: MachineFigures
) -> None:
    found, wanted = planned(demand, key, machine), demand.peak * (1 + demand.head_room)
    assert found.cores * found.core_carries >= wanted * (1 - 1e-9)
    assert key.in_file or found.keys * found.key_carries >= wanted * (1 - 1e-9)
    assert found.journals / machine.journal >= wanted * (1 - 1e-9)
    assert found.hours <= 24 * (1 + 1e-9), "the average of the day is below the peak"


def test_a_peak_left_out_is_a_quarter_of_the_day_in_one_hour_and_never_below_the_average() -> None:
    assert peak_of(3_600_000) == pytest.approx(250)
    assert peak_of(86_400, share=0.01) == pytest.approx(1)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"parcels_per_day": 0}, "at least one parcel"),
        ({"peak": 5}, "average of the day, 11.57 parcels a second, not 5"),
        ({"batch": 101}, "1 to 100 documents"),
        ({"documents": 5}, "1 to 4 documents"),
        ({"head_room": -0.1}, "not negative"),
    ],
)
def test_what_nothing_can_be_planned_for_is_refused(asked: dict[str, int], said: str) -> None:
    with pytest.raises(PlanningError, match=said):
        replace(NIGHT, **asked)


@pytest.mark.parametrize("rate", [0, -1, float("inf")])
def test_a_rate_of_signatures_is_that_of_a_device(rate: float) -> None:
    with pytest.raises(PlanningError):
        planned(NIGHT, KEYS["ukey"], ROUND, per_second=rate)
    with pytest.raises(PlanningError):
        planned(NIGHT, KEYS["file-rsa"], ROUND, per_second=100)


@pytest.mark.parametrize("value", [0, -1.0, float("nan"), float("inf")])
def test_figures_of_a_machine_are_more_than_nothing(value: float) -> None:
    with pytest.raises(PlanningError, match="parcel"):
        replace(REFERENCE, parcel=value)
