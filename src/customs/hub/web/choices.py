"""Choices of a reader (阅读偏好): the language and the colours of the pages, kept in cookies that say nothing of the person.

>>> [preferred_language(each) for each in ("en-GB,en;q=0.9,zh;q=0.8", "zh-CN", "de;q=0.9, en;q=0.1", "")]
['en', 'zh', 'en', 'zh']
"""

from typing import Final

from starlette.requests import Request

#: The cookies, and what they may hold.
LANGUAGE_COOKIE: Final = "customs_console_language"
COLOURS_COOKIE: Final = "customs_console_colours"
LANGUAGES = ("zh", "en")
COLOURS = ("auto", "light", "dark")


def language_of(request: Request) -> str:
    """Return the language of a request: the chosen one, else the one that the browser prefers."""
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    return chosen if chosen in LANGUAGES else preferred_language(request.headers.get("accept-language", ""))


def colours_of(request: Request) -> str:
    """Return the colours of a request: ``auto`` follows the system of the reader."""
    chosen = request.cookies.get(COLOURS_COOKIE, "")
    return chosen if chosen in COLOURS else "auto"


def preferred_language(accepted: str) -> str:
    """Return the language of the console that a header Accept-Language (RFC 9110, 12.5.4) likes best; Chinese for none."""
    best, found = 0.0, "zh"
    for part in accepted[:500].split(","):
        tag, _, rest = part.strip().partition(";")
        language = tag.strip()[:2].lower()
        weight = _weight(rest)
        if language in LANGUAGES and weight > best:
            best, found = weight, language
    return found


def _weight(text: str) -> float:
    name, _, value = text.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        return min(max(float(value), 0.0), 1.0)
    except ValueError:
        return 0.0
