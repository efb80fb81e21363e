"""The commands ``hub receipts`` (搁置的回执): list the receipts that could not be laid to their orders, take them up again."""

from typing import Annotated

import typer

from customs.cli import files
from customs.cli.app import misuse, misuse_of, screen, tell
from customs.cli.common import AsJson, Now, clock_of
from customs.cli.hub import HUB_FILE, HubFile, commands, hub_opened, hub_settings
from customs.cli.hub_alarms import AlarmsOf, named_enterprise
from customs.cli.language import words
from customs.cli.parcels import echo
from customs.cli.trace_shown import table_of
from customs.exchange.outbox import instant
from customs.hub.turns.receipts_aside import AsideReceipt, NotAsideError, list_aside, take_up

receipts = typer.Typer(help="Receipts that were set aside: list them with the reason, take them up again. 搁置的回执")

_HEADINGS = (("number", "编号"), ("destination", "接入点"), ("file", "文件"), ("came at", "收到时间"), ("why", "原因"))


@receipts.command("list")
def list_(enterprise: AlarmsOf = None, config: HubFile = HUB_FILE, json: AsJson = False) -> None:
    """List the receipts that were set aside, with the reason. Exits 1 if there are any."""
    settings = hub_settings(config)
    name = named_enterprise(settings, enterprise)
    with hub_opened(settings) as (ledger, _), ledger.read() as connection:
        found = list_aside(connection, name)
    if json:
        for each in found:
            echo(files.to_json(_values(each)))
    elif found:
        screen.print(table_of(_HEADINGS, [_row(each) for each in found]))
    else:
        tell("no receipt is set aside", "没有搁置的回执")
    if found:
        raise typer.Exit(1)


@receipts.command("again")
def again(
    numbers: Annotated[
        list[int] | None, typer.Argument(metavar="NUMBER", help="Numbers of receipts that were set aside.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All that were set aside, instead of numbers.")] = False,
    enterprise: AlarmsOf = None,
    config: HubFile = HUB_FILE,
    now: Now = None,
) -> None:
    """Lay receipts that were set aside to their orders. What fails again stays aside; then it exits 1."""
    if bool(numbers) == every:
        raise misuse("give numbers, or --all 请给出编号，或用 --all")
    settings, at = hub_settings(config), instant(clock_of(now, "--now")())
    name = named_enterprise(settings, enterprise)
    left = 0
    with hub_opened(settings) as (ledger, enterprises):
        (hub,) = [each.hub for each in enterprises if each.hub.name == name]
        wanted = numbers or []
        if every:
            with ledger.read() as connection:
                wanted = [each.number for each in list_aside(connection, name)]
        for number in wanted:
            try:
                with ledger.begin() as connection:
                    report = take_up(connection, hub, number, now=at)
            except NotAsideError as error:
                raise misuse_of(error.en, error.zh) from None
            left += report.aside
    tell(f"{len(wanted) - left} taken up, {left} stay aside", f"已处理 {len(wanted) - left} 份，仍搁置 {left} 份")
    if left:
        raise typer.Exit(1)


def _row(receipt: AsideReceipt) -> tuple[str, ...]:
    why = words(receipt.why_en, receipt.why_zh)
    return str(receipt.number), receipt.source, receipt.name, f"{receipt.at:%m-%d %H:%M:%S}", why


def _values(receipt: AsideReceipt) -> dict[str, str | int]:
    return {
        "number": receipt.number,
        "source": receipt.source,
        "name": receipt.name,
        "at": receipt.at.isoformat(timespec="seconds"),
        "en": receipt.why_en,
        "zh": receipt.why_zh,
    }


commands.add_typer(receipts, name="receipts")
