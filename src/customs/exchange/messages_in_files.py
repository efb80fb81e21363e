"""Message files (报文文件), as ``customs declare`` writes them, and messages of a run: both become deliveries.

The journal beside them says by which number receipts name a message and to which area it goes; a message that no journal
knows says it itself, in an envelope or bare.

>>> delivered("a.xml", b"<ceb/>", "CEB311", number="N1").id
'N1'
"""

import json
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field, replace
from pathlib import Path

from customs.documents import BusinessKey
from customs.exchange.contract import Delivery
from customs.files import FORM, system_reason
from customs.journal import Entry, JournalError, read_journal
from customs.road import Outgoing
from customs.wire import ReadError, read, unwrap
from customs.wire.envelope import opened
from customs.wire.unread import unread

#: Endings of files that may be messages where no journal says so.
_MESSAGES = frozenset({".xml"})


@dataclass(frozen=True, slots=True)
class MessageFile:
    """A message in a file: what is delivered, and the area that it goes to."""

    delivery: Delivery = field(repr=False)
    area: str


@dataclass(frozen=True, slots=True)
class UnreadMessage:
    """A file that cannot be sent, and why."""

    path: Path
    reason: str


def delivery_of(message: Outgoing) -> Delivery:
    """Return a message of a run as it is delivered, byte for byte."""
    return Delivery(
        id=message.id,
        name=message.name,
        file_name=message.file_name,
        content=message.content,
        form=message.form,
        keys=tuple(message.keys),
    )


def delivered(
    file_name: str, content: bytes, name: str, *, number: str, keys: tuple[BusinessKey, ...] = ()
) -> Delivery:
    """Return a delivery under the number by which receipts name it."""
    return Delivery(id=number, name=name, file_name=file_name, content=content, keys=keys)


def message_files(given: Iterable[Path], journals: Iterable[Path] = ()) -> Iterator[MessageFile | UnreadMessage]:
    """Yield the messages in files, and in folders those that a journal knows, or all ``.xml`` where none knows any.

    ``journals`` are state folders that may have a journal. What cannot be read is told, and the rest goes on.
    """
    paths = list(given)
    inside = {path: sorted(each for each in path.iterdir() if each.is_file()) for path in paths if path.is_dir()}
    every = {each.resolve() for path in paths for each in inside.get(path, [path])}
    known = _known(every, journals)
    for path in paths:
        of_journal = [each for each in inside.get(path, [path]) if each.resolve() in known]
        for each in of_journal or inside.get(path, [path]):
            if of_journal or path not in inside or each.suffix.lower() in _MESSAGES:
                yield _read_file(each, known.get(each.resolve(), []))


def _known(files: Set[Path], journals: Iterable[Path]) -> dict[Path, list[Entry]]:
    """Return what journals say of these files."""
    found: dict[Path, list[Entry]] = {}
    for folder in journals:
        try:
            with read_journal(folder) as journal:
                for each in journal.entries():
                    if (path := (folder / each.file).resolve()) in files:
                        found.setdefault(path, []).append(each)
        except JournalError:  # there is none
            continue
    return found


def _read_file(path: Path, entries: list[Entry]) -> MessageFile | UnreadMessage:
    try:
        return _message(path, entries)
    except ReadError as error:
        return UnreadMessage(path, unread(error))
    except OSError as error:
        return UnreadMessage(path, " ".join(system_reason(error)))


def _message(path: Path, entries: list[Entry]) -> MessageFile:
    content = path.read_bytes()
    form = path.with_name(path.name + FORM)
    parameters = json.loads(form.read_bytes()) if form.exists() else None
    if entries and not entries[0].message.startswith("CEB"):
        keys = tuple(BusinessKey(each.message, (("order_no", each.order_no),)) for each in entries)
        found = delivered(path.name, content, entries[0].message, number=entries[0].number, keys=keys)
    else:
        found = _unified(path, content)
        found = replace(found, id=entries[0].number) if entries else found
    return MessageFile(replace(found, form=parameters), entries[0].area if entries else "unified")


def _unified(path: Path, content: bytes) -> Delivery:
    """Return a message of the unified edition, which names itself; in an envelope by the number of that."""
    payload, _ = opened(content)
    message = read(payload)
    number = unwrap(content).routing.copy_id if payload != content else message.guid
    keys = tuple(each.key for each in message.documents)
    return delivered(path.name, content, message.documents[0].message, number=number, keys=keys)
