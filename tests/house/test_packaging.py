"""What is published: complete metadata, URLs from one place, links that work where only the readme is shown."""

import re
import tomllib

import hatch_build

from support import ROOT
from wheels.__main__ import USES

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
RELATIVE = re.compile(r"\]\((?!https:)[^)]*\)")


def test_links_of_the_readme_lead_into_the_repository_wherever_it_is_shown() -> None:
    shown = hatch_build.shown_elsewhere(README, "https://example.org/customs", "1.2.3")
    assert RELATIVE.findall(README)
    assert RELATIVE.findall(shown) == []
    assert "](https://example.org/customs/blob/v1.2.3/CONTRIBUTING.md)" in shown
    assert "![" in shown


def test_without_a_repository_the_readme_has_no_link_that_leads_nowhere() -> None:
    shown = hatch_build.shown_elsewhere(README, "", "1.2.3")
    assert RELATIVE.findall(shown) == []
    assert "![" not in shown
    assert "Contributing" in shown


def test_all_urls_come_from_the_repository() -> None:
    assert hatch_build.urls("", "1.2.3") == {}
    found = hatch_build.urls("https://example.org/customs", "1.2.3")
    assert found.keys() == {"Homepage", "Documentation", "Changes", "Source", "Issues"}
    assert all(url.startswith("https://example.org/customs") for url in found.values())
    assert "urls" not in PROJECT["project"]


def test_the_extra_of_the_hub_brings_what_every_hub_needs() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    assert "cbec-customs[ledger,remote,serve]" in extras["hub"]
    assert [each for each in ("apprise", "oidc", "otel") if "cbec-customs[hub]" not in extras[each]] == []
    assert "cbec-customs[ledger]" in extras["postgresql"]


def test_every_extra_is_tried_in_a_clean_environment_and_explained_in_both_readmes() -> None:
    extras = PROJECT["project"]["optional-dependencies"]
    assert USES.keys() - {""} == extras.keys()
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert [extra for extra in sorted(extras) if f"`{extra}`" not in text] == [], name
