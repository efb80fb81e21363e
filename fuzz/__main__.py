"""Fuzz every target for its share of the time, try again what was found, let the corpus grow."""

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

from fuzz.corpus import grow
from fuzz.targets import TARGETS, Target, trial

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build" / "fuzz"
BUGS = BUILD / "bugs"


def main() -> int:
    """Print a line for each target and each bug. Fail if there is one."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="for all targets together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", choices=TARGETS, help="only this target")
    given = parser.parse_args()
    targets = [TARGETS[name] for name in given.only or TARGETS]
    bugs = [
        bug for each in targets for bug in fuzzed(each, max(5, round(given.minutes * 60 / len(targets))), given.seed)
    ]
    for path, reason in bugs:
        print(f"BUG {path.relative_to(ROOT)}: {reason}", flush=True)
    print(f"{len(bugs)} bugs in {given.minutes:g} minutes")
    return 1 if bugs else 0


def fuzzed(target: Target, seconds: int, seed: int) -> list[tuple[Path, str]]:
    """Run sessions until the time is up, since an input that hangs ends one. Return the bugs that hold."""
    BUGS.mkdir(parents=True, exist_ok=True)
    for old in BUGS.glob(f"{target.name}-*"):
        old.unlink()
    until, runs, log = time.monotonic() + seconds, 0, BUILD / f"{target.name}.txt"
    with log.open("w", encoding="utf-8") as output:
        while (left := round(until - time.monotonic())) > 0:
            command = [sys.executable, "-m", "fuzz.session", target.name, str(left), str(seed)]
            if subprocess.run(command, cwd=ROOT, stdout=output, stderr=output, check=False).returncode == 0:
                break
            seed += 1
    for count in re.findall(
        r"stat::number_of_executed_units: ([0-9]+)", log.read_text(encoding="utf-8", errors="replace")
    ):
        runs += int(count)
    found = [each.read_bytes() for each in (BUILD / target.name).iterdir()]
    added = grow(target, found)
    bugs = [(path, reason) for path in sorted(BUGS.glob(f"{target.name}-*")) if (reason := confirmed(target, path))]
    print(
        f"{target.name}: {runs} inputs, {len(found)} kept by atheris, {len(added)} join the corpus, {len(bugs)} bugs",
        flush=True,
    )
    return bugs


def confirmed(target: Target, path: Path) -> str:
    """Return the reason of a bug in an interpreter that is not watched; empty if there is none."""
    if path.name.removeprefix(f"{target.name}-").startswith(("timeout", "oom", "crash")):
        return "ends the session of atheris"
    try:
        trial(target, path.read_bytes())
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    path.unlink()
    return ""


if __name__ == "__main__":
    sys.exit(main())
