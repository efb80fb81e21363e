"""Problems (错误) of a file that the enterprise writes: the enterprise file or a goods list, all of them at once.

>>> print(FileMistake("customs.toml", 3, "clearance.customs_code", '"299" has 3 characters instead of 4', "所给 299 有 3 位，应为 4 位"))
customs.toml:3: clearance.customs_code: "299" has 3 characters instead of 4 所给 299 有 3 位，应为 4 位
"""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import NamedTuple

#: Problems that are told one by one; the others are counted.
LISTED = 20

#: A longer name is not looked up among known ones, nor shown.
_LONGEST_NAME = 60


class FileMistake(NamedTuple):
    """A mistake, where it stands, what came (never a secret or personal data), what is allowed and what to do."""

    file: str
    line: int
    """The line of a file of text, the row of a list; 0 for the file as a whole."""
    key: str
    """The key of the enterprise file, or the heading of the column; empty for the line as a whole."""
    en: str
    zh: str

    @property
    def where(self) -> str:
        """``file:line: key``, as far as there are a line and a key."""
        return f"{self.file}{f':{self.line}' if self.line else ''}{f': {self.key}' if self.key else ''}"

    def __str__(self) -> str:
        return f"{self.where}: {self.en} {self.zh}"


class IntakeError(ValueError):
    """A file of the enterprise cannot be used; ``problems`` holds every mistake, in the order of the lines."""

    def __init__(self, problems: Iterable[FileMistake]) -> None:
        self.problems = tuple(sorted(problems, key=lambda each: each.line))
        super().__init__(self.problems)

    def __str__(self) -> str:
        left = len(self.problems) - LISTED
        told = [str(each) for each in self.problems[:LISTED]]
        return "\n".join([*told, f"and {left} more 另有 {left} 处"] if left > 0 else told)


class EnterpriseError(IntakeError):
    """An enterprise file cannot be used."""


class GoodsError(IntakeError):
    """Goods records cannot be used."""


def near(name: str, known: Iterable[str]) -> str:
    """Return the known name that an unknown one resembles, an empty text if it resembles none.

    >>> near("clearence", ["parties", "clearance"]), near("colour", ["parties", "clearance"])
    ('clearance', '')
    """
    names = list(known)
    alike = get_close_matches(name, names, n=1, cutoff=0.6) if len(name) <= _LONGEST_NAME else []
    return alike[0] if alike else ""


def shown_name(name: str) -> str:
    """Return a name as it may be shown in a problem: without control characters, and not longer than names are."""
    plain = "".join(each if each.isprintable() else " " for each in name[:_LONGEST_NAME])
    return plain if len(name) <= _LONGEST_NAME else f"{plain}..."
