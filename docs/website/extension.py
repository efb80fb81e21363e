"""What the site adds to Sphinx: navigation from one file, two languages that know each other, Chinese set as Chinese."""

import re
from posixpath import normpath
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from website import anchors, reference
from website.navigation import DOCS, folder, trees

from customs.fields import Record

#: A link of Markdown to a page.
_LINK = re.compile(r"\]\((?P<path>[^()\s:]+)\.md(?P<anchor>#[^()\s]*)?\)")

_HAN = "\u2014\u2018-\u201d\u2026\u3000-\u303f\u3400-\u9fff\uff00-\uffef"
#: A line's end between two characters of Chinese, which sets no space.
_BROKEN = re.compile(rf"(?<=[{_HAN}])\n(?=[{_HAN}])")


def language_of(app: Sphinx) -> str:
    """The language of the site that is built."""
    return "zh" if app.tags.has("zh") else "en"


def add_trees(app: Sphinx, name: str, source: list[str]) -> None:
    """Give a page the trees of the navigation, and lead its links out of its own site."""
    language = language_of(app)
    anchors.begin(DOCS / f"{name}.md" if language == "zh" else None)
    if not (folder(language) / f"{name}.md").is_file():
        return
    if language == "zh":
        source[0] = _LINK.sub(lambda found: _outward(name, found), source[0])
    source[0] += trees(f"{name}.md", language)


def _outward(name: str, found: re.Match[str]) -> str:
    """A link of a Chinese page; to a page that has no Chinese it leads into the English site."""
    target = normpath(f"zh/{name}/../{found['path']}")
    english = target.removeprefix("zh/")
    if (target.startswith("zh/") and (DOCS / f"{target}.md").is_file()) or not (DOCS / f"{english}.md").is_file():
        return found[0]
    return f"](site:{'../' * (name.count('/') + 1)}{english}.html{found['anchor'] or ''})"


def set_lines(app: Sphinx, document: nodes.document) -> None:
    """Take the space out of Chinese lines that go on, put the anchors at headings, the scheme off links elsewhere."""
    for text in list(document.findall(nodes.Text)):
        if not isinstance(text.parent, nodes.literal_block) and (joined := _BROKEN.sub("", text)) != text:
            text.parent.replace(text, nodes.Text(joined))
    for section in document.findall(nodes.section):
        if (anchor := section.get("slug")) in section["ids"]:
            section["ids"] = [anchor, *(each for each in section["ids"] if each != anchor)]
    for link in document.findall(nodes.reference):
        if link.get("refuri", "").startswith("site:"):
            link["refuri"] = link["refuri"].removeprefix("site:")


#: What a value annotated with a term of the standard is in Python.
_PLAIN = {"Code": "str", "Text": "str", "Fixed": "str", "Decimals": "Decimal", "Moment": "datetime", "Day": "date"}
_TERM = re.compile(rf"(?P<before>.*?)~?(?P<term>{'|'.join(_PLAIN)})\(wire=.*\)\]", re.DOTALL)


def shorten_types(app: Sphinx, document: nodes.document) -> None:
    """Name the plain type of an attribute where its annotation is a whole term of the standard."""
    for annotation in list(document.findall(addnodes.desc_annotation)):
        if found := _TERM.match(annotation.astext()):
            plain = f"{found['before'].partition('Annotated')[0]}{_PLAIN[found['term']]}"
            annotation.children = [nodes.Text(plain)]


def shorten_signature(
    app: Sphinx, what: str, name: str, thing: object, options: object, signature: str | None, result: str | None
) -> tuple[str | None, str | None]:
    """Name the plain types in a signature; the fields of records are in the tables of their pages."""
    if isinstance(thing, type) and issubclass(thing, Record):
        return "", None
    return _plain(signature), _plain(result)


def _plain(text: str | None) -> str | None:
    return _ANNOTATED.sub(r"\1", text) if text else text


_ANNOTATED = re.compile(r"~?typing\.Annotated\[(\w+), ~?[\w.]+\(wire=[^()]*(?:\([^()]*\)[^()]*)*\)\]")


def name_the_other_language(app: Sphinx, name: str, template: str, context: dict[str, Any], tree: object) -> None:
    """Tell a page's template its language, and where the page stands in the other one."""
    language, root = language_of(app), context.get("content_root", "")
    there = name == "search" or (folder("en" if language == "zh" else "zh") / f"{name}.md").is_file()
    page = name if there else "index"
    context["site_language"] = language
    context["other_page"] = f"{root}../{page}.html" if language == "zh" else f"{root}zh/{page}.html"


def leave_search_to_the_site(app: Sphinx) -> None:
    """Keep Sphinx from making its own index: ``website.search_data`` makes one of the finished pages."""
    app.builder.search = False  # type: ignore[attr-defined, unused-ignore]
    if language_of(app) == "en":
        reference.write(DOCS / "api")


def setup(app: Sphinx) -> dict[str, Any]:
    """Connect all of this."""
    app.connect("builder-inited", leave_search_to_the_site)
    app.connect("source-read", add_trees)
    app.connect("doctree-read", set_lines, priority=100)  # before tables of contents take the anchors
    app.connect("doctree-read", shorten_types)
    app.connect("autodoc-process-signature", shorten_signature)
    app.connect("html-page-context", name_the_other_language)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
