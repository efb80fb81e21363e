"""The profile of a customs district (关区配置): everything that is data about one area, as a value.

A profile is written in TOML (``docs/area-profiles.md``) and loaded by ``customs.areas.profile.loading``.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from customs.areas.profile.base import FactKind, Filled, ParcelDocument, ProfileName, ProfilePart, Said
from customs.rules.practice import Practice

if TYPE_CHECKING:
    from customs.areas.profile.expressions import FactName
    from customs.areas.profile.fields import FieldSpec, LocalEnvelope, LocalMessage
    from customs.areas.profile.gateway import Gateway
    from customs.areas.profile.receipts import ReceiptSpec
    from customs.areas.profile.rules import Condition, Rule

#: Matches the form of a customs code (关区代码): four digits, of which the first may be a letter.
CUSTOMS_CODE = re.compile("[0-9A-Z][0-9]{3}").fullmatch


class CodeMap(ProfilePart):
    """Codes of the area and of the standard: ``reads`` leads from local to canonical, ``writes`` says which local
    code is written.
    """

    reads: Mapping[str, str] = {}
    writes: Mapping[str, str] = {}
    table: str | None = None
    code_list: str | None = None

    @model_validator(mode="after")
    def _one_of(self) -> "CodeMap":
        if sum(map(bool, (self.reads, self.table, self.code_list))) != 1:
            raise PydanticCustomError("map", "needs one of `reads`, `table`, `code_list`")
        if self.writes and not self.reads:
            raise PydanticCustomError("map", "`writes` goes with `reads`")
        return self


class Parameter(ProfilePart):
    """A setting that the enterprise makes once, such as the number that a platform gave it."""

    zh: Filled
    en: Filled
    need: Literal["required", "optional"] = "required"
    default: str | None = None
    values: tuple[str, ...] = ()
    example: str = ""
    note: str = ""


class Numbering(ProfilePart):
    """A way to number enterprises; settings lead from an enterprise's customs code to its number there."""

    zh: Filled
    en: Filled
    pattern: str | None = None
    example: str = ""
    note: str = ""


class SecretSpec(ProfilePart):
    """A key or password that a gateway gave to the enterprise. Settings hold it; nothing ever shows it."""

    zh: Filled
    en: Filled
    note: str = ""


class LocalFact(ProfilePart):
    """A fact of a parcel or of a line of goods that goes beyond the standard."""

    zh: Filled
    en: Filled
    kind: FactKind = "text"
    values: tuple[str, ...] = ()
    code_list: str | None = None
    personal: bool = False


class AreaProfile(ProfilePart):
    """One area, whole. ``name`` is that of its folder.

    The parts of local formats are loaded with the first profile that is validated, since most parcels go by the
    unified edition, which has none.
    """

    name: str
    zh: Filled
    en: Filled
    confidence: Literal["high", "medium", "low"]
    sources: Annotated[tuple[Filled, ...], Field(min_length=1)]
    era: str = ""
    districts: tuple[str, ...] = ()
    sites: Mapping[str, str] = {}
    valid_from: date | None = None
    valid_to: date | None = None
    days: str = ""
    inherits: str | None = None
    open_to: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    takes_unified: tuple[str, ...] = ()
    declared_elsewhere: Mapping[ParcelDocument, Said] = {}
    gaps: tuple[str, ...] = ()
    practice: Practice = Practice()
    conditions: Mapping[str, "Condition"] = {}
    code_maps: Mapping[str, CodeMap] = {}
    parameters: Mapping[ProfileName, Parameter] = {}
    numberings: Mapping[ProfileName, Numbering] = {}
    secrets: Mapping[ProfileName, SecretSpec] = {}
    facts: Mapping[ProfileName, LocalFact] = {}
    goods_facts: Mapping[ProfileName, LocalFact] = {}
    messages: tuple["LocalMessage", ...] = ()
    envelopes: tuple["LocalEnvelope", ...] = ()
    rules: tuple["Rule", ...] = ()
    gateway: "Gateway | None" = None
    receipts: tuple["ReceiptSpec", ...] = ()
    state_maps: Mapping[str, Mapping[str, str]] = {}

    @classmethod
    def model_rebuild(cls, **options: Any) -> bool | None:
        """Resolve the parts of local formats; pydantic calls it before the first validation."""
        from customs.areas.profile import local_parts

        return super().model_rebuild(**{**options, "_types_namespace": vars(local_parts)})

    def __hash__(self) -> int:
        return hash(self.name)

    @property
    def codes(self) -> frozenset[str]:
        """The customs codes that lead to this area: whole districts and single offices."""
        return frozenset((*self.districts, *self.sites))

    def in_force(self, on: date) -> bool:
        """True if the profile resolves on that day; by its name it can be used on any."""
        return (self.valid_from or date.min) <= on <= (self.valid_to or date.max)

    def message(self, name: str) -> "LocalMessage":
        """The local message of that name. Raises ``LookupError``, whose text lists those that exist."""
        for each in self.messages:
            if each.name == name:
                return each
        raise LookupError(
            f"{self.name} has no message {name!r}; there are {', '.join(each.name for each in self.messages) or 'none'}"
        )

    def fields(self) -> "Iterator[tuple[LocalMessage, FieldSpec]]":
        """Every field of every message, in the order of the profile."""
        for message in self.messages:
            for _, spec, _ in message.fields():
                yield message, spec

    def facts_drawn_on(self) -> "Iterator[FactName]":
        """Every fact that messages, rules, conditions and the gateway draw on."""
        for message in self.messages:
            yield from message.facts()
        for rule in self.rules:
            yield from rule.facts
        for condition in self.conditions.values():
            yield from condition.facts
        yield from self.posted_facts()

    def posted_facts(self) -> "Iterator[FactName]":
        """Every fact that the gateway and the envelopes of its steps draw on."""
        if self.gateway is None:
            return
        yield from self.gateway.facts()
        used = {step.envelope for step in self.gateway.all_steps}
        for envelope in self.envelopes:
            if envelope.name in used:
                yield from envelope.facts()

    @property
    def asks_for_a_serial(self) -> bool:
        """True if a message, or the form in which it is posted, holds a serial number."""
        written = (fact for message in self.messages for fact in message.facts())
        return SERIAL in {*written, *self.posted_facts()}

    @property
    def posts_a_serial(self) -> bool:
        """True if a form holds a serial number whichever message it carries."""
        return SERIAL in set(self.posted_facts())


#: The fact that is the serial number of a message.
SERIAL = "message.serial"
