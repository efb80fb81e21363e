"""The life of a parcel: a function of the set of its events, in the ranks and moves of the trade."""

from dataclasses import replace
from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customs.codes.states import State
from customs.documents import Answer, BusinessKey
from customs.receipts.lifecycle import advance, track
from customs.receipts.ranks import HELD
from customs.receipts.state import Event, ParcelState, Submitted
from support.parcel_events import (
    EVENT,
    EVENTS,
    LIST_CODES,
    alarms,
    at,
    bill,
    of_area,
    said,
    submitted,
)


def states_of(*events: Event) -> list[State | None]:
    """The node after each event, as they come."""
    return [track(events[: count + 1]).node for count in range(len(events))]


def of_list(*codes: str) -> ParcelState:
    """The parcel after answers to its list, a minute apart."""
    return track(said("CEB621", code, minute) for minute, code in enumerate(codes, 1))


@given(EVENTS, st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=300)
@pytest.mark.long
def test_order_and_repetition_of_events_never_change_the_state(events: list[Event], chance: object) -> None:
    again = events + events[::2]
    chance.shuffle(again)  # type: ignore[attr-defined]
    assert track(again) == track(events)


@given(EVENTS)
@settings(deadline=None, max_examples=300)
@pytest.mark.long
def test_event_by_event_gives_the_state_of_all_at_once(events: list[Event]) -> None:
    assert reduce(advance, events, ParcelState()) == track(events)


@given(EVENTS, st.integers(0, 12))
@settings(deadline=None, max_examples=200)
def test_a_history_split_anywhere_goes_on_to_the_same_state(events: list[Event], at: int) -> None:
    first = track(events[:at])
    assert track([*first.history, *events[at:]]) == track(events)


@given(EVENTS)
@settings(deadline=None, max_examples=500)
@pytest.mark.long
def test_nothing_is_released_without_a_release_of_customs_or_of_its_platform(events: list[Event]) -> None:
    released = [each for each in events if isinstance(each, Answer) and each.state is State.RELEASED]
    said_so = [
        each for each in released if each.authority != "inspection" and (each.code == "800" or each.area != "unified")
    ]
    assert said_so or track(events).node is not State.RELEASED


@given(EVENTS, EVENT)
@settings(deadline=None, max_examples=500)
@pytest.mark.long
def test_nothing_but_a_return_changes_what_is_closed(events: list[Event], event: Event) -> None:
    """A list that is closed after everything else, and one more event after that."""
    closed = track([*events, submitted(minutes=100, guid="G9"), said("CEB621", "899", 110, guid="G9")])
    later = replace(event, app_time=at(120)) if isinstance(event, Submitted) else replace(event, at=at(120))
    after = advance(closed, later)
    of_return = event.key.message == "CEB625"
    assert after.node is State.CLOSED or closed.node is not State.CLOSED or of_return


@pytest.mark.parametrize("code", LIST_CODES)
def test_a_closed_list_stays_closed_whatever_customs_says_of_it(code: str) -> None:
    assert of_list("120", "800", "899", code).node is State.CLOSED


#: The moves of a list (CEB622) that were deduced from the status lists and from traces: from, to.
MOVES = """1>2 2>3 2>4 2>100 2>120 2>-621001 3>100 3>120 3>-621001 4>2 4>3 120>100 120>300 120>399 120>500 120>800 300>100
300>399 300>500 300>800 300>501 300>502 300>503 300>599 300>700 399>500 399>800 399>899 500>100 500>501 500>502 500>503
500>599 500>700 500>800 800>899 501>700 501>800 501>100 502>800 503>800 599>700 599>100"""


@pytest.mark.parametrize("move", MOVES.split())
def test_every_move_of_a_list_is_made(move: str) -> None:
    before, after = move.split(">")
    assert of_list(before, after).node is said("CEB621", after).state


@pytest.mark.parametrize("code", [each for each in LIST_CODES if each not in ("777", "-621004")])
def test_every_state_of_a_list_is_reached_from_its_submission(code: str) -> None:
    found = track([submitted(), said("CEB621", code)])
    assert found.node is said("CEB621", code).state
    assert dict(found.reached) == {found.node: at(1)}


