"""The road through an area with messages of its own (地方报文): the facts of a parcel, what the area says of them, its messages.

The unified edition has none, and its parcels pass by here untouched. A parcel may go to several areas at once, such as customs and
inspection; each judges it for itself, and one that refuses keeps back its own messages alone.
"""

from collections.abc import Iterator
from datetime import date

from customs import areas
from customs.areas import Area
from customs.areas.gateway.forms import missing_secrets
from customs.areas.messages.checks import check_day, check_parcel, check_settings
from customs.areas.messages.facts import facts_of
from customs.areas.profile.model import CUSTOMS_CODE
from customs.areas.registry import UNIFIED
from customs.declaration import Declaration
from customs.road.results import KINDS, Prepared
from customs.rules import Finding, catalogue


def localise(area: Area, parcel: Prepared, declaration: Declaration, *, on: date) -> None:
    """Note with the parcel what its areas draw on, and what they say; its documents have been built."""
    assert parcel.documents is not None, "only parcels with documents come here"
    place = declaration.clearance.customs_code
    own = _judged(area, parcel, declaration, on)
    parcel.findings += own
    parcel.findings += _notes(area, place, on)
    for other in area.beside:
        if other.profile.in_force(on) and (not other.profile.codes or place in other.profile.codes):
            parcel.beside[other.name] = _judged(other, parcel, declaration, on)
        else:
            parcel.findings.append(
                catalogue.AREA_NOT_HERE.at("", area=other.profile.zh, name=other.name, place=place, day=on)
            )


def _judged(area: Area, parcel: Prepared, declaration: Declaration, on: date) -> list[Finding]:
    findings = [*check_day(area.profile, on), *check_settings(area)]
    if area.profile.messages or area.profile.rules:
        assert parcel.documents is not None, "only parcels with documents come here"
        facts = facts_of(area, declaration, parcel.documents, parcel.assessment)
        findings += check_parcel(area, facts)
        if not any(each.is_error for each in findings):
            parcel.facts[area.name] = facts
    return list(dict.fromkeys(findings))


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
        for secret in missing_secrets(area):
            yield catalogue.NOT_WRAPPED.at(
                "settings.secrets", area=profile.zh, secret=f"{secret.zh} secrets.{secret.name}"
            )
