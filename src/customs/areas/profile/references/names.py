"""Names in a profile: a source, a sum of sources, a template, a condition have to stand for something at their place."""

import re
from collections.abc import Iterable, Iterator

from customs.areas.profile.model import AreaProfile, Condition
from customs.areas.profile.patterns import Hole, template, time_writer
from customs.areas.profile.sources import source

Path = tuple[str | int, ...]

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")

#: Sections of the facts that do not change from parcel to parcel of a message.
SHARED = ("message", "parameter", "step")

#: A key of a profile, and what is wrong with it.
Mistake = tuple[Path, str]


def check_source(
    profile: AreaProfile, name: str, at: Path, *, of_line: bool = False, kinds: Iterable[str] | None = None
) -> Iterator[Mistake]:
    try:
        found = source(name, profile)
    except LookupError as error:
        yield at, str(error)
        return
    if found.of_line and not of_line:
        yield at, f"{name} is a fact of a line of goods, but stands outside `line_path`"
    if kinds and found.kind not in kinds:
        yield at, f"{name} is a {found.kind}, not a {' or '.join(kinds)}"


def check_term(profile: AreaProfile, name: str, at: Path, *, of_line: bool) -> Iterator[Mistake]:
    """A source in a sum, with or without a sign, or summed over the lines."""
    plain = name.removeprefix("-")
    inside = plain.startswith("lines:")
    yield from check_source(
        profile, plain.removeprefix("lines:"), at, of_line=of_line or inside, kinds=("decimal", "count")
    )


def check_numbers(profile: AreaProfile, name: str, texts: Iterable[tuple[Path, str]]) -> Iterator[Mistake]:
    """What a number is compared with has to be one."""
    try:
        found = source(name, profile)
    except LookupError:
        return  # which is said where the source is named
    for at, text in texts if found.kind in ("decimal", "count") else ():
        if not _NUMBER.fullmatch(text):
            yield at, f"{name} is a {found.kind}, {text!r} is none"
    if found.kind in ("moment", "day"):
        yield from ((at, f"{name} is a {found.kind}, which is not compared with texts") for at, _ in texts)


def check_template(profile: AreaProfile, text: str, at: Path, *, of_line: bool) -> Iterator[Mistake]:
    try:
        pieces = template(text)
    except ValueError as error:
        yield at, str(error)
        return
    for piece in pieces:
        if isinstance(piece, Hole):
            found = list(check_source(profile, piece.name, at, of_line=of_line))
            yield from found or _form(source(piece.name, profile).kind, piece, at)


def parcels_own(text: str) -> list[str]:
    """What a template takes from one parcel."""
    try:
        holes = [piece.name for piece in template(text) if isinstance(piece, Hole)]
    except ValueError:
        return []  # which is said where the template is checked
    return [name for name in holes if name.partition(".")[0] not in SHARED]


def _form(kind: str, piece: Hole, at: Path) -> Iterator[Mistake]:
    """What follows the colon: the pattern of a time, or how many digits a whole number has."""
    if not piece.form:
        return
    if kind in ("moment", "day"):
        try:
            time_writer(piece.form)
        except ValueError as error:
            yield at, str(error)
    elif kind != "count":
        yield at, f"{piece.name} is a {kind}, and is written as it is: only times and whole numbers have a form"
    elif not piece.form.isdecimal():
        yield at, f"the form of a whole number is how many digits it has, not {piece.form!r}"


def looks_at_lines(profile: AreaProfile, condition: Condition, seen: tuple[Condition, ...] = ()) -> bool:
    """Whether a condition compares a fact of a line; one that leads back to itself is named elsewhere."""
    if condition in seen:
        return False
    if condition.fact is not None:
        return condition.fact.startswith(("line.", "goods."))
    joined = (
        *(condition.all_ or ()),
        *(condition.any_ or ()),
        *((condition.not_,) if condition.not_ is not None else ()),
    )
    inside = [profile.conditions.get(each) if isinstance(each, str) else each for each in joined]
    return any(looks_at_lines(profile, each, (*seen, condition)) for each in inside if each is not None)
