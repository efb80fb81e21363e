"""One session of atheris with one target: ``python -m fuzz.session TARGET SECONDS SEED``, started by ``python -m fuzz``."""

import pkgutil
import random
import sys
import traceback
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["customs"], enable_loader_override=False):
    import customs

    for _found in pkgutil.walk_packages(customs.__path__, "customs."):
        if not _found.name.startswith(("customs.cli", "customs.testing", "customs.signing.keys")):
            __import__(_found.name)

from fuzz.corpus import BUGS, BUILD, FOLDER
from fuzz.mutation import mutated, tokens_of
from fuzz.targets import TARGETS, trial

#: Bytes of an input, seconds until a session gives an input up, megabytes until it gives the session up.
LONGEST, HANGING, MEMORY = 20_000, 60, 3_000

#: How much longer an interpreter takes that reports every line.
WATCHED = 3

_SMALLEST = dict[str, int]()


def main() -> None:
    """Fuzz one target until its time is up. Bugs are written and the session goes on."""
    name, seconds, seed = sys.argv[1:]
    target = TARGETS[name]
    BUGS.mkdir(parents=True, exist_ok=True)
    found = BUILD / name
    found.mkdir(exist_ok=True)
    words = sorted({each for path in (FOLDER / name).iterdir() for each in tokens_of(path.read_bytes())})

    def run(data: bytes) -> None:
        try:
            trial(target, data, slack=WATCHED)
        except Exception as error:
            keep(name, data, error)

    def change(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)  # noqa: S311  not for secrets
        if chance.random() < 0.4:
            return bytes(atheris.Mutate(data, most))
        return mutated(data, words, chance)[:most]

    options = (
        f"-max_total_time={seconds}", f"-seed={seed}", f"-max_len={LONGEST}", f"-timeout={HANGING}", "-verbosity=0",
        f"-rss_limit_mb={MEMORY}", f"-artifact_prefix={BUGS / name}-", "-len_control=0", "-print_final_stats=1",
    )  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(found), str(FOLDER / name)], run, custom_mutator=change)
    atheris.Fuzz()


def keep(name: str, data: bytes, error: Exception) -> None:
    """Write an input that breaks a promise, the smallest for each place of the code."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{type(error).__name__}-{Path(frames[-1].filename).stem}-{frames[-1].lineno}"
    if len(data) < _SMALLEST.get(place, sys.maxsize):
        _SMALLEST[place] = len(data)
        (BUGS / f"{name}-{place}").write_bytes(data)


if __name__ == "__main__":
    main()
