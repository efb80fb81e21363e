"""Options and texts that the commands over the ledger share (账簿命令共用部分)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from customs.bilingual import halves
from customs.cli.app import misuse, unwritten
from customs.cli.enterprise import CONFIG, mistakes_told
from customs.cli.ledger_options import LedgerKeyFile as LedgerKeyFile
from customs.cli.ledger_options import LedgerUrl as LedgerUrl
from customs.ledger.configured import LedgerPlace, load_ledger_place
from customs.ledger.database import Ledger, open_ledger
from customs.ledger.engines import LedgerError, LedgerNotWrittenError
from customs.ledger.keys import LedgerKeyError, load_keys

ConfigOfLedger = Annotated[
    Path | None,
    typer.Option(
        "--config", dir_okay=False, help="Enterprise file that says where the ledger is; customs.toml if left out."
    ),
]


def place_of(config: Path | None, url: str | None, key: Path | None) -> LedgerPlace:
    """Return where the ledger is; mistakes in the enterprise file are misuse."""
    if url and key:
        return LedgerPlace(url, key)
    file = config or CONFIG
    if not file.is_file():
        raise misuse(
            f"--config: there is no file {file}: name it, or give --ledger and --ledger-key "
            f"没有此文件：请指定企业档案，或给出 --ledger 与 --ledger-key"
        )
    with mistakes_told():
        found = load_ledger_place(file)
    return LedgerPlace(url or found.url, key or found.keys)


@contextmanager
def ledger_told() -> Iterator[None]:
    """Say on one line why a ledger cannot be used, and end with the exit code for it."""
    try:
        yield
    except LedgerKeyError as error:
        raise misuse(str(error)) from None
    except LedgerNotWrittenError as error:
        raise unwritten(*halves(str(error))) from None
    except LedgerError as error:
        raise misuse(str(error)) from None


@contextmanager
def ledger_opened(config: Path | None, url: str | None, key: Path | None) -> Iterator[Ledger]:
    """Open the ledger of an enterprise; why it cannot be used is said on one line."""
    place = place_of(config, url, key)
    if not place.keys.is_file():
        raise misuse(
            f"{place.keys}: there is no file of the ledger's keys: customs ledger upgrade makes it with a new ledger "
            f"没有账簿密钥文件：新建账簿时由 customs ledger upgrade 生成"
        )
    with ledger_told(), open_ledger(place.url, load_keys(place.keys)) as ledger:
        yield ledger
