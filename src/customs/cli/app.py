"""The app (命令行程序) with its two screens, what it says of wrong usage and of files, and its commands, which are loaded
when they are called.

Exit codes: 0 nothing was refused, 1 something was, 2 the command was used wrongly, 3 another process holds the folder,
4 something could not be written, 130 interrupted.
"""

import os
from collections.abc import Callable
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperCommand, TyperGroup

from customs import __version__
from customs.cli.language import VARIABLE, Language, label, words
from customs.files import NotWrittenError, system_reason

#: The exit codes beside 0 and 1, which say that nothing or something was refused.
MISUSED, HELD, UNWRITTEN, INTERRUPTED = 2, 3, 4, 130


class NotLoaded(TyperCommand):
    """A command as the list of commands shows it; ``load`` returns it whole."""

    def __init__(self, name: str, text: str, load: Callable[[str], Any]) -> None:
        super().__init__(name, help=text)
        self._load = load

    def loaded(self) -> Any:
        """Load the command with what it runs."""
        return self._load(self.name or "")


class Commands(TyperGroup):
    """Commands that are loaded when they are called, and that end with one line and their exit code when a file cannot
    be written or read, or on Ctrl-C.
    """

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        called = self.commands.get(args[0]) if args else None
        if isinstance(called, NotLoaded):
            self.commands[args[0]] = called.loaded()
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except NotWrittenError as error:
            en, zh = reason_of(error)
            raise unwritten(
                f"{en}; no file is half-written: mend this and run the same command again",
                f"{zh}；没有写了一半的文件，排除后重新执行同一命令即可",
            ) from None
        except KeyboardInterrupt:
            tell("interrupted: no file is half-written", "已中断：没有写了一半的文件")
            raise typer.Exit(INTERRUPTED) from None
        except OSError as error:
            en, zh = reason_of(error, reading=True)
            raise misuse_of(en, zh) from None


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,  # they would show local variables, and so personal data
    help="Declare cross-border e-commerce parcels to China Customs. 跨境电商零售进口申报",
)
screen = Console()
side = Console(stderr=True)


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
    lang: Annotated[
        Language | None,
        typer.Option("--lang", help="Language of help and output; by default CUSTOMS_LANG, or that of the locale."),
    ] = None,
) -> None:
    """Declare cross-border e-commerce parcels to China Customs. 跨境电商零售进口申报"""
    if lang:
        os.environ[VARIABLE] = lang
    if show:
        screen.print(__version__)
        raise typer.Exit


def misuse(message: str) -> typer.Exit:
    """Say what was used wrongly, in English and then Chinese where there is Chinese; the exit code is 2."""
    return _misused(label(message))


def misuse_of(en: str, zh: str) -> typer.Exit:
    """Say what was used wrongly, in texts of which the English one may hold Chinese names; the exit code is 2."""
    return _misused(words(en, zh))


def _misused(message: str) -> typer.Exit:
    side.print(f"[bold]customs:[/bold] {escape(message)}", highlight=False, soft_wrap=True)
    return typer.Exit(MISUSED)


def tell(en: str, zh: str) -> None:
    """Say something beside the result, in the language chosen."""
    side.print(words(en, zh), highlight=False, markup=False, soft_wrap=True)


def unwritten(en: str, zh: str) -> typer.Exit:
    """Say on one line what could not be written, what was done and how to go on; the exit code is 4."""
    tell(f"customs: {en}", zh)
    return typer.Exit(UNWRITTEN)


def reason_of(error: OSError, *, reading: bool = False) -> tuple[str, str]:
    """Return in English and Chinese what cannot be written or read, and why."""
    en, zh = system_reason(error)
    path, zh_path = (error.filename, error.filename) if error.filename else ("the input", "输入内容")
    if reading:
        return f"{path} cannot be read, {en}", f"无法读取 {zh_path}：{zh}"
    return f"{path} could not be written, {en}", f"无法写入 {zh_path}：{zh}"