@pytest.mark.parametrize(("document", "code", "state"), [
    ("CEB311", "120", State.ACCEPTED), ("CEB411", "120", State.ACCEPTED), ("CEB511", "120", State.ACCEPTED),
    ("CEB623", "399", State.WITHDRAWN), ("CEB625", "399", State.WITHDRAWN), ("CEB625", "800", State.WITHDRAWN),
    ("CEB711", "399", State.CONCLUDED), ("CEB605", "399", State.WITHDRAWN), ("CEB213", "600", State.SUSPENDED),
])  # fmt: skip
def test_each_document_ends_in_its_own_success(document: str, code: str, state: State) -> None:
    found = track([said(document, code, 3), said(document, "2", 1)]).documents[document]
    assert (found.state, found.since) == (state, at(3))


PROGRESS = ["2", "3", "120", "300", "600", "500", "399", "800", "899"]


#: Each pair of a higher and a lower rank, but the inspection that may follow the review.
FALLS = [(high, low) for at, high in enumerate(PROGRESS) for low in PROGRESS[:at] if (high, low) != ("399", "500")]


@pytest.mark.parametrize(("high", "low"), FALLS)
def test_a_lower_rank_never_moves_a_list_back_however_late_its_time(high: str, low: str) -> None:
    assert of_list(high, low).node is said("CEB621", high).state


def test_receipts_of_one_moment_are_ordered_by_their_ranks() -> None:
    same = [said("CEB621", code, 1) for code in ("899", "120", "800", "100", "2")]
    found = track(same)
    assert found.node is State.CLOSED
    assert [each.code for each in found.documents["CEB621"].attempts[0].answers] == ["2", "100", "120", "800", "899"]


@pytest.mark.parametrize("code", ["100", "-621001", "-621017", "501", "700"])
@pytest.mark.parametrize("out", ["800", "899"])
def test_a_refusal_after_the_release_alarms_and_moves_nothing(code: str, out: str) -> None:
    found = of_list("120", out, code)
    assert found.node is said("CEB621", out).state
    assert alarms(found) == [("refused_after_release", code)]


def test_a_refusal_before_the_release_that_arrives_after_it_raises_no_alarm() -> None:
    found = track([said("CEB621", "800", 5), said("CEB621", "100", 2)])
    assert (found.node, alarms(found)) == (State.RELEASED, [])


def test_an_unknown_status_leaves_the_state_and_alarms() -> None:
    found = of_list("120", "777")
    assert (found.node, alarms(found)) == (State.ACCEPTED, [("unknown_status", "777")])
    assert of_list("777").node is None


@pytest.mark.parametrize("code", ["501", "502", "503", "599", "700"])
def test_goods_that_are_detained_or_sent_back_alarm_until_they_are_released(code: str) -> None:
    assert alarms(of_list("120", code)) == [("detained", code)]
    if code != "700":
        assert (of_list("120", code, "800").node, alarms(of_list("120", code, "800"))) == (State.RELEASED, [])


def test_an_error_of_a_second_copy_never_overwrites_the_first() -> None:
    first, second = submitted(guid="G1"), submitted(guid="G2", minutes=1)
    found = track([first, second, said("CEB621", "120", 2), said("CEB621", "-621004", 3, guid="G2")])
    document = found.documents["CEB621"]
    assert [each.state for each in document.attempts] == [State.ACCEPTED, State.REPEATED]
    assert (found.node, document.current) == (State.ACCEPTED, document.attempts[0])
    assert [each.doubtful for each in document.attempts] == [(), ()]


def test_the_state_is_repeated_where_only_the_second_copy_is_known() -> None:
    assert of_list("-621004").node is State.REPEATED
    assert of_list("2", "-621004").node is State.SENT
    assert of_list("100", "-621004").node is State.REJECTED


def test_a_resubmission_is_a_new_attempt_and_the_old_one_is_kept() -> None:
    first: list[Event] = [submitted(guid="G1"), said("CEB621", "2", 1, guid="G1"), said("CEB621", "100", 2)]
    found = track([*first, submitted(guid="G2", minutes=10)])
    assert [each.state for each in found.documents["CEB621"].attempts] == [State.REJECTED, None]
    assert found.node is None
    after = advance(advance(found, said("CEB621", "120", 12)), said("CEB621", "800", 12))
    assert [each.state for each in after.documents["CEB621"].attempts] == [State.REJECTED, State.RELEASED]
    assert [each.doubtful for each in after.documents["CEB621"].attempts] == [(), ()]


