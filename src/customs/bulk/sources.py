r"""Sources (数据来源) of a stream without end: parcels from files of any size, one at a time, in constant memory.

A source yields a ``Given`` for each parcel: what is read as it, and the line or row where it stands. What the source itself
cannot take is yielded too, with the reasons: it ends refused, and the stream goes on. Any other iterable of parcels is a
source as well, without lines.

>>> from io import BytesIO
>>> from customs.bulk.json_lines import json_lines
>>> [(given.place, given.parcel) for given in json_lines(BytesIO(b'{"a": 1}\n\n{"a": 2}'))]
[(1, b'{"a": 1}\n'), (3, b'{"a": 2}')]
"""

from typing import NamedTuple

from customs.road.stages import Source
from customs.rules import Finding, catalogue


class Given(NamedTuple):
    """One parcel as a source gives it."""

    parcel: Source
    """As ``Run.prepare`` takes it."""
    place: int
    """The line or row of the file where it begins, from 1."""
    order_no: str | None = None
    """The order number, where the source knows it."""
    findings: tuple[Finding, ...] = ()
    """The findings of the source, before those of the run. With an error the parcel is not read."""

    def __repr__(self) -> str:
        return f"Given(place={self.place}, order_no={self.order_no!r}, {len(self.findings)} findings)"

    @property
    def refused(self) -> bool:
        """True if any finding of the source is an error."""
        return any(each.is_error for each in self.findings)


def damaged_from(place: int, why: str, why_zh: str) -> Given:
    """Return what stands for the rest of a file that cannot be read from a place on: the last of its stream."""
    return Given(b"", place, findings=(catalogue.SOURCE_DAMAGED.at("", place=place, why=why, why_zh=why_zh),))
