"""Parcels as they are given (给定的包裹): a declaration, or a JSON text or mapping that is read as one, or one of these with
the place where it stands and what its source found wrong with it.

>>> Given("{}", place=7)
Given(place=7, order_no=None, 0 findings)
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from customs.declaration import Declaration
from customs.rules import Finding

#: A parcel by itself.
Plain = Declaration | str | bytes | Mapping[str, Any]


class Given(NamedTuple):
    """One parcel as a source gives it."""

    parcel: Plain
    """As ``Run.prepare`` takes it."""
    place: int | None = None
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


#: A parcel as a run takes it.
Source = Plain | Given


def plain(source: Source) -> Plain:
    """Return the parcel by itself."""
    return source.parcel if isinstance(source, Given) else source