def test_an_answer_that_may_belong_to_two_attempts_is_doubtful() -> None:
    sent = [submitted(guid="G1"), submitted(guid="G2", minutes=1)]
    refused = said("CEB621", "100", 2)
    found = track([*sent, refused]).documents["CEB621"].attempts
    assert [each.doubtful for each in found] == [(), (refused,)]
    sure = track([*sent, replace(refused, submitted="G1")]).documents["CEB621"].attempts
    assert [(each.state, each.doubtful) for each in sure] == [(State.REJECTED, ()), (None, ())]


def test_an_answer_long_before_every_known_submission_is_of_one_that_is_not_known() -> None:
    found = track([submitted(minutes=600), said("CEB621", "100", 5)])
    assert [(each.submitted is None, each.state) for each in found.documents["CEB621"].attempts] == [
        (True, State.REJECTED),
        (False, None),
    ]
    assert found.node is None, "the new submission has not been answered"


def test_clocks_that_differ_by_seconds_do_not_part_an_answer_from_its_submission() -> None:
    found = track([submitted(minutes=1), said("CEB621", "2", 0.9)])
    assert [each.state for each in found.documents["CEB621"].attempts] == [State.SENT]


def test_the_guids_in_receipts_tell_attempts_apart_where_no_submission_is_known() -> None:
    told = [("2", 1, "G1"), ("100", 2, "X1"), ("2", 10, "G2"), ("120", 11, "X2"), ("800", 12, "X3")]
    found = track(said("CEB621", code, minute, guid=guid) for code, minute, guid in told).documents["CEB621"].attempts
    assert [each.state for each in found] == [State.REJECTED, State.RELEASED]


def test_the_same_receipt_twice_is_one_whatever_guid_customs_gives_it() -> None:
    one = said("CEB621", "120", 1, guid="X1")
    assert len(track([one, replace(one, submitted="X2")]).history) == 1
    assert len(track([one, replace(one, texts=("逻辑校验通过",))]).history) == 2


def test_the_moment_is_that_of_the_receipt_not_of_its_arrival() -> None:
    found = track([said("CEB621", "800", 8), said("CEB621", "120", 2), said("CEB621", "2", 1)])
    assert dict(found.reached) == {State.SENT: at(1), State.ACCEPTED: at(2), State.RELEASED: at(8)}
    assert found.since == at(8)


@pytest.mark.parametrize(("text", "missing"), [
    ("清单新增申报成功；订单信息不存在，支付信息不存在，运单信息不存在", ("CEB311", "CEB411", "CEB511")),
    ("申报成功，但运单信息不存在", ("CEB511",)), ("新增申报成功", ()),
])  # fmt: skip
def test_status_2_may_say_which_documents_are_missing(text: str, missing: tuple[str, ...]) -> None:
    assert track([said("CEB621", "2", 1, text)]).missing == missing
    assert track([said("CEB621", "2", 1, text), said("CEB621", "120", 2)]).missing == ()


def test_a_document_that_arrives_later_is_no_longer_missing() -> None:
    told = [said("CEB621", "2", 5, "订单信息不存在；支付信息不存在")]
    assert track([*told, said("CEB311", "2", 1)]).missing == ("CEB311", "CEB411"), "an answer from before"
    assert track([*told, said("CEB311", "2", 6), said("CEB411", "120", 1)]).missing == ()


def test_a_refused_document_is_missing_and_so_is_one_taken_with_an_error() -> None:
    assert track([said("CEB411", "100", 1)]).missing == ("CEB411",)
    assert track([said("CEB311", "2", 1, "[Code:22001;Desc:支付企业未备案]")]).missing == ("CEB311",)
    assert track([said("CEB311", "2", 1, "[Code:22007;Desc:对应清单已放行]")]).missing == ()


