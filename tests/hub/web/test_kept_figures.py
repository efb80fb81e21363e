"""Figures that take long: counted beside the pages, once for all who look, shown until they are counted anew."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest
from lxml import html

from customs.hub.reports.health_report import health_report
from customs.hub.web.kept_figures import FRESH, KeptFigures
from customs.ledger import LedgerConnection
from support import exactly
from support.console import EVENING, FilledConsole, mounted


class Counting:
    """A count that goes on when it may, and says how often it was made."""

    def __init__(self) -> None:
        self.times, self.may, self.now = 0, Event(), EVENING
        self.takes = timedelta()

    def __call__(self, connection: LedgerConnection) -> int:
        assert self.may.wait(60)
        self.times += 1
        self.now += self.takes
        return self.times

    def clock(self) -> datetime:
        return self.now


@pytest.fixture
def counting() -> Counting:
    return Counting()


@pytest.fixture
def kept(console: FilledConsole, counting: Counting) -> KeptFigures[int]:
    return KeptFigures(replace(console.service, clock=counting.clock, patience=0))


def test_those_who_look_at_once_wait_for_one_count(kept: KeptFigures[int], counting: Counting) -> None:
    for _ in exactly(3, range(3)):
        assert kept.seen("shop", counting) is None
    counting.may.set()
    assert kept.counted("shop", counting) == 1
    assert kept.seen("shop", counting) == 1
    assert counting.times == 1


def test_figures_of_before_are_shown_while_new_ones_are_counted(kept: KeptFigures[int], counting: Counting) -> None:
    counting.may.set()
    assert kept.counted("shop", counting) == 1
    counting.may.clear()
    counting.now += FRESH
    assert kept.seen("shop", counting) == 1
    counting.may.set()
    assert kept.counted("shop", counting) == 2


def test_what_takes_long_to_count_is_shown_for_longer(kept: KeptFigures[int], counting: Counting) -> None:
    counting.may.set()
    counting.takes = timedelta(minutes=1)
    assert kept.counted("shop", counting) == 1
    counting.now += timedelta(minutes=19)
    assert kept.counted("shop", counting) == 1
    counting.now += timedelta(minutes=1)
    assert kept.counted("shop", counting) == 2


def test_a_count_that_fails_is_told_once_and_made_again(kept: KeptFigures[int], counting: Counting) -> None:
    def failing(connection: LedgerConnection) -> int:
        raise ZeroDivisionError

    counting.may.set()
    with pytest.raises(ZeroDivisionError):
        kept.counted("shop", failing)
    assert kept.counted("shop", counting) == 1


@pytest.mark.long
def test_a_report_that_is_not_counted_yet_says_so_and_comes_by_itself(
    console: FilledConsole, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*given: Any, **more: Any) -> Any:
        assert counting.may.wait(60)
        return health_report(*given, **more)

    monkeypatch.setattr("customs.hub.web.rooms.reports.health_report", slow)
    patient = mounted(console.service)
    hasty = replace(console, application=mounted(replace(console.service, patience=0)))
    answer = hasty.reader("look", "en").shop("/reports")
    counting.may.set()
    assert (answer.status_code, answer.headers["refresh"]) == (202, "3")
    assert html.fromstring(answer.text).xpath("string(//h1)") == "Being counted"
    assert "counted" in replace(console, application=patient).reader("look", "en").shop("/reports").text
