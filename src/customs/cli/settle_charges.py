"""The commands ``settle freight`` and ``settle storage`` (运费、仓储对账)."""

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from customs.cli.app import tell
from customs.cli.common import AsJson, Now
from customs.cli.ledgers import BY_OPTIONS, ChosenLedger, over_ledger
from customs.cli.settle_options import (
    Out,
    OwnFigures,
    PeriodEnd,
    ProviderName,
    commands,
    day_given,
    file_cause,
    profile_of,
    readable,
    time_given,
)
from customs.cli.settle_shown import refuse_other_kinds, show_differences
from customs.ledger.settlements.answers import answered
from customs.ledger.settlements.charges_kept import compared_charges, enter_own_figures, take_charges
from customs.rules.finding import Finding


@commands.command("freight")
@over_ledger
def freight_bills(
    bills: Annotated[
        list[Path] | None,
        typer.Argument(metavar="BILLS", help="Bills of a carrier, CSV or XLSX.", exists=True, dir_okay=False),
    ] = None,
    profile: ProviderName = "carrier_halves",
    own: OwnFigures = None,
    period_end: PeriodEnd = None,
    out: Out = None,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Read freight bills of a carrier and compare them with weights, gate passages and the contract."""
    _charged(
        ("freight",),
        profile,
        bills or [],
        own or [],
        ledger,
        time_given(now),
        day_given("--period-end", period_end),
        out,
        json,
    )


@commands.command("storage")
@over_ledger
def storage_bills(
    bills: Annotated[
        list[Path] | None,
        typer.Argument(metavar="BILLS", help="Bills of a warehouse, CSV or XLSX.", exists=True, dir_okay=False),
    ] = None,
    profile: ProviderName = "storage",
    own: OwnFigures = None,
    period_end: PeriodEnd = None,
    out: Out = None,
    now: Now = None,
    ledger: ChosenLedger = BY_OPTIONS,
    json: AsJson = False,
) -> None:
    """Read a warehouse's bills of storage, work or packaging and compare them with your own figures."""
    kinds = ("storage", "work", "packaging")
    _charged(
        kinds,
        profile,
        bills or [],
        own or [],
        ledger,
        time_given(now),
        day_given("--period-end", period_end),
        out,
        json,
    )


def _charged(
    kinds: tuple[str, ...],
    name: str,
    bills: list[Path],
    own: list[Path],
    ledger: ChosenLedger,
    at: datetime,
    period_end: date | None,
    out: Path | None,
    json: bool,
) -> None:
    refuse_other_kinds(out)
    profile = profile_of(name, kinds)
    with ledger.opened() as opened:
        for path in bills:
            with readable(), opened.begin() as connection:
                count = take_charges(connection, path, profile, cause=file_cause(path), at=at)
            if count is None:
                tell(f"{path.name}: read before, nothing changed", f"{path.name}：此前已导入，未作改动")
            else:
                tell(f"{path.name}: {count:,} lines", f"{path.name}：{count} 行")
        for path in own:
            with readable(), opened.begin() as connection:
                enter_own_figures(connection, path, profile, cause=file_cause(path), at=at)
        found, counts = list[Finding](), Counter[str]()
        with opened.read() as connection:
            for each in compared_charges(connection, profile, period_end):
                counts[each.outcome] += 1
                found += each.findings
            said = answered(connection, found)
    show_differences(found, {key: each.words for key, each in said.items()}, counts, out=out, json=json)
