"""The command ``doctor`` (配置体检): a line for each check of a whole set-up, in order or what to do."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from customs.cli import files
from customs.cli.app import app, screen
from customs.cli.check_up import check_up
from customs.cli.common import AsJson, clock_of, day_of
from customs.cli.enterprise import CONFIG
from customs.cli.key_checks import CheckState, SetUpCheck
from customs.cli.language import words
from customs.cli.parcels import ClockOption, echo

_STYLES = {CheckState.GREEN: "green", CheckState.WARNING: "yellow", CheckState.WRONG: "red"}

_WORDS = {
    CheckState.GREEN: ("in order", "正常"),
    CheckState.WARNING: ("warning", "警告"),
    CheckState.WRONG: ("wrong", "错误"),
}


@app.command("doctor")
def doctor(
    config: Annotated[
        Path, typer.Option("--config", dir_okay=False, help="Enterprise file 企业档案; see: customs init.")
    ] = CONFIG,
    on: Annotated[
        str | None, typer.Option("--on", metavar="DAY", help="Declaration day, YYYY-MM-DD; today if left out.")
    ] = None,
    clock: ClockOption = None,
    json: AsJson = False,
) -> None:
    """Check a whole set-up: enterprise file, keys, certificate, area, rates, goods, clock and state folder.

    A line for each check: in order, or what to do. Nothing secret is shown.
    """
    now = clock_of(clock)()
    found = []
    for each in check_up(config, on=day_of(on) if on else now.date(), now=now):
        found.append(each)
        show_check(each, json=json)
    raise typer.Exit(1 if any(each.state is CheckState.WRONG for each in found) else 0)


def show_check(check: SetUpCheck, *, json: bool) -> None:
    """Show a check on a line."""
    if json:
        echo(files.to_json(check._asdict()))
        return
    profile = f" [{check.profile}]" if check.profile else ""
    said = Text.assemble(
        (words(*_WORDS[check.state]), _STYLES[check.state]), f"  {check.name}{profile}: ", words(check.en, check.zh)
    )
    screen.print(said, soft_wrap=True)
