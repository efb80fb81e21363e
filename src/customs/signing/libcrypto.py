"""SM2 by OpenSSL 3 (国密 SM2): the EVP interface of the system's libcrypto, reached without a compiler.

Nothing is computed here; keys live in OpenSSL's own objects, which overwrite them when they are freed with ours. The
library is loaded when it is first needed, beside whichever OpenSSL other packages carry. Signing and verifying run
outside Python's lock, so that threads sign side by side. Why this one: docs/adr/0008.

All failures are ``LibcryptoError``, which shows no key and no data.
"""

import ctypes
import os
import sys
import weakref
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_ulong, c_void_p
from ctypes.util import find_library
from functools import cache
from types import SimpleNamespace
from typing import Final

from customs.signing.errors import SigningError

#: User id that goes into every SM2 signature (GB/T 32918.2 leaves it to the application, GM/T 0009 names this default).
USER_ID: Final = b"1234567812345678"

#: Path of a libcrypto to use instead of the system's.
PATH_VARIABLE = "CUSTOMS_LIBCRYPTO"

_HOW_TO = (
    "SM2 needs OpenSSL 3 (libcrypto): install your system's package, such as libssl3 on Debian or openssl@3 of Homebrew, or "
    f"name the file in the environment variable {PATH_VARIABLE}"
)

#: Where it lies, by platform. On macOS the system's own is another library, which aborts whoever loads it.
_PLACES = {
    "darwin": (
        "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib",
        "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib",
        "/opt/local/lib/libcrypto.3.dylib",
    ),
    "win32": ("libcrypto-3-x64.dll", "libcrypto-3.dll", "libcrypto-3-arm64.dll"),
}
_ELSEWHERE = ("libcrypto.so.3", "libcrypto.so")

_NO_PASSWORD = "the PKCS#12 file is encrypted: give its password 文件已加密，请提供口令"  # noqa: S105
_WRONG_PASSWORD = "the PKCS#12 file cannot be opened: give the right password 口令不正确"  # noqa: S105
#: The command that takes them out, as OpenSSL 3 has it.
_OLD_CIPHERS = (
    "the PKCS#12 file is encrypted with a cipher of old (RC2): take key and certificate out with "
    "openssl pkcs12 -legacy -in FILE -nodes -out key.pem, and give key.pem as key and certificate "
    "文件使用旧算法（RC2）加密，请用上述命令导出，再将 key.pem 同时用作私钥和证书"
)

_EVP_PKEY_KEYPAIR = 0x87
_P, _SIZE, _SIZES = c_void_p, c_size_t, POINTER(c_size_t)
_PP, _BYTES = POINTER(c_void_p), c_char_p

#: The functions used: what each returns and takes.
_FUNCTIONS = {
    "OpenSSL_version_num": (c_ulong,),
    "ERR_clear_error": (None,),
    "CRYPTO_clear_free": (None, _P, _SIZE, _BYTES, c_int),
    "EVP_MD_fetch": (_P, _P, _BYTES, _BYTES),
    "EVP_MD_CTX_new": (_P,),
    "EVP_MD_CTX_free": (None, _P),
    "EVP_MD_CTX_set_pkey_ctx": (None, _P, _P),
    "EVP_PKEY_CTX_new": (_P, _P, _P),
    "EVP_PKEY_CTX_new_from_name": (_P, _P, _BYTES, _BYTES),
    "EVP_PKEY_CTX_free": (None, _P),
    "EVP_PKEY_CTX_set1_id": (c_int, _P, _BYTES, c_int),
    "EVP_PKEY_keygen_init": (c_int, _P),
    "EVP_PKEY_generate": (c_int, _P, _PP),
    "EVP_PKEY_free": (None, _P),
    "EVP_PKEY_is_a": (c_int, _P, _BYTES),
    "EVP_PKEY_get1_encoded_public_key": (_SIZE, _P, _PP),
    "EVP_DigestSignInit": (c_int, _P, _P, _P, _P, _P),
    "EVP_DigestSign": (c_int, _P, _BYTES, _SIZES, _BYTES, _SIZE),
    "EVP_DigestVerifyInit": (c_int, _P, _P, _P, _P, _P),
    "EVP_DigestVerify": (c_int, _P, _BYTES, _SIZE, _BYTES, _SIZE),
    "d2i_PKCS12": (_P, _P, _PP, ctypes.c_long),
    "PKCS12_parse": (c_int, _P, _BYTES, _PP, _PP, _P),
    "PKCS12_verify_mac": (c_int, _P, _BYTES, c_int),
    "PKCS12_free": (None, _P),
    "i2d_X509": (c_int, _P, _PP),
    "X509_free": (None, _P),
    "d2i_PUBKEY": (_P, _P, _PP, ctypes.c_long),
    "OSSL_DECODER_CTX_new_for_pkey": (_P, _PP, _BYTES, _BYTES, _BYTES, c_int, _P, _BYTES),
    "OSSL_DECODER_CTX_set_passphrase": (c_int, _P, _BYTES, _SIZE),
    "OSSL_DECODER_from_data": (c_int, _P, _PP, _SIZES),
    "OSSL_DECODER_CTX_free": (None, _P),
    "OSSL_ENCODER_CTX_new_for_pkey": (_P, _P, c_int, _BYTES, _BYTES, _BYTES),
    "OSSL_ENCODER_CTX_set_cipher": (c_int, _P, _BYTES, _BYTES),
    "OSSL_ENCODER_CTX_set_passphrase": (c_int, _P, _BYTES, _SIZE),
    "OSSL_ENCODER_to_data": (c_int, _P, _PP, _SIZES),
    "OSSL_ENCODER_CTX_free": (None, _P),
}

