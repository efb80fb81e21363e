"""The command ``hub doctor`` (枢纽体检): a line for each check of a hub, in order or what to do."""

import typer

from customs.cli.app import misuse
from customs.cli.common import AsJson, Now, clock_of
from customs.cli.doctor import show_check
from customs.cli.hub import HUB_FILE, HubFile, commands
from customs.cli.hub_checks import hub_check_up
from customs.cli.key_checks import CheckState
from customs.exchange.outbox import instant


@commands.command("doctor")
def doctor(config: HubFile = HUB_FILE, now: Now = None, json: AsJson = False) -> None:
    """Say what a hub lacks: file, enterprises, keys, destinations, ledger, tokens, work that nobody does.

    A line for each check: in order, or what to do. Nothing secret is shown.
    """
    if not config.is_file():
        raise misuse(
            f"--config: there is no file {config}: make one with customs hub init 没有此文件，请用 customs hub init 生成"
        )
    wrong = False
    for each in hub_check_up(config, now=instant(clock_of(now, "--now")())):
        wrong = wrong or each.state is CheckState.WRONG
        show_check(each, json=json)
    raise typer.Exit(1 if wrong else 0)
