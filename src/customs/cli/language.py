"""The language of the command line (界面语言): Chinese, English or both, by the locale or by choice.

``--lang`` or ``CUSTOMS_LANG`` decides; without them the locale: a Chinese one means Chinese, another one English. A locale
that names no language (C, POSIX, none) means both, and English where the output cannot show Chinese.
"""

import os
import sys
from collections.abc import Mapping, MutableMapping
from enum import StrEnum

from customs.bilingual import halves

#: The variable that chooses a language for every command.
VARIABLE = "CUSTOMS_LANG"

#: The variables of the locale, the strongest first (POSIX).
_LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


class Language(StrEnum):
    """The languages in which texts are shown."""

    CHINESE = "zh"
    ENGLISH = "en"
    BOTH = "both"


def language_of(environment: Mapping[str, str], encoding: str = "utf-8") -> Language:
    """Return the language of an environment whose output has an encoding.

    >>> [str(language_of({"LANG": each})) for each in ("zh_CN.UTF-8", "de_DE.UTF-8", "C.UTF-8", "")]
    ['zh', 'en', 'both', 'both']
    >>> str(language_of({"LANG": "C"}, "ascii")), str(language_of({"CUSTOMS_LANG": "zh", "LANG": "en_US"}))
    ('en', 'zh')
    """
    chosen = environment.get(VARIABLE, "")
    if chosen in list(Language):
        return Language(chosen)
    locale = next((environment[name] for name in _LOCALE if environment.get(name)), "")
    name = locale.partition(".")[0].partition("_")[0].lower()
    if name == "zh":
        return Language.CHINESE
    return Language.ENGLISH if name not in ("", "c", "posix") or not _shows_chinese(encoding) else Language.BOTH


def _shows_chinese(encoding: str) -> bool:
    try:
        "中".encode(encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def language() -> Language:
    """Return the language of this process."""
    return language_of(os.environ, getattr(sys.stdout, "encoding", None) or "utf-8")


def words(en: str, zh: str, between: str = " ") -> str:
    """Return a text in the language chosen, or in both; the English one where there is no Chinese."""
    chosen = language()
    if chosen is Language.BOTH:
        return f"{en}{between}{zh}" if zh else en
    return zh if zh and chosen is Language.CHINESE else en


def label(text: str) -> str:
    """Return the half of a label that is in the language chosen."""
    en, zh = halves(text)
    return text if language() is Language.BOTH else words(en, zh)


def chosen_in(arguments: list[str], environment: MutableMapping[str, str]) -> list[str]:
    """Take ``--lang`` out of the arguments, wherever it stands, into the environment.

    Raises ``ValueError`` for a language that is not known.

    >>> seen = {}
    >>> chosen_in(["check", "a.jsonl", "--lang", "zh"], seen), seen
    (['check', 'a.jsonl'], {'CUSTOMS_LANG': 'zh'})
    """
    left: list[str] = []
    rest = iter(arguments)
    for each in rest:
        if each == "--":
            return [*left, each, *rest]
        if each != "--lang" and not each.startswith("--lang="):
            left.append(each)
            continue
        value = next(rest, "") if each == "--lang" else each.partition("=")[2]
        if value not in list(Language):
            raise ValueError(f"--lang: {value!r} is none of zh, en, both 应为 zh、en 或 both")
        environment[VARIABLE] = value
    return left
