"""A message is lost between the platform and customs, which never hears of it: it is asked for, then sent again, and its
parcels end released, each declared once.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

import customs
from customs.codes.states import State
from customs.exchange import DeliveryState, read_outbox
from customs.exchange.boxes import FolderBoxes
from customs.exchange.destinations import load_exchange
from customs.exchange.opening import opened_to_send
from customs.exchange.standing import RULES
from customs.receipts.next_step import StepKind, next_step
from customs.signing import Signer
from customs.testing import office
from support import MORNING, exactly
from support.faults import WHOLE
from support.interruption import interrupted
from support.nights import IN_VAIN, Load, Night, load
from support.office_doors import Door, Platform, folder_door, gateway_door

#: Parcels, five in a message, of which one is lost.
PARCELS = 10

Opening = Callable[[Platform, Path], AbstractContextManager[Door]]


@dataclass
class LosingPlatform(Platform):
    """An exchange platform that says of some messages that it has them, and loses the first copy of each."""

    lost: set[bytes] = field(default_factory=set)

    def take(self, content: bytes) -> bool:
        if content in self.lost:
            self.lost.remove(content)
            return True
        return super().take(content)


def losing(message: str, given: Load) -> tuple[LosingPlatform, Any]:
    """A platform that loses the first message of a kind, and that message as it was read."""
    content = next(each for each in given.messages if customs.read(each).documents[0].message == message)
    rehearsal = office(MORNING, seed=5, settings=given.settings)
    platform = LosingPlatform(rehearsal, Random(5), repeats=0, lost={content})  # noqa: S311  not for secrets
    return platform, customs.read(content)


@pytest.fixture(scope="module")
def given(signer: Signer) -> Load:
    return load(PARCELS, PARCELS, signer, seed=5)


def settle(night: Night) -> None:
    """Let time pass until nothing is under way."""
    night.pass_on()
    night.receive()
    night.go_on()


def steps(night: Night) -> dict[str, StepKind]:
    return {each.name: next_step(each.state, now=night.now + IN_VAIN).kind for each in night.tracked()}


def assert_each_parcel_ends_and_is_declared_once(night: Night) -> None:
    nodes = {each.name: each.state.node for each in exactly(PARCELS, night.tracked())}
    assert nodes == {number: State.REJECTED if number in night.load.reasons else State.RELEASED for number in nodes}
    counts = night.rehearsal.office.counts()
    assert [(each.came, each.accepted) for each in exactly(4 * PARCELS, counts.values()) if each.came != 1] == []
    assert max(each.accepted for each in counts.values()) == 1


def a_gateway(platform: Platform, folder: Path) -> AbstractContextManager[Door]:
    return gateway_door(platform, folder, losses=0)


@pytest.mark.parametrize(
    ("opening", "message"), [(folder_door, "CEB621"), (a_gateway, "CEB311"), (a_gateway, "CEB621")]
)
@pytest.mark.long
def test_what_was_handed_over_and_never_reached_customs_is_asked_for_and_retried_by_a_person(
    opening: Opening, message: str, given: Load, tmp_path: Path
) -> None:
    platform, lost = losing(message, given)
    with opening(platform, tmp_path) as door:
        night = Night(tmp_path, platform.rehearsal, door, given)
        night.send(0)
        settle(night)
        exchange = load_exchange(tmp_path / "customs.toml")
        with opened_to_send(
            exchange,
            FolderBoxes(exchange.state),
            exchange.destinations["port"],
            clock=customs.fixed_clock(night.now),
            chance=Random(5),  # noqa: S311  not for secrets
        ) as (outbox, way, _):
            assert set(outbox.counts()) == {DeliveryState.HANDED_OVER}, "nothing is sent again on a timer"
            assert way.lookup(outbox.delivery(lost.guid)).outcome == "unknown"
        silent = [number for number, kind in steps(night).items() if kind is not StepKind.NONE]
        orders = {dict(each.key.fields).get("order_no") for each in lost.documents}
        if message == "CEB311":
            assert set(silent) >= orders
        for each in lost.documents:
            numbers = [text for _, text in each.key.fields]
            answers = [answer.name for number in numbers for answer in platform.rehearsal.office.query(number)]
            assert {"CEB312": "CEB312", "CEB621": "CEB622"}.get(message) not in answers, "customs has no such document"
        retry = ["outbox", "retry", lost.guid, "--even-if-sent", "--config", str(tmp_path / "customs.toml")]
        assert interrupted(WHOLE, "kill", retry, at=night.now).returncode == 0
        night.send()
        settle(night)
        assert_each_parcel_ends_and_is_declared_once(night)


@pytest.mark.long
def test_what_was_lost_with_its_answer_is_asked_for_and_sent_again_by_the_rule(given: Load, tmp_path: Path) -> None:
    platform, lost = losing("CEB621", given)
    with gateway_door(platform, tmp_path, losses=1.0) as door:
        door.settings = door.settings.replace("shenzhen", "guangzhou")  # of the same family, and can be asked
        night = Night(tmp_path, platform.rehearsal, door, given)
        night.send(0)
        settle(night)
        assert_each_parcel_ends_and_is_declared_once(night)
    with read_outbox(tmp_path / "state", "port") as outbox:
        assert set(outbox.counts()) == {DeliveryState.HANDED_OVER}
        history = outbox.history(lost.guid)
        *happened, last = [each.happening for each in history]
        assert happened[:7] == [
            "put", "claimed", "handed over", "looked up", "looked up", "claimed", "handed over"
        ]  # fmt: skip
        assert last == "answered"
        first, again = (each.at for each in history if each.happening == "claimed")
        assert again - first >= RULES.wait_for_receipt
