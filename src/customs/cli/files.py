"""Files of parcels (包裹文件): JSON lines in, messages out; nothing is ever half-written."""

import json
import os
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from customs.road import Batch, Prepared

#: No parcel comes near this size; a longer line is read to its end and refused.
LONGEST_LINE = 1 << 20

#: The list of what was refused, which no message may be called.
REFUSED = "refused.jsonl"

#: The suffix of a form's file name, after the name of its message.
FORM = ".form.json"

#: Characters that no file name has on every system, and what would lead out of the folder.
_RESERVED = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')

#: Names of devices on Windows, with any ending.
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\.|$)", re.IGNORECASE)

#: Bytes of a name that a message has at most, so that what is put behind it still fits.
_LONGEST_NAME = 200


def read_lines(path: Path) -> Iterator[bytes]:
    """The lines of a file that are not empty, unchanged but for a byte order mark.

    Of a line over 1 MiB only the beginning, which cannot be read as JSON and so ends in a finding.
    """
    with path.open("rb") as file:
        if file.read(len(BOM_UTF8)) != BOM_UTF8:
            file.seek(0)
        while line := file.readline(LONGEST_LINE):
            if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
                while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                    pass
            if line.strip():
                yield line


@contextmanager
def whole_file(path: Path) -> Iterator[IO[str]]:
    """A text file that appears under its name only once it is complete."""
    unfinished = path.with_name(path.name + ".part")
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        os.replace(unfinished, path)  # noqa: PTH105  the atomic one
    finally:
        unfinished.unlink(missing_ok=True)


def write_messages(batch: Batch, folder: Path) -> None:
    """The messages of a batch as files, each complete or absent; beside a message the form that is posted for it, if
    it has one.

    No file of the folder is overwritten: a message whose name is taken has a number behind it.
    """
    for message in batch.messages:
        path = free_path(folder, message.file_name)
        if message.form is not None:
            form = to_json(dict(message.form), indent=1) + "\n"
            write_whole(path.with_name(path.name + FORM), form.encode(), private=True)  # may hold a password
        write_whole(path, message.content)


def free_path(folder: Path, file_name: str) -> Path:
    """Where a message is written in a folder: under its name, without what a name may not have, or with a number if
    that is taken.
    """
    name = safe_name(file_name)
    stem, dot, ending = name.rpartition(".") if "." in name else (name, "", "")
    number = 1
    while (folder / name).exists() or (folder / (name + FORM)).exists() or name.lower() == REFUSED:
        number += 1
        name = f"{stem}-{number}{dot}{ending}"
    return folder / name


def safe_name(name: str) -> str:
    """A file name that stays in its folder on every system: reserved characters become ``_``, and so does a dot at
    either end.

    Names come from templates of areas, which hold what parcels say, such as an order number.

    >>> safe_name("CEB311Message_1.xml"), safe_name("../../etc/passwd"), safe_name("订单:1"), safe_name("nul.xml"), safe_name("")
    ('CEB311Message_1.xml', '_._.._etc_passwd', '订单_1', '_nul.xml', '_')
    """
    safe = _RESERVED.sub("_", name)
    if len(safe.encode()) > _LONGEST_NAME:
        ending = Path(safe).suffix if len(Path(safe).suffix.encode()) < 20 else ""
        safe = safe.encode()[: _LONGEST_NAME - len(ending.encode())].decode(errors="ignore") + ending
    safe = safe.strip() or "_"
    if safe.startswith("."):
        safe = "_" + safe[1:]
    if safe.endswith((".", FORM, ".part")):
        safe = safe.rstrip(".") + "_"
    return "_" + safe if _DEVICE.match(safe) else safe


def earlier_messages(folder: Path) -> int:
    """How many messages of earlier runs a folder holds."""
    if not folder.is_dir():
        return 0
    return sum(
        each.is_file() and each.name != REFUSED and not each.name.endswith((FORM, ".part")) for each in folder.iterdir()
    )


def write_whole(path: Path, content: bytes, *, private: bool = False) -> None:
    """A file that appears under its name only once it is complete; a private one can be read by its owner alone."""
    unfinished = path.with_name(path.name + ".part")
    if private:
        unfinished.unlink(missing_ok=True)
        unfinished.touch(mode=0o600)
    unfinished.write_bytes(content)
    unfinished.replace(path)


def refusal(parcel: Prepared) -> str:
    """One line of ``refused.jsonl``: the parcel by its position and order number, and every finding.

    Under ``beside`` what further areas say, where one of them refused the parcel.
    """
    order_no = parcel.declaration.order.order_no if parcel.declaration else None
    written = [message.name for message in parcel.messages]
    row: dict[str, object] = {
        "parcel": parcel.position,
        "order_no": order_no,
        "written": written,
        "findings": [finding.as_dict() for finding in parcel.findings],
    }
    if refused_beside(parcel):
        row["beside"] = {each.area: [finding.as_dict() for finding in each.findings] for each in parcel.beside}
    return to_json(row)


def refused_beside(parcel: Prepared) -> list[str]:
    """The further areas that refused a parcel; their messages were not written, the others were."""
    return [each.area for each in parcel.beside if each.refused]


def to_json(value: object, indent: int | None = None) -> str:
    """Return JSON, on one line unless an indent is given, with Chinese unescaped and amounts as text."""
    return json.dumps(value, ensure_ascii=False, default=str, indent=indent)
