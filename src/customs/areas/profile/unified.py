"""The unified edition as an area (统一版): the profile that most parcels go by.

It has no format of its own, so it is taken as its file is written, without the language of local formats, which is
loaded with the first profile that needs it.

>>> unified().takes_unified
('CEB311', 'CEB411', 'CEB511', 'CEB621')
"""

import tomllib
from functools import cache
from typing import Any

from customs.areas.profile.model import AreaProfile
from customs.rules.practice import Practice
from customs.shipped import text_of


@cache
def unified() -> AreaProfile:
    """Return the profile of the unified edition."""
    written = tomllib.loads(text_of("customs.areas", "profiles/unified/profile.toml"))
    values: dict[str, Any] = {key: tuple(each) if isinstance(each, list) else each for key, each in written.items()}
    return AreaProfile.model_construct(**{**values, "name": "unified", "practice": Practice(**written["practice"])})
