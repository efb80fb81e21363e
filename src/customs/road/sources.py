"""Sources of time and of guids (时间与编号来源). Both are given to the road, never taken, so that the same input gives the
same bytes.

>>> take = seeded_guids(7)
>>> take() == seeded_guids(7)()
True
"""

import random
import secrets
from collections.abc import Callable
from datetime import datetime

from customs.fields.moments import CHINA, Clock

Guids = Callable[[], str]


def system_clock() -> datetime:
    """The present time in China."""
    return datetime.now(CHINA)


def fixed_clock(moment: datetime) -> Clock:
    """A clock that stands still."""
    return lambda: moment


def random_guids() -> str:
    """A guid that was never given before: a random UUID in upper case."""
    return _guid(secrets.randbits(128))


def seeded_guids(seed: int) -> Guids:
    """The same guids for the same seed: for tests, examples and comparisons, never for declarations in earnest."""
    generator = random.Random(seed)  # noqa: S311
    return lambda: _guid(generator.getrandbits(128))


def _guid(bits: int) -> str:
    """The text of a version 4 UUID (RFC 9562) in upper case."""
    digits = f"{bits & _FREE | _VERSION_4:032X}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


_FREE = ~(0xF << 76 | 0x3 << 62)
_VERSION_4 = 0x4 << 76 | 0x2 << 62
