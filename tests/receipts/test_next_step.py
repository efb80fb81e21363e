"""The next step of a parcel: safe for what customs may hold, in words for whoever has to act."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings

from customs.codes.states import State
from customs.documents import Answer
from customs.receipts.actions import Action, Party
from customs.receipts.lifecycle import track
from customs.receipts.next_step import STEPS, NextStep, StepKind, next_step
from customs.receipts.state import Attempt, Event, ParcelState
from customs.receipts.timeouts import DEFAULT, Timeouts
from support.parcel_events import EVENTS, alarms, at, bill, of_area, said, submitted

DAYS = 60 * 24


def step_of(*events: Event, minutes: float = 5, timeouts: Timeouts = DEFAULT) -> NextStep:
    return next_step(track(events), now=at(minutes), timeouts=timeouts)


def told(step: NextStep) -> tuple[str, tuple[str, ...]]:
    return step.kind.value, step.documents


def open_copies(state: ParcelState, step: NextStep) -> Iterator[Attempt]:
    """The copies of the documents that a step sends again of which nobody knows for certain that customs has none."""
    for each in step.documents if step.sends else ():
        document = state.documents.get(each)
        for attempt in document.attempts if document else ():
            refused = attempt.state in (State.REJECTED, State.WITHDRAWN) and attempt.deciding not in attempt.doubtful
            unread = attempt.deciding is not None and attempt.deciding.receipt == "CEB900"
            if not refused and not unread:
                yield attempt


@given(EVENTS)
@settings(deadline=None, max_examples=800)
@pytest.mark.long
def test_no_step_sends_a_declaration_that_customs_may_hold(events: list[Event]) -> None:
    state = track(events)
    steps = [next_step(state, now=at(minutes)) for minutes in (0, 61, 30 * DAYS)]
    assert [[*open_copies(state, each)] for each in steps] == [[], [], []]


@given(EVENTS)
@settings(deadline=None, max_examples=300)
@pytest.mark.long
def test_every_step_is_in_both_languages_and_advises_neither_to_split_an_order_nor_to_borrow_an_identity(
    events: list[Event],
) -> None:
    step = next_step(track(events), now=at(90))
    assert step.zh
    assert step.en
    words = f"{step.zh} {step.en}".lower()
    assert [each for each in FORBIDDEN if each in words] == []


FORBIDDEN = ("拆单", "拆分订单", "拆成", "他人身份", "换人", "换一个身份", "split the order", "split it", "another identity",
             "someone else's", "another buyer")  # fmt: skip


def test_no_action_splits_an_order_or_borrows_an_identity() -> None:
    words = " ".join(f"{each.zh} {each.en}" for each in Action).lower()
    assert [each for each in FORBIDDEN if each in words] == []


def test_every_action_of_the_catalogue_has_a_step() -> None:
    assert set(STEPS) == set(Action)


@pytest.mark.parametrize(("events", "kind", "until"), [
    ([submitted()], "wait", 30),
    ([submitted(), said("CEB621", "2", 1)], "wait", 61),
    ([submitted(), said("CEB621", "4", 1)], "wait", 31),
    ([said("CEB621", "120", 1)], "wait", 241),
    ([said("CEB621", "300", 1)], "wait", 2 * DAYS + 1),
    ([said("CEB621", "500", 1)], "wait", 3 * DAYS + 1),
    ([said("CEB621", "399", 1)], "wait", DAYS + 1),
])  # fmt: skip
def test_a_node_that_customs_has_to_leave_is_waited_for_until_its_time_is_up(
    events: list[Event], kind: str, until: float
) -> None:
    step = step_of(*events)
    assert (step.kind.value, step.until, step.overdue, step.documents) == (kind, at(until), False, ("CEB621",))
    late = step_of(*events, minutes=until)
    assert (late.until, late.overdue, late.sends) == (at(until), True, False)


def test_an_overdue_answer_is_asked_for_and_an_overdue_inspection_is_for_a_person() -> None:
    assert told(step_of(submitted(), minutes=31)) == ("query", ("CEB621",))
    assert told(step_of(said("CEB621", "500", 1), minutes=9 * DAYS)) == ("person", ("CEB621",))


def test_time_outs_are_parameters() -> None:
    short = Timeouts(sent=timedelta(minutes=2))
    assert step_of(said("CEB621", "2", 1), minutes=4, timeouts=short).until == at(3)
    assert told(step_of(said("CEB621", "2", 1), minutes=4, timeouts=short)) == ("query", ("CEB621",))


def test_without_a_time_nothing_is_overdue() -> None:
    step = step_of(said("CEB621", "120", None), minutes=99 * DAYS)
    assert (step.kind, step.until, step.overdue) == (StepKind.WAIT, None, False)


def test_a_missing_document_that_was_never_sent_is_pushed_by_whoever_declares_it() -> None:
    step = step_of(said("CEB621", "2", 1, "支付信息不存在"))
    assert (*told(step), step.party, step.action, step.machine) == (
        "push", ("CEB411",), Party.PAYER, Action.PUSH_MISSING, True,
    )  # fmt: skip


def test_a_missing_document_that_is_on_its_way_is_waited_for_and_then_asked_for() -> None:
    events: list[Event] = [said("CEB621", "2", 1, "支付信息不存在"), submitted("CEB411", 0)]
    assert told(step_of(*events)) == ("wait", ("CEB411",))
    assert told(step_of(*events, minutes=45)) == ("query", ("CEB411",))


@pytest.mark.parametrize(("code", "text", "kind", "action"), [
    ("-621000", "", "correct", Action.FIX_RESUBMIT),
    ("-621018", "", "stop", Action.STOP),
    ("-621015", "", "person", Action.FIX_REG),
    ("-621029", "", "correct", Action.FIX_SIGN),
    ("-621017", "", "query", Action.RETRY_BACKOFF),
    ("-621004", "", "query", Action.TREAT_AS_ACCEPTED_AFTER_QUERY),
    ("-621030", "", "correct", Action.SPLIT_RESUBMIT),
    ("100", "[Code:1313;Desc:订购人购买超过年度限额]", "stop", Action.STOP),
    ("100", "[Code:1322;Desc:订单清单表体商品项不一致]", "correct", Action.FIX_RESUBMIT),
    ("100", "[Code:1327;Desc:订单购买人与支付人不一致]", "person", Action.CORRECT_BUYER),
    ("100", "[Code:1311;Desc:担保金额不足]", "person", Action.TOPUP),
    ("100", "[Code:1301;Desc:系统异常，请稍后重试]", "query", Action.QUERY_THEN_DECIDE),
    ("100", "重复申报，业务主键[1]", "query", Action.TREAT_AS_ACCEPTED_AFTER_QUERY),
    ("100", "谁也没见过的说明", "person", Action.MANUAL),
])  # fmt: skip
def test_a_refusal_asks_for_the_action_of_its_explanation(code: str, text: str, kind: str, action: Action) -> None:
    step = step_of(submitted(), said("CEB621", code, 1, text))
    assert (step.kind.value, step.action, step.documents) == (kind, action, ("CEB621",))


def test_the_fields_that_a_refusal_names_are_the_ones_to_correct() -> None:
    step = step_of(submitted(), said("CEB621", "-621003", 1, "清单申报失败:[goodsValue]不能为空"))
    assert (step.kind, step.fields) == (StepKind.CORRECT, ("goodsValue",))


def test_a_refusal_with_another_copy_on_its_way_is_asked_about_first() -> None:
    sent: list[Event] = [submitted(guid="G1"), said("CEB621", "-621000", 1, guid="G1"), submitted(guid="G2", minutes=2)]
    assert told(step_of(*sent)) == ("wait", ("CEB621",))
    other: list[Event] = [
        submitted(guid="G1"),
        submitted(guid="G2", minutes=0.5),
        said("CEB621", "-621000", 1, guid="G2"),
    ]
    assert told(step_of(*other)) == ("query", ("CEB621",))


def test_a_refused_order_is_corrected_before_anything_else_is_waited_for() -> None:
    step = step_of(said("CEB621", "2", 1), said("CEB311", "-301002", 2))
    assert (*told(step), step.party) == ("correct", ("CEB311",), Party.PLATFORM)


def test_three_documents_do_not_matter_any_more_once_customs_holds_the_list() -> None:
    assert told(step_of(said("CEB621", "120", 3), said("CEB311", "-301002", 2))) == ("wait", ("CEB621",))


def test_an_order_accepted_with_an_error_in_its_text_is_not_sent_again() -> None:
    step = step_of(said("CEB311", "2", 1, "[Code:22001;Desc:支付企业未备案]"))
    assert (*told(step), step.action) == ("person", ("CEB311",), Action.FIX_REG)


@pytest.mark.parametrize("code", ["800", "899"])
def test_a_parcel_that_is_out_needs_nothing(code: str) -> None:
    assert told(step_of(said("CEB621", code, 1), bill("1"), minutes=99 * DAYS)) == ("none", ())


def test_a_granted_cancellation_or_return_needs_nothing() -> None:
    assert step_of(said("CEB621", "800", 1), said("CEB623", "399", 2)).kind is StepKind.NONE
    assert step_of(said("CEB621", "800", 1), said("CEB625", "800", 2)).kind is StepKind.NONE


def test_a_return_under_review_is_waited_for_and_a_refused_one_explained() -> None:
    assert told(step_of(said("CEB621", "800", 1), said("CEB625", "300", 2))) == ("wait", ("CEB625",))
    step = step_of(said("CEB621", "800", 1), said("CEB625", "100", 2, "收件地址不详"))
    assert (*told(step), step.action) == ("correct", ("CEB625",), Action.FIX_RESUBMIT)


@pytest.mark.parametrize("code", ["501", "502", "503", "599", "700"])
def test_detained_goods_are_for_a_person(code: str) -> None:
    assert step_of(said("CEB621", "120", 1), said("CEB621", code, 2)).kind is StepKind.PERSON


def test_every_grave_alarm_is_for_a_person_and_is_shown_beside_the_step() -> None:
    step = step_of(said("CEB621", "800", 1), said("CEB621", "100", 2))
    assert (step.kind, [each.kind.value for each in step.alarms]) == (StepKind.PERSON, ["refused_after_release"])
    assert step_of(said("CEB621", "800", 1), bill("3", 2)).kind is StepKind.PERSON


def test_an_unknown_status_is_for_a_person_until_a_known_one_follows() -> None:
    assert step_of(said("CEB621", "2", 1), said("CEB621", "777", 2)).kind is StepKind.PERSON
    assert step_of(said("CEB621", "2", 1), said("CEB621", "777", 2), said("CEB621", "120", 3)).kind is StepKind.WAIT


def test_a_message_that_nobody_could_read_is_not_waited_for() -> None:
    unread: Answer = said("CEB621", "-1", 1, receipt="CEB900", state=State.TECHNICAL_FAILURE, guid="G1")
    assert told(step_of(submitted(), unread)) == ("query", ("CEB621",))


def test_a_refusal_of_an_area_is_explained_in_its_own_words() -> None:
    step = step_of(of_area("ningbo_kjb2c", State.REJECTED))
    assert (step.kind, step.documents) == (StepKind.PERSON, ("CEB621",))


def test_a_parcel_without_events_needs_nothing() -> None:
    assert step_of().kind is StepKind.NONE
    assert alarms(track([])) == []


def test_accepted_documents_without_a_list_are_said_to_be_there() -> None:
    assert step_of(said("CEB311", "120"), said("CEB411", "120")).en.startswith("Customs has these documents")
