"""Our messages against the standard's own schemas, and its samples against our types."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

import customs
from customs.documents import EXPORTS, IMPORTS, MESSAGES, Document, ExportTransfer, Message
from customs.signing import sign
from customs.testing import sample_parcels
from customs.testing.strategies import messages_of
from customs.wire import ReadError
from support import MORNING, ROOT, SINGLES_DAY
from support.official_schemas import known_to_the_schema

#: Samples of the edition 2022-05 that its own schemas refuse, and what is wrong with them.
BROKEN = {
    "CEB214": "the root is no message that is known",
    **dict.fromkeys(
        ("CEB303", "CEB403", "CEB505", "CEB507", "CEB509", "CEB603", "CEB605", "CEB607"),
        "exactly one BaseTransfer, has 2",
    ),
}

#: A sample that its own schema refuses and that is read all the same: it lacks gseqno, as the edition of 2018 does.
READ_ALL_THE_SAME = {"CEB792"}


@pytest.fixture(scope="session")
def official_schemas(official: Path) -> dict[str, etree.XMLSchema]:
    """The schema of each message, of the import side or the export side."""
    folder = official / "xsd-2022-05"
    (imports,) = folder.glob("*进口业务节点*.xsd")
    (exports,) = folder.glob("*出口业务节点*.xsd")
    import_schema, export_schema = etree.XMLSchema(etree.parse(imports)), etree.XMLSchema(etree.parse(exports))
    return {
        **{kind.message: import_schema for kind in IMPORTS},
        **{kind.message: export_schema for kind in EXPORTS},
        "CEB900": import_schema,
    }


@pytest.mark.parametrize("mode", ["1210", "9610"])
def test_every_message_of_a_stream_is_valid_against_the_official_and_the_own_schema(
    official_schemas: dict[str, etree.XMLSchema], signer: customs.RsaSigner, mode: str
) -> None:
    parcels = sample_parcels(120, seed=11, mode="1210" if mode == "1210" else "9610")
    run = customs.Run(signer=signer, on=SINGLES_DAY, clock=customs.fixed_clock(MORNING), guids=customs.seeded_guids(1))
    stream = run.prepare_many(parcels)
    messages = [message for batch in stream for message in batch.messages]
    assert len(messages) == 8
    for message in messages:
        tree = etree.parse(io.BytesIO(message.content))
        official_schemas[message.name].assertValid(tree)
        etree.XMLSchema(etree.parse(ROOT / "schemas" / f"{message.name}.xsd")).assertValid(tree)


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.long
def test_any_document_within_our_facets_is_valid_against_the_official_schema(
    official_schemas: dict[str, etree.XMLSchema], signer: customs.RsaSigner, name: str
) -> None:
    @settings(
        deadline=None,
        max_examples=12,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
    )
    @given(messages_of(MESSAGES[name], most=2).map(known_to_the_schema))
    def holds(message: Message[Document]) -> None:
        content = customs.write(message)
        if not MESSAGES[name].from_customs:
            content = sign(content, signer)
        official_schemas[name].assertValid(etree.fromstring(content))

    holds()


OF_EXPORT = [kind.message for kind in EXPORTS if not kind.from_customs]


@pytest.mark.parametrize("name", OF_EXPORT)
def test_an_export_message_whose_transmitter_has_no_code_is_read_as_its_schema_admits(
    official_schemas: dict[str, etree.XMLSchema], signer: customs.RsaSigner, name: str
) -> None:
    @settings(deadline=None, max_examples=3)
    @given(messages_of(MESSAGES[name], most=1))
    def is_read(message: Message[Document]) -> None:
        assert isinstance(message.transfer, ExportTransfer)
        without = replace(message, transfer=message.transfer.model_copy(update={"transmitter_code": ""}))
        content = sign(customs.write(without), signer)
        official_schemas[name].assertValid(etree.fromstring(content))
        assert customs.read(content) == without
        assert not customs.read(content).oddities

    is_read()


def test_eleven_export_messages_may_leave_the_transmitter_without_a_code() -> None:
    assert [f"CEB{number}" for number in (303, 403, 505, 507, 509, 603, 605, 607, 701, 213, 215)] == OF_EXPORT


def layout(root: etree._Element) -> list[tuple[str, str | None]]:
    """Elements and texts in order; empty elements, layout and the signature left out."""
    return [
        (str(each.tag), each.text if not len(each) else None)
        for each in root.iter("{http://www.chinaport.gov.cn/ceb}*")
        if len(each) or each.text
    ]


@pytest.mark.parametrize("edition", ["samples-2018-113", "samples-2022-05"])
def test_official_samples_are_read_and_written_again_element_by_element(official: Path, edition: str) -> None:
    read = 0
    for path in sorted((official / edition).glob("*.xml")):
        if edition == "samples-2022-05" and path.stem in BROKEN:
            continue
        sample = path.read_bytes()
        written = customs.write(customs.read(sample))
        assert layout(etree.fromstring(written)) == layout(etree.fromstring(sample)), path.name
        read += 1
    assert read == {"samples-2018-113": 35, "samples-2022-05": 30}[edition]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_sample_is_refused_with_what_is_wrong(official: Path, name: str) -> None:
    with pytest.raises(ReadError, match=BROKEN[name]):
        customs.read((official / "samples-2022-05" / f"{name}.xml").read_bytes())


def test_a_broken_sample_that_is_read_has_a_finding_that_says_what_is_wrong(official: Path) -> None:
    (name,) = READ_ALL_THE_SAME
    documents = customs.read((official / "samples-2022-05" / f"{name}.xml").read_bytes()).documents
    found = [[finding.code for finding in customs.check_document(document)] for document in documents]
    assert found == [["result-line-missing"] * 2] * 10


def test_the_samples_that_their_schema_refuses_are_those_that_are_known(
    official: Path, official_schemas: dict[str, etree.XMLSchema]
) -> None:
    samples = (official / "samples-2022-05").glob("*.xml")
    refused = {path.stem for path in samples if not official_schemas[path.stem].validate(etree.parse(path))}
    assert refused == BROKEN.keys() | READ_ALL_THE_SAME
