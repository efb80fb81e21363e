"""Many parcels in a few figures."""

from datetime import timedelta
from decimal import Decimal

from customs.codes.errors import ErrorCause
from customs.codes.states import State
from customs.receipts.health import health
from customs.receipts.lifecycle import track
from support.parcel_events import at, said, submitted


def test_nodes_times_causes_and_the_share_released_are_counted() -> None:
    released = [track([submitted(), said("CEB621", "800", minutes)]) for minutes in (1, 2, 3, 4)]
    refused = [
        track([submitted(), said("CEB621", "-621018", 5)]),
        track([submitted(), said("CEB621", "-621000", 5)]),
    ] * 2
    waiting = [track([submitted()]), track([said("CEB621", "2", 1)]), track([said("CEB621", "2", 59)])]
    found = health([*released, *refused, *waiting, track([said("CEB621", "777", 5)])], now=at(65))
    assert (found.parcels, found.released, found.share_released, found.overdue, found.alarmed) == (
        12,
        4,
        Decimal("0.333"),
        2,
        1,
    )
    assert [(each.node, each.count, each.overdue) for each in found.nodes] == [
        (State.REJECTED, 4, 0),
        (State.RELEASED, 4, 0),
        (None, 2, 1),
        (State.SENT, 2, 1),
    ]
    assert found.nodes[1].times == tuple(timedelta(minutes=each) for each in (62, 64, 64))
    assert found.to_release == tuple(timedelta(minutes=each) for each in (2, 4, 4))
    assert [(each.cause, each.count) for each in found.causes] == [(ErrorCause.DATA, 2), (ErrorCause.QUOTA, 2)]


def test_the_figures_are_plain_values_for_json() -> None:
    found = health([track([submitted(), said("CEB621", "800", 1)])], now=at(3)).as_dict()
    assert found == {
        "parcels": 1,
        "released": 1,
        "share_released": 1.0,
        "overdue": 0,
        "alarmed": 0,
        "seconds_to_release": {"p50": 60.0, "p90": 60.0, "p99": 60.0},
        "nodes": [
            {"node": "released", "zh": "放行", "en": "released", "count": 1, "overdue": 0,
             "seconds": {"p50": 120.0, "p90": 120.0, "p99": 120.0}},
        ],
        "causes": [],
    }  # fmt: skip


def test_no_parcels_have_no_share() -> None:
    assert health([], now=at(0)).as_dict()["share_released"] is None
