"""The options that name a ledger (账簿选项), and the ledger that a declaration or check asks, if one is named.

Nothing of the ledger is loaded where none is named.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from customs.cli.app import misuse
from customs.road import Run
from customs.road.given import Source

if TYPE_CHECKING:
    from customs.exchange.destinations import Exchange
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
    """Open the ledger that the options or the table ``[ledger]`` of an enterprise file name; None if neither does.

    Where the file keeps its boxes in the ledger, the messages that are noted are put into them.
    """
    exchange = _exchange_in_ledger(config)
    if exchange and (url or key):
        raise misuse(
            'the enterprise file says boxes = "ledger", so that messages wait in its own ledger: leave --ledger and --ledger-key out '
            '企业档案设有 boxes = "ledger"，报文存入其自身账簿，请去掉 --ledger 与 --ledger-key'
        )
    if url is None and key is None and not exchange and not _names_ledger(config):
        yield None
        return
    if url and key is None and config is None:
        raise misuse("--ledger: name the file of its keys by --ledger-key too 请同时以 --ledger-key 给出账簿密钥文件")
    from customs.cli.ledgers import ledger_opened  # which loads the ledger
    from customs.ledger.declared import LedgerDeclarations

    with ledger_opened(config, url, key) as ledger:
        if exchange is None:
            yield LedgerDeclarations(ledger)
            return
        from customs.cli.ledger_boxes import putting_to

        yield LedgerDeclarations(ledger, putting_to(exchange))


def asking_of(shared: "LedgerDeclarations | None", run: Run) -> Asking:
    """Return how parcels are given to a run: with what the ledger says of them, or as they are if there is none."""
    return partial(shared.asked_all, run=run) if shared else _as_they_are


def _as_they_are(sources: Iterable[Source]) -> Iterable[Source]:
    return sources


def _names_ledger(config: Path | None) -> bool:
    """True if an enterprise file has a table of the ledger."""
    return config is not None and config.is_file() and b"[ledger]" in config.read_bytes()


def _exchange_in_ledger(config: Path | None) -> "Exchange | None":
    """Return the destinations of an enterprise file that keeps its boxes in the ledger; None if it does not."""
    if config is None or not config.is_file() or b"boxes" not in config.read_bytes():
        return None
    from customs.cli.exchanging import exchange_of  # which loads what is for sending

    found = exchange_of(config, None)
    return found if found.in_ledger else None
