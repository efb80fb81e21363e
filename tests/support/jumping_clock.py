"""The command line with a clock that is set back (时钟回拨) while it works: by the seconds in a file, 0 if there is none."""

import os
from datetime import datetime, timedelta
from pathlib import Path

from customs.fields import moments

#: The variable that names the file of the seconds.
SET_BACK = "CUSTOMS_TEST_SET_BACK"

_true_clock = moments.system_clock


def clock_set_back() -> datetime:
    """The time in China by a clock that is so many seconds slow."""
    file = Path(os.environ[SET_BACK])
    seconds = int(file.read_text()) if file.exists() else 0
    return _true_clock() - timedelta(seconds=seconds)


if __name__ == "__main__":
    moments.system_clock = clock_set_back  # before the commands take it
    from customs.cli import main

    main()
