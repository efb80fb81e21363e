r"""Destinations (接入点): where messages go and receipts come from, as the tables of ``customs.toml`` say.

Each ``[destinations.NAME]`` names a kind of way, what that way needs, and what is sent there. Layouts of folders and
dialects of gateways are data of the library; addresses and credentials are the enterprise's. A secret is never written
in the file: it is named by an environment variable or a file.

>>> from tempfile import mkdtemp
>>> file = Path(mkdtemp()) / "customs.toml"
>>> _ = file.write_text('[destinations.port]\nkind = "folder"\nlayout = "single_window"\nroot = "client"', encoding="utf-8")
>>> exchange = load_exchange(file)
>>> exchange.destinations["port"].kind, exchange.destinations["port"].areas
('folder', ('unified',))
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from customs.documents.base import LEAST_MESSAGE_BYTES, MOST_MESSAGE_BYTES
from customs.exchange.contract import Delivery
from customs.exchange.envelopes import MOST_AROUND, EnvelopeAddress, address_in, enveloped
from customs.exchange.outbox_rows import checked_destination
from customs.exchange.way_kinds import KINDS, checked_settings
from customs.intake.enterprise_file import state_of
from customs.intake.enterprise_reading import Reading, Steps
from customs.intake.enterprise_text import read_text
from customs.intake.problems import EnterpriseError

#: What a name of a file may be made of, beside plain text.
_NAMED_BY = ("type", "id", "file_name")

#: Keys of a destination that every kind has.
_COMMON = (
    "kind", "areas", "messages", "file_name", "envelope", "most_bytes", "messages_a_minute", "documents_a_minute",
    "poll_seconds",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A destination: its way, what goes there, and how fast."""

    name: str
    kind: str
    """The kind of its way, such as ``folder``."""
    settings: Mapping[str, Any] = field(repr=False, hash=False)
    """What the way needs, as it stands in the file."""
    areas: tuple[str, ...] = ("unified",)
    """The areas whose messages go there, and whose formats receipts may have."""
    messages: tuple[str, ...] = ()
    """The types of messages that go there; all if left out."""
    file_name: str = ""
    """How files are named there, such as ``{type}_SENDER_RECEIVER_{id}.xml``; as they are if left out."""
    envelope: EnvelopeAddress | None = None
    """Who sends the envelope of each bare message, and to whom; messages go as they are if left out."""
    most_bytes: int = MOST_MESSAGE_BYTES
    """Of a message as it is handed over, in its envelope if it has one."""
    messages_a_minute: float | None = None
    documents_a_minute: float | None = None
    """Of the key that signs behind it; a U-key signs 250."""
    poll: timedelta = timedelta(seconds=15)

    def takes(self, delivery: Delivery, area: str) -> bool:
        """True if a message of an area goes there."""
        return area in self.areas and (not self.messages or delivery.name in self.messages)

    @property
    def most_bare_bytes(self) -> int:
        """The most bytes of a message before it is put into its envelope."""
        return max((self.most_bytes - MOST_AROUND) * 3 // 4, 0) if self.envelope else self.most_bytes

    def addressed(self, delivery: Delivery) -> Delivery:
        """Return a message as it is handed over there on every attempt: in its envelope, under its file name.

        Raises ``NotEnvelopedError``.
        """
        if self.envelope:
            delivery = enveloped(delivery, self.envelope)
        if not self.file_name:
            return delivery
        parts = {"type": delivery.name, "id": delivery.id, "file_name": delivery.file_name}
        return replace(delivery, file_name=_template(self.file_name, parts))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The destinations of an enterprise, its state folder, and where receipts appear."""

    file: Path
    state: Path
    receipts: Path
    """The folder of receipts, which ``customs track`` reads."""
    destinations: Mapping[str, Destination]
    master: Path | None = None
    """The file of the master key of copies; in the state folder if left out."""
    in_ledger: bool = False
    """True if outboxes and inboxes are kept in the ledger of the enterprise, False if in its state folder."""

    def most_bytes_for(self, areas: Iterable[str]) -> int:
        """Return the most bytes that a message may have to go, in its envelope, to every destination of some areas."""
        names = set(areas)
        taking = [each.most_bare_bytes for each in self.destinations.values() if names & set(each.areas)]
        return min(taking, default=MOST_MESSAGE_BYTES)

    def named(self, name: str = "") -> tuple[Destination, ...]:
        """Return a destination, or all of them without a name. Raises ``UnknownDestinationError``."""
        if not name and self.destinations:
            return tuple(self.destinations.values())
        if name not in self.destinations:
            raise UnknownDestinationError(name, tuple(self.destinations))
        return (self.destinations[name],)


class UnknownDestinationError(LookupError):
    """The enterprise file has no such destination, or none at all."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(
            f"the enterprise file has no destination {name!r}; there are {', '.join(known)} "
            f"企业档案中没有接入点 {name}，现有：{'、'.join(known)}"
            if known
            else "the enterprise file has no destination: add a table [destinations.NAME] 企业档案中没有接入点，请添加 [destinations.名称]"
        )


