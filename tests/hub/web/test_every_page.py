"""Every page of the console, as every role, in both languages: it opens or is refused in words, and is well made."""

import re
from typing import Any

import pytest
from lxml import html

from customs.hub.web.roles import RIGHTS, ConsoleRole
from support import some
from support.console import HOSTILE, ConsoleReader, FilledConsole
from support.console_pages import CONSOLE_PAGES


def checked(answer: Any, language: str) -> Any:
    """A page that is in its language, with one heading and a label for every input, and nothing that would run."""
    assert answer.headers["content-type"].startswith("text/html")
    page = html.fromstring(answer.text)
    assert page.get("lang") == {"zh-CN": "zh-CN", "en": "en"}[language]
    assert len(page.xpath("//h1")) == 1
    assert page.xpath("string(//title)").strip()
    for each in page.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        assert page.xpath(f"//label[@for='{each.get('id')}']"), html.tostring(each)
    for each in page.xpath("//button | //a"):
        assert each.text_content().strip() or each.get("aria-label"), html.tostring(each)
    identities = page.xpath("//@id")
    assert len(identities) == len(set(identities))
    scripts = page.xpath("//script")
    assert [each.get("src", "").split("?")[0] for each in scripts] == ["/console/static/console.js"]
    assert not page.xpath("//@style | //style | //@onclick")
    assert HOSTILE not in answer.text
    if language == "en":
        assert not re.search(
            r"[\u4e00-\u9fff]", " ".join(page.xpath("//h1//text() | //button[not(@lang)]//text() | //th//text()"))
        )
    return page


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("role", list(ConsoleRole))
@pytest.mark.long
def test_each_role_opens_its_pages_and_no_other(console: FilledConsole, role: ConsoleRole, language: str) -> None:
    reader = console.reader(role.value, language)
    for path, right in some(CONSOLE_PAGES):
        answer = reader.shop(path.replace("/ORDER", console.path(0)))
        assert answer.status_code == (200 if right in RIGHTS[role] else 403), path
        checked(answer, language)


def test_nobody_opens_a_page_without_signing_in(console: FilledConsole) -> None:
    stranger = console.stranger()
    for path, _ in some(CONSOLE_PAGES):
        answer = stranger.get(f"/e/shop{path.replace('/ORDER', console.path(0))}", follow=False)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/console/sign-in")


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_pages_of_everybody_are_well_made(console: FilledConsole, language: str) -> None:
    checked(console.stranger(language).get("/sign-in"), language)
    checked(console.reader("look", language).get("/account"), language)
    assert checked(console.reader("look", language).get("/nowhere"), language) is not None
    assert console.reader("look").get("/e/other/").status_code == 404


def test_every_page_forbids_what_is_from_elsewhere(console: FilledConsole) -> None:
    reader: ConsoleReader = console.reader("admin")
    for path in some(["/sign-in", "/account", "/e/shop/", "/static/console.css", "/nowhere"]):
        headers = reader.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'"), path
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == (
            "no-store" if "static" not in path else "public, max-age=31536000, immutable"
        )
