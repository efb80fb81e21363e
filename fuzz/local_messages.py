"""Local messages (地方版报文): ``areas.read_local``, what a local platform or an earlier system wrote, in XML or JSON."""

from functools import cache

import customs
from customs import areas
from customs.areas import Area
from customs.testing.areas import sample_area
from fuzz.promises import promise

AREAS = [name for name in areas.names() if areas.find(name).messages]


@cache
def area_of(name: str) -> Area:
    """Return an area with settings that are made up."""
    return sample_area(areas.find(name))


def local(data: bytes) -> None:
    """A local message is read, or refused with ``ReadError``. The first line of an input names the area."""
    first, _, content = data.partition(b"\n")
    name = first.decode("ascii", "replace")
    area = area_of(name if name in AREAS else AREAS[0])
    try:
        found = areas.read_local(area, content)
    except customs.ReadError as error:
        promise(len(str(error)) < 2_000, "a reason that grows with the input")
        return
    promise(found.message in [each.name for each in area.profile.messages], "a message that the area does not have")
