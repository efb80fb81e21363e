"""Trouble at the office comes by seed: losses, repeats, reordering, outages, faults of its systems."""

from datetime import timedelta

import pytest

from customs.office import OfficeClosedError, Trouble
from customs.signing import Signer
from customs.testing import Rehearsal, office, sample_parcels
from support import MORNING


def rehearsed(signer: Signer, trouble: Trouble, *, parcels: int = 40) -> Rehearsal:
    """Parcels at an office in trouble, and all that it answered."""
    at_customs = office(MORNING, seed=3, trouble=trouble)
    run = at_customs.run(signer=signer)
    for parcel in sample_parcels(parcels, seed=7, mode="1210"):
        at_customs.send(*run.prepare(parcel).messages)
    at_customs.wait(minutes=30)
    return at_customs


@pytest.mark.long
def test_lost_answers_come_when_they_are_asked_for(signer: Signer) -> None:
    calm, lossy = rehearsed(signer, Trouble()), rehearsed(signer, Trouble(losses=0.2))
    lost = len(calm.answers) - len(lossy.answers)
    assert 0.1 < lost / len(calm.answers) < 0.3
    for parcel in sample_parcels(40, seed=7, mode="1210"):
        (found,) = [each for each in lossy.office.query(parcel.order.order_no) if each.name == "CEB622"]
        assert found.statuses == ("800",)


def test_repeated_answers_are_the_same_bytes(signer: Signer) -> None:
    found = [each.content for each in rehearsed(signer, Trouble(repeats=0.2)).answers]
    again = len(found) - len(set(found))
    assert 0.1 < again / len(set(found)) < 0.3


def test_reordered_answers_overtake_each_other(signer: Signer) -> None:
    found = rehearsed(signer, Trouble(reordered=0.3)).statuses("CEB622")
    assert sorted(found) == ["120"] * 40 + ["2"] * 40 + ["800"] * 40
    assert found != ["2"] * 40 + ["120"] * 40 + ["800"] * 40
    assert found.index("800") < len(found) - 1 - found[::-1].index("2")


def test_nothing_is_taken_during_an_outage_and_nothing_comes(signer: Signer) -> None:
    outage = MORNING + timedelta(seconds=5), MORNING + timedelta(hours=1)
    at_customs = office(MORNING, trouble=Trouble(outages=(outage,)))
    order, *rest = at_customs.run(signer=signer).prepare(next(sample_parcels(1, seed=7, mode="1210"))).messages
    at_customs.send(order)
    at_customs.wait(minutes=30)
    assert at_customs.answers == []
    with pytest.raises(OfficeClosedError) as closed:
        at_customs.send(rest[0])
    assert closed.value.until == outage[1]
    at_customs.wait(minutes=31)
    assert at_customs.statuses("CEB312") == ["2", "120"]
    at_customs.send(*rest)
    at_customs.wait(minutes=1)
    assert at_customs.statuses("CEB622") == ["2", "120", "800"]
    assert {(each.came, each.accepted) for each in at_customs.office.counts().values()} == {(1, 1)}


def test_what_a_fault_of_the_system_refused_is_taken_when_it_comes_again(signer: Signer) -> None:
    at_customs = office(MORNING, seed=3, trouble=Trouble(faults=1.0))
    messages = at_customs.run(signer=signer).prepare(next(sample_parcels(1, seed=7, mode="1210"))).messages
    at_customs.send(*messages)
    at_customs.wait(minutes=1)
    assert [at_customs.statuses(each) for each in ("CEB312", "CEB412", "CEB622")] == [
        ["-301013"],
        ["-401011"],
        ["-621017"],
    ]
    at_customs.send(*[each for each in messages if each.name != "CEB511"])
    at_customs.wait(minutes=1)
    assert at_customs.statuses("CEB622") == ["-621017", "2", "120", "800"]


def test_a_peak_makes_every_step_slower(signer: Signer) -> None:
    calm, slow = (office(MORNING, trouble=each) for each in (Trouble(), Trouble(slowness=60)))
    for each in (calm, slow):
        each.send(*each.run(signer=signer).prepare(next(sample_parcels(1, seed=7, mode="1210"))).messages)
        each.wait(minutes=0.5)
    assert (calm.statuses("CEB622"), slow.statuses("CEB622")) == (["2", "120", "800"], [])
