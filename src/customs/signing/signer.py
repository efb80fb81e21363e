"""Signers (加签): objects that hold a key. All the library asks of a key is to sign bytes.

Keys stay where they are: a signer is opened once, threads may share it, and it never shows its key.
Source of the algorithms: unified edition 2022-05, chapter 6.
"""

from dataclasses import dataclass
from typing import NoReturn, Protocol, SupportsIndex

from customs.signing.algorithm import Algorithm
from customs.signing.certificate import Certificate
from customs.signing.errors import SigningError
from customs.signing.public_key import raw_signature_of_sm2


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature value and the certificate of the key that made it. SM2 values are raw: r and s, 64 bytes."""

    value: bytes
    certificate: Certificate

    @property
    def key_name(self) -> str:
        """KeyName: the certificate's serial number, such as ``0178b6b7``."""
        return self.certificate.key_name


class Signer(Protocol):
    """Anything that signs bytes: a key file, a token, a U-key, a service, a pool of them."""

    @property
    def algorithm(self) -> Algorithm:
        """The pair of methods that the key uses."""
        ...

    @property
    def certificate(self) -> Certificate:
        """The certificate of the key; of a pool, that of one of its keys."""
        ...

    def sign(self, data: bytes) -> Signature:
        """Sign bytes. Raises ``SigningError``."""
        ...


class OpenKey:
    """A key that this process has opened (已打开的密钥). It stays here: ``pickle`` and ``copy`` raise ``TypeError``."""

    __slots__ = ()

    def __reduce_ex__(self, protocol: SupportsIndex, /) -> NoReturn:
        raise TypeError(
            f"{type(self).__name__} cannot be copied or pickled: its key stays in the process that opened it. Let each worker "
            "open its own, with Run(keys=KeyFile(...)) or a function that opens the key. "
            "密钥不能复制或序列化：请用 Run(keys=...) 让各工作进程自行打开"
        )


def algorithm_for(certificate: Certificate, chosen: Algorithm | None = None) -> Algorithm:
    """Return the algorithm for a certificate's key: the standard's, or the one chosen.

    Raises ``SigningError`` if the key is neither RSA nor SM2, or is not the kind that the algorithm needs.
    """
    kind = certificate.public_key.kind if certificate.public_key else None
    if kind is None:
        raise SigningError(
            f"the certificate's key is neither RSA nor SM2 but {certificate.key_algorithm}: customs knows no other kind"
        )
    algorithm = chosen or (Algorithm.RSA_SHA1 if kind == "RSA" else Algorithm.SM2_SM3)
    if algorithm.key_kind != kind:
        raise SigningError(f"{algorithm.name} needs an {algorithm.key_kind} key, the certificate's is {kind}")
    return algorithm


def checked_signature(value: bytes, data: bytes, certificate: Certificate) -> Signature:
    """Return the signature that a device or service made, once it is verified; SM2 may come in any form.

    Raises ``SigningError`` if it was not made over these bytes with the certificate's key.
    """
    key = certificate.public_key
    if key is None or not key.verifies(value, data):
        raise SigningError(
            f"the signature that came back was not made over these bytes with the key of certificate {certificate.key_name}: "
            "check that it is this key's certificate"
        )
    return Signature((raw_signature_of_sm2(value) or value) if key.kind == "SM2" else value, certificate)
