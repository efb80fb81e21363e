"""Findings: what customs would refuse or doubt, each with a stable code, its texts and its source."""

import ast
import inspect
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from string import Formatter
from typing import Any

import pytest

import customs
from customs.declaration import Declaration
from customs.documents import Document, ParcelDocuments
from customs.road import build
from customs.rules import CATALOGUE, Kind, Practice, Severity, catalogue, match
from customs.testing.parcels import Mode
from support import MORNING, SINGLES_DAY, some
from support.bad_input import Change, both, parcel, personal_values, put, single, without

KINDS = [each for each in vars(catalogue).values() if isinstance(each, Kind)]

#: The consistency rules that this library checks.
RULES = {
    1: {"paid-sum"}, 2: {"payment-amount"}, 3: {"line-total"}, 4: {"goods-value-sum"}, 5: {"currency", "id-type"},
    6: {"consignee-differs"}, 7: {"payer-not-buyer", "payer-spelling"}, 8: {"buyer-differs"}, 9: {"payment-company-differs"},
    11: {"lines-differ"}, 13: {"duplicate", "declared-before"}, 14: {"package-count"}, 15: {"net-over-gross"},
    16: {"second-quantity"}, 18: {"line-numbers"},
    19: {"bonded-field-missing", "bonded-field-extra", "bonded-country"}, 20: {"direct-field-missing"}, 21: {"guarantor"},
    22: {"single-limit", "full-tax", "yearly-limit"},
    23: {"declarant-not-signer", "declarant-name", "declarant-not-compared"}, 24: {"return-quantity"}, 28: {"freight-link"},
}  # fmt: skip

Walk = Callable[..., customs.Prepared]


# what is doubted and declared all the same


@dataclass(frozen=True)
class Doubt:
    """One doubt: the sentence, the change of a valid parcel, code and path of the warning."""

    sentence: str
    change: Change
    code: str
    path: str
    mode: Mode = "1210"


DOUBTS = (
    Doubt("the order's freight is not the waybill's", put("order.freight", "9.00"), "freight-link", "order.freight"),
    Doubt("the tax collected is a cent off", put("order.tax_total", "398.41"), "tax-total", "order.tax_total"),
    Doubt("no tax was collected", put("order.tax_total", "0"), "tax-total", "order.tax_total", "9610"),
    Doubt("the customs district is younger than the list", put("clearance.customs_code", "29ZZ"), "code-doubtful",
          "clearance.customs_code"),
    Doubt("the port is younger than the list", put("clearance.port_code", "9998"), "code-doubtful",
          "clearance.port_code", "9610"),
    Doubt("a gift lies in the parcel",
          both(put("order.lines[3].price", "0"), without("order.lines[3].total_price", "order.goods_value")),
          "price-zero", "order.lines[3].price"),
    Doubt("the declarant's name is not the certificate's", put("parties.declarant_name", "示例报关行"), "declarant-name",
          "parties.declarant_name"),
)  # fmt: skip


@pytest.mark.parametrize("doubt", DOUBTS, ids=lambda doubt: doubt.sentence)
def test_what_is_only_doubted_is_declared_with_a_warning(doubt: Doubt, walk: Walk) -> None:
    doubted = walk(json.dumps(doubt.change(parcel(doubt.mode))))
    assert [(each.code, each.path, each.severity) for each in doubted.findings] == [
        (doubt.code, doubt.path, Severity.WARNING)
    ]
    assert not doubted.refused
    assert [each.name for each in doubted.messages] == ["CEB311", "CEB411", "CEB511", "CEB621"]


def test_a_declarant_given_by_its_registration_is_not_compared_which_is_noted(walk: Walk) -> None:
    registered = both(put("parties.declarant_code", "2991980001"), put("parties.guarantor_code", "2991980001"))
    noted = walk(json.dumps(registered(parcel("1210"))))
    assert [(each.code, each.severity) for each in noted.findings] == [("declarant-not-compared", Severity.NOTE)]
    assert len(noted.messages) == 4


def test_a_parcel_of_exactly_the_single_limit_stays_in_the_channel(walk: Walk) -> None:
    free = both(single("5000.00", "1"), put("waybill.freight", "0"))
    assert not walk(json.dumps(free(parcel("1210")))).findings


def test_a_buyer_may_use_the_years_quota_to_the_cent(walk: Walk) -> None:
    whole = walk(json.dumps(parcel("1210"))).assessment
    assert whole
    used = put("quota_used", str(26000 - whole.dutiable_value))
    assert not walk(json.dumps(used(parcel("1210")))).findings