def test_a_granted_cancellation_withdraws_the_parcel_and_explains_the_void_tax_bill() -> None:
    released = [said("CEB621", "800", 1), bill("1", 1), bill("3", 9, receipt="CEB818")]
    assert (track(released).node, alarms(track(released))) == (State.RELEASED, [("tax_bill_void", "3")])
    found = track([*released, submitted("CEB623", 5, "G9"), said("CEB623", "399", 8)])
    assert (found.node, found.since, alarms(found)) == (State.WITHDRAWN, at(8), [])
    assert [each.state for each in found.documents["CEB816"].attempts] == [State.WITHDRAWN]


@pytest.mark.parametrize("code", ["399", "800"])
def test_a_granted_return_is_the_end_of_a_parcel_even_of_a_closed_one(code: str) -> None:
    found = track([said("CEB621", "899", 3), said("CEB625", code, 8), bill("1"), bill("3", 9)])
    assert (found.node, found.since, alarms(found)) == (State.RETURNED, at(8), [])


def test_a_return_that_is_refused_or_under_review_leaves_the_parcel_released() -> None:
    assert track([said("CEB621", "800", 3), said("CEB625", "100", 8)]).node is State.RELEASED
    assert track([said("CEB621", "800", 3), said("CEB625", "300", 8)]).node is State.RELEASED


def test_a_cancellation_granted_for_a_closed_list_alarms() -> None:
    found = track([said("CEB621", "899", 3), said("CEB623", "399", 8)])
    assert (found.node, alarms(found)) == (State.CLOSED, [("cancelled_after_closing", "399")])


def test_what_is_declared_again_after_a_cancellation_counts_anew() -> None:
    before: list[Event] = [submitted(guid="G1"), said("CEB621", "800", 1), said("CEB623", "399", 8)]
    found = track([*before, submitted(guid="G2", minutes=20)])
    assert (found.node, track(before).node) == (None, State.WITHDRAWN)
    assert states_of(*before, submitted(guid="G2", minutes=20), said("CEB621", "2", 21, guid="G2"))[-1] is State.SENT


def test_one_return_refused_does_not_undo_another_that_was_granted() -> None:
    other = BusinessKey("CEB625", (("declarant_code", "D1"), ("internal_no", "C9")))
    found = track([said("CEB621", "800", 1), said("CEB625", "399", 2), said("CEB625", "100", 9, key=other)])
    assert [each.state for each in found.documents["CEB625"].attempts] == [State.WITHDRAWN, State.REJECTED]
    assert found.node is State.RETURNED


def test_one_guid_with_two_keys_alarms() -> None:
    found = track([submitted("CEB311", guid="G1"), submitted("CEB621", 1, "G1")])
    assert alarms(found) == [("guid_of_two", "G1")]


def test_an_answer_to_a_whole_message_is_laid_by_the_number_of_a_submission() -> None:
    failed = of_area("unified", State.TECHNICAL_FAILURE, receipt="CEB900", code="-1", submitted="G1",
                     key=BusinessKey("", (("message_id", "G1"),)))  # fmt: skip
    assert track([failed]).documents[""].state is State.TECHNICAL_FAILURE
    found = advance(track([failed]), submitted("CEB411", guid="G1"))
    assert [*found.documents] == ["CEB411"]
    assert found.documents["CEB411"].state is State.TECHNICAL_FAILURE


def test_answers_of_areas_move_the_parcel_as_those_of_the_unified_edition() -> None:
    told = [State.STORED, State.SENT, State.CONCLUDED, State.RELEASED]
    events = [of_area("ningbo_kjb2c", state, minute) for minute, state in enumerate(told)]
    assert states_of(*events) == told
    assert [*track(events).documents] == ["CEB621"]


def test_the_release_of_inspection_is_none_of_customs() -> None:
    inspected = of_area("ningbo_kjb2c", State.RELEASED, 5, authority="inspection", code="12")
    assert track([of_area("ningbo_kjb2c", State.SENT), inspected]).node is State.SENT
    refused = of_area("ningbo_kjb2c", State.REJECTED, 5, authority="inspection", code="13")
    assert track([of_area("ningbo_kjb2c", State.SENT), refused]).node is State.REJECTED


