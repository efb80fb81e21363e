"""The data of the search: every section of every finished page, as text.

    python docs/website/search_data.py site

reads ``site/**/*.html`` and writes ``_static/search-data.js`` for each language. It knows no generator: a section is a
heading with an anchor and the text below it. A script, not a file of JSON, so that pages opened from a disk can load it.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import html

sys.path.insert(0, str(Path(__file__).parent.parent))

from website.navigation import entries

#: Pages of English that the Chinese search finds too, since they have no other language.
ENGLISH_ONLY = ("api/", "adr/")
#: Records of decisions and entries of names are asked for less often than pages that explain.
WEIGHTS = {"adr/": 0.35, "api/": 0.8}

_HEADINGS = {"h1", "h2", "h3", "h4"}
_BLOCKS = {"p", "li", "td", "th", "tr", "pre", "div", "dt", "dd", "br", "ul", "ol", "table"}
_SKIPPED = {"script", "style", "svg", "button"}


def main(site: Path) -> None:
    """Write the data of both languages."""
    english = {path.relative_to(site).as_posix(): path for path in sorted(site.rglob("*.html"))}
    chinese = {name: path for name, path in english.items() if name.startswith("zh/")}
    english = {name: path for name, path in english.items() if name not in chinese}
    extra = {name: path for name, path in english.items() if name.startswith(ENGLISH_ONLY)}
    _write(site / "_static", [_page(name, name, path, "en") for name, path in english.items()])
    _write(
        site / "zh" / "_static",
        [
            *(_page(name, name.removeprefix("zh/"), path, "zh") for name, path in chinese.items()),
            *(_page(name, f"../{name}", path, "zh") for name, path in extra.items()),
        ],
    )


def _write(place: Path, pages: list[dict[str, Any]]) -> None:
    if place.is_dir():
        data = json.dumps([page for page in pages if page["sections"]], ensure_ascii=False, separators=(",", ":"))
        (place / "search-data.js").write_text(f"const pages = {data};\n", encoding="utf-8")


def _page(name: str, url: str, path: Path, language: str) -> dict[str, Any]:
    """A page as the search knows it."""
    articles = html.parse(str(path), html.HTMLParser(encoding="utf-8")).xpath("//article")
    found = list(_sections(articles[0])) if articles and not name.endswith("search.html") else []
    entry = entries().get(name.removeprefix("zh/").removesuffix(".html") + ".md")
    return {
        "url": url,
        "title": found[0]["heading"] if found else "",
        "also": f"{entry.title(language)} {entry.also}" if entry else "",
        "weight": next((weight for start, weight in WEIGHTS.items() if name.startswith(start)), 1),
        "sections": found,
    }


def _sections(article: Any) -> Iterator[dict[str, str]]:
    """The sections of a page in order, each with the text that is not in a section below it, and entries of names."""
    for part in article.iter("section", "dt"):
        if part.tag == "dt":
            if part.get("id"):
                yield _section(part.get("id"), part.get("id"), [part, *part.itersiblings("dd")])
        elif (heading := next((child for child in part if child.tag in _HEADINGS), None)) is not None:
            title = "".join(_texts(heading)).replace("¶", "").strip()
            yield _section(part.get("id", ""), title, [part], heading)


def _section(anchor: str, heading: str, parts: list[Any], *without: Any) -> dict[str, str]:
    text = " ".join("".join(text for part in parts for text in _texts(part, *without)).split())
    named = (
        code.text_content()
        for part in parts
        for code in part.xpath("./div/table//tr/td[1]//code|./table//tr/td[1]//code")
    )
    return {"anchor": anchor, "heading": heading, "text": text, "keys": " ".join(named)}


def _texts(element: Any, *without: Any) -> Iterator[str]:
    """The texts of an element, leaving out what is in a section below, and links of headings."""
    if element.text:
        yield element.text
    for child in element:
        if child.tag in _BLOCKS:
            yield " "
        if isinstance(child.tag, str) and not _left_out(child, without):
            yield from _texts(child)
        if child.tag in _BLOCKS:
            yield " "
        if child.tail:
            yield child.tail


def _left_out(child: Any, without: tuple[Any, ...]) -> bool:
    return (
        child in without
        or child.tag in _SKIPPED
        or "headerlink" in child.get("class", "")
        or (child.tag == "section" and child.get("id") is not None)
        or (child.tag == "dl" and "py" in child.get("class", "").split())
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
