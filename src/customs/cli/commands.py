"""The app with all its commands: each module adds its own, in the order of the help."""

from customs.cli import sample, declare, follow_up, check, tax_commands, reconcile, explain, track, codes, areas, keys  # isort: skip
from customs.cli.common import app

__all__ = [
    "app",
    "areas",
    "check",
    "codes",
    "declare",
    "explain",
    "follow_up",
    "keys",
    "reconcile",
    "sample",
    "tax_commands",
    "track",
]
