"""The anchors of headings: English on both sites, so that a link and the switch of languages keep their place.

A Chinese page has the headings of the English one, one for one. Its k-th heading has the anchor of the k-th there.
"""

import re
from collections import deque
from pathlib import Path

_FENCED = re.compile(r"^(?P<fence>\s*`{3,}|\s*~{3,}).*?^(?P=fence)\s*$", re.DOTALL | re.MULTILINE)
_HEADING = re.compile(r"^#{1,4} (.+)$", re.MULTILINE)

#: The anchors of the page that is read, from its next heading on.
_next: deque[str] = deque()


def headings(page: Path) -> list[str]:
    """The headings of a page in order."""
    return _HEADING.findall(_FENCED.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> list[str]:
    """The anchors of a page's headings, as code hosts make them; the second of a name has ``-1`` at its end."""
    found: list[str] = []
    for heading in headings(page):
        anchor = made_of(heading)
        times = sum(other == anchor or re.fullmatch(rf"{re.escape(anchor)}-\d+", other) is not None for other in found)
        found.append(f"{anchor}-{times}" if anchor in found else anchor)
    return found


def made_of(heading: str) -> str:
    """The anchor of a heading."""
    return re.sub(r"[^\w\s-]", "", re.sub(r"\]\([^)]*\)", "", heading)).strip().lower().replace(" ", "-")


def begin(english: Path | None) -> None:
    """Take the anchors of an English page for the headings that are read next."""
    _next.clear()
    if english:
        _next.extend(anchors(english))


def slug(title: str) -> str:
    """The anchor of the heading that is read."""
    return _next.popleft() if _next else made_of(title)
