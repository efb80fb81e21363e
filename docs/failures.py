"""The failures between an enterprise and customs, as ``failures.toml`` has them, and their table."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tabular import table
from tongues import Tongue


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A failure (故障) that was seen in practice, what guards against it, and the tests that hold the guard."""

    number: int
    en: str
    zh: str
    guard: str
    guard_zh: str
    tests: tuple[str, ...] = ()
    """Each as the file and the name of the function."""
    aside: str = ""
    """What of it is not the library's matter, or what is left to people."""
    aside_zh: str = ""


def failures() -> tuple[Failure, ...]:
    """Every failure, by its number."""
    text = Path(__file__).with_name("failures.toml").read_text(encoding="utf-8")
    given: list[Mapping[str, Any]] = tomllib.loads(text)["failure"]
    return tuple(Failure(**{**each, "tests": tuple(each.get("tests", ()))}) for each in given)


def failure_table(tongue: Tongue) -> str:
    """Every failure with its guard and the files of the tests that hold it."""
    return table(
        tongue.heads("No.", "What goes wrong", "What guards you", "Tests"),
        ((str(each.number), tongue.own(each), _guard(each, tongue), _files(each)) for each in failures()),
    )


def _guard(failure: Failure, tongue: Tongue) -> str:
    guard, aside = (failure.guard_zh, failure.aside_zh) if tongue.chinese else (failure.guard, failure.aside)
    return f"{guard}{'<br>' if aside else ''}{aside}"


def _files(failure: Failure) -> str:
    names = dict.fromkeys(each.partition("::")[0].removeprefix("tests/") for each in failure.tests)
    return "<br>".join(f"`{each}`" for each in names)
