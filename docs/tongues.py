"""English and Chinese for the generated tables and pages: the code's own words, and ``docs/chinese.toml`` for the rest."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple

Language = Literal["en", "zh"]

CHINESE: Mapping[str, Mapping[str, str]] = tomllib.loads(
    Path(__file__).with_name("chinese.toml").read_text(encoding="utf-8")
)

#: How citations of law and of the standard are written in Chinese.
_CITATIONS = (
    (r"Cai Guan Shui \[(\d+)\] (\d+), \[(\d+)\] (\d+)", r"财关税〔\1〕\2 号、〔\3〕\4 号"),
    (r"Cai Guan Shui \[(\d+)\] (\d+)", r"财关税〔\1〕\2 号"),
    (r"Cai Shui \[(\d+)\] (\d+)", r"财税〔\1〕\2 号"),
    (r"Shui Wei Hui \[(\d+)\] (\d+)", r"税委会〔\1〕\2 号"),
    (r"MoF, STA and GACC announcement (\d+) of (\d+)", r"财政部、税务总局、海关总署公告 \2 年第 \1 号"),
    (r"MoF, GACC and STA announcement (\d+) of (\d+)", r"财政部、海关总署、税务总局公告 \2 年第 \1 号"),
    (r"GACC (\d+) No\. (\d+)", r"海关总署公告 \1 年第 \2 号"),
    (r"announcement (\d+) of (\d+)", r"\2 年第 \1 号公告"),
    (r"unified edition 2022-05, ", "统一版 2022-05，"),
    (r"unified edition 2022-05", "统一版 2022-05"),
    (r"(?:receipt codes?|customs errors?) (?=-?\d)", "回执代码 "),
    (r" and ", "、"),
    (r"(?<=\d), (?=-?\d|CEB\d)", "、"),
    (r", ", "，"),
    (r"; ", "；"),
)


class Tongue(NamedTuple):
    """A language of the docs."""

    language: Language

    @property
    def chinese(self) -> bool:
        """True for Chinese."""
        return self.language == "zh"

    def say(self, english: str, kind: str = "words") -> str:
        """A word or sentence in this language; one without Chinese is an error."""
        if not self.chinese or not english:
            return english
        if english not in CHINESE[kind]:
            raise LookupError(f"docs/chinese.toml, [{kind}], lacks: {english}")
        return CHINESE[kind][english]

    def heads(self, *titles: str) -> list[str]:
        """The titles of columns."""
        return [self.say(title, "headings") for title in titles]

    def own(self, thing: object, name: str = "") -> str:
        """The words that a thing has in both languages, such as ``advice_en`` and ``advice_zh``."""
        return str(getattr(thing, f"{name}{self.language}"))

    def source(self, english: str) -> str:
        """A source as it is cited in this language."""
        if not self.chinese:
            return english
        if english in CHINESE["sources"]:
            return CHINESE["sources"][english]
        cited = english
        for pattern, chinese in _CITATIONS:
            cited = re.sub(pattern, chinese, cited)
        if re.search(r"\b(?:of|the|in|by|from|practice|codes?)\b", cited):
            raise LookupError(f"docs/chinese.toml, [sources], lacks: {english}")
        return cited

    def listed(self, words: list[str]) -> str:
        """Words in a list."""
        return ("、" if self.chinese else ", ").join(words)


EN, ZH = Tongue("en"), Tongue("zh")
