"""Gateways (接入网关): how a message leaves for the area's platform, and how what the platform sends is opened.

A profile lists the steps; each is a named cipher over its input, or an envelope. The result is what is posted: parameters of a form.
Posting is the user's, with whichever client the house uses.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import NamedTuple

from customs.areas.area import Area, kept
from customs.areas.gateway.cipher_keys import CipherError, Key
from customs.areas.gateway.ciphers import CIPHERS
from customs.areas.messages.columns import CodeError, writer_of
from customs.areas.messages.facts import Facts
from customs.areas.messages.writing import text_of
from customs.areas.profile.model import Gateway, Step


class GatewayError(ValueError):
    """A message that cannot be wrapped or opened. The text names the step and the reason, never a key or content."""


class Missing(NamedTuple):
    """A secret that the gateway needs and the settings do not have."""

    name: str
    zh: str


def missing_secrets(area: Area) -> tuple[Missing, ...]:
    """The secrets that the steps of the gateway use and that are not set."""
    return _missing(area, area.profile.gateway) if area.profile.gateway else ()


@kept
def _missing(area: Area, gateway: Gateway) -> tuple[Missing, ...]:
    steps = (*gateway.before_message, *gateway.steps)
    parts = [part for step in steps for part in step.input] + list(gateway.form.values())
    keys = [step.secret for step in steps if step.secret]
    used = dict.fromkeys([*keys, *(part.removeprefix("secret.") for part in parts if part.startswith("secret."))])
    return tuple(Missing(name, area.profile.secrets[name].zh) for name in used if not area.secrets.get(name))


def run_head(area: Area, facts: Facts) -> None:
    """The steps before a message is written; their results stand under ``step``. Without their secrets they are left out."""
    gateway = area.profile.gateway
    if gateway is not None and gateway.before_message and not missing_secrets(area):
        _run(area, gateway.before_message, facts, b"")
    facts["step"] = {name: _text(name, value) for name, value in facts["step"].items()}


def form_of(area: Area, facts: Facts, content: bytes) -> Mapping[str, str] | None:
    """What is posted for a message: the form's parameters; None where the profile has no gateway or a secret is not set.

    ``facts`` are those with which the message was written. Raises ``GatewayError``.
    """
    gateway = area.profile.gateway
    if gateway is None or not gateway.form or missing_secrets(area):
        return None
    _run(area, gateway.steps, facts, content)
    return {name: _text(name, _part(area, part, facts, content)) for name, part in gateway.form.items()}


def _text(name: str, content: bytes) -> str:
    with suppress(UnicodeDecodeError):  # which holds what may be a secret
        return content.decode("utf-8")
    raise GatewayError(
        f"{name} is no text in UTF-8: bytes need base64 first, and secrets that are sent have to be text"
    )


def _run(area: Area, steps: Sequence[Step], facts: Facts, content: bytes) -> None:
    for step in steps:
        if step.cipher is None:
            facts["step"][step.name] = _envelope(area, step, facts).encode()
            continue
        joined = b"".join(_part(area, part, facts, content) for part in step.input)
        try:
            facts["step"][step.name] = CIPHERS[step.cipher].make(joined, _key(area, step))
        except CipherError as error:
            raise GatewayError(f"{step.name} ({step.cipher}): {error}") from None


def _envelope(area: Area, step: Step, facts: Facts) -> str:
    tree = next(each for each in area.profile.envelopes if each.name == step.envelope)
    shown = {
        name: value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        for name, value in facts["step"].items()
    }
    try:
        return text_of(area, tree, {**facts, "step": shown})
    except CodeError as error:
        raise GatewayError(f"{step.name}: a code is not one of {error}") from None


def _key(area: Area, step: Step) -> Key | None:
    return _secret(area, step.secret) if step.secret is not None else None


def _secret(area: Area, name: str) -> Key:
    secret = area.secrets.get(name)
    if not secret:
        raise GatewayError(f"secrets.{name} is not set")
    return secret


def _part(area: Area, part: str, facts: Facts, content: bytes) -> bytes:
    section, _, name = part.partition(".")
    if part == "content":
        return content
    if section == "secret":
        secret = _secret(area, name)
        return secret if isinstance(secret, bytes) else secret.encode()
    if section == "step":
        value = facts["step"][name]
        return value if isinstance(value, bytes) else str(value).encode()
    if part.startswith("'"):
        return part[1:-1].encode()
    return writer_of(part if "{" in part else f"{{{part}}}")(facts, {}).encode()


def open_form(area: Area, form: Mapping[str, str], *, public_key: Key | None = None) -> bytes:
    """The content of a form of the same construction that came from the platform: decoded, decrypted, its digests checked.

    Digests and signatures are checked with the area's secrets or, where they are the platform's, with its ``public_key``; a form
    whose digest covers the content is never opened without. With a ``public_key`` a form without a signature is refused. Raises
    ``GatewayError``.
    """
    gateway = area.profile.gateway
    if gateway is None:
        raise GatewayError(f"{area.name} has no gateway")
    if public_key is not None and not any(step.cipher in _SIGNATURES for step in gateway.steps):
        raise GatewayError(
            f"the forms of {area.name} have no signature: there is nothing to hold against the platform's key"
        )
    known = _undone(area, gateway, form, public_key)
    content = known.get("content")
    if content is None:
        raise GatewayError(f"the forms of {area.name} cannot be opened: their steps lead one way only")
    for step in gateway.steps:
        _check(area, step, known, content, public_key)
    return content


#: Ciphers that sign: the platform's signature is checked with its public key.
_SIGNATURES = frozenset(name for name, each in CIPHERS.items() if each.needs_key == "rsa private")


def _undone(area: Area, gateway: Gateway, form: Mapping[str, str], public_key: Key | None) -> dict[str, bytes]:
    """What the form holds, and what can be reached from there by undoing steps."""
    known: dict[str, bytes] = {}
    for name, part in gateway.form.items():
        if part.startswith("step.") or part == "content":
            if name not in form:
                raise GatewayError(f"the form lacks {name}")
            try:
                known[part] = form[name].encode()
            except UnicodeEncodeError:
                raise GatewayError(f"{name} is no text") from None
    for step in reversed(gateway.steps):
        cipher, result = CIPHERS.get(step.cipher or ""), known.get(f"step.{step.name}")
        if cipher is None or result is None or cipher.undo is None or len(step.input) != 1:
            continue
        try:
            known[step.input[0]] = cipher.undo(result, public_key if step.cipher in _SIGNATURES else _key(area, step))
        except CipherError as error:
            raise GatewayError(f"{step.name} ({step.cipher}): {error}") from None
    return known


def _check(area: Area, step: Step, known: Mapping[str, bytes], content: bytes, public_key: Key | None) -> None:
    """Hold a digest or signature of the form against what it covers."""
    cipher, result = CIPHERS.get(step.cipher or ""), known.get(f"step.{step.name}")
    if cipher is None or cipher.check is None or result is None:
        return
    if foreign := [part for part in step.input if part not in known and not part.startswith(("secret.", "'"))]:
        raise GatewayError(
            f"{step.name} ({step.cipher}): covers what the form does not hold, and cannot be checked: {', '.join(foreign)}"
        )
    covered = b"".join(known[part] if part in known else _part(area, part, {}, content) for part in step.input)
    try:
        holds = cipher.check(covered, result, public_key if step.cipher in _SIGNATURES else _key(area, step))
    except CipherError as error:
        raise GatewayError(f"{step.name} ({step.cipher}): {error}") from None
    if not holds:
        raise GatewayError(f"{step.name} ({step.cipher}): does not belong to this content")
