"""Signatures (签名): ``customs.verify``. The keys of the seeds are known to no input, so that a new signature is a forgery."""

from pathlib import Path

from lxml import etree

import customs
from customs.signing import Certificate
from fuzz.promises import promise

KEYS = Path(__file__).parent / "keys"
CONTENTS = Path(__file__).parent / "signed"

#: Those who sign the seeds: an enterprise with RSA, one with SM2.
SIGNERS = tuple(Certificate.load((KEYS / f"{kind}.crt").read_bytes()) for kind in ("rsa", "sm2"))

#: What they signed, in the canonical form that a signature covers.
SIGNED = frozenset(
    etree.tostring(etree.fromstring(path.read_bytes()), method="c14n") for path in sorted(CONTENTS.glob("*.xml"))
)


def verify(data: bytes) -> None:
    """No input is accepted but what was signed, and none raises; a refusal says why."""
    for found in (customs.verify(data), *(customs.verify(data, signed_by=each) for each in SIGNERS)):
        if found.valid:
            promise(found.signed in SIGNED, "accepted, though nobody signed this")
        else:
            promise(found.reasons, "refused without a reason")
            promise(found.signed is None, "refused, yet there is content to read")
            promise(all(len(each) <= 500 for each in found.reasons), "a reason that grows with the input")
