"""Messages that the office sets aside (搁置的报文): those on which it fails itself, and files that it cannot take, with the reason.

The office answers whatever is wrong with a message. What is left are mistakes of its own: such a message stands in the folder
``aside``, sealed under the key of the office, once, and never stops the others; ``opened_aside`` gives it back as it came.
"""

import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from customs.files import Staged, make_folder, place_keeping, safe_name, write_whole

FOLDER = "aside"


class MessageFaultError(Exception):
    """The office failed on a message. It goes on with the others when it is called again."""

    def __init__(self, number: int, via: str, content: bytes, error: Exception) -> None:
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{type(error).__name__}, {Path(last.filename).name}:{last.lineno}"  # no text, which may name persons
        super().__init__(
            f"the office failed on message {number} ({place}) 模拟海关处理第 {number} 份报文时出错（{place}）"
        )
        self.number, self.via, self.content = number, via, content


@dataclass(frozen=True, slots=True)
class AsideMessage:
    """A file that was set aside, or left, and why."""

    path: Path
    reason: str
    """In English and Chinese."""


def keep_aside(folder: Path, fault: MessageFaultError, seal: Callable[[bytes], bytes]) -> AsideMessage:
    """Write a message, sealed, with the reason into the folder of what is set aside. Raises ``NotWrittenError``."""
    path = folder / FOLDER / safe_name(f"{fault.number:06}-{fault.via or 'message'}.xml.sealed")
    make_folder(path.parent)
    write_whole(path, seal(fault.content))
    return _explained(path, str(fault))


def move_aside(folder: Path, file: Path, reason: str) -> AsideMessage:
    """Move a file there. Raises ``NotWrittenError``."""
    path = folder / FOLDER / file.name
    make_folder(path.parent)
    place_keeping(Staged(file, path))
    return _explained(path, reason)


def _explained(path: Path, reason: str) -> AsideMessage:
    write_whole(path.with_name(f"{path.name}.txt"), f"{reason}\n".encode())
    return AsideMessage(path, reason)
