"""Working time: days off and shifted working days, hours of groups, and when so much of it has passed."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customs.hub.alarms.spans import DayHours, hours_of
from customs.hub.cases.work_days import days_of, notices, shipped_work_days
from customs.hub.cases.work_time import ALWAYS, OFFICE, WorkTime
from support import some

NIGHT = WorkTime(hours=(hours_of("20:00-06:00"),), days=shipped_work_days())
SHORT = WorkTime(hours=(DayHours(time(9, 30), time(9, 45)),))

hours = st.sampled_from([OFFICE, ALWAYS, NIGHT, SHORT])
instants = st.datetimes(datetime(2025, 12, 20), datetime(2026, 3, 10))
spans = st.timedeltas(timedelta(0), timedelta(hours=60))


@given(hours, st.tuples(instants, instants, instants).map(sorted))
@settings(max_examples=60)
def test_working_time_adds_up_and_never_runs_back(group: WorkTime, times: list[datetime]) -> None:
    first, middle, last = times
    whole = group.between(first, last)
    assert group.between(first, middle) + group.between(middle, last) == whole
    assert timedelta(0) <= group.between(first, middle) <= whole <= last - first
    assert group.between(last, first) == timedelta(0)


@given(hours, instants, spans)
@settings(max_examples=60)
def test_so_much_working_time_has_passed_at_the_first_instant_that_is_named(
    group: WorkTime, begins: datetime, work: timedelta
) -> None:
    at = group.after(begins, work)
    assert group.between(begins, at) == work
    if at > begins:
        assert group.between(begins, at - timedelta(microseconds=1)) < work


@given(
    hours,
    instants,
    st.timedeltas(timedelta(minutes=1), timedelta(hours=40)),
    st.lists(st.timedeltas(timedelta(minutes=1), timedelta(hours=30)), min_size=2, max_size=2),
)
@settings(max_examples=60)
def test_waiting_never_brings_the_end_of_a_promise_nearer(
    group: WorkTime, begins: datetime, promise: timedelta, waits: list[timedelta]
) -> None:
    straight = group.reached([(begins, None)], promise)
    begun, over = begins + waits[0], begins + waits[0] + waits[1]
    waited = group.reached([(begins, begun), (over, None)], promise)
    stopped = group.reached([(begins, begun)], promise)
    assert straight is not None
    assert waited is not None
    assert waited >= straight
    assert stopped in (None, straight)  # None: it stands still and there is no end


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_days_off_have_no_working_time_and_shifted_saturdays_and_sundays_have(year: int) -> None:
    days = shipped_work_days()
    off = [each for each in days.off if each.year == year]
    worked = [each for each in days.worked if each.year == year]
    for each in some(off):
        midnight = datetime.combine(each, time())
        assert OFFICE.between(midnight, midnight + timedelta(days=1)) == timedelta(0), each
    for each in some(worked):
        assert each.weekday() >= 5
        midnight = datetime.combine(each, time())
        assert OFFICE.between(midnight, midnight + timedelta(days=1)) == timedelta(hours=8), each
    assert (len(off), len(worked)) == {2024: (28, 8), 2025: (28, 5), 2026: (33, 6)}[year]
    assert "国办发明电" in notices()[year]


def test_a_year_without_a_notice_goes_by_weekdays_and_is_named() -> None:
    days = shipped_work_days()
    assert days.is_worked(date(2031, 1, 1))
    assert days.unknown_years(date(2026, 12, 1), date(2031, 1, 5)) == (2027, 2028, 2029, 2030, 2031)
    known = days.with_year(2031, days_of(2031, ["01-01..01-03"]), days_of(2031, ["01-04"]))
    assert [known.is_worked(date(2031, 1, each)) for each in range(1, 6)] == [False, False, False, True, False]
    assert known.unknown_years(date(2031, 1, 1), date(2031, 2, 1)) == ()


def test_hours_over_midnight_belong_to_the_day_on_which_they_begin() -> None:
    friday = datetime(2026, 11, 13, 12)
    assert NIGHT.between(friday, friday + timedelta(days=2)) == timedelta(hours=10)  # into Saturday, not from it
    assert NIGHT.between(datetime(2026, 11, 14), datetime(2026, 11, 14, 3)) == timedelta(hours=3)


def test_a_promise_of_the_last_working_hour_before_the_feast_is_due_after_it() -> None:
    assert OFFICE.after(datetime(2026, 2, 14, 17), timedelta(hours=2)) == datetime(2026, 2, 24, 10)


@pytest.mark.parametrize("text", ["2-14", "02-30", "02-15..02-14", "yesterday"])
def test_a_day_that_there_is_not_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        list(days_of(2026, [text]))
