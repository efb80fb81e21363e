"""Options that the commands ``settle`` share (对账命令共用选项), and what they stand for: days, terms, profiles, files."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from customs.cli.app import app, misuse, misuse_of
from customs.cli.common import clock_of
from customs.intake.sheets import SheetError
from customs.ledger.causes import EntryCause
from customs.ledger.settlements.charges_kept import file_digest
from customs.ledger.settlements.payment_case import SettlementTerms
from customs.ledger.settlements.provider_profiles import ProviderProfile, provider_profile
from customs.ledger.settlements.settlement_parts import Days
from customs.ledger.settlements.settlement_terms import load_terms

commands = typer.Typer(help="Bills of payment companies, carriers and warehouses: read, compare, close days. 对账")
app.add_typer(commands, name="settle")

Out = Annotated[Path | None, typer.Option("--out", dir_okay=False, help="Write the differences as XLSX.")]
Since = Annotated[str | None, typer.Option("--since", metavar="DAY", help="First day of payment to compare.")]
Until = Annotated[str | None, typer.Option("--until", metavar="DAY", help="Last day of payment to compare.")]
TermsFile = Annotated[
    Path | None,
    typer.Option(
        "--terms", exists=True, dir_okay=False, help="TOML with merchants, rates and times; see the guide on settling."
    ),
]
ProviderName = Annotated[
    str,
    typer.Option("--profile", metavar="NAME", help="How the provider's bill is read: a TOML file, or a shipped name."),
]
OwnFigures = Annotated[
    list[Path] | None,
    typer.Option("--own", exists=True, dir_okay=False, help="Your own figures, CSV or XLSX; may be repeated."),
]
PeriodEnd = Annotated[
    str | None,
    typer.Option("--period-end", metavar="DAY", help="Last day that the bills cover; all are due if left out."),
]


@commands.callback()
def settle() -> None:
    """Bills of payment companies, carriers and warehouses: read, compare, close days. 对账"""


@contextmanager
def readable() -> Iterator[None]:
    """Tell why a file cannot be read; the exit code is 2."""
    try:
        yield
    except SheetError as error:
        raise misuse_of(error.en, error.zh) from None


def file_cause(path: Path) -> EntryCause:
    """Return the cause of what a file brings."""
    return EntryCause("file", file_digest(path))


def profile_of(name: str, kinds: tuple[str, ...]) -> ProviderProfile:
    """Return a profile of these kinds; any other is misuse."""
    with readable():
        profile = provider_profile(name)
    if profile.kind not in kinds:
        raise misuse(f"--profile: {name} is of {profile.kind}, not of {', '.join(kinds)} 配置的账单种类不符")
    return profile


def terms_in(path: Path | None) -> SettlementTerms:
    """Return the terms of a file, or those without one."""
    if path is None:
        return SettlementTerms()
    with readable():
        return load_terms(path)


def time_given(now: str | None) -> datetime:
    """Return the time to judge by, in China."""
    return clock_of(now, "--now")().replace(tzinfo=None)


def days_given(since: str | None, until: str | None) -> Days | None:
    """Return the days to compare, None for all."""
    if since is None and until is None:
        return None
    first, last = day_given("--since", since or until), day_given("--until", until or since)
    assert first is not None, "one of them is given"
    assert last is not None, "one of them is given"
    return first, last


def day_given(option: str, text: str | None) -> date | None:
    """Return the day of an option, None without one."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise misuse(f"{option}: {text!r} is not a day as YYYY-MM-DD 日期格式应为 YYYY-MM-DD") from None
