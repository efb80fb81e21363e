r"""Guarded texts (防改写文本): cells of a CSV file that a spreadsheet would change or run when it opens the file.

Excel rounds a number beyond 15 digits, drops leading zeros, takes ``12E5`` for a power and ``1-2`` or ``MAR1`` for a day,
and runs what begins with an equals sign. Such a text is written as ``="0123"``, which spreadsheets show as ``0123`` and
keep. A text with quotes or line breaks, which cannot be written so, gets an apostrophe. ``read_sheet`` reads both back.

>>> guarded("110101189001011234"), guarded("EX1"), guarded("99.50"), guarded('=HYPERLINK("http://x")')
('="110101189001011234"', 'EX1', '99.50', '\'=HYPERLINK("http://x")')
>>> unguarded('="110101189001011234"')
'110101189001011234'
"""

import re

_CHANGED = re.compile(
    r"[=+\-@\t\r].*"
    r"|0[0-9].*"
    r"|[0-9]{12,}"
    r"|[0-9]+(\.[0-9]*)?E[+-]?[0-9]+"
    r"|[0-9]{1,4}[-/][0-9]{1,2}([-/][0-9]{1,4})?"
    r"|([0-9]{1,2}[- ]?)?(JAN|FEB|MAR|APR|MAY|JUNE?|JULY?|AUG|SEPT?|OCT|NOV|DEC)[- ]?[0-9]*"
    r"|TRUE|FALSE",
    re.IGNORECASE | re.DOTALL,
)
_AMOUNT = re.compile(r"-?[0-9]{1,11}(\.[0-9]{1,5})?")


def guarded(text: str) -> str:
    """Return a text as it is written into a cell of a CSV file."""
    if _CHANGED.fullmatch(text) is None or (_AMOUNT.fullmatch(text) and not re.match(r"[+-]?0[0-9]", text)):
        return text
    return f"'{text}" if '"' in text or "\n" in text or "\r" in text else f'="{text}"'


def unguarded(cell: str) -> str:
    """Return the text that a cell of a CSV file shows in a spreadsheet."""
    return cell[2:-1] if len(cell) > 2 and cell[:2] == '="' and cell[-1] == '"' and '"' not in cell[2:-1] else cell
