"""Settings and local facts (设置与本地字段): findings for settings that are missing, and for local facts that are malformed
or unknown.
"""

from difflib import get_close_matches
from functools import cache

from customs.areas.area import Area, Missing, kept
from customs.areas.messages.parcel_facts import ParcelFacts
from customs.areas.profile.facts import fact_named, local_facts
from customs.areas.profile.gateway import Gateway
from customs.areas.profile.model import AreaProfile
from customs.areas.registry import find, names
from customs.rules import Finding, catalogue


def check_settings(area: Area) -> list[Finding]:
    """A finding for each setting that the form of the gateway needs and that is not set; none where its secrets are
    missing, since then there is no form.
    """
    gateway = area.profile.gateway
    return list(_gateway_settings(area, gateway)) if gateway and gateway.form and not area.missing_secrets else []


# Settings


@kept
def _gateway_settings(area: Area, gateway: Gateway) -> tuple[Finding, ...]:
    posted = set(area.profile.posted_facts())
    found = [
        _setting_missing(area, f"parameters.{name}", f"{parameter.zh} {name}")
        for name, parameter in area.profile.parameters.items()
        if f"parameter.{name}" in posted and parameter.need == "required" and not area.parameter(name)
    ]
    if area.serials is None and area.profile.posts_a_serial:
        found.append(serials_missing(area))
    return tuple(found)


def _setting_missing(area: Area, setting: str, shown: str) -> Finding:
    return catalogue.AREA_SETTING_MISSING.at(f"settings.{setting}", area=area.profile.zh, name=shown, setting=setting)


def secret_missing(area: Area, missing: Missing) -> Finding:
    """The finding for a secret that is not set."""
    return catalogue.AREA_SETTING_MISSING.at(
        "settings.secrets",
        area=area.profile.zh,
        name=f"{missing.zh} {missing.name}",
        setting=f"secrets.{missing.name}",
    )


def serials_missing(area: Area) -> Finding:
    """The finding for serial numbers that have no source."""
    return _setting_missing(area, "serials", "序号来源 serials")


# Local facts


def local_findings(area: Area, parcel: ParcelFacts) -> list[Finding]:
    """Findings for local facts that do not have the form of their kind, and for those that no area has."""
    found = [_malformed(area.profile, path) for path in parcel.malformed]
    return found + [finding for path in parcel.unknown if (finding := _unknown(path))]


def _malformed(profile: AreaProfile, path: str) -> Finding:
    name = path.rpartition(".")[2]
    found = fact_named(f"{'goods' if path.startswith('order.lines') else 'local'}.{name}", profile)
    return catalogue.AREA_FACT_FORM.at(
        path, area=profile.zh, name=f"{found.zh} {name}", allowed_zh=found.allowed.zh, allowed=found.allowed.en
    )


def _unknown(path: str) -> Finding | None:
    """A local fact that no known area has is probably misspelt; those of other areas are not this one's business."""
    name, known = path.rpartition(".")[2], _all_local_facts()
    if name in known:
        return None
    near = next(iter(get_close_matches(name, sorted(known), n=1, cutoff=0.75)), "")
    hints = (f"，最接近的是 {near}", f", the nearest is {near}") if near else ("", "")
    return catalogue.AREA_FACT_UNKNOWN.at(path, name=name, hint_zh=hints[0], hint=hints[1])


@cache
def _all_local_facts() -> frozenset[str]:
    """The local facts of all areas."""
    profiles = map(find, names())
    return frozenset(
        name for profile in profiles for section in ("local", "goods") for name in local_facts(profile, section)
    )
