r"""Loading profiles (读取关区配置): TOML to ``AreaProfile``, inheritance included; every mistake with file, line and key.

>>> from pathlib import Path
>>> try:
...     load_text('zh = "示例"\nen = "Example"\nconfidence = "sure"\nsources = ["mine"]', "example", "profile.toml")
... except ProfileError as error:
...     print(error)
profile.toml:3: confidence: Input should be 'high', 'medium' or 'low'
"""

import tomllib
from collections.abc import Callable, Iterable, Iterator
from importlib.resources.abc import Traversable
from itertools import islice
from pathlib import Path

from pydantic import ValidationError

from customs.areas.profile.fields import Path as Steps
from customs.areas.profile.inheritance import inherited
from customs.areas.profile.mistakes import mistakes
from customs.areas.profile.model import AreaProfile
from customs.areas.profile.origins import Origin, Problem, ProfileError, Table, located, marked, problem_at
from customs.areas.profile.sharing import with_shared_sections
from customs.fields.faults import LISTED

__all__ = ["Parents", "Problem", "ProfileError", "Table", "data_of", "load", "load_text", "problems"]

#: Finds the data of the profile that another inherits from.
Parents = Callable[[str], Table]


def load(file: Path | Traversable, name: str, parents: Parents | None = None) -> AreaProfile:
    """The profile in a file. Raises ``ProfileError``, and ``OSError`` where the file cannot be read."""
    return _validated(name, str(file), data_of(file, parents, for_heirs=False), parents)


def load_text(text: str, name: str, file: str, parents: Parents | None = None) -> AreaProfile:
    """The profile in a text, ``file`` being what problems call it. Raises ``ProfileError``."""
    return _validated(name, file, _data(text, file, parents), parents)


def data_of(file: Path | Traversable, parents: Parents | None = None, *, for_heirs: bool = True) -> Table:
    """The data of a profile or of a family, inheritance done, for profiles that inherit from it."""
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ProfileError(
            (Problem(str(file), 1, "", f"is not UTF-8: {error.reason} at byte {error.start}"),)
        ) from None
    return _data(text, str(file), parents, for_heirs=for_heirs)


def _data(text: str, file: str, parents: Parents | None, *, for_heirs: bool = False) -> Table:
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = str(error).rpartition("at line ")[2].partition(",")[0]
        at = int(line) if line.isdecimal() else text.count("\n") + 1
        raise ProfileError((Problem(file, at, "", f"is no TOML: {error}"),)) from None
    except (RecursionError, ValueError) as error:  # nested too deep, or a number of too many digits
        raise ProfileError((Problem(file, 1, "", f"is no TOML that can be read: {error}"),)) from None
    own: Table = marked(raw, Origin(file, text, ()))
    if "inherits" not in own:
        return with_shared_sections(own, all_used=not for_heirs)
    if parents is None:
        raise ProfileError(
            (problem_at(Origin(file, text, ("inherits",)), ("inherits",), "there is nothing to inherit from here"),)
        )
    try:
        base = parents(str(own["inherits"]))
    except LookupError as error:
        raise ProfileError((problem_at(Origin(file, text, ("inherits",)), ("inherits",), str(error)),)) from None
    return with_shared_sections(inherited(base, own), all_used=not for_heirs)


#: What pydantic finds, in words of a profile; its own where they are as good.
_REASONS = {
    "extra_forbidden": "is not a key of a profile",
    "missing": "is missing",
    "string_type": "has to be text, in quotes",
    "bool_parsing": "has to be true or false",
    "bool_type": "has to be true or false",
    "int_parsing": "has to be a whole number",
    "int_from_float": "has to be a whole number",
    "int_type": "has to be a whole number",
    "decimal_parsing": "has to be a number, in quotes",
    "decimal_type": "has to be a number, in quotes",
    "tuple_type": "has to be a list",
    "mapping_type": "has to be a table",
    "model_type": "has to be a table",
    "model_attributes_type": "has to be a table",
    **dict.fromkeys(
        ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
        "has to be a day without quotes, such as 2016-04-08",
    ),
}


def _validated(name: str, file: str, data: Table, parents: Parents | None) -> AreaProfile:
    said = {key: value for key, value in data.items() if key != "shared_sections"}
    try:
        profile = AreaProfile.model_validate({**said, "name": name})
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        raise _refused(data, file, ((each["loc"], _reason(each["type"], each["msg"])) for each in found)) from None
    if wrong := [*mistakes(profile), *_unknown_areas(profile, parents)]:
        raise _refused(data, file, wrong)
    return profile


def _reason(kind: str, text: str) -> str:
    return _REASONS.get(kind, text.removeprefix("Value error, "))


def _refused(data: Table, file: str, found: Iterable[tuple[Steps, str]]) -> ProfileError:
    """The first mistakes in the order of their lines, and how many more there are; one in a shared section is named
    once.
    """
    left = iter(found)
    placed = [located(data, file, path, reason) for path, reason in islice(left, LISTED)]
    more = sum(1 for _ in left)
    told = tuple(dict.fromkeys(sorted(placed, key=lambda each: each.line)))
    return ProfileError((*told, Problem(file, 1, "", f"and {more} more mistakes")) if more else told)


def _unknown_areas(profile: AreaProfile, parents: Parents | None) -> Iterator[tuple[Steps, str]]:
    for at, name in enumerate(profile.beside if parents else ()):
        try:
            assert parents is not None, "there is where to look"
            parents(name)
        except LookupError as error:
            yield ("beside", at), str(error)


def problems(file: Path, name: str, parents: Parents | None = None) -> Iterator[Problem]:
    """Yield the mistakes of a profile; none if it can be used."""
    try:
        load(file, name, parents)
    except ProfileError as error:
        yield from error.problems
