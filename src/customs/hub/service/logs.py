"""Logs of a hub (日志): what libraries and the program's own places say, one line each, without a value of anybody's.

A text of the hub itself is said as it is. Of other libraries only the template is said, since what they fill in may be a name
or an address; of an exception its kind and the places in the program, since its text may hold whatever was being done.

>>> record = logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, "%s cannot be read", ("王小明",), None)
>>> ClosedLines().format(record).partition("  ")[2]
'ERROR  uvicorn.error  %s cannot be read'
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, TextIO

from customs.fields.moments import CHINA_TIME
from customs.hub.turns.error_places import place_of_error

#: The beginning of the names of the hub's own loggers.
_OWN = "customs."


class ClosedLines(logging.Formatter):
    """Formats a record as one line, as JSON if that is wanted."""

    def __init__(self, *, as_json: bool = False) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        at = datetime.fromtimestamp(record.created, CHINA_TIME)
        said = record.getMessage() if record.name.startswith(_OWN) else str(record.msg)
        told = {
            "at": f"{at:%Y-%m-%d %H:%M:%S}",
            "level": record.levelname,
            "logger": record.name,
            "said": said.strip().partition("\n")[0][:300],
        }
        if record.exc_info and record.exc_info[1]:
            told["error"] = place_of_error(record.exc_info[1])
        if self._as_json:
            return json.dumps(told, ensure_ascii=False)
        return "  ".join(told.values())


@contextmanager
def logged(stream: TextIO, *, as_json: bool) -> Iterator[None]:
    """Have all loggers say their warnings and errors to a stream, one closed line each."""
    handler: logging.StreamHandler[Any] = logging.StreamHandler(stream)
    handler.setFormatter(ClosedLines(as_json=as_json))
    handler.setLevel(logging.WARNING)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
