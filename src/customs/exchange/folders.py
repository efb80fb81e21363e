"""The folder way (目录通道): messages into the pick-up folder of a client, receipts out of its receipt folders.

What it promises beyond the contract of every way:

1. A message appears under its name whole: written beside it as ``.tmp``, forced to the disk, then named; a name that is
   taken is never overwritten. It can be read by its owner alone (0600).
2. The name stays the same on every attempt; whatever already has it tells what became of the earlier one.
3. A receipt is read only when it has had the same size and time over two calls of ``fetch``, is not empty, and no writer
   holds it. What is foreign, locked, huge or unreadable is left where it is, with a reason, and stops nothing else.
4. One process reads a receipt folder at a time, whatever state folder it works with.

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
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from customs.exchange.contract import MOST_BYTES, Delivery, HandedOver, Item, SetAside, WayError
from customs.exchange.layouts import LAYOUTS, UNFINISHED, FolderLayout
from customs.files import (
    FolderHeldError,
    NotWrittenError,
    Staged,
    force,
    held,
    part_of,
    safe_name,
    stage,
    system_reason,
)

#: How many files are forced to the disk at a time, which takes little more than one.
_TOGETHER = 4

#: How a file was seen at the last call: size and time in nanoseconds.
_Seen = tuple[int, int]

#: The name of a message and the time behind it, as a client's own receipts have them.
_NAMED = re.compile(r"(.+)_[0-9]{14,21}(?:\.\w+)?")

#: How the words of a client are told.
_CLIENT = {"sent": "the client sent it 客户端已发送", "not sent": "the client refused it 客户端已拒收"}


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
        self._seen: dict[Path, _Seen] = {}
        self._held = ExitStack()
        self._holding = False

    def __repr__(self) -> str:
        return f"FolderWay({self._root})"

    # out

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
            return HandedOver(outcome="not sent", said=_reason(error, path.parent))
        return None

    def hand_over_staged(self, deliveries: Sequence[Delivery]) -> tuple[HandedOver, ...]:
        """Give messages their names: that is the moment from which the client has them; then force the names to the disk."""
        found = [self._placed(each) for each in deliveries]
        pick_up = self._root / self._layout.pick_up
        try:
            force(pick_up)
        except NotWrittenError as error:
            lost = HandedOver(outcome="unknown", said=_reason(error, pick_up))
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
            return HandedOver(outcome="unknown", said=_reason(error, path.parent))
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
                return _refused(folder, name)
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
            for path in _listed(self._root / folder):
                word = self._word(path.name)
                if word and _is_same(word[0], name):
                    return word[1]
        return None

    def _word(self, name: str) -> tuple[str, HandedOver] | None:
        """Return the message of which a client's own receipt speaks, and what it says."""
        for beginning, outcome in self._layout.words:
            if name.lower().startswith(beginning):
                rest = name[len(beginning) :]
                found = _NAMED.fullmatch(rest)
                said = f"{_CLIENT[outcome]}: {name}"
                return found[1] if found else rest, HandedOver(outcome=outcome, again="never", said=said)
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

    # in

    def fetch(self) -> Iterator[Item | SetAside]:
        """Yield what lies in the receipt folders, by name, and the client's words on messages that it refused."""
        self._hold()
        seen: dict[Path, _Seen] = {}
        for folder in self._layout.receipts:
            try:
                paths = sorted((self._root / folder).iterdir())
            except OSError as error:
                raise WayError(_reason(error, self._root / folder)) from None
            for path in paths:
                if not path.name.lower().endswith(UNFINISHED) and not path.name.startswith("."):
                    yield self._read(path, seen)
        self._seen = seen
        yield from self._refusals()

    def _hold(self) -> None:
        if self._holding:
            return
        folder = self._root
        try:
            for name in self._layout.receipts:
                folder = self._root / name
                self._held.enter_context(held(folder))
        except FolderHeldError as error:
            self._held.close()
            raise WayError(_HELD) from error
        except OSError as error:
            self._held.close()
            raise WayError(_reason(error, folder)) from None
        self._holding = True

    def _read(self, path: Path, seen: dict[Path, _Seen]) -> Item | SetAside:
        try:
            found = path.lstat()
            if not stat.S_ISREG(found.st_mode):
                return SetAside(
                    name=path.name,
                    reason_zh="是目录或链接，不是回执文件，已跳过",
                    reason="a folder or a link, and no receipt: left",
                )
            if found.st_size > MOST_BYTES:
                return SetAside(
                    name=path.name,
                    reason_zh=f"文件超过 {MOST_BYTES:,} 字节，已跳过",
                    reason=f"larger than {MOST_BYTES:,} bytes: left",
                )
            seen[path] = now = found.st_size, found.st_mtime_ns
            if not found.st_size or self._seen.get(path) != now:
                return _unfinished(path)
            content = _content(path, found)
        except BlockingIOError:
            return SetAside(
                name=path.name,
                reason_zh="正被其他程序占用，下次再看",
                reason="another program holds it: looked at again",
                wait=True,
            )
        except OSError as error:
            en, zh = system_reason(error)
            return SetAside(name=path.name, reason_zh=f"无法读取：{zh}", reason=f"cannot be read: {en}", wait=True)
        if len(content) != found.st_size:
            return _unfinished(path)
        about, word = self._word(path.name) or ("", None)
        return Item(name=path.name, content=content, token=path, about=about, word=word)

    def _refusals(self) -> Iterator[Item]:
        """Yield what the client put aside as refused; it stays there for whoever mends it."""
        for folder in self._layout.failed:
            for path in _listed(self._root / folder):
                log = b""
                if path.is_dir():
                    log = next((each.read_bytes() for each in _listed(path) if each.suffix == ".log"), b"")
                yield Item(
                    name=f"{folder}/{path.name}",
                    content=log[:MOST_BYTES],
                    about=path.name,
                    word=_refused(folder, path.name),
                )

    def confirm(self, item: Item) -> None:
        """Delete a receipt that is safely stored."""
        if not isinstance(item.token, Path):
            return
        try:
            Staged(item.token, item.token).drop()
        except OSError as error:
            raise WayError(_reason(error, item.token.parent)) from None

    def close(self) -> None:
        """Give the receipt folders to the next process."""
        self._held.close()
        self._holding = False


