"""Profiles of areas (关区配置): the TOML that another package may bring."""

from functools import cache
from importlib.resources import files

from customs import areas
from customs.areas.profile.loading import Table, data_of, load_text
from customs.areas.profile.origins import ProfileError
from fuzz.promises import promise


@cache
def shipped(name: str) -> Table:
    """Return the data of a shipped profile or family, to inherit from. Raises ``LookupError`` for another name."""
    family = files("customs.areas") / "profiles" / name / "family.toml"
    if name not in areas.names() and not (name.isidentifier() and family.is_file()):
        raise LookupError(f"no area is called {name!r}")
    return data_of(family if family.is_file() else files("customs.areas") / "profiles" / name / "profile.toml", shipped)


def profile(data: bytes) -> None:
    """A profile is read, or every mistake has a line and a reason; a text that is no UTF-8 is another matter."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return
    try:
        load_text(text, "fuzzed", "profile.toml", shipped)
    except ProfileError as error:
        promise(error.problems, "refused without a mistake")
        for each in error.problems:
            promise(each.line >= 1 and each.reason, "a mistake without line or reason")
