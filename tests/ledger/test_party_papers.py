"""Licences, certificates and credit codes of enterprises, agreements by the day, what ends soon, and lists of them."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from customs.ledger import EntryCause, Ledger
from customs.ledger.parties import (
    LedgerParties,
    PartiesError,
    PartyAgreement,
    PartyAnswers,
    PartyCodeError,
    PartyFact,
    PartyPaper,
    PartyRegistration,
    check_parties,
    credit_codes,
    ending_parties,
    enter_changed,
    enter_registration,
    may_appear,
    parties_in,
    parties_list,
    party_history,
)
from customs.receipts.foresight import foresee
from customs.testing import sample_parcels
from support import some

AT, DAY = datetime(2026, 11, 11, 8), date(2026, 11, 11)
PARCEL = next(sample_parcels(1, seed=7, mode="1210"))
PARTIES = PARCEL.parties
PAYER, OTHER = PARTIES.payment_company_code, "3301960ABC"
PAIR: dict[str, Any] = {"platform_code": PARTIES.platform_code, "merchant_code": PARTIES.merchant_code}
CARRIER = PartyRegistration(role="carrier", code=PARTIES.carrier_code, name=PARTIES.carrier_name)


def enter(ledger: Ledger, *facts: PartyFact, number: str = "list 1") -> list[str]:
    with ledger.begin() as connection:
        return [enter_changed(connection, each, EntryCause("file", number), at=AT) for each in facts]


def found(ledger: Ledger, on: date = DAY, **changes: Any) -> list[tuple[str, str]]:
    given = PARCEL.model_copy(update={"parties": PARTIES.model_copy(update=changes)})
    with ledger.read() as connection:
        return [(each.code, each.path) for each in check_parties(connection, given, on=on)]


def payment(**facts: Any) -> PartyAgreement:
    return PartyAgreement(**{**PAIR, "role": "payment_company", "code": PAYER, **facts})


@pytest.mark.parametrize(
    ("ends", "codes"), [(date(2026, 11, 11), []), (date(2026, 11, 10), [("party-not-valid", "parties.carrier_code")])]
)
def test_a_carrier_declares_as_long_as_its_express_licence_holds(
    ledger: Ledger, ends: date, codes: list[tuple[str, str]]
) -> None:
    enter(ledger, CARRIER, PartyPaper(role="carrier", code=CARRIER.code, paper="express_licence", valid_until=ends))
    assert found(ledger) == codes


def test_a_parcel_may_name_an_enterprise_by_its_customs_code_or_its_credit_code(ledger: Ledger) -> None:
    both = PartyRegistration(role="carrier", code=OTHER, name=PARTIES.carrier_name, credit_code=CARRIER.code)
    enter(ledger, both, PartyAgreement(**PAIR, role="carrier", code=OTHER))
    assert found(ledger) == found(ledger, carrier_code=OTHER) == []
    assert found(ledger, carrier_code="3301960ABD") == [
        ("not-registered", "parties.carrier_code"),
        ("parties-not-agreed", "parties.carrier_code"),
    ]
    with ledger.read() as connection:
        assert credit_codes(connection) == {OTHER: CARRIER.code}


def test_an_enterprise_whose_credit_code_changed_is_no_more_known_by_the_old_one(ledger: Ledger) -> None:
    old = PartyRegistration(role="carrier", code=OTHER, name=PARTIES.carrier_name, credit_code=CARRIER.code)
    new = PartyRegistration(role="carrier", code=OTHER, name=PARTIES.carrier_name, credit_code=PAYER)
    enter(ledger, old)
    enter(ledger, new, number="list 2")
    assert found(ledger) == [("not-registered", "parties.carrier_code")]


def test_a_transmitter_sends_under_its_own_dxp_id(ledger: Ledger) -> None:
    facts: dict[str, Any] = {"code": PARTIES.transmitter_code, "name": PARTIES.transmitter_name}
    enter(ledger, PartyRegistration(role="transmitter", **facts, dxp_id=PARTIES.dxp_id))
    assert found(ledger) == []
    assert found(ledger, dxp_id="DXPENT0000000099") == [("dxp-id-not-registered", "parties.dxp_id")]


def test_an_agreement_holds_from_its_first_to_its_last_day(ledger: Ledger) -> None:
    enter(ledger, payment(valid_from=date(2026, 11, 11), valid_until=date(2026, 11, 30)))
    days = [date(2026, 11, 10), date(2026, 11, 11), date(2026, 11, 30), date(2026, 12, 1)]
    assert [bool(found(ledger, each)) for each in some(days)] == [True, False, False, True]


def test_a_merchant_sells_on_the_platforms_that_agreed(ledger: Ledger) -> None:
    enter(ledger, PartyAgreement(platform_code=PAIR["platform_code"], merchant_code=PAYER, role="merchant", code=PAYER))
    assert found(ledger) == [("parties-not-agreed", "parties.merchant_code")]
    enter(ledger, PartyAgreement(**PAIR, role="merchant", code=PAIR["merchant_code"]))
    assert found(ledger) == []
    assert found(ledger, platform_code="P-77") == []  # of which nothing was agreed


def test_the_enterprises_of_a_shop_are_those_that_are_agreed_and_registered(ledger: Ledger) -> None:
    with ledger.read() as connection:
        assert may_appear(connection, *PAIR.values(), on=DAY) == {}
    enter(ledger, payment(), payment(code=OTHER))
    with ledger.read() as connection:
        assert may_appear(connection, *PAIR.values(), on=DAY) == {"payment_company": {PAYER, OTHER}}
    enter(ledger, PartyRegistration(role="payment_company", code=PAYER, name="pay", valid_until=DAY))
    with ledger.read() as connection:
        assert may_appear(connection, *PAIR.values(), on=DAY) == {"payment_company": {PAYER}}
        assert may_appear(connection, *PAIR.values(), on=date(2026, 11, 12)) == {"payment_company": frozenset()}


def test_a_refusal_for_the_parties_is_foreseen_with_the_codes_of_customs(ledger: Ledger) -> None:
    enter(ledger, payment(code=OTHER), PartyRegistration(role="carrier", code=OTHER, name="carrier"))
    with ledger.read() as connection:
        told = foresee(PARCEL, on=DAY, records=LedgerParties(connection))
    assert [(each.finding.code, each.codes) for each in told] == [
        ("not-registered", ("-10101", "CEB312 22001", "22002")),
        ("parties-not-agreed", ("CEB312 13035",)),
    ]
    assert OTHER in told[0].finding.zh
    assert OTHER in told[1].finding.en


def test_answers_are_for_each_set_of_parties_and_each_day(ledger: Ledger) -> None:
    enter(ledger, payment(valid_until=DAY))
    other = PARCEL.model_copy(update={"parties": PARTIES.model_copy(update={"payment_company_code": OTHER})})
    with ledger.read() as connection:
        records = LedgerParties(connection)
        asked = [(PARCEL, DAY), (PARCEL, date(2026, 11, 12)), (other, DAY), (PARCEL, DAY)]
        assert [len(records.objections(each, on=on)) for each, on in asked] == [0, 1, 1, 0]


def test_what_ends_within_sixty_days_is_told_the_earliest_first(ledger: Ledger) -> None:
    licence = PartyPaper(
        role="carrier", code=CARRIER.code, paper="express_licence", number="L1", valid_until=date(2027, 1, 10)
    )
    later = PartyRegistration(role="platform", code="P-77", name="platform", valid_until=date(2027, 1, 11))
    ended = payment(valid_until=date(2026, 11, 1))
    enter(ledger, CARRIER, licence, later, ended, payment(code=OTHER, valid_until=DAY, agreed=False))
    with ledger.read() as connection:
        told = ending_parties(connection, on=DAY)
        assert [(each.paper, each.code, each.left) for each in told] == [
            ("agreement", PAYER, -10),
            ("express_licence", CARRIER.code, 60),
        ]
        assert told[1].name == CARRIER.name
        assert len(ending_parties(connection, on=DAY, within=61)) == 3


def test_what_a_list_repeats_is_not_entered_again(ledger: Ledger) -> None:
    assert enter(ledger, CARRIER) == ["new"]
    assert enter(ledger, CARRIER, number="list 2") == ["same"]
    changed = PartyRegistration(role="carrier", code=CARRIER.code, name=CARRIER.name, valid_until=DAY)
    assert enter(ledger, changed, number="list 3") == ["changed"]
    with ledger.read() as connection:
        history = list(party_history(connection, CARRIER.code))
    assert [(each.fact, each.cause.id, each.at) for each in history] == [
        (CARRIER, "list 1", AT),
        (changed, "list 3", AT),
    ]


@pytest.mark.parametrize(
    ("role", "facts", "told"),
    [
        ("carrier", {"code": "P-77"}, "it has 4 characters"),
        ("carrier", {"code": "91000000000000001M"}, "its check character would be N"),
        ("platform", {"code": "91000000000000001M"}, "its check character would be N"),
        ("carrier", {"code": OTHER, "credit_code": OTHER}, "check character"),
        ("transmitter", {"code": OTHER, "dxp_id": "DXP1"}, "13 digits"),
    ],
)
def test_a_number_that_its_role_cannot_have_is_refused(ledger: Ledger, role: Any, facts: Any, told: str) -> None:
    with ledger.begin() as connection, pytest.raises(PartyCodeError, match=told):
        enter_registration(
            connection, PartyRegistration(role=role, name="x", **facts), EntryCause("ticket", "1"), at=AT
        )


FACTS: list[PartyFact] = [
    PartyRegistration(role="platform", code="P-77", name="平台"),
    PartyRegistration(
        role="transmitter", code=OTHER, name="传输", credit_code=PAYER, dxp_id="DXPENT0000000099", valid_from=DAY
    ),
    PartyPaper(role="carrier", code=OTHER, paper="express_licence", number="L1", valid_until=DAY),
]


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_a_list_that_was_written_is_read_as_it_was(name: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(parties_list(FACTS, agreements=False, workbook=name.endswith("xlsx")))
    assert list(parties_in(file)) == FACTS
    agreed = [payment(valid_until=DAY), payment(code=OTHER, agreed=False)]
    file.write_bytes(parties_list(agreed, agreements=True, workbook=name.endswith("xlsx")))
    assert list(parties_in(file)) == agreed


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_a_list_of_excel_on_windows_is_read(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(f"企业类型,备案编码,备案名称,有效期至\r\nPAY,{OTHER},示例支付,2026年12月31日\r\n".encode(encoding))
    assert parties_in(file) == (
        PartyRegistration(role="payment_company", code=OTHER, name="示例支付", valid_until=date(2026, 12, 31)),
    )


def test_every_mistake_of_a_list_is_told_at_its_cell(tmp_path: Path) -> None:
    file = tmp_path / "list.csv"
    rows = ["role,code,name,dxp_id,valid_until", f"carier,{OTHER},x,,", "carrier,P-77,x,,", f"carrier,{OTHER},,,32"]
    file.write_text("\n".join([*rows, f"carrier,{OTHER},x,,", f"carrier,{OTHER},y,,"]), encoding="utf-8")
    with pytest.raises(PartiesError) as caught:
        parties_in(file)
    assert [(each.line, each.key) for each in caught.value.problems] == [
        (2, "role"), (3, "code"), (4, "valid_until"), (6, "code"),
    ]  # fmt: skip
    assert "carrier is meant?" in caught.value.problems[0].en
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(PartiesError, match="no column has the heading"):
        parties_in(file)


def test_answers_over_many_transactions_change_when_something_is_entered(ledger: Ledger) -> None:
    answers, told = PartyAnswers(), list[int]()
    lists: list[list[PartyFact]] = [[], [payment(code=OTHER)], [payment()], [CARRIER]]
    for facts in some(lists):
        enter(ledger, *facts)
        with ledger.read() as connection:
            told.append(len(answers.objections(connection, PARCEL, on=DAY)))
    assert told == [0, 1, 0, 0]
    enter(ledger, PartyPaper(role="carrier", code=CARRIER.code, paper="express_licence", valid_until=date(2026, 1, 1)))
    with ledger.read() as connection:
        assert [each.code for each in answers.objections(connection, PARCEL, on=DAY)] == ["party-not-valid"]
        assert not answers.objections(connection, PARCEL, on=date(2025, 12, 31))
