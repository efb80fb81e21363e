"""The classification of cases: closed, and everything that customs or an alarm may say has a place in it."""

import pytest

from customs.codes.errors import ErrorCause
from customs.hub.alarms.rules import alarm_rules
from customs.hub.cases.classes import UNCLASSIFIED, case_classes, case_groups, class_of_alarm, class_of_receipt
from customs.hub.cases.priorities import PRIORITY_NAMES, CaseImpact, CaseUrgency, priority_of
from customs.hub.cases.states import MOVES, CaseState
from customs.receipts.catalogue import errors, families
from support import some


def test_every_error_of_the_catalogue_has_a_class_that_is_not_the_last_resort() -> None:
    without = [each.code for each in some(errors()) if each.codes and class_of_receipt(each.codes[0]) == UNCLASSIFIED]
    assert without == []


def test_each_family_cause_and_alarm_leads_to_one_class_and_there_is_no_other() -> None:
    named = {
        kind: [name for each in case_classes().values() for name in getattr(each, kind)]
        for kind in ("families", "causes", "rules", "codes")
    }
    assert sorted(named["families"]) == sorted(families())
    assert sorted(named["rules"]) == sorted(alarm_rules())
    assert set(named["causes"]) <= {each.value for each in ErrorCause}
    for names in some(named.values()):
        assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("code", "case_class"),
    [
        ("1313", "identity/over_yearly"),
        ("-621005", "identity/over_single"),
        ("-623999", "back/cancel_refused"),  # a number that is listed nowhere goes by its family
        ("-625001", "back/return_refused"),
        ("-999999", UNCLASSIFIED),
    ],
)
def test_a_receipt_finds_its_class(code: str, case_class: str) -> None:
    assert class_of_receipt(code) == case_class


def test_an_alarm_finds_its_class() -> None:
    assert class_of_alarm("circuit_open") == "system/outage"
    assert class_of_alarm("tomorrow's rule") == UNCLASSIFIED


def test_each_class_has_a_known_group_and_both_names() -> None:
    for each in some(case_classes().values()):
        assert each.group in case_groups()
        assert all((*each.name, *each.phase))
    assert len({each.phase for each in case_classes().values()}) == 12


def test_more_touched_or_sooner_due_never_makes_a_case_less_urgent() -> None:
    for impact in some(CaseImpact):
        row = [priority_of(impact, urgency) for urgency in CaseUrgency]
        assert row == sorted(row, reverse=True)
    for urgency in some(CaseUrgency):
        column = [priority_of(impact, urgency) for impact in CaseImpact]
        assert column == sorted(column, reverse=True)
    assert {priority_of(*each) for each in ((i, u) for i in CaseImpact for u in CaseUrgency)} == set(PRIORITY_NAMES)


def test_every_state_is_reached_and_only_what_was_merged_or_cancelled_stays_so() -> None:
    assert set(MOVES) == set(CaseState)
    assert set(CaseState) - set().union(*MOVES.values()) == {CaseState.NEW}
    assert {each for each in CaseState if each.final} == {CaseState.MERGED, CaseState.CANCELLED}
    assert len({each.zh for each in CaseState}) == len(CaseState) == 12
