"""Sample mistakes, hold the trials, print the score."""

import argparse
import os
import random
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from mutants.mutation import Mutation, mutations
from mutants.recording import ROOT, Recording, recorded
from mutants.trial import Trial, Verdict, tried

#: The rooms in which mistakes are made.
ROOMS = ("rules", "tax", "reconciliation", "areas", "road", "hub")

#: Seconds of tests for one mistake: of those that execute its line, and of the others of its module.
OWN, NEAR = 120.0, 20.0

#: Of so many trials one has no mistake, and has to survive.
CONTROL = 25

EQUIVALENT = Path(__file__).parent / "equivalent.toml"


def main() -> int:
    """Print the score of a sample; fail where a trial without a mistake does not survive."""
    parser = argparse.ArgumentParser(prog="mutants", description=__doc__)
    parser.add_argument("--count", type=int, default=100, help="how many mistakes are drawn")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="only mistakes in files whose path holds this text")
    given = parser.parse_args()
    every = [each for room in ROOMS for each in all_mutations(room) if given.only in str(each.path)]
    sample = random.Random(given.seed).sample(every, min(given.count, len(every)))  # noqa: S311  not for secrets
    known = equivalent()
    print(f"{len(sample)} of {len(every)} mutants, seed {given.seed}", flush=True)
    tests, found = recorded(given.workers), list[tuple[Trial, Verdict]]()
    trials = with_controls([trial_of(each, tests) for each in sample if key(each) not in known])
    for trial, verdict in tried(trials, ROOT, given.workers):
        found.append((trial, verdict))
        if len(found) % CONTROL == 0:
            print(f"{len(found)} trials", flush=True)
        if trial.mutation and verdict is not Verdict.KILLED:
            print(f"{verdict.value:9}{trial.mutation}   [{len(trial.tests)} tests]", flush=True)
    return report(found, [each for each in sample if key(each) in known], known)


def report(found: list[tuple[Trial, Verdict]], same: list[Mutation], known: dict[tuple[str, str, str], str]) -> int:
    """Print how many mistakes were noticed, in all and by room."""
    score, rooms = Counter[Verdict](), dict[str, Counter[Verdict]]()
    for trial, verdict in found:
        if trial.mutation:
            score[verdict] += 1
            rooms.setdefault(trial.mutation.path.parts[2], Counter())[verdict] += 1
    for room, counts in sorted(rooms.items()):
        print(f"{room:15}{in_words(counts)}")
    for each in same:
        print(f"equivalent {each}: {known[key(each)]}")
    print(f"{'in all':15}{in_words(score)}; {len(same)} equivalent are not counted")
    broken = [trial for trial, verdict in found if trial.mutation is None and verdict is not Verdict.SURVIVED]
    if broken:
        print(f"{len(broken)} trials without a mistake failed: the score says nothing")
    return 1 if broken else 0


def in_words(counts: Counter[Verdict]) -> str:
    """Return killed, survived and timed-out mistakes, and the share that was noticed."""
    noticed = counts[Verdict.KILLED] + counts[Verdict.TIMEOUT]
    figures = ", ".join(f"{counts[each]} {each.value}" for each in Verdict)
    return f"{figures}: {noticed / max(counts.total(), 1):.1%}"


def all_mutations(room: str) -> Iterator[Mutation]:
    """Yield every mistake that can be made in a room."""
    for path in sorted((ROOT / "src" / "customs" / room).rglob("*.py")):
        yield from mutations(path.read_text(encoding="utf-8"), path.relative_to(ROOT))


def trial_of(mutation: Mutation, recording: Recording) -> Trial:
    """Return the trial of a mistake: tests of its line, then of its module; within each its own room's first, the
    fastest first.
    """
    path, room = str(mutation.path), mutation.path.parts[2]
    own = recording.tests_of(path, mutation.line, mutation.last_line)

    def order(test: str) -> tuple[bool, bool, float]:
        return test not in own, f"/{room}/" not in test, recording.seconds[test]

    chosen, seconds = list[str](), 0.0
    if not own:  # what is executed at import alone is best known to those who import it
        own = recording.tests_of_importers(path)
    near = recording.tests_of_module(path) or recording.tests_of_room(f"src/customs/{room}/")
    for test in sorted(own | near, key=order):
        if chosen and seconds + recording.seconds[test] > (OWN if test in own else NEAR):
            continue
        seconds += recording.seconds[test]
        chosen.append(test)
    return Trial(mutation, tuple(chosen), 60 + 3 * seconds)


def with_controls(trials: list[Trial]) -> Iterator[Trial]:
    """Yield the trials, and now and then the tests of one without its mistake."""
    for at, trial in enumerate(trials):
        if at % CONTROL == 0:
            yield Trial(None, trial.tests, trial.seconds)
        yield trial


def key(mutation: Mutation) -> tuple[str, str, str]:
    """Return what names a mistake though lines move: the file, the statement, the change."""
    return str(mutation.path), mutation.statement, f"{mutation.before} -> {mutation.after}"


def equivalent() -> dict[tuple[str, str, str], str]:
    """Return the mistakes that change nothing anybody could see, each with the reason."""
    rows = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("mutants", [])
    return {(row["file"], row["statement"], row["change"]): row["reason"] for row in rows}


if __name__ == "__main__":
    raise SystemExit(main())
