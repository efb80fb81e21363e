"""Parcels of a stream are read a few ahead, and nothing that came before an error is lost by it."""

from collections.abc import Iterator

import pytest

from customs.road.stages import in_groups


def broken_after(count: int) -> Iterator[int]:
    yield from range(count)
    raise OSError("the line is cut")


def test_what_came_before_an_error_comes_before_it() -> None:
    groups = in_groups(broken_after(5), 3)
    assert next(groups) == [0, 1, 2]
    assert next(groups) == [3, 4]
    with pytest.raises(OSError, match="the line is cut"):
        next(groups)


def test_a_stream_ends_with_what_is_left() -> None:
    assert list(in_groups(range(7), 3)) == [[0, 1, 2], [3, 4, 5], [6]]
    assert list(in_groups(range(6), 3)) == [[0, 1, 2], [3, 4, 5]]
    assert list(in_groups((), 3)) == []


def test_no_more_is_taken_than_a_group_needs() -> None:
    source = iter(range(100))
    next(in_groups(source, 4))
    assert next(source) == 4
