"""The app with all its commands: each module adds its own."""

from customs.cli import areas, keys, parcels
from customs.cli.common import app

__all__ = ["app", "areas", "keys", "parcels"]
