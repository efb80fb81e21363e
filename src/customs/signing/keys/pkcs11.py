"""Keys in tokens and crypto machines that speak PKCS#11 (密码设备): USB tokens, network HSMs, SoftHSM2.

The vendor gives a module, a shared library; behind it stand tokens, each with a label and a PIN, and in a token a key and
mostly its certificate. The key never leaves the token. PKCS#11 has RSA, but no SM2 among its standard mechanisms: its ECDSA
over a key on the SM2 curve is another signature, which customs refuses, so that SM2 keys are refused here.

Needs ``pip install "cbec-customs[pkcs11]"``. Source of the algorithm: unified edition 2022-05, chapter 6; of the mechanism
SHA1_RSA_PKCS: PKCS#11 2.40, mechanisms, section 2.1.

>>> Pkcs11Signer("/opt/vendor/absent.so", "e-port", "a PIN", key="signing")
Traceback (most recent call last):
customs.signing.errors.SigningError: there is no PKCS#11 module at /opt/vendor/absent.so: give the path of the vendor's library
"""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, Self

from customs.signing.algorithm import Algorithm
from customs.signing.certificate import Certificate
from customs.signing.errors import SigningError
from customs.signing.public_key import RsaPublicKey
from customs.signing.signer import OpenKey, Signature, algorithm_for, checked_signature

if TYPE_CHECKING:
    from pkcs11 import Attribute, Object, Session, Token

#: The SM2 curve, in the parameters of a key on an elliptic curve.
_SM2_CURVE = bytes.fromhex("06082a811ccf5501822d")

#: What a token says of a login, by the name of the exception, and what to do.
_LOGIN_REFUSED = {
    "PinIncorrect": "refused the PIN: check it before the next try, since tokens lock themselves after a few wrong ones",
    "PinInvalid": "refused the PIN, which has characters that it does not take",
    "PinLenRange": "refused the PIN, which is too short or too long for it",
    "PinLocked": "is locked after too many wrong PINs: unlock it with the vendor's tool",
    "PinExpired": "wants a new PIN: set it with the vendor's tool",
    "UserPinNotInitialized": "has no PIN yet: set one with the vendor's tool",
    "UserAlreadyLoggedIn": "is in use by another part of this process, outside this library: log out there first",
    "UserTooManyTypes": "is in use by its security officer in this process: log out there first",
    "SessionCount": "admits no further session: close other programs that use it",
}

_NO_SM2 = (
    "the key is an SM2 key, and PKCS#11 has no SM2 among its standard mechanisms (its ECDSA is another signature): "
    "sign with it through the vendor's signing service or as a key file"
)
_GONE = "the token was removed or its session has ended: put it back in and make the signer anew"
_FORKED = "the token was opened before this process was forked: make signers in the process that uses them"


class Pkcs11Signer(OpenKey):
    """An RSA key in a token, signing with RSA-SHA1. Its login lasts until ``close``; also a context manager.

    ``module`` is the path of the vendor's library, ``token`` the token's label. ``key`` is the key's label, ``key_id`` its id;
    one of them is enough where it fits one key only. ``certificate``, PEM or DER, is needed where the token holds none with
    the key's id or label. Raises ``SigningError`` that says what is wrong, ``CertificateError`` for a certificate that
    cannot be read.

    Signers of one token share one login in a process, whatever key they use. A PIN goes to the token once and is not kept,
    so that a signer whose token was removed does not come back to life: make it anew. A login does not outlive a fork.
    """

    algorithm = Algorithm.RSA_SHA1

    def __init__(
        self,
        module: str | Path,
        token: str,
        pin: str,
        *,
        key: str | None = None,
        key_id: bytes | None = None,
        certificate: bytes | None = None,
    ) -> None:
        if key is None and key_id is None:
            raise ValueError("which key of the token is meant? Give its label (key) or its id (key_id)")
        _pkcs11()
        given = Certificate.load(certificate) if certificate is not None else None
        self._module = _Module.at(Path(module))
        with self._module.lock:
            self._login: _Login | None = self._module.enter(token, pin)
            try:
                with _explained("reading the key"):
                    self._key: Any = _rsa_key(self._login.session, key, key_id)
                    self.certificate = _certificate(self._login.session, self._key, given)
            except BaseException:
                self.close()
                raise
            self._login.witness = self._key

    def __repr__(self) -> str:
        return f"Pkcs11Signer(key_name={self.certificate.key_name!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *problem: object) -> None:
        self.close()

    def close(self) -> None:
        """Log out of the token, once no other signer of this process uses it."""
        if self._module.is_foreign:
            return
        with self._module.lock:
            if self._login is not None:
                self._module.leave(self._login)
                self._login = None

    def sign(self, data: bytes) -> Signature:
        """Sign bytes, one thread after the other. Raises ``SigningError``."""
        from pkcs11 import Mechanism
        from pkcs11.exceptions import PKCS11Error

        if self._module.is_foreign:
            raise SigningError(_FORKED)
        with self._module.lock:
            if self._login is None:
                raise SigningError("the signer is closed: make it anew")
            try:
                value = self._key.sign(data, mechanism=Mechanism.SHA1_RSA_PKCS)
            except PKCS11Error as error:
                told = (
                    _GONE if not self._login.is_alive else f"the token failed while signing ({_name(error)}): try again"
                )
                raise SigningError(told) from None
        return checked_signature(value, data, self.certificate)


