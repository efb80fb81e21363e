"""The app with all its commands: each module adds its own, in the order of the help."""

# isort: off
from customs.cli import (
    init,
    doctor,
    goods,
    declare,
    sending,
    receiving,
    outbox,
    ledger,
    journal_commands,
    follow_up,
    check,
    compose,
    tax_commands,
    reconcile,
    explain,
    track,
    codes,
    serve,
    office,
    areas,
    keys,
    plan,
    sample,
)

# isort: on
from customs.cli.app import app

__all__ = [
    "app",
    "areas",
    "check",
    "codes",
    "compose",
    "declare",
    "doctor",
    "explain",
    "follow_up",
    "goods",
    "init",
    "journal_commands",
    "keys",
    "ledger",
    "office",
    "outbox",
    "plan",
    "receiving",
    "reconcile",
    "sample",
    "sending",
    "serve",
    "tax_commands",
    "track",
]
