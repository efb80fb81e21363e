"""A declaration that is cut at a given moment, as a kill or Ctrl-C would, and what the folder then holds.

A whole number is a step of writing (a file opened, named or deleted in the output folder, or in that of the enterprise
file, a statement that changes a ledger, or its commit, counted from 1); a number with a point is seconds of the process's own
time; "N after NAME" are calls and returns within the exchange after the first call of a function whose name begins so;
"limit" for HOW lets no file grow beyond MOMENT bytes.

Run as a script, this loads the command line once and forks for each run that is asked for on standard input: each is a
process of its own, that begins without a second of loading.
"""

import atexit
import gc
import json
import os
import re
import resource
import selectors
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from types import FrameType

#: The number that tells the parcels of a message of each kind apart.
NUMBERS = {"CEB311": "orderNo", "CEB411": "orderNo", "CEB511": "logisticsNo", "CEB621": "orderNo"}

#: How the statements begin that change a database.
CHANGING = ("INSERT", "UPDATE", "DELETE")

#: Python's own events of writing.
WRITING = ("open", "os.rename", "os.link", "os.remove", "os.mkdir")


def interrupted(
    moment: str, how: str, arguments: Sequence[str | Path], *, at: datetime | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the command line and cut it at a moment: with "kill" at once, with "stop" as Ctrl-C does.

    ``at`` is the time of the commands of the exchange, which then wait for nothing.
    """
    given = [moment, how, *map(str, arguments)]
    loaded = _loaded()
    assert loaded.stdin
    assert loaded.stdout
    asked = {"given": given, "folder": str(Path.cwd()), "at": at.isoformat() if at else None}
    loaded.stdin.write(json.dumps(asked) + "\n")
    loaded.stdin.flush()
    answer = json.loads(loaded.stdout.readline())
    return subprocess.CompletedProcess(given, answer["code"], answer["stdout"], answer["stderr"])


@cache
def _loaded() -> subprocess.Popen[str]:
    """The process that has loaded the command line; it ends with this one."""
    command = [sys.executable, str(Path(__file__))]
    begun = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert begun.stdin
    atexit.register(begun.communicate)
    return begun


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


def _load() -> None:
    """Load what declarations use: the command line, a parcel's road to its signature, workbooks, local areas."""
    from datetime import date

    import customs
    from customs import areas
    from customs.cli import commands, order_lists, streams
    from customs.testing import issue_test_key, sample_parcels
    from customs.testing.parcels import DECLARANT

    now = datetime(2026, 11, 11, 8)
    signer = issue_test_key(*DECLARANT, since=now).signer()
    run = customs.Run(
        signer=signer, on=date(2026, 11, 11), clock=customs.fixed_clock(now), guids=customs.seeded_guids(1)
    )
    assert run.prepare(next(sample_parcels(1, seed=1, mode="1210"))).messages
    assert areas.of("2991", on=date(2026, 11, 11))
    assert commands
    assert order_lists
    assert streams
    for name in ("folders", "opening", "ways.amqp", "ways.ftp", "ways.https"):
        import_module(f"customs.exchange.{name}")
    for name in ("openpyxl", "pika", "urllib3", "psycopg", "customs.cli.ledger_boxes"):
        with suppress(ImportError):
            import_module(name)


def _serve() -> None:
    """Fork for each line of standard input, and tell how the run ended and what it said."""
    _load()
    gc.freeze()  # what is loaded stays as it is in every fork
    for line in sys.stdin:
        asked = json.loads(line)
        ends = [os.pipe(), os.pipe()]
        child = os.fork()
        if not child:
            break
        for _, writing in ends:
            os.close(writing)
        stdout, stderr = _read([reading for reading, _ in ends], child)
        _, status = os.waitpid(child, 0)
        answer = {"code": os.waitstatus_to_exitcode(status), "stdout": stdout, "stderr": stderr}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    else:
        return
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    for number, (reading, writing) in enumerate(ends, 1):
        os.dup2(writing, number)
        os.close(reading)
        os.close(writing)
    os.chdir(asked["folder"])
    if asked["at"]:
        _stand_still(datetime.fromisoformat(asked["at"]))
    _main(*asked["given"])


def _read(files: Sequence[int], child: int) -> list[str]:
    """Return what comes out of pipes until all that write to them have ended; a run that takes too long is killed."""
    found = dict.fromkeys(files, b"")
    with selectors.DefaultSelector() as selector:
        for each in files:
            selector.register(each, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(timeout=300)
            if not ready:
                os.kill(child, signal.SIGKILL)
            for key, _ in ready:
                read = os.read(key.fd, 65_536)
                found[key.fd] += read
                if not read:
                    selector.unregister(key.fd)
                    os.close(key.fd)
    return [each.decode() for each in found.values()]


def _stand_still(at: datetime) -> None:
    """Let the commands of the exchange see one time, and wait for nothing."""
    from customs.cli import outbox, receiving, sending
    from customs.fields.moments import fixed_clock

    for module in (outbox, receiving, sending):
        module.__dict__["system_clock"] = fixed_clock(at)
    time.__dict__["sleep"] = lambda seconds: None


def _main(moment: str, how: str, *arguments: str) -> None:
    from customs.cli.commands import app

    signal.signal(signal.SIGINT, signal.default_int_handler)  # which a process in the background does not have
    end = signal.SIGKILL if how == "kill" else signal.SIGINT
    if how == "limit":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(moment), resource.RLIM_INFINITY))
    elif " after " in moment:
        number, _, name = moment.partition(" after ")
        _at_call(int(number), name, end)
    elif "." in moment:
        signal.signal(signal.SIGVTALRM, lambda *_: os.kill(os.getpid(), end))
        signal.setitimer(signal.ITIMER_VIRTUAL, float(moment))
    else:
        _at_step(int(moment), _written_to(arguments), end)
    try:
        app(list(arguments))
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)  # a process that ends by itself has no moment left


def _written_to(arguments: Sequence[str]) -> str:
    """The folder whose steps of writing count: that of the output, or that of the enterprise file."""
    if "--out" in arguments:
        return arguments[arguments.index("--out") + 1]
    return str(Path(arguments[arguments.index("--config") + 1]).parent)


def _at_step(step: int, folder: str, end: signal.Signals) -> None:
    left = step

    def count(event: str, given: tuple[object, ...]) -> None:
        nonlocal left
        if event in WRITING and folder in str(given[0]):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), end)

    changed = False

    def executed(*given: object) -> None:
        nonlocal changed
        if str(given[2]).startswith(CHANGING):
            changed = True
            count("open", (folder,))

    def committed(connection: object) -> None:
        nonlocal changed
        if changed:
            changed = False
            count("open", (folder,))

    sys.addaudithook(count)
    with suppress(ImportError):
        engine = import_module("sqlalchemy.engine").Engine
        listen = import_module("sqlalchemy.event").listen
        listen(engine, "before_cursor_execute", executed)
        listen(engine, "commit", committed)


def _at_call(last: int, name: str, end: signal.Signals) -> None:
    left, begun = last, False

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal left, begun
        if "/customs/exchange/" in frame.f_code.co_filename:
            begun = begun or frame.f_code.co_name.startswith(name)
            left -= begun
            if left == 0:
                os.kill(os.getpid(), end)

    sys.setprofile(count)


if __name__ == "__main__":
    _serve()
