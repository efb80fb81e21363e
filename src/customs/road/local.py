"""The road through an area with messages of its own (地方报文): the facts of a parcel, what the area says of them, its messages.

The unified edition has none, and its parcels pass by here untouched. A parcel may go to several areas at once, such as customs and
inspection; each judges it for itself, and one that refuses keeps back its own messages alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from customs import areas
from customs.areas import Area
from customs.areas.checks import check_day, check_parcel
from customs.areas.columns import columns_of, getter
from customs.areas.facts import facts_of
from customs.areas.gateway import GatewayError, missing_secrets
from customs.areas.profile import LocalMessage
from customs.areas.rendering import render
from customs.areas.sources import source
from customs.declaration import Declaration
from customs.documents.base import DOCUMENTS_IN_A_MESSAGE
from customs.fields.base import Clock
from customs.road.results import DOCUMENTS, KINDS, DocumentName, Outgoing, Prepared
from customs.road.sources import Guids
from customs.rules import Finding, catalogue

#: Business keys of a parcel's documents, by its position in the stream.
Keys = Mapping[int, Mapping[DocumentName, tuple[str, ...]]]


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


def _judged(area: Area, parcel: Prepared, declaration: Declaration, on: date) -> list[Finding]:
    findings = check_day(area.profile, on)
    if area.profile.messages or area.profile.rules:
        assert parcel.documents is not None, "only parcels with documents come here"
        facts = facts_of(area, declaration, parcel.documents, parcel.assessment)
        findings += check_parcel(area, facts)
        if not any(each.is_error for each in findings):
            parcel.facts[area.name] = facts
    return findings


def _notes(area: Area, place: str, on: date) -> Iterator[Finding]:
    profile = area.profile
    for document, why in profile.declared_elsewhere.items():
        title = next((kind.title for name, kind in KINDS.items() if name == document), document)
        yield catalogue.AREA_ELSEWHERE.at("", area=profile.zh, title=title, document=document.replace("_", " "), why=why.rstrip("."))
    for name in profile.beside:
        other = areas.find(name)
        if other.in_force(on) and place in other.codes and name not in {each.name for each in area.beside}:
            yield catalogue.AREA_BESIDE.at("", area=profile.zh, other=f"{other.zh} ({name})")
    if profile.gateway and profile.gateway.form:
        for secret in missing_secrets(area):
            yield catalogue.NOT_WRAPPED.at("settings.secrets", area=profile.zh, secret=f"{secret.zh} secrets.{secret.name}")


def parcels_in_a_group(area: Area) -> int:
    """How many parcels are sent together at most."""
    if area.profile.unified:
        return DOCUMENTS_IN_A_MESSAGE
    return max((each.batch for each in _sent(area)), default=1)


def _sent(area: Area) -> list[LocalMessage]:
    return [each for each in area.profile.messages if each.with_a_parcel]


def shared_heads(area: Area, parcel: Prepared) -> Iterator[str]:
    """What parcels have to have in common to stand in one message: the texts that stand in it once."""
    for each in (area, *area.beside):
        facts = parcel.facts.get(each.name)
        if facts is None:
            continue
        for message in _sent(each):
            for column in columns_of(each, message) if message.batch > 1 else ():
                found = column.source
                if column.level == "message" and column.constant is None and found and found.section not in ("message", "step"):
                    value = None if column.spec.total else column.value(facts, {})
                    yield "" if value is None else column.write(value)
        for rule in each.profile.rules:
            for name in rule.same_in_batch or ():
                yield str(getter(source(name, each.profile))(facts, {}))


def send(
    area: Area, parcels: Sequence[Prepared], keys: Keys, *, clock: Clock, guids: Guids
) -> list[Outgoing]:
    """The local messages of parcels that go together, noted with each; parcels that an area refused are not in its messages."""
    messages: list[Outgoing] = []
    for each in (area, *area.beside):
        for message in _sent(each):
            admitted = [parcel for parcel in parcels if each.name in parcel.facts]
            for start in range(0, len(admitted), message.batch):
                messages += _one(each, message, admitted[start : start + message.batch], keys, clock, guids, main=each is area)
    for parcel in parcels:
        parcel.facts = {}
    return messages


def _one(
    area: Area, message: LocalMessage, parcels: Sequence[Prepared], keys: Keys, clock: Clock, guids: Guids, *, main: bool
) -> Iterator[Outgoing]:
    try:
        made = render(area, message, [parcel.facts[area.name] for parcel in parcels], time=clock(), guid=guids())
    except GatewayError as error:
        failed = catalogue.GATEWAY_FAILED.at("", area=area.profile.zh, message=message.name, reason=error)
        for parcel in parcels:
            (parcel.findings if main else parcel.beside[area.name]).append(failed)
        return
    documents = tuple(name for name in DOCUMENTS if name in message.documents)
    positions = tuple(parcel.position for parcel in parcels)
    outgoing = Outgoing(
        made.message, documents, made.guid, made.content, False, tuple(keys[each][documents[0]] for each in positions), positions,
        made.file_name, area.name, made.form,
    )  # fmt: skip
    for parcel in parcels:
        parcel.messages.append(outgoing)
    yield outgoing


def note(parcels: Sequence[Prepared], finding: Finding) -> None:
    """The same finding with each parcel."""
    for parcel in parcels:
        parcel.findings.append(finding)
