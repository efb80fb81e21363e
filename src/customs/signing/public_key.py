r"""Public keys (公钥), RSA and SM2: whether a signature over bytes was made with the private key that belongs to one.

An SM2 signature is written as r and s of 32 bytes each (raw). DER is read too, strict and in the form of 72 bytes that
some crypto machines write, with a zero before each number whether it is needed or not.

>>> signature_of_sm2(bytes(31) + b"\x01" + bytes(31) + b"\x02") == bytes.fromhex("3006020101020102")
True
"""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from customs.signing.errors import SigningError
from customs.signing.pem import PUBLIC_KEY, blocks, is_pem, labels

if TYPE_CHECKING:
    from customs.signing.libcrypto import Sm2Key

Digest = Literal["sha1", "sha256", "sha384", "sha512"]

#: AlgorithmIdentifier and BIT STRING head of an SM2 key in a SubjectPublicKeyInfo, up to the uncompressed point.
_SM2_INFO = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d03420004")

#: The curve of SM2 (GB/T 32918.5): y² = x³ - 3x + b modulo p.
_P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93

#: Fewer bits than this are refused; operators' cards of the e-port have 1,024. OpenSSL takes no more than 16,384.
LEAST_RSA_BITS = 1024
MOST_RSA_BITS = 16_384


@dataclass(frozen=True)
class RsaPublicKey:
    """An RSA key by its modulus and exponent.

    Raises ``ValueError`` for a modulus of fewer than 1,024 or more than 16,384 bits, or one that is even, and for an
    exponent that is even, below 3 (1 would sign anything) or not below the modulus. Source: RFC 8017, section 3.1.

    >>> RsaPublicKey(2**2048 - 1, -1)
    Traceback (most recent call last):
    ValueError: the exponent of an RSA key must be odd, at least 3 and below the modulus RSA 公钥指数应为不小于 3 且小于模数的奇数
    """

    modulus: int
    exponent: int

    kind = "RSA"

    def __post_init__(self) -> None:
        if self.bits < LEAST_RSA_BITS:
            raise ValueError(
                f"an RSA key of {self.bits} bits is refused: at least {LEAST_RSA_BITS} are needed RSA 密钥不得短于 {LEAST_RSA_BITS} 位"
            )
        if self.bits > MOST_RSA_BITS:
            raise ValueError(
                f"an RSA key of {self.bits} bits is refused: at most {MOST_RSA_BITS} are allowed RSA 密钥不得长于 {MOST_RSA_BITS} 位"
            )
        if self.modulus < 0 or self.modulus % 2 == 0:
            raise ValueError("the modulus of an RSA key must be odd and positive RSA 公钥模数应为正奇数")
        if self.exponent % 2 == 0 or not 3 <= self.exponent < self.modulus:
            raise ValueError(
                "the exponent of an RSA key must be odd, at least 3 and below the modulus RSA 公钥指数应为不小于 3 且小于模数的奇数"
            )

    @property
    def bits(self) -> int:
        """Length of the modulus."""
        return self.modulus.bit_length()

    def verifies(self, signature: bytes, data: bytes, digest: Digest = "sha1") -> bool:
        """Return True if a PKCS#1 v1.5 signature over the data is valid."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding, rsa

        hash_of: dict[Digest, hashes.HashAlgorithm] = {
            "sha1": hashes.SHA1(),  # noqa: S303  the standard's
            "sha256": hashes.SHA256(),
            "sha384": hashes.SHA384(),
            "sha512": hashes.SHA512(),
        }
        try:
            key = rsa.RSAPublicNumbers(self.exponent, self.modulus).public_key()
            key.verify(signature, data, padding.PKCS1v15(), hash_of[digest])
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class Sm2PublicKey:
    """An SM2 key by its point: x and y, 32 bytes each. Raises ``ValueError`` for a point that is not of the curve."""

    point: bytes

    kind = "SM2"

    def __post_init__(self) -> None:
        if len(self.point) != 64:
            raise ValueError(
                f"the point of an SM2 key has 64 bytes, x and y, not {len(self.point)} SM2 公钥应为 64 字节"
            )
        x, y = int.from_bytes(self.point[:32]), int.from_bytes(self.point[32:])
        if max(x, y) >= _P or (y * y - x * x * x + 3 * x - _B) % _P:
            raise ValueError("the point of the SM2 key is not on the curve SM2 公钥不在曲线上")

    @classmethod
    def of_info(cls, info: bytes) -> "Sm2PublicKey | None":
        """The key in a SubjectPublicKeyInfo, None if it is of another kind."""
        fits = len(info) == len(_SM2_INFO) + 64 and info.startswith(_SM2_INFO)
        return cls(info[len(_SM2_INFO) :]) if fits else None

    @cached_property
    def _key(self) -> "Sm2Key":
        from customs.signing.libcrypto import Sm2Key

        return Sm2Key.of_public(_SM2_INFO + self.point)

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Return True if an SM2 signature over the data is valid: raw or DER, with SM3 and the default user id.

        Raises ``SigningError`` where OpenSSL is absent.
        """
        der = signature_of_sm2(signature)
        return der is not None and self._key.verifies(der, data)


PublicKey = RsaPublicKey | Sm2PublicKey


def load_public_key(content: bytes) -> PublicKey:
    """Read a public key, RSA or SM2, in PEM (``PUBLIC KEY``, ``RSA PUBLIC KEY``) or DER. Raises ``SigningError``."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    der = next((each.content for each in blocks(content, PUBLIC_KEY)), None) if is_pem(content) else content
    if der is None:
        raise SigningError(
            f"the file holds no public key that can be read, but {labels(content)} 文件中没有可读取的公钥"
        )
    try:
        if sm2 := Sm2PublicKey.of_info(der):
            return sm2
        key = load_der_public_key(der)
        if isinstance(key, rsa.RSAPublicKey):
            numbers = key.public_numbers()
            return RsaPublicKey(numbers.n, numbers.e)
    except (ValueError, UnsupportedAlgorithm):
        pass
    raise SigningError(
        "the public key cannot be read: PEM or DER of an RSA key of 1,024 bits or more, or of an SM2 key, is expected"
    )


def signature_of_sm2(signature: bytes) -> bytes | None:
    """An SM2 signature as strict DER, from raw, DER or padded DER; None if it is none of them."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

    numbers = None
    if len(signature) == 64:
        numbers = signature[:32], signature[32:]
    elif len(signature) == 72 and (signature[:5], signature[37:40]) == (b"\x30\x46\x02\x21\x00", b"\x02\x21\x00"):
        numbers = signature[5:37], signature[40:]
    if numbers:
        r, s = (int.from_bytes(each) for each in numbers)
        return encode_dss_signature(r, s)
    try:
        r, s = decode_dss_signature(signature)
    except ValueError:
        return None
    fits = 0 <= r < 1 << 256 and 0 <= s < 1 << 256
    return signature if fits and encode_dss_signature(r, s) == signature else None


def raw_signature_of_sm2(signature: bytes) -> bytes | None:
    """An SM2 signature as r and s, from raw, DER or padded DER; None if it is none of them."""
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    if len(signature) == 64:
        return signature
    der = signature_of_sm2(signature)
    return b"".join(each.to_bytes(32) for each in decode_dss_signature(der)) if der else None
