"""The language in which an area is described (关区配置): its parts, how it is loaded, the names that it uses."""

from typing import TYPE_CHECKING

from customs.on_demand import on_demand

if TYPE_CHECKING:
    from customs.areas.profile.loading import Parents, Problem, ProfileError, Table, data_of, load, problems
else:
    __getattr__, __dir__ = on_demand(__name__, {"loading": "Parents Problem ProfileError Table data_of load problems"})

__all__ = ["Parents", "Problem", "ProfileError", "Table", "data_of", "load", "problems"]
