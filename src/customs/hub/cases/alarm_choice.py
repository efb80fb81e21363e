"""The alarms that open a case by themselves (告警自动建单), as ``alarm_cases.toml`` and the hub's file say.

>>> from customs.hub.alarms.rules import AlarmSeverity
>>> chosen = shipped_alarm_choice()
>>> chosen.opens("guarantee_low", AlarmSeverity.SERIOUS), chosen.opens("lacking", AlarmSeverity.WARNING)
(True, True)
>>> chosen.opens("unattended", AlarmSeverity.INFO)
False
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from customs.fields.frozen import FrozenDict
from customs.hub.alarms.rules import AlarmSeverity
from customs.shipped import text_of


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmChoice:
    """The alarms that open a case: from a severity on, but for rules that are named."""

    severity: AlarmSeverity
    rules: Mapping[str, bool]
    on: bool = True
    """False if no alarm opens a case."""

    def opens(self, rule: str, severity: AlarmSeverity) -> bool:
        """True if an alarm of a rule and severity opens a case."""
        return self.on and self.rules.get(rule, severity.rank >= self.severity.rank)


@cache
def shipped_alarm_choice() -> AlarmChoice:
    """Return the alarms that open a case without any word of the hub's file."""
    table = tomllib.loads(text_of("customs.hub.cases", "alarm_cases.toml"))
    return AlarmChoice(severity=AlarmSeverity(table["severity"]), rules=FrozenDict(table["rules"]))
