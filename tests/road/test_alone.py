"""Documents that one enterprise declares alone, from its own part of the parcel."""

import pickle
from datetime import date, datetime
from typing import Any

import pytest

import customs
from customs.road.recognition import content_to_digest
from customs.road.results import DocumentName
from customs.testing import issue_test_key, sample_parcels
from support import MORNING, SINGLES_DAY

PARTIES = {
    "order": ("platform", "merchant"),
    "payment": ("platform", "payment_company"),
    "waybill": ("carrier",),
}


def run_of(*only: DocumentName, **more: Any) -> customs.Run:
    clock, guids = customs.fixed_clock(MORNING), customs.seeded_guids(1)
    return customs.Run(on=SINGLES_DAY, clock=clock, guids=guids, only=only, **more)


def part(document: str) -> dict[str, Any]:
    """What the enterprise of one document has of the parcel."""
    whole = next(sample_parcels(1, seed=7, mode="9610")).model_dump(mode="json", exclude_none=True)
    wanted = [*(f"{each}_{what}" for each in PARTIES[document] for what in ("code", "name")), "dxp_id"]
    transmitter = ["transmitter_code", "transmitter_name"]
    order = whole["order"] if document == "order" else {"order_no": whole["order"]["order_no"]}
    own: dict[str, Any] = {
        "parties": {name: whole["parties"][name] for name in [*wanted, *transmitter]},
        "order": order,
    }
    if document == "order":
        own["order"] |= {"freight": "0", "tax_total": "10.00"}
    else:
        own[document] = whole[document]
    if document == "payment":
        own["payment"]["amount_paid"] = "100.00"
    if document == "waybill":
        own["waybill"] |= {
            name: whole["order"][name] for name in ("consignee", "consignee_address", "consignee_telephone")
        }
    return own


@pytest.mark.parametrize("document", ["order", "payment", "waybill"])
def test_an_enterprise_declares_its_own_document_with_its_own_part(document: DocumentName) -> None:
    made = run_of(document).prepare(part(document))
    assert [(each.code, each.path) for each in made.findings] == [("unsigned", document)]
    (message,) = made.messages
    assert (message.documents, made.order_no) == ((document,), part("payment")["order"]["order_no"])
    assert len(customs.read(message.content).documents) == 1


def test_what_is_missing_of_its_own_document_is_demanded() -> None:
    own = part("payment")
    del own["payment"]["amount_paid"], own["payment"]["payer_name"]
    assert [(each.code, each.path) for each in run_of("payment").prepare(own).findings] == [
        ("field-missing", "payment.payer_name")
    ]
    own["payment"]["payer_name"] = "宋江"
    assert [(each.code, each.path) for each in run_of("payment").prepare(own).findings] == [
        ("field-missing", "payment.amount_paid")
    ]


def test_a_document_alone_is_checked_as_among_four() -> None:
    own = part("payment")
    own["payment"] |= {"amount_paid": "-5", "payer_id_number": "123"}
    assert [(each.code, each.path) for each in run_of("payment").prepare(own).findings] == [
        ("amount-negative", "payment.amount_paid"),
        ("id-number", "payment.payer_id_number"),
    ]


def test_a_whole_parcel_gives_the_same_document_as_with_all_four() -> None:
    whole = next(sample_parcels(1, seed=7, mode="1210"))
    four, one = run_of().prepare(whole).documents, run_of("payment").prepare(whole).documents
    assert four
    assert one
    assert one.payment.head.model_dump(exclude={"guid"}) == four.payment.head.model_dump(exclude={"guid"})
    assert one.waybill is None


def test_another_enterprises_key_is_warned_of() -> None:
    other = issue_test_key("别家公司", "91000000000000008C", since=datetime(2026, 1, 1))
    made = run_of("payment", signer=customs.load_signer(other.key, other.certificate)).prepare(part("payment"))
    assert [(each.code, each.path) for each in made.findings] == [("signer-not-party", "parties.payment_company_code")]
    assert [each.signed for each in made.messages] == [True]


def test_the_outcome_of_a_part_can_be_handed_on_by_a_worker() -> None:
    made = run_of("payment").prepare(part("payment"))
    assert pickle.loads(pickle.dumps(made)) == made  # noqa: S301
    assert made.declaration
    whole = next(sample_parcels(1, seed=7, mode="9610"))
    same = run_of("payment").prepare(whole.model_dump_json(exclude_none=True)).declaration
    assert same
    assert content_to_digest(same) == content_to_digest(whole)


def test_a_payment_may_be_declared_once_in_a_stream() -> None:
    (batch,) = run_of("payment").prepare_many([part("payment"), part("payment")])
    told = [[each.code for each in parcel.findings] for parcel in sorted(batch.parcels, key=lambda each: each.position)]
    assert told == [["unsigned"], ["duplicate"]]


def test_only_names_documents_that_can_be_declared_alone() -> None:
    for wrong in ("payment", ("declaration_list",), ("list", "payment")):
        with pytest.raises(ValueError, match="only="):
            customs.Run(on=date(2026, 11, 11), clock=customs.system_clock, guids=customs.random_guids, only=wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="by itself"):
        run_of("payment", area="ningbo_kjb2c")
