"""Signing a message (XML-DSig): one enveloped signature over the canonical bytes, exactly as customs' own signers do.

The digest is that of the message without the signature; the bytes signed are SignedInfo with every namespace in scope
at its place (``ceb``, ``ds``, ``xsi``) on its start tag. Written from a template, since messages already are canonical:
nothing is parsed and nothing is canonicalised. Source: unified edition 2022-05, chapter 6; the construction is proven on
production messages.
"""

from base64 import b64encode
from functools import cache

from customs.signing.certificate import Certificate
from customs.signing.signer import Algorithm, Signer, SigningError
from customs.wire.canonical import CEB, XML_DECLARATION, XSI

DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = DS + "enveloped-signature"

_SCOPE = f' xmlns:ceb="{CEB}" xmlns:ds="{DS}" xmlns:xsi="{XSI}"'
_ROOT_SCOPE = f' xmlns:ceb="{CEB}" xmlns:xsi="{XSI}" '.encode()


def sign(message: bytes, signer: Signer) -> bytes:
    """The message with its signature as the last child of the root, as the import schema places it.

    ``message`` are bytes that ``customs.wire`` wrote, unsigned. Raises ``SigningError`` if they are not, or if the
    signer fails.

    >>> from customs.testing import issue_test_key
    >>> from datetime import datetime
    >>> signer = issue_test_key("示例公司", "910000000000000053", since=datetime(2026, 1, 1)).signer()
    >>> sign(b"<order/>", signer)
    Traceback (most recent call last):
    customs.signing.signer.SigningError: only messages written by customs.wire can be signed: read and write this one first
    """
    start = message.find(b">", len(XML_DECLARATION))
    end = message.rfind(b"</")
    if not message.startswith(XML_DECLARATION + b"<ceb:") or _ROOT_SCOPE not in message[:start] or end < 0:
        raise SigningError("only messages written by customs.wire can be signed: read and write this one first")
    if b"<ds:Signature " in message:
        raise SigningError("the message is already signed")
    algorithm = signer.algorithm
    before, after = _signed_info(algorithm)
    digest = b64encode(algorithm.digest(message[len(XML_DECLARATION) :]))
    signature = signer.sign(b"<ds:SignedInfo" + _SCOPE.encode() + before + digest + after)
    return b"".join(
        [
            message[:end],
            f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo'.encode(),
            before,
            digest,
            after,
            b"<ds:SignatureValue>",
            b64encode(signature.value),
            b"</ds:SignatureValue>",
            _key_info(signature.certificate),
            b"</ds:Signature>",
            message[end:],
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


@cache
def _key_info(certificate: Certificate) -> bytes:
    return (
        f"<ds:KeyInfo><ds:KeyName>{certificate.key_name}</ds:KeyName><ds:X509Data><ds:X509Certificate>"
        f"{b64encode(certificate.der).decode()}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>"
    ).encode()
