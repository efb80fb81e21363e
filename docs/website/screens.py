"""The site in a browser: the searches of ``searches.toml``, and pictures of pages to be looked at.

    python docs/website/screens.py site build/screens

serves the site on 127.0.0.1 and asks Chromium (the command ``chromium``, or ``CHROMIUM``). It exits 1 if a search does
not have its page among the first three, if a page is wider than its window, asks for anything from elsewhere, or
reports an error.
"""

import os
import shutil
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

from playwright.sync_api import sync_playwright

PAGES = (
    "index",
    "howto/first-declaration",
    "howto/why-is-my-order-stuck",
    "parcel",
    "findings",
    "receipts",
    "tax",
    "areas",
    "messages/order",
    "command-line",
    "architecture",
    "glossary",
)
SIZES = {1366: 900, 390: 844}


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def served(site: Path) -> Iterator[str]:
    """The address at which the site can be read meanwhile."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def searches(browser: Any, address: str) -> Iterator[str]:
    """A line for each search that does not find its page."""
    table = tomllib.loads(Path(__file__).with_name("searches.toml").read_text(encoding="utf-8"))
    page = browser.new_page()
    for language, rows in table.items():
        folder = "zh/" if language == "zh" else ""
        for query, *wanted in rows:
            page.goto(f"{address}/{folder}search.html?q={quote(query)}")
            page.wait_for_function("document.getElementById('found').textContent")
            links = page.eval_on_selector_all(
                "#results a.page", "all => all.slice(0, 3).map(a => a.getAttribute('href'))"
            )
            found = [link.partition("#")[0] for link in links]
            hit = any(each in found for each in wanted)
            print(f"{'    ' if hit else 'MISS'} {language} {query}: {', '.join(found)}")
            if not hit:
                yield f"search {query} ({language})"


def pictures(browser: Any, address: str, out: Path) -> Iterator[str]:
    """A line for each page that does not fit or asks for more than the site; pictures of all of them."""
    for scheme in ("light", "dark"):
        for width, height in SIZES.items():
            context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
            page = context.new_page()
            asked: list[str] = []
            page.on("request", lambda request, asked=asked: asked.append(request.url))
            page.on("pageerror", lambda error, asked=asked: asked.append(str(error)))
            for folder in ("", "zh/"):
                for name in PAGES:
                    page.goto(f"{address}/{folder}{name}.html")
                    file = f"{folder.strip('/') or 'en'}-{name.replace('/', '-')}-{width}-{scheme}.png"
                    page.screenshot(path=str(out / file))
                    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                    if wide > 0:
                        yield f"{folder}{name} is {wide} pixels too wide at {width}"
            yield from (f"not of the site: {each}" for each in asked if not each.startswith(address))
            context.close()


def main(site: Path, out: Path) -> int:
    """Make all searches and pictures; the exit code."""
    out.mkdir(parents=True, exist_ok=True)
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        print("Install Chromium, or name it: CHROMIUM=/path/to/chrome make screens", file=sys.stderr)
        return 2
    with served(site) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        faults = [*searches(browser, address), *pictures(browser, address, out)]
        browser.close()
    print(*faults, sep="\n")
    print(f"Pictures are in {out}.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