@pytest.mark.parametrize(("message", "document"), [
    ("IMPORTORDER", "CEB311"), ("IMPORTBILL", "CEB511"), ("PERSONAL_GOODS_DECLAR", "CEB621"), ("MODIFY_CANCEL", "CEB623"),
])  # fmt: skip
def test_a_local_message_is_the_document_that_it_declares(message: str, document: str) -> None:
    key = BusinessKey(message, (("business_no", "B1"),))
    assert [*track([of_area("zhejiang_jkf", State.SENT, key=key)]).documents] == [document]


def test_before_there_is_a_list_the_document_that_holds_the_parcel_up_is_its_node() -> None:
    assert track([said("CEB311", "120"), said("CEB411", "2")]).node is State.SENT
    assert track([said("CEB311", "120"), said("CEB411", "100")]).node is State.REJECTED
    assert track([said("CEB311", "100"), submitted()]).node is None


def test_a_parcel_without_events_is_empty() -> None:
    assert track([]) == ParcelState()


def test_hainan_2023_08_07_is_released_nineteen_seconds_after_its_declaration() -> None:
    times = {"2": 9, "120": 19, "800": 19}
    told = [said("CEB621", code, seconds / 60) for code, seconds in times.items()]
    found = track([*reversed(told), submitted()])
    assert (found.node, found.since) == (State.RELEASED, at(0) + timedelta(seconds=19))
    assert dict(found.reached) == {State.SENT: at(9 / 60), State.ACCEPTED: at(19 / 60), State.RELEASED: at(19 / 60)}


def test_jinhua_2020_06_15_has_acceptance_release_and_tax_bill_within_a_tenth_of_a_second_in_any_order() -> None:
    seconds = {"2": 50.734, "120": 56.605, "800": 56.654}
    told: list[Answer] = [said("CEB621", code, second / 60) for code, second in seconds.items()]
    told.append(bill("1", 56.658 / 60))
    assert track(told) == track(told[::-1]) == track([told[i] for i in (2, 3, 0, 1)])
    found = track(told)
    assert (found.node, found.documents["CEB816"].state) == (State.RELEASED, State.TAX_ASSESSED)


def test_shenzhen_2023_03_10_three_orders_sent_again_within_seconds_are_no_refusals() -> None:
    sent = [submitted("CEB311", second / 60, guid) for second, guid in ((0, "G1"), (1, "G2"), (2, "G3"))]
    stale = [said("CEB311", "-301014", (3 + k) / 60, guid=guid) for k, guid in enumerate(("G2", "G3", "G2"))]
    found = track([*sent, said("CEB311", "2", 0.5 / 60, guid="G1"), *stale])
    assert (found.node, found.missing, alarms(found)) == (State.SENT, (), [])
    assert [each.state for each in found.documents["CEB311"].attempts] == [State.SENT, State.REPEATED, State.REPEATED]


def test_mistake_1_codes_of_a_wrapper_instead_of_those_of_customs_closed_is_a_success() -> None:
    assert of_list("120", "800", "899").node is State.CLOSED
    assert alarms(of_list("120", "800", "899")) == []
    assert of_list("120").node is State.ACCEPTED
    assert of_list("100").node is State.REJECTED


def test_mistake_2_a_late_receipt_of_lower_rank_overwrites_a_release() -> None:
    assert (
        states_of(*[said("CEB621", code, minute) for code, minute in (("800", 3), ("120", 4), ("3", 5), ("2", 6))])
        == [State.RELEASED] * 4
    )


def test_mistake_3_one_detention_is_left_out_of_the_table() -> None:
    assert [of_list(code).node for code in ("501", "502", "503", "599")] == [State.DETAINED] * 4


def test_mistake_4_only_five_bracket_codes_are_known_all_others_still_refuse() -> None:
    assert track([said("CEB621", "100", 1, "[Code:130126;Desc:x]")]).node is State.REJECTED


def test_mistake_5_one_number_with_two_meanings_by_direction() -> None:
    imported, exported = said("CEB311", "-301001"), said("CEB603", "-601001")
    assert (imported.error and imported.error.cause, exported.error and exported.error.cause) == ("data", "sign")


@pytest.mark.parametrize("state", sorted(HELD))
def test_a_copy_that_is_open_does_not_hide_what_customs_holds(state: State) -> None:
    first = said("CEB621", "120", 1, guid="G1", state=state)
    assert track([submitted(guid="G1"), first, submitted(guid="G2", minutes=30)]).node is state
