"""The road end to end: derived figures, paths of findings, batches, repeatable bytes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import customs
from customs.areas import UnknownAreaError
from customs.declaration import Declaration
from customs.documents import (
    MESSAGES,
    DeclarationListHead,
    Order,
    OrderHead,
    Payment,
    PaymentHead,
    Subscription,
    WaybillHead,
)
from customs.fields import Record, part_type, terms_of
from customs.fields.terms import Code, Text
from customs.road import build
from customs.road.building import SECTION_OF, net_weight
from customs.signing import SigningError
from customs.testing import sample_parcels
from support import MORNING, ROOT, SINGLES_DAY, exactly

Walk = Callable[..., customs.Prepared]


def stream(parcels: object, signer: object, **options: object) -> list[customs.Batch]:
    given: dict[str, object] = {
        "on": SINGLES_DAY,
        "clock": customs.fixed_clock(MORNING),
        "guids": customs.seeded_guids(1),
    }
    return list(customs.Run(signer=signer, **{**given, **options}).prepare_many(parcels))  # type: ignore[arg-type]


def altered(parcel: Declaration, section: str, **facts: object) -> Declaration:
    """The parcel with other facts in one section, validated as any input is."""
    values = getattr(parcel, section).model_dump() | facts
    return Declaration.model_validate(parcel.model_dump() | {section: values})


def test_a_parcel_becomes_four_signed_messages(walk: Walk, parcel: Declaration) -> None:
    prepared = walk(parcel)
    assert not prepared.findings
    assert [message.name for message in prepared.messages] == ["CEB311", "CEB411", "CEB511", "CEB621"]
    for message in prepared.messages:
        assert customs.verify(message.content).valid
        (document,) = customs.read(message.content).documents
        assert document.key == message.keys[0]


def test_derived_amounts_add_up(walk: Walk, parcel: Declaration) -> None:
    prepared = walk(parcel)
    assert prepared.documents
    assert prepared.assessment
    order, payment = prepared.documents.order.head, prepared.documents.payment.head
    assert order.goods_value == sum(line.price * line.qty for line in parcel.order.lines)
    assert order.tax_total == prepared.assessment.due > 0
    assert order.paid_amount == order.goods_value + order.freight + order.tax_total - order.discount
    assert payment.amount_paid == order.paid_amount
    assert order.freight == prepared.documents.declaration_list.head.freight + parcel.waybill.insured_fee


def test_what_is_given_is_declared_as_given_and_doubted_if_it_differs(walk: Walk, parcel: Declaration) -> None:
    prepared = walk(altered(parcel, "order", tax_total=Decimal("1.00")))
    assert prepared.documents
    assert prepared.documents.order.head.tax_total == Decimal("1.00")
    assert [each.code for each in prepared.findings] == ["tax-total"]
    assert len(prepared.messages) == 4


def test_the_clock_is_read_in_china(walk: Walk, parcel: Declaration) -> None:
    prepared = walk(parcel, clock=customs.fixed_clock(datetime(2026, 11, 10, 23, 30, tzinfo=UTC)))
    assert b"<ceb:appTime>20261111073000</ceb:appTime>" in prepared.messages[0].content


def test_net_weight_is_the_sum_of_legal_kilograms_or_unknown(parcel: Declaration) -> None:
    assert net_weight(parcel) is not None
    line = parcel.order.lines[0].model_dump() | {
        "legal_unit1": "011",
        "legal_qty1": Decimal(1),
        "legal_unit2": None,
        "legal_qty2": None,
    }
    assert net_weight(altered(parcel, "order", lines=[line])) is None


def test_a_parcel_without_kilograms_must_state_its_net_weight(walk: Walk) -> None:
    parcel = next(sample_parcels(1, seed=7, mode="1210"))
    line = parcel.order.lines[1].model_dump() | {
        "legal_unit1": "025",
        "legal_qty1": Decimal(1),
        "legal_unit2": None,
        "legal_qty2": None,
    }
    bare = altered(parcel, "order", lines=[line], goods_value=None)
    assert [(each.code, each.path) for each in walk(bare).findings] == [
        ("tariff-unit", "order.lines[0].legal_unit1"),
        ("tariff-unit", "order.lines[0].legal_unit2"),
        ("cannot-derive", "clearance.net_weight"),
    ]
    stated = walk(altered(bare, "clearance", net_weight=Decimal("0.9")))
    assert [each.code for each in stated.findings] == ["tariff-unit", "tariff-unit"]


def test_a_finding_points_at_the_field_that_was_given(walk: Walk, parcel: Declaration) -> None:
    wrong = altered(parcel, "waybill", consignee="别人")
    assert [(each.code, each.path) for each in walk(wrong).findings] == [("consignee-differs", "waybill.consignee")]


def test_one_signer_for_each_document(walk: Walk, parcel: Declaration, signer: customs.RsaSigner) -> None:
    prepared = walk(parcel, signer={"declaration_list": signer})
    assert [message.signed for message in prepared.messages] == [False, False, False, True]
    assert [(each.code, each.path) for each in prepared.findings] == [
        ("unsigned", "order"),
        ("unsigned", "payment"),
        ("unsigned", "waybill"),
    ]
    assert not prepared.refused


def test_a_list_without_a_signer_is_not_written(walk: Walk, parcel: Declaration) -> None:
    prepared = walk(parcel, signer=None)
    assert [message.name for message in prepared.messages] == ["CEB311", "CEB411", "CEB511"]
    assert prepared.refused
    assert prepared.findings[-1].code == "list-not-signed"


class BrokenKey:
    """A key that fails when the declaration list comes."""

    def __init__(self, signer: customs.RsaSigner) -> None:
        self.signer, self.left = signer, 3
        self.algorithm, self.certificate = signer.algorithm, signer.certificate

    def sign(self, data: bytes) -> object:
        self.left -= 1
        if self.left < 0:
            raise SigningError("the reader was reset")
        return self.signer.sign(data)


def test_a_key_that_fails_is_a_reason_and_no_message(
    walk: Walk, parcel: Declaration, signer: customs.RsaSigner
) -> None:
    prepared = walk(parcel, signer=BrokenKey(signer))
    assert len(prepared.messages) == 3
    assert prepared.findings[-1].code == "signing-failed"
    assert "the reader was reset" in prepared.findings[-1].en


def test_an_unknown_area_is_misuse(walk: Walk, parcel: Declaration) -> None:
    with pytest.raises(UnknownAreaError, match="unified"):
        walk(parcel, area="mars")


def test_a_source_of_short_guids_is_misuse(walk: Walk, parcel: Declaration) -> None:
    with pytest.raises(ValueError, match="36"):
        walk(parcel, guids=lambda: "1")


@pytest.mark.long
def test_a_stream_is_batched_by_hundred_and_nothing_is_lost(signer: customs.RsaSigner) -> None:
    batches = stream(sample_parcels(250, seed=5, mode="9610"), signer)
    assert [len(batch.parcels) for batch in batches] == [100, 100, 50]
    assert [[len(message.keys) for message in batch.messages] for batch in batches] == [[100] * 4, [100] * 4, [50] * 4]
    assert [parcel.position for batch in batches for parcel in batch.parcels] == list(range(1, 251))


def test_transmitting_enterprises_do_not_share_a_message(signer: customs.RsaSigner) -> None:
    parcels = [
        altered(parcel, "parties", dxp_id=f"DXPENT000000000{number % 2}")
        for number, parcel in enumerate(sample_parcels(10, seed=5, mode="9610"))
    ]
    batches = stream(parcels, signer)
    assert [len(batch.parcels) for batch in batches] == [5, 5]
    for batch in batches:
        assert len({customs.read(message.content).transfer for message in batch.messages}) == 1


def test_parcels_sent_one_by_one_each_name_their_own_transmitting_enterprise(signer: customs.RsaSigner) -> None:
    run = customs.Run(signer=signer, on=SINGLES_DAY, clock=customs.fixed_clock(MORNING), guids=customs.seeded_guids(1))
    parcels = list(sample_parcels(4, seed=5, mode="9610"))
    for number, parcel in enumerate(exactly(4, parcels)):
        dxp_id = f"DXPENT000000000{number % 2}"
        messages = exactly(4, run.prepare(altered(parcel, "parties", dxp_id=dxp_id)).messages)
        transfers = [customs.read(message.content).transfer for message in messages]
        assert [each and each.dxp_id for each in transfers] == [dxp_id] * 4


ONCE_EACH = ["order.order_no", "waybill.waybill_no", "payment.payment_no", "clearance.internal_no"]


def test_a_repeated_order_or_waybill_is_declared_once(signer: customs.RsaSigner) -> None:
    first, second = sample_parcels(2, seed=5, mode="9610")
    again = altered(second, "waybill", waybill_no=first.waybill.waybill_no)
    (batch,) = stream([first, again, second, first], signer)
    codes = {parcel.position: [each.path for each in parcel.findings] for parcel in batch.parcels}
    assert codes == {1: [], 2: ["waybill.waybill_no"], 3: [], 4: ONCE_EACH}
    assert all(message.parcels == (1, 3) for message in batch.messages)


def test_a_refused_parcel_may_be_mended_further_down(signer: customs.RsaSigner) -> None:
    good = next(sample_parcels(1, seed=5, mode="9610"))
    bad = altered(good, "payment", payer_name="别人")
    (batch,) = stream([bad, good], signer)
    assert [(parcel.position, parcel.refused) for parcel in batch.parcels] == [(1, True), (2, False)]


def test_many_refused_parcels_come_out_as_they_go(signer: customs.RsaSigner) -> None:
    sizes = [len(batch.parcels) for batch in stream(["{}"] * 250, signer)]
    assert sizes == [100, 100, 50]


def test_the_same_input_gives_the_same_bytes(signer: customs.RsaSigner) -> None:
    def run() -> list[bytes]:
        batches = stream(sample_parcels(20, seed=5, mode="9610"), signer)
        return [message.content for batch in batches for message in batch.messages]

    assert run() == run()


@pytest.mark.parametrize("mode", ["1210", "9610"])
def test_the_shipped_parcels_are_those_of_their_seed(mode: str) -> None:
    shipped = (ROOT / "examples" / f"parcels-{mode}.jsonl").read_text(encoding="utf-8").splitlines()
    made = sample_parcels(120, seed=11, mode="1210" if mode == "1210" else "9610")
    assert [parcel.model_dump_json(exclude_none=True) for parcel in made] == shipped, "run: make examples"


@given(st.integers(0, 2**32), st.sampled_from(["1210", "9610"]))
@settings(deadline=None)
def test_python_names_and_wire_names_say_the_same(seed: int, mode: str) -> None:
    parcel = next(sample_parcels(1, seed=seed, mode="1210" if mode == "1210" else "9610"))
    wire = parcel.model_dump_json(by_alias=True, exclude_none=True)
    assert '"acturalPaid"' not in wire or parcel.order.paid_amount is not None
    assert '"orderNo"' in wire
    assert '"order_no"' not in wire
    assert Declaration.model_validate_json(wire) == parcel
    assert Declaration.model_validate_json(parcel.model_dump_json()) == parcel


@given(st.integers(0, 2**32), st.sampled_from(["1210", "9610"]))
@settings(deadline=None)
def test_documents_assembled_from_a_declaration_are_valid(seed: int, mode: str) -> None:
    parcel = next(sample_parcels(1, seed=seed, mode="1210" if mode == "1210" else "9610"))
    documents, findings = build(
        parcel, tax=Decimal("1.00"), on=SINGLES_DAY, app_time=MORNING, guids=customs.random_guids
    )
    assert documents
    assert not findings
    for document in (documents.order, documents.payment, documents.waybill, documents.declaration_list):
        assert type(document).model_validate(document.model_dump()) == document


def _facets(record: type[Record], name: str) -> tuple[type, int, int | None]:
    """The kind of a field and the lengths it admits."""
    match terms_of(record)[name]:
        case Text(minimum=least, maximum=most):
            return Text, least, most
        case Code(length=length):
            return Text, length, length
        case other:
            return type(other), 0, 0


#: The documents of a parcel by what the road calls them.
HEADS: dict[str, type[Record]] = {
    "order": OrderHead,
    "payment": PaymentHead,
    "waybill": WaybillHead,
    "declaration_list": DeclarationListHead,
}


@pytest.mark.parametrize("document", SECTION_OF)
def test_a_field_of_the_declaration_admits_no_more_than_the_documents_field(document: str) -> None:
    """Documents are assembled without validating anew, so every copied field has to fit by its type."""
    head, fitting = HEADS[document], []
    for name, section in SECTION_OF[document].items():
        declared = part_type(Declaration, section)
        assert declared
        kind, least, most = _facets(declared, name)
        target, low, high = _facets(head, name)
        if kind is target and low <= least and (high is None or (most is not None and most <= high)):
            fitting.append(name)
    assert fitting == list(SECTION_OF[document])
    assert len(fitting) == {"order": 25, "payment": 14, "waybill": 15, "declaration_list": 41}[document]


def test_every_document_of_a_parcel_copies_fields() -> None:
    assert SECTION_OF.keys() == HEADS.keys()


def test_every_field_of_every_head_is_copied_derived_or_fixed(walk: Walk, parcel: Declaration) -> None:
    documents = walk(parcel).documents
    assert documents
    for document in (documents.order, documents.payment, documents.waybill, documents.declaration_list):
        assert set(document.head.__dict__) == set(type(document.head).model_fields)


def test_personal_data_is_masked_in_every_repr(walk: Walk, parcel: Declaration) -> None:
    prepared = walk(parcel)
    shown = f"{prepared!r} {parcel!r} {parcel!s} {prepared.documents!r} {prepared.messages!r}"
    order = parcel.order
    for secret in (
        order.buyer_name,
        order.buyer_id_number,
        order.buyer_telephone,
        order.consignee_address,
        order.buyer_reg_no,
    ):
        assert secret not in shown


def test_every_personal_field_is_known_to_be_personal() -> None:
    """Names, numbers, telephones, addresses and accounts of persons, wherever they stand."""
    personal = ("buyer_", "payer_", "consignee")
    found = {
        f"{record.__name__}.{name}": term.personal
        for kind in MESSAGES.values()
        for record in (kind, *filter(None, (part_type(kind, part) for part in terms_of(kind))))
        for name, term in terms_of(record).items()
        if name.startswith(personal) and not name.endswith("id_type")
    }
    assert len(found) == 24
    assert [name for name, is_personal in found.items() if not is_personal] == []


def test_amounts_that_no_message_can_carry_are_refused(walk: Walk, parcel: Declaration) -> None:
    line = parcel.order.lines[0].model_dump() | {
        "price": Decimal("99999999999999"),
        "qty": Decimal("99999"),
        "total_price": None,
    }
    prepared = walk(altered(parcel, "order", lines=[line], goods_value=None))
    assert [each.code for each in prepared.findings] == ["amount-overflow"]
    assert not prepared.messages


def test_a_day_before_the_regime_has_no_law(walk: Walk, parcel: Declaration) -> None:
    assert [each.code for each in walk(parcel, on=date(2016, 4, 7)).findings] == ["no-law"]


def test_the_declarant_is_the_holder_of_the_certificate(walk: Walk, parcel: Declaration) -> None:
    other = altered(parcel, "parties", declarant_code="91000000000000008C", guarantor_code="91000000000000008C")
    assert ("declarant-not-signer", "parties.declarant_code") in [
        (each.code, each.path) for each in walk(other).findings
    ]


def test_a_ten_digit_declarant_is_compared_by_way_of_its_registration(walk: Walk, parcel: Declaration) -> None:
    registered = altered(parcel, "parties", declarant_code="3301960001", guarantor_code="3301960001")
    assert [each.code for each in walk(registered).findings] == ["declarant-not-compared"]
    assert not walk(registered).refused
    codes = {"3301960001": parcel.parties.declarant_code}
    assert not walk(registered, registrations=codes).findings
    assert walk(registered, registrations={"3301960001": "91000000000000008C"}).refused


def test_documents_from_elsewhere_are_matched_too(walk: Walk, parcel: Declaration) -> None:
    prepared = walk(parcel)
    order, payment = (customs.read(message.content).documents[0] for message in prepared.messages[:2])
    assert isinstance(order, Order)
    assert isinstance(payment, Payment)
    assert prepared.documents
    assert replace(prepared.documents, order=order, payment=payment) == prepared.documents


@pytest.mark.parametrize(("net", "codes"), [("2.148", []), ("2.149", ["net-over-gross"])])
def test_a_parcel_may_weigh_as_much_as_its_goods_and_no_gram_less(walk: Walk, net: str, codes: list[str]) -> None:
    parcel = next(sample_parcels(1, seed=7, mode="1210"))
    heavy = altered(altered(parcel, "waybill", gross_weight=Decimal("2.148")), "clearance", net_weight=Decimal(net))
    assert [each.code for each in walk(heavy).findings] == codes


def test_a_line_total_is_derived_to_the_cent(walk: Walk, parcel: Declaration) -> None:
    line = parcel.order.lines[0].model_dump() | {"price": Decimal("33.335"), "qty": Decimal(3), "total_price": None}
    prepared = walk(altered(parcel, "order", lines=[line], goods_value=None))
    assert prepared.documents
    assert (
        prepared.documents.order.lines[0].total_price == prepared.documents.order.head.goods_value == Decimal("100.01")
    )


def test_a_signer_for_a_document_that_does_not_exist_is_misuse(
    walk: Walk, parcel: Declaration, signer: customs.RsaSigner
) -> None:
    with pytest.raises(ValueError, match="declaration_list; not known: list"):
        walk(parcel, signer={"order": signer, "list": signer})


def test_subscribers_stand_in_every_message(walk: Walk, parcel: Declaration) -> None:
    subscriber = Subscription(status="RET", dxp_address="DXPENT0000000009")
    for message in exactly(4, walk(parcel, subscriptions=[subscriber]).messages):
        assert customs.read(message.content).subscriptions == (subscriber,)
        assert customs.verify(message.content).valid


def test_six_subscribers_are_one_too_many(walk: Walk, parcel: Declaration) -> None:
    with pytest.raises(ValueError, match="at most 5"):
        walk(parcel, subscriptions=[Subscription(status="ALL", dxp_address="D")] * 6)


def test_goods_without_a_bar_code_are_declared_with_the_word_for_none(walk: Walk, parcel: Declaration) -> None:
    lines = [line.model_copy(update={"bar_code": None}) for line in parcel.order.lines]
    lines[0] = lines[0].model_copy(update={"bar_code": "6901234567892"})
    order = parcel.order.model_copy(update={"lines": tuple(lines)})
    documents = walk(parcel.model_copy(update={"order": order})).documents
    assert documents
    expected = ["6901234567892"] + ["无"] * (len(lines) - 1)
    assert [line.bar_code for line in documents.declaration_list.lines] == expected
    assert len(lines) > 1
