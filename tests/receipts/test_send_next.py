"""What to send next of a declared parcel: corrections and withdrawals, refused wherever the state forbids them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import customs
from customs.codes.errors import state_of_error
from customs.codes.states import State, state_of_status
from customs.declaration import Declaration
from customs.documents import Cancellation, Transfer
from customs.receipts.corrections import amendment, deletion, resubmission
from customs.receipts.dispatch import dispatch
from customs.receipts.follow_up import FollowUp, Move
from customs.receipts.lifecycle import track
from customs.receipts.next_step import next_step
from customs.receipts.state import Event, ParcelState, Submitted
from customs.receipts.withdrawal import ReturnRequest, cancellation, goods_return
from customs.road.recognition import keys_of
from customs.road.results import KINDS, DocumentName
from customs.rules import check_document
from customs.testing import sample_parcels
from support import MORNING, SINGLES_DAY
from support.parcel_states import LIST_NO, PRE_ENTRY_NO, attempt, document_state, parcel_state

R = State
STORED_LIST = (R.SENT, R.ACCEPTED)
RELEASED_LIST = (R.SENT, R.ACCEPTED, R.RELEASED)
THREE = {"CEB311": (R.ACCEPTED,), "CEB411": (R.ACCEPTED,), "CEB511": (R.ACCEPTED,)}
NOON = MORNING + timedelta(hours=4)
OPERATOR = Transfer(transmitter_code="910000000000000061", transmitter_name="示例监管场所", dxp_id="DXPENT0000000009")


@pytest.fixture
def run(signer: customs.RsaSigner) -> customs.Run:
    return customs.Run(on=SINGLES_DAY, clock=customs.fixed_clock(NOON), guids=customs.seeded_guids(5), signer=signer)


@pytest.fixture
def bonded() -> Declaration:
    return next(sample_parcels(1, seed=7, mode="1210"))


def codes(follow_up: FollowUp) -> list[str]:
    return [each.code for each in follow_up.findings]


def heads(follow_up: FollowUp) -> dict[str, Any]:
    return {each.message: each.__dict__.get("head", each) for each in follow_up.documents}


# corrections


def test_a_refused_parcel_that_customs_never_held_is_declared_anew(run: customs.Run, bonded: Declaration) -> None:
    state = parcel_state(bonded, THREE | {"CEB621": (R.SENT, R.REJECTED)})
    again = resubmission(bonded, state, run=run)
    assert not codes(again)
    (head,) = heads(again).values()
    assert (head.app_type, head.app_time, head.pre_entry_no, head.list_no) == ("1", NOON, None, None)
    assert again.documents[0].key == bonded_key(bonded)


def bonded_key(parcel: Declaration) -> customs.BusinessKey:
    prepared = customs.prepare(
        parcel, on=SINGLES_DAY, clock=customs.fixed_clock(MORNING), guids=customs.seeded_guids(1)
    )
    assert prepared.documents
    return prepared.documents.declaration_list.key


def test_a_list_refused_after_it_was_stored_is_changed_under_the_numbers_of_customs(
    run: customs.Run, bonded: Declaration
) -> None:
    state = parcel_state(bonded, THREE | {"CEB621": (*STORED_LIST, R.REJECTED)})
    again = resubmission(bonded, state, run=run)
    (head,) = heads(again).values()
    assert (head.app_type, head.pre_entry_no, head.list_no) == ("2", PRE_ENTRY_NO, LIST_NO)


def test_each_document_has_the_declaration_type_that_its_own_history_asks_for(
    run: customs.Run, bonded: Declaration
) -> None:
    state = parcel_state(bonded, {"CEB311": (R.ACCEPTED, R.REJECTED), "CEB411": (R.REJECTED,), "CEB621": (R.REJECTED,)})
    again = resubmission(bonded, state, run=run)
    assert {message: head.app_type for message, head in heads(again).items()} == {
        "CEB311": "2",
        "CEB411": "1",
        "CEB621": "1",
    }
    (batch,) = dispatch(run, [again])
    assert [each.name for each in batch.messages] == ["CEB311", "CEB411", "CEB621"]


def test_a_missing_document_is_pushed_without_touching_the_list(run: customs.Run, bonded: Declaration) -> None:
    state = parcel_state(bonded, {"CEB311": (R.ACCEPTED,), "CEB621": STORED_LIST})
    pushed = resubmission(bonded, state, run=run, documents=("payment",))
    assert list(heads(pushed)) == ["CEB411"]
    assert [each.name for batch in dispatch(run, [pushed]) for each in batch.messages] == ["CEB411"]


def test_a_correction_is_later_than_whatever_was_submitted_and_has_a_guid_of_its_own(bonded: Declaration) -> None:
    slow = customs.Run(on=SINGLES_DAY, clock=customs.fixed_clock(MORNING), guids=customs.seeded_guids(5))
    state = parcel_state(bonded, {"CEB621": (R.REJECTED,)})
    (head,) = heads(resubmission(bonded, state, run=slow)).values()
    assert head.app_time == MORNING + timedelta(seconds=1)
    submitted = state.documents["CEB621"].attempts[0].submitted
    assert submitted
    assert head.guid != submitted.guid


@pytest.mark.parametrize(("move", "app_type"), [(amendment, "2"), (deletion, "3")])
def test_a_stored_list_is_changed_or_deleted(
    move: Callable[..., FollowUp], app_type: str, run: customs.Run, bonded: Declaration
) -> None:
    sent = move(bonded, parcel_state(bonded, THREE | {"CEB621": STORED_LIST}), run=run)
    (head,) = heads(sent).values()
    assert (head.app_type, head.pre_entry_no, head.list_no) == (app_type, PRE_ENTRY_NO, LIST_NO)


def test_an_order_that_a_declared_list_uses_is_not_changed(run: customs.Run, bonded: Declaration) -> None:
    state = parcel_state(bonded, THREE | {"CEB621": STORED_LIST})
    assert codes(amendment(bonded, state, run=run, documents=("order",))) == ["move-not-allowed"]
    unused = parcel_state(bonded, THREE)
    assert not codes(amendment(bonded, unused, run=run, documents=("order",)))


def test_a_business_key_stays_as_it_was_declared(run: customs.Run, bonded: Declaration) -> None:
    state = parcel_state(bonded, {"CEB621": (R.REJECTED,)})
    renamed = bonded.model_copy(update={"clearance": bonded.clearance.model_copy(update={"internal_no": "OTHER1"})})
    assert codes(resubmission(renamed, state, run=run)) == ["move-other-key"]


def test_what_may_be_stored_is_asked_for_before_it_is_sent_again(run: customs.Run, bonded: Declaration) -> None:
    for states in ((), (R.SENT,), (R.TECHNICAL_FAILURE,), (R.REPEATED,), (R.UNKNOWN,)):
        state = parcel_state(bonded, {"CEB621": states})
        asked = {(): "move-in-flight", (R.SENT,): "move-in-flight"}.get(states, "move-uncertain")
        assert codes(resubmission(bonded, state, run=run)) == [asked]
        assert not codes(resubmission(bonded, state, run=run, nothing_stored=True))


def test_a_copy_that_customs_knew_already_leaves_the_first_as_it_is(run: customs.Run, bonded: Declaration) -> None:
    key = bonded_key(bonded)
    first = attempt(key, STORED_LIST)
    second = attempt(key, (R.REPEATED,), MORNING + timedelta(minutes=5))
    document = replace(document_state(first, second), state=R.ACCEPTED, deciding=first.deciding)
    state = ParcelState(documents={"CEB621": document})
    assert codes(resubmission(bonded, state, run=run)) == ["move-not-allowed"]
    assert not codes(amendment(bonded, state, run=run))


def test_a_second_attempt_that_nobody_answered_yet_is_waited_for(run: customs.Run, bonded: Declaration) -> None:
    key = bonded_key(bonded)
    document = document_state(attempt(key, (R.REJECTED,)), attempt(key, (), MORNING + timedelta(minutes=5)))
    assert codes(resubmission(bonded, ParcelState(documents={"CEB621": document}), run=run)) == ["move-in-flight"]


def test_a_message_that_nobody_could_read_is_mended_and_sent_again(run: customs.Run, bonded: Declaration) -> None:
    document = document_state(attempt(bonded_key(bonded), (R.TECHNICAL_FAILURE,), receipt="CEB900"))
    assert not codes(resubmission(bonded, ParcelState(documents={"CEB621": document}), run=run))


# which state allows which move

_NOT, _WAIT, _ASK = ["move-not-allowed"], ["move-in-flight"], ["move-uncertain"]

#: For each state of the list what becomes of resubmission, amendment, deletion, cancellation and return.
MOVES: dict[State | None, tuple[list[str], list[str], list[str], list[str], list[str]]] = {
    None: (_WAIT, _WAIT, _WAIT, _WAIT, _WAIT),
    R.STORED: (_WAIT, _WAIT, _WAIT, _WAIT, _WAIT),
    R.SENT: (_WAIT, _WAIT, _WAIT, _WAIT, _WAIT),
    R.TECHNICAL_FAILURE: (_ASK, _ASK, _ASK, _ASK, _ASK),
    R.REPEATED: (_ASK, _ASK, _ASK, _ASK, _ASK),
    R.UNKNOWN: (_ASK, _ASK, _ASK, _ASK, _ASK),
    R.REJECTED: ([], _NOT, _NOT, _NOT, _NOT),
    R.ACCEPTED: (_NOT, [], [], [], _NOT),
    R.AWAITING_ARRIVAL: (_NOT, [], [], [], _NOT),
    R.MANUAL_REVIEW: (_NOT, _NOT, _NOT, [], _NOT),
    R.CONCLUDED: (_NOT, _NOT, _NOT, [], _NOT),
    R.INSPECTION: (_NOT, _NOT, _NOT, _NOT, _NOT),
    R.SUSPENDED: (_NOT, _NOT, _NOT, _NOT, _NOT),
    R.DETAINED: (_NOT, _NOT, _NOT, _NOT, _NOT),
    R.RETURNED: (_NOT, _NOT, _NOT, _NOT, _NOT),
    R.RELEASED: (_NOT, _NOT, _NOT, [], []),
    R.CLOSED: (_NOT, _NOT, _NOT, _NOT, []),
    R.WITHDRAWN: ([], _NOT, _NOT, _NOT, _NOT),
}


@pytest.mark.parametrize("reached", MOVES, ids=str)
def test_a_state_allows_the_moves_that_customs_would_accept_and_no_other(
    reached: State | None, run: customs.Run, bonded: Declaration
) -> None:
    state = parcel_state(bonded, THREE | {"CEB621": (reached,) if reached else ()})
    request = ReturnRequest(reason="七日无理由退货", released=SINGLES_DAY)
    told = (
        resubmission(bonded, state, run=run, documents=("declaration_list",)),
        amendment(bonded, state, run=run),
        deletion(bonded, state, run=run),
        cancellation(bonded, state, "买家取消", run=run),
        goods_return(bonded, state, request, run=run),
    )
    assert tuple(map(codes, told)) == MOVES[reached]
    assert [each.move for each in told] == [*Move][:5]
    assert all(bool(each.documents) != each.refused for each in told)


def test_every_state_of_a_declaration_is_in_the_table() -> None:
    assert {None, *State} - set(MOVES) == {R.TAX_ASSESSED, R.TAX_SETTLED}


def test_a_refusal_names_the_order_its_state_what_is_allowed_and_what_to_do(
    run: customs.Run, bonded: Declaration
) -> None:
    state = parcel_state(bonded, {"CEB621": (*RELEASED_LIST, R.CLOSED)})
    (finding,) = cancellation(bonded, state, "买家取消", run=run).findings
    assert (finding.zh, finding.advice_zh) == (
        "订单 EX121000070000001：进口清单已结关，不能撤单。",
        "可撤单的情形：已入库、审核中或已审结、已放行。只可办理退货。",
    )
    assert (finding.en, finding.advice_en) == (
        "Order EX121000070000001: the declaration list is closed, which does not allow a cancellation.",
        "It is allowed when: stored by customs, under review, released. Only a return is possible.",
    )


# cancellation


def test_a_cancellation_names_the_list_by_the_number_of_customs_and_says_why(
    run: customs.Run, bonded: Declaration
) -> None:
    told = cancellation(bonded, parcel_state(bonded, {"CEB621": STORED_LIST}), "买家取消", run=run)
    (document,) = told.documents
    assert isinstance(document, Cancellation)
    assert (document.list_no, document.pre_entry_no, document.reason) == (LIST_NO, None, "买家取消")
    assert (document.app_type, document.app_time, document.order_no) == ("1", NOON, bonded.order.order_no)
    assert check_document(document) == []


@pytest.mark.parametrize(
    ("earlier", "told"),
    [((), _WAIT), ((R.SENT,), _WAIT), ((R.TECHNICAL_FAILURE,), _ASK), ((R.WITHDRAWN,), _NOT * 2), ((R.REJECTED,), [])],
)
def test_a_list_is_cancelled_once(
    earlier: tuple[State, ...], told: list[str], run: customs.Run, bonded: Declaration
) -> None:
    state = parcel_state(bonded, {"CEB621": STORED_LIST, "CEB623": earlier})
    assert codes(cancellation(bonded, state, "买家取消", run=run)) == told


def test_goods_that_left_the_site_are_returned_instead(run: customs.Run, bonded: Declaration) -> None:
    state = parcel_state(bonded, {"CEB621": RELEASED_LIST})
    assert codes(cancellation(bonded, state, "买家取消", run=run, goods_left=True)) == ["goods-left"]


def test_a_cancellation_without_a_reason_is_refused_and_so_is_one_without_the_number_of_the_list(
    run: customs.Run, bonded: Declaration
) -> None:
    state = parcel_state(bonded, {"CEB621": STORED_LIST})
    (finding,) = cancellation(bonded, state, "", run=run).findings
    assert (finding.code, finding.path) == ("field-empty", "reason")
    document = document_state(attempt(bonded_key(bonded), ()))
    unnumbered = replace(
        document, state=R.ACCEPTED, attempts=(replace(document.attempts[0], state=R.ACCEPTED, deciding=None),)
    )
    answer = state.documents["CEB621"].attempts[0].answers[-1]
    bare = replace(answer, key=bonded_key(bonded))
    unnumbered = replace(
        unnumbered, attempts=(replace(document.attempts[0], state=R.ACCEPTED, deciding=bare, answers=(bare,)),)
    )
    bare_state = ParcelState(documents={"CEB621": unnumbered})
    assert codes(cancellation(bonded, bare_state, "买家取消", run=run)) == ["list-number-unknown"]


@pytest.mark.parametrize("message", ["CEB623", "CEB625"])
def test_nothing_is_corrected_while_an_application_is_under_way(
    message: str, run: customs.Run, bonded: Declaration
) -> None:
    for states in ((), (R.ACCEPTED,), (R.MANUAL_REVIEW,), (R.TECHNICAL_FAILURE,)):
        state = parcel_state(bonded, {"CEB621": STORED_LIST, message: states})
        (finding,) = amendment(bonded, state, run=run).findings
        assert finding.path == {"CEB623": "cancellation", "CEB625": "goods_return"}[message]
    refused = parcel_state(bonded, {"CEB621": STORED_LIST, message: (R.REJECTED,)})
    assert not codes(amendment(bonded, refused, run=run))


# over the fold of real events


def events(key: customs.BusinessKey, states: tuple[State, ...], at: datetime) -> list[Event]:
    sent = attempt(key, states, at)
    return [each for each in (sent.submitted, *sent.answers) if each]


def test_a_list_that_was_cancelled_is_declared_anew_and_may_be_cancelled_again(
    run: customs.Run, bonded: Declaration
) -> None:
    key = bonded_key(bonded)
    cancelling = customs.BusinessKey("CEB623", key.fields[:2])
    hour = timedelta(hours=1)
    happened = [
        *events(key, STORED_LIST, MORNING),
        *events(cancelling, (R.SENT, R.WITHDRAWN), MORNING + hour),
    ]
    cancelled = track(happened)
    assert codes(cancellation(bonded, cancelled, "买家取消", run=run)) == ["move-not-allowed", "move-not-allowed"]
    assert codes(amendment(bonded, cancelled, run=run)) == ["move-not-allowed"]
    (head,) = heads(resubmission(bonded, cancelled, run=run)).values()
    assert (head.app_type, head.list_no) == ("1", None)
    refused = track([*happened, *events(key, (R.REJECTED,), MORNING + 2 * hour)])
    (head,) = heads(resubmission(bonded, refused, run=run)).values()
    assert (head.app_type, head.list_no) == ("1", None)
    stored = track([*happened, *events(key, STORED_LIST, MORNING + 2 * hour)])
    assert not codes(cancellation(bonded, stored, "买家取消", run=run))


def test_goods_of_which_a_part_came_back_may_come_back_further(run: customs.Run, bonded: Declaration) -> None:
    key = bonded_key(bonded)
    returning = customs.BusinessKey("CEB625", (key.fields[0], ("internal_no", "TH0001")))
    state = track(
        [
            *events(key, RELEASED_LIST, MORNING),
            *events(returning, (R.SENT, R.WITHDRAWN), MORNING + timedelta(hours=1)),
        ]
    )
    rest = ReturnRequest(reason="七日无理由退货", quantities={1: 1}, earlier={2: 1})
    assert not codes(goods_return(bonded, state, rest, run=run))
    assert codes(goods_return(bonded, state, replace(rest, earlier={}), run=run)) == ["return-earlier-unknown"]
    assert codes(goods_return(bonded, state, replace(rest, internal_no="TH0001"), run=run)) == ["move-not-allowed"]


#: What customs may have said to a list or an application, by states.
_SAID = st.lists(st.sampled_from([*State]), max_size=4).map(tuple)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(of_list=st.lists(_SAID, max_size=3), of_application=_SAID, move=st.sampled_from([*Move][:5]))
def test_nothing_that_was_sent_is_sent_a_second_time_before_it_is_answered(
    of_list: list[tuple[State, ...]],
    of_application: tuple[State, ...],
    move: Move,
    run: customs.Run,
    bonded: Declaration,
) -> None:
    key, hour = bonded_key(bonded), timedelta(hours=1)
    cancelling = customs.BusinessKey("CEB623", key.fields[:2])
    happened = [each for at, said in enumerate(of_list) for each in events(key, said, MORNING + at * hour / 3)]
    happened += events(cancelling, of_application, MORNING + hour) if of_application else []
    told = made(move, run, bonded, track(happened))
    sent = [
        Submitted(key=each.key, guid=head.guid, app_time=head.app_time, app_type=head.app_type)
        for each, head in zip(told.documents, heads(told).values(), strict=True)
    ]
    assert told.refused is not bool(sent)
    if sent:
        again = made(move, run, bonded, track([*happened, *sent]))
        assert again.refused
        assert {*codes(again)} & {"move-in-flight", "move-uncertain", "move-not-allowed"}


@pytest.mark.parametrize(
    ("said", "documents"),
    [
        ({"CEB621": ("2", "-621000")}, ("declaration_list",)),
        ({"CEB621": ("2", "120", "-621000")}, ("declaration_list",)),
        ({"CEB621": ("2", "-621029")}, ("declaration_list",)),
        ({"CEB311": ("120",), "CEB511": ("120",), "CEB411": ("-401002",), "CEB621": ("2",)}, ("payment",)),
        ({"CEB411": ("120",), "CEB511": ("120",), "CEB311": ("-301002",)}, ("order",)),
    ],
)
def test_what_the_next_step_says_to_send_is_built(
    said: dict[str, tuple[str, ...]], documents: tuple[DocumentName, ...], run: customs.Run, bonded: Declaration
) -> None:
    keys = {key.message: key for key in keys_of(bonded).values()}
    happened = [each for message, given in said.items() for each in answered_by(keys[message], given)]
    state = track(happened)
    step = next_step(state, now=NOON)
    assert (step.sends, tuple(name for name, kind in KINDS.items() if kind.message in step.documents)) == (
        True,
        documents,
    )
    assert codes(resubmission(bonded, state, run=run, documents=documents)) == []


def answered_by(key: customs.BusinessKey, given: tuple[str, ...]) -> list[Event]:
    """A submission and its receipts of the unified edition, by their codes."""
    sent = attempt(key, tuple(map(state_of, given)), receipt=f"CEB{int(key.message[3:]) + 1}")
    answers = [replace(each, code=code) for each, code in zip(sent.answers, given, strict=True)]
    return [each for each in (sent.submitted, *answers) if each]


def state_of(code: str) -> State:
    return state_of_error(code) if code.startswith("-") else state_of_status(code)


def made(move: Move, run: customs.Run, parcel: Declaration, state: ParcelState) -> FollowUp:
    """The follow-up of a parcel that a move makes."""
    match move:
        case Move.RESUBMISSION:
            return resubmission(parcel, state, run=run, documents=("declaration_list",))
        case Move.AMENDMENT:
            return amendment(parcel, state, run=run)
        case Move.DELETION:
            return deletion(parcel, state, run=run)
        case Move.CANCELLATION:
            return cancellation(parcel, state, "买家取消", run=run)
        case _:
            return goods_return(parcel, state, ReturnRequest(reason="七日无理由退货"), run=run)
