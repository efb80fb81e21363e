"""One word, one meaning: no key of the profile language, and no class of the room that reads it, says two things."""

import ast
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator

from customs import areas
from customs.areas.profile import base, fields, gateway, model, receipts, rules
from customs.areas.profile.base import ProfilePart
from support import ROOT

#: The words that stand in several tables of the language: what each means in all of them, and the tables. A word that
#: is not
#: here stands in one table only; one that is to stand in a further table is added here, with the meaning that it has
#: there too.
WORDS: dict[str, tuple[str, set[str]]] = {
    "code_list": ("the name of a code list of this library", {"CodeMap", "LocalFact"}),
    "default": ("the text that is taken where nothing is given", {"FieldSpec", "Parameter"}),
    "en": (
        "what it is, in English",
        {"AreaProfile", "LocalFact", "LocalMessage", "Numbering", "Parameter", "Rule", "Said", "SecretSpec"},
    ),
    "example": ("a fictitious value in the form that is asked for", {"Numbering", "Parameter"}),
    "fact": ("the name of the fact that is compared", {"Among", "AtMost", "Condition"}),
    "format": ("XML or JSON", {"LocalEnvelope", "ReceiptSpec"}),
    "name": ("what it is called, by the platform or in the profile", {"AreaProfile", "LocalEnvelope", "FieldSpec", "ReceiptSpec", "Step"}),
    "need": ("how sure it is that it is asked for", {"FieldSpec", "Parameter"}),
    "note": (
        "what people should know of it",
        {"FieldSpec", "LocalMessage", "Numbering", "Parameter", "ReceiptSpec", "SecretSpec"},
    ),
    "path": ("where an element is, below the root or the answer", {"Heard", "Section", "StateSpec"}),
    "reads": ("foreign codes, and what each is read as", {"CodeMap", "Heard"}),
    "root": ("the name of the root element", {"LocalEnvelope", "ReceiptSpec"}),
    "time_format": ("how a time is written there", {"AnsweredAt", "FieldSpec"}),
    "values": ("the only texts that it may have", {"Among", "LocalFact", "Parameter"}),
    "when": ("the condition under which it applies", {"FieldSpec", "LocalMessage", "Rule"}),
    "zh": (
        "what it is, in Chinese",
        {"AreaProfile", "FieldSpec", "LocalFact", "LocalMessage", "Numbering", "Parameter", "ReceiptSpec", "Rule", "Said", "SecretSpec"},
    ),
}  # fmt: skip

#: Words that said two things once: none of them is a key.
GONE = {
    "scheme",
    "map",
    "form_of",
    "at",
    "of",
    "head",
    "line",
    "document",
    "unified",
    "each",
    "text",
    "time",
    "times",
    "list",
    "key",
}


def tables() -> Iterator[tuple[str, type[ProfilePart]]]:
    """The tables of the language by the names of their models."""
    for module in (base, fields, gateway, model, receipts, rules):
        for name, each in vars(module).items():
            if (
                inspect.isclass(each)
                and issubclass(each, ProfilePart)
                and each is not ProfilePart
                and each.__module__ == module.__name__
            ):
                yield name, each


def places() -> dict[str, set[str]]:
    """The tables in which each key stands."""
    found = defaultdict[str, set[str]](set)
    for name, table in tables():
        for key in table.__annotations__:
            found[table.model_fields[key].alias or key].add(name)
    return found


def test_a_key_that_stands_in_several_tables_is_in_the_list_of_words_with_its_one_meaning() -> None:
    several = {key: tables for key, tables in places().items() if len(tables) > 1}
    assert several == {word: tables for word, (_, tables) in WORDS.items()}
    assert len({meaning for meaning, _ in WORDS.values()}) == len(WORDS), "two words for one thing"


def test_words_that_had_two_meanings_are_keys_no_more() -> None:
    assert len(list(tables())) == 21
    assert not GONE & places().keys()


def test_the_manual_explains_every_key() -> None:
    manual = (ROOT / "docs" / "area-profiles.md").read_text(encoding="utf-8")
    assert [key for key in sorted(places()) if not re.search(rf"\b{key}\b", manual)] == []


def test_no_two_classes_of_the_room_have_one_name() -> None:
    found = defaultdict[str, list[str]](list)
    for file in sorted((ROOT / "src" / "customs" / "areas").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found[node.name].append(file.name)
    assert len(found) > 60
    assert {name: files for name, files in found.items() if len(files) > 1} == {}


#: Owner and name of a repository, as sources name it.
REPOSITORY = re.compile(r"(?<![\w/.-])([A-Za-z0-9][\w-]*/[A-Za-z][\w.-]*)")


def test_a_source_that_names_a_repository_links_to_it() -> None:
    linked = 0
    for name in areas.names():
        for source in areas.find(name).sources:
            text, *links = source.split(" <")
            assert all(re.fullmatch(r"https://[^<>\s]+>", link) for link in links), source
            named = set(REPOSITORY.findall(text))
            assert {link.removeprefix("https://github.com/").rstrip(">") for link in links} == named, source
            linked += len(links)
    assert linked >= 12
