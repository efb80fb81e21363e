"""Counting in a process of its own: the same figures, counted again if it is killed, and nothing left when the hub ends."""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from dataclasses import replace
from functools import partial
from multiprocessing import active_children, get_context
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from customs.hub.web.counting import LOWER, CountingProcess
from support import some
from support.console import EVENING, FilledConsole, mounted
from support.counts import divided, hub_that_counts, priority, told
from support.ledgers import KEYS, LedgerDatabases

#: The pages whose figures are counted, and who may see all of them.
COUNTED = (
    "/",
    "/reports",
    "/reports/support",
    "/bills/months/2026-11",
    "/bills/guarantee",
    "/settlements?since=2026-11-11&until=2026-11-11&standing=",
    "/settlements/providers/carrier_halves?standing=",
)
ROLE = "admin"


def clock() -> Any:
    return EVENING


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with LedgerDatabases(tmp_path_factory.mktemp("counted")).fresh() as found:
        yield found


@pytest.fixture(scope="module")
def counter(url: str) -> Iterator[CountingProcess]:
    with closing(CountingProcess(url, KEYS)) as found:
        yield found


@pytest.fixture
def line() -> Iterator[Listener]:
    with Listener(("localhost", 0)) as found:
        yield found


@pytest.fixture
def beside() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as found:
        yield found


def kill(number: int) -> None:
    (process,) = [each for each in active_children() if each.pid == number]
    process.kill()


def wait_for_end(counting: Connection) -> None:
    """Wait until the process at the other end is gone."""
    assert counting.poll(60), "it goes on"
    with pytest.raises((EOFError, ConnectionResetError)):
        counting.recv()


@pytest.mark.long
def test_pages_show_what_is_counted_in_the_same_process(console: FilledConsole, tmp_path: Path) -> None:
    (file,) = tmp_path.glob("console*.db")
    with closing(CountingProcess(f"sqlite:///{file}", KEYS)) as counter:
        other = replace(console, application=mounted(replace(console.service, counter=counter)))
        here, there = console.reader(ROLE), other.reader(ROLE)
        for page in some(COUNTED):
            answers = [each.shop(page) for each in (here, there)]
            assert [each.status_code for each in answers] == [200, 200], page
            one, two = (html.fromstring(each.text).xpath("string(//main)") for each in answers)
            assert one == two, page


@pytest.mark.long
def test_a_count_that_fails_says_why_and_the_next_one_is_made(counter: CountingProcess) -> None:
    with pytest.raises(ZeroDivisionError):
        counter.counted(partial(divided, by=0), clock)
    assert counter.counted(partial(divided, by=1), clock) == (7, EVENING, EVENING)
    if sys.platform != "win32":
        assert counter.counted(priority, clock).figures == min(os.nice(0) + LOWER, 19)


@pytest.mark.long
def test_figures_are_counted_again_if_their_process_is_killed(
    counter: CountingProcess, line: Listener, beside: ThreadPoolExecutor, url: str
) -> None:
    found = beside.submit(counter.counted, partial(told, address=line.address), clock)
    with line.accept() as counting:
        number = counting.recv()
        if sys.platform == "linux":
            open_to_all = b"".join(Path(f"/proc/{number}/{each}").read_bytes() for each in ("cmdline", "environ"))
            assert b"spawn" in open_to_all
            assert not [each for each in (KEYS.master, KEYS.master.hex().encode(), url.encode()) if each in open_to_all]
        kill(number)
        wait_for_end(counting)
    with line.accept() as counting:
        assert counting.recv() != number
        counting.send(7)
    assert found.result().figures == 7


@pytest.mark.long
def test_a_count_that_is_killed_over_and_over_says_so_and_the_next_one_is_made(
    counter: CountingProcess, line: Listener, beside: ThreadPoolExecutor
) -> None:
    found = beside.submit(counter.counted, partial(told, address=line.address), clock)
    for _ in some(range(2)):
        with line.accept() as counting:
            kill(counting.recv())
            wait_for_end(counting)
    with pytest.raises(BrokenProcessPool):
        found.result()
    assert counter.counted(partial(divided, by=1), clock).figures == 7


@pytest.mark.long
def test_a_hub_that_stops_ends_a_count_at_once(url: str, line: Listener, beside: ThreadPoolExecutor) -> None:
    counter = CountingProcess(url, KEYS)
    found = beside.submit(counter.counted, partial(told, address=line.address), clock)
    with line.accept() as counting:
        number = counting.recv()
        counter.close()
        assert number not in [each.pid for each in active_children()]
        wait_for_end(counting)
    with pytest.raises(RuntimeError, match="the hub stops"):
        found.result()


@pytest.mark.long
def test_a_hub_that_is_killed_leaves_no_process_behind(url: str, line: Listener) -> None:
    hub = get_context("spawn").Process(target=hub_that_counts, args=(url, KEYS, line.address))
    hub.start()
    with line.accept() as counting:
        counting.recv()
        hub.kill()
        wait_for_end(counting)
    hub.join()
