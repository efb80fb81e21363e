"""The documents of the standard: keys, receipts and what they answer, the shape of the whole."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customs.documents import EXPORTS, IMPORTS, MESSAGES, Document, Order, OrderReceipt, Receipt
from customs.fields import (
    Record,
    Term,
    clearance,
    exports,
    goods,
    head,
    part_type,
    parties,
    people,
    receipts,
    terms_of,
)
from customs.testing.strategies import documents_of
from support import ROOT

RECEIPTS = [kind for kind in MESSAGES.values() if issubclass(kind, Receipt) and kind.answers]


def names(kind: type[Document]) -> set[str]:
    """The fields of a document itself and of its head."""
    head: type[Record] | None = part_type(kind, "head") if "head" in kind.model_fields else None
    return {*terms_of(kind), *(terms_of(head) if head else ())}


@pytest.mark.parametrize("kind", MESSAGES.values(), ids=MESSAGES)
def test_every_document_has_a_business_key_that_is_not_the_guid(kind: type[Document]) -> None:
    assert kind.key_fields
    assert set(kind.key_fields) <= names(kind) - {"guid"}


@pytest.mark.parametrize("kind", RECEIPTS, ids=lambda kind: str(kind.message))
def test_a_receipt_finds_its_declaration_by_fields_that_stand_in_both(kind: type[Receipt]) -> None:
    assert set(kind.finds_by) <= names(kind) & names(MESSAGES[kind.answers]) - {"guid"}
    assert not MESSAGES[kind.answers].from_customs


def test_every_declaration_is_answered() -> None:
    declared = {name for name, kind in MESSAGES.items() if not kind.from_customs}
    assert {kind.answers for kind in RECEIPTS} == declared


@settings(deadline=None, max_examples=25)
@given(documents_of(Order), documents_of(OrderReceipt), st.booleans())
def test_a_receipt_leads_to_the_order_of_its_number(order: Order, receipt: OrderReceipt, mine: bool) -> None:
    if mine:
        head = order.head
        receipt = receipt.model_copy(update={"platform_code": head.platform_code, "order_no": head.order_no})
    same = (order.head.platform_code, order.head.order_no) == (receipt.platform_code, receipt.order_no)
    assert same >= mine
    assert receipt.reference.matches(order.key) is same


def test_the_two_sides_and_the_format_error_are_42_messages() -> None:
    assert (len(IMPORTS), len(EXPORTS), len(MESSAGES)) == (18, 23, 42)
    assert {kind.flow for kind in IMPORTS} == {"import"}
    assert {kind.flow for kind in EXPORTS} == {"export"}


@pytest.mark.parametrize(
    "path", sorted((ROOT / "src/customs/documents").rglob("*.py")), ids=lambda path: str(path.name)
)
def test_a_module_of_documents_is_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_no_field_is_stated_twice() -> None:
    """Names, label and facets of a field stand in one place; documents only name it."""
    stated: dict[Term, list[str]] = {}
    for room in (clearance, exports, goods, head, parties, people, receipts):
        for name, alias in vars(room).items():
            for term in getattr(alias, "__metadata__", ()):
                stated.setdefault(replace(term, en=""), []).append(f"{room.__name__}.{name}")
    assert len(stated) > 230
    assert not [names for names in stated.values() if len(names) > 1]
