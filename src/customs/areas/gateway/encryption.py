"""Encryption and signatures of gateways (加密与签名): AES-128-ECB, RSA with SHA-1 and RSA in blocks, over raw bytes.

They raise ``CipherError``, which shows neither key nor content.
"""

from typing import TYPE_CHECKING

from customs.areas.keys import CipherError, Key, aes_key, octets, private_key, public_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher as AesCipher
    from cryptography.hazmat.primitives.ciphers.modes import ECB

#: Bytes of a block that PKCS#1 v1.5 takes for its padding, at the least.
_PADDING = 11


# AES


def aes_encrypted(content: bytes, key: Key | None) -> bytes:
    """AES-128-ECB with PKCS#5 padding (Zhejiang, Jiangxi); equal blocks of content show as equal blocks.

    The key is 16 bytes; as text 16 characters of ASCII, or 16 bytes in base64 (24 characters) or hexadecimal (32).

    >>> aes_encrypted(b"<mo/>", "fictitious key 1").hex()
    '3db28b8187fc4a17a4ecfe7afc5f83d9'
    """
    from cryptography.hazmat.primitives.padding import PKCS7

    encryptor, padder = _aes(key).encryptor(), PKCS7(128).padder()
    return encryptor.update(padder.update(content) + padder.finalize()) + encryptor.finalize()


def aes_decrypted(content: bytes, key: Key | None) -> bytes:
    """Decrypt the result of ``aes_encrypted``. Nothing authenticates it: one wrong key in about 256 gives garbage and
    no error.
    """
    from cryptography.hazmat.primitives.padding import PKCS7

    decryptor, unpadder = _aes(key).decryptor(), PKCS7(128).unpadder()
    if not content or len(content) % 16:
        raise CipherError(f"AES content has whole blocks of 16 bytes, not {len(content)} bytes")
    try:
        return unpadder.update(decryptor.update(content) + decryptor.finalize()) + unpadder.finalize()
    except ValueError:
        raise CipherError(
            "the AES content does not end in PKCS#5 padding: it is damaged, or was encrypted with another key"
        ) from None


def _aes(key: Key | None) -> "AesCipher[ECB]":
    from cryptography.hazmat.primitives.ciphers import Cipher as AesCipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    return AesCipher(AES(aes_key(key)), ECB())  # noqa: S305  the gateway's


# RSA


def rsa_sha1_signature(content: bytes, key: Key | None) -> bytes:
    """The signature, PKCS#1 v1.5 with SHA-1, of a private key (Zhejiang, Jiangxi): raw bytes.

    The key is in PEM, DER or base64 of DER, PKCS#8 as Java clients keep it or PKCS#1, not encrypted. Keys of 512 bits
    are taken, since gateways issued them.
    """
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA1

    return private_key(key).sign(content, PKCS1v15(), SHA1())  # noqa: S303  the gateway's


def rsa_sha1_holds(content: bytes, signature: bytes, key: Key | None) -> bool:
    """True if a raw signature over the content was made with the private key that belongs to the public one.

    That is in PEM, DER or base64 of DER: a key (SubjectPublicKeyInfo) or a certificate, whose validity is not judged.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA1

    try:
        public_key(key).verify(signature, content, PKCS1v15(), SHA1())  # noqa: S303  the gateway's
    except InvalidSignature:
        return False
    return True


def rsa_encrypted(content: bytes, key: Key | None) -> bytes:
    """PKCS#1 v1.5 encryption with a public key, block by block (Zhengzhou): key size less 11 bytes of content in each.

    The padding is random, drawn by the library ``cryptography``: the same content never gives the same bytes.
    """
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    public = public_key(key)
    size = octets(public) - _PADDING
    return b"".join(public.encrypt(content[at : at + size], PKCS1v15()) for at in range(0, len(content), size))


def rsa_decrypted(content: bytes, key: Key | None) -> bytes:
    """Decrypt the result of ``rsa_encrypted`` with the private key.

    Nothing authenticates it. OpenSSL answers damaged content and wrong keys with random bytes of random length
    instead of an error (implicit rejection), so that nobody can probe the key: judge by what is inside whether it
    came through.
    """
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15

    private = private_key(key)
    size = octets(private)
    if len(content) % size:
        raise CipherError(f"RSA content for this key has whole blocks of {size} bytes, not {len(content)} bytes")
    try:
        return b"".join(private.decrypt(content[at : at + size], PKCS1v15()) for at in range(0, len(content), size))
    except ValueError:
        raise CipherError(
            "the RSA content cannot be decrypted: it is damaged, or was encrypted for another key"
        ) from None
