"""The steps of a gateway (网关步骤): each a cipher over its input or an envelope, and the form that is posted in the end."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from customs.areas.area import Area
from customs.areas.gateway.ciphers import CIPHERS
from customs.areas.keys import CipherError, Key
from customs.areas.messages.compiled_fields import writer_of
from customs.areas.messages.parcel_facts import NO_LINE, MessageFacts
from customs.areas.messages.writing import first_of, text_of
from customs.areas.profile.conversions import CodeError
from customs.areas.profile.expressions import GatewayInput
from customs.areas.profile.gateway import Step


class GatewayError(ValueError):
    """A message that cannot be wrapped or opened. The text names the step and the reason, never a key or content."""


#: The results of steps by their names.
Results = Mapping[str, bytes]


def before_message(area: Area, facts: MessageFacts) -> MessageFacts:
    """The facts with the results of the steps before the message; without their secrets these are left out.

    Raises ``GatewayError``.
    """
    gateway = area.profile.gateway
    if gateway is None or not gateway.before_message or area.missing_secrets:
        return facts
    results = _run(area, gateway.before_message, facts, b"")
    return facts.with_steps({name: _text(name, value) for name, value in results.items()})


def form_of(area: Area, facts: MessageFacts, content: bytes) -> Mapping[str, str] | None:
    """The parameters of the form that is posted for a message; None where the profile has no form or a secret is not
    set.

    ``facts`` are those with which the message was written. Raises ``GatewayError``.
    """
    gateway = area.profile.gateway
    if gateway is None or not gateway.form or area.missing_secrets:
        return None
    results = _run(area, gateway.steps, facts, content)
    return {name: _text(name, input_of(area, each, facts, results, content)) for name, each in gateway.form.items()}


def _text(name: str, content: bytes) -> str:
    with suppress(UnicodeDecodeError):  # the error would hold what may be a secret
        return content.decode("utf-8")
    raise GatewayError(
        f"{name} is not text in UTF-8: encode bytes in base64 first, and give secrets that are sent as text"
    )


def _run(area: Area, steps: Sequence[Step], facts: MessageFacts, content: bytes) -> Results:
    """The results of steps, after those that ``facts`` have already."""
    results = {name: text.encode() for name, text in facts.step.items()}
    for step in steps:
        if step.cipher is None:
            results[step.name] = _envelope(area, step, facts, results).encode()
            continue
        joined = b"".join([input_of(area, each, facts, results, content) for each in step.input])
        try:
            results[step.name] = CIPHERS[step.cipher].make(joined, key_of(area, step))
        except CipherError as error:
            raise GatewayError(f"{step.name} ({step.cipher}): {error}") from None
    return results


def _envelope(area: Area, step: Step, facts: MessageFacts, results: Results) -> str:
    tree = next(each for each in area.profile.envelopes if each.name == step.envelope)
    shown = {name: value.decode("utf-8", "replace") for name, value in results.items()}
    try:
        return text_of(area, tree, facts.with_steps(shown))
    except CodeError as error:
        raise GatewayError(f"{step.name}: a code is not one of {error}") from None


def key_of(area: Area, step: Step) -> Key | None:
    """The key of a step; None if its cipher takes none. Raises ``GatewayError`` if it is not set."""
    return _secret(area, step.secret) if step.secret is not None else None


def _secret(area: Area, name: str) -> Key:
    secret = area.secrets.get(name)
    if not secret:
        raise GatewayError(f"secrets.{name} is not set")
    return secret


def input_of(area: Area, each: GatewayInput, facts: MessageFacts, results: Results, content: bytes) -> bytes:
    """The bytes of an input. Raises ``GatewayError`` for a secret that is not set."""
    if each.content:
        return content
    if each.secret is not None:
        secret = _secret(area, each.secret)
        return secret if isinstance(secret, bytes) else secret.encode()
    if each.step is not None:
        return results[each.step]
    if each.literal is not None:
        return each.literal.encode()
    assert each.template is not None, "an input is one of five"
    return writer_of(area, each.template)(first_of(facts), NO_LINE, facts).encode()
