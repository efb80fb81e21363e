"""Signing messages (XML-DSig): one enveloped signature over the canonical bytes, exactly as customs' own signers do.

The digest is that of the message without the signature; the bytes signed are SignedInfo with every namespace in scope
at its place on its start tag. Written from a template, since messages already are canonical: nothing is parsed and
nothing is canonicalised. Source: unified edition 2022-05, chapter 6; the construction is proven on production messages.
"""

import re
from base64 import b64encode
from functools import cache

from customs.fields.moments import latest
from customs.signing.algorithm import Algorithm
from customs.signing.certificate import Certificate
from customs.signing.errors import SigningError
from customs.signing.signer import Signer
from customs.wire.canonical import CEB, DXP, XML_DECLARATION, XSI

DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = DS + "enveloped-signature"

_DS_SCOPE = f' xmlns:ds="{DS}"'.encode()
_ROOT_SCOPE = f' xmlns:ceb="{CEB}" xmlns:xsi="{XSI}" '.encode()
_MESSAGE_SCOPE = f' xmlns:ceb="{CEB}" xmlns:ds="{DS}" xmlns:xsi="{XSI}"'.encode()
_ENVELOPE_OPENING = f'<dxp:DxpMsg xmlns:dxp="{DXP}"'.encode()
_ENVELOPE_SCOPE = f' xmlns:ds="{DS}" xmlns:dxp="{DXP}"'.encode()

_START = len(XML_DECLARATION)

#: The start tag of a signature, whatever its prefix; in canonical bytes ``<`` stands nowhere else.
_SIGNED = re.compile(rb"<(?:[^<>/:\s]{1,100}:)?Signature[\s>/]")

#: The declarations of the export side, whose extension follows the signature, by the names of their roots.
_EXTENSION_LAST = frozenset(
    f"CEB{number}Message".encode() for number in (213, 215, 303, 403, 505, 507, 509, 603, 605, 607, 701)
)


def sign(message: bytes, signer: Signer) -> bytes:
    """The message with its signature where the schema places it: last, or in messages of the export side before
    ExtendMessage.

    ``message`` are bytes that ``customs.wire`` wrote, unsigned. Raises ``SigningError`` if they are not, or if the
    signer fails.

    >>> from customs.testing import issue_test_key
    >>> from datetime import datetime
    >>> signer = issue_test_key("示例公司", "910000000000000053", since=datetime(2026, 1, 1)).signer()
    >>> sign(b"<order/>", signer)
    Traceback (most recent call last):
    customs.signing.errors.SigningError: only messages written by customs.wire can be signed: read and write this one first
    """
    opening = message[: message.find(b">", _START)]
    end = message.rfind(b"</")
    if not opening.startswith(XML_DECLARATION + b"<ceb:") or _ROOT_SCOPE not in opening or end < 0:
        raise SigningError("only messages written by customs.wire can be signed: read and write this one first")
    if b"Signature" in message and _SIGNED.search(message):
        raise SigningError("the message is already signed")
    name = opening[_START + len(b"<ceb:") :].partition(b" ")[0]
    extension = message.find(b"<ceb:ExtendMessage") if name in _EXTENSION_LAST else -1
    place = end if extension < 0 else extension
    value = _signature(message[_START:], signer, _MESSAGE_SCOPE, own_scope=_DS_SCOPE, with_certificate=True)
    return b"".join([message[:place], value, message[place:]])


def sign_envelope(envelope: bytes, signer: Signer, *, with_certificate: bool = False) -> bytes:
    """The envelope (DxpMsg) with its transport signature (传输签名), which the exchange platform may ask for.

    ``envelope`` are bytes that ``customs.wrap`` wrote. The signature names the key and, as senders in the field have
    it, holds no certificate, since the platform knows its senders' keys; no text of the standard says so, hence
    ``with_certificate``. Verify it with ``verify(envelope, signed_by=...)``. Raises ``SigningError``.

    >>> from customs.testing import issue_test_key
    >>> from datetime import datetime
    >>> from customs.wire import wrap
    >>> signer = issue_test_key("示例公司", "910000000000000053", since=datetime(2026, 1, 1)).signer()
    >>> sent = wrap(b"<CEB311Message/>", copy_id="DXPENT0000000001202611110800000001", sender="DXPENT0000000001",
    ...             receivers=["DXPEDCCEB0000002"], created=datetime(2026, 11, 11, 8))
    >>> sign_envelope(sent, signer).count(b"<ds:Signature>")
    1
    """
    if not envelope.startswith(XML_DECLARATION + _ENVELOPE_OPENING + b" ver="):
        raise SigningError("only envelopes written by customs.wrap can be signed, once")
    # declare the namespace on the root, as messages in the field do
    scoped = b"<dxp:DxpMsg" + _ENVELOPE_SCOPE + envelope[_START + len(_ENVELOPE_OPENING) :]
    end = scoped.rfind(b"</")
    value = _signature(scoped, signer, _ENVELOPE_SCOPE, own_scope=b"", with_certificate=with_certificate)
    return b"".join([XML_DECLARATION, scoped[:end], value, scoped[end:]])


def _signature(content: bytes, signer: Signer, scope: bytes, *, own_scope: bytes, with_certificate: bool) -> bytes:
    """The element Signature over canonical content; ``scope`` are the namespaces at its place, ``own_scope`` those it
    declares.
    """
    before, after = _signed_info(signer.algorithm)
    digest = b64encode(signer.algorithm.digest(content))
    made = signer.sign(b"".join([b"<ds:SignedInfo", scope, before, digest, after]))
    return b"".join(
        [
            b"<ds:Signature",
            own_scope,
            b"><ds:SignedInfo",
            before,
            digest,
            after,
            b"<ds:SignatureValue>",
            b64encode(made.value),
            b"</ds:SignatureValue>",
            _key_info(made.certificate) if with_certificate else _key_name(made.certificate),
            b"</ds:Signature>",
        ]
    )


@cache
def _signed_info(algorithm: Algorithm) -> tuple[bytes, bytes]:
    """SignedInfo from its namespaces to the digest value, and from there to its end."""
    before = (
        f'><ds:CanonicalizationMethod Algorithm="{C14N}"></ds:CanonicalizationMethod>'
        f'<ds:SignatureMethod Algorithm="{algorithm.signature_method}"></ds:SignatureMethod>'
        f'<ds:Reference URI=""><ds:Transforms><ds:Transform Algorithm="{ENVELOPED}"></ds:Transform></ds:Transforms>'
        f'<ds:DigestMethod Algorithm="{algorithm.digest_method}"></ds:DigestMethod><ds:DigestValue>'
    )
    return before.encode(), b"</ds:DigestValue></ds:Reference></ds:SignedInfo>"


def _key_name(certificate: Certificate) -> bytes:
    return f"<ds:KeyInfo><ds:KeyName>{certificate.key_name}</ds:KeyName></ds:KeyInfo>".encode()


@latest
def _key_info(certificate: Certificate) -> bytes:
    """The key's name and its certificate, the same for all messages that a signer signs."""
    content = b64encode(certificate.der).decode()
    data = f"<ds:X509Data><ds:X509Certificate>{content}</ds:X509Certificate></ds:X509Data>"
    return f"<ds:KeyInfo><ds:KeyName>{certificate.key_name}</ds:KeyName>{data}</ds:KeyInfo>".encode()
