"""Vendors' PKCS#11 libraries (厂商 PKCS#11 库) in this process, their tokens, and one login to each token.

A token takes one login from a process, which the signers of its keys share.

>>> from pathlib import Path
>>> Module.at(Path("/opt/vendor/absent.so"))
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
from typing import TYPE_CHECKING, Any

from customs.signing.errors import SigningError

if TYPE_CHECKING:
    from pkcs11 import Session, Token

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
FORKED = "the token was opened before this process was forked: make signers in the process that uses them"


class Login:
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
        """Return True if the login was made with this PIN. The token is not asked, and the PIN is not kept."""
        return secrets.compare_digest(self._mark, self._marked(pin))

    @property
    def is_alive(self) -> bool:
        """True if the token still answers in this session: its key can still be read."""
        from pkcs11 import Attribute
        from pkcs11.exceptions import PKCS11Error

        try:
            return self.witness is None or self.witness[Attribute.CLASS] is not None
        except PKCS11Error:
            return False

    def end(self) -> None:
        """Close the session, and forget key and mark."""
        from pkcs11.exceptions import PKCS11Error

        self.witness, self._mark = None, b""
        with suppress(PKCS11Error):  # the token may be gone, and the login with it
            self.session.close()


class Module:
    """A vendor's library in this process, with the logins to its tokens.

    One lock guards all calls into it, because python-pkcs11 initialises libraries without their locks.
    """

    _all: dict[Path, "Module"] = {}  # noqa: RUF012  one for each library in a process
    _guard = Lock()

    def __init__(self, path: Path) -> None:
        self._path, self._process = path, os.getpid()
        self.lock = RLock()
        self._logins: dict[str, Login] = {}

    @classmethod
    def at(cls, path: Path) -> "Module":
        """The library at a path, the same one by whatever path it is reached."""
        if not path.is_file():
            raise SigningError(f"there is no PKCS#11 module at {path}: give the path of the vendor's library")
        with cls._guard:
            module = cls._all.setdefault(path.resolve(), cls(path))
        if module.is_foreign:
            raise SigningError(FORKED)
        return module

    @property
    def is_foreign(self) -> bool:
        """True if the process that this one was forked from opened the library: its sessions cannot be used here."""
        return self._process != os.getpid()

    def enter(self, label: str, pin: str) -> Login:
        """Return the login to a token: the open one if it still works, otherwise a new one."""
        login = self._logins.get(label)
        if login and not login.is_alive:
            login.end()
            login = None
        if login and not login.took(pin):
            raise SigningError(f"another PIN is in use for token {label!r} in this process: check the PIN")
        if not login:
            login = self._logins[label] = Login(label, self._opened(label, pin), pin)
        login.signers += 1
        return login

    def leave(self, login: Login) -> None:
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
            told = _LOGIN_REFUSED.get(type(error).__name__, f"cannot be opened ({name_of(error)})")
        raise SigningError(f"token {label!r} {told}")

    def _token(self, label: str) -> "Token":
        tokens = self._tokens()
        found = [token for token in tokens if token.label == label]
        if not found:
            there = ", ".join(repr(token.label) for token in tokens) or "none"
            raise SigningError(
                f"there is no token {label!r}: plug it in, or give the label of one that is plugged in ({there})"
            )
        if len(found) > 1:
            raise SigningError(
                f"{len(found)} tokens are labelled {label!r}: unplug the others, or give each a different label"
            )
        return found[0]

    def _tokens(self) -> "list[Token]":
        """Return the tokens that are plugged in and set up; a slot that fails does not count."""
        pkcs11 = python_pkcs11()
        try:
            slots = pkcs11.lib(str(self._path)).get_slots(token_present=True)
        except pkcs11.PKCS11Error as error:
            raise SigningError(f"the PKCS#11 module at {self._path} cannot be used: {name_of(error)}") from None
        tokens = []
        for slot in slots:
            try:
                token = slot.get_token()
            except pkcs11.PKCS11Error:
                continue
            if token.flags & pkcs11.TokenFlag.TOKEN_INITIALIZED:
                tokens.append(token)
        return tokens


def python_pkcs11() -> Any:
    """Import python-pkcs11. Raises ``SigningError`` that says what to install."""
    try:
        import pkcs11
    except ImportError:
        raise SigningError('tokens need python-pkcs11: pip install "cbec-customs[pkcs11]"') from None
    return pkcs11


def name_of(error: Exception) -> str:
    """Return the name of a return code of a token or its library, or its text if it has no name."""
    from pkcs11.exceptions import PKCS11Error

    return str(error) if type(error) is PKCS11Error else type(error).__name__


@contextmanager
def explained(doing: str) -> Iterator[None]:
    from pkcs11.exceptions import PKCS11Error

    try:
        yield
    except PKCS11Error as error:
        raise SigningError(f"the token failed while {doing} ({name_of(error)}): try again, or put it in anew") from None


def _mechanism_needed(token: "Token") -> None:
    from pkcs11 import Mechanism

    with explained("naming its mechanisms"):
        has_it = Mechanism.SHA1_RSA_PKCS in token.slot.get_mechanisms()
    if not has_it:
        raise SigningError(
            f"token {token.label!r} lacks the mechanism SHA1_RSA_PKCS, which RSA-SHA1 needs: allow SHA-1 in its settings, "
            "or use a token that has it"
        )
