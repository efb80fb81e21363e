"""A condition (告警条件): a rule that does not hold at the moment, in one place, with its figures."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeAlias

from customs.fields.frozen import FrozenDict
from customs.hub.alarms.rules import AlarmRule
from customs.hub.alarms.settings import AlarmSettings
from customs.hub.enterprises.enterprise import HubEnterprise
from customs.ledger.database import LedgerConnection

#: Order numbers that an alarm shows.
EXAMPLES = 5


class AlarmPlace(NamedTuple):
    """Where an alarm is: a rule, a customs district, a provider, and what it is about. There is one alarm of each at a time."""

    rule: str
    district: str = ""
    """The code of the customs district; empty where it is about all of them."""
    provider: str = ""
    """Such as ``carrier:4401000001``; empty where no provider is to act."""
    subject: str = ""
    """The node, the class of an error, the code, the destination, the guarantor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmCondition:
    """Something that is out of order."""

    place: AlarmPlace
    count: int = 1
    since: datetime | None = None
    """When the oldest of it began, where that is known."""
    figures: Mapping[str, str] = FrozenDict()
    """The figures of the rule's sentence. Those in two languages stand as ``NAME`` and ``NAME_zh``; ``districts`` are those
    that a destination leads to, where the place names none and they are known."""
    examples: tuple[str, ...] = ()
    """Some order numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """A look at an enterprise: the ledger, the settings, the rule, and the time."""

    connection: LedgerConnection = field(repr=False)
    enterprise: HubEnterprise
    settings: AlarmSettings
    rule: AlarmRule
    now: datetime

    @property
    def cases(self) -> int:
        """The least number of cases from which the condition holds."""
        return int(self.rule.numbers["cases"])


#: Looks whether a rule holds, and yields what is out of order.
LookFor: TypeAlias = Callable[[Looking], Iterable[AlarmCondition]]
