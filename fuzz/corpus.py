"""The corpus: inputs of each target, kept for what they reach in the code. Seeds are made by ``fuzz.seeds``."""

import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import sha1
from pathlib import Path
from types import FrameType
from typing import Any

import customs
from fuzz.targets import Target

FOLDER = Path(__file__).parent / "corpus"

#: Where a session writes what it keeps, and the inputs that break a promise.
BUILD = Path(__file__).parent.parent / "build" / "fuzz"
BUGS = BUILD / "bugs"

_LIBRARY = str(Path(customs.__file__).parent)

#: Bytes of an input that joins the corpus, of all that join that of a target, and how many are looked at.
LARGEST, ROOM, LOOKED_AT = 2_000, 17_000, 2_000

#: A step from one line of the library to the next.
Step = tuple[str, int, int]


def inputs(target: Target) -> list[Path]:
    """Return the files of a target, the seeds among them, in order."""
    return sorted((FOLDER / target.name).iterdir())


def reached(target: Target, data: bytes) -> set[Step]:
    """Return the steps that an input takes inside the library."""
    found = set[Step]()

    def enter(frame: FrameType, event: str, argument: Any) -> Any:
        name = frame.f_code.co_filename
        if not name.startswith(_LIBRARY):
            return None
        last = 0

        def step(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal last
            if event == "line":
                found.add((name, last, frame.f_lineno))
                last = frame.f_lineno
            return step

        return step

    with suppress(Exception):  # a bug is reported elsewhere
        sys.settrace(enter)
        target.run(data)
    sys.settrace(None)
    return found


def worth_keeping(target: Target, found: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the inputs that reach what the corpus does not, the small ones first, while there is room."""
    known = set[Step]()
    room = ROOM
    for path in inputs(target):
        data = path.read_bytes()
        known |= reached(target, data)
        room -= 0 if path.name.startswith("seed-") else len(data)
    small = sorted({each for each in found if len(each) <= LARGEST}, key=lambda each: (len(each), each))
    for data in small[:LOOKED_AT]:
        if len(data) <= room and not (new := reached(target, data)) <= known:
            known |= new
            room -= len(data)
            yield data


def grow(target: Target, found: Iterable[bytes]) -> list[Path]:
    """Add to the corpus what is worth keeping, and return the new files."""
    return [write(target, name_of(data), data) for data in list(worth_keeping(target, found))]


def name_of(data: bytes) -> str:
    """Return the name of an input: the start of its hash."""
    return sha1(data).hexdigest()[:12]  # noqa: S324  a name, not a secret


def write(target: Target, name: str, data: bytes) -> Path:
    """Write an input of a target and return its file."""
    path = FOLDER / target.name / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
