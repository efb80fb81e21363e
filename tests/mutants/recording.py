"""Which tests execute which lines, and how long each takes: measured once for a state of the tree, then read from a
file.
"""

import hashlib
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import coverage
import pytest

ROOT = Path(__file__).parent.parent.parent
CACHE = ROOT / ".mutants_cache"

#: Where a worker of pytest puts what it saw.
PARTS = "CUSTOMS_MUTANTS_PARTS"


@dataclass
class Recording:
    """The tests that passed with their seconds, and for each module and line the tests that executed it."""

    seconds: dict[str, float] = field(default_factory=dict)
    lines: dict[str, dict[int, set[str]]] = field(default_factory=dict)

    def add(self, other: "Recording") -> None:
        """Take in what another worker saw."""
        self.seconds |= other.seconds
        for path, lines in other.lines.items():
            mine = self.lines.setdefault(path, {})
            for line, tests in lines.items():
                mine[line] = mine.get(line, set()) | tests

    def tests_of(self, path: str, first: int, last: int) -> set[str]:
        """Return the tests that executed one of the lines of a module."""
        found = [tests for line, tests in self.lines.get(path, {}).items() if first <= line <= last]
        return set().union(*found) & self.seconds.keys()

    def tests_of_module(self, path: str) -> set[str]:
        """Return the tests that executed anything in a module after it was imported."""
        return set().union(*self.lines.get(path, {}).values()) & self.seconds.keys()

    def tests_of_importers(self, path: str) -> set[str]:
        """Return the tests in files that import a module by its name."""
        module = path.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        package, _, name = module.rpartition(".")
        written = re.compile(rf"from {re.escape(module)} import |from {re.escape(package)} import [^#\n]*\b{name}\b")
        files = {test.partition("::")[0] for test in self.seconds}
        found = {file for file in files if file != path and written.search((ROOT / file).read_text(encoding="utf-8"))}
        return {test for test in self.seconds if test.partition("::")[0] in found}

    def tests_of_room(self, folder: str) -> set[str]:
        """Return the tests that executed anything in a room, for a module that is nothing but tables."""
        return set().union(*(self.tests_of_module(path) for path in self.lines if path.startswith(folder)))


def recorded(workers: int) -> Recording:
    """Return the recording of the tree as it is now, from the file that holds it or by running the tests."""
    file = CACHE / f"{_fingerprint()}.pickle"
    if not file.exists():
        CACHE.mkdir(exist_ok=True)
        for old in CACHE.glob("*"):
            old.unlink()
        _run(workers)
        whole = Recording()
        for part in CACHE.glob("*.part"):
            whole.add(pickle.loads(part.read_bytes()))  # noqa: S301  written by the run above
        file.write_bytes(pickle.dumps(whole))
    found: Recording = pickle.loads(file.read_bytes())  # noqa: S301  written here
    return found


def _run(workers: int) -> None:
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        str(workers),
        "-p",
        "no:cacheprovider",
        "-p",
        "mutants.recording",
    ]
    environment = {**os.environ, PARTS: str(CACHE), "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run(command, cwd=ROOT, env=environment, check=False, stdout=subprocess.DEVNULL)


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for path in sorted((*ROOT.glob("src/**/*"), *ROOT.glob("tests/**/*"))):
        if path.is_file() and path.suffix != ".pyc" and path.parent != Path(__file__).parent:
            digest.update(str(path.relative_to(ROOT)).encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class Recorder:
    """A plug-in of pytest that measures every test of a worker."""

    def __init__(self) -> None:
        self.coverage = coverage.Coverage(
            data_file=None, config_file=False, include=[str(ROOT / "src" / "customs" / "*")], check_preimported=False
        )
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()
        self.coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.coverage.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self.coverage.switch_context("")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration
        if not report.passed:
            self.failed.add(report.nodeid)

    def pytest_sessionfinish(self) -> None:
        self.coverage.stop()
        data, found = self.coverage.get_data(), Recording()
        found.seconds = {test: each for test, each in self.seconds.items() if test not in self.failed}
        for file in data.measured_files():
            lines = data.contexts_by_lineno(file)
            found.lines[str(Path(file).relative_to(ROOT))] = {line: set(tests) - {""} for line, tests in lines.items()}
        (Path(os.environ[PARTS]) / f"{os.getpid()}.part").write_bytes(pickle.dumps(found))


def pytest_configure(config: pytest.Config) -> None:
    """Measure in each worker; called where this module is a plug-in of pytest."""
    if hasattr(config, "workerinput"):
        from mutants import quick  # imports Hypothesis, which pytest wants to be the first to see

        quick.examples()
        config.pluginmanager.register(Recorder(), "mutants-recorder")
