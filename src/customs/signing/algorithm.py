"""The algorithms of signatures (签名算法): pairs of a signature method and a digest method, by their names in a message.

The unified edition 2022-05 fixes two pairs and prefers the second; a third is seen in the field. Which one a key uses
follows from its kind.
"""

import hashlib
from collections.abc import Callable
from enum import Enum
from functools import cache

_XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
_CHINAPORT = "http://www.chinaport.gov.cn/2022/04/xmldsig#"


def sm3(data: bytes) -> bytes:
    """The SM3 digest (GB/T 32905) of the data, 32 bytes.

    >>> sm3(b"abc").hex()[:16]
    '66c7f0f462eeedd9'
    """
    return _sm3_of_this_python()(data)


@cache
def _sm3_of_this_python() -> Callable[[bytes], bytes]:
    """SM3 by Python's own OpenSSL, which lets other threads run meanwhile, or by that of ``cryptography`` where it
    has none.
    """
    if "sm3" in hashlib.algorithms_available:
        return lambda data: hashlib.new("sm3", data).digest()
    return sm3_of_cryptography


def sm3_of_cryptography(data: bytes) -> bytes:
    """Return the SM3 digest as the OpenSSL of ``cryptography`` computes it."""
    from cryptography.hazmat.primitives.hashes import SM3, Hash

    state = Hash(SM3())
    state.update(data)
    return state.finalize()


def sha1(data: bytes) -> bytes:
    """The SHA-1 digest. It is what the standard prescribes beside RSA, not a choice of this library."""
    return hashlib.sha1(data, usedforsecurity=False).digest()


class Algorithm(Enum):
    """A signature method and its digest method; ``key_kind`` is the kind of key that it needs, ``RSA`` or ``SM2``."""

    #: RSA with SHA-1, PKCS#1 v1.5; of the standard.
    RSA_SHA1 = "RSA", f"{_XMLDSIG}rsa-sha1", f"{_XMLDSIG}sha1"
    #: SM2 with SM3; of the standard, which prefers it.
    SM2_SM3 = "SM2", f"{_CHINAPORT}sm2-sm3", f"{_CHINAPORT}sm3"
    #: SM2 with SM3 over a SHA-1 digest, under other names: not of the standard, used towards the gateway of Haikou.
    SM2_FIELD = "SM2", f"{_XMLDSIG}sm2-sm3", f"{_XMLDSIG}sha1"

    def __init__(self, key_kind: str, signature_method: str, digest_method: str) -> None:
        self.key_kind, self.signature_method, self.digest_method = key_kind, signature_method, digest_method
        self.digest = sm3 if digest_method.endswith("#sm3") else sha1

    @property
    def digest_size(self) -> int:
        """Bytes of the digest."""
        return 32 if self.digest is sm3 else 20


#: The algorithms of the standard.
STANDARD = frozenset({Algorithm.RSA_SHA1, Algorithm.SM2_SM3})
