"""The console in Chromium: its pages are asked for as people ask for them, and looked over."""

import os
import re
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from support.console import REFUSED, FilledConsole
from support.console_pages import CONSOLE_PAGES
from support.served import served

SIZES = {1280: 900, 390: 844}
COLOURS: tuple[Literal["light", "dark"], ...] = ("light", "dark")

#: The look in which the tests open every page: the longest words in the least room.
PHONE: tuple[Literal["light", "dark"], int, str] = ("light", 390, "en")

#: The pictures of the documentation: their names, pages, languages, widths and colours.
DOCUMENTED: tuple[tuple[str, str, str, int, Literal["light", "dark"]], ...] = (
    ("console-overview", "/", "en", 1280, "light"),
    ("console-overview.zh", "/", "zh-CN", 1280, "light"),
    ("console-parcel", "/ORDER", "en", 1280, "light"),
    ("console-settlements", "/settlements", "en", 1280, "light"),
    ("console-settlements.zh", "/settlements", "zh-CN", 1280, "light"),
    ("console-phone", "/orders", "en", 390, "dark"),
)

#: True if the line of the navigation that is open stands outside the window.
_OUTSIDE = """(() => {
  const here = document.querySelector(".side [aria-current]")?.getBoundingClientRect();
  return Boolean(here) && (here.left < 0 || here.right > window.innerWidth);
})()"""

#: How much of a page they show, in pixels from its top.
HIGH = 740


def chromium() -> str | None:
    """The program, None if there is none."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def take_pictures(console: FilledConsole, program: str, out: Path) -> None:
    """Take the pictures of the documentation, of the top of each page."""
    from playwright.sync_api import sync_playwright

    with served(console.application) as port, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for name, path, language, width, scheme in DOCUMENTED:
            context = _opened(browser, console, port, (width, scheme, language))
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{port}/console/e/shop{path.replace('/ORDER', console.path(0))}")
            page.screenshot(path=str(out / f"{name}.png"), clip={"x": 0, "y": 0, "width": width, "height": HIGH})
            context.close()
        browser.close()


def _opened(browser: Any, console: FilledConsole, port: int, look: tuple[int, Literal["light", "dark"], str]) -> Any:
    """A window of an administrator who is signed in."""
    width, scheme, language = look
    context = browser.new_context(
        viewport={"width": width, "height": SIZES[width]}, color_scheme=scheme, locale=language
    )
    token = console.reader("admin").client.cookies["customs_console"]
    cookie = {"name": "customs_console", "value": token, "url": f"http://127.0.0.1:{port}/console"}
    context.add_cookies([cookie])
    return context


def faults_of_pages(console: FilledConsole, program: str, out: Path | None = None) -> Iterator[str]:
    """A line for each page that does not fit, hides its place in the navigation, asks for more, or reports an error.

    Every page is opened in English on a phone. If a folder is given, in all languages, colours and sizes, with pictures
    there, and the rules of axe-core are asked too.
    """
    from playwright.sync_api import sync_playwright

    looks = [(scheme, size, language) for scheme in COLOURS for size in SIZES for language in ("zh-CN", "en")]
    with served(console.application) as port, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            for scheme, width, language in looks if out else [PHONE]:
                context = _opened(browser, console, port, (width, scheme, language))
                address = f"http://127.0.0.1:{port}"
                yield from _faults(context, address, console, out, f"{language[:2]}-{width}-{scheme}")
                context.close()
        finally:
            browser.close()


def _faults(context: Any, address: str, console: FilledConsole, out: Path | None, look: str) -> Iterator[str]:
    page = context.new_page()
    asked = list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: asked.append(f"error: {error}"))
    page.on("console", lambda said: asked.append(f"said: {said.text}") if said.type == "error" else None)
    for path in (
        "/sign-in",
        "/account",
        *(f"/e/shop{path}" for path, _ in CONSOLE_PAGES),
        f"/e/shop{console.path(REFUSED[0])}",
    ):
        answer = page.goto(f"{address}/console{path.replace('/ORDER', console.path(0))}")
        if answer.status != 200:
            yield f"{path} is answered with {answer.status}"
        wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wide > 0:
            yield f"{path} is {wide} pixels too wide ({look})"
        if page.evaluate(_OUTSIDE):
            yield f"{path} hides its place in the navigation ({look})"
        if out:
            name = re.sub(r"[^A-Za-z0-9]+", "-", path.removeprefix("/e/shop").strip("/")) or "overview"
            page.screenshot(path=str(out / f"{name}-{look}.png"), full_page=True)
            yield from (f"{path} ({look}): {each}" for each in _broken_rules(page))
    yield from (f"not of the console: {each}" for each in asked if not each.startswith(address))


def _broken_rules(page: Any) -> Iterator[str]:
    """The rules of WCAG that a page breaks, as axe-core finds them; none where it is not installed."""
    if find_spec("axe_playwright_python") is None:
        return
    from axe_playwright_python.sync_playwright import Axe

    for each in Axe().run(page).response["violations"]:
        places = ", ".join(node["target"][0] for node in each["nodes"][:3])
        yield f"{each['id']} ({each['impact']}): {places}"
