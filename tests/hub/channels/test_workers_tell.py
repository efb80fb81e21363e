"""Workers tell the notices of each channel by itself, so that a slow one holds up no other."""

from datetime import datetime
from pathlib import Path
from random import Random

from customs.fields.moments import CHINA_TIME
from customs.hub.channels.notices import Notice, queue_notice
from customs.hub.channels.telling import QueuedNotice, Telling
from customs.hub.service.watching import watching_lanes
from customs.hub.service.works import WorkPace
from customs.hub.settings.hub_file import HubSettings
from customs.ledger import Ledger
from customs.ledger.configured import LedgerPlace

EIGHT = datetime(2026, 11, 11, 8, tzinfo=CHINA_TIME)


class Answering:
    rate = 60.0

    def __init__(self, outcome: Telling) -> None:
        self.outcome = outcome

    def tell(self, queued: QueuedNotice, *, now: datetime) -> Telling:
        return self.outcome


def test_each_channel_has_a_lane_of_its_own_that_says_why_it_could_not_tell(ledger: Ledger, tmp_path: Path) -> None:
    channels = {
        "duty": Answering(Telling(result="later", said="closed 关闭")),
        "mail": Answering(Telling(result="told")),
    }
    place = LedgerPlace(url="sqlite:///not-used.db", keys=tmp_path / "ledger.key")
    settings = HubSettings(file=tmp_path / "hub.toml", ledger=place, enterprises={}, channels=channels)
    with ledger.begin() as connection:
        for name in channels:
            notice = Notice(subject_zh="积压", subject_en="Backlog", text_zh="37", text_en="37")
            queue_notice(connection, name, notice, at=EIGHT)
    pace = WorkPace(clock=lambda: EIGHT, chance=Random(1), every=1.0)  # noqa: S311  a jitter
    lanes = [lane for lane in watching_lanes(ledger, settings, [], pace) if lane and lane[0].kind == "tell"]
    assert [[work.source for work in lane] for lane in lanes] == [["duty"], ["mail"]]
    duty, mail = (lane[0].turn() for lane in lanes)
    assert (duty.counts["later"], duty.failed) == (1, "duty: closed 关闭")
    assert (mail.counts["told"], mail.failed) == (1, "")
    assert [lane[0].turn().counts["told"] for lane in lanes] == [0, 0]
