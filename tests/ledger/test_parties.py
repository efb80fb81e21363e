"""Parties: registrations with their days, who may appear together, and what customs would refuse."""

from datetime import date, datetime
from typing import Any

import pytest

from customs.ledger import CauseUsedError, EntryCause, Ledger
from customs.ledger.parties import (
    PartyAgreement,
    PartyRegistration,
    PartyRole,
    check_parties,
    enter_agreement,
    enter_registration,
)
from customs.testing import sample_parcels

AT, DAY = datetime(2026, 11, 11, 8), date(2026, 11, 11)
PARCEL = next(sample_parcels(1, seed=7, mode="1210"))
PAYER = PARCEL.parties.payment_company_code


def registered(ledger: Ledger, number: str = "1", role: PartyRole = "payment_company", **facts: Any) -> bool:
    values = {"code": PAYER, "name": PARCEL.parties.payment_company_name} | facts
    with ledger.begin() as connection:
        cause = EntryCause("ticket", number, by="clerk")
        return enter_registration(connection, PartyRegistration(role=role, **values), cause, at=AT)


def agreed(ledger: Ledger, number: str, code: str = PAYER, *, is_agreed: bool = True) -> bool:
    pair: dict[str, Any] = {
        "platform_code": PARCEL.parties.platform_code,
        "merchant_code": PARCEL.parties.merchant_code,
    }
    given = PartyAgreement(**pair, role="payment_company", code=code, agreed=is_agreed)
    with ledger.begin() as connection:
        return enter_agreement(connection, given, EntryCause("ticket", number), at=AT)


def codes(ledger: Ledger) -> list[str]:
    with ledger.read() as connection:
        return [each.code for each in check_parties(connection, PARCEL, on=DAY)]


def test_a_ledger_that_knows_no_enterprises_says_nothing(ledger: Ledger) -> None:
    assert codes(ledger) == []


def test_a_payment_company_that_is_not_registered_is_foreseen(ledger: Ledger) -> None:
    registered(ledger, code="3301960ABC")
    assert codes(ledger) == ["not-registered"]
    registered(ledger)
    assert codes(ledger) == []


def test_a_registration_holds_from_its_first_to_its_last_day(ledger: Ledger) -> None:
    for number, (begins, ends, found) in enumerate(
        [
            (date(2026, 11, 11), date(2026, 11, 11), []),
            (None, date(2026, 11, 10), ["party-not-valid"]),
            (date(2026, 11, 12), None, ["party-not-valid"]),
        ]
    ):
        registered(ledger, str(number), valid_from=begins, valid_until=ends)
        assert codes(ledger) == found


def test_a_name_other_than_registered_is_told(ledger: Ledger) -> None:
    registered(ledger, name="another")
    assert codes(ledger) == ["party-name-differs"]


def test_only_who_was_agreed_may_collect_for_a_shop(ledger: Ledger) -> None:
    agreed(ledger, "1", "3301960ABC")
    assert codes(ledger) == ["parties-not-agreed"]
    agreed(ledger, "2")
    assert codes(ledger) == []
    agreed(ledger, "3", is_agreed=False)
    assert codes(ledger) == ["parties-not-agreed"]


def test_the_same_cause_counts_once_and_with_other_facts_it_is_refused(ledger: Ledger) -> None:
    assert registered(ledger)
    assert not registered(ledger)
    with pytest.raises(CauseUsedError):
        registered(ledger, name="another")
    assert agreed(ledger, "1")
    assert not agreed(ledger, "1")
