"""A declaration that is cut at a given moment, as a kill or Ctrl-C would, and what the folder then holds.

Run as a script: ``interruption.py MOMENT HOW ARGUMENTS...``, where the arguments are those of the command line. A whole
number is a step of writing (a file opened, named or deleted in the output folder, counted from 1); a number with a
point is seconds of the process's own time; "limit" for HOW lets no file grow beyond MOMENT bytes.
"""

import os
import re
import resource
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

#: The number that tells the parcels of a message of each kind apart.
NUMBERS = {"CEB311": "orderNo", "CEB411": "orderNo", "CEB511": "logisticsNo", "CEB621": "orderNo"}

#: Python's own events of writing.
WRITING = ("open", "os.rename", "os.link", "os.remove", "os.mkdir")


def interrupted(moment: str, how: str, arguments: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
    """Run the command line and cut it at a moment: with "kill" at once, with "stop" as Ctrl-C does."""
    command = [sys.executable, str(Path(__file__)), moment, how, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)


def begun(arguments: Sequence[str | Path]) -> subprocess.Popen[str]:
    """Begin the command line in a process of its own, beside others."""
    command = [sys.executable, "-m", "customs.cli", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@contextmanager
def small_disk(at: Path, kilobytes: int) -> Iterator[Path]:
    """A disk of a few kilobytes, mounted at a folder; skipped where this user may mount none."""
    import pytest  # not in the process that is cut

    at.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k,mode=700", "none", str(at)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("this user may mount no disk")
    try:
        yield at
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)


def declared_in(folder: Path) -> Counter[tuple[str, str]]:
    """Count in how many messages of each kind each number is, over all messages in a folder."""
    found: Counter[tuple[str, str]] = Counter()
    for path in folder.glob("*.xml"):
        kind = path.name[:6]
        found.update((kind, each) for each in re.findall(f"<ceb:{NUMBERS[kind]}>([^<]+)<", path.read_text("utf-8")))
    return found


def assert_said(done: subprocess.CompletedProcess[str]) -> None:
    """A run that could not write says so on one line, and how to go on."""
    assert done.returncode == 4, done.stderr
    told = [line for line in done.stderr.splitlines() if line.startswith("customs: ")]
    assert len(told) == 1, done.stderr
    assert "run the same command again to go on" in told[0]
    assert "重新执行同一命令即可继续" in told[0]
    assert "Traceback" not in done.stderr


def _main(moment: str, how: str, *arguments: str) -> None:
    from customs.cli.commands import app

    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a process in the background does not have
    end = signal.SIGKILL if how == "kill" else signal.SIGINT
    if how == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(moment), resource.RLIM_INFINITY))
    elif "." in moment:
        signal.signal(signal.SIGVTALRM, lambda *_: os.kill(os.getpid(), end))
        signal.setitimer(signal.ITIMER_VIRTUAL, float(moment))
    else:
        _at_step(int(moment), arguments[arguments.index("--out") + 1], end)
    try:
        app(list(arguments))
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)  # a process that ends by itself has no moment left


def _at_step(step: int, folder: str, end: signal.Signals) -> None:
    left = step

    def count(event: str, given: tuple[object, ...]) -> None:
        nonlocal left
        if event in WRITING and folder in str(given[0]):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), end)

    sys.addaudithook(count)


if __name__ == "__main__":
    _main(*sys.argv[1:])