class _Login:
    """A login to a token, which its signers share, since a token takes only one from a process."""

    def __init__(self, token: str, session: "Session", pin: str) -> None:
        self.token, self.session = token, session
        self.signers = 0
        self.witness: Any = None
        self._salt = secrets.token_bytes(16)
        self._mark = self._marked(pin)

    def _marked(self, pin: str) -> bytes:
        return hashlib.blake2b(pin.encode(), key=self._salt).digest()

    def took(self, pin: str) -> bool:
        """Whether it was made with this PIN, told without the PIN and without asking the token."""
        return secrets.compare_digest(self._mark, self._marked(pin))

    @property
    def is_alive(self) -> bool:
        """Whether the token still answers in this session: a key that was there still has its class."""
        from pkcs11 import Attribute
        from pkcs11.exceptions import PKCS11Error

        try:
            return self.witness is None or self.witness[Attribute.CLASS] is not None
        except PKCS11Error:
            return False

    def end(self) -> None:
        from pkcs11.exceptions import PKCS11Error

        with suppress(PKCS11Error):  # the token may be gone, and the login with it
            self.session.close()


class _Module:
    """A vendor's library in this process, with the logins to its tokens.

    One lock stands round all calls into it: python-pkcs11 initialises libraries without locks of their own.
    """

    _all: dict[Path, "_Module"] = {}  # noqa: RUF012  one for each library in a process
    _guard = Lock()

    def __init__(self, path: Path) -> None:
        self._path, self._process = path, os.getpid()
        self.lock = RLock()
        self._logins: dict[str, _Login] = {}

    @classmethod
    def at(cls, path: Path) -> "_Module":
        """The library at a path, the same one by whatever path it is reached."""
        if not path.is_file():
            raise SigningError(f"there is no PKCS#11 module at {path}: give the path of the vendor's library")
        with cls._guard:
            module = cls._all.setdefault(path.resolve(), cls(path))
        if module.is_foreign:
            raise SigningError(_FORKED)
        return module

    @property
    def is_foreign(self) -> bool:
        """Whether it was opened by the process that this one was forked from, whose sessions are not ours."""
        return self._process != os.getpid()

    def enter(self, label: str, pin: str) -> _Login:
        """The login to a token: the one that is open, if it lives, or a new one."""
        login = self._logins.get(label)
        if login and not login.is_alive:
            login.end()
            login = None
        if login and not login.took(pin):
            raise SigningError(f"another PIN is in use for token {label!r} in this process: check the PIN")
        if not login:
            login = self._logins[label] = _Login(label, self._opened(label, pin), pin)
        login.signers += 1
        return login

    def leave(self, login: _Login) -> None:
        login.signers -= 1
        if not login.signers and self._logins.get(login.token) is login:
            del self._logins[login.token]
            login.end()

    def _opened(self, label: str, pin: str) -> "Session":
        from pkcs11.exceptions import PKCS11Error

        token = self._token(label)
        _mechanism_needed(token)
        try:
            return token.open(user_pin=pin)
        except PKCS11Error as error:
            told = _LOGIN_REFUSED.get(type(error).__name__, f"cannot be opened ({_name(error)})")
        raise SigningError(f"token {label!r} {told}")

    def _token(self, label: str) -> "Token":
        tokens = self._tokens()
        found = [token for token in tokens if token.label == label]
        if not found:
            there = ", ".join(repr(token.label) for token in tokens) or "none"
            raise SigningError(
                f"there is no token {label!r}: plug it in, or give the label of one that is there ({there})"
            )
        if len(found) > 1:
            raise SigningError(
                f"{len(found)} tokens are labelled {label!r}: unplug the others, or give each a label of its own"
            )
        return found[0]

    def _tokens(self) -> "list[Token]":
        """The tokens that are plugged in and set up; a slot that fails is none."""
        pkcs11 = _pkcs11()
        try:
            slots = pkcs11.lib(str(self._path)).get_slots(token_present=True)
        except pkcs11.PKCS11Error as error:
            raise SigningError(f"the PKCS#11 module at {self._path} cannot be used: {_name(error)}") from None
        tokens = []
        for slot in slots:
            try:
                token = slot.get_token()
            except pkcs11.PKCS11Error:
                continue
            if token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED:
                tokens.append(token)
        return tokens


