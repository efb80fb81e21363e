"""Options and texts that the commands over the ledger share (账簿命令共用部分)."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import wraps
from inspect import Parameter, signature
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from customs.bilingual import halves
from customs.cli.app import HELD, misuse, unwritten
from customs.cli.enterprise import CONFIG, mistakes_told
from customs.cli.ledger_options import LedgerKeyFile as LedgerKeyFile
from customs.cli.ledger_options import LedgerUrl as LedgerUrl
from customs.ledger.configured import LedgerPlace, load_ledger_place
from customs.ledger.database import Ledger, LedgerConnection, open_ledger
from customs.ledger.engines import LedgerError, LedgerNotWrittenError
from customs.ledger.holding import LedgerHeldError
from customs.ledger.keys import LedgerKeyError, load_keys

T = TypeVar("T")

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
    except LedgerHeldError as error:
        misuse(str(error))
        raise typer.Exit(HELD) from None
    except LedgerNotWrittenError as error:
        en, zh = halves(str(error))
        raise unwritten(
            f"{en}: mend this and run the same command again to go on", f"{zh}，排除后重新执行同一命令即可继续"
        ) from None
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


@dataclass(frozen=True, slots=True)
class ChosenLedger:
    """The ledger that ``--config``, ``--ledger`` and ``--ledger-key`` of a command name."""

    config: Path | None = None
    url: str | None = None
    key: Path | None = None

    def place(self) -> LedgerPlace:
        """Return where the ledger is; mistakes in the enterprise file are misuse."""
        return place_of(self.config, self.url, self.key)

    def opened(self) -> AbstractContextManager[Ledger]:
        """Open the ledger; why it cannot be used is said on one line."""
        return ledger_opened(self.config, self.url, self.key)

    @contextmanager
    def read(self) -> Iterator[LedgerConnection]:
        """Open the ledger, and read it as it stands at one moment."""
        with self.opened() as ledger, ledger.read() as connection:
            yield connection

    @contextmanager
    def begin(self) -> Iterator[LedgerConnection]:
        """Open the ledger, and do all that is done within, or nothing."""
        with self.opened() as ledger, ledger.begin() as connection:
            yield connection


#: What a command has until its options are read.
BY_OPTIONS = ChosenLedger()

_OPTIONS: Mapping[str, Any] = {"config": ConfigOfLedger, "ledger": LedgerUrl, "ledger_key": LedgerKeyFile}


def over_ledger(command: Callable[..., T]) -> Callable[..., T]:
    """Give a command the three options that name a ledger, in the place of its parameter ``ledger``.

    The command is called with the ``ChosenLedger`` that they name.
    """
    given = signature(command, eval_str=True)
    parameters = list[Parameter]()
    for each in given.parameters.values():
        if each.name == "ledger":
            parameters += [
                Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=option)
                for name, option in _OPTIONS.items()
            ]
        else:
            parameters.append(each.replace(kind=Parameter.KEYWORD_ONLY))

    @wraps(command)
    def called(*, config: Path | None, ledger: str | None, ledger_key: Path | None, **others: Any) -> T:
        return command(**others, ledger=ChosenLedger(config, ledger, ledger_key))

    called.__signature__ = given.replace(parameters=parameters)  # type: ignore[attr-defined]
    called.__annotations__ = {each.name: each.annotation for each in parameters}
    return called
