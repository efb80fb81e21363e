"""The command ``hub rehearse`` (枢纽演练): a bad night in minutes, with the simulated customs, on a ledger of its own."""

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn

from customs.cli import files
from customs.cli.app import misuse, screen, side
from customs.cli.common import AsJson
from customs.cli.hub import commands
from customs.cli.language import Language, language, words
from customs.codes.states import State
from customs.files import make_folder, write_whole
from customs.hub.reports.health_report import HealthReport, ReportScope, health_report
from customs.hub.reports.page import page_of
from customs.hub.reports.plain_report import lines_of
from customs.ledger.database import Ledger, open_ledger
from customs.ledger.keys import make_keys
from customs.ledger.upgrading import upgrade
from customs.receipts.nodes import words_of
from customs.testing import issue_test_key, sample_parcels
from customs.testing.hub import HubRehearsal, rehearse_hub
from customs.testing.night import ENDS, WAREHOUSE, NightPlan, rehearse_night, trouble_of
from customs.testing.parcels import DECLARANT

#: The evening on which a rehearsed night begins, unless it is told otherwise.
BEGINS = datetime(2026, 11, 11)


@commands.command("rehearse")
def rehearse(
    count: Annotated[int, typer.Option("--count", min=1, max=100_000, help="How many parcels.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same night.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", file_okay=False, help="Keep the ledger of the night and its health report in this folder."
        ),
    ] = None,
    json: AsJson = False,
) -> None:
    """Let a bad night pass in minutes: orders at a peak, the simulated customs loses, repeats, fails and closes.

    Nothing is sent to customs. Exits 1 if an order did not end, was declared twice, or was told out of order.
    """
    parcels = list(sample_parcels(count, seed=seed, mode="1210"))
    began = time.monotonic()
    with _ledger(out) as ledger, _progress(count) as told:
        signer = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)).signer()
        hub = rehearse_hub(ledger, BEGINS, signer, trouble=trouble_of(BEGINS), hooks=(WAREHOUSE.name,))
        found = rehearse_night(hub, parcels, NightPlan(seed=seed), told)
        report = _report(ledger, hub)
        if out:
            write_whole(out / "health.html", page_of(report, chinese=language() is Language.CHINESE).encode())
    outcome = {
        "parcels": count,
        "ended": dict(found.ended),
        "declared_twice": found.declared_twice,
        "calls": found.calls,
        "out_of_order": found.out_of_order,
        "alarms": dict(found.alarms),
        "night": _clock(found.until - BEGINS),
        "seconds": round(time.monotonic() - began, 1),
    }
    if json:
        screen.print(files.to_json(outcome), highlight=False, markup=False, soft_wrap=True)
    else:
        _show(outcome)
        chosen = language() is Language.CHINESE
        screen.print(lines_of(report, chinese=chosen), highlight=False, markup=False, soft_wrap=True)
    whole = sum(found.ended.get(each, 0) for each in ENDS) == count
    raise typer.Exit(0 if whole and not found.declared_twice and not found.out_of_order else 1)


def _report(ledger: Ledger, hub: HubRehearsal) -> HealthReport:
    """Return the health report of the day, as it is made when its window has ended."""
    scope = ReportScope()
    ends = datetime.combine(BEGINS, scope.ends)
    with ledger.read() as connection:
        name, merchants = hub.enterprise.name, hub.enterprise.belongings.only_merchants
        return health_report(connection, name, BEGINS, scope, merchants=merchants, now=max(ends, hub.now))


@contextmanager
def _ledger(out: Path | None) -> Iterator[Ledger]:
    """Open a new ledger in a folder, or in one that is gone afterwards."""
    folder = out or Path(tempfile.mkdtemp())
    if out is not None and out.exists() and any(out.iterdir()):
        raise misuse(f"--out: {out} is not empty: name a new folder 目录不为空，请指定新目录")
    make_folder(folder)
    url = f"sqlite:///{(folder / 'hub.db').resolve().as_posix()}"
    keys = make_keys(folder / "ledger.key")
    upgrade(url)
    try:
        with open_ledger(url, keys) as ledger:
            yield ledger
    finally:
        if out is None:
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _progress(count: int) -> Iterator[Callable[[datetime, int], object]]:
    """Show on a terminal what time it is in the night, and how many orders have ended."""
    if not side.is_terminal:
        yield lambda now, open_orders: None
        return
    with Progress(TextColumn("{task.description}"), BarColumn(), console=side, transient=True) as bar:
        task = bar.add_task("", total=count)
        yield lambda now, open_orders: bar.update(task, description=f"{now:%H:%M}", completed=count - open_orders)


def _clock(time: timedelta) -> str:
    minutes = int(time.total_seconds()) // 60
    return f"{minutes // 60}:{minutes % 60:02}"


def _node(name: str) -> str:
    """Return where orders ended, in words."""
    zh, en = words_of(State(name)) if name in frozenset(State) else (name, name)
    return words(en, zh)


def _show(outcome: Mapping[str, Any]) -> None:
    ended = "  ".join(f"{_node(name)} {number:,}" for name, number in outcome["ended"].items())
    alarms = "  ".join(f"{rule} {number}" for rule, number in outcome["alarms"].items())
    lines = (
        (
            f"{outcome['parcels']:,} parcels, a night of {outcome['night']} h in {outcome['seconds']} s",
            f"包裹 {outcome['parcels']:,} 个，演练一夜 {outcome['night']} 小时，用时 {outcome['seconds']} 秒",
        ),
        (ended, ended),
        (
            f"declared twice: {outcome['declared_twice']:,}; changes told to the warehouse: {outcome['calls']:,}, "
            f"out of order: {outcome['out_of_order']:,}",
            f"重复申报：{outcome['declared_twice']:,}；告知仓库的变更：{outcome['calls']:,}，其中乱序：{outcome['out_of_order']:,}",
        ),
        (f"alarms: {alarms or 'none'}", f"告警：{alarms or '无'}"),
    )
    for en, zh in lines:
        screen.print(words(en, zh), highlight=False, markup=False, soft_wrap=True)
