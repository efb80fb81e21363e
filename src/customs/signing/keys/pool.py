"""Pools of keys (密钥池): several keys of one enterprise that share the work, each a spare for the others.

A U-key makes two to twelve signatures a second, one at a time; with several in a pool, as many threads sign at once. A
key that fails is set aside and its work goes to another.

>>> from customs.testing import issue_test_key
>>> from datetime import datetime
>>> first, second = (issue_test_key("示例公司", "910000000000000053", since=datetime(2026, 1, 1)).signer() for _ in range(2))
>>> pool = SignerPool([first, second])
>>> [pool.sign(b"data").certificate == each.certificate for each in (first, second, first)]
[True, True, True]
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from threading import Condition

from customs.signing.algorithm import Algorithm
from customs.signing.certificate import Certificate
from customs.signing.errors import SigningError
from customs.signing.signer import OpenKey, Signature, Signer


@dataclass(frozen=True, slots=True)
class LostSigner:
    """A key that a pool set aside, and the reason."""

    signer: Signer
    reason: str

    def __str__(self) -> str:
        return f"{self.signer.certificate.key_name}: {self.reason}"


class SignerPool(OpenKey):
    """Several signers of one enterprise and one algorithm, used as one; each signs one thing at a time.

    The member that has been idle the longest signs; while all are busy, ``sign`` waits. A member that raises
    ``SigningError`` is set aside until ``restore``. Raises ``ValueError`` for members of different enterprises or
    algorithms.

    The pool does not close its members: the caller does.
    """

    def __init__(self, signers: Iterable[Signer]) -> None:
        members = tuple(signers)
        _check_members(members)
        self._members = members
        self._idle = deque(members)
        self._lost: list[LostSigner] = []
        self._changed = Condition()

    def __repr__(self) -> str:
        return f"SignerPool(key_names={[each.certificate.key_name for each in self._members]})"

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of all members."""
        return self._members[0].algorithm

    @property
    def certificate(self) -> Certificate:
        """The certificate of the first member; each signature carries that of the key which made it."""
        return self._members[0].certificate

    @property
    def lost(self) -> tuple[LostSigner, ...]:
        """The members that were set aside, in that order, with the reasons."""
        with self._changed:
            return tuple(self._lost)

    def restore(self) -> None:
        """Use the members that were set aside again, once they are repaired."""
        with self._changed:
            self._idle.extend(each.signer for each in self._lost)
            self._lost.clear()
            self._changed.notify_all()

    def sign(self, data: bytes) -> Signature:
        """Sign with an idle member, or with the next if that one fails.

        Raises ``SigningError`` once all are set aside.
        """
        while True:
            member = self._taken()
            try:
                signature = member.sign(data)
            except SigningError as error:
                self._set_aside(LostSigner(member, str(error)))
            except BaseException:
                self._give_back(member)
                raise
            else:
                self._give_back(member)
                return signature

    def _taken(self) -> Signer:
        """The member that has been idle the longest, once there is one."""
        with self._changed:
            try:
                self._changed.wait_for(lambda: self._idle or len(self._lost) == len(self._members))
            except BaseException:
                self._changed.notify()  # the call that woke this thread may have been for another
                raise
            if self._idle:
                return self._idle.popleft()
            told = "; ".join(map(str, self._lost))
        raise SigningError(
            f"all {len(self._members)} keys of the pool are set aside: repair them, then call restore(): {told}"
        )

    def _give_back(self, member: Signer) -> None:
        with self._changed:
            self._idle.append(member)
            self._changed.notify()

    def _set_aside(self, lost: LostSigner) -> None:
        with self._changed:
            self._lost.append(lost)
            self._changed.notify_all()  # whoever waits for the last one waits in vain


def _check_members(members: tuple[Signer, ...]) -> None:
    if not members:
        raise ValueError("a pool needs at least one signer")
    for one, other in combinations(members, 2):
        names = f"keys {one.certificate.key_name} and {other.certificate.key_name}"
        if one is other:
            raise ValueError(f"the signer of key {one.certificate.key_name} is given twice: a pool takes each once")
        if one.algorithm is not other.algorithm:
            raise ValueError(
                f"{names} differ in algorithm, {one.algorithm.name} and {other.algorithm.name}: make a pool of each"
            )
        if not _of_one_enterprise(one.certificate, other.certificate):
            raise ValueError(f"the certificates of {names} are not of one enterprise: make a pool for each")


def _of_one_enterprise(one: Certificate, other: Certificate) -> bool:
    """By credit code; by the organisation named where one of them states no credit code."""
    if one.credit_code and other.credit_code:
        return one.credit_code == other.credit_code
    return one.organisation is not None and one.organisation == other.organisation
