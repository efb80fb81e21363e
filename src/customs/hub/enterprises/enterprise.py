"""The enterprises of a hub (枢纽中的企业): each with its runs, destinations and hooks, apart from the others."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from customs.exchange.destinations import Destination
from customs.exchange.messages_in_files import delivery_of
from customs.fields.frozen import FrozenDict
from customs.hub.enterprises.belongings import NOTHING, Belongings
from customs.road import Outgoing, Run


class NoDestinationError(Exception):
    """No destination takes a message; the text says which, in both languages."""

    def __init__(self, enterprise: str, message: str, area: str) -> None:
        super().__init__(
            f"enterprise {enterprise}: no destination takes {message} of the area {area}: add one to its customs.toml "
            f"企业 {enterprise}：没有接入点接收 {area} 的报文 {message}，请在其企业档案中补充"
        )


class NoProfileError(LookupError):
    """An enterprise has no profile of a name; the text says which there are."""

    def __init__(self, enterprise: str, profile: str, known: Sequence[str]) -> None:
        there = ", ".join(known)
        self.en = f"enterprise {enterprise} has no profile {profile!r}; there are: {there}"
        self.zh = f"企业 {enterprise} 没有配置 {profile!r}，现有：{there}"
        super().__init__(f"{self.en} {self.zh}")


@dataclass(frozen=True, slots=True, kw_only=True)
class HubEnterprise:
    """An enterprise of the hub: the conditions under which its orders are declared, and where its messages go."""

    name: str
    profiles: tuple[str, ...]
    """The names of its profiles; an order without one goes by the first."""
    run_on: Callable[[str, date], Run] = field(repr=False)
    """Returns the run of a profile on a day, with the clock of the hub and its keys open."""
    destinations: tuple[Destination, ...] = ()
    hooks: tuple[str, ...] = ()
    """The names of the systems that are told each change."""
    belongings: Belongings = NOTHING
    """Its part of the goods records, account books and tax bills of the ledger."""
    areas: Mapping[str, tuple[str, ...]] = field(default=FrozenDict(), repr=False)
    """The formats of what comes from each inbox; the unified edition where nothing is said."""

    def run(self, profile: str, on: date) -> Run:
        """Return the run of a profile on a day. Raises ``NoProfileError``."""
        return self.run_on(self.named_profile(profile), on)

    def named_profile(self, profile: str) -> str:
        """Return the name of a profile, the first for none. Raises ``NoProfileError``."""
        name = profile or next(iter(self.profiles), "")
        if name not in self.profiles:
            raise NoProfileError(self.name, name, self.profiles)
        return name

    def destinations_of(self, message: Outgoing) -> tuple[Destination, ...]:
        """Return the destinations that take a message. Raises ``NoDestinationError`` if there is none."""
        delivery = delivery_of(message)
        found = tuple(each for each in self.destinations if each.takes(delivery, message.area))
        if not found:
            raise NoDestinationError(self.name, message.name, message.area)
        return found
