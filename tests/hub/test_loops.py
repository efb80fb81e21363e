"""The loops of a worker: a work that fails holds up no other and is tried again, later each time; nothing is told twice."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from customs.exchange.contract import WayError
from customs.hub.service.loops import LAST_PAUSE, TurnWatch, Worker, WorkEvent, run_lane
from customs.hub.service.works import Holding, Work, WorkDone
from customs.ledger.holding import LedgerHeldError
from customs.ledger.upgrading import LedgerFormError
from support import exactly


@dataclass
class Waits:
    """Time that passes only by waiting: it counts the waits, and says stop after so many."""

    most: int
    seconds: list[float] = field(default_factory=list)
    now: float = 0.0

    def __call__(self, seconds: float) -> bool:
        self.seconds.append(seconds)
        self.now += seconds
        return len(self.seconds) > self.most


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> Waits:
    made = Waits(most=6)
    monkeypatch.setattr("customs.hub.service.loops.monotonic", lambda: made.now)
    return made


def work(turn: Callable[[], WorkDone], every: float = 1.0, kind: str = "send") -> Work:
    return Work(kind, "shop", "port", turn, every)


def failing(error: Exception) -> Callable[[], WorkDone]:
    def turn() -> WorkDone:
        raise error

    return turn


def test_a_work_that_fails_is_tried_again_later_each_time_and_at_most_a_minute_apart(waits: Waits) -> None:
    told: list[WorkEvent] = []
    waits.most = 9
    run_lane((work(failing(WayError("closed 关闭"))),), waits, told.append)
    assert waits.seconds == [0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert LAST_PAUSE == 60
    assert {each.error for each in told} == {"closed 关闭"}


def test_a_work_that_fails_holds_up_no_other_of_its_lane(waits: Waits) -> None:
    done: list[float] = []

    def turn() -> WorkDone:
        done.append(waits.now)
        return WorkDone()

    run_lane((work(failing(WayError("closed 关闭"))), work(turn)), waits, lambda event: None)
    assert done == [0, 1, 2]


def test_what_nobody_foresaw_is_told_by_its_place_and_never_by_its_value(waits: Waits) -> None:
    told: list[WorkEvent] = []
    run_lane((work(failing(KeyError("110101180001010011"))),), waits, told.append)
    for each in exactly(6, told):
        assert "unforeseen KeyError in turn:" in each.error
        assert "110101180001010011" not in each.error


def test_what_another_worker_holds_is_asked_for_again_and_nothing_is_told(waits: Waits) -> None:
    told: list[WorkEvent] = []
    run_lane((work(failing(LedgerHeldError("sending", "发送"))),), waits, told.append)
    assert (waits.seconds, told) == ([0, 1, 1, 1, 1, 1, 1], [])


def test_a_work_with_more_to_do_goes_on_at_once_and_an_idle_one_is_not_told(waits: Waits) -> None:
    turns = iter([WorkDone(counts={"declared": 3, "refused": 0}, more=True), *[WorkDone()] * 9])
    told: list[WorkEvent] = []
    run_lane((work(lambda: next(turns), every=5),), waits, told.append)
    assert waits.seconds[:4] == [0, 0, 5, 5]
    assert [dict(each.counts) for each in told] == [{"declared": 3}]


@pytest.mark.long
def test_a_destination_is_given_back_when_its_turn_fails_and_when_the_worker_is_stopped() -> None:
    opened, closed = [], []

    class Place:
        def __enter__(self) -> Callable[[], WorkDone]:
            opened.append(1)
            return self.turn

        def __exit__(self, *_: object) -> None:
            closed.append(1)

        def turn(self) -> WorkDone:
            if len(opened) == 1:
                raise WayError("cut 中断")
            worker.stop()
            return WorkDone()

    place = Holding(Place)
    lane = (Work("send", "shop", "port", place, 0.0, place.close),)
    worker = Worker([lane], lambda event: None)
    worker.start()
    assert worker.join(30)
    assert (len(opened), len(closed)) == (2, 2)


def test_a_log_that_cannot_be_written_stops_no_work(waits: Waits) -> None:
    def told(event: WorkEvent) -> None:
        raise BrokenPipeError

    run_lane((work(lambda: WorkDone(counts={"declared": 1})),), waits, told)
    assert len(waits.seconds) == 7


def test_a_worker_whose_database_is_led_to_another_form_begins_no_turn_more(waits: Waits) -> None:
    taken, ended = list[float](), list[LedgerFormError]()

    def turn() -> WorkDone:
        taken.append(waits.now)
        return WorkDone()

    def check() -> None:
        if len(taken) == 2:
            raise LedgerFormError("a newer release 更新的版本")

    worker = Worker([(work(turn, every=0.0),)], lambda event: None, TurnWatch(check, ended.append))
    worker.start()
    assert worker.join(10)
    assert len(taken) == 2
    assert [str(each) for each in exactly(1, ended)] == ["a newer release 更新的版本"]
