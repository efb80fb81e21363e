"""Errors of keys and certificates. Their texts show no key, password or person, and of foreign texts a beginning alone.

>>> cut("1.2." * 100)[-4:], len(cut("1.2." * 100))
('1.2…', 80)
>>> listed(["a", "b"]), listed(["a"] * 100)
('a, b', 'a, a, a, a, a and 95 more')
"""

from collections.abc import Sequence

#: Characters of a foreign text, and texts of a foreign list, that an error shows.
SHOWN = 80
MOST_SHOWN = 5


class SigningError(Exception):
    """A key or signature that cannot be made or used; the text says what to do."""


class CertificateError(ValueError):
    """A certificate that cannot be read."""


def cut(text: str, most: int = SHOWN) -> str:
    """Return a foreign text as an error shows it, of so many characters at most."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def listed(texts: Sequence[str]) -> str:
    """Return foreign texts as an error lists them: five at most, each cut, and how many more there are."""
    more = len(texts) - MOST_SHOWN
    return ", ".join(map(cut, texts[:MOST_SHOWN])) + (f" and {more} more" if more > 0 else "")
