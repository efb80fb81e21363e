"""Receipts that do not come, that nobody knows, that come too early; refusals of one cause, and more or less than usual."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from customs.hub.counts.tallies import Tally, TallyName, enter_tallies
from customs.ledger import Ledger
from support.alarm_rows import change, look, stand

EIGHT = datetime(2026, 11, 11, 8)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def tally(ledger: Ledger, name: TallyName, at: datetime, count: int = 1, source: str = "port", **values: str) -> None:
    figures = {"district": "4600"} | values
    each = Tally(name=name, count=count, most=3600, examples=("O1", "O2"), **figures)
    with ledger.begin() as connection:
        enter_tallies(connection, "shop", [each], at=at, source=source)


def subjects(found: Iterable[object]) -> list[str]:
    return [each.place.subject for each in found]  # type: ignore[attr-defined]


def test_a_gateway_is_silent_when_lists_wait_and_no_answer_comes(ledger: Ledger) -> None:
    orders = stand(ledger, 5, EIGHT)
    tally(ledger, TallyName.ANSWERED, EIGHT + 5 * MINUTE)
    assert not look(ledger, "silent_gateway", EIGHT + 24 * MINUTE)
    (found,) = look(ledger, "silent_gateway", EIGHT + 25 * MINUTE)
    assert (found.place.district, found.count, found.since) == ("4600", 5, EIGHT + 5 * MINUTE)
    assert (found.figures["silence_zh"], found.figures["silence"]) == ("20 分钟", "20 min")
    tally(ledger, TallyName.ANSWERED, EIGHT + 25 * MINUTE)
    assert not look(ledger, "silent_gateway", EIGHT + 30 * MINUTE)
    change(ledger, orders, node="released")
    assert not look(ledger, "silent_gateway", EIGHT + 5 * HOUR), "nothing waits for an answer"


def test_a_gateway_is_not_silent_for_few_lists_or_those_just_declared(ledger: Ledger) -> None:
    stand(ledger, 4, EIGHT)
    stand(ledger, 50, EIGHT + HOUR)
    assert not look(ledger, "silent_gateway", EIGHT + 70 * MINUTE)
    assert [each.count for each in look(ledger, "silent_gateway", EIGHT + 80 * MINUTE)] == [54]


def test_lists_on_their_way_to_customs_wait_for_a_machine_too_and_those_of_an_officer_do_not(ledger: Ledger) -> None:
    stand(ledger, 5, EIGHT, node="sent", node_at=EIGHT)
    stand(ledger, 9, EIGHT, node="manual_review", node_at=EIGHT, customs_code="5100")
    found = look(ledger, "silent_gateway", EIGHT + HOUR)
    assert [(each.place.district, each.count) for each in found] == [("4600", 5)]


def test_an_unknown_code_is_seen_when_it_appears_first_and_not_again(ledger: Ledger) -> None:
    tally(ledger, TallyName.UNKNOWN, EIGHT, code="CEB622 -629999")
    (found,) = look(ledger, "unknown_receipt", EIGHT + 10 * MINUTE)
    assert (found.place.subject, found.figures["code"]) == ("CEB622 -629999", "CEB622 -629999")
    assert found.examples == ("O1", "O2")
    assert not look(ledger, "unknown_receipt", EIGHT + 2 * HOUR)
    tally(ledger, TallyName.UNKNOWN, EIGHT + DAY, code="CEB622 -629999")
    tally(ledger, TallyName.UNKNOWN, EIGHT + DAY, code="CEB622 -629998")
    assert subjects(look(ledger, "unknown_receipt", EIGHT + DAY + MINUTE)) == ["CEB622 -629998"]


def test_receipts_that_name_no_order_are_seen_by_their_source(ledger: Ledger) -> None:
    tally(ledger, TallyName.STRAY, EIGHT, count=4, district="")
    assert not look(ledger, "strays", EIGHT + MINUTE)
    tally(ledger, TallyName.STRAY, EIGHT + MINUTE, district="")
    assert subjects(look(ledger, "strays", EIGHT + MINUTE)) == ["port"]
    assert not look(ledger, "strays", EIGHT + 2 * HOUR)


def test_clocks_that_differ_are_seen_with_their_side_and_difference(ledger: Ledger) -> None:
    tally(ledger, TallyName.EARLY, EIGHT, count=2)
    assert not look(ledger, "clock_skew", EIGHT + MINUTE)
    tally(ledger, TallyName.EARLY, EIGHT + MINUTE)
    (found,) = look(ledger, "clock_skew", EIGHT + MINUTE)
    assert (found.figures["how_zh"], found.figures["most_zh"]) == ("早于报送时间", "1 小时")
    assert not look(ledger, "clock_skew", EIGHT + 2 * HOUR)


def test_refusals_for_one_cause_are_seen_from_a_share_and_a_number_on(ledger: Ledger) -> None:
    tally(ledger, TallyName.RELEASED, EIGHT, count=36)
    tally(ledger, TallyName.REJECTED, EIGHT, count=4, code="filing")
    assert not look(ledger, "rejections", EIGHT + MINUTE), "four are below the floor"
    tally(ledger, TallyName.REJECTED, EIGHT + MINUTE, code="filing", source="other")
    (found,) = look(ledger, "rejections", EIGHT + MINUTE)
    assert (found.place.subject, found.count, found.figures["decided"], found.figures["share"]) == (
        "filing",
        5,
        "41",
        "12%",
    )
    assert found.figures["cause_zh"] == "企业或商品未备案，或与备案不符"
    tally(ledger, TallyName.RELEASED, EIGHT + 2 * MINUTE, count=20)
    assert not look(ledger, "rejections", EIGHT + 2 * MINUTE), "5 of 61 are below a tenth"


def test_refusals_are_those_of_the_provider_who_has_to_act(ledger: Ledger) -> None:
    tally(ledger, TallyName.REJECTED, EIGHT, count=5, code="data", provider="carrier:W1")
    tally(ledger, TallyName.REJECTED, EIGHT, count=5, code="data", provider="payer:Z1")
    found = look(ledger, "rejections", EIGHT + MINUTE)
    assert [each.place.provider for each in found] == ["carrier:W1", "payer:Z1"]


def test_quota_that_customs_sees_otherwise_is_seen(ledger: Ledger) -> None:
    tally(ledger, TallyName.REJECTED, EIGHT, count=2, code="quota")
    assert not look(ledger, "quota_disagrees", EIGHT)
    tally(ledger, TallyName.REJECTED, EIGHT, code="quota")
    (found,) = look(ledger, "quota_disagrees", EIGHT)
    assert found.count == 3
    assert not look(ledger, "quota_disagrees", EIGHT + 2 * DAY)


def usual(ledger: Ledger, days: int, released: int, rejected: int = 0) -> None:
    """The hour before eight on some days before."""
    for day in range(1, days + 1):
        at = EIGHT - day * DAY - 30 * MINUTE
        tally(ledger, TallyName.RELEASED, at, count=released)
        if rejected:
            tally(ledger, TallyName.REJECTED, at, count=rejected, code="data")


def test_fewer_releases_than_at_this_hour_of_the_days_before_are_seen(ledger: Ledger) -> None:
    usual(ledger, 7, released=40)
    tally(ledger, TallyName.RELEASED, EIGHT - 30 * MINUTE, count=19)
    (found,) = look(ledger, "releases_unusual", EIGHT)
    assert (found.count, found.figures["usual"]) == (19, "40")
    tally(ledger, TallyName.RELEASED, EIGHT - 20 * MINUTE)
    assert not look(ledger, "releases_unusual", EIGHT), "20 are half of 40"


def test_a_day_without_any_release_is_less_than_usual_too(ledger: Ledger) -> None:
    usual(ledger, 7, released=40)
    assert [each.count for each in look(ledger, "releases_unusual", EIGHT)] == [0]


def test_nothing_is_unusual_before_enough_days_are_known_or_where_little_happens(ledger: Ledger) -> None:
    usual(ledger, 4, released=400, rejected=0)
    assert not look(ledger, "releases_unusual", EIGHT), "four days"
    for day in (5, 6, 7):
        tally(ledger, TallyName.RELEASED, EIGHT - day * DAY - 30 * MINUTE, count=3)
    assert [each.figures["usual"] for each in look(ledger, "releases_unusual", EIGHT)] == ["400"]
    tally(ledger, TallyName.RELEASED, EIGHT - 30 * MINUTE, count=400)
    for day in range(1, 8):
        tally(ledger, TallyName.RELEASED, EIGHT - day * DAY - 30 * MINUTE, count=19, district="5100")
    assert not look(ledger, "releases_unusual", EIGHT), "nineteen an hour are below the floor"


def test_more_refusals_than_at_this_hour_of_the_days_before_are_seen(ledger: Ledger) -> None:
    usual(ledger, 6, released=98, rejected=2)
    tally(ledger, TallyName.RELEASED, EIGHT - 30 * MINUTE, count=90)
    tally(ledger, TallyName.REJECTED, EIGHT - 30 * MINUTE, count=6, code="data")
    assert not look(ledger, "rejections_unusual", EIGHT), "six are below the floor"
    tally(ledger, TallyName.REJECTED, EIGHT - 20 * MINUTE, count=4, code="filing")
    (found,) = look(ledger, "rejections_unusual", EIGHT)
    assert (found.count, found.figures["share"], found.figures["usual"]) == (10, "10%", "2%")


def test_where_many_are_refused_as_a_rule_more_is_so_many_times_the_usual_share(ledger: Ledger) -> None:
    usual(ledger, 6, released=80, rejected=20)
    tally(ledger, TallyName.RELEASED, EIGHT - 30 * MINUTE, count=40)
    tally(ledger, TallyName.REJECTED, EIGHT - 30 * MINUTE, count=60, code="data")
    assert not look(ledger, "rejections_unusual", EIGHT), "60 % are three times 20 %"
    tally(ledger, TallyName.REJECTED, EIGHT - 20 * MINUTE, count=2, code="data")
    (found,) = look(ledger, "rejections_unusual", EIGHT)
    assert (found.figures["share"], found.figures["usual"]) == ("61%", "20%")


def test_another_enterprise_is_not_counted(ledger: Ledger) -> None:
    each = Tally(name=TallyName.REJECTED, district="4600", code="data", count=50)
    with ledger.begin() as connection:
        enter_tallies(connection, "another", [each], at=EIGHT)
    assert not look(ledger, "rejections", EIGHT)
