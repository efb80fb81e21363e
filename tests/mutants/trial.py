"""One mistake on trial: a forked process imports the module with the mistake in it and runs the chosen tests up to
the first failure.
"""

import importlib.machinery
import os
import resource
import signal
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import CodeType

import pytest

from mutants.mutation import Mutation, mutated

#: Bytes that a trial may take.
MEMORY = 6 * 2**30


class Verdict(Enum):
    """What became of a mistake."""

    KILLED = "killed"
    SURVIVED = "survived"
    TIMEOUT = "timeout"


@dataclass(frozen=True)
class Trial:
    """A mistake, or None to see that the tests pass without one; the tests in their order, and the seconds they may
    take.
    """

    mutation: Mutation | None
    tests: tuple[str, ...]
    seconds: float


class Chosen:
    """A plug-in of pytest that keeps the chosen tests, in their order."""

    def __init__(self, tests: Sequence[str]) -> None:
        self.order = {test: at for at, test in enumerate(tests)}

    def pytest_configure(self) -> None:
        from mutants import quick  # imports Hypothesis, which pytest wants to be the first to see

        quick.examples()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (each for each in items if each.nodeid in self.order), key=lambda each: self.order[each.nodeid]
        )


def tried(trials: Iterable[Trial], root: Path, workers: int) -> Iterator[tuple[Trial, Verdict]]:
    """Hold the trials in several processes at once and yield each with its verdict."""
    for name in ("cryptography.x509", "lxml.etree", "pydantic"):
        importlib.import_module(name)  # once, for all processes
    waiting, running = iter(trials), dict[int, tuple[Trial, float]]()
    more = True
    while more or running:
        while more and len(running) < workers:
            trial = next(waiting, None)
            if trial is None:
                more = False
            elif not trial.tests:
                yield trial, Verdict.SURVIVED
            else:
                running[_forked(trial, root)] = (trial, time.monotonic() + trial.seconds)
        if running:
            yield from _ended(running)


def _ended(running: dict[int, tuple[Trial, float]]) -> Iterator[tuple[Trial, Verdict]]:
    """Yield what has ended; wait a little where nothing has."""
    found = False
    for process, (trial, end) in list(running.items()):
        ended, status = os.waitpid(process, os.WNOHANG)
        late = not ended and time.monotonic() > end
        if late:
            os.killpg(process, signal.SIGKILL)
            os.waitpid(process, 0)
        if ended or late:
            found = True
            del running[process]
            # a process that dies of a signal or an error of pytest itself has noticed the mistake as well
            yield trial, Verdict.TIMEOUT if late else Verdict.KILLED if status else Verdict.SURVIVED
    if not found:
        time.sleep(0.02)


def _forked(trial: Trial, root: Path) -> int:
    process = os.fork()
    if process:
        return process
    code = 3
    try:
        os.setpgrp()
        code = _run(trial, root)
    finally:
        os._exit(code)


def _run(trial: Trial, root: Path) -> int:
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    os.chdir(root)
    if trial.mutation:
        _plant(trial.mutation, root)
    files = dict.fromkeys(test.partition("::")[0] for test in trial.tests)
    plugins = [Chosen(trial.tests)]
    # files named here are read by pytest itself, without the mistake, where it rewrites assertions
    options = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist"]
    code = pytest.main([*files, *options], plugins=plugins)
    return 0 if code == pytest.ExitCode.NO_TESTS_COLLECTED else int(code)


def _plant(mutation: Mutation, root: Path) -> None:
    """Let Python import the module with the mistake in it. The file stays as it is."""
    file = str(root / mutation.path)
    code = mutated(Path(file).read_text(encoding="utf-8"), mutation.number, file)
    plain = importlib.machinery.SourceFileLoader.get_code

    def get_code(loader: importlib.machinery.SourceFileLoader, name: str) -> CodeType | None:
        return code if loader.path == file else plain(loader, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign,assignment]
    assert not [name for name in sys.modules if name.partition(".")[0] == "customs"], "imported before the mistake"
