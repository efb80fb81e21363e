"""The gateway in a profile: ciphers, envelopes, secrets and earlier steps that it names exist, and fit what it
carries.
"""

from collections.abc import Iterator

from customs.areas.profile.ciphers import CIPHER_KEYS
from customs.areas.profile.expressions import GatewayInput
from customs.areas.profile.fields import Path
from customs.areas.profile.gateway import Gateway, Step
from customs.areas.profile.mistakes.names import Mistake, check_template
from customs.areas.profile.model import AreaProfile


def check_gateway(profile: AreaProfile, gateway: Gateway) -> Iterator[Mistake]:
    """Yield the mistakes of a gateway, step by step."""
    if gateway.steps and not gateway.form:
        yield ("gateway", "steps"), "lead nowhere without `form`: what is posted"
    done: set[str] = set()
    for key, steps in (("before_message", gateway.before_message), ("steps", gateway.steps)):
        for number, step in enumerate(steps):
            at: Path = ("gateway", key, number)
            yield from _step(profile, step, at)
            for place, each in enumerate(step.input):
                yield from _input(profile, each, (*at, "input", place), done, written=key == "steps")
            done.add(step.name)
    for name, each in gateway.form.items():
        yield from _input(profile, each, ("gateway", "form", name), done, written=True)
    yield from _without_a_parcel(profile, gateway)


def _step(profile: AreaProfile, step: Step, at: Path) -> Iterator[Mistake]:
    if step.cipher is not None and step.cipher not in CIPHER_KEYS:
        yield (*at, "cipher"), f"there is no cipher {step.cipher!r}; there are {', '.join(CIPHER_KEYS)}"
    elif step.cipher is not None and bool(CIPHER_KEYS[step.cipher]) is (step.secret is None):
        yield (*at, "secret"), f"the cipher {step.cipher} {'takes no key' if step.secret else 'needs a key'}"
    if step.envelope is not None and step.envelope not in {each.name for each in profile.envelopes}:
        yield (*at, "envelope"), f"there is no envelope {step.envelope!r}"
    if step.secret is not None and step.secret not in profile.secrets:
        yield (*at, "secret"), f"there is no {step.secret!r} under [secrets]"


def _input(profile: AreaProfile, each: GatewayInput, at: Path, done: set[str], *, written: bool) -> Iterator[Mistake]:
    """Yield what is wrong with an input; ``done`` are the steps before, ``written`` is true once there is a message."""
    if each.content and not written:
        yield at, "the message is not written yet at this step"
    if each.secret is not None and each.secret not in profile.secrets:
        yield at, f"there is no {each.secret!r} under [secrets]"
    if each.step is not None and each.step not in done:
        yield at, f"no step before is called {each.step!r}"
    if each.template is not None:
        yield from check_template(profile, each.template, at, of_line=False)


def _without_a_parcel(profile: AreaProfile, gateway: Gateway) -> Iterator[Mistake]:
    """Refuse facts of a parcel in a gateway that carries messages without one parcel: those of the unified edition,
    and batches.
    """
    if not profile.takes_unified and all(message.batch == 1 for message in profile.messages):
        return
    for each, place in gateway.inputs():
        for fact in each.facts:
            if not fact.shared:
                yield (
                    ("gateway", *place),
                    f"{fact.section} are facts of a parcel: messages of the unified edition have none here, a batch has several",
                )
