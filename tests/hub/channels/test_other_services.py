"""Services that Apprise knows: told or not, without the reason, and without a word in the log."""

import json
import logging
from datetime import datetime

import pytest

from customs.hub.channels.notices import Notice
from customs.hub.channels.telling import QueuedNotice
from support.gateway_server import Answered, refused_port, serving

pytest.importorskip("apprise")

from customs.hub.channels.others import AppriseChannel

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr':DeprecationWarning")  # of Apprise, on 3.11 and 3.12

FIVE = datetime(2026, 11, 11, 17)
TOLD = QueuedNotice(
    id=7,
    channel="other",
    at=FIVE,
    attempts=1,
    notice=Notice(
        subject_zh="积压", subject_en="Backlog", text_zh="37 单", text_en="37 orders", severity="serious", key="a"
    ),
)


@pytest.mark.parametrize(("status", "result"), [(200, "told"), (500, "later")])
def test_a_service_is_told_or_is_told_later(status: int, result: str, caplog: pytest.LogCaptureFixture) -> None:
    with serving() as server, caplog.at_level(logging.DEBUG):
        server.answer = lambda asked: Answered(status=status)
        url = server.address.replace("http:", "json:") + "/fictitious-token"
        outcome = AppriseChannel(url=url).tell(TOLD, now=FIVE)
    assert outcome.result == result
    (asked,) = server.asked
    body = json.loads(asked.body)
    assert (body["title"], body["type"]) == ("积压 Backlog", "failure")
    assert body["message"].splitlines() == ["37 单", "", "37 orders"]
    assert "fictitious" not in caplog.text + outcome.said


def test_a_service_that_is_not_there_is_told_later() -> None:
    outcome = AppriseChannel(url=f"json://127.0.0.1:{refused_port()}/fictitious-token").tell(TOLD, now=FIVE)
    assert outcome.result == "later"
    assert "does not say why" in outcome.said
