r"""Cell values (单元格的值): what holds of every value, whatever its field: blanks, apostrophes, errors, words for nothing.

>>> cleaned("\u3000'0123 "), narrow("１２．５")
('0123', '12.5')
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from customs.fields import Term
from customs.fields.given import Misfit, misfit, shown_value
from customs.intake.sheets import Value
from customs.rules import catalogue
from customs.rules.finding import Finding, Kind
from customs.rules.reading import name_of

#: A number in a workbook has so many digits; what is beyond them is lost.
EXCEL_DIGITS = 15

#: Errors of spreadsheets, as a file of text has them.
ERRORS = frozenset(
    {
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#DIV/0!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#CALC!",
        "#FIELD!",
        "#GETTING_DATA",
    }
)

#: Words that people write where there is no value.
NOTHING = frozenset({"无", "空", "-", "--", "—", "——", "/", "n/a", "null", "none", "nan"})

#: All words that stand for no value, and the length of the longest.
_WORDS = NOTHING | {each.casefold() for each in (*ERRORS, "TRUE", "FALSE")}
_LONGEST_WORD = max(map(len, _WORDS))

#: Marks without width that copying leaves at the ends of a text.
_INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"

#: Full-width letters, digits and signs, and the plain ones.
_NARROW = {0xFF01 + at: 0x21 + at for at in range(94)} | {0x3000: 0x20, 0xFFE5: 0xA5}


class Unfit(NamedTuple):
    """Why a cell cannot be converted: the kind of finding, and what its texts need beside the name of the field."""

    kind: Kind
    facts: Mapping[str, str]

    def at(self, path: str, term: Term) -> Finding:
        """Return the finding at a path."""
        allowed = term.allowed
        own = {"name": name_of(term, path), "allowed_zh": allowed.zh, "allowed": allowed.en}
        return self.kind.at(path, **(own | dict(self.facts)))


def cleaned(text: str) -> str:
    """Return a text without what stands around its value: blanks, marks without width, the apostrophe of a text cell."""
    text = text.strip()
    if not text.isascii():
        text = text.strip(_INVISIBLE).strip()
    return text[1:].strip() if text[:1] == "'" else text


def narrow(text: str) -> str:
    """Return a text with its full-width characters narrowed."""
    return text if text.isascii() else text.translate(_NARROW).strip()


def no_value(text: str, term: Term) -> Unfit | None:
    """Return why a text stands for no value: an error of the spreadsheet, a word for nothing, a truth value."""
    if len(text) > _LONGEST_WORD or text.casefold() not in _WORDS:
        return None
    if text.upper() in ERRORS:
        return Unfit(catalogue.CELL_ERROR, {"shown_zh": f"（{text.upper()}）", "shown": f" ({text.upper()})"})
    if text.casefold() in NOTHING:
        return Unfit(catalogue.CELL_PLACEHOLDER, {"shown": f"“{text}”"})
    return form(text.upper() == "TRUE", term) if text.upper() in ("TRUE", "FALSE") else None


def form(value: object, term: Term, why: Misfit | None = None) -> Unfit:
    """Return that a value has not the form of its field."""
    found = why or misfit(value, term)
    hints = (f"请写作 {found.right}。", f"Write {found.right}. ") if found.right else ("", "")
    facts = {"why_zh": found.zh, "why": found.en, "hint_zh": hints[0], "hint": hints[1]}
    return Unfit(catalogue.FORM, facts)


def number(value: object, term: Term, why_zh: str, why: str) -> Unfit:
    """Return that a number stands where its digits cannot be trusted."""
    shown = "" if term.personal else shown_value(value)
    facts = {"shown_zh": f"（{shown}）" if shown else "", "shown": f" ({shown})" if shown else ""}
    return Unfit(catalogue.CELL_NUMBER, {**facts, "why_zh": why_zh, "why": why})


def whole_digits(value: Value) -> str:
    """Return the digits of a whole number that a workbook holds completely, an empty text for any other value."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return ""
    if not -(10**EXCEL_DIGITS) < value < 10**EXCEL_DIGITS or value != int(value):
        return ""
    return str(int(value))


def dated(value: Value) -> Misfit | None:
    """Return that a spreadsheet made a day or time of what was to be something else."""
    if not isinstance(value, datetime | date | time | timedelta):
        return None
    return Misfit(
        "是日期或时间，可能由表格软件从 3-4 之类的文本改写而来",
        "is a day or time, as a spreadsheet makes of texts such as 3-4",
    )