#: The functions that take long, which run outside Python's lock. The others are over sooner than the lock is handed on:
#: threads that sign side by side would spend their time in waiting for it.
_LONG = frozenset(
    {
        "EVP_DigestSign",
        "EVP_DigestVerify",
        "EVP_PKEY_generate",
        "OSSL_DECODER_from_data",
        "OSSL_ENCODER_to_data",
        "PKCS12_parse",
    }
)


class LibcryptoError(SigningError):
    """OpenSSL is absent, or refuses; shows no key and no data."""


class AbsentError(LibcryptoError):
    """OpenSSL 3 is not on this machine."""


class UnreadableKeyError(LibcryptoError, ValueError):
    """A key that cannot be read: damaged, of another form, or not to be opened with this password."""


@cache
def _libcrypto() -> SimpleNamespace:
    """The library's functions, typed. Raises ``LibcryptoError`` that says what to install."""
    given = os.environ.get(PATH_VARIABLE)
    places = (given,) if given else _PLACES.get(sys.platform, (find_library("crypto"), *_ELSEWHERE))
    for place in filter(None, places):
        try:
            unlocked, locked = ctypes.CDLL(place), ctypes.PyDLL(place)
            functions = {name: getattr(unlocked if name in _LONG else locked, name) for name in _FUNCTIONS}
        except (OSError, AttributeError):
            continue
        for name, (returns, *takes) in _FUNCTIONS.items():
            functions[name].restype, functions[name].argtypes = returns, takes
        if functions["OpenSSL_version_num"]() >> 28 >= 3:
            return SimpleNamespace(**functions)
    raise AbsentError(f"{_HOW_TO} (looked for {', '.join(filter(None, places))})")


@cache
def _sm3() -> int:
    found: int | None = _libcrypto().EVP_MD_fetch(None, b"SM3", None)
    if not found:
        raise LibcryptoError(f"this OpenSSL was built without SM3. {_HOW_TO}")
    return found


