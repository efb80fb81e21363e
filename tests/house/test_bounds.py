"""Versions: ``pyproject.toml`` states the lowest ones, ``constraints.txt`` those of make and CI, and the two agree."""

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from compat.bounds import FIRST_WHEELS, LINT, NEWER, extras_tried, lower_bounds, lowest, project, requirements, tools
from support import ROOT, some

CONSTRAINTS = [
    Requirement(line)
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def test_every_dependency_has_a_lower_bound_and_no_upper_one() -> None:
    assert len(lower_bounds(requirements())) == len(requirements()) == 30


@pytest.mark.parametrize("written", ["lxml", "lxml==5.2", "lxml>=5.2,<6", "lxml~=5.2"])
def test_a_bound_of_another_form_is_named(written: str) -> None:
    with pytest.raises(ValueError, match="NAME>=VERSION"):
        lower_bounds([written])


def test_the_versions_of_make_and_ci_are_within_the_bounds() -> None:
    pinned = {canonicalize_name(each.name): Version(str(each.specifier).removeprefix("==")) for each in CONSTRAINTS}
    for name, low in some(lower_bounds(requirements()).items()):
        assert pinned[canonicalize_name(name)] >= Version(low), name


def test_a_first_wheel_is_above_the_bound_that_it_stands_for() -> None:
    for (name, python), version in some(FIRST_WHEELS.items()):
        assert Version(version) > Version(lower_bounds(requirements())[name]), (name, python)
        assert lowest(python)[name] == version
    assert lowest("3.11") == lower_bounds(requirements("lowest"))


def test_an_extra_that_wants_newer_versions_is_tried_beside_the_lowest_ones_and_with_the_newest() -> None:
    for extra, newer in some(NEWER.items()):
        own = {Requirement(each).name for each in project()["optional-dependencies"][extra]} - {project()["name"]}
        assert not own & {*lowest("3.11"), *tools("lowest")}
        assert [extra in extras_tried(each) for each in (extra, "newest", "lowest")] == [True, True, False]
        assert own <= lowest("3.11", extra).keys()
        for name, version in some(newer.versions.items()):
            assert Version(lowest("3.11", extra)[name]) == Version(version) > Version(lowest("3.11")[name])
        assert (ROOT / newer.tests).is_file()


def test_the_tests_with_other_versions_leave_the_linters_out() -> None:
    assert {"pytest", "pytest-xdist"} <= set(tools())
    assert [each for each in tools() if each.startswith(LINT)] == []


def test_a_constraint_names_one_version() -> None:
    for each in some(CONSTRAINTS):
        assert [found.operator for found in each.specifier] == ["=="], each.name