def test_amounts_in_findings_are_plain_digits(walk: Walk) -> None:
    tiny = both(put("order.lines[0].price", "0.00001"), put("order.lines[0].qty", "0.00001"))
    refused = walk(json.dumps(tiny(parcel("1210"))))
    assert [each.code for each in refused.findings] == ["pieces-not-whole", "line-total"]
    assert not [each.en for each in refused.findings if re.search(r"\dE[+-]?\d", each.en)]


# the catalogue


def test_a_kind_has_a_well_formed_code_all_texts_and_a_source() -> None:
    for kind in some(KINDS):
        assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", kind.code)
        assert all(each.strip() for each in (kind.zh, kind.en, kind.advice_zh, kind.advice_en, kind.source)), kind.code
        assert all(re.search(r"[\u4e00-\u9fff]", each) for each in (kind.zh, kind.advice_zh)), kind.code
        assert not [each for each in (kind.en, kind.advice_en) if re.search(r"[\u4e00-\u9fff]", each)], kind.code


def facts_of(text: str) -> set[str]:
    """The facts of a text; a fact said in words has a name for each language."""
    named = [name for _, name, _, _ in Formatter().parse(text) if name]
    return {"document" if name == "title" else re.sub("_(?:zh|en)$", "", name) for name in named}


def test_a_kind_asks_for_the_same_facts_in_both_languages() -> None:
    for kind in some(KINDS):
        assert facts_of(kind.zh + kind.advice_zh) == facts_of(kind.en + kind.advice_en), kind.code


def test_every_kind_is_in_the_catalogue_under_a_code_of_its_own() -> None:
    assert sorted(each.code for each in KINDS) == sorted(CATALOGUE)


def test_no_kind_takes_the_name_of_another() -> None:
    module = ast.parse(inspect.getsource(catalogue))
    named = [
        target.id
        for each in module.body
        if isinstance(each, ast.Assign)
        for target in each.targets
        if isinstance(target, ast.Name)
    ]
    assert sorted(named) == sorted(set(named))


def test_each_consistency_rule_has_its_kinds_of_findings() -> None:
    """The numbers are those of the consistency rules of the unified edition."""
    found: dict[int, set[str]] = {}
    for kind in KINDS:
        if kind.rule is not None:
            found.setdefault(kind.rule, set()).add(kind.code)
    assert found == RULES


# documents from elsewhere, which break what this library's own documents keep


def documents_of(mode: Mode = "1210") -> ParcelDocuments:
    documents, findings = build(
        Declaration.model_validate(parcel(mode)),
        tax=Decimal("100.00"),
        on=SINGLES_DAY,
        app_time=MORNING,
        guids=customs.seeded_guids(1),
    )
    assert documents
    assert not findings
    return documents


Alter = Callable[[ParcelDocuments], ParcelDocuments]


def head(document: str, **fields: object) -> Alter:
    """The head of one document says something else."""

    def alter(documents: ParcelDocuments) -> ParcelDocuments:
        given: Any = getattr(documents, document)
        return _replaced(documents, document, given.model_copy(update={"head": given.head.model_copy(update=fields)}))

    return alter


