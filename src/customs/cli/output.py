"""The output (输出) of commands: printing never changes what a command does.

Characters that a stream cannot show become escapes. If nobody reads the output any more, such as after ``| head -1``, the
rest is dropped and the exit code is the command's own. If it cannot be written, such as on a full disk, the command ends
as usual, says so, and exits with 4.
"""

import errno
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO


class _Output(io.RawIOBase):
    """A stream whose failures are noted instead of raised."""

    def __init__(self, raw: io.RawIOBase) -> None:
        self._raw = raw
        self.unread, self.failure = False, ""

    def write(self, data: object, /) -> int:
        """Write what can be written; all of it counts as written."""
        given = memoryview(data).cast("B")  # type: ignore[arg-type]
        written = 0
        while written < len(given) and not self.unread and not self.failure:
            try:
                written += self._raw.write(given[written:]) or 0
            except OSError as error:
                self.unread = error.errno == errno.EPIPE
                self.failure = "" if self.unread else error.strerror or type(error).__name__
        return len(given)

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._raw.fileno()

    def isatty(self) -> bool:
        return self._raw.isatty()


def print_what_can_be_printed() -> None:
    """Take over the streams of the process, also those that it was started without."""
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115  for as long as the process lives
    sys.stdout, sys.stderr = _taken_over(sys.stdout), _taken_over(sys.stderr)


def _taken_over(stream: TextIO | None) -> TextIO:
    if stream is None:  # closed before the process began
        return Path(os.devnull).open("w", encoding="utf-8")
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    raw = getattr(stream.buffer, "raw", stream.buffer)  # the buffer itself where Python was told not to have one
    if not isinstance(raw, io.RawIOBase):
        stream.reconfigure(errors="backslashreplace")
        return stream
    return io.TextIOWrapper(
        io.BufferedWriter(_Output(raw)),
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


def _output() -> _Output | None:
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    return raw if isinstance(raw, _Output) else None


def nobody_reads() -> bool:
    """True if the reader of the output has gone, and more of it serves nobody."""
    return (output := _output()) is not None and output.unread


def told(code: int | str | None, tell: Callable[[str], None]) -> int | str | None:
    """Return the exit code of a command, 4 instead of 0 and 1 if its output could not be written, which is told."""
    sys.stdout.flush()
    if (output := _output()) is None or not output.failure:
        return code
    tell(output.failure)
    return 4 if code in (None, 0, 1) else code
