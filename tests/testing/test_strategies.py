"""The test tools of users: what they give is valid where they say so, and wrong in one place where they say so."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from lxml import etree
from pydantic import ValidationError

import customs
from customs.codes import code_list
from customs.documents import MESSAGES, Document, FormatError, Order, ParcelDocuments, Receipt
from customs.documents.exports.consolidation import ExportConsolidation
from customs.fields import terms_of
from customs.fields.faults import faults_of
from customs.rules import match
from customs.testing import (
    Facet,
    Invalid,
    declaration_lists,
    declarations,
    documents_of,
    invalid,
    orders,
    parcel_documents,
    payments,
    receipts,
    violations_of,
    waybills,
)
from support import MORNING, ROOT, SINGLES_DAY
from support.official_schemas import known_to_the_schema
from support.violated import NARROWER, message_text, reason_of, refused_by

quick = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
unshrunk = settings(deadline=None, phases=[Phase.generate], database=None)
few = settings(quick, max_examples=2, phases=[Phase.generate], derandomize=True, database=None)


@pytest.fixture(scope="session")
def schemas(official: Path) -> dict[str, etree.XMLSchema]:
    """The official schema of each message, compiled once for each side."""
    sides = {
        side: etree.XMLSchema(etree.parse(next((official / "xsd-2022-05").glob(f"*{zh}业务节点*.xsd"))))
        for side, zh in {"import": "进口", "export": "出口"}.items()
    }
    return {name: sides["export" if kind.flow == "export" else "import"] for name, kind in MESSAGES.items()}


def limited(document: Document) -> Document:
    """The document limited to what the official schema knows."""
    return known_to_the_schema(customs.documents.Message("", (document,))).documents[0]


def with_lines(kind: type[Document]) -> st.SearchStrategy[Document]:
    return documents_of(kind).filter(lambda document: bool(getattr(document, "lines", True)))


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.long
def test_each_single_violation_is_refused_at_its_field(name: str) -> None:
    @few
    @given(with_lines(MESSAGES[name]), st.integers(0, 2))
    def holds(document: Document, line: int) -> None:
        for violation in violations_of(MESSAGES[name]):
            wrong = violation.of(document, line)
            with pytest.raises(ValidationError) as refused:
                wrong.kind.model_validate(wrong.document)
            assert [fault.path for fault in faults_of(refused.value, wrong.kind, wrong.document)] == [wrong.path], (
                wrong.facet
            )

    holds()


@pytest.mark.parametrize("name", MESSAGES)
@pytest.mark.long
def test_the_official_schema_refuses_it_too_but_where_we_are_known_to_be_narrower(
    schemas: dict[str, etree.XMLSchema], name: str
) -> None:
    @few
    @given(with_lines(MESSAGES[name]).map(limited))
    def holds(document: Document) -> None:
        right = message_text(MESSAGES[name], document.model_dump(mode="json", exclude_none=True))
        schemas[name].assertValid(etree.fromstring(right))
        for violation in violations_of(MESSAGES[name]):
            wrong = violation.of(document)
            reason = reason_of(violation)
            assert refused_by(schemas[name], wrong) is (reason is None), f"{wrong.path} {wrong.facet}: {reason}"

    holds()


def test_where_we_are_narrower_is_little_and_explained() -> None:
    every = [each for kind in MESSAGES.values() for each in violations_of(kind)]
    reasons = Counter(reason for each in every if (reason := reason_of(each)))
    assert reasons.keys() == {*NARROWER, "optional texts", "`appStatus`"}
    assert reasons.total() < len(every) / 10
    page = (ROOT / "docs" / "schema-differences.md").read_text(encoding="utf-8")
    for row in reasons:
        assert f"| {row}" in page


def test_every_kind_of_facet_is_broken_somewhere_and_every_field_of_a_document_somehow() -> None:
    facets = {each.facet for kind in MESSAGES.values() for each in violations_of(kind)}
    assert facets == set(Facet.__args__)  # type: ignore[attr-defined]
    paths = {each.path for each in violations_of(Order)}
    assert {f"lines.{name}" for name in terms_of(customs.documents.OrderLine)} < paths


@quick
@given(st.sampled_from(list(MESSAGES.values())).flatmap(invalid))
def test_an_invalid_document_is_refused_at_the_field_that_it_names(wrong: Invalid) -> None:
    with pytest.raises(ValidationError) as refused:
        wrong.kind.model_validate(wrong.document)
    assert [fault.path for fault in faults_of(refused.value, wrong.kind, wrong.document)] == [wrong.path]


@quick
@given(invalid(Order, facets=["missing", "decimals"]))
def test_the_facets_that_are_broken_can_be_chosen(wrong: Invalid) -> None:
    assert wrong.facet in ("missing", "decimals")


def test_a_facet_that_no_field_has_is_refused() -> None:
    with pytest.raises(ValueError, match="no field of FormatError can break few"):
        invalid(FormatError, facets=["few"])


@few
@given(documents_of(ExportConsolidation, lines=st.just(())))
def test_a_line_cannot_be_wrong_where_there_is_none(empty: ExportConsolidation) -> None:
    wrong = next(each for each in violations_of(ExportConsolidation) if each.path.startswith("lines."))
    with pytest.raises(ValueError, match="CEB701: the document has no lines"):
        wrong.of(empty)


@pytest.mark.parametrize("mode", ["1210", "9610"])
@pytest.mark.long
def test_whole_parcels_are_declared_without_errors(signer: customs.RsaSigner, mode: str) -> None:
    @quick
    @given(declarations(mode="1210" if mode == "1210" else "9610"))
    def holds(parcel: customs.Declaration) -> None:
        assert parcel.clearance.trade_mode == mode
        prepared = customs.prepare(
            parcel, signer=signer, on=SINGLES_DAY, clock=customs.fixed_clock(MORNING), guids=customs.seeded_guids(1)
        )
        assert not [finding for finding in prepared.findings if finding.severity == "error"]
        assert len(prepared.messages) == 4

    holds()


@pytest.mark.parametrize(
    ("section", "name"),
    [
        ("order", "goods_value"),
        ("order", "freight"),
        ("waybill", "consignee"),
        ("clearance", "net_weight"),
        ("payment", "payer_telephone"),
    ],
)
@pytest.mark.parametrize("given_", [True, False])
def test_what_may_be_left_out_is_given_now_and_then(section: str, name: str, given_: bool) -> None:
    found = find(
        declarations(), lambda each: (getattr(getattr(each, section), name) is not None) is given_, settings=unshrunk
    )
    assert (getattr(getattr(found, section), name) is not None) is given_


@quick
@given(parcel_documents())
def test_the_documents_of_a_whole_parcel_match(documents: ParcelDocuments) -> None:
    assert not match(documents)


@quick
@given(st.one_of(orders(), payments("9610"), waybills("1210"), declaration_lists("1210")))
def test_documents_of_whole_parcels_are_valid(document: Document) -> None:
    assert type(document).model_validate(document.model_dump()) == document


@quick
@given(receipts())
def test_receipts_have_their_business_keys_and_statuses_of_the_lists(receipt: Receipt) -> None:
    assert all(text for _, text in receipt.key.fields)
    assert all(receipt.values(receipt.finds_by))
    status = getattr(receipt, "return_status", None)
    assert status is None or status in code_list("return_statuses") or status in code_list("business_errors")


RECEIPTS = [kind for kind in MESSAGES.values() if issubclass(kind, Receipt)]


@pytest.mark.parametrize("kind", RECEIPTS, ids=lambda kind: kind.message)
def test_there_are_receipts_of_each_type(kind: type[Receipt]) -> None:
    @few
    @given(receipts(kind))
    def holds(receipt: Receipt) -> None:
        assert type(receipt) is kind
        assert all(text for _, text in receipt.key.fields)

    holds()


@few
@given(documents_of(Order, order_no=st.just("A1"), qty=st.just("2")))
def test_fields_of_ones_own_stand_in_head_and_lines(order: Order) -> None:
    assert order.head.order_no == "A1"
    assert all(line.qty == 2 for line in order.lines)


def test_a_field_that_no_document_has_is_refused() -> None:
    with pytest.raises(TypeError, match="Order has no field order_number"):
        documents_of(Order, order_number=st.just("A1"))


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=os.environ, check=False)


@pytest.mark.long
def test_hypothesis_is_loaded_only_when_a_strategy_is_asked_for() -> None:
    answer = python(
        "import sys, customs.testing as t; t.sample_parcels, t.violations_of; assert 'hypothesis' not in sys.modules; "
        "assert 'orders' in dir(t) and not hasattr(t, 'nonsense'); assert 'hypothesis' not in sys.modules; "
        "t.orders; assert 'hypothesis' in sys.modules"
    )
    assert answer.returncode == 0, answer.stderr


def test_without_hypothesis_a_strategy_says_what_to_install() -> None:
    answer = python("import sys; sys.modules['hypothesis'] = None; from customs.testing import orders")
    assert "ImportError: orders needs Hypothesis: pip install 'cbec-customs[testing]'" in answer.stderr
