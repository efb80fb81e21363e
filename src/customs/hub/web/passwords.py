"""Passwords of the console (密码): kept as hashes by Argon2id (RFC 9106), and bounded in how many are computed at once.

>>> passwords = Passwords(hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
>>> kept = passwords.hashed("correct horse battery")
>>> passwords.fits(kept, "correct horse battery"), passwords.fits(kept, "wrong"), passwords.fits("", "wrong")
(True, False, False)
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: Characters that a password has at least and at most.
SHORTEST, LONGEST = 12, 200

#: Hashes that are computed at a time: each takes 64 MiB and a core.
_TOGETHER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Passwords:
    """Hashes passwords and knows them again."""

    hasher: PasswordHasher = field(default_factory=PasswordHasher, repr=False)
    _turns: BoundedSemaphore = field(default_factory=lambda: BoundedSemaphore(_TOGETHER), repr=False)
    _nobodys: list[str] = field(default_factory=list, repr=False)

    def hashed(self, password: str) -> str:
        """Return the hash of a password with its salt and parameters."""
        with self._turns:
            return self.hasher.hash(password)

    def fits(self, kept: str, password: str) -> bool:
        """Return True for the password of a hash; without a hash it takes as long and says no."""
        known = kept or self._nobody()
        with self._turns:
            try:
                return self.hasher.verify(known, password) and bool(kept)
            except (VerificationError, InvalidHashError):
                return False

    def _nobody(self) -> str:
        """Return the hash of a password that nobody has."""
        if not self._nobodys:
            self._nobodys.append(self.hashed(secrets.token_hex()))
        return self._nobodys[0]


def password_fault(name: str, password: str) -> str:
    """Return the key of the text that says why a password is not taken; empty if it is.

    >>> password_fault("lihua", "short"), password_fault("lihua", "LiHua-LiHua-2026"), password_fault("lihua", "seven green boats")
    ('password.short', 'password.name', '')
    """
    if len(password) < SHORTEST:
        return "password.short"
    if len(password) > LONGEST:
        return "password.long"
    if name.lower() in password.lower():
        return "password.name"
    return "password.simple" if len(set(password)) < 5 else ""


def first_password(randomness: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """Return a password for the first sign-in of a person: 20 letters and digits that are not mistaken for others."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    drawn = (letters[each % len(letters)] for each in randomness(80) if each < len(letters) * 8)
    found = "".join(letter for letter, _ in zip(drawn, range(20), strict=False))
    return "-".join(found[place : place + 5] for place in range(0, 20, 5))
