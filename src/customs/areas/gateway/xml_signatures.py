"""XML signatures of gateways (网关报文签名): one enveloped XML-DSig with the bare RSA key, appended to any document.

Messages to customs themselves are signed by ``customs.signing``, with a certificate; this is the signature that the
platform of Guangzhou and the carrier of Shenzhen want around them. It is the last child of the root, covers the whole
document (URI empty, enveloped-signature) in inclusive C14N 1.0 and shows the public key as RSAKeyValue. That key
proves nothing, since whoever forges a document puts in his own: ``verified`` takes the key from the caller. Source:
public clients of both.

A signed document is written canonical, in UTF-8, without its comments, which no signature covers.
"""

from base64 import b64decode, b64encode
from hmac import compare_digest
from typing import TYPE_CHECKING

from lxml import etree

from customs.areas.keys import CipherError, Key, octets, private_key, public_key
from customs.signing.algorithm import sha1
from customs.signing.enveloped import check_canonical, signed_info, without
from customs.signing.xmldsig import C14N, DS, ENVELOPED
from customs.wire.canonical import XML_DECLARATION
from customs.wire.parsing import BLANK, ReadError, parse

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_FORM = (
    f'<ds:Signature xmlns:ds="{DS}"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm="{C14N}"/>'
    f'<ds:SignatureMethod Algorithm="{DS}rsa-sha1"/><ds:Reference URI="">'
    f'<ds:Transforms><ds:Transform Algorithm="{ENVELOPED}"/></ds:Transforms>'
    f'<ds:DigestMethod Algorithm="{DS}sha1"/><ds:DigestValue/></ds:Reference></ds:SignedInfo><ds:SignatureValue/>'
    "<ds:KeyInfo><ds:KeyValue><ds:RSAKeyValue><ds:Modulus/><ds:Exponent/></ds:RSAKeyValue></ds:KeyValue></ds:KeyInfo></ds:Signature>"
)
_SIGNATURE = f"{{{DS}}}Signature"
_KEY_INFO = f"{{{DS}}}KeyInfo"
#: Takes out what XML holds for white space, and nothing else.
_NO_BLANK = str.maketrans(dict.fromkeys(BLANK))
_NOT_CANONICAL = "the document cannot be canonicalised: are its namespaces absolute URIs?"


def signed(content: bytes, key: Key | None) -> bytes:
    """The document with its signature, by an RSA private key. Keeps the XML declaration, if there is one.

    Raises ``CipherError``: for what is not XML or is hostile, for a document that holds a signature already, for a key.
    """
    private, root = private_key(key), _parsed(content)
    if next(root.iter(_SIGNATURE), None) is not None:
        raise CipherError("the document holds a signature already")
    digest = sha1(_canonical(root))
    signature, numbers = _form(), private.public_key().public_numbers()
    root.append(signature)
    _fill(signature, "DigestValue", digest)
    _fill(signature, "Modulus", numbers.n.to_bytes(octets(private)))
    _fill(signature, "Exponent", numbers.e.to_bytes((numbers.e.bit_length() + 7) // 8))
    _fill(signature, "SignatureValue", _signature_value(private, signed_info(root, signature)))
    return _declaration(content) + _canonical(root)


def verified(content: bytes, key: Key | None) -> bytes:
    """Verify a signature and return what it covers: the document without it, canonical. Read this, not the document.

    ``key`` is the public key expected, or a certificate of it. Raises ``CipherError`` as ``signed``, and unless there
    is exactly one signature, a child of the root, of the form that ``signed`` writes (prefixes and white space
    aside), which was made with that key, and shows it or shows none (no KeyInfo, as the test gateway of Guangzhou).
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA1

    public, root = public_key(key), _parsed(content)
    signature, numbers = _only_signature(root), public.public_numbers()
    has_key = signature.find(_KEY_INFO) is not None
    if has_key and [_number(signature, name) for name in ("Modulus", "Exponent")] != [numbers.n, numbers.e]:
        raise CipherError("the signature shows another key than the one expected")
    value, digest = _value(signature, "SignatureValue"), _value(signature, "DigestValue")
    try:
        check_canonical(signature)
        information, covered = signed_info(root, signature), without(root, signature)
    except etree.LxmlError:
        raise CipherError(_NOT_CANONICAL) from None
    try:
        public.verify(value, information, PKCS1v15(), SHA1())  # noqa: S303  the gateway's
    except InvalidSignature:
        raise CipherError("the signature does not match: it was made with another key or over other bytes") from None
    if not compare_digest(sha1(covered), digest):
        raise CipherError("the digest does not match: the document was changed after it was signed")
    return _declaration(content) + covered


def _parsed(content: bytes) -> etree._Element:
    try:
        return parse(content)
    except ReadError as error:
        raise CipherError(str(error)) from None


def _form() -> etree._Element:
    """A signature whose values are still empty."""
    return etree.fromstring(_FORM)


def _only_signature(root: etree._Element) -> etree._Element:
    found = list(root.iter(_SIGNATURE))
    if len(found) != 1:
        raise CipherError(f"the document holds {len(found)} signatures, one is expected")
    if found[0].getparent() is not root:
        raise CipherError("the signature is not a child of the root")
    form = _shape(_form())
    if _shape(found[0]) not in (form, _without_key(form)):
        raise CipherError(
            "the signature is not of the form expected: enveloped, C14N 1.0, RSA with sha1, RSAKeyValue alone or no KeyInfo"
        )
    return found[0]


def _shape(element: etree._Element) -> tuple[object, ...]:
    """Elements and attributes, and any text between elements; the texts in the innermost elements are not part of it."""
    texts = [element.text if len(element) else "", *(each.tail for each in element)]
    between = "".join(each or "" for each in texts).strip(BLANK)
    return element.tag, dict(element.attrib), between, tuple(_shape(each) for each in element)


def _without_key(shape: tuple[object, ...]) -> tuple[object, ...]:
    """The shape of a signature less its last part, KeyInfo."""
    *rest, parts = shape
    assert isinstance(parts, tuple), "the shapes of the children"
    return (*rest, parts[:-1])


def _number(signature: etree._Element, name: str) -> int:
    return int.from_bytes(_value(signature, name))


def _fill(signature: etree._Element, name: str, value: bytes) -> None:
    next(signature.iter(f"{{{DS}}}{name}")).text = b64encode(value).decode("ascii")


def _value(signature: etree._Element, name: str) -> bytes:
    text = next(signature.iter(f"{{{DS}}}{name}")).text or ""
    try:
        return b64decode(text.translate(_NO_BLANK), validate=True)
    except ValueError:
        raise CipherError(f"{name} is not base64") from None


def _signature_value(key: "RSAPrivateKey", data: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA1

    try:
        return key.sign(data, PKCS1v15(), SHA1())  # noqa: S303  the gateway's
    except ValueError:
        raise CipherError(f"the RSA key of {key.key_size} bits is too short for SHA-1") from None


def _canonical(root: etree._Element) -> bytes:
    try:
        return etree.tostring(root, method="c14n")
    except etree.LxmlError:
        raise CipherError(_NOT_CANONICAL) from None


def _declaration(content: bytes) -> bytes:
    """The XML declaration if the document has one, which in UTF-16 has a zero beside each character."""
    return XML_DECLARATION if b"<?xml" in content[:20].replace(b"\0", b"") else b""
