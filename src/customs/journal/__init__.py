"""The journal (登记簿): what was declared, kept in a state folder, so that running anything again is always safe.

What it promises, whatever is killed, cut off, repeated or full:

1. A message counts only when its line is in the journal. Its file appears under its name after that line is on the
   disk, never before.
2. A parcel is in at most one message of each kind for each area. Given again with the same content it is recognised
   and skipped; with other content under the same order number it is refused.
3. No guid and no serial number of a message that counts is used again.
4. One process at a time writes to a state folder, and one into a folder of messages; a second one is turned away.
5. No name and no identity number is stored: a buyer is a keyed hash, and so is the content of a parcel.

>>> from tempfile import TemporaryDirectory
>>> with TemporaryDirectory() as folder, open_journal(folder) as journal:
...     journal.parcels
0
"""

from customs.journal.journal import Journal, continued, open_journal
from customs.journal.reading import Entry, JournalReader, read_journal
from customs.journal.state import JournalError, JournalHeldError, JournalNotWrittenError

__all__ = [
    "Entry",
    "Journal",
    "JournalError",
    "JournalHeldError",
    "JournalNotWrittenError",
    "JournalReader",
    "continued",
    "open_journal",
    "read_journal",
]
