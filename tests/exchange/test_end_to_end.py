"""Parcels go out by every way and come back from customs, end to end: each ends released, or refused with its reason.

On the way answers are lost, repeated and overtaken, messages are handed to customs twice, the office is closed for ten
minutes, and sender and receiver are killed again and again. ``make faults`` takes ten times as many parcels.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from random import Random

import pytest

from customs.codes.states import State
from customs.exchange import DeliveryEvent, DeliveryState, read_inbox, read_outbox
from customs.exchange.standing import RULES
from customs.receipts.streams import TrackedParcel
from customs.signing import Signer
from support import ROOT, exactly, run
from support.faults import few_or_many
from support.nights import NO_RECORD, Load, Night, at_customs, load
from support.office_doors import Door, Platform, folder_door, ftp_door, gateway_door, queue_door
from support.rabbitmq import Rabbit

#: Parcels of each way, and those after which both processes are killed again.
PARCELS, PORTION = few_or_many(50, 500), few_or_many(25, 100)

#: Calls and returns that take place within the exchange, at least, for each message that is handed over alone or, as files
#: are, with others, and for each receipt.
A_MESSAGE, A_FILE, A_RECEIPT = 300, 60, 10

Opening = Callable[[Platform, Path], AbstractContextManager[Door]]


@contextmanager
def opened(opening: Opening, folder: Path, given: Load, seed: int) -> Iterator[Night]:
    rehearsal = at_customs(given, seed=seed)
    platform = Platform(rehearsal, Random(seed), repeats=0.1)  # noqa: S311  not for secrets
    with opening(platform, folder) as door:
        yield Night(folder, rehearsal, door, given)


def passed(night: Night, seed: int, a_message: int = A_MESSAGE) -> None:
    """Pass the night: each portion is sent by senders and fetched by receivers that are killed, then by ones that are not."""
    drawn = Random(seed)  # noqa: S311  not for secrets
    for number, portion in enumerate(night.load.portions):
        night.wait_for_the_sender()
        another = A_MESSAGE // 2 if night.is_closed else a_message * (len(portion) - 2)
        for last in (A_FILE, another):  # while it hands over the first, and any other
            moment = f"{drawn.randrange(1, last)} after hand_over"
            assert night.send(number, moment=moment) == -9, f"the sender ended before {moment}"
        night.pass_on()
        night.send(number)
        while (waiting := night.door.waiting()) < 5:
            night.pass_on()
        for name in ("take", "confirm"):
            moment = f"{drawn.randrange(1, A_RECEIPT * waiting)} after {name}"
            assert night.receive(moment=moment) == -9, f"the receiver ended before {moment}"
        night.pass_on()
        night.receive()
    night.go_on()
    for _ in range(3):
        if not night.ask_for_silent():
            return
        night.receive()
    raise AssertionError("parcels stay silent, though the office answers whoever asks")


def states(parcels: tuple[TrackedParcel, ...]) -> dict[str, tuple[State | None, dict[str, State | None]]]:
    return {
        each.name: (each.state.node, {name: document.state for name, document in each.state.documents.items()})
        for each in parcels
    }


def assert_every_parcel_ends_released_or_refused_with_its_reason(night: Night) -> None:
    for parcel in exactly(PARCELS, night.tracked()):
        reason = night.load.reasons.get(parcel.name)
        assert parcel.state.node is (State.REJECTED if reason else State.RELEASED), parcel.name
        deciding = parcel.state.documents["CEB621"].deciding
        assert deciding
        assert (reason or "放行") in "".join(deciding.texts)
        assert parcel.state.alarms == ()


def assert_none_is_declared_twice(night: Night) -> None:
    counts = night.rehearsal.office.counts()
    assert len(counts) == 4 * PARCELS
    assert all(each.came >= 1 for each in counts.values())
    never = [key for key, each in counts.items() if each.accepted == 0]
    assert {each[0] for each in never} == {"CEB621"}
    assert len(never) == list(night.load.reasons.values()).count(NO_RECORD)
    assert max(each.accepted for each in counts.values()) == 1
    with read_outbox(night.folder / "state", "port") as outbox:
        entries = list(outbox.entries())
        assert {each.standing.state for each in entries} == {DeliveryState.HANDED_OVER}
        for each in exactly(len(night.load.messages), entries):
            assert_repeated_only_after_asking_and_waiting(outbox.history(each.id))


def assert_repeated_only_after_asking_and_waiting(history: Sequence[DeliveryEvent]) -> None:
    doubtful: DeliveryEvent | None = None
    for each in history:
        if each.happening == "claimed":
            assert doubtful is None or each.at - doubtful.at >= RULES.wait_for_receipt
        elif each.happening in ("interrupted", "handed over"):
            doubtful = each if each.outcome == "unknown" else None
        elif each.outcome != "unknown":
            doubtful = None


def assert_no_receipt_is_lost(night: Night) -> None:
    assert night.door.waiting() == 0
    taken, last = [], 0
    with read_inbox(night.folder / "state", "port") as inbox:
        while items := list(inbox.after(last)):
            taken += items
            last = items[-1].number
        assert list(inbox.aside()) == []
    assert sorted(each.digest for each in taken) == sorted(night.said)
    shown = [night.said[each.digest] for each in taken if each.kind == "receipt"]
    assert sorted(night.received()) == sorted(shown)


def assert_the_states_are_those_of_all_answers(night: Night) -> None:
    assert states(night.tracked()) == states(night.tracked_by(night.said.values()))
    held = night.rehearsal.office.store.held.values()
    at_customs = {each.paper["orderNo"]: each.status for each in held if each.paper.kind.message == "CEB621"}
    ours = {each.name: each.state.node for each in night.tracked() if each.name in at_customs}
    assert ours == {
        number: State.RELEASED if status == "800" else State.REJECTED for number, status in at_customs.items()
    }


def assert_all_is_well(night: Night) -> None:
    assert_every_parcel_ends_released_or_refused_with_its_reason(night)
    assert_none_is_declared_twice(night)
    assert_no_receipt_is_lost(night)
    assert_the_states_are_those_of_all_answers(night)


@pytest.mark.parametrize(
    ("opening", "seed", "a_message"),
    [
        (folder_door, 1, A_FILE),
        (lambda platform, folder: gateway_door(platform, folder, losses=0.05), 2, A_MESSAGE),
        (ftp_door, 3, A_MESSAGE),
    ],
    ids=["folder", "https", "ftp"],
)
@pytest.mark.long
def test_parcels_go_out_and_come_back_whatever_happens_on_the_way(
    opening: Opening, seed: int, a_message: int, tmp_path: Path, signer: Signer
) -> None:
    with opened(opening, tmp_path, load(PARCELS, PORTION, signer, seed=seed), seed) as night:
        passed(night, seed, a_message)
        assert_all_is_well(night)


@pytest.mark.long
def test_parcels_go_out_in_envelopes_through_a_broker_and_come_back(
    rabbit: Rabbit, tmp_path: Path, signer: Signer
) -> None:
    given = load(PARCELS, PORTION, signer, seed=4)
    with opened(lambda platform, folder: queue_door(platform, folder, rabbit), tmp_path, given, 4) as night:
        passed(night, 4)
        assert_all_is_well(night)


@pytest.mark.long
def test_the_example_sends_parcels_and_receives_until_they_are_released(tmp_path: Path) -> None:
    done = run(sys.executable, str(ROOT / "examples/send_and_receive.py"), str(tmp_path))
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()
    assert told[0] == "4 messages handed over"
    assert told[2:] == ["10 parcels released"]
