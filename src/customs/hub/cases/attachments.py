"""Files of cases (附件): screenshots, papers and tables, bounded in size and number, of known types, sealed in the ledger.

Nothing is unpacked, opened or run here. The beginning of a file has to be that of its type, so that a page is no picture.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, insert, select

from customs.fields.frozen import FrozenDict
from customs.hub.cases.acts import CaseAct, SeenCase
from customs.hub.cases.entries import CaseChange, CaseEntryKind
from customs.hub.cases.folded import HubCase
from customs.hub.cases.kept import CaseError, append_entries, entries_of_case, lock_case, read_case
from customs.hub.cases.tables import HUB_CASE_FILES
from customs.hub.store.sealed import opened, seal
from customs.ledger.database import LedgerConnection

#: Bytes of a file, and of all files of a case, at most.
LARGEST_FILE, MOST_BYTES = 5 * 1024 * 1024, 25 * 1024 * 1024

#: Characters of the name of a file at most.
LONGEST_NAME = 150

_ZIP = (b"PK\x03\x04",)

#: The types of files, and how their content begins; nothing for plain text.
FILE_TYPES: Mapping[str, tuple[bytes, ...]] = FrozenDict(
    {
        "application/pdf": (b"%PDF-",),
        "image/png": (b"\x89PNG\r\n\x1a\n",),
        "image/jpeg": (b"\xff\xd8\xff",),
        "image/gif": (b"GIF87a", b"GIF89a"),
        "application/zip": _ZIP,
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": _ZIP,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document": _ZIP,
        "text/plain": (),
        "text/csv": (),
        "application/xml": (b"<",),
    }
)

_FILES = HUB_CASE_FILES.c


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """A file of a case: its name without a path, its type, and its content."""

    name: str = field(repr=False)
    content_type: str
    content: bytes = field(repr=False)


def checked_file(file: CaseFile) -> CaseFile:
    """Return a file. Raises ``CaseError`` for one that is too large, of another type than it says, or with a path."""
    begins = FILE_TYPES.get(file.content_type)
    if begins is None:
        known = ", ".join(FILE_TYPES)
        raise CaseError(
            f"files of type {file.content_type} are not taken, but {known} 不接收 {file.content_type}，可用 {known}"
        )
    if (begins and not file.content.startswith(begins)) or (not begins and b"\x00" in file.content):
        raise CaseError(f"the content is not of the type {file.content_type} 文件内容与类型 {file.content_type} 不符")
    if not 0 < len(file.content) <= LARGEST_FILE:
        raise CaseError(f"a file has 1 to {LARGEST_FILE} bytes 文件大小为 1 至 {LARGEST_FILE} 字节")
    name = file.name
    if not name.strip(". ") or not name.isprintable() or len(name) > LONGEST_NAME or set(name) & set('/\\:*?"<>|'):
        raise CaseError(
            f"a file has a name without a path, of {LONGEST_NAME} characters at most "
            f"文件名不含路径和特殊符号，最长 {LONGEST_NAME} 个字符"
        )
    return file


def attach_file(
    connection: LedgerConnection, seen: SeenCase, file: CaseFile, act: CaseAct, *, outside: bool = False
) -> HubCase:
    """Add a file to a case. Raises ``CaseError`` for one that is not taken, and ``NoCaseError``."""
    checked_file(file)
    case = lock_case(connection, seen.enterprise, seen.number)
    wanted = select(func.coalesce(func.sum(_FILES.bytes), 0)).where(_FILES.case == case.id)
    before = connection.sql.execute(wanted).scalar_one()
    if before + len(file.content) > MOST_BYTES:
        raise CaseError(f"the files of a case have {MOST_BYTES} bytes at most 每个工单的附件合计最大 {MOST_BYTES} 字节")
    row = {
        "case": case.id,
        "place": case.entries + 1,
        "content_type": file.content_type,
        "bytes": len(file.content),
        **seal(connection.keys, file.content)._asdict(),
    }
    number = connection.sql.execute(insert(HUB_CASE_FILES).returning(_FILES.id), row).scalar_one()
    change = CaseChange(kind=CaseEntryKind.ATTACHED, after=str(number), words=file.name, outside=outside)
    return append_entries(connection, case, [change], by=act.by, at=act.at)


def read_file(connection: LedgerConnection, enterprise: str, number: int, file: int) -> CaseFile | None:
    """Return a file of a case by its number, None if there is none or it was erased. Raises ``NoCaseError``."""
    case = read_case(connection, enterprise, number)
    row = connection.sql.execute(select(HUB_CASE_FILES).where(_FILES.id == file, _FILES.case == case.id)).one_or_none()
    content = None if row is None else opened(connection.keys, row)
    if row is None or content is None:
        return None
    names = {each.place: each.words for each in entries_of_case(connection, number, words=True)}
    return CaseFile(name=names.get(row.place) or f"file-{file}", content_type=row.content_type, content=content)
