"""The app with all its commands: each module adds its own, in the order of the help."""

from customs.cli import (
    areas,
    check,
    codes,
    declare,
    doctor,
    explain,
    follow_up,
    goods,
    init,
    journal_commands,
    keys,
    reconcile,
    sample,
    tax_commands,
    track,
)  # isort: skip
from customs.cli.common import app

__all__ = [
    "app",
    "areas",
    "check",
    "codes",
    "declare",
    "doctor",
    "explain",
    "follow_up",
    "goods",
    "init",
    "journal_commands",
    "keys",
    "reconcile",
    "sample",
    "tax_commands",
    "track",
]
