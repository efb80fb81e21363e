"""Signatures (签名) of the payment agencies: sorted parameters joined to a text, and a digest or signature of it.

General knowledge, to be verified against the provider's page before it is used. MD5 is what the agencies demand; it is
offered for them alone and proves nothing to anyone else.

>>> joined({"mch_id": "1", "appid": "wx", "name": ""})
'appid=wx&mch_id=1'
>>> Md5Key(SecretStr("fictitious"))
Md5Key(key=SecretStr('**********'))
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import md5
from hmac import compare_digest
from typing import Protocol

from pydantic import SecretStr

#: What a value may not hold: the joined text could not tell it from a further parameter.
_LIKE_A_PARAMETER = re.compile(r"&[A-Za-z0-9_]+=")
_NAME = re.compile(r"[A-Za-z0-9_]+")


class UnsignableError(ValueError):
    """Parameters whose joined text is ambiguous. Names the parameter, never shows its value."""


def joined(parameters: Mapping[str, str], without: Iterable[str] = ("sign",)) -> str:
    """The text that is signed: parameters that are not empty, sorted by name, as ``name=value`` with ``&`` between
    them.

    Raises ``UnsignableError`` for a value that reads like a further parameter; the rule of the agencies does not
    escape.
    """
    left_out = set(without)
    counted = sorted((name, value) for name, value in parameters.items() if value and name not in left_out)
    for name, value in counted:
        if not _NAME.fullmatch(name):
            raise UnsignableError("the name of a parameter has letters, digits and _ only")
        if _LIKE_A_PARAMETER.search(value):
            raise UnsignableError(
                f"{name}: & followed by a name and = reads like a further parameter in what is signed: take it out"
            )
    return "&".join(f"{name}={value}" for name, value in counted)


def _bytes_of(key: SecretStr) -> bytes:
    value = key.get_secret_value() if isinstance(key, SecretStr) else ""
    if not value or not value.isascii():
        raise ValueError("the key of the agency has to be a SecretStr of ASCII that is not empty")
    return value.encode("ascii")


def wechat_md5_signature(parameters: Mapping[str, str], key: SecretStr) -> str:
    """WeChat Pay v2: ``&key=`` and the key behind the joined text, MD5, hexadecimal in upper case.

    General knowledge, to be verified against the provider's page. WeChat Pay demands MD5 here; use it for nothing else.
    """
    text = joined(parameters).encode() + b"&key=" + _bytes_of(key)
    return md5(text, usedforsecurity=False).hexdigest().upper()


def alipay_md5_signature(parameters: Mapping[str, str], key: SecretStr) -> str:
    """Alipay MAPI: the key right behind the joined text without ``sign`` and ``sign_type``, MD5, hexadecimal in lower
    case.

    General knowledge, to be verified against the provider's page. Alipay demands MD5 here; use it for nothing else.
    """
    return md5(_alipay_text(parameters) + _bytes_of(key), usedforsecurity=False).hexdigest()


def alipay_rsa_signature(parameters: Mapping[str, str], sign: Callable[[bytes], bytes]) -> str:
    """Alipay MAPI: the joined text without ``sign`` and ``sign_type``, signed by a given function (SHA1withRSA for RSA,
    SHA256withRSA for RSA2), in base64.

    General knowledge, to be verified against the provider's page. The key stays with the function.
    """
    return b64encode(sign(_alipay_text(parameters))).decode("ascii")


def _alipay_text(parameters: Mapping[str, str]) -> bytes:
    return joined(parameters, ("sign", "sign_type")).encode()


def wechat_signature_holds(parameters: Mapping[str, str], key: SecretStr) -> bool:
    """Return True if the ``sign`` among an answer's parameters was made with the key."""
    return compare_digest(wechat_md5_signature(parameters, key).encode(), parameters.get("sign", "").encode())


class AlipayKey(Protocol):
    """A key that signs requests to Alipay and verifies its answers."""

    @property
    def sign_type(self) -> str:
        """The value of ``sign_type``; answers must have the same."""
        ...

    def sign(self, parameters: Mapping[str, str]) -> str:
        """Value of ``sign``."""
        ...

    def holds(self, sign: str, parameters: Mapping[str, str]) -> bool:
        """Return True if the signature was made over the parameters of an answer."""
        ...


@dataclass(frozen=True, slots=True)
class Md5Key:
    """A key shared with Alipay, for ``sign_type`` MD5."""

    key: SecretStr

    @property
    def sign_type(self) -> str:
        """MD5."""
        return "MD5"

    def sign(self, parameters: Mapping[str, str]) -> str:
        """See ``alipay_md5_signature``."""
        return alipay_md5_signature(parameters, self.key)

    def holds(self, sign: str, parameters: Mapping[str, str]) -> bool:
        """Return True if the key made the signature."""
        return compare_digest(self.sign(parameters).encode(), sign.encode())


@dataclass(frozen=True, slots=True)
class RsaKey:
    """For ``sign_type`` RSA: a function that signs with the merchant's key, and one that verifies with Alipay's.

    Both are SHA1withRSA with PKCS#1 v1.5 padding; ``verifies`` takes the signature, then the text.
    """

    signs: Callable[[bytes], bytes] = field(repr=False)
    verifies: Callable[[bytes, bytes], bool] = field(repr=False)

    @property
    def sign_type(self) -> str:
        """RSA."""
        return "RSA"

    def sign(self, parameters: Mapping[str, str]) -> str:
        """See ``alipay_rsa_signature``."""
        return alipay_rsa_signature(parameters, self.signs)

    def holds(self, sign: str, parameters: Mapping[str, str]) -> bool:
        """Return True if Alipay's key made the signature."""
        try:
            value = b64decode(sign, validate=True)
        except ValueError:
            return False
        return self.verifies(value, _alipay_text(parameters))


@dataclass(frozen=True, slots=True)
class Rsa2Key(RsaKey):
    """For ``sign_type`` RSA2: as ``RsaKey``, but both functions are SHA256withRSA.

    Source: Alipay's page acquire_customs admits RSA, RSA2 and MD5; the digest is general knowledge.
    """

    @property
    def sign_type(self) -> str:
        """RSA2."""
        return "RSA2"
