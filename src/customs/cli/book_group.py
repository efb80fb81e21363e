"""The group ``book``: what each module adds to it."""

from customs.cli import book as book
from customs.cli import book_comparing as book_comparing
from customs.cli import book_corrections as book_corrections
from customs.cli import book_write_off as book_write_off
