"""Knowledge (已知情况): what a run has to know beyond the parcel in hand, asked through one protocol.

The first question is whether a business key was declared before (rule 13: one declaration list for one order and one
waybill). Whoever keeps records answers it; ``Memory`` answers from the memory of this process.

>>> from customs.documents import BusinessKey
>>> key = BusinessKey("CEB311", (("platform_code", "P1"), ("order_no", "O1")))
>>> memory = Memory()
>>> memory.declared(key)
>>> memory.note(Declared(message="5A3F"), key)
>>> memory.declared(key).message
'5A3F'
"""

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from secrets import token_bytes
from typing import Protocol

from customs.documents import BusinessKey, Document
from customs.documents.business_key import SEPARATOR
from customs.fields.frozen import FrozenDict
from customs.fields.money import ZERO, plus


@dataclass(frozen=True, slots=True)
class Declared:
    """An earlier declaration under a business key: in which message, with which content, when."""

    message: str = ""
    """The number of the message, empty as long as the parcel waits for its message."""
    content: str = ""
    """The ``content_of`` the document, empty if it is not known."""
    at: datetime | None = None
    """The time of submission."""
    parcel: int | None = None
    """The position of the parcel, if it belongs to the same stream."""
    carriers: Mapping[str, frozenset[str]] = FrozenDict()
    """The messages that carry the parcel, by the digest of the content that was declared in them; empty if only the
    number is known."""


class Knowledge(Protocol):
    """Facts that only records can tell. Every answer is about earlier declarations, never about the parcel being
    checked.

    A run only asks; whoever sends the messages records them. So checking the same parcels again, or preparing them
    again after a crash, gives the same answers until something was really declared.
    """

    def declared(self, key: BusinessKey) -> Declared | None:
        """Return the earlier declaration under the key, or None if there is none."""
        ...

    def digest(self, content: bytes) -> str:
        """Return the digest under which ``Declared.carriers`` names a content; keyed where it is stored."""
        ...


@dataclass(frozen=True, slots=True)
class Hashes:
    """The keyed hashes under which contents and buyers are known: without the key they say nothing."""

    key: bytes = field(default_factory=lambda: token_bytes(32), repr=False)

    def content(self, content: bytes) -> bytes:
        """Return the hash of a content."""
        return hmac.digest(self.key, content, "sha256")

    def buyer(self, id_type: str, id_number: str) -> bytes:
        """Return the hash of a buyer."""
        return hmac.digest(self.key, f"{id_type}\x1f{id_number}".encode(), "sha256")


class Memory:
    """Knowledge in memory, on top of other knowledge if ``before`` is given.

    Each stream of a run opens a fresh one for its own parcels. Keep one yourself to find repetitions across the streams
    of one process: give it as ``knowledge`` and ``note`` what was sent. ``hashes`` are those under which others know the
    buyers, and ``used`` what these have used so far.
    """

    def __init__(
        self, before: Knowledge | None = None, hashes: Hashes | None = None, used: Mapping[bytes, Decimal] | None = None
    ) -> None:
        self._before = before
        self._declared: dict[str, Declared | int] = {}  # by the texts of a key; of the stream itself the position
        self._used: dict[bytes, Decimal] = dict(used or {})
        self._hashes = hashes or Hashes()
        self._last = ("", b"")
        self.positions: set[int] = set()
        """The positions of the parcels of the stream that were noted."""

    def declared(self, key: BusinessKey) -> Declared | None:
        """Return the earlier declaration under the key, or None if there is none."""
        found = self._declared.get(known_as(key))
        if isinstance(found, int):
            return Declared(parcel=found)
        return self._before.declared(key) if found is None and self._before else found

    def digest(self, content: bytes) -> str:
        """Return the digest of a content, as the knowledge before makes it."""
        return self._before.digest(content) if self._before else sha256(content).hexdigest()

    def note(self, declared: Declared, *keys: BusinessKey) -> None:
        """Remember that the keys were declared."""
        self._declared.update([(known_as(key), declared) for key in keys])

    def are_new(self, keys: Sequence[str]) -> bool:
        """Return True if none of the keys, as ``known_as`` gives them, was declared; False also where only the knowledge
        before can tell.
        """
        return self._before is None and self._declared.keys().isdisjoint(keys)

    def note_parcel(self, position: int, keys: Sequence[str]) -> None:
        """Remember the keys of a parcel of the stream, as ``known_as`` gives them."""
        self.positions.add(position)
        for key in keys:
            self._declared[key] = position

    def used(self, id_type: str, id_number: str, given: Decimal | None) -> Decimal:
        """Return the quota that a buyer has used: what is given, or what the parcels noted here add up to, if that is
        more. A figure that is given already holds the parcels before it.
        """
        buyer = self._buyer(id_type, id_number)
        noted = self._used.get(buyer, ZERO)
        if given is None or 0 <= given <= noted:
            return noted
        if given > noted:
            self._used[buyer] = given
        return given  # below 0 it is refused by a finding of its own

    def use(self, id_type: str, id_number: str, value: Decimal) -> None:
        """Add the dutiable value of a parcel to what its buyer has used, in CNY."""
        buyer = self._buyer(id_type, id_number)
        self._used[buyer] = plus(self._used.get(buyer, ZERO), value)

    def holds_any(self, keys: Iterable[str]) -> bool:
        """Return True if one of the keys, as ``known_as`` gives them, was noted here."""
        return not self._declared.keys().isdisjoint(keys)

    def noted_use(self, buyer: bytes) -> Decimal:
        """Return what was noted here of a buyer, by the hash."""
        return self._used.get(buyer, ZERO)

    def set_use(self, used: Mapping[bytes, Decimal]) -> None:
        """Remember what buyers have used, by their hashes."""
        self._used.update(used)

    def _buyer(self, id_type: str, id_number: str) -> bytes:
        """The keyed hash of a buyer: no identity number stays in memory for a whole stream, but for the last one."""
        person = id_type + id_number
        if person != self._last[0]:
            self._last = person, self._hashes.buyer(id_type, id_number)
        return self._last[1]


def known_as(key: BusinessKey) -> str:
    """Return a business key as one text, its message first: whoever keeps many keys keeps them so.

    >>> known_as(BusinessKey("CEB311", (("platform_code", "P1"), ("order_no", "O1")))).split(SEPARATOR)
    ['CEB311', 'P1', 'O1']
    """
    return SEPARATOR.join((key.message, *[text for _, text in key.fields]))


def content_of(document: Document) -> str:
    """Return the SHA-256 of what a document declares: of all fields but its guid and the time of submission, which
    differ each time the same document is made.
    """
    left_out = {"guid": True, "app_time": True}
    return sha256(document.model_dump_json(exclude={"head": left_out, **left_out}).encode()).hexdigest()
