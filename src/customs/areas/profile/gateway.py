"""The gateway of a profile (接入网关): how a message leaves, as named steps and the form that is posted."""

from collections.abc import Iterator, Mapping

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from customs.areas.profile.base import Filled, ProfileName, ProfilePart
from customs.areas.profile.expressions import FactName, GatewayInput
from customs.areas.profile.fields import Path


class Step(ProfilePart):
    """One step of a gateway: a cipher over its input, or an envelope to write."""

    name: ProfileName
    cipher: str | None = None
    input: tuple[GatewayInput, ...] = ()
    secret: str | None = None
    envelope: str | None = None

    @model_validator(mode="after")
    def _one_of(self) -> "Step":
        if (self.cipher is None) is (self.envelope is None):
            raise PydanticCustomError("step", "needs one of `cipher`, `envelope`")
        if self.envelope is not None and (self.input or self.secret):
            raise PydanticCustomError("step", "`input` and `secret` go with `cipher`")
        return self


class Gateway(ProfilePart):
    """The way in which messages leave: steps, then the parameters of the form. Posting it is left to the user."""

    transport: Filled
    address: str = ""
    reply: str = ""
    before_message: tuple[Step, ...] = ()
    steps: tuple[Step, ...] = ()
    form: Mapping[str, GatewayInput] = {}

    @property
    def all_steps(self) -> tuple[Step, ...]:
        """The steps before the message is written and those after, in their order."""
        return (*self.before_message, *self.steps)

    def inputs(self) -> Iterator[tuple[GatewayInput, Path]]:
        """Every input of a step and every parameter of the form, and where each was written below the gateway."""
        for key, steps in (("before_message", self.before_message), ("steps", self.steps)):
            for number, step in enumerate(steps):
                for place, each in enumerate(step.input):
                    yield each, (key, number, "input", place)
        for name, each in self.form.items():
            yield each, ("form", name)

    def facts(self) -> Iterator[FactName]:
        """Every fact that the gateway itself draws on; those of its envelopes not among them."""
        for each, _ in self.inputs():
            yield from each.facts

    @property
    def secrets(self) -> tuple[str, ...]:
        """The names of the secrets that steps and form use."""
        keys = [step.secret for step in self.all_steps if step.secret]
        return tuple(dict.fromkeys([*keys, *(each.secret for each, _ in self.inputs() if each.secret is not None)]))
