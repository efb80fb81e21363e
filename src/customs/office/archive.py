"""The archive of the office (收件存档): everything that it took, on the disk before it answers, and what was confirmed.

Promised: a message that was added is there after a kill at any moment; one that was cut while it was written is not, and
was answered to nobody. Contents are encrypted (AES-GCM) under a key of their own file, readable by the owner alone:
without it nothing of them can be read.

>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder:
...     with OfficeArchive(Path(folder)) as archive:
...         archive.add(Kept(at=datetime(2026, 11, 11, 8), via="folder", content=b"<a/>"))
...     with OfficeArchive(Path(folder)) as archive:
...         [(each.via, each.content) for each in archive.kept]
[('folder', b'<a/>')]
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from customs.files import Growing, held, make_folder, write_whole

_NONCE = 12

#: The file of the key in the folder of an office.
_KEY = "office.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One thing in the archive: a message that was taken, answers that were confirmed, or a message that was set aside."""

    at: datetime
    via: str = ""
    sender: str = ""
    name: str = ""
    """The name of the file that held it, empty without one."""
    content: bytes = field(default=b"", repr=False)
    confirmed: tuple[str, ...] = ()
    aside: int = 0
    """The number of a message that was set aside."""


class OfficeArchive:
    """The archive in a folder, held by one process. Raises ``FolderHeldError`` if another has it."""

    def __init__(self, folder: Path) -> None:
        make_folder(folder)
        self._open = ExitStack()
        self._open.enter_context(held(folder))
        self._cipher = AESGCM(_key(folder / _KEY))
        part = folder / "taken.part"
        stored = part.read_bytes() if part.exists() else b""
        found, length = [], 0
        for kept, end in _frames(stored, self._cipher):
            found.append(kept)
            length = end
        self.kept = tuple(found)
        """What was there when the archive was opened, in its order."""
        self._file = self._open.enter_context(Growing(part, length))

    def add(self, kept: Kept) -> None:
        """Store a thing. Raises ``NotWrittenError``; then it counts as not taken."""
        length = self._file.length
        try:
            self._file.add(_frame(kept, self._cipher))
        except BaseException:
            self._file.cut(length)
            raise

    def sealed(self, content: bytes) -> bytes:
        """Return bytes that only the key of the office opens."""
        return _sealed(content, self._cipher)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()


def _key(path: Path) -> bytes:
    if not path.exists():
        write_whole(path, AESGCM.generate_key(256))
    return path.read_bytes()


def opened_aside(path: Path) -> bytes:
    """Return a message in the folder of what an office set aside, as it came.

    Raises ``OSError`` and, for a file that is damaged or of another office, ``ValueError``.
    """
    return _opened(path.read_bytes(), AESGCM((path.parent.parent / _KEY).read_bytes()))


def _sealed(content: bytes, cipher: AESGCM) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + cipher.encrypt(nonce, content, None)


def _opened(sealed: bytes, cipher: AESGCM) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
    except InvalidTag:
        raise ValueError("the archive of the office was written under another key 存档与密钥不符") from None


def _frame(kept: Kept, cipher: AESGCM) -> bytes:
    """A line with length and digest, then what is stored."""
    about = {"at": kept.at.isoformat(), "via": kept.via, "sender": kept.sender, "name": kept.name}
    about_answers = {"confirmed": kept.confirmed, "aside": kept.aside}
    sealed = _sealed(json.dumps(about | about_answers).encode() + b"\n" + kept.content, cipher)
    return f"{len(sealed)} {hashlib.sha256(sealed).hexdigest()}\n".encode() + sealed


def _frames(stored: bytes, cipher: AESGCM) -> Iterator[tuple[Kept, int]]:
    """Yield each whole thing with where it ends."""
    at = 0
    while (line := stored.find(b"\n", at)) >= 0:
        length, _, digest = stored[at:line].decode("ascii", "replace").partition(" ")
        begin = line + 1
        sealed = stored[begin : begin + int(length)] if length.isdecimal() else b""
        if not sealed or hashlib.sha256(sealed).hexdigest() != digest:
            return
        at = begin + len(sealed)
        about, _, content = _opened(sealed, cipher).partition(b"\n")
        values = json.loads(about)
        yield (
            Kept(
                at=datetime.fromisoformat(values["at"]),
                via=values["via"],
                sender=values["sender"],
                name=values["name"],
                content=content,
                confirmed=tuple(values["confirmed"]),
                aside=values.get("aside", 0),
            ),
            at,
        )
