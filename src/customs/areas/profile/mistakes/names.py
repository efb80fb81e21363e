"""Names in a profile: a fact, a sum, a template or a condition has to exist, and to fit the place where it is used."""

import re
from collections.abc import Iterable, Iterator

from customs.areas.profile.expressions import FactName, Hole, Summand, Template
from customs.areas.profile.facts import fact_named
from customs.areas.profile.fields import Path
from customs.areas.profile.model import AreaProfile
from customs.areas.profile.patterns import time_writer

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")

#: A key of a profile, and what is wrong with it.
Mistake = tuple[Path, str]


def check_fact(
    profile: AreaProfile, name: FactName, at: Path, *, of_line: bool = False, kinds: Iterable[str] | None = None
) -> Iterator[Mistake]:
    """Yield a mistake if the fact does not exist, is of another kind, or belongs to a line of goods and the field
    does not.
    """
    try:
        found = fact_named(name, profile)
    except LookupError as error:
        yield at, str(error)
        return
    if found.of_line and not of_line:
        yield at, f"{name} is a fact of a line of goods, but is used outside `line_path`"
    if kinds and found.kind not in kinds:
        yield at, f"{name} is a {found.kind}, not a {' or '.join(kinds)}"


def check_summand(profile: AreaProfile, summand: Summand, at: Path, *, of_line: bool) -> Iterator[Mistake]:
    """Yield a mistake if the fact cannot be added up at its place."""
    within = of_line or summand.over_lines
    yield from check_fact(profile, summand.fact, at, of_line=within, kinds=("decimal", "count"))


def check_numbers(profile: AreaProfile, name: FactName, texts: Iterable[tuple[Path, str]]) -> Iterator[Mistake]:
    """Yield a mistake for each text that a number is compared with and that is not a number itself."""
    try:
        found = fact_named(name, profile)
    except LookupError:
        return  # named where the fact is used
    for at, text in texts if found.kind in ("decimal", "count") else ():
        if not _NUMBER.fullmatch(text):
            yield at, f"{name} is a {found.kind}, {text!r} is not"
    if found.kind in ("moment", "day"):
        yield from ((at, f"{name} is a {found.kind}, which is not compared with texts") for at, _ in texts)


def check_template(profile: AreaProfile, template: Template, at: Path, *, of_line: bool) -> Iterator[Mistake]:
    """Yield a mistake for each hole whose fact does not exist, or is written in a way that does not fit its kind."""
    for piece in template.pieces:
        if isinstance(piece, Hole):
            found = list(check_fact(profile, piece.fact, at, of_line=of_line))
            yield from found or _written(profile, piece, at)


def facts_of_a_parcel(template: Template) -> list[FactName]:
    """The facts of a template that differ from parcel to parcel."""
    return [name for name in template.facts if not name.shared]


def _written(profile: AreaProfile, piece: Hole, at: Path) -> Iterator[Mistake]:
    """Check what follows the fact: a code map or a numbering after the at sign, a pattern after the colon."""
    kind = fact_named(piece.fact, profile).kind
    if piece.words:
        if piece.words not in profile.code_maps and piece.words not in profile.numberings:
            yield at, f"there is no {piece.words!r} under [code_maps] or [numberings]"
        if kind != "text":
            yield at, f"{piece.fact} is a {kind}: only a text has a code map or a numbering"
    elif piece.pattern:
        yield from _pattern(kind, piece, at)


def _pattern(kind: str, piece: Hole, at: Path) -> Iterator[Mistake]:
    """Check what follows the colon: the pattern of a time, or the number of digits of a whole number."""
    if kind in ("moment", "day"):
        try:
            time_writer(piece.pattern)
        except ValueError as error:
            yield at, str(error)
    elif kind != "count":
        yield at, f"{piece.fact} is a {kind}, and is written unchanged: only times and whole numbers have a pattern"
    elif not piece.pattern.isdecimal():
        yield at, f"the pattern of a whole number is how many digits it has, not {piece.pattern!r}"
