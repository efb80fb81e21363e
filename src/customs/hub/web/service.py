"""The things that the console works with (控制台运行环境)."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from customs.fields.moments import Clock
from customs.hub.alarms.settings import AlarmSettings, shipped_settings
from customs.hub.cases.settings import CaseSettings
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.hub.reports.limits import HealthLimits
from customs.hub.reports.report_settings import ReportSettings
from customs.hub.settings.console_place import ConsolePlace
from customs.hub.settings.settlement_places import SettlementPlace
from customs.hub.web.counting import FigureCounter
from customs.hub.web.oidc import OidcProvider
from customs.hub.web.passwords import Passwords
from customs.ledger.database import Ledger

#: Seconds after which a thread of the hub's server gives way to another: pages go on while its loops work beside them.
GIVES_WAY = 0.0005


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleService:
    """The database, the enterprises by name, the clock, and the settings of the console and of what it shows."""

    ledger: Ledger = field(repr=False)
    enterprises: Mapping[str, HubEnterprise]
    clock: Clock
    place: ConsolePlace = field(default_factory=ConsolePlace)
    alarms: AlarmSettings = field(default_factory=shipped_settings, repr=False)
    cases: CaseSettings = field(default_factory=CaseSettings, repr=False)
    reports: ReportSettings = field(default_factory=ReportSettings, repr=False)
    settlements: Mapping[str, SettlementPlace] = field(default_factory=dict, repr=False)
    """By the names of enterprises; one that has none settles by the usual terms."""
    passwords: Passwords = field(default_factory=Passwords, repr=False)
    patience: float = 0.05
    """Seconds for which a page waits for figures that are being counted."""
    counter: FigureCounter | None = field(default=None, repr=False)
    """Counts what takes long; without one it is counted in threads of this process."""
    oidc: OidcProvider | None = field(default=None, repr=False)
    """The identity provider by which people sign in, beside their passwords."""
    randomness: Callable[[int], bytes] = field(default=secrets.token_bytes, repr=False)

    @property
    def limits(self) -> HealthLimits:
        """The times that steps may take."""
        return self.reports.limits