_TAKEN = (
    "another file has its name in the pick-up folder: make the message anew, under an id of its own "
    "待发目录中已有同名的其他文件，请以新编号重新生成报文"
)
_HELD = (
    "another process reads the receipt folders of this destination: wait until it ends "
    "该接入点的回执目录正由另一进程读取，请待其结束"
)
_GONE = "somebody deleted it before it had its name 报文在改名之前被删除"
_READY = "it was made ready and not handed over 已备好，尚未送出"
_NOWHERE = "its name is in none of the client's folders 客户端各目录中均无此文件"


def _unfinished(path: Path) -> SetAside:
    return SetAside(
        name=path.name,
        reason_zh="可能尚未写完，下次再看",
        reason="it may still be written: looked at again",
        wait=True,
    )


def _refused(folder: str, name: str) -> HandedOver:
    said = (
        f"the client put it into {folder}: read there why, and correct it 客户端已将其移入 {folder}，请查看原因并更正"
    )
    return HandedOver(outcome="not sent", again="never", said=said)


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


def _is_same(about: str, name: str) -> bool:
    """True if a client's receipt names a message, with or without the ending of its file."""
    return about.lower() in (name.lower(), Path(name).stem.lower())


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _content(path: Path, expected: os.stat_result) -> bytes:
    """Return the content of a file. Raises ``BlockingIOError`` while a writer holds it, and ``OSError``."""
    with path.open("rb") as file:
        if not os.path.samestat(os.fstat(file.fileno()), expected):
            raise BlockingIOError(errno.EWOULDBLOCK, os.strerror(errno.EWOULDBLOCK), str(path))
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(file.fileno(), fcntl.LOCK_SH | fcntl.LOCK_NB)
        return file.read(MOST_BYTES + 1)


def _reason(error: OSError, folder: Path) -> str:
    """Return what failed at which folder, for people: the message's own name is in its entry."""
    en, zh = system_reason(error)
    return f"{folder}, {en}: check the folder, its rights and the disk 目录 {folder} 不可用：{zh}，请检查目录、权限与磁盘空间"
