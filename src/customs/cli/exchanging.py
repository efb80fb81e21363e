"""Options and texts that the commands of the exchange share (收发命令共用部分)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from customs.bilingual import halves
from customs.cli.app import HELD, misuse, unwritten
from customs.cli.enterprise import CONFIG, mistakes_told
from customs.exchange.boxes import Boxes, FolderBoxes
from customs.exchange.destinations import Exchange, UnknownDestinationError, load_exchange
from customs.journal import JournalError, JournalHeldError, JournalNotWrittenError
from customs.journal.state import is_of_disk

ConfigToExchange = Annotated[
    Path | None,
    typer.Option(
        "--config", dir_okay=False, help="Enterprise file with the destinations 企业档案; customs.toml if left out."
    ),
]
StateToExchange = Annotated[
    Path | None,
    typer.Option("--state", file_okay=False, help="State folder; that of the enterprise file if left out."),
]


def exchange_of(config: Path | None, state: Path | None) -> Exchange:
    """Return the destinations of an enterprise file; mistakes in it are misuse."""
    file = config or CONFIG
    if not file.is_file():
        raise misuse(
            f"--config: there is no file {file}: make one with customs init 没有此文件，请用 customs init 生成"
        )
    with mistakes_told():
        found = load_exchange(file)
    return replace(found, state=state) if state else found


def names_of(exchange: Exchange, boxes: Boxes, name: str | None) -> list[str]:
    """Return the destination of a name, or all that the enterprise file has, or that have an outbox."""
    try:
        known = [each.name for each in exchange.named(name or "")]
    except UnknownDestinationError as error:
        raise misuse(str(error)) from None
    return known if name else sorted({*known, *boxes.outboxes()})


@contextmanager
def boxes_opened(exchange: Exchange) -> Iterator[Boxes]:
    """Give the boxes of an enterprise, where its file says; say on one line why they cannot be used, and end with the exit
    code for it.
    """
    with _folder_told():
        if not exchange.in_ledger:
            yield FolderBoxes(exchange.state, exchange.master)
            return
        from customs.cli.ledger_boxes import ledger_boxes  # which loads the ledger

        with ledger_boxes(exchange) as boxes:
            yield boxes


@contextmanager
def _folder_told() -> Iterator[None]:
    """Say on one line why a state folder cannot be used, and end with the exit code for it."""
    try:
        yield
    except JournalHeldError as error:
        misuse(str(error))
        raise typer.Exit(HELD) from None
    except (JournalError, sqlite3.Error) as error:
        if isinstance(error, JournalNotWrittenError) or is_of_disk(error):
            en, zh = halves(str(error))
            raise unwritten(
                f"{en}; nothing is lost: mend this and run the same command again to go on",
                f"{zh}；没有任何丢失，排除后重新执行同一命令即可继续",
            ) from None
        raise misuse(str(error)) from None
