"""Two schemas, element by element: names, order, occurrence, facets, fixed values, attributes.

Run with the two folders to print every difference: ``python tests/schema_comparison.py OFFICIAL_FOLDER OUR_FOLDER``.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

XS = "{http://www.w3.org/2001/XMLSchema}"


@dataclass(frozen=True)
class Declared:
    """What a schema says of one element or attribute at its place: order among its siblings, occurrence, type."""

    order: int
    occurs: tuple[str, str]
    fixed: str | None
    base: str | None
    facets: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Difference:
    """One difference: where, in which respect, what the two schemas say."""

    path: str
    respect: str
    official: str
    ours: str

    def __str__(self) -> str:
        return f"{self.path}: {self.respect}: official {self.official}, ours {self.ours}"


def declared(schema: etree._Element, message: str) -> dict[str, Declared]:
    """Everything that a schema declares below the root element of a message, by path."""
    named = {each.get("name"): each for each in schema.findall(f"{XS}element")}
    return dict(_below(named[f"{message}Message"], message, 0, named))


def _below(
    element: etree._Element, path: str, order: int, named: dict[str | None, etree._Element]
) -> Iterator[tuple[str, Declared]]:
    occurs = element.get("minOccurs", "1"), element.get("maxOccurs", "1")
    target = named.get((element.get("ref") or "").removeprefix("ceb:"), element)
    restriction = target.find(f"{XS}simpleType/{XS}restriction")
    stated = [] if restriction is None else [(str(each.tag)[len(XS) :], each.get("value", "")) for each in restriction]
    facets = tuple(sorted(each for each in stated if each != ("minLength", "0")))  # which says nothing
    base = target.get("type") if restriction is None else restriction.get("base")
    yield path, Declared(order, occurs, target.get("fixed"), base, facets)
    for attribute in target.iterfind(f"{XS}complexType/{XS}attribute"):
        yield from _below(attribute, f"{path}@{attribute.get('name')}", 0, {})
    children = target.findall(f"{XS}complexType/{XS}sequence/{XS}element")
    for position, child in enumerate(children, 1):
        name = child.get("name") or (child.get("ref") or "").rpartition(":")[2]
        if name == "ExtendMessage":
            yield f"{path}/{name}", Declared(position, (child.get("minOccurs", "1"), child.get("maxOccurs", "1")), None, None, ())
        else:
            yield from _below(child, f"{path}/{name}", position, named)


def differences(official: dict[str, Declared], ours: dict[str, Declared]) -> Iterator[Difference]:
    """Every difference, in the order of the official schema."""
    for path, theirs in official.items():
        mine = ours.get(path)
        if mine is None:
            yield Difference(path, "element", "declared", "absent")
            continue
        for respect in ("order", "occurs", "fixed", "base"):
            if getattr(theirs, respect) != getattr(mine, respect):
                yield Difference(path, respect, str(getattr(theirs, respect)), str(getattr(mine, respect)))
        one, other = dict(theirs.facets), dict(mine.facets)
        for facet in sorted(one.keys() | other.keys()):
            if one.get(facet) != other.get(facet):
                yield Difference(path, facet, one.get(facet, "none"), other.get(facet, "none"))
    for path in ours.keys() - official.keys():
        yield Difference(path, "element", "absent", "declared")


def compared(official: Path, ours: Path) -> dict[str, list[Difference]]:
    """The differences of every message, by message."""
    sides = [etree.parse(path).getroot() for path in sorted(official.glob("*业务节点*.xsd"))]
    found = {}
    for path in sorted(ours.glob("CEB*.xsd")):
        mine = declared(etree.parse(path).getroot(), path.stem)
        side = next(each for each in sides if each.find(f"{XS}element[@name='{path.stem}Message']") is not None)
        found[path.stem] = list(differences(declared(side, path.stem), mine))
    return found


if __name__ == "__main__":
    for message, found in compared(Path(sys.argv[1]), Path(sys.argv[2])).items():
        print(f"{message}: {len(found)} differences")  # noqa: T201
        for difference in found:
            print(f"  {difference}")  # noqa: T201
