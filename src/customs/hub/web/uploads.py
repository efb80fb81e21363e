"""Files that people upload (上传文件): kept sealed between the page that shows what they would do and the one that does it.

A file belongs to who uploaded it, in one enterprise and for one purpose; it is gone once it is used, and after an hour at the
latest. The name that a browser gives may say whom the file is about: it is sealed with the file, shown to whoever uploaded it,
masked in the audit, and never used as a path. Source of the rules: OWASP File Upload Cheat Sheet.
"""

import re
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import ColumnElement, delete, insert, select

from customs.files import write_whole
from customs.hub.store.sealed import opened, seal
from customs.hub.web.acting import Act
from customs.hub.web.catalogue import console_text
from customs.hub.web.forgetting import KEPT, forget_uploads
from customs.hub.web.tables import HUB_UPLOADS
from customs.hub.web.visits import PageError, Visit
from customs.ledger.database import LedgerConnection

#: How many files a person may have at once; older ones go.
MOST_OF_PERSON = 10

_UPLOADS = HUB_UPLOADS.c

#: The ending of a file's name; a longer one may be anything.
_ENDING = re.compile(r"[A-Za-z]{1,3}[A-Za-z0-9]?")

#: What stands between the name and the content of a file that is kept: no name has it.
_BETWEEN = b"\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptUpload:
    """A file as it was uploaded."""

    id: int
    name: str = field(repr=False)
    """Its name as it is shown to whoever uploaded it, without control characters."""
    content: bytes = field(repr=False)
    at: datetime

    @property
    def digest(self) -> str:
        """The name of the content in causes."""
        return sha256(self.content).hexdigest()[:16]


def taken_in(act: Act) -> tuple[str, bytes]:
    """Return the shown name and the content of the file of a form. Raises ``PageError`` without one."""
    given = act.file("file")
    content = given.file.read() if given else b""
    if given is None or not content:
        raise PageError(HTTPStatus.UNPROCESSABLE_ENTITY, console_text("upload.none"))
    return shown_file_name(given.filename or ""), content


def shown_file_name(name: str) -> str:
    r"""Return the name of an uploaded file as it is shown: its last part, printable, 80 characters at most.

    >>> shown_file_name("C:\\lists\\goods.xlsx"), shown_file_name("../../etc/passwd"), shown_file_name("a\u202egnp.exe")
    ('goods.xlsx', 'passwd', 'agnp.exe')
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(each for each in last if unicodedata.category(each)[0] != "C")[:80] or "-"


def masked_file_name(name: str) -> str:
    """Return the name of a file as the audit keeps it: its first character, and its ending.

    >>> masked_file_name("王小明 11010118900307001X.xlsx"), masked_file_name("stock"), masked_file_name("a.王小明")
    ('王***.xlsx', 's***', 'a***')
    """
    _, dot, ending = name.rpartition(".")
    return f"{name[:1]}***{f'.{ending}' if dot and _ENDING.fullmatch(ending) else ''}"


def keep_upload(connection: LedgerConnection, visit: Visit, purpose: str, name: str, content: bytes) -> int:
    """Keep a file for the next page; return its number. Files whose time is over go."""
    forget_uploads(connection, now=visit.now)
    own = select(_UPLOADS.id).where(_UPLOADS.person == visit.person.id).order_by(_UPLOADS.id.desc())
    older = list(connection.sql.execute(own.offset(MOST_OF_PERSON - 1)).scalars())
    if older:
        connection.sql.execute(delete(HUB_UPLOADS).where(_UPLOADS.id.in_(older)))
    kept = seal(connection.keys, name.encode() + _BETWEEN + content, visit.console.randomness)
    row = {
        "person": visit.person.id,
        "enterprise": visit.shop.name,
        "purpose": purpose,
        "salt": kept.salt,
        "sealed": kept.sealed,
        "at": visit.now,
    }
    return int(connection.sql.execute(insert(HUB_UPLOADS).returning(_UPLOADS.id), row).scalar_one())


def upload_of(connection: LedgerConnection, visit: Visit, purpose: str, number: int) -> KeptUpload:
    """Return a file that the person uploaded. Raises ``PageError`` if it is gone, or another's."""
    row = connection.sql.execute(select(HUB_UPLOADS).where(*_own(visit, purpose, number))).one_or_none()
    content = None if row is None or row.at < visit.now - KEPT else opened(connection.keys, row)
    if row is None or content is None:
        raise PageError(HTTPStatus.NOT_FOUND, console_text("upload.gone"))
    shown, _, given = content.partition(_BETWEEN)
    return KeptUpload(id=row.id, name=shown.decode(), content=given, at=row.at)


def drop_upload(connection: LedgerConnection, visit: Visit, purpose: str, number: int) -> None:
    """Drop a file that was used."""
    connection.sql.execute(delete(HUB_UPLOADS).where(*_own(visit, purpose, number)))


@contextmanager
def as_file(content: bytes, name: str) -> Iterator[Path]:
    """A file on disk with a content meanwhile, under a name of ours, for what reads files."""
    with TemporaryDirectory(prefix="customs-upload-") as folder:
        path = Path(folder) / name
        write_whole(path, content)
        yield path


def _own(visit: Visit, purpose: str, number: int) -> tuple[ColumnElement[bool], ...]:
    return (
        _UPLOADS.id == number,
        _UPLOADS.person == visit.person.id,
        _UPLOADS.enterprise == visit.shop.name,
        _UPLOADS.purpose == purpose,
    )
