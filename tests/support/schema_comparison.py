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
    default: str | None
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


#: Elements and types declared at the top of a schema and of those that it includes, by ``element`` or ``type`` and
#: name.
Named = dict[tuple[str, str | None], etree._Element]


def declared(root: str, *schemas: etree._Element) -> dict[str, Declared]:
    """Everything that a schema, and those that it includes, declare below a root element, by path."""
    tops = [
        each
        for schema in schemas
        for each in schema.iterchildren(f"{XS}element", f"{XS}complexType", f"{XS}simpleType")
    ]
    named = {("element" if each.tag == f"{XS}element" else "type", each.get("name")): each for each in tops}
    return dict(_below(named["element", root], root.removesuffix("Message"), 0, named))


def _below(element: etree._Element, path: str, order: int, named: Named) -> Iterator[tuple[str, Declared]]:
    occurs = element.get("minOccurs", "1"), element.get("maxOccurs", "1")
    if element.tag == f"{XS}attribute":
        occurs = ("1" if element.get("use") == "required" else "0"), "1"
    target = named.get(("element", _local(element.get("ref"))), element)
    kind = _type(target, target.get("type"), named)
    extension = kind.find(f"{XS}simpleContent/{XS}extension")
    source, name = (target, target.get("type")) if extension is None else (extension, extension.get("base"))
    text = _type(source, name, named)
    restriction = text.find(f"{XS}restriction")
    stated = [] if restriction is None else [(str(each.tag)[len(XS) :], each.get("value", "")) for each in restriction]
    facets = tuple(sorted(each for each in stated if each != ("minLength", "0")))  # which says nothing
    base = restriction.get("base") if restriction is not None else name if text is source else None
    yield path, Declared(order, occurs, target.get("fixed"), target.get("default"), base, facets)
    for attribute in (kind if extension is None else extension).iterfind(f"{XS}attribute"):
        yield from _below(attribute, f"{path}@{attribute.get('name')}", 0, named)
    for position, child in enumerate(kind.findall(f"{XS}sequence/{XS}element"), 1):
        below = f"{path}/{child.get('name') or _local(child.get('ref'))}"
        if below.endswith("/ExtendMessage"):
            yield (
                below,
                Declared(position, (child.get("minOccurs", "1"), child.get("maxOccurs", "1")), None, None, None, ()),
            )
        else:
            yield from _below(child, below, position, named)


def _type(element: etree._Element, name: str | None, named: Named) -> etree._Element:
    """The type that an element names or holds, the element itself where it does neither."""
    held = next(element.iterchildren(f"{XS}complexType", f"{XS}simpleType"), element)
    return named.get(("type", _local(name)), held)


def _local(name: str | None) -> str | None:
    """A name without its prefix, None for one of XML Schema itself."""
    return None if name is None or name.startswith("xs:") else name.rpartition(":")[2]


def differences(official: dict[str, Declared], ours: dict[str, Declared]) -> Iterator[Difference]:
    """Every difference, in the order of the official schema."""
    for path, theirs in official.items():
        mine = ours.get(path)
        if mine is None:
            yield Difference(path, "element", "declared", "absent")
            continue
        for respect in ("order", "occurs", "fixed", "default", "base"):
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
        root = f"{path.stem}Message"
        mine = declared(root, etree.parse(path).getroot())
        side = next(each for each in sides if each.find(f"{XS}element[@name='{root}']") is not None)
        found[path.stem] = list(differences(declared(root, side), mine))
    return found


def compared_envelopes(official: Path, ours: Path) -> dict[str, list[Difference]]:
    """The differences of every form of the envelope, by form; the schemas of both nodes are taken together."""
    theirs = [etree.parse(path).getroot() for path in official.glob("*海关跨境[终传][端输]节点*.xsd")]
    mine = [etree.parse(path).getroot() for path in ours.glob("*-node.xsd")]
    forms = ("DxpMsg", "DxpRep", "DxpMsgSv")
    return {form: list(differences(declared(form, *theirs), declared(form, *mine))) for form in forms}


if __name__ == "__main__":
    folders = Path(sys.argv[1]), Path(sys.argv[2])
    for message, found in {**compared(*folders), **compared_envelopes(*folders)}.items():
        print(f"{message}: {len(found)} differences")  # noqa: T201
        for difference in found:
            print(f"  {difference}")  # noqa: T201
