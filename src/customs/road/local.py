"""Areas on the road (关区): their checks of a parcel beyond the rules of the unified edition.

A parcel may go to several areas at once, such as customs and inspection. Each checks it on its own, and an area that
refuses it holds back only its own messages. Most findings of an area depend on the day and the customs district
alone: they are found once.
"""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from customs import areas
from customs.areas import Area
from customs.areas import messages as local
from customs.areas.area import check_day
from customs.areas.profile.model import CUSTOMS_CODE
from customs.areas.registry import UNIFIED
from customs.declaration import Declaration
from customs.documents import ParcelDocuments
from customs.road.results import KINDS
from customs.rules import Finding, catalogue
from customs.tax import TaxAssessment

if TYPE_CHECKING:
    from customs.areas.messages import ParcelFacts


class Judged(NamedTuple):
    """The findings of one area on a parcel, and the values for its own messages: None if it refused the parcel."""

    area: Area
    findings: tuple[Finding, ...]
    refused: bool
    """True if any finding is an error."""
    values: "ParcelFacts | None" = None


class District(NamedTuple):
    """The findings that hold for every parcel of a run at one customs district."""

    areas: tuple[Judged, ...]
    """The areas that check its parcels, the run's own first, with their findings on the day and on their settings."""
    notes: tuple[Finding, ...]
    judges: bool
    """True if an area has messages or rules of its own, and so checks each parcel."""


class Districts(dict[str, District]):
    """The districts of a run by customs code. Each is added when its first parcel comes."""

    def __init__(self, area: Area, on: date) -> None:
        super().__init__()
        self._area, self._on = area, on

    def __missing__(self, place: str) -> District:
        area, on = self._area, self._on
        open_here = [each for each in area.beside if _is_open(each, place, on)]
        notes = [
            *_notes(area, place, on),
            *(_not_here(each, place, on) for each in area.beside if each not in open_here),
        ]
        here = (area, *open_here)
        judged = tuple(_told(each, _before_parcels(each, on)) for each in here)
        self[place] = found = District(judged, tuple(notes), judges=any(_judges(each) for each in here))
        return found


def judge(
    district: District, declaration: Declaration, documents: ParcelDocuments, assessment: TaxAssessment
) -> tuple[Judged, ...]:
    """Return the findings of each area of the district on a parcel with its documents and its tax."""
    found = []
    for known in district.areas:
        area = known.area
        if _judges(area):
            values = local.facts_of(area, declaration, documents, assessment)
            found.append(_told(area, (*known.findings, *local.check_parcel(area, values)), values))
        else:
            found.append(known)
    return tuple(found)


def _before_parcels(area: Area, on: date) -> tuple[Finding, ...]:
    """Return the findings on the day and on the settings."""
    return (*check_day(area.profile, on), *(local.check_settings(area) if area.profile.gateway else ()))


def _judges(area: Area) -> bool:
    return bool(area.profile.messages or area.profile.rules)


def _told(area: Area, findings: tuple[Finding, ...], values: "ParcelFacts | None" = None) -> Judged:
    told = tuple(dict.fromkeys(findings))
    refused = any(each.is_error for each in told)
    return Judged(area, told, refused, None if refused else values)


def _is_open(area: Area, place: str, on: date) -> bool:
    return area.profile.in_force(on) and (not area.profile.codes or place in area.profile.codes)


def _not_here(area: Area, place: str, on: date) -> Finding:
    return catalogue.AREA_NOT_HERE.at("", area=area.profile.zh, name=area.name, place=place, day=on)


def _notes(area: Area, place: str, on: date) -> Iterator[Finding]:
    profile = area.profile
    if profile.codes and place not in profile.codes:
        known = " ".join(sorted(profile.codes))
        right = areas.of(place, on=on).name if CUSTOMS_CODE(place) else UNIFIED
        yield catalogue.AREA_OTHER_OFFICE.at(
            "clearance.customs_code", area=profile.zh, name=profile.name, code=place, known=known, right=right
        )
    beside = {message for other in area.beside for message in other.profile.takes_unified}
    for document, why in profile.declared_elsewhere.items():
        if any(kind.message in beside for name, kind in KINDS.items() if name == document):
            continue
        title = next((kind.title for name, kind in KINDS.items() if name == document), document)
        yield catalogue.AREA_ELSEWHERE.at(
            "", area=profile.zh, title=title, document=document.replace("_", " "), why_zh=why.zh, why=why.en
        )
    for name in profile.beside:
        other = areas.find(name)
        if other.in_force(on) and place in other.codes and name not in {each.name for each in area.beside}:
            yield catalogue.AREA_BESIDE.at("", area=profile.zh, other=f"{other.zh} ({name})")
    if profile.gateway and profile.gateway.form:
        for secret in area.missing_secrets:
            yield catalogue.NOT_WRAPPED.at(
                "settings.secrets", area=profile.zh, secret=f"{secret.zh} secrets.{secret.name}"
            )
