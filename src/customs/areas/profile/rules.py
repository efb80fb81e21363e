"""Conditions and rules of a profile (条件与规则), as data: when something applies, and what has to hold for a parcel."""

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from customs.areas.profile.base import Filled, Plain, ProfilePart
from customs.areas.profile.expressions import FactName, SomeFacts, Summand


class Condition(ProfilePart):
    """One comparison of a fact, or others joined: exactly one of ``is``, ``in``, ``given``, ``above``, ``all``,
    ``any``, ``not``.
    """

    fact: FactName | None = None
    is_: str | None = Field(None, alias="is")
    in_: tuple[str, ...] | None = Field(None, alias="in")
    given: bool | None = None
    above: Plain | None = None
    all_: "tuple[str | Condition, ...] | None" = Field(None, alias="all", min_length=1)
    any_: "tuple[str | Condition, ...] | None" = Field(None, alias="any", min_length=1)
    not_: "str | Condition | None" = Field(None, alias="not")

    @model_validator(mode="after")
    def _one_of(self) -> "Condition":
        compared = [each for each in (self.is_, self.in_, self.given, self.above) if each is not None]
        joined = [each for each in (self.all_, self.any_, self.not_) if each is not None]
        if (self.fact is None) is bool(compared) or len(compared) + len(joined) != 1:
            raise PydanticCustomError(
                "condition", "needs `fact` with one of `is`, `in`, `given`, `above`; or one of `all`, `any`, `not`"
            )
        return self

    @property
    def joined(self) -> "tuple[str | Condition, ...]":
        """The conditions that this one joins, by name or in place."""
        return (*(self.all_ or ()), *(self.any_ or ()), *(() if self.not_ is None else (self.not_,)))

    @property
    def facts(self) -> tuple[FactName, ...]:
        """The facts that the condition compares, and those of the conditions in it; not those that it joins by name."""
        inside = [fact for each in self.joined if isinstance(each, Condition) for fact in each.facts]
        return tuple(inside if self.fact is None else (self.fact, *inside))


class AtMost(ProfilePart):
    """A fact that must not exceed a value."""

    fact: FactName
    value: Plain


class Among(ProfilePart):
    """A fact that has one of some values."""

    fact: FactName
    values: Annotated[tuple[str, ...], Field(min_length=1)]


#: What is added up on one side of an equation.
Side = Annotated[tuple[Summand, ...], Field(min_length=1)]


class Rule(ProfilePart):
    """A rule of the area, as data: sums that are equal, a limit, facts given, distinct, the same, or among some
    values.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
    zh: Filled
    en: Filled
    source: str = ""
    applies_to: tuple[str, ...] = ()
    when: str | None = None
    severity: Literal["error", "warning"] = "error"
    equal: tuple[Side, Side] | None = None
    tolerance: Plain = Decimal(0)
    at_most: AtMost | None = None
    distinct: FactName | None = None
    all_given: SomeFacts | None = None
    same: tuple[FactName, FactName] | None = None
    among: Among | None = None
    same_in_batch: SomeFacts | None = None

    @model_validator(mode="after")
    def _one_of(self) -> "Rule":
        kinds = (self.equal, self.at_most, self.distinct, self.all_given, self.same, self.among, self.same_in_batch)
        if sum(each is not None for each in kinds) != 1:
            raise PydanticCustomError(
                "rule", "needs one of `equal`, `at_most`, `distinct`, `all_given`, `same`, `among`, `same_in_batch`"
            )
        return self

    @property
    def facts(self) -> tuple[FactName, ...]:
        """Every fact that the rule compares; those of its condition not among them."""
        compared = (self.at_most.fact if self.at_most else None, self.among.fact if self.among else None, self.distinct)
        summed = [each.fact for side in self.equal or () for each in side]
        named = (*(self.all_given or ()), *(self.same or ()), *(self.same_in_batch or ()))
        return (*summed, *(each for each in compared if each is not None), *named)
