"""The place of a code or text (出处): direction, receipt, area, status; and what it may mean there.

>>> place = ReceiptPlace(direction="export", receipt="CEB304")
>>> [each.en for each in place.of_code("-301001", "")[0].meanings]
['order: the signature was refused']
"""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from customs.receipts.actions import Action
from customs.receipts.catalogue import Meaning, coded, family_of, is_listed, is_number
from customs.receipts.explained import Explanation, Verdict
from customs.receipts.phrases import folded, is_phrase, length_of, phrases_in
from customs.receipts.texts import mended, parts_of

#: The side of the standard that a receipt belongs to.
FlowDirection: TypeAlias = Literal["import", "export"]

#: Characters of a bracket that holds a guid, with its end.
_GUID_AND_END = 37


@dataclass(slots=True)
class ReceiptPlace:
    """Where something stands, with the verdicts that need no second look at a text, once they are known."""

    direction: FlowDirection | None = None
    receipt: str = ""
    area: str = ""
    status: Meaning | None = None
    known: dict[str, Verdict | None] = field(default_factory=dict)
    """By numbers in brackets and texts of the catalogue; None where the text has to be read."""
    settled: Verdict | None = None
    """That of its status, or of its error if that has one meaning, once it is known."""

    def fits(self, meaning: Meaning) -> bool:
        """True if a meaning is of the direction."""
        return self.direction is None or meaning.direction in (self.direction, "both")

    def narrowed(self, found: tuple[Meaning, ...]) -> tuple[Meaning, ...]:
        """Return those of the receipt or area, else those of any, else all."""
        if len(found) < 2 or not self.receipt:
            return found
        mine = (self.receipt, self.area)
        named = tuple(each for each in found if any(place in each.receipts for place in mine))
        return named or tuple(each for each in found if not each.receipts) or found

    def verdict(self, meanings: tuple[Meaning, ...], code: str = "") -> Verdict:
        """Return the verdict of meanings here; the family of a number that has none."""
        family = None if meanings else family_of(code, self.direction)
        return Verdict.of(meanings, code=code, receipt=self.receipt, status=self.status, family=family)

    # one code, one text

    def of_code(self, code: str, text: str) -> tuple[Explanation, ...]:
        """Return the explanation of a code that came with a text, or without one."""
        found = tuple(each for each in coded(code) if self.fits(each))
        number = code if is_number(code) or found else ""
        if found:
            return (Explanation(self.verdict(_told_apart(self.narrowed(found), text), number), text),)
        known = self.of_known_texts(text, number) if text else ()
        return known or (Explanation(self.verdict((), number), text),)

    def of_text(self, text: str) -> tuple[Explanation, ...]:
        """Return the explanations of the codes in a text, else of the known texts in it or in the text decoded again.

        Empty if nothing is known.
        """
        known = self.of_numbered(text) or self.of_known_texts(text)
        if not known and (right := mended(text)) is not None:
            return self.of_numbered(right) or self.of_known_texts(right)
        return known

    def of_numbered(self, text: str) -> tuple[Explanation, ...]:
        """Return the explanations of the codes in a text. A status at its beginning only repeats that of the receipt."""
        numbered = (each for each in parts_of(text) if each.code and not is_status(each.code))
        return tuple(said for each in numbered for said in self.of_code(each.code, f"{each.text}\n{each.rest}"))

    def of_known_texts(self, text: str, code: str = "") -> tuple[Explanation, ...]:
        """Return an explanation for each known text in a text. The name of a status says nothing beside another one."""

        def fits(meaning: Meaning) -> bool:
            return self.fits(meaning) and not (meaning.is_status and self.status)

        return tuple(Explanation(self.verdict(self.narrowed(each), code), text) for each in phrases_in(text, fits))

    # without a second look

    def at_once(self, text: str) -> Verdict | None:
        """Return the verdict of a text of the usual form; None where it has to be read.

        The usual forms are one code in square brackets whose number has one meaning, and a text of the catalogue, alone
        or before a guid in brackets.
        """
        if text.startswith("[Code:"):
            end = text.find(";", 6, 13)
            if end > 0 and text[-1] == "]" and text.lower().count("code") == 1 and text.isprintable():
                return self._known(text[6:end], "")
            return None
        head, _, rest = text.partition("[")
        if not rest or (len(rest) == _GUID_AND_END and rest.count("-") == 4 and rest[-1] == "]"):
            return self._known("", head)
        return None

    def _known(self, number: str, text: str) -> Verdict | None:
        """The verdict of a number or a text of the catalogue, found once."""
        try:
            return self.known[number or text]
        except KeyError:
            if not (is_listed(number) if number else is_phrase(text)):
                return None
        found = self._alone(number) if number else self.of_known_texts(text)
        self.known[number or text] = found[0].verdict if len(found) == 1 and says_more(found, self.status) else None
        return self.known[number or text]

    def _alone(self, number: str) -> tuple[Explanation, ...]:
        """The explanation of a number that has one meaning here, whatever the text."""
        found = tuple(each for each in coded(number) if self.fits(each))
        alone = self.narrowed(found)
        return (Explanation(self.verdict(alone, number)),) if len(alone) == 1 and not alone[0].is_status else ()


def says_more(told: tuple[Explanation, ...], status: Meaning | None) -> bool:
    """Return True if a text can stand for the status that it came with.

    A text of a regular course takes nothing from a refusal, an unknown code nothing from a status of a regular course.
    """
    if status is not None and status.failure:
        return any(each.action not in (Action.NONE, Action.WAIT) for each in told)
    return any(each.known for each in told) or (status is None and bool(told))


def is_status(code: str) -> bool:
    """Return True if a code is that of a status."""
    found = coded(code)
    return bool(found) and found[0].is_status


def _told_apart(found: tuple[Meaning, ...], text: str) -> tuple[Meaning, ...]:
    """Those whose text it is; else the one that stands for every text of the number; else all."""
    if len(found) < 2 or not text:
        return found
    said = folded(text)
    lengths = [length_of(each, said) for each in found]
    if longest := max(lengths):
        return tuple(each for each, length in zip(found, lengths, strict=True) if length == longest)
    general = tuple(
        each for each in found if each.is_status or each.standing == "official" or each.action is Action.MANUAL
    )
    return general or found
