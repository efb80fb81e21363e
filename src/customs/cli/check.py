"""The command ``check`` (检查): a file of parcels checked as customs will, without messages."""

import typer

from customs.cli import files
from customs.cli.areas import AreaName, SettingsFile, area_of, hint
from customs.cli.common import AsJson, On, Only, app, day_of, only_of, screen
from customs.cli.language import words
from customs.cli.parcels import ParcelFile, RateFile, UsdRate, echo, examined, exchange_of, show_finding
from customs.cli.summary import Summary
from customs.road import Prepared
from customs.rules import Finding
from customs.tax.method import DEFAULT


@app.command()
def check(
    file: ParcelFile,
    area: AreaName = None,
    settings: SettingsFile = None,
    on: On = None,
    rates: RateFile = None,
    usd_rate: UsdRate = None,
    only: Only = None,
    json: AsJson = False,
) -> None:
    """Check a file of parcels as customs will, without writing messages."""
    summary, said, used = Summary(), set[Finding](), area_of(area, settings)
    for parcel in examined(file, used, on, rates, DEFAULT, exchange_of(usd_rate), only_of(only)):
        summary.add(parcel)
        for other, findings in (("", parcel.findings), *((each.area, each.findings) for each in parcel.beside)):
            for finding in findings:
                if _is_of_the_area(finding):
                    if finding in said:
                        continue
                    said.add(finding)
                _say(parcel, finding, json, **({"area": other} if other else {}))
    hint(used, summary.places, day_of(on))
    if json:
        echo(files.to_json({"summary": summary.as_dict()}))
    else:
        screen.print(summary.table(words(f"Checked {file.name}", "检查结果"), written=False))
    raise typer.Exit(0 if summary.complete else 1)


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
