"""Message files (报文文件), as ``customs declare`` writes them, and messages of a run: both become deliveries.

The journal beside them says by which number receipts name a message and to which area it goes; a message that no journal
knows says it itself, in an envelope or bare.

>>> delivered("a.xml", b"<ceb/>", "CEB311", number="N1").id
'N1'
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from customs.documents import BusinessKey
from customs.exchange.contract import Delivery
from customs.files import FORM
from customs.journal import Entry
from customs.road import Outgoing
from customs.wire import ReadError, read, unwrap
from customs.wire.envelope import opened

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


def message_files(
    given: Iterable[Path], entries: Iterable[Entry] = (), state: Path = Path()
) -> Iterator[MessageFile | UnreadMessage]:
    """Yield the messages in files, and in folders those that the journal knows, or all ``.xml`` where there is no journal.

    ``entries`` are the journal's, with files within ``state``. What cannot be read is told, and the rest goes on.
    """
    known = _known(entries, state)
    for path in _files(given, known):
        try:
            yield _message(path, known.get(path.resolve(), []))
        except ReadError as error:
            yield UnreadMessage(path, str(error))
        except OSError as error:
            yield UnreadMessage(path, error.strerror or type(error).__name__)


def _known(entries: Iterable[Entry], state: Path) -> dict[Path, list[Entry]]:
    found: dict[Path, list[Entry]] = {}
    for each in entries:
        found.setdefault((state / each.file).resolve(), []).append(each)
    return found


def _files(given: Iterable[Path], known: Mapping[Path, list[Entry]]) -> Iterator[Path]:
    for path in given:
        if not path.is_dir():
            yield path
            continue
        inside = sorted(each for each in path.iterdir() if each.is_file())
        of_journal = [each for each in inside if each.resolve() in known]
        yield from of_journal or [each for each in inside if each.suffix.lower() in _MESSAGES]


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
