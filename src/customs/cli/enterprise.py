"""Parts that the commands around the enterprise file share: the option for it, its mistakes, its goods and rates."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from customs.cli.app import MISUSED, misuse, side, tell
from customs.cli.language import words
from customs.intake.enterprise import Enterprise, load_enterprise
from customs.intake.problems import LISTED, FileMistake, IntakeError
from customs.intake.profile import Profile

#: The name of the enterprise file, where none is given.
CONFIG = Path("customs.toml")

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", dir_okay=False, help="Enterprise file 企业档案; see: customs init.", show_default=False),
]


def enterprise_of(path: Path | None) -> Enterprise:
    """Return the enterprise of a file, ``customs.toml`` here if none is given; mistakes in it are misuse."""
    file = path or CONFIG
    if not file.is_file():
        raise misuse(
            f"--config: there is no file {file}: make one with customs init 没有此文件，请用 customs init 生成"
        )
    with mistakes_told():
        return load_enterprise(file)


def main_profile(enterprise: Enterprise) -> Profile:
    """Return the profile whose conditions count where no order says which: the default one, or the first."""
    return enterprise.profiles[enterprise.default or next(iter(enterprise.profiles))]


@contextmanager
def mistakes_told() -> Iterator[None]:
    """Tell the mistakes of a file on lines of their own, and end with the exit code of misuse."""
    try:
        yield
    except IntakeError as error:
        tell_mistakes(error.problems)
        raise typer.Exit(MISUSED) from None


def tell_mistakes(mistakes: Iterable[FileMistake]) -> None:
    """Print mistakes as ``file:line: key: what is wrong``, in the language chosen, and count those beyond twenty."""
    every = list(mistakes)
    for each in every[:LISTED]:
        side.print(Text(f"{each.where}: {words(each.en, each.zh)}"), soft_wrap=True)
    if (left := len(every) - LISTED) > 0:
        tell(f"and {left} more", f"另有 {left} 处")
