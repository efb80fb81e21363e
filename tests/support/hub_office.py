"""A hub beside the simulated office, as tests of the hub name it."""

from customs.testing.hub import PORT
from customs.testing.hub import HubRehearsal as HubAtWork
from customs.testing.hub import rehearse_hub as hub_at_work

__all__ = ["PORT", "HubAtWork", "hub_at_work"]
