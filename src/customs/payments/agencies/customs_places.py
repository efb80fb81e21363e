"""Places of customs as the payment agencies name them (报关口岸): which to ask for a customs district, and in how many
calls.

The rows are in ``customs_places.toml`` with source and state. Inspection had separate calls until it joined customs in
2018: a call for such a place is followed by one for customs.

>>> [each.code for each in places_in_order("wechat", "GUANGZHOU_NS_GJ")]
['GUANGZHOU_NS_GJ', 'GUANGZHOU_ZS']
>>> [each.code for each in places_in_order("alipay", "TIANJIN", newest=True)]
['ZONGSHU']
>>> route = places_for("alipay", "3105")
>>> route.basis.value, [each.code for each in route.places]
('named', ['NINGBO'])
"""

import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, Protocol, TypeVar, get_args

from customs.codes import code_list

Agency = Literal["wechat", "alipay"]
Generation = Literal["current", "newer", "mid", "older", "legacy"]

#: What ``merchant`` says where no number is asked for, and where it is that of the customs registration.
_NO_NUMBER, _CUSTOMS_CODE = "none", "customs code of 10 characters"

#: All customs districts together: no place of work.
_EVERYWHERE = "0000"


class UnknownPlaceError(LookupError):
    """The agency has no such place, or it cannot be asked for. The text lists the places that exist."""


@dataclass(frozen=True, slots=True)
class Place:
    """One place of an agency. ``state`` says which revision of the list has it, ``now`` what replaced it there.

    ``calls`` are the codes to ask with, in order. ``merchant`` says which number the merchant gives, empty if unknown.
    """

    agency: Agency
    code: str
    zh: str
    state: Generation
    confidence: str
    calls: tuple[str, ...]
    merchant: str = ""
    now: str = ""
    districts: tuple[str, ...] = ()
    note: str = ""

    @property
    def needs_merchant_number(self) -> bool:
        """True if the merchant's customs number must be given."""
        return self.merchant != _NO_NUMBER

    @property
    def takes_customs_code(self) -> bool:
        """True if the number is the customs code of 10 characters, not a number that the place assigned."""
        return self.merchant == _CUSTOMS_CODE


@dataclass(frozen=True, slots=True)
class AboutPlaces:
    """The source of a list of places, its state, and the places that serve every district it does not name."""

    zh: str
    en: str
    source: str
    state: str
    generic: tuple[str, ...]


class Basis(Enum):
    """The basis of a route."""

    #: The newest list that is known names the area.
    NAMED = "named"
    #: Only an earlier revision names it: ask the agency whether it still holds.
    OLDER = "older"
    #: The list does not name it; it says what all other areas of the unified system use.
    GENERIC = "generic"
    #: The lists do not say.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Route:
    """The places of an agency that serve a customs district; none if that is unknown."""

    basis: Basis
    places: tuple[Place, ...] = ()


@cache
def _rows() -> Mapping[str, Any]:
    text = files("customs.payments.agencies").joinpath("customs_places.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def about(agency: Agency) -> AboutPlaces:
    """Return source and state of an agency's list.

    >>> about("alipay").zh
    '支付宝'
    """
    row = _rows()[agency]
    return AboutPlaces(row["zh"], row["en"], row["source"], row["state"], tuple(row["generic"]))


@cache
def places_of(agency: Agency) -> Mapping[str, Place]:
    """Return all places of an agency by code."""
    return MappingProxyType({row["code"]: _place(agency, row) for row in _rows()[agency]["places"]})


def _place(agency: Agency, row: dict[str, Any]) -> Place:
    several = {"calls": tuple(row.get("calls", (row["code"],))), "districts": tuple(row.get("districts", ()))}
    return Place(agency=agency, **{**row, **several})


def place(agency: Agency, code: str) -> Place:
    """Return a place to ask for. Raises ``UnknownPlaceError``, also for a value that only old answers hold."""
    known = {each: found for each, found in places_of(agency).items() if found.state != "legacy"}
    if code not in known:
        raise UnknownPlaceError(
            f"{about(agency).en} has no area of that code to ask with; known are {', '.join(known)}"
        )
    return known[code]


def places_in_order(agency: Agency, code: str, *, newest: bool = False) -> tuple[Place, ...]:
    """Return the places to ask for, one call each, in order. Raises ``UnknownPlaceError``.

    ``newest`` takes what the newest list has in its place. The default stays with the edition that knows the code.
    """
    found = place(agency, code)
    calls = (found.now,) if newest and found.now else found.calls
    return tuple(place(agency, each) for each in calls)


class Asks(Protocol):
    """A request to an agency, for one place."""

    @property
    def agency(self) -> Agency:
        """The agency that it is for."""
        ...

    @property
    def place(self) -> str:
        """Code of the place."""
        ...


R = TypeVar("R", bound=Asks)


def calls_for(agency: Agency, code: str, fill: Callable[[Place], R], *, newest: bool = False) -> tuple[R, ...]:
    """Return the requests of one declaration in the order of sending; send each once the one before it has succeeded.

    ``fill`` makes the request for a place: each has its own merchant number, with Alipay its own request number too.
    Raises ``UnknownPlaceError``, and ``ValueError`` for a request that was made for another agency or place.
    """
    requests = []
    for each in places_in_order(agency, code, newest=newest):
        request = fill(each)
        if (request.agency, request.place) != (agency, each.code):
            raise ValueError(
                f"the request for {agency} {each.code} names another agency or place: fill it with the place that is given"
            )
        requests.append(request)
    return tuple(requests)


def places_for(agency: Agency, district: str) -> Route:
    """Return the places that serve a customs district or site of the code list.

    A site goes before its district; a district of which only sites are named is unknown. Names were matched with the
    code list by this library; the agencies themselves give no district codes.

    >>> places_for("wechat", "4600").basis, places_for("wechat", "9999").basis
    (<Basis.UNKNOWN: 'unknown'>, <Basis.UNKNOWN: 'unknown'>)
    """
    known = code_list("districts").get(district)
    if known is None or district == _EVERYWHERE:
        return Route(Basis.UNKNOWN)
    for code in (district, known.district):
        named = tuple(each for each in places_of(agency).values() if code and code in each.districts)
        if named:
            return Route(Basis.NAMED if all(each.state == "current" for each in named) else Basis.OLDER, named)
    if district in _districts_with_named_sites(agency):
        return Route(Basis.UNKNOWN)
    return Route(Basis.GENERIC, tuple(place(agency, each) for each in about(agency).generic))


def places_of_codes(codes: Iterable[str]) -> dict[Agency, dict[str, list[str]]]:
    """The names that each agency has for customs codes, and the codes behind each; an agency is left out where there
    are no codes.
    """
    found: dict[Agency, dict[str, list[str]]] = {}
    for agency in get_args(Agency):
        for code in sorted(codes):
            names = " or ".join(each.code for each in places_for(agency, code).places) or "not known"
            found.setdefault(agency, {}).setdefault(names, []).append(code)
    return found


@cache
def _districts_with_named_sites(agency: Agency) -> frozenset[str]:
    districts = code_list("districts")
    return frozenset(districts[code].district for each in places_of(agency).values() for code in each.districts)
