"""A terminal, on which a command asks and somebody answers."""

import os
import pty
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple


class Session(NamedTuple):
    """The exit code of a command, and all that its terminal showed, answers included."""

    code: int
    shown: str


#: The command line, which Ctrl-C reaches also where the tests run in the background.
_COMMAND = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from customs.cli import main; main()"
)


def typed(
    *arguments: str | Path, prompts: set[str], answers: list[str], interrupted: bool = False, folder: Path, lang: str
) -> Session:
    """Run a command on a terminal and type an answer after each of its prompts; at last Ctrl-C, or the end of input."""
    ends = tuple(each.encode() for each in prompts)
    above, below = pty.openpty()
    environment = {**os.environ, "CUSTOMS_LANG": lang, "TERM": "dumb", "COLUMNS": "200"}
    command = [sys.executable, "-c", _COMMAND, *map(str, arguments)]
    with subprocess.Popen(
        command, stdin=below, stdout=below, stderr=below, env=environment, cwd=folder, start_new_session=True
    ) as process:
        os.close(below)
        shown, waiting, asked, ending = b"", list(answers), 0, False
        while True:
            if ending and not _ready(above):  # a signal just before the command reads is seen only after it
                _end(process, above, interrupted=interrupted)
                continue
            if not (part := _read(above)):
                break
            shown += part
            if ending or not shown.endswith(ends) or len(shown) == asked:
                continue
            asked = len(shown)
            if waiting:
                os.write(above, waiting.pop(0).encode() + b"\n")
            else:
                ending = True
                _end(process, above, interrupted=interrupted)
        code = process.wait()
    os.close(above)
    return Session(code, shown.decode(errors="replace").replace("\r\n", "\n"))


def _end(process: "subprocess.Popen[bytes]", terminal: int, *, interrupted: bool) -> None:
    """Interrupt a command as Ctrl-C does, or end its input as Ctrl-D does."""
    if interrupted:
        process.send_signal(signal.SIGINT)
    else:
        os.write(terminal, b"\x04")


def _ready(terminal: int) -> bool:
    """True if the command showed something, or has ended, within a second."""
    return bool(select.select([terminal], [], [], 1)[0])


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # Linux says so when the other end is closed
        return b""
