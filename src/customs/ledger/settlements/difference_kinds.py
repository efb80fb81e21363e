"""The shape of a kind of difference (对账差异种类): an error, a warning or a note, of one source."""

from typing import NamedTuple

from customs.rules.finding import Kind, Severity


class DifferenceKinds(NamedTuple):
    """Kinds of differences that are found by comparing with one source."""

    source: str

    def error(self, code: str, zh: str, en: str, advice_zh: str, advice_en: str) -> Kind:
        """Return a kind of difference."""
        return Kind(code, Severity.ERROR, zh, en, advice_zh, advice_en, self.source)

    def warning(self, code: str, zh: str, en: str, advice_zh: str, advice_en: str) -> Kind:
        """Return a kind that waits for what has not come yet, or is to be looked at."""
        return Kind(code, Severity.WARNING, zh, en, advice_zh, advice_en, self.source)

    def note(self, code: str, zh: str, en: str) -> Kind:
        """Return a kind that something explains, and that closes by itself."""
        return Kind(code, Severity.NOTE, zh, en, "无须处理", "Nothing is to be done.", self.source)
