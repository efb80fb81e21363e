"""Promises of the readers, and their breach."""

from collections.abc import Collection


class BrokenPromiseError(AssertionError):
    """A reader did what the documentation says that it never does."""


def promise(holds: object, text: str) -> None:
    """Raise ``BrokenPromiseError`` unless something holds."""
    if not holds:
        raise BrokenPromiseError(text)


def hides(text: str, personal: Collection[str]) -> None:
    """Raise ``BrokenPromiseError`` if a text that is shown holds personal data."""
    promise(not any(each in text for each in personal), "personal data is shown")
