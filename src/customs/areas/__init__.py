"""Areas (关区): messages in the format of each customs district. An area is a profile, a file of data in its folder.

The road takes one as ``area=``: a name, a profile, or a profile with the settings of an enterprise (``configure``).
What a platform answers is read by ``read_answers``.

>>> find("unified").takes_unified
('CEB311', 'CEB411', 'CEB511', 'CEB621')
"""

from typing import TYPE_CHECKING

from customs.areas.area import Area, SettingsError, configure
from customs.areas.profile.model import AreaProfile
from customs.areas.registry import UnknownAreaError, broken, check, find, load, names, of
from customs.areas.serials import Counting, counting
from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.areas.gateway.callback import sign_callback
    from customs.areas.gateway.opening import open_form
    from customs.areas.gateway.rendering import Rendered, render
    from customs.areas.gateway.steps import GatewayError
    from customs.areas.messages.as_read import facts_as_read
    from customs.areas.messages.checks import check_message, check_parcel
    from customs.areas.messages.parcel_facts import ParcelFacts, facts_of
    from customs.areas.messages.reading import LocalParcel, LocalReading, read_local
    from customs.areas.messages.receipts import read_answers
    from customs.areas.profile.loading import Problem, ProfileError
    from customs.areas.settings import load_settings
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "gateway.callback": "sign_callback",
            "gateway.opening": "open_form",
            "gateway.rendering": "Rendered render",
            "gateway.steps": "GatewayError",
            "messages.as_read": "facts_as_read",
            "messages.checks": "check_message check_parcel",
            "messages.parcel_facts": "ParcelFacts facts_of",
            "messages.reading": "LocalParcel LocalReading read_local",
            "messages.receipts": "read_answers",
            "profile.loading": "Problem ProfileError",
            "settings": "load_settings",
        },
    )


__all__ = [
    "Area",
    "AreaProfile",
    "Counting",
    "GatewayError",
    "LocalParcel",
    "LocalReading",
    "ParcelFacts",
    "Problem",
    "ProfileError",
    "Rendered",
    "SettingsError",
    "UnknownAreaError",
    "broken",
    "check",
    "check_message",
    "check_parcel",
    "configure",
    "counting",
    "facts_as_read",
    "facts_of",
    "find",
    "load",
    "load_settings",
    "names",
    "of",
    "open_form",
    "read_answers",
    "read_local",
    "render",
    "sign_callback",
]