class Sm2Key:
    """An SM2 key, public or whole, in OpenSSL's keeping."""

    __slots__ = ("__weakref__", "_pointer")

    def __init__(self, pointer: int) -> None:
        library = _libcrypto()
        weakref.finalize(self, library.EVP_PKEY_free, pointer).atexit = False
        self._pointer = pointer
        if not library.EVP_PKEY_is_a(pointer, b"SM2"):
            raise LibcryptoError("the key is not an SM2 key")

    @classmethod
    def load(cls, content: bytes, password: bytes | None = None) -> "Sm2Key":
        """A private key in PEM or DER, PKCS#8 (encrypted with the password, if one is given) or traditional."""
        library = _libcrypto()
        found, data, size = c_void_p(), ctypes.create_string_buffer(content, len(content)), c_size_t(len(content))
        context = library.OSSL_DECODER_CTX_new_for_pkey(byref(found), None, None, None, _EVP_PKEY_KEYPAIR, None, None)
        try:
            library.OSSL_DECODER_CTX_set_passphrase(context, password or b"", len(password or b""))
            read = library.OSSL_DECODER_from_data(context, byref(ctypes.cast(data, c_void_p)), byref(size))
        finally:
            library.OSSL_DECODER_CTX_free(context)
            ctypes.memset(data, 0, len(content))
            library.ERR_clear_error()
        if not read or not found.value:
            raise UnreadableKeyError("the key cannot be read")
        return cls(found.value)

    @classmethod
    def from_pkcs12(cls, content: bytes, password: bytes | None = None) -> "tuple[Sm2Key, bytes]":
        """The private key in a PKCS#12 file and its certificate in DER."""
        library = _libcrypto()
        data = ctypes.create_string_buffer(content, len(content))
        bundle = library.d2i_PKCS12(None, byref(ctypes.cast(data, c_void_p)), len(content))
        key, certificate = c_void_p(), c_void_p()
        try:
            if not bundle:
                raise LibcryptoError(
                    "the PKCS#12 file cannot be read: it is damaged, or no PKCS#12 file 文件已损坏，或不是 PKCS#12 文件"
                )
            if not library.PKCS12_parse(bundle, password or b"", byref(key), byref(certificate), None):
                is_open = library.PKCS12_verify_mac(bundle, password or b"", -1)
                raise LibcryptoError(_OLD_CIPHERS if is_open else _WRONG_PASSWORD if password else _NO_PASSWORD)
            return cls._of_bundle(key.value, certificate.value)
        finally:
            ctypes.memset(data, 0, len(content))
            library.PKCS12_free(bundle)
            library.X509_free(certificate)
            library.ERR_clear_error()

    @classmethod
    def _of_bundle(cls, key: int | None, certificate: int | None) -> "tuple[Sm2Key, bytes]":
        """A key and certificate that were taken out of a bundle; the key is this object's from now on."""
        library, found = _libcrypto(), c_void_p()
        if not key:
            raise LibcryptoError("the PKCS#12 file holds no private key")
        own = cls(key)
        if not certificate:
            raise LibcryptoError("the PKCS#12 file holds no certificate")
        size = library.i2d_X509(certificate, byref(found))
        return own, _taken(found, size)

    @classmethod
    def of_public(cls, info: bytes) -> "Sm2Key":
        """A public key by its SubjectPublicKeyInfo in DER."""
        library = _libcrypto()
        data = ctypes.create_string_buffer(info, len(info))
        pointer = library.d2i_PUBKEY(None, byref(ctypes.cast(data, c_void_p)), len(info))
        library.ERR_clear_error()
        if not pointer:
            raise LibcryptoError(f"this OpenSSL was built without SM2. {_HOW_TO}")
        return cls(pointer)

    @classmethod
    def generate(cls) -> "Sm2Key":
        """A new key from OpenSSL's own random source."""
        library = _libcrypto()
        found = c_void_p()
        context = library.EVP_PKEY_CTX_new_from_name(None, b"SM2", None)
        try:
            if library.EVP_PKEY_keygen_init(context) != 1 or library.EVP_PKEY_generate(context, byref(found)) != 1:
                raise LibcryptoError(f"this OpenSSL was built without SM2. {_HOW_TO}")
        finally:
            library.EVP_PKEY_CTX_free(context)
            library.ERR_clear_error()
        assert found.value is not None
        return cls(found.value)

    @property
    def point(self) -> bytes:
        """The public point, x and y of 32 bytes each."""
        library = _libcrypto()
        found = c_void_p()
        size = library.EVP_PKEY_get1_encoded_public_key(self._pointer, byref(found))
        return _taken(found, size)[1:]

    def private_pem(self, password: bytes | None = None) -> bytes:
        """The private key as PKCS#8 in PEM, encrypted (AES-256) if a password is given."""
        library = _libcrypto()
        found, size = c_void_p(), c_size_t()
        context = library.OSSL_ENCODER_CTX_new_for_pkey(
            self._pointer, _EVP_PKEY_KEYPAIR, b"PEM", b"PrivateKeyInfo", None
        )
        try:
            if password is not None:
                library.OSSL_ENCODER_CTX_set_cipher(context, b"AES-256-CBC", None)
                library.OSSL_ENCODER_CTX_set_passphrase(context, password, len(password))
            if library.OSSL_ENCODER_to_data(context, byref(found), byref(size)) != 1:
                raise LibcryptoError("the key cannot be written: is it a private one?")
        finally:
            library.OSSL_ENCODER_CTX_free(context)
            library.ERR_clear_error()
        return _taken(found, size.value)

    def sign(self, data: bytes) -> bytes:
        """SM3withSM2 over the data with the default user id, as DER."""
        library = _libcrypto()
        signature, size = ctypes.create_string_buffer(80), c_size_t(80)
        with _Digest(self._pointer) as context:
            if (
                library.EVP_DigestSignInit(context, None, _sm3(), None, self._pointer) != 1
                or library.EVP_DigestSign(context, signature, byref(size), data, len(data)) != 1
            ):
                raise LibcryptoError("OpenSSL cannot sign with this key")
        return signature.raw[: size.value]

    def verifies(self, signature: bytes, data: bytes) -> bool:
        """Return True if a DER signature over the data is valid, with the default user id."""
        library = _libcrypto()
        with _Digest(self._pointer) as context:
            return bool(
                library.EVP_DigestVerifyInit(context, None, _sm3(), None, self._pointer) == 1
                and library.EVP_DigestVerify(context, signature, len(signature), data, len(data)) == 1
            )


class _Digest:
    """A context for one signature, bound to a key and the user id; freed at the end, with the thread's errors."""

    __slots__ = ("_context", "_key_context")

    def __init__(self, key: int) -> None:
        library = _libcrypto()
        self._context = library.EVP_MD_CTX_new()
        self._key_context = library.EVP_PKEY_CTX_new(key, None)
        library.EVP_PKEY_CTX_set1_id(self._key_context, USER_ID, len(USER_ID))
        library.EVP_MD_CTX_set_pkey_ctx(self._context, self._key_context)

    def __enter__(self) -> int:
        return int(self._context)

    def __exit__(self, *problem: object) -> None:
        library = _libcrypto()
        library.EVP_MD_CTX_free(self._context)
        library.EVP_PKEY_CTX_free(self._key_context)
        library.ERR_clear_error()


def _taken(pointer: c_void_p, size: int) -> bytes:
    """A copy of bytes that OpenSSL allocated, which are overwritten and freed."""
    try:
        return ctypes.string_at(pointer.value or 0, size)
    finally:
        _libcrypto().CRYPTO_clear_free(pointer, size, b"", 0)
