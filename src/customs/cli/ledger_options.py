"""The options that name a ledger (账簿选项), and the ledger that a declaration or check asks, if one is named.

Nothing of the ledger is loaded where none is named.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from customs.cli.app import misuse
from customs.road.given import Source

if TYPE_CHECKING:
    from customs.ledger.declared import LedgerDeclarations

LedgerUrl = Annotated[
    str | None,
    typer.Option("--ledger", metavar="URL", help="Database of the ledger; that of the enterprise file if left out."),
]
LedgerKeyFile = Annotated[
    Path | None,
    typer.Option(
        "--ledger-key", dir_okay=False, help="File of the keys of the ledger; that of the enterprise file if left out."
    ),
]
SharedLedger = Annotated[
    str | None,
    typer.Option(
        "--ledger", metavar="URL", help="Ledger in which others declare too; that of the enterprise file, else none."
    ),
]

#: Gives parcels to a run, each with what is known of it.
Asking = Callable[[Iterable[Source]], Iterable[Source]]


@contextmanager
def shared_ledger(config: Path | None, url: str | None, key: Path | None) -> "Iterator[LedgerDeclarations | None]":
    """Open the ledger that the options or the table ``[ledger]`` of an enterprise file name; None if neither does."""
    if url is None and key is None and not _names_ledger(config):
        yield None
        return
    if url and key is None and config is None:
        raise misuse("--ledger: name the file of its keys by --ledger-key too 请同时以 --ledger-key 给出账簿密钥文件")
    from customs.cli.ledgers import ledger_opened  # which loads the ledger
    from customs.ledger.declared import LedgerDeclarations

    with ledger_opened(config, url, key) as ledger:
        yield LedgerDeclarations(ledger)


def asking_of(shared: "LedgerDeclarations | None", on: date) -> Asking:
    """Return how parcels are given to a run of a day: with what the ledger says of them, or as they are if there is none."""
    return partial(shared.asked_all, on=on) if shared else _as_they_are


def _as_they_are(sources: Iterable[Source]) -> Iterable[Source]:
    return sources


def _names_ledger(config: Path | None) -> bool:
    """True if an enterprise file has a table of the ledger."""
    return config is not None and config.is_file() and b"[ledger]" in config.read_bytes()
