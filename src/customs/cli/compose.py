"""The command ``parcels`` (包裹): an order list as JSON lines, which every other command and program takes."""

import typer

from customs.cli.app import app, side
from customs.cli.common import On, day_of
from customs.cli.files import to_json
from customs.cli.order_lists import Conditions, ConfigOption, OrderListFile, SheetOption, opened_list, show_at_cell
from customs.cli.output import nobody_reads
from customs.cli.parcels import echo
from customs.road import random_guids, system_clock


@app.command()
def parcels(file: OrderListFile, config: ConfigOption = None, sheet: SheetOption = "", on: On = None) -> None:
    """Print the parcels of an order list as JSON lines, for other commands and programs.

    Why an order cannot be composed stands on standard error.
    """
    refused = 0
    for each in opened_list(file, config, sheet, Conditions(day_of(on), system_clock, random_guids)).orders:
        refused += each.refused
        for finding in each.findings:
            show_at_cell(each, finding, side)
        if not each.refused:
            echo(to_json(each.given))
        if nobody_reads():
            break
    raise typer.Exit(1 if refused else 0)
