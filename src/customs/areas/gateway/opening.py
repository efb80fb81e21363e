"""Opening forms (打开表单): what a platform posts is built like our own forms; it is decoded, decrypted, and its digests
are checked.
"""

from collections.abc import Mapping

from customs.areas.area import Area
from customs.areas.gateway.ciphers import CIPHERS
from customs.areas.gateway.steps import GatewayError, input_of, key_of
from customs.areas.keys import CipherError, Key
from customs.areas.messages.parcel_facts import MessageFacts
from customs.areas.profile.ciphers import CIPHER_KEYS
from customs.areas.profile.gateway import Gateway, Step
from customs.fields.forgetting import forgetting

#: The ciphers that sign: the platform's signature is checked with its public key.
_SIGNATURES = frozenset(name for name, kind in CIPHER_KEYS.items() if kind == "rsa private")


@forgetting
def open_form(area: Area, form: Mapping[str, str], *, public_key: Key | None = None) -> bytes:
    """The content of a form of the same construction that came from the platform: decoded, decrypted, its digests
    checked.

    Digests and signatures are checked with the area's secrets or, where they are the platform's, with its
    ``public_key``; a form whose digest covers the content is never opened without. With a ``public_key`` a form
    without a signature is refused. Raises ``GatewayError``.
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


def _key(area: Area, step: Step, public_key: Key | None) -> Key | None:
    return public_key if step.cipher in _SIGNATURES else key_of(area, step)


def _undone(area: Area, gateway: Gateway, form: Mapping[str, str], public_key: Key | None) -> dict[str, bytes]:
    """The inputs that the form holds, and those that can be reached from there by undoing steps, by how profiles
    write them.
    """
    known = _held(gateway, form)
    for step in reversed(gateway.steps):
        cipher, result = CIPHERS.get(step.cipher or ""), known.get(f"step.{step.name}")
        if cipher is None or result is None or cipher.undo is None or len(step.input) != 1:
            continue
        try:
            known[step.input[0].text] = cipher.undo(result, _key(area, step, public_key))
        except CipherError as error:
            raise GatewayError(f"{step.name} ({step.cipher}): {error}") from None
    return known


def _held(gateway: Gateway, form: Mapping[str, str]) -> dict[str, bytes]:
    """The content and the results of steps that are parameters of the form."""
    known: dict[str, bytes] = {}
    for name, each in gateway.form.items():
        if each.step is None and not each.content:
            continue
        if name not in form:
            raise GatewayError(f"the form lacks {name}")
        try:
            known[each.text] = form[name].encode()
        except UnicodeEncodeError:
            raise GatewayError(f"{name} is not text") from None
    return known


def _check(area: Area, step: Step, known: Mapping[str, bytes], content: bytes, public_key: Key | None) -> None:
    """Hold a digest or signature of the form against what it covers."""
    cipher, result = CIPHERS.get(step.cipher or ""), known.get(f"step.{step.name}")
    if cipher is None or cipher.check is None or result is None:
        return
    own = [each.secret is not None or each.literal is not None for each in step.input]
    if foreign := [
        each.text for each, ours in zip(step.input, own, strict=True) if each.text not in known and not ours
    ]:
        raise GatewayError(
            f"{step.name} ({step.cipher}): covers what the form does not hold, and cannot be checked: {', '.join(foreign)}"
        )
    covered = b"".join(
        known[each.text] if each.text in known else input_of(area, each, MessageFacts(), {}, content)
        for each in step.input
    )
    try:
        holds = cipher.check(covered, result, _key(area, step, public_key))
    except CipherError as error:
        raise GatewayError(f"{step.name} ({step.cipher}): {error}") from None
    if not holds:
        raise GatewayError(f"{step.name} ({step.cipher}): does not belong to this content")
