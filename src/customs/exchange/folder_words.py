"""A folder client's words (客户端目录中的结果): what it tells of a message by the names of its files and where it puts them.

>>> from customs.exchange.layouts import LAYOUTS
>>> about, word = word_in(LAYOUTS["single_window"], "Failed_a.zip_20261111080000000") or ("", None)
>>> about, word.outcome
('a.zip', 'not sent')
"""

import re
from pathlib import Path

from customs.exchange.contract import HandedOver
from customs.exchange.layouts import FolderLayout
from customs.files import system_reason

#: The name of a message and the time behind it, as a client's own receipts have them.
_NAMED = re.compile(r"(.+)_[0-9]{14,21}(?:\.\w+)?")

#: How the words of a client are told.
_CLIENT = {"sent": "the client sent it 客户端已发送", "not sent": "the client refused it 客户端已拒收"}


def word_in(layout: FolderLayout, name: str) -> tuple[str, HandedOver] | None:
    """Return the message of which a client's own receipt speaks, and what it says; None for another file."""
    for beginning, outcome in layout.words:
        if name.lower().startswith(beginning):
            rest = name[len(beginning) :]
            found = _NAMED.fullmatch(rest)
            said = f"{_CLIENT[outcome]}: {name}"
            return found[1] if found else rest, HandedOver(outcome=outcome, again="never", said=said)
    return None


def refused(folder: str, name: str) -> HandedOver:
    """Return the word on a message that stands in a folder of refused ones."""
    said = (
        f"the client put it into {folder}: read there why, and correct it 客户端已将其移入 {folder}，请查看原因并更正"
    )
    return HandedOver(outcome="not sent", again="never", said=said)


def is_same(about: str, name: str) -> bool:
    """True if a client's receipt names a message, with or without the ending of its file."""
    return about.lower() in (name.lower(), Path(name).stem.lower())


def listed(folder: Path) -> list[Path]:
    """Return what lies in a folder by name, nothing if it cannot be looked into."""
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def reason(error: OSError, folder: Path) -> str:
    """Return what failed at which folder, for people: the message's own name is in its entry."""
    en, zh = system_reason(error)
    return f"{folder}, {en}: check the folder, its rights and the disk 目录 {folder} 不可用：{zh}，请检查目录、权限与磁盘空间"
