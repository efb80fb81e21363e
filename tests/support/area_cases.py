"""What the tests of areas share: parcels on their way to local messages, and the cases of the published samples."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import cycle
from pathlib import Path
from typing import Any

from lxml import etree

from customs import areas
from customs.areas import Area, AreaProfile
from customs.areas.messages.parcel_facts import ParcelFacts, facts_of
from customs.declaration import Declaration
from customs.road.building import build
from customs.tax import Rates, TaxAssessment, assess, from_rows
from support import ROOT

CASES = sorted((ROOT / "tests" / "areas" / "samples").glob("*.json"))

#: The goods of the samples, with VAT of 13 % and no consumption tax, and those of older ones without a code of today.
RATES = from_rows(
    {
        "hs_code": code, "name": "test", "legal_unit1": "035", "legal_unit2": "", "vat": "standard", "consumption": "",
        "valid_from": "2012-01-01", "valid_to": "", "as_of": "2026-01-01", "source": "fictitious",
    }
    for code in ("19011010", "3304990039")
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """One published sample: the declaration and the settings that lead to it."""

    sample: str
    profile: AreaProfile
    area: Area
    message: str
    clock: datetime
    on: date
    guids: tuple[str, ...]
    declaration: Declaration
    not_derived: dict[str, str]

    def facts(self) -> ParcelFacts:
        return facts_on_the_way(self.area, self.declaration, self.on, self.clock, self.guids)


def facts_on_the_way(
    area: Area,
    declaration: Declaration,
    on: date,
    clock: datetime,
    guids: tuple[str, ...] = (),
    *,
    rates: Rates | None = RATES,
) -> ParcelFacts:
    """The facts of a parcel once it is taxed and its documents are built."""
    assessment: TaxAssessment = assess(declaration, on=on, rates=rates)
    given = cycle(guids or ["00000000-0000-4000-8000-000000000001"])
    documents, findings = build(declaration, tax=assessment.due, on=on, app_time=clock, guids=lambda: next(given))
    assert documents, findings
    return facts_of(area, declaration, documents, assessment)


def case_of(path: Path) -> Case:
    data = json.loads(path.read_text(encoding="utf-8"))
    profile = areas.find(data["profile"])
    serials = cycle(data["serials"])
    return Case(
        sample=data["sample"],
        profile=profile,
        area=areas.configure(profile, **data["settings"], serials=lambda: next(serials)),
        message=data["message"],
        clock=datetime.fromisoformat(data["clock"]),
        on=date.fromisoformat(data["on"]),
        guids=tuple(data["guids"]),
        declaration=Declaration.model_validate(data["declaration"]),
        not_derived=data["not_derived"],
    )


def flat(content: bytes) -> list[tuple[str, str]]:
    """A message as the list of its leaves, each with its path below the root, in order; attributes as well."""
    if content.lstrip()[:1] == b"{":
        return list(_flat_json(json.loads(content), ""))
    root = etree.fromstring(content[content.find(b"<") :])
    attributes = [(f"@{name}", str(value)) for name, value in sorted(root.attrib.items())]
    return [("", str(root.tag)), *attributes, *_flat_xml(root, "")]


def _flat_xml(element: etree._Element, above: str) -> Iterator[tuple[str, str]]:
    for child in element.iterchildren(etree.Element):
        path = f"{above}/{etree.QName(child).localname}".removeprefix("/")
        if len(child):
            yield path, ""
            yield from _flat_xml(child, path)
        else:
            yield path, (child.text or "").strip()


def _flat_json(value: dict[str, Any], above: str) -> Iterator[tuple[str, str]]:
    for name, below in value.items():
        path = f"{above}/{name}".removeprefix("/")
        for each in below if isinstance(below, list) else [below]:
            if isinstance(each, dict):
                yield path, ""
                yield from _flat_json(each, path)
            else:
                yield path, str(each)
