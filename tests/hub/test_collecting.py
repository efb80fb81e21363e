"""A process that works for the hub looks for cycles of objects seldom, and as before once it ends."""

import gc

from customs.hub.service.collecting import COLLECT_AFTER, collecting_seldom


def test_cycles_are_looked_for_seldom_while_the_hub_works() -> None:
    before, frozen = gc.get_threshold(), gc.get_freeze_count()
    with collecting_seldom():
        assert gc.get_threshold()[0] == COLLECT_AFTER > before[0]
        assert gc.get_freeze_count() > frozen
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() <= frozen
