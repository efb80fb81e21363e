"""Make the virtual environments, run the tests in each, print a line for each."""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from compat.bounds import NEWER, ROOT, SOURCES, VERSIONS, extras_tried, lowest, tools
from compat.interpreters import MINORS, installed

FOLDER = ROOT / "build" / "compat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One Python with one set of versions."""

    python: str
    interpreter: Path
    versions: str

    @property
    def folder(self) -> Path:
        return FOLDER / f"{self.python}-{self.versions}"

    def __str__(self) -> str:
        return f"Python {self.python}, {self.versions} versions"


def main() -> int:
    """Run all trials that were asked for. Fail if one of them fails."""
    parser = argparse.ArgumentParser(prog="compat", description=__doc__)
    parser.add_argument("--python", action="append", help="only this Python, such as 3.13")
    parser.add_argument("--versions", choices=VERSIONS, help="only these versions")
    parser.add_argument("tests", nargs="*", help="what pytest is given; all tests without it")
    given = parser.parse_args()
    found = installed()
    missing = [f"3.{minor}" for minor in MINORS if f"3.{minor}" not in found]
    print(f"Python {', '.join(found)} found; {missing[0]} and later not installed", flush=True)
    trials = [
        Trial(python=python, interpreter=path, versions=versions)
        for python, path in found.items()
        if python in (given.python or found)
        for versions in VERSIONS
        if versions == (given.versions or versions)
    ]
    passed = [run(each, given.tests) for each in trials]
    return 0 if passed and all(passed) else 1


def run(trial: Trial, tests: list[str]) -> bool:
    """Install and run the tests. Return True if they passed, after a line that says so."""
    since = time.monotonic()
    log = trial.folder.with_suffix(trial.folder.suffix + ".txt")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        done = all(
            subprocess.run(each, cwd=ROOT, stdout=output, stderr=output, env=environment(), check=False).returncode == 0
            for each in (*installation(trial), [*examination(trial), *(tests or own_tests(trial))])
        )
    said = outcome(log.read_text(encoding="utf-8", errors="replace"))
    seconds = time.monotonic() - since
    print(f"{trial}: {'passed' if done else 'FAILED'}, {said} ({seconds:.0f} s; {log.relative_to(ROOT)})", flush=True)
    for line in direct(trial):
        print(f"    {line}", flush=True)
    return done


def installation(trial: Trial) -> Iterator[list[str]]:
    """Yield the commands that make the environment. Direct dependencies and tools come as wheels, but for ``SOURCES``."""
    yield [str(trial.interpreter), "-m", "venv", str(trial.folder)]
    low = lowest(trial.python, trial.versions)
    pinned = [f"{name}=={low[name]}" for name in low] if trial.versions != "newest" else []
    wanted = tools(trial.versions)
    named = {each.partition("[")[0] for each in wanted} - {*SOURCES}
    extras = ",".join(extras_tried(trial.versions))
    yield [
        *(str(trial.folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"),
        *("--upgrade", "--upgrade-strategy", "eager", "--only-binary", ",".join(sorted({*low, *named}))),
        *("--editable", f".[{extras}]"),
        *(each for each in wanted if each not in low or not pinned),
        *pinned,
    ]


def examination(trial: Trial) -> list[str]:
    """Return the command that runs the tests. Old versions may use what newer ones beside them are to drop."""
    lenient = ["-W", "ignore::DeprecationWarning"] if trial.versions != "newest" else []
    return [
        str(trial.folder / "bin" / "python"),
        "-m",
        "pytest",
        "-n",
        "auto",
        "-q",
        "-p",
        "no:cacheprovider",
        *lenient,
    ]


def own_tests(trial: Trial) -> list[str]:
    """Return the tests of an extra that is tried by itself; none, which are all, for other trials."""
    return [NEWER[trial.versions].tests] if trial.versions in NEWER else []


def environment() -> dict[str, str]:
    """Return the environment of the commands: that of the caller, with nothing of another Python in it."""
    return {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}


def outcome(log: str) -> str:
    """Return what pytest counted, or the last line where it did not come to that."""
    counted = re.findall(r"^(?:=+ )?((?:[0-9]+ [a-z]+(?:, )?)+) in [0-9.]+s", log, re.MULTILINE)
    return counted[-1] if counted else (log.strip().splitlines() or ["nothing was run"])[-1]


def direct(trial: Trial) -> list[str]:
    """Return the versions of the direct dependencies, in one line of NAME VERSION."""
    asked = "import sys, importlib.metadata as m; print(', '.join(f'{n} {m.version(n)}' for n in sys.argv[1:]))"
    said = subprocess.run(
        [trial.folder / "bin" / "python", "-c", asked, *lowest(trial.python, trial.versions)],
        capture_output=True,
        text=True,
        check=False,
    )
    return [said.stdout.strip()] if said.returncode == 0 else []


if __name__ == "__main__":
    sys.exit(main())