def lines(document: str, choose: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Alter:
    """The lines of order or list are others."""

    def alter(documents: ParcelDocuments) -> ParcelDocuments:
        given: Any = getattr(documents, document)
        return _replaced(documents, document, given.model_copy(update={"lines": choose(given.lines)}))

    return alter


def first(document: str, **fields: object) -> Alter:
    """The first line of order or list says something else."""
    return lines(document, lambda given: (given[0].model_copy(update=fields), *given[1:]))


def _replaced(documents: ParcelDocuments, name: str, document: Document) -> ParcelDocuments:
    changed: dict[str, Any] = {name: document}
    return replace(documents, **changed)


@dataclass(frozen=True)
class Mismatch:
    """Documents that do not fit: the sentence, the change of fitting ones, the findings' code and paths."""

    sentence: str
    alter: Alter
    code: str
    paths: tuple[str, ...]


LIST = "declaration_list"
MISMATCHES = (
    Mismatch("the list names another buyer", head(LIST, buyer_name="王熙凤"), "buyer-differs", (f"{LIST}.buyer_name",)),
    Mismatch("the list has another telephone of the buyer", head(LIST, buyer_telephone="10000004711"),
             "buyer-differs", (f"{LIST}.buyer_telephone",)),
    Mismatch("the list has another identity number", head(LIST, buyer_id_number="110101188301202710"),
             "buyer-differs", (f"{LIST}.buyer_id_number",)),
    Mismatch("the list goes to another address", head(LIST, consignee_address="虚构路1号"),
             "consignee-differs", (f"{LIST}.consignee_address",)),
    Mismatch("the order names another payment company", head("order", payment_company_code="91000000000000009Y"),
             "payment-company-differs", ("payment.payment_company_code",)),
    Mismatch("the list has another item number", first(LIST, item_no="SKU-9"), "lines-differ", (f"{LIST}.lines[0].item_no",)),
    Mismatch("the list has another specification", first(LIST, model="示例牌"), "lines-differ", (f"{LIST}.lines[0].model",)),
    Mismatch("the list has another country of origin", first(LIST, origin_country="116"),
             "lines-differ", (f"{LIST}.lines[0].origin_country",)),
    Mismatch("the list has another unit", first(LIST, unit="011"), "lines-differ", (f"{LIST}.lines[0].unit",)),
    Mismatch("the list declares fewer pieces at a higher price", first(LIST, qty=Decimal(2), price=Decimal(750)),
             "lines-differ", (f"{LIST}.lines[0].qty", f"{LIST}.lines[0].price")),
    Mismatch("the list leaves out a line", lines(LIST, lambda given: given[:-1]), "lines-differ", (f"{LIST}.lines",)),
    Mismatch("the lines of the list stand in another order", lines(LIST, lambda given: given[::-1]),
             "line-numbers", (f"{LIST}.lines[0].gnum",)),
    Mismatch("the list counts two packages", head(LIST, package_count=2), "package-count", (f"{LIST}.package_count",)),
    Mismatch("the list weighs less than its kilograms", head(LIST, net_weight=Decimal("0.5")),
             "kilograms-over-net", (f"{LIST}.net_weight",)),
    Mismatch("the payment is of another sum", head("payment", amount_paid=Decimal("1.00")),
             "payment-amount", ("payment.amount_paid",)),
    Mismatch("a commodity code has letters", first(LIST, hs_code="33049900AB"), "field-form", (f"{LIST}.lines[0].hs_code",)),
    Mismatch("a commodity code has full-width digits", first(LIST, hs_code="３３０４９９００３９"),
             "field-form", (f"{LIST}.lines[0].hs_code",)),
)  # fmt: skip


@pytest.mark.parametrize("mismatch", MISMATCHES, ids=lambda mismatch: mismatch.sentence)
def test_documents_from_elsewhere_are_held_against_each_other(mismatch: Mismatch) -> None:
    altered = mismatch.alter(documents_of())
    findings = match(altered)
    assert [(each.code, each.path) for each in findings] == [(mismatch.code, path) for path in mismatch.paths]
    texts = [text for each in findings for text in (each.zh, each.en, each.advice_zh, each.advice_en)]
    assert not [text for text in texts if re.search(r"\{\w*\}", text)]
    persons = {*personal_values(parcel("1210")), "王熙凤", "10000004711", "110101188301202710", "虚构路1号"}
    assert not [person for person in persons if any(person in text for text in texts)]


@pytest.mark.parametrize("mode", ["1210", "9610"])
def test_documents_of_one_parcel_match(mode: Mode) -> None:
    assert not match(documents_of(mode))


def test_an_order_that_names_no_payment_company_matches_any() -> None:
    assert not match(head("order", payment_company_code=None)(documents_of()))


def test_sums_are_compared_to_the_cent_unless_an_area_asks_for_more() -> None:
    documents = documents_of()
    paid = documents.payment.head.amount_paid
    fraction = head("payment", amount_paid=paid + Decimal("0.004"))(documents)
    assert not match(fraction)
    assert [each.code for each in match(fraction, Practice(amount_places=5))] == ["payment-amount"]


def test_an_area_may_refuse_a_gift_at_no_price(walk: Walk) -> None:
    gift = next(doubt for doubt in DOUBTS if doubt.code == "price-zero")
    documents = walk(json.dumps(gift.change(parcel(gift.mode)))).documents
    assert documents
    found = {each.code: each.severity for each in match(documents, Practice(gift_price="refused"))}
    assert found == {"price-zero": Severity.ERROR}


def test_a_finding_in_words_names_its_place_or_the_parcel() -> None:
    kind = catalogue.BONDED_COUNTRY
    path = "clearance.departure_country"
    assert str(kind.at(path)).startswith(f"error bonded-country at {path}: ")
    assert str(kind.at("")).startswith("error bonded-country at the parcel: ")
