"""Guids are never given twice, whichever process or thread asks, and are random UUIDs to the letter."""

import os
import uuid
import warnings
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from customs.road import random_guids, seeded_guids


def are_uuids_of_version_4(guids: Iterable[str]) -> bool:
    return all(str(uuid.UUID(each)).upper() == each and uuid.UUID(each).version == 4 for each in guids)


def test_random_guids_are_uuids_of_version_4_in_upper_case_and_never_come_again() -> None:
    guids = [random_guids() for _ in range(1000)]
    assert len(set(guids)) == 1000
    assert are_uuids_of_version_4(guids)
    assert {each[19] for each in guids} == set("89AB")
    assert {uuid.UUID(each).variant for each in guids} == {uuid.RFC_4122}


def test_seeded_guids_are_uuids_too_and_those_of_earlier_releases() -> None:
    take = seeded_guids(1)
    guids = [take() for _ in range(100)]
    assert guids[:2] == ["CD613E30-D8F1-4ADF-91B7-584A2265B1F5", "1E2FEB89-414C-443C-9027-C4D1C386BBC4"]
    assert are_uuids_of_version_4(guids)


def test_a_fork_gives_none_of_the_guids_that_its_parent_gives() -> None:
    random_guids()
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of newer Pythons, where threads run
        child = os.fork()
    if child == 0:
        os.write(writing, "\n".join(random_guids() for _ in range(100)).encode())
        os._exit(0)
    os.waitpid(child, 0)
    os.close(writing)
    with os.fdopen(reading) as told:
        of_child = told.read().split()
    assert len(of_child) == 100
    assert set(of_child).isdisjoint(random_guids() for _ in range(100))


def test_threads_share_no_guid() -> None:
    with ThreadPoolExecutor(8) as threads:
        drawn = list(threads.map(lambda _: [random_guids() for _ in range(500)], range(16)))
    assert len({each for guids in drawn for each in guids}) == 16 * 500
