"""The console in a browser: every page once, as an administrator sees it."""

from importlib.util import find_spec

from support import absent
from support.console import FilledConsole
from support.console_browser import chromium, faults_of_pages


def test_every_page_fits_asks_for_nothing_else_and_reports_no_error(console: FilledConsole) -> None:
    program = chromium()
    if program is None or find_spec("playwright") is None:
        absent("Chromium or playwright is not installed")
    assert list(faults_of_pages(console, str(program))) == []
