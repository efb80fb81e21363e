"""The wording of notices (通知文本): which languages a channel speaks, and long texts cut at a line.

A text that is too long is cut at the same line in each language, so that both say the same, and ends with how much is left.

>>> fitted({"zh": ["一", "二", "三"], "en": ["one", "two", "three"]}, len, 6)
['一', '另有 2 行', '', 'one', 'more: 2 lines']
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from customs.hub.channels.notices import Notice, NoticeError
from customs.hub.channels.telling import QueuedNotice

NoticeLanguage = Literal["zh", "en"]

#: The languages of a notice, Chinese first.
LANGUAGES: tuple[NoticeLanguage, ...] = ("zh", "en")

#: Characters of a line at most; a longer one is cut.
LONGEST_LINE = 500

_SUBJECT = 100

_MORE: Mapping[NoticeLanguage, str] = {"zh": "另有 {} 行", "en": "more: {} lines"}

_AGAIN: Mapping[NoticeLanguage, str] = {
    "zh": "此条为重发，若已收到请忽略。",
    "en": "This is sent again: ignore it if it came before.",
}


def subject_of(notice: Notice, languages: Sequence[NoticeLanguage]) -> str:
    """Return the subject of a notice as one line.

    >>> notice = Notice(subject_zh="积压", subject_en="Backlog", text_zh="37 单", text_en="37 orders")
    >>> subject_of(notice, LANGUAGES)
    '积压 Backlog'
    """
    subjects: Mapping[NoticeLanguage, str] = {"zh": notice.subject_zh, "en": notice.subject_en}
    return " ".join(clipped(subjects[each], _SUBJECT) for each in languages)


def lines_of(queued: QueuedNotice, languages: Sequence[NoticeLanguage]) -> dict[NoticeLanguage, list[str]]:
    """Return the lines of a notice in each language; one that may have come before says so."""
    texts: Mapping[NoticeLanguage, str] = {"zh": queued.notice.text_zh, "en": queued.notice.text_en}
    again = queued.attempts > 1
    return {
        each: [
            *([_AGAIN[each]] if again else []),
            *(clipped(line.rstrip(), LONGEST_LINE) for line in texts[each].splitlines()),
        ]
        for each in languages
    }


def fitted(texts: Mapping[NoticeLanguage, Sequence[str]], size: Callable[[list[str]], int], most: int) -> list[str]:
    """Return the lines of all texts, a blank line between them, as many as keep ``size`` of them within ``most``.

    Raises ``NoticeError`` if not even the subject fits.
    """
    longest = max(len(each) for each in texts.values())
    fits = [count for count in (longest, 0) if size(_cut(texts, count)) <= most]
    if not fits:
        raise NoticeError(f"nothing of the notice fits into {most} bytes 通知内容超过 {most} 字节，无法截断")
    low, high = fits[0], longest
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if size(_cut(texts, middle)) <= most else (low, middle - 1)
    return _cut(texts, low)


def clipped(text: str, most: int) -> str:
    """Return a text of so many characters at most.

    >>> clipped("0123456789", 5)
    '0123…'
    """
    return text if len(text) <= most else text[: most - 1] + "…"


def _cut(texts: Mapping[NoticeLanguage, Sequence[str]], most: int) -> list[str]:
    """Return the first lines of each text, and how many are left."""
    found: list[str] = []
    for language, text in texts.items():
        left = len(text) - most
        found += [*([""] if found else []), *text[:most], *([_MORE[language].format(left)] if left > 0 else [])]
    return found
