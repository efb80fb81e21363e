"""Profiles of an enterprise (企业档案): the values that are the same for every order of a shop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from customs.intake.spots import Spot, key


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The values of a shop, merchant, trade mode and district, by their path in a declaration.

    ``{"parties.platform_code": "...", "clearance.customs_code": "2991", "line.trade_country": "609"}``: the common
    values of the enterprise file with those of the profile over them.
    """

    name: str
    values: Mapping[str, str] = field(repr=False)
    shops: tuple[str, ...] = ()
    """What the column ``shop`` (店铺) of an order list may say for this profile, beside its name."""
    default: bool = False
    """True for the profile of orders that name no shop."""
    spots: Mapping[str, Spot] = field(default_factory=dict, compare=False, repr=False)
    """Where each value was written, by path."""

    @cached_property
    def of_order(self) -> Mapping[str, str]:
        """The values that hold for a whole order, by path."""
        return {path: value for path, value in self.values.items() if not path.startswith("line.")}

    @cached_property
    def of_line(self) -> Mapping[str, str]:
        """The values that hold for each line, by the name of their field."""
        return {path.removeprefix("line."): self.values[path] for path in self.values if path.startswith("line.")}

    def spot(self, path: str) -> Spot:
        """Return where a value of the profile was written."""
        return self.spots.get(path) or key("customs.toml", 1, path)
