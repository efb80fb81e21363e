"""Submissions from the journal (已报送单证): what was sent of a parcel, read back from the messages that count.

The messages themselves say it: guid, time and type of each document. Where a message is gone, its line in the journal
says as much as it knows.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from customs.areas import find
from customs.areas.registry import UnknownAreaError
from customs.declaration import Declaration
from customs.documents import BusinessKey, Document
from customs.journal.reading import Entry, JournalReader
from customs.receipts.state import Submitted
from customs.road.recognition import keys_of
from customs.wire import ReadError, read

#: The message of the unified edition for each document that a local message declares.
_STANDS_FOR = {
    "order": "CEB311", "payment": "CEB411", "waybill": "CEB511", "declaration_list": "CEB621", "cancellation": "CEB623",
    "goods_return": "CEB625",
}  # fmt: skip


def submissions(journal: JournalReader, folder: Path, declaration: Declaration) -> tuple[Submitted, ...]:
    """Return what the journal in a state folder knows to be sent of a parcel, in order."""
    keys = {key.message: key for key in keys_of(declaration).values()}
    of_list = keys["CEB621"].fields[:2]
    keys |= {message: BusinessKey(message, of_list) for message in ("CEB623", "CEB625")}
    entries = journal.entries(declaration.order.order_no)
    return tuple(each for entry in entries for each in _of_entry(entry, folder, keys))


def _of_entry(entry: Entry, folder: Path, keys: dict[str, BusinessKey]) -> Iterator[Submitted]:
    """Yield what one message carries of the parcel; the unified edition says it itself."""
    if entry.message in keys:
        found = [each for each in _in_message(folder / entry.file) if _is_of(each.key, entry, keys[entry.message])]
        line = Submitted(key=keys[entry.message], guid=entry.guid, app_time=entry.at, area=entry.area)
        yield from found or [line]
        return
    for message in _declared_by(entry):
        yield Submitted(key=keys[message], guid=entry.number, app_time=entry.at, area=entry.area)


def _is_of(key: BusinessKey, entry: Entry, own: BusinessKey) -> bool:
    """True if a document is of the parcel: under its key, or an application of its list under a number of its own."""
    return key == own or (entry.message == "CEB625" and key.fields[:1] == own.fields[:1])


def _declared_by(entry: Entry) -> list[str]:
    """Return the documents that a message of an area's own format declares."""
    try:
        messages = find(entry.area).messages
    except UnknownAreaError:
        return []
    roles = (role for each in messages if each.name == entry.message for role in each.documents)
    return list(dict.fromkeys(_STANDS_FOR[role] for role in roles if role in _STANDS_FOR))


@lru_cache(64)
def _in_message(path: Path) -> tuple[Submitted, ...]:
    """Return the documents of a message file; none if it cannot be read."""
    try:
        message = read(path.read_bytes())
    except (OSError, ReadError):
        return ()
    return tuple(_submitted(each) for each in message.documents)


def _submitted(document: Document) -> Submitted:
    head = document.__dict__.get("head", document)
    return Submitted(key=document.key, guid=head.guid, app_time=head.app_time, app_type=head.app_type)
