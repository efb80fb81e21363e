"""Names of files (文件名) that stay in their folder on every system, and of which none is given twice.

>>> safe_name("CEB311Message_1.xml"), safe_name("../../etc/passwd"), safe_name("订单:1"), safe_name("nul.xml"), safe_name("")
('CEB311Message_1.xml', '_._.._etc_passwd', '订单_1', '_nul.xml', '_')
"""

import os
import re
from collections.abc import Callable
from pathlib import Path

#: The suffix of a form's file name, after the name of its message.
FORM = ".form.json"

#: The suffix of a file that is not complete.
PART = ".part"

#: Characters that no file name has on every system, and what would lead out of the folder.
_RESERVED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')

#: Names of devices on Windows, with any ending.
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\.|$)", re.IGNORECASE)

#: Bytes of a name that a message has at most, so that what is put behind it still fits.
LONGEST_NAME = 200


class Names:
    """The names of files in a folder: each is given once, and none that a file has.

    ``taken`` tells further names that are not free, in lower case. The last number of each name is remembered, so that
    many equal names cost no more than as many others.
    """

    def __init__(self, folder: Path, taken: Callable[[str], bool] = lambda name: False) -> None:
        self.folder, self._taken = folder, taken
        self._numbers: dict[str, int] = {}

    def free(self, file_name: str) -> Path:
        """Return where a file is written: under its name, made safe, or with a number if that is taken."""
        name = safe_name(file_name)
        number = self._numbers.get(name.lower(), 0) + 1
        while not self._is_free(found := numbered(name, number)):
            number += 1
        self._numbers[name.lower()] = number
        self._numbers.setdefault(found.lower(), 1)
        return self.folder / found

    def _is_free(self, name: str) -> bool:
        path = self.folder / name
        return not (
            name.lower() in self._numbers
            or self._taken(name.lower())
            or os.path.lexists(path)
            or os.path.lexists(path.with_name(name + FORM))
        )


def numbered(name: str, number: int) -> str:
    """Return a name with a number before its ending, unless it is the first.

    >>> numbered("a.xml", 1), numbered("a.xml", 2), numbered("a", 2)
    ('a.xml', 'a-2.xml', 'a-2')
    """
    stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
    return name if number == 1 else f"{stem}-{number}{dot}{ending}"


def safe_name(name: str) -> str:
    """Return a file name that stays in its folder on every system: reserved characters become ``_``, and so does a dot
    at either end.

    Names come from templates of areas, which hold what parcels say, such as an order number.
    """
    safe = _RESERVED.sub("_", name)
    if len(safe.encode()) > LONGEST_NAME:
        ending = Path(safe).suffix if len(Path(safe).suffix.encode()) < 20 else ""
        safe = safe.encode()[: LONGEST_NAME - len(ending.encode())].decode(errors="ignore") + ending
    safe = safe.strip() or "_"
    if safe.startswith("."):
        safe = "_" + safe[1:]
    if safe.endswith((".", FORM, PART)):
        safe = safe.rstrip(".") + "_"
    return "_" + safe if _DEVICE.match(safe) else safe
