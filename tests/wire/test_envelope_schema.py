"""Our schemas of the envelope against the official ones of the nodes: every difference is known and has its reason in
the docs.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from lxml import etree

from customs.signing import Signer, sign_envelope
from customs.wire import ReadError, unwrap
from customs.wire.envelope import SHAPES, envelope_terms
from customs.wire.envelope_schema import envelope_schemas
from customs.wire.schema import schemas
from support import ROOT
from support.envelopes import SIGNATURE, full
from support.schema_comparison import XS, compared_envelopes


@dataclass(frozen=True)
class Taken:
    """Who takes an envelope: the official schema, our schema, ``unwrap``."""

    official: bool
    ours: bool
    unwrap: bool


IS_TEXT = b"<dxp:IsText/></dxp:AddInfo>"
SENDER, COPY = (
    b"<dxp:SenderId>DXPENT0000000001</dxp:SenderId>",
    b"<dxp:CopMsgId>DXPENT0000000001202611110800000001</dxp:CopMsgId>",
)

#: The differences that are meant, each by the words that begin its row in docs/schema-differences.md: what makes a full
#: envelope an instance of it, and who takes that envelope.
MEANT: list[tuple[str, bytes, bytes, Taken]] = [
    ("`ds:Signature`", b"</dxp:DxpMsg>", SIGNATURE + b"</dxp:DxpMsg>", Taken(official=True, ours=False, unwrap=True)),
    ("order of elements", COPY + SENDER, SENDER + COPY, Taken(official=False, ours=False, unwrap=True)),
    ("empty optional elements", b">a.xml<", b"><", Taken(official=False, ours=False, unwrap=True)),
    ("`IsText` without `Encode`", b"</dxp:AddInfo>", IS_TEXT, Taken(official=False, ours=False, unwrap=True)),
    ("ids", COPY, b"<dxp:CopMsgId/>", Taken(official=False, ours=False, unwrap=True)),
    ("ids", SENDER, b"", Taken(official=False, ours=False, unwrap=True)),
    ("ids", b' ver="1.0"', b"", Taken(official=False, ours=False, unwrap=True)),
    ("ids", b">2026-11-11T08:00:00<", b"><", Taken(official=False, ours=False, unwrap=True)),
    ("unknown attributes", b"<dxp:Data>", b'<dxp:Data x="1">', Taken(official=False, ours=False, unwrap=True)),
    ("times beyond the calendar", b"11T08:00:00", b"11T24:00:00", Taken(official=True, ours=True, unwrap=False)),
    ("times beyond the calendar", b">2026-11", b">12026-11", Taken(official=True, ours=True, unwrap=False)),
]


@pytest.fixture(scope="module")
def terminal() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(ROOT / "schemas" / "terminal-node.xsd"))


@pytest.mark.parametrize("name", envelope_schemas())
def test_a_generated_schema_is_a_schema(name: str, tmp_path: Path) -> None:
    for file, text in {**schemas(), **envelope_schemas()}.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    etree.XMLSchema(etree.parse(tmp_path / name))


def test_every_element_and_attribute_of_the_envelope_is_in_a_schema_with_its_chinese_label() -> None:
    roots = [etree.fromstring(text.encode()) for text in envelope_schemas().values()]
    declared = {each.get("name"): each for root in roots for each in root.iter(f"{XS}element", f"{XS}attribute")}
    shaped = {word.rstrip("?+") for shape in SHAPES.values() for word in shape.split()}
    assert (SHAPES.keys() | shaped | envelope_terms().keys()) - {"Signature"} == declared.keys() - {
        None,
        "ver",
        "Ver",
        "Id",
    }
    for name, term in envelope_terms().items():
        assert declared[name].findtext(f"{XS}annotation/{XS}documentation") == term.zh


def test_the_schemas_of_the_nodes_differ_in_no_element(official: Path) -> None:
    found = compared_envelopes(official / "xsd-2022-05", ROOT / "schemas")
    assert found == {"DxpMsg": [], "DxpRep": [], "DxpMsgSv": []}


@pytest.mark.parametrize(("row", "old", "new", "taken"), MEANT)
def test_a_meant_difference_is_there(
    official_terminal: etree.XMLSchema, terminal: etree.XMLSchema, row: str, old: bytes, new: bytes, taken: Taken
) -> None:
    content = full().replace(old, new)
    assert content != full(), row
    tree = etree.fromstring(content)
    assert Taken(official_terminal.validate(tree), terminal.validate(tree), is_read(content)) == taken


def is_read(content: bytes) -> bool:
    try:
        unwrap(content)
    except ReadError:
        return False
    return True


def test_the_docs_have_a_row_for_each_difference_and_no_other() -> None:
    page = (ROOT / "docs" / "schema-differences.md").read_text(encoding="utf-8")
    section = page.partition("\n## The envelope\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+?)(?:,[^|]*)? \|", section, re.MULTILINE)
    assert [each for each in rows if each not in ("Where", "---")] == list(dict.fromkeys(row for row, *_ in MEANT))


@pytest.mark.parametrize("with_certificate", [False, True])
def test_a_transport_signature_is_valid_on_the_envelope(
    official_terminal: etree.XMLSchema, terminal: etree.XMLSchema, signer: Signer, with_certificate: bool
) -> None:
    tree = etree.fromstring(sign_envelope(full(), signer, with_certificate=with_certificate))
    official_terminal.assertValid(tree)
    terminal.assertValid(tree)
