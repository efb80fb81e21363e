r"""Sources (数据来源) of a stream without end: parcels from files of any size, one at a time, in constant memory.

A source yields a ``Given`` for each parcel: what is read as it, and the line or row where it stands. What the source itself
cannot take is yielded too, with the reasons: it ends refused, and the stream goes on. Any other iterable of parcels is a
source as well, without lines.

>>> from io import BytesIO
>>> from customs.bulk.lines import json_lines
>>> [(given.place, given.parcel) for given in json_lines(BytesIO(b'{"a": 1}\n\n{"a": 2}'))]
[(1, b'{"a": 1}\n'), (3, b'{"a": 2}')]
"""

from customs.road.given import Given
from customs.rules import catalogue


def damaged_from(place: int, why: str, why_zh: str) -> Given:
    """Return what stands for the rest of a file that cannot be read from a place on: the last of its stream."""
    return Given(b"", place, findings=(catalogue.SOURCE_DAMAGED.at("", place=place, why=why, why_zh=why_zh),))


__all__ = ["Given", "damaged_from"]
