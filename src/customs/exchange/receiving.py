"""The receiving loop (接收循环): whatever a way brings goes into the inbox, then is confirmed, then stands as a file.

A call fetches once; where a way gives parts, until a fetch brings nothing else. What cannot be taken in is told and left, or
set aside with its bytes; the rest goes on. Receipts appear as private files (0600) in a folder of receipts, which
``customs track`` reads, under a name that their content gives, so that none appears twice.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from customs.areas import AreaProfile
from customs.exchange.contract import ExchangeWay, Item, SetAside, WayError
from customs.exchange.copies import CopyErasedError
from customs.exchange.inbox import Inbox, TakenItem, TakenKind
from customs.exchange.item_reading import UNIFIED_EDITION
from customs.exchange.outbox import instant
from customs.fields.moments import Clock
from customs.files import make_folder, safe_name, write_together

#: How often a way that gives parts is asked in one call.
MOST_FETCHES = 100

#: Items and bytes that are stored with one forced write.
MOST_TOGETHER, MOST_BYTES_TOGETHER = 500, 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveConditions:
    """The conditions under which is received."""

    clock: Clock
    areas: Sequence[str | AreaProfile] = UNIFIED_EDITION
    """The formats that receipts may have, tried in turn."""
    folder: Path | None = None
    """Where receipts appear as files; nowhere if left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveReport:
    """The outcome of a call of ``receive``."""

    counts: Mapping[TakenKind, int]
    aside: tuple[TakenItem, ...] = ()
    """What was set aside in the inbox this time."""
    left: tuple[SetAside, ...] = ()
    """What was left where it is."""
    unconfirmed: int = 0
    """What is stored and could not be confirmed; it comes again and is known then."""
    failed: str = ""
    """Why the destination could not be asked, or not to the end."""

    @property
    def receipts(self) -> int:
        """How many receipts were not known before."""
        return self.counts.get("receipt", 0)

    @property
    def waiting(self) -> bool:
        """True if something may only be unfinished, and another call soon will take it in."""
        return any(each.wait for each in self.left)


def receive(inbox: Inbox, way: ExchangeWay, conditions: ReceiveConditions) -> ReceiveReport:
    """Fetch what waits: store it, confirm it, and let receipts appear as files.

    Raises ``JournalError`` if the inbox cannot be written, and ``NotWrittenError`` for the files: what is not stored then
    was not confirmed either.
    """
    taking, begun = _Taking(inbox, way, conditions), instant(conditions.clock())
    failed = ""
    for _ in range(MOST_FETCHES if way.gives_parts else 1):
        before = len(taking.confirmed)
        try:
            for each in way.fetch():
                taking.add(each)
        except WayError as error:
            failed = str(error)
        taking.store()
        if failed or len(taking.confirmed) == before:
            break
    if not failed:
        inbox.fetched(begun)
    if conditions.folder:
        place_receipts(inbox, conditions.folder)
    return ReceiveReport(
        counts=taking.counts,
        aside=tuple(taking.aside),
        left=tuple(taking.left),
        unconfirmed=taking.unconfirmed,
        failed=failed,
    )


class _Taking:
    """The items that came and are not stored yet, and figures of those that are."""

    def __init__(self, inbox: Inbox, way: ExchangeWay, conditions: ReceiveConditions) -> None:
        self._inbox, self._way, self._conditions = inbox, way, conditions
        self._items: list[Item] = []
        self._bytes = 0
        self.counts: Counter[TakenKind] = Counter()
        self.aside: list[TakenItem] = []
        self.left: list[SetAside] = []
        self.unconfirmed = 0
        self.confirmed = set[str]()

    def add(self, came: Item | SetAside) -> None:
        if isinstance(came, SetAside):
            self.left.append(came)
            return
        self._items.append(came)
        self._bytes += len(came.content)
        if len(self._items) >= MOST_TOGETHER or self._bytes > MOST_BYTES_TOGETHER:
            self.store()

    def store(self) -> None:
        """Store what came, and only then confirm it."""
        items, self._items, self._bytes = self._items, [], 0
        if not items:
            return
        at = instant(self._conditions.clock())
        taken = self._inbox.take(items, at=at, areas=self._conditions.areas)
        self.counts.update(each.kind for each in taken)
        self.aside += [each for each in taken if each.kind == "aside"]
        if self._way.can_confirm:
            for item in items:
                self._confirm(item)

    def _confirm(self, item: Item) -> None:
        try:
            self._way.confirm(item)
            self.confirmed.add(item.name)
        except WayError:
            self.unconfirmed += 1


def place_receipts(inbox: Inbox, folder: Path) -> int:
    """Let the receipts of an inbox appear as files in a folder; return how many did. One that was erased does not.

    Raises ``NotWrittenError``: the rest appears the next time.
    """
    count = 0
    while items := inbox.unplaced():
        make_folder(folder)
        contents: dict[Path, bytes] = {}
        for each in items:
            try:
                content = inbox.content(each.number)
            except CopyErasedError:
                continue
            contents[folder / receipt_file(each, content)] = content
        write_together(contents)
        inbox.placed(each.number for each in items)
        count += len(contents)
    return count


def receipt_file(item: TakenItem, content: bytes) -> str:
    """Return the name of the file of a receipt: its type, and the beginning of its digest."""
    ending = "json" if content.lstrip()[:1] == b"{" else "xml"
    receipt = item.lines[0].receipt if item.lines else "receipt"
    return safe_name(f"{receipt}_{item.digest[:32]}.{ending}")
