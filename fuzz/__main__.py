"""Fuzz every target for its share of the time, try again what was found, let the corpus grow."""

import argparse
import re
import subprocess
import sys
import time
from pathlib import Path

from fuzz.corpus import BUGS, BUILD, grow
from fuzz.targets import TARGETS, Target, trial

ROOT = Path(__file__).parent.parent

#: Seconds that a target is fuzzed at least: a session needs two of them to begin.
SHORTEST = 5

#: How atheris calls an input that ended its session, and how the session says so.
FATAL = ("timeout", "oom", "crash")
ENDED = (70, 71, 77)


def main() -> int:
    """Print a line for each target and each bug. Fail if there is one."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10, help="for all targets together")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", choices=TARGETS, help="only this target")
    given = parser.parse_args()
    targets = [TARGETS[name] for name in given.only or TARGETS]
    share = max(SHORTEST, round(given.minutes * 60 / len(targets)))
    bugs = [bug for each in targets for bug in fuzzed(each, share, given.seed)]
    for path, reason in bugs:
        print(f"BUG {path.relative_to(ROOT)}: {reason}", flush=True)
    print(f"{len(bugs)} bugs in {given.minutes:g} minutes")
    return 1 if bugs else 0


def fuzzed(target: Target, seconds: int, seed: int) -> list[tuple[Path, str]]:
    """Fuzz a target and let its corpus grow. Return the bugs that hold, each with its reason."""
    BUGS.mkdir(parents=True, exist_ok=True)
    for old in BUGS.glob(f"{target.name}-*"):
        old.unlink()
    count = inputs_of_sessions(target, seconds, seed)
    kept = [each.read_bytes() for each in (BUILD / target.name).iterdir()]
    bugs = [(path, reason) for path in sorted(BUGS.glob(f"{target.name}-*")) if (reason := confirmed(target, path))]
    print(f"{target.name}: {count} inputs, {len(grow(target, kept))} join the corpus, {len(bugs)} bugs", flush=True)
    return bugs


def inputs_of_sessions(target: Target, seconds: int, seed: int) -> int:
    """Run sessions until the time is up, since an input that hangs ends one. Return how many inputs were tried."""
    until, log = time.monotonic() + seconds, BUILD / f"{target.name}.txt"
    with log.open("w", encoding="utf-8") as output:
        while (left := round(until - time.monotonic())) > 0:
            command = [sys.executable, "-m", "fuzz.session", target.name, str(left), str(seed)]
            if subprocess.run(command, cwd=ROOT, stdout=output, stderr=output, check=False).returncode not in ENDED:
                break
            seed += 1
    said = log.read_text(encoding="utf-8", errors="replace")
    counts = re.findall(r"stat::number_of_executed_units: ([0-9]+)", said)
    if not counts and not any(BUGS.glob(f"{target.name}-*")):
        sys.exit(f"{target.name}: atheris did not run, see {log.relative_to(ROOT)}\n{said[-1000:]}")
    return sum(map(int, counts))


def confirmed(target: Target, path: Path) -> str:
    """Return the reason of a bug in an interpreter that is not watched; empty, and the input is gone, if there is none."""
    if path.name.removeprefix(f"{target.name}-").startswith(FATAL):
        return "ends the session of atheris"
    try:
        trial(target, path.read_bytes())
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    path.unlink()
    return ""


if __name__ == "__main__":
    sys.exit(main())
