"""Pictures of the console in the documentation: each is there, small, and shown."""

from support import ROOT, some
from support.console_browser import DOCUMENTED

DOCS = ROOT / "docs"


def test_every_picture_of_the_console_is_there_and_loads_quickly() -> None:
    for name, *_ in some(DOCUMENTED):
        content = (DOCS / "images" / f"{name}.png").read_bytes()
        assert content.startswith(b"\x89PNG"), name
        assert len(content) <= 120_000, name


def test_every_picture_of_the_console_is_shown() -> None:
    pages = [DOCS / "howto" / "use-the-console.md", DOCS / "zh" / "howto" / "use-the-console.md"]
    shown = "".join(each.read_text(encoding="utf-8") for each in pages)
    assert {each.name for each in (DOCS / "images").glob("console-*.png")} == {f"{name}.png" for name, *_ in DOCUMENTED}
    for name, *_ in some(DOCUMENTED):
        assert f"/images/{name}.png)" in shown, name