def _pkcs11() -> Any:
    """python-pkcs11. Raises ``SigningError`` that says what to install."""
    try:
        import pkcs11
    except ImportError:
        raise SigningError('tokens need python-pkcs11: pip install "cbec-customs[pkcs11]"') from None
    return pkcs11


def _name(error: Exception) -> str:
    """What a token or its library said: the name of the return code; the text only where it has no name."""
    from pkcs11.exceptions import PKCS11Error

    return str(error) if type(error) is PKCS11Error else type(error).__name__


@contextmanager
def _explained(doing: str) -> Iterator[None]:
    from pkcs11.exceptions import PKCS11Error

    try:
        yield
    except PKCS11Error as error:
        raise SigningError(f"the token failed while {doing} ({_name(error)}): try again, or put it in anew") from None


def _mechanism_needed(token: "Token") -> None:
    from pkcs11 import Mechanism

    with _explained("naming its mechanisms"):
        has_it = Mechanism.SHA1_RSA_PKCS in token.slot.get_mechanisms()
    if not has_it:
        raise SigningError(
            f"token {token.label!r} lacks the mechanism SHA1_RSA_PKCS, which RSA-SHA1 needs: allow SHA-1 in its settings, "
            "or use a token that has it"
        )


def _rsa_key(session: "Session", label: str | None, key_id: bytes | None) -> "Object":
    """The one private key of that label and id, if it is an RSA key that may sign."""
    from pkcs11 import Attribute, KeyType, ObjectClass

    wanted = {Attribute.LABEL: label, Attribute.ID: key_id}
    template = {name: value for name, value in wanted.items() if value is not None}
    found = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, **template}))
    asked = " and ".join(each for each in (label and f"label {label!r}", key_id and f"id {key_id.hex()}") if each)
    if not found:
        # only the ids are told: a label may name a person
        every = session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY})
        there = ", ".join(_id(key).hex() or "without id" for key in every) or "none"
        raise SigningError(f"the token has no private key of {asked}: give the id of one that is there ({there})")
    if len(found) > 1:
        raise SigningError(f"the token has {len(found)} private keys of {asked}: give label and id, so that one fits")
    (key,) = found
    if _attribute(key, Attribute.KEY_TYPE) != KeyType.RSA:
        raise SigningError(
            _NO_SM2 if _attribute(key, Attribute.EC_PARAMS) == _SM2_CURVE else "the key is not an RSA key"
        )
    if not _attribute(key, Attribute.SIGN):
        raise SigningError(f"the key of {asked} may not sign, says the token: give the one for signatures")
    return key


def _certificate(session: "Session", key: "Object", given: Certificate | None) -> Certificate:
    """The certificate given, or the token's that stands beside the key, if it is this key's."""
    from pkcs11 import Attribute

    found = [given] if given else _certificates(session, key)
    if not found:
        raise SigningError("the token has no certificate with the id or label of the key: give it as certificate")
    modulus = int.from_bytes(_attribute(key, Attribute.MODULUS) or b"")
    # a token that hides the modulus is held to its certificate by each signature
    own = [
        each
        for each in found
        if not modulus or (isinstance(each.public_key, RsaPublicKey) and each.public_key.modulus == modulus)
    ]
    if not own:
        raise SigningError("the certificate belongs to another key: give the certificate that was issued for this one")
    algorithm_for(own[0], Algorithm.RSA_SHA1)
    return own[0]


def _certificates(session: "Session", key: "Object") -> list[Certificate]:
    """The token's certificates of the key's id; where there are none, those of its label."""
    from pkcs11 import Attribute, ObjectClass

    for name, value in ((Attribute.ID, _id(key)), (Attribute.LABEL, _attribute(key, Attribute.LABEL))):
        found = list(session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE, name: value})) if value else []
        if found:
            return [Certificate.load(each[Attribute.VALUE]) for each in found]
    return []


def _id(key: "Object") -> bytes:
    from pkcs11 import Attribute

    return bytes(_attribute(key, Attribute.ID) or b"")


def _attribute(key: "Object", name: "Attribute") -> Any:
    """An attribute of an object; None where the token does not tell it, or tells what no standard names."""
    from pkcs11.exceptions import PKCS11Error

    try:
        return key[name]
    except (PKCS11Error, ValueError):
        return None
