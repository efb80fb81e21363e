"""The command ``check`` (检查): an order list or a file of parcels checked as customs will, without messages."""

from collections.abc import Iterable

import typer

from customs.bulk.totals import Totals
from customs.cli import files
from customs.cli.app import app, screen
from customs.cli.areas import AreaName, SettingsFile, area_of, hint
from customs.cli.common import AsJson, On, Only, day_of, only_of
from customs.cli.language import words
from customs.cli.ledger_options import LedgerKeyFile, SharedLedger, asking_of, shared_ledger
from customs.cli.order_lists import (
    Conditions,
    ConfigOption,
    ParcelsOrOrders,
    SheetOption,
    examined_list,
    opened_list,
    refuse_beside_config,
    show_at_cell,
)
from customs.cli.outcomes import Decided
from customs.cli.parcels import (
    RateFile,
    UsdRate,
    echo,
    exchange_of,
    of_json_lines,
    progress,
    rates_of,
    run_of,
    show_finding,
)
from customs.cli.summary import figures, table
from customs.intake.draft import shown_number
from customs.road import Prepared, random_guids, system_clock
from customs.road.deciding import outcome_of
from customs.rules import Finding


@app.command()
def check(
    file: ParcelsOrOrders,
    config: ConfigOption = None,
    sheet: SheetOption = "",
    area: AreaName = None,
    settings: SettingsFile = None,
    on: On = None,
    rates: RateFile = None,
    usd_rate: UsdRate = None,
    only: Only = None,
    ledger: SharedLedger = None,
    ledger_key: LedgerKeyFile = None,
    json: AsJson = False,
) -> None:
    """Check an order list or a file of parcels as customs will, without writing messages."""
    if config:
        options = {"--area": area, "--settings": settings, "--rates": rates, "--usd-rate": usd_rate}
        refuse_beside_config(options.items())
        conditions = Conditions(day_of(on), system_clock, random_guids, only_of(only))
        given = opened_list(file, config, sheet, conditions)
        with shared_ledger(config, ledger, ledger_key) as shared:
            totals = _check_list(examined_list(given, shared), json=json)
    else:
        of_json_lines(file)
        used, day = area_of(area, settings), day_of(on)
        run = run_of(
            area=used,
            on=day,
            clock=system_clock,
            guids=random_guids,
            rates=rates_of(rates),
            exchange=exchange_of(usd_rate),
            only=only_of(only),
        )
        with shared_ledger(None, ledger, ledger_key) as shared:
            sources = asking_of(shared, run)(progress(file, files.read_lines(file)))
            parcels = run.with_(knowledge=shared).examine(sources)
            totals = _check_parcels(parcels, json=json)
        hint(used, totals.places, day)
    if json:
        echo(files.to_json({"summary": figures(totals)}))
    else:
        screen.print(table(totals, words(f"Checked {file.name}", "检查结果"), written=False))
    raise typer.Exit(0 if totals.complete else 1)


def _check_list(decided: Iterable[Decided], *, json: bool) -> Totals:
    """Show the findings of an order list, each at its cell."""
    totals, said = Totals(), set[Finding]()
    for each in decided:
        totals.add_parcel(outcome_of(each.parcel))
        for finding in each.findings:
            if _is_of_the_area(finding) and finding in said:
                continue
            said.add(finding)
            if json:
                spot = each.composed.spot_of(finding)
                row = {"order_no": shown_number(each.composed.order_no), "where": spot.en, "where_zh": spot.zh}
                echo(files.to_json({**row, **finding.as_dict()}))
            else:
                show_at_cell(each.composed, finding)
    return totals


def _check_parcels(parcels: Iterable[Prepared], *, json: bool) -> Totals:
    """Show the findings of parcels, each at its path; those of the area once."""
    totals, said = Totals(), set[Finding]()
    for parcel in parcels:
        totals.add_parcel(outcome_of(parcel))
        for other, findings in (("", parcel.findings), *((each.area, each.findings) for each in parcel.beside)):
            for finding in findings:
                if _is_of_the_area(finding):
                    if finding in said:
                        continue
                    said.add(finding)
                _say(parcel, finding, json, **({"area": other} if other else {}))
    return totals


def _is_of_the_area(finding: Finding) -> bool:
    """Return True if a finding concerns the area or its settings, and so is the same for every parcel."""
    return finding.code.startswith(("area-", "not-wrapped")) and (
        not finding.path or finding.path.startswith("settings")
    )


def _say(parcel: Prepared, finding: Finding, json: bool, **more: str) -> None:
    if json:
        echo(files.to_json({"parcel": parcel.position, "order_no": parcel.order_no, **more, **finding.as_dict()}))
    else:
        show_finding(parcel, finding)
