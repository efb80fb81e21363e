"""The lower bounds of the dependencies, as ``pyproject.toml`` states them.

>>> str(lower_bounds(["lxml>=5.3", "rich >= 13.7"])["rich"])
'13.7'
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent

#: The lowest versions that can be installed without a compiler where the lower bound has no wheel for a Python.
FIRST_WHEELS = {
    ("lxml", "3.13"): "5.3",
    ("lxml", "3.14"): "6.0.1",
    ("pyarrow", "3.14"): "22",
    ("python-pkcs11", "3.14"): "0.9.2",
}

#: Extras of some hundred megabytes, which ``make bulk-engines`` installs in the versions of ``constraints.txt`` alone.
ENGINES = ("ray",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newer:
    """The lowest versions of the library's dependencies that an extra takes, and the tests that use it."""

    versions: Mapping[str, str]
    tests: str


#: Extras that want newer versions than the library itself: they are left out of the lowest ones and tried beside them.
NEWER = {"oidc": Newer(versions={"cryptography": "45.0.1"}, tests="tests/hub/web/test_signing_in_by_provider.py")}

#: The sets of versions that are tried on each Python.
VERSIONS = ("lowest", "newest", *NEWER)

#: The tools of ``make lint types contract``, which look at the code and run none of it.
LINT = ("import-linter", "mypy", "pyright", "ruff", "types-")

#: Tools that come as source alone, which needs no compiler.
SOURCES = ("pyftpdlib",)

_BOUNDED = re.compile(r"([A-Za-z0-9._-]+) ?>= ?([0-9][0-9.]*)")


def project() -> dict[str, Any]:
    """Return the table ``project`` of ``pyproject.toml``."""
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def requirements(versions: str = "newest") -> list[str]:
    """Return the requirements of the library and of the extras that are tried, as they are written."""
    extras = project()["optional-dependencies"]
    asked = (each for extra in extras_tried(versions) for each in extras[extra])
    return [*project()["dependencies"], *(each for each in asked if not each.startswith(f"{project()['name']}["))]


def extras_tried(versions: str = "newest") -> list[str]:
    """Return the extras that are tried with a set of versions."""
    left_out = {*ENGINES, *(NEWER if versions == "lowest" else ())}
    return [each for each in project()["optional-dependencies"] if each not in left_out]


def lower_bounds(written: Iterable[str]) -> dict[str, str]:
    """Return the lowest version of each requirement. Raises ``ValueError`` for one of another form than NAME>=VERSION."""
    found = {}
    for each in written:
        if not (bounded := _BOUNDED.fullmatch(each)):
            raise ValueError(f"pyproject.toml: {each} has to be NAME>=VERSION, so that make compat knows the lowest")
        found[bounded[1]] = bounded[2]
    return found


def lowest(python: str, versions: str = "lowest") -> dict[str, str]:
    """Return the lowest version of each dependency that can be installed on a Python, such as 3.13."""
    newer = NEWER[versions].versions if versions in NEWER else {}
    found = {name: FIRST_WHEELS.get((name, python), low) for name, low in lower_bounds(requirements(versions)).items()}
    return {**found, **newer}


def tools(versions: str = "newest") -> list[str]:
    """Return what the tests need beside the library."""
    lines = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    left_out = lower_bounds(requirements()).keys() - lower_bounds(requirements(versions)).keys()
    return [each for each in lines if each and not each.startswith(("#", *LINT)) and each not in left_out]
