"""The things that the console works with (控制台运行环境)."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from customs.fields.moments import Clock
from customs.hub.alarms.settings import AlarmSettings, shipped_settings
from customs.hub.console_place import ConsolePlace
from customs.hub.enterprises import HubEnterprise
from customs.hub.reports.limits import HealthLimits
from customs.hub.web.passwords import Passwords
from customs.ledger.database import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleService:
    """The database, the enterprises by name, the clock, and the settings of the console and of the alarms."""

    ledger: Ledger = field(repr=False)
    enterprises: Mapping[str, HubEnterprise]
    clock: Clock
    place: ConsolePlace = field(default_factory=ConsolePlace)
    alarms: AlarmSettings = field(default_factory=shipped_settings, repr=False)
    limits: HealthLimits = field(default_factory=HealthLimits, repr=False)
    passwords: Passwords = field(default_factory=Passwords, repr=False)
    randomness: Callable[[int], bytes] = field(default=secrets.token_bytes, repr=False)
