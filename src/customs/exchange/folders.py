"""The folder way (目录通道): messages into the pick-up folder of a client, receipts out of its receipt folders.

What it promises beyond the contract of every way:

1. A message appears under its name whole: written beside it as ``.tmp``, forced to the disk, then named; a name that is
   taken is never overwritten. It can be read by its owner alone (0600).
2. The name stays the same on every attempt; whatever already has it tells what became of the earlier one.
3. Receipts are read as ``folder_receipts`` says: whole ones, by one process.

>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as root:
...     (Path(root) / "out").mkdir()
...     way = FolderWay(FolderSettings(root=Path(root)))
...     way.hand_over(Delivery(id="1", name="CEB311", file_name="a.xml", content=b"<a/>")).outcome
...     [each.name for each in (Path(root) / "out").iterdir()]
'sent'
['a.xml']
"""

import errno
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from customs.exchange.contract import Again, Delivery, HandedOver, Item, SetAside, WayError
from customs.exchange.folder_receipts import ReceiptFolders
from customs.exchange.folder_words import is_same, listed, reason, refused, word_in
from customs.exchange.layouts import LAYOUTS, UNFINISHED, FolderLayout
from customs.files import NotWrittenError, Staged, force, part_of, safe_name, stage, system_reason

#: How many files are forced to the disk at a time, which takes little more than one.
_TOGETHER = 4

#: Why one file cannot be written though others can; all else, such as a full disk, befalls whatever is put there.
_OF_THE_MESSAGE = frozenset({errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ, errno.EISDIR})


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderSettings:
    """The folders of a client as ``customs.toml`` gives them: each field is a key of the same name.

    Raises ``ValueError`` for a layout that is not known.
    """

    root: Path
    """The folder of the client, below which those of the layout are."""
    layout: str = "free"
    """A name of ``LAYOUTS``."""
    pick_up: str = ""
    """Another folder for messages than that of the layout."""
    receipts: tuple[str, ...] = ()
    """Other folders of receipts than those of the layout."""

    def __post_init__(self) -> None:
        if self.layout not in LAYOUTS:
            raise ValueError(f"no client has the layout {self.layout!r}; known: {', '.join(LAYOUTS)} 没有此目录布局")

    @property
    def folders(self) -> FolderLayout:
        """The layout, with the folders that are named otherwise."""
        layout = LAYOUTS[self.layout]
        return replace(layout, pick_up=self.pick_up or layout.pick_up, receipts=tuple(self.receipts) or layout.receipts)


