"""The console in a browser: every page in light and dark, on a phone and a wide screen, in both languages, as pictures.

    PYTHONPATH=src:tests python -m console_screens build/console
    PYTHONPATH=src:tests python -m console_screens build/console docs/images

fills a ledger with a night of a hub, serves the console on 127.0.0.1 and asks Chromium (the command ``chromium``, or
``CHROMIUM``). It exits 1 if a page is wider than its window, asks for anything from elsewhere, reports an error, or breaks a
rule of axe-core, where ``axe-playwright-python`` is installed. A second folder takes the pictures of the documentation
instead.
"""

import sys
import tempfile
from datetime import datetime
from pathlib import Path

from customs.testing.keys import issue_test_key
from customs.testing.parcels import DECLARANT
from support.console import filled_console
from support.console_browser import chromium, faults_of_pages, take_pictures


def main(out: Path, documentation: Path | None = None) -> int:
    """Make all pictures; the exit code."""
    program = chromium()
    if program is None:
        print("Install Chromium, or name it: CHROMIUM=/path/to/chrome make console-screens", file=sys.stderr)
        return 2
    out.mkdir(parents=True, exist_ok=True)
    signer = issue_test_key(*DECLARANT, since=datetime(2026, 1, 1)).signer()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with filled_console(place / "filled.db", signer, place) as console:
            if documentation:
                take_pictures(console, program, documentation)
                return 0
            faults = list(faults_of_pages(console, program, out))
    print(*faults, sep="\n")
    print(f"Pictures are in {out}.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
