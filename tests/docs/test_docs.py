"""The docs: a reader who follows a page, block by block at an empty desk, gets what the page says."""

import contextlib
import io
import json
import re
import shlex
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE, OutputChecker
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer.main
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, load_pem_private_key, pkcs12
from cryptography.x509 import load_pem_x509_certificate
from lxml import etree
from typer.core import TyperGroup
from typer.testing import CliRunner
from website.anchors import anchors
from website.navigation import entries

import customs
from customs.cli.commands import app
from customs.declaration import Declaration
from customs.fields import terms_of
from customs.testing.keys import KeyPair
from support import ROOT, SINGLES_DAY, some
from support.pages import WITHOUT_CHINESE

PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

#: Pages that take more than a second to follow: they start processes, or declare hundreds of parcels.
LONG_PAGES = {
    ROOT / name
    for name in (
        "README.zh-CN.md",
        *(
            f"docs/howto/{each}.md"
            for each in ("going-live", "property-tests", "send-and-receive", "tax-bills", "workers")
        ),
    )
}

SECTIONS = {name for name, info in Declaration.model_fields.items() if info.is_required()}

pages = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

#: A comment in a block, which a Chinese page has in Chinese; what the tests read in comments is none.
COMMENT = re.compile(r"(^|\s+)#(?! exits \d$).*$", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    text: str

    @property
    def where(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks_of(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page in order."""
    fence, start, language, inside = "", 0, "", list[str]()
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        opening = re.match(r"\s*(`{3,}|~{3,})\s*(.*)$", line)
        if fence and opening and opening[1].startswith(fence) and not opening[2]:
            yield Block(page, start, language, "\n".join(inside) + "\n")
            fence, inside = "", []
        elif fence:
            inside.append(line)
        elif opening:
            fence, language, start = opening[1], opening[2].strip(), number
    assert not fence, f"{page.name}:{start} is not closed"


def says_what_its_english_page_says(page: Path) -> bool:
    """True for a Chinese page whose blocks are those of the English page, comments apart: it is followed with that."""
    chinese = ROOT / "docs" / "zh"
    if not page.is_relative_to(chinese):
        return False

    def said(path: Path) -> list[tuple[str, str]]:
        return [(each.language, COMMENT.sub("", each.text)) for each in blocks_of(path)]

    english = ROOT / "docs" / page.relative_to(chinese)
    return english.is_file() and said(page) == said(english)


@dataclass
class Reader:
    """Follows a page in a folder of its own: the names of its Python blocks, and what the last block printed."""

    names: dict[str, Any] = field(default_factory=lambda: names_of_a_page())
    printed: str = ""

    def follow(self, block: Block) -> None:
        assert block.language in RULES, f"{block.where}: no rule covers a block of {block.language or 'no language'}"
        RULES[block.language](self, block)


def names_of_a_page() -> dict[str, Any]:
    """The names of a module ``page``, which worker processes find as they find any module."""
    sys.modules["page"] = page = ModuleType("page")
    return vars(page)


def run_python(reader: Reader, block: Block) -> None:
    code = compile("\n" * block.line + block.text, block.page, "exec")
    if any(engine is None for engine in engines_of(block)):
        return
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, reader.names)  # noqa: S102  the page's own code
    reader.printed = printed.getvalue()


def engines_of(block: Block) -> list[ModuleSpec | None]:
    """The engines that a block imports, None for one that is not installed; ``make bulk-engines`` installs them."""
    named = re.findall(r"^(?:import|from) (ray|pyspark)\b", block.text, re.MULTILINE)
    return [find_spec(each) if each == "ray" or shutil.which("java") else None for each in named]


def run_shell(reader: Reader, block: Block) -> None:
    reader.printed = ""
    for line in block.text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if not words:
            continue
        assert words[0] in COMMANDS, f"{block.where}: no rule covers a command {words[0]}"
        exits = re.search(r"# exits (\d)$", line)
        reader.printed += COMMANDS[words[0]](block, words[1:], int(exits[1]) if exits else 0)


def run_customs(block: Block, words: list[str], exits: int) -> str:
    """A command of this library, its patterns of files and its redirection as a shell does them."""
    target = words[words.index(">") + 1] if ">" in words else None
    words = words[: words.index(">")] if target else words
    files = {word: sorted(str(path) for path in Path().glob(word)) for word in words if "*" in word}
    answer = CliRunner().invoke(app, [each for word in words for each in files.get(word, [word])])
    assert answer.exit_code == exits, f"{block.where}: {shlex.join(words)}\n{answer.output}"
    if target:
        Path(target).write_text(answer.stdout, encoding="utf-8")
    return "" if target else answer.stdout


def named_target(block: Block, words: list[str], exits: int) -> str:
    assert set(words) <= TARGETS, f"{block.where}: the Makefile lacks a target"
    return ""


#: What can be installed today: the clone that one is in, and the wheel of ``make dist``. Nothing is published.
INSTALLED = rf"(?:\.|dist/{PROJECT['name'].replace('-', '_')}-{re.escape(PROJECT['version'])}-py3-none-any\.whl)"


def named_distribution(block: Block, words: list[str], exits: int) -> str:
    assert words[0] == "install"
    for word in words[1:]:
        wanted = re.fullmatch(rf"{INSTALLED}(?:\[([a-z0-9,]+)\])?", word)
        assert wanted, block.where
        assert set((wanted[1] or "cli").split(",")) <= PROJECT["optional-dependencies"].keys(), block.where
    return ""


def compare(reader: Reader, block: Block) -> None:
    """What the block before printed; ``...`` stands for anything."""
    if not OutputChecker().check_output(block.text, reader.printed, ELLIPSIS | NORMALIZE_WHITESPACE):
        pytest.fail(f"{block.where}: printed was\n{reader.printed}", pytrace=False)


def read_json(reader: Reader, block: Block) -> None:
    value = json.loads(block.text)
    if value.keys() >= SECTIONS:
        _, findings = customs.read_declaration(block.text)
        assert not findings, block.where
        clock, guids = customs.fixed_clock(datetime(2026, 11, 11)), customs.random_guids
        (parcel,) = customs.Run(on=SINGLES_DAY, clock=clock, guids=guids).examine([block.text])
        assert not parcel.findings, block.where


def read_xml(reader: Reader, block: Block) -> None:
    etree.fromstring(block.text.encode())


def read_toml(reader: Reader, block: Block) -> None:
    tomllib.loads(block.text)


def look_at(reader: Reader, block: Block) -> None:
    """Nothing to check: an illustration."""


COMMANDS: dict[str, Callable[[Block, list[str], int], str]] = {
    "customs": run_customs,
    "make": named_target,
    "pip": named_distribution,
}

RULES: dict[str, Callable[[Reader, Block], None]] = {
    "python": run_python,
    "sh": run_shell,
    "output": compare,
    "json": read_json,
    "xml": read_xml,
    "toml": read_toml,
    "text": look_at,
    "mermaid": look_at,
}


@pytest.fixture(scope="session")
def pkcs12_file(keys: KeyPair, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key in PKCS#12: what makes its password hard to guess takes time."""
    key = load_pem_private_key(keys.key, None)
    certificate = load_pem_x509_certificate(keys.certificate)
    password = BestAvailableEncryption(b"from your store of secrets")
    file = tmp_path_factory.mktemp("pkcs12") / "enterprise.p12"
    file.write_bytes(pkcs12.serialize_key_and_certificates(None, key, certificate, None, password))  # type: ignore[arg-type]
    return file


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pkcs12_file: Path) -> Path:
    """An empty folder with the shipped examples and a key in PKCS#12."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    shutil.copyfile(pkcs12_file, tmp_path / "enterprise.p12")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("FORCE_COLOR", "CUSTOMS_KEY_PASSWORD"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=[pytest.mark.long] if page in LONG_PAGES else [])
        for page in PAGES
        if not says_what_its_english_page_says(page)
    ],
    ids=lambda page: str(page.relative_to(ROOT)),
)
def test_a_reader_gets_what_the_page_says(page: Path, desk: Path) -> None:
    reader = Reader()
    for block in blocks_of(page):
        reader.follow(block)


@pages
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert text
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", text)):
        if re.match("[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        found = (page.parent / path).resolve() if path else page
        if found.relative_to(ROOT).as_posix() in WITHOUT_CHINESE:
            found = ROOT / "docs" / found.relative_to(ROOT / "docs" / "zh")
        assert found.is_file(), f"{page.name}: {target}"
        assert not anchor or anchor in anchors_of(found), f"{page.name}: {target}"


def anchors_of(page: Path) -> set[str]:
    """The anchors of a page's headings; those of a Chinese page of the site are the English ones."""
    docs = ROOT / "docs"
    english = docs / page.relative_to(docs / "zh") if page.is_relative_to(docs / "zh") else page
    return set(anchors(english))


def test_pages_that_take_long_exist() -> None:
    assert [page for page in some(LONG_PAGES) if page not in PAGES] == []


def test_every_page_is_in_the_navigation_of_the_site() -> None:
    listed = entries()
    folders = {entry.below for entry in listed.values() if entry.below}
    for page in some((ROOT / "docs").rglob("*.md")):
        path = page.relative_to(ROOT / "docs").as_posix().removeprefix("zh/")
        assert path == "index.md" or path in listed or Path(path).parent.as_posix() in folders, (
            f"docs/navigation.toml lacks {path}"
        )


def test_the_command_line_page_has_every_command_with_its_options() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## ([\w-]+)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    group = typer.main.get_command(app)
    assert isinstance(group, TyperGroup)
    assert sections.keys() == group.commands.keys()
    for name, command in group.commands.items():
        options = {option for each in command.params for option in each.opts if option.startswith("--")}
        assert set(re.findall(r"^\| `(--[a-z-]+)` \|", sections[name], re.MULTILINE)) == options, name


def test_the_parcel_page_shows_a_whole_parcel() -> None:
    found = [block for block in blocks_of(ROOT / "docs" / "parcel.md") if block.language == "json"]
    assert any(json.loads(block.text).keys() >= SECTIONS for block in found)
    assert terms_of(Declaration).keys() > SECTIONS
