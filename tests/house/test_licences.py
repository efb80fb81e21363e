"""Licences: every package that the library, its extras and its development need has one that is admitted by name."""

import re
from collections.abc import Iterator
from importlib import metadata

import pytest
from packaging.requirements import Requirement

from compat.bounds import requirements
from support import ROOT

#: Licences that ask for no more than to be named.
PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "Zlib",
}  # fmt: skip

#: Packages under licences that ask for more: they are used unmodified, installed beside the library, and replaceable.
#: None of them is part of the distribution.
COPYLEFT = {
    "certifi": "MPL-2.0",
    "hypothesis": "MPL-2.0",
    "pathspec": "MPL-2.0",
    "psycopg": "LGPL-3.0-only",
    "psycopg-binary": "LGPL-3.0-only",
    "python-stdnum": "LGPL-2.1-or-later",
}

#: The licences that older metadata name in classifiers, or in a text, in place of an expression.
CLASSIFIED = {
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.1-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
WRITTEN = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "MIT License": "MIT",
}

#: The licences that metadata leave out, as they stand in the packages.
READ = {"pyftpdlib": "MIT"}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def needed(required: Requirement, seen: set[tuple[str, str]]) -> Iterator[metadata.Distribution]:
    """Yield the installed package that is required, and all that it requires in turn."""
    key = normal(required.name), ",".join(sorted(required.extras))
    if key in seen:
        return
    seen.add(key)
    try:
        found = metadata.distribution(required.name)
    except metadata.PackageNotFoundError:
        return
    yield found
    for each in map(Requirement, found.requires or ()):
        if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in (*required.extras, "")):
            yield from needed(each, seen)


def packages(*required: str) -> dict[str, metadata.Distribution]:
    seen = set[tuple[str, str]]()
    found = [each for name in required for each in needed(Requirement(name), seen)]
    return {normal(each.metadata["Name"]): each for each in found}


def licences(package: metadata.Distribution) -> set[str]:
    """The licences that a package names, those of a choice among them; as written where they are not known."""
    said = package.metadata.get_all
    if expression := said("License-Expression"):
        return set(re.split(r" AND | OR |[() ]+", expression[0])) - {""}
    endings = {each.rpartition(" :: ")[2] for each in said("Classifier") or () if each.startswith("License ::")}
    text = "".join(said("License") or ()).strip() or READ.get(normal(package.metadata["Name"]), "")
    return {CLASSIFIED.get(each, each) for each in endings - {"OSI Approved"}} or {WRITTEN.get(text, text)}


LIBRARY = packages(*requirements())
TOOLS = packages(*(each for each in (ROOT / "requirements-dev.txt").read_text().splitlines() if each[:1] not in "#"))


def test_all_dependencies_are_looked_at() -> None:
    direct = {normal(Requirement(each).name) for each in requirements()}
    assert len(direct) >= 11
    assert direct - LIBRARY.keys() == set(), "every extra is installed where the tests run"
    assert LIBRARY.keys() >= {"pydantic-core", "cffi", "et-xmlfile", "asn1crypto", "sortedcontainers"}, (
        "and what they need"
    )
    assert len(TOOLS) > 20


@pytest.mark.parametrize("name", sorted({**TOOLS, **LIBRARY}))
def test_a_dependency_has_a_licence_that_is_admitted(name: str) -> None:
    found = licences({**TOOLS, **LIBRARY}[name])
    assert found
    assert found - PERMISSIVE == ({COPYLEFT[name]} if name in COPYLEFT else set()), "add it here only after reading it"


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_readme_names_the_dependencies_whose_licences_ask_for_more(page: str) -> None:
    licence = (ROOT / page).read_text(encoding="utf-8").split("## ")[-1]
    asking = LIBRARY.keys() & COPYLEFT.keys()
    assert {"python-stdnum", "hypothesis"} <= asking
    assert [name for name in sorted(asking) if name not in licence] == []
