"""The local facts that an area asks for (地方字段需求): in which messages and rules each is used, and how much it is needed.

>>> from customs.areas.registry import find
>>> found = needed_facts(find("ningbo_kjb2c"))[1]
>>> found.name, found.need, found.used_by
('local.discount_note', 'required', ('cnec_jh_order',))
"""

from collections.abc import Iterator
from dataclasses import dataclass

from customs.areas.profile.base import Need
from customs.areas.profile.expressions import FactName
from customs.areas.profile.facts import Fact, fact_named
from customs.areas.profile.fields import FieldSpec
from customs.areas.profile.model import AreaProfile

#: How sure it is that something is asked for, from the strongest.
_STRONGEST_FIRST: tuple[Need, ...] = ("required", "observed", "optional", "unknown")


#: The need of a fact without which a rule is broken.
_OF_RULES: dict[str, Need] = {"error": "required", "warning": "observed"}


@dataclass(frozen=True, slots=True)
class NeededFact:
    """A local fact, given under ``local`` of a parcel or of its lines: its strongest need, and the messages and rules
    that use it.

    ``when`` names the conditions under which it is needed; None if it always is.
    """

    fact: Fact
    need: Need
    when: str | None
    used_by: tuple[str, ...]

    @property
    def name(self) -> FactName:
        """The name of the fact, such as ``local.sender_city``."""
        return self.fact.name


@dataclass(frozen=True, slots=True)
class _Use:
    """A use of a fact: by which message or rule, how much it is needed there, under which condition."""

    by: str
    need: Need
    when: str | None


def needed_facts(profile: AreaProfile) -> list[NeededFact]:
    """The local facts that an area asks for: those of the parcel before those of its lines, the needed ones first."""
    uses: dict[FactName, list[_Use]] = {}
    for name, use in _uses(profile):
        if name.section in ("local", "goods"):
            uses.setdefault(name, []).append(use)
    found = [_needed(fact_named(name, profile), each) for name, each in uses.items()]
    return sorted(found, key=lambda each: (each.fact.of_line, _STRONGEST_FIRST.index(each.need)))


def _needed(fact: Fact, uses: list[_Use]) -> NeededFact:
    needs = {use.need for use in uses}
    need: Need = next(each for each in _STRONGEST_FIRST if each in needs)
    conditions = [use.when for use in uses if use.need == need]
    when = None if None in conditions else " or ".join(dict.fromkeys(filter(None, conditions)))
    return NeededFact(fact, need, when, tuple(dict.fromkeys(use.by for use in uses)))


def _uses(profile: AreaProfile) -> Iterator[tuple[FactName, _Use]]:
    for message, spec in profile.fields():
        for name in spec.facts:
            yield name, _Use(message.name, _need(spec, name), spec.when)
    for rule in profile.rules:
        for name in rule.all_given or ():
            yield name, _Use(f"rule {rule.code}", _OF_RULES[rule.severity], rule.when)


def _need(spec: FieldSpec, name: FactName) -> Need:
    """The need of a field for one of its facts: a fact that has a substitute, or is one of several, is optional."""
    if spec.default is not None:
        return "optional"
    if name == spec.or_ or (name == spec.from_ and spec.or_ is None):
        return spec.need
    return "optional"
