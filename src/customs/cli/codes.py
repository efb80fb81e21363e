"""The command ``codes`` (代码查询): a code list by code, Chinese or English name."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from customs.cli import files
from customs.cli.app import app, misuse, screen
from customs.cli.common import AsJson
from customs.cli.language import words
from customs.codes import CodeEntry, code_list
from customs.codes.lists import LISTS


@app.command()
def codes(
    name: Annotated[
        str,
        typer.Argument(metavar="LIST", help="Name of a code list, such as units.", autocompletion=lambda: list(LISTS)),
    ] = "",
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A code, or part of a name.")] = "",
    json: AsJson = False,
) -> None:
    """Look up a code list by code, Chinese or English name; without arguments, list the lists."""
    if not name:
        _show_lists(json)
        return
    if name not in LISTS:
        raise misuse(f"{name!r} is no code list: {', '.join(LISTS)} 没有此代码表，可用 customs codes 列出")
    found = list(matching(name, text))
    if json:
        for each in found:
            typer.echo(files.to_json({"code": each.code, "zh": each.zh, "en": each.en, "alpha": each.alpha}))
    elif found:
        table = Table(box=SIMPLE, show_header=False)
        for each in found:
            table.add_row(Text(each.code, "bold"), Text(each.zh), Text(each.en), Text(each.alpha))
        screen.print(table)
    else:
        screen.print(Text(words(f"{name} has nothing like {text}", f"{name} 中没有与“{text}”相近的条目")))
    raise typer.Exit(0 if found else 1)


def matching(name: str, text: str) -> Iterator[CodeEntry]:
    """Yield the entries of a list that have a code or name, or else those with a part of it.

    >>> [each.code for each in matching("units", "千克")], [each.code for each in matching("units", "035")]
    (['035'], ['035'])
    """
    entries, wanted = list(code_list(name).values()), text.casefold()
    exact = [each for each in entries if wanted in (each.code.casefold(), *_names(each))]
    yield from exact or (each for each in entries if any(wanted in known for known in _names(each)))


def _names(entry: CodeEntry) -> list[str]:
    further = [known for each in entry.also for known in (each.en, each.alpha)]
    names = (*entry.names, entry.en, entry.alpha, *further)
    return [each.casefold() for each in names if each]


def _show_lists(json: bool) -> None:
    if json:
        for name, about in LISTS.items():
            typer.echo(files.to_json({"list": name, "zh": about.zh, "en": about.en, "used_by": about.used_by}))
        return
    table = Table(box=SIMPLE, show_header=False)
    for name, about in LISTS.items():
        table.add_row(Text(name, "bold"), Text(words(about.en, about.zh, "\n")), Text(about.used_by, "dim"))
    screen.print(table)
