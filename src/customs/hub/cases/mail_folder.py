"""Mails in a folder (邮件文件夹): files ``NAME.eml`` that a program for mail puts there, each under its name once it is whole.

A file goes when its mail stands in the ledger; one that cannot be read goes into ``aside``, where a person looks at it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from customs.exchange.contract import WayError
from customs.files import NotWrittenError, move_into, remove_file, system_reason
from customs.hub.cases.mail import LARGEST_MAIL

#: The end of the names of mails; others are not looked at.
MAIL_END = ".eml"

#: Where mails go that cannot be read.
ASIDE = "aside"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailWaiting:
    """A mail that waits: its name in its place, and its content; None for one that is too large to be read."""

    name: str = field(repr=False)
    content: bytes | None = field(repr=False)


class MailSource(Protocol):
    """A place where mails wait. Everything raises ``WayError`` if the place cannot be used."""

    def waiting(self, most: int) -> Iterator[MailWaiting]:
        """Yield mails that wait, so many at most."""
        ...

    def taken(self, mail: MailWaiting) -> None:
        """Have a mail wait no more, since it stands in the ledger."""

    def aside(self, mail: MailWaiting) -> None:
        """Have a mail wait no more that cannot be read; a person finds it."""

    def close(self) -> None:
        """Give back what the place holds."""


@dataclass(frozen=True, slots=True)
class MailFolder:
    """A folder of mails as files."""

    folder: Path

    def waiting(self, most: int) -> Iterator[MailWaiting]:
        """Yield the mails of the folder by their names. Raises ``WayError``."""
        try:
            found = sorted(each for each in self.folder.iterdir() if each.suffix == MAIL_END)
        except OSError as error:
            raise self._failed(error) from None
        for path in found[:most]:
            if (mail := self._read(path)) is not None:
                yield mail

    def taken(self, mail: MailWaiting) -> None:
        """Delete the file of a mail. Raises ``WayError``."""
        try:
            remove_file(self.folder / mail.name)
        except NotWrittenError as error:
            raise self._failed(error) from None

    def aside(self, mail: MailWaiting) -> None:
        """Move the file of a mail aside. Raises ``WayError``."""
        try:
            move_into(self.folder / mail.name, self.folder / ASIDE)
        except NotWrittenError as error:
            raise self._failed(error) from None

    def close(self) -> None:
        """Do nothing: a folder holds nothing."""

    def _read(self, path: Path) -> MailWaiting | None:
        """Return the mail of a file, None if another worker had it meanwhile."""
        try:
            with path.open("rb") as file:
                content = file.read(LARGEST_MAIL + 1)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._failed(error) from None
        return MailWaiting(name=path.name, content=content if len(content) <= LARGEST_MAIL else None)

    def _failed(self, error: OSError) -> WayError:
        en, zh = system_reason(error)
        return WayError(
            f"the folder of mails {self.folder.name} cannot be used: {en} 邮件文件夹 {self.folder.name} 无法使用：{zh}"
        )
