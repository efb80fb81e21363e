"""Areas (关区): messages in the format of each customs district. An area is a profile, a file of data in its folder.

The road takes one as ``area=``: a name, a profile, or a profile with the settings of an enterprise (``configure``).
What a platform answers is read by ``read_answers``.

>>> find("unified").takes_unified
('CEB311', 'CEB411', 'CEB511', 'CEB621')
"""

from importlib import import_module
from typing import TYPE_CHECKING

from customs.areas.area import Area, SettingsError, configure
from customs.areas.gateway.rendering import Rendered, render
from customs.areas.gateway.steps import GatewayError
from customs.areas.messages.checks import check_message, check_parcel
from customs.areas.messages.parcel_facts import ParcelFacts, facts_of
from customs.areas.profile.loading import Problem, ProfileError
from customs.areas.profile.model import AreaProfile
from customs.areas.registry import UnknownAreaError, broken, check, find, load, names, of
from customs.areas.serials import Counting, counting

if TYPE_CHECKING:
    from customs.areas.gateway.callback import sign_callback
    from customs.areas.gateway.opening import open_form
    from customs.areas.messages.reading import LocalParcel, LocalReading, read_local
    from customs.areas.messages.receipts import read_answers
    from customs.areas.settings import load_settings
else:
    #: The module of each name that declaring a parcel does not need; it is loaded when the name is first asked for.
    _MODULES = {
        "sign_callback": "gateway.callback",
        "open_form": "gateway.opening",
        "LocalParcel": "messages.reading",
        "LocalReading": "messages.reading",
        "read_local": "messages.reading",
        "read_answers": "messages.receipts",
        "load_settings": "settings",
    }

    def __getattr__(name):
        """Return a name from its module."""
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
        return value

    def __dir__():
        return sorted({*globals(), *_MODULES})


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
    "facts_of",
    "find",
    "load",
    "load_settings",
    "names",
    "of",
    "open_form",
    "read_local",
    "read_answers",
    "render",
    "sign_callback",
]