class FolderWay:
    """The way through the folders of a client; its functions are those of ``ExchangeWay``."""

    can_confirm = True
    can_lookup = True
    gives_parts = False
    most_staged = 50

    def __init__(self, settings: FolderSettings) -> None:
        self._layout, self._root = settings.folders, settings.root
        self._receipts = ReceiptFolders(self._root, self._layout)

    def __repr__(self) -> str:
        return f"FolderWay({self._root})"

    def check_place(self) -> None:
        """Raise ``WayError`` if the pick-up folder is not there or takes no file, as a file put there shows."""
        folder = self._root / self._layout.pick_up
        trial = folder / "customs.trial"
        try:
            stage(trial, b"", suffix=".tmp").drop()
        except NotWrittenError as error:
            en, zh = system_reason(error)
            raise WayError(
                f"no message can be put into the folder {folder}, {en}: make the folder, give the right to write there, or mend "
                f"root and pick_up in the enterprise file, then send again "
                f"无法向目录 {folder} 写入报文：{zh}。请建立该目录、授予写权限，或更正企业档案中的 root 和 pick_up，然后重新发送"
            ) from None

    def hand_over(self, delivery: Delivery) -> HandedOver:
        """Put a message into the pick-up folder, whole."""
        (known,) = self.stage([delivery])
        return known or self.hand_over_staged([delivery])[0]

    def stage(self, deliveries: Sequence[Delivery]) -> tuple[HandedOver | None, ...]:
        """Write messages into the pick-up folder as ``.tmp``, each forced to the disk."""
        if len(deliveries) == 1:
            return (self._stage(deliveries[0]),)
        with ThreadPoolExecutor(_TOGETHER) as writers:
            return tuple(writers.map(self._stage, deliveries))

    def _stage(self, delivery: Delivery) -> HandedOver | None:
        path = self._path(delivery)
        if wrong := self._misnamed(path, delivery.file_name):
            return HandedOver(outcome="not sent", again="never", said=wrong)
        found = self._found(delivery)
        if found.outcome != "unknown":
            return found
        try:
            for each in (_part(path, delivery), _going(path, delivery)):  # of an attempt that was killed
                Staged(each, path).drop()
            stage(path, delivery.content, ending=_ending(delivery), suffix=".tmp")
        except NotWrittenError as error:
            again: Again = "later" if error.errno in _OF_THE_MESSAGE else "after the outage"
            return HandedOver(outcome="not sent", again=again, said=reason(error, path.parent))
        return None

    def hand_over_staged(self, deliveries: Sequence[Delivery]) -> tuple[HandedOver, ...]:
        """Give messages their names: that is the moment from which the client has them; then force the names to the disk."""
        found = [self._placed(each) for each in deliveries]
        pick_up = self._root / self._layout.pick_up
        try:
            force(pick_up)
        except NotWrittenError as error:
            lost = HandedOver(outcome="unknown", said=reason(error, pick_up))
            return tuple(lost if each.outcome == "sent" else each for each in found)
        return tuple(found)

    def _placed(self, delivery: Delivery) -> HandedOver:
        path = self._path(delivery)
        part, going = _part(path, delivery), _going(path, delivery)
        try:
            if not Staged(part, going).place(replacing=True):
                return HandedOver(outcome="not sent", said=_GONE)
            Staged(going, path).place()
        except NotWrittenError as error:
            seen = self._found(delivery)
            if seen.outcome != "unknown":
                return seen
            return HandedOver(outcome="unknown", said=reason(error, path.parent))
        return HandedOver(outcome="sent", said=f"{self._layout.pick_up}/{delivery.file_name}")

    def lookup(self, delivery: Delivery) -> HandedOver:
        """Look for the name of a message in all folders through which it may have gone.

        One that is still made ready was certainly not handed over.
        """
        found, path = self._found(delivery), self._path(delivery)
        if found.outcome == "unknown" and os.path.lexists(_part(path, delivery)):
            return HandedOver(outcome="not sent", said=_READY)
        if found.outcome == "sent":
            with suppress(OSError):
                Staged(_going(path, delivery), path).drop()  # of an attempt that was killed between two names
        return found

    def _found(self, delivery: Delivery) -> HandedOver:
        """Return what the folders say of a message; unknown if its name is nowhere, since clients delete what they sent."""
        name, layout = delivery.file_name, self._layout
        for folder in layout.failed:
            if _exists(self._root / folder, name):
                return refused(folder, name)
        waiting = self._path(delivery)
        try:
            if waiting.is_file():
                if waiting.stat().st_size == len(delivery.content) and waiting.read_bytes() == delivery.content:
                    return HandedOver(outcome="sent", said=f"{layout.pick_up}/{name}")
                return HandedOver(outcome="not sent", again="never", said=_TAKEN)
        except OSError:
            return HandedOver(outcome="sent", said=f"{layout.pick_up}/{name}")  # the client takes it just now
        for folder in layout.taken:
            if _exists(self._root / folder, name):
                return HandedOver(outcome="sent", said=f"{folder}/{name}")
        return self._word_on(name) or HandedOver(outcome="unknown", said=_NOWHERE)

    def _word_on(self, name: str) -> HandedOver | None:
        if not self._layout.words:
            return None
        for folder in self._layout.receipts:
            for path in listed(self._root / folder):
                word = word_in(self._layout, path.name)
                if word and is_same(word[0], name):
                    return word[1]
        return None

    def _misnamed(self, path: Path, name: str) -> str:
        """Return why a client would not take a file of this name, an empty text if it would."""
        if name != safe_name(name) or name.lower().endswith(UNFINISHED):
            return f"{safe_name(name)}: no file may have this name: give the destination a file_name 文件名不合规，请为接入点设置 file_name"
        if name.count("_") + 1 < self._layout.name_parts:
            return (
                f"{name}: the client takes names of {self._layout.name_parts} parts at _: give the destination a file_name "
                f"客户端要求文件名以 _ 分为至少 {self._layout.name_parts} 段，请为接入点设置 file_name"
            )
        if len(str(path.absolute())) > self._layout.longest_path:
            return (
                f"{name}: the whole path has more than {self._layout.longest_path} characters, and the client deletes such "
                f"files: use a shorter folder 完整路径超过 {self._layout.longest_path} 个字符，客户端会删除此类文件，请改用较短的目录"
            )
        return ""

    def _path(self, delivery: Delivery) -> Path:
        return self._root / self._layout.pick_up / delivery.file_name

    def fetch(self) -> Iterator[Item | SetAside]:
        """Yield what lies in the receipt folders, by name, and the client's words on messages that it refused."""
        return self._receipts.fetch()

    def confirm(self, item: Item) -> None:
        """Delete a receipt that is safely stored."""
        self._receipts.confirm(item)

    def close(self) -> None:
        """Give the receipt folders to the next process."""
        self._receipts.close()


_TAKEN = (
    "another file has its name in the pick-up folder: make the message anew, under an id of its own "
    "待发目录中已有同名的其他文件，请以新编号重新生成报文"
)
_GONE = "somebody deleted it before it had its name 报文在改名之前被删除"
_READY = "it was made ready and not handed over 已备好，尚未送出"
_NOWHERE = "its name is in none of the client's folders 客户端各目录中均无此文件"


def _ending(delivery: Delivery) -> str:
    """Return the ending of a message's part: the same for its next attempt, which deletes what this one leaves."""
    return "." + blake2b(delivery.id.encode(), digest_size=8).hexdigest()


def _part(path: Path, delivery: Delivery) -> Path:
    """Return where a message is made ready."""
    return part_of(path, _ending(delivery), ".tmp")


def _going(path: Path, delivery: Delivery) -> Path:
    """Return where it is while it gets its name."""
    return part_of(path, f"{_ending(delivery)}.going", ".tmp")


def _exists(folder: Path, name: str) -> bool:
    return os.path.lexists(folder / name)