def load_exchange(path: Path | str) -> Exchange:
    """Read the destinations of an enterprise file. Raises ``EnterpriseError`` with every mistake, and ``OSError``."""
    text = read_text(Path(path))
    reading = Reading(text)
    table = reading.table(text.data.get("exchange", {}), ("exchange",))
    reading.known(table, ("boxes", "key", "receipts"), ("exchange",))
    in_ledger = _boxes(reading, table) == "ledger"
    master, receipts = (reading.path_at(table, each, ("exchange",)) for each in ("key", "receipts"))
    given = reading.table(text.data.get("destinations", {}), ("destinations",))
    found = {name: _destination(reading, name, value) for name, value in given.items()}
    state = state_of(reading, text.data)
    if reading.problems:
        raise EnterpriseError(reading.problems)
    return Exchange(
        file=text.path,
        state=state,
        receipts=receipts or text.path.parent / "receipts",
        destinations={name: each for name, each in found.items() if each},
        master=master,
        in_ledger=in_ledger,
    )


def _boxes(reading: Reading, table: Mapping[str, Any]) -> str:
    """Return where outboxes and inboxes are kept: ``state`` or ``ledger``."""
    kept = reading.text_at(table, "boxes", ("exchange",)) or "state"
    if kept not in ("state", "ledger"):
        reading.wrong(
            ("exchange", "boxes"),
            'boxes are kept in "state", the state folder, or in "ledger"',
            '收发件箱保存于 "state"（状态目录）或 "ledger"（账簿）',
        )
    if kept == "ledger" and "key" in table:
        reading.wrong(
            ("exchange", "key"),
            "this key is of boxes in the state folder; the ledger has keys of its own: leave one of the two out",
            "此密钥用于状态目录中的收发件箱，账簿另有密钥，二者只填其一",
        )
    return kept


def _destination(reading: Reading, name: str, value: object) -> Destination | None:
    steps: Steps = ("destinations", name)
    table = reading.table(value, steps)
    try:
        checked_destination(name)
    except ValueError as error:
        en, _, zh = str(error).partition(" 接入点")
        reading.wrong(steps, en, f"接入点{zh}")
    kind = reading.text_at(table, "kind", steps)
    if kind not in KINDS:
        reading.wrong((*steps, "kind"), f"the kind is one of {', '.join(KINDS)}", f"kind 应为 {'、'.join(KINDS)} 之一")
        return None
    settings = {key: each for key, each in table.items() if key not in _COMMON}
    checked_settings(reading, kind, settings, steps)
    plain = Destination(name=name, kind=kind, settings=settings)
    seconds = _number(reading, table, "poll_seconds", steps)
    found = replace(
        plain,
        areas=_names(reading, table, "areas", steps) or plain.areas,
        messages=_names(reading, table, "messages", steps),
        file_name=_file_name(reading, table, steps),
        envelope=address_in(reading, table, steps),
        most_bytes=int(_number(reading, table, "most_bytes", steps) or plain.most_bytes),
        messages_a_minute=_number(reading, table, "messages_a_minute", steps),
        documents_a_minute=_number(reading, table, "documents_a_minute", steps),
        poll=timedelta(seconds=seconds) if seconds else plain.poll,
    )
    if found.most_bare_bytes < LEAST_MESSAGE_BYTES:
        reading.wrong(
            (*steps, "most_bytes"),
            f"messages may have {found.most_bare_bytes:,} bytes outside their envelope, and one document may need "
            f"{LEAST_MESSAGE_BYTES:,}",
            f"封装前的报文仅可有 {found.most_bare_bytes:,} 字节，而一份单证可能需要 {LEAST_MESSAGE_BYTES:,} 字节",
        )
    return found


def _names(reading: Reading, table: Mapping[str, Any], key: str, steps: Steps) -> tuple[str, ...]:
    value = table.get(key, [])
    if isinstance(value, list) and all(isinstance(each, str) and re.fullmatch(r"\w{1,60}", each) for each in value):
        return tuple(value)
    reading.wrong((*steps, key), 'this is a list of names, such as ["unified"]', '此处应为名称列表，如 ["unified"]')
    return ()


def _number(reading: Reading, table: Mapping[str, Any], key: str, steps: Steps) -> float | None:
    value = table.get(key)
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1 << 40):
        return value
    reading.wrong((*steps, key), "this is a number above zero", "此处应为大于零的数字")
    return None


def _file_name(reading: Reading, table: Mapping[str, Any], steps: Steps) -> str:
    text = reading.text_at(table, "file_name", steps)
    try:
        named = _template(text, dict.fromkeys(_NAMED_BY, "x"))
    except (KeyError, ValueError, IndexError):
        named = ""
    if text and (not named or "{id}" not in text):
        reading.wrong(
            (*steps, "file_name"),
            "a file name holds {id}, so that none comes twice, and may hold {type} and {file_name}",
            "文件名须含 {id} 以免重复，另可含 {type} 和 {file_name}",
        )
    return text


def _template(text: str, parts: Mapping[str, str]) -> str:
    """Return a text with parts in place of their names; nothing else may stand in braces."""

    def part(found: re.Match[str]) -> str:
        return parts[found[1]]

    return re.sub(r"\{(\w*)\}", part, text)
