"""Our messages against the standard's own schemas."""

import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

import customs
from customs.documents import MESSAGES, Document, Message
from customs.signing.xmldsig import sign
from customs.testing import sample_parcels
from customs.testing.strategies import messages_of
from support import MORNING, ROOT, SINGLES_DAY


@pytest.fixture(scope="session")
def import_schema(official: Path) -> etree.XMLSchema:
    folder = official / "xsd-2022-05"
    (path,) = folder.glob("*进口业务节点*.xsd")
    return etree.XMLSchema(etree.parse(path))


@pytest.mark.parametrize("mode", ["1210", "9610"])
def test_every_message_of_a_stream_is_valid_against_the_official_and_the_own_schema(
    import_schema: etree.XMLSchema, signer: customs.RsaSigner, mode: str
) -> None:
    parcels = sample_parcels(120, seed=11, mode="1210" if mode == "1210" else "9610")
    stream = customs.prepare_many(
        parcels, signer=signer, on=SINGLES_DAY, clock=customs.fixed_clock(MORNING), guids=customs.seeded_guids(1)
    )
    messages = [message for batch in stream for message in batch.messages]
    assert len(messages) == 8
    for message in messages:
        tree = etree.parse(io.BytesIO(message.content))
        import_schema.assertValid(tree)
        etree.XMLSchema(etree.parse(ROOT / "schemas" / f"{message.kind.message}.xsd")).assertValid(tree)


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(st.sampled_from(sorted(MESSAGES)).flatmap(lambda name: messages_of(MESSAGES[name])))
def test_any_document_within_our_facets_is_valid_against_the_official_schema(
    import_schema: etree.XMLSchema, signer: customs.RsaSigner, message: Message[Document]
) -> None:
    import_schema.assertValid(etree.fromstring(sign(customs.write(message), signer)))
