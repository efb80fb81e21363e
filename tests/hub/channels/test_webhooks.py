"""SMS and other webhooks: a template that no text can break, and an SMS without order or personal data."""

import json
from datetime import datetime
from typing import Any

import pytest

from customs.hub.channels.notices import Notice
from customs.hub.channels.posting import PostAddress
from customs.hub.channels.telling import QueuedNotice, Telling
from customs.hub.channels.webhooks import SMS_SEGMENT, WebhookChannel
from support.gateway_server import Answered, Asked, serving

FIVE = datetime(2026, 11, 11, 17)


def queued(**changes: Any) -> QueuedNotice:
    said = {"subject_zh": "积压", "subject_en": "Backlog", "text_zh": "37 单超时", "text_en": "37 orders overdue"}
    return QueuedNotice(id=7, channel="sms", at=FIVE, attempts=1, notice=Notice(**{**said, **changes}))


def told(template: Any, notice: QueuedNotice, answer: bytes = b"", **changes: Any) -> tuple[Asked, Telling]:
    with serving() as server:
        server.answer = lambda asked: Answered(answer)
        address = PostAddress(url=server.address + "/send?account=A", inner=True)
        outcome = WebhookChannel(address=address, template=template, **changes).tell(notice, now=FIVE)
    return server.asked[0], outcome


def test_a_template_is_filled_as_json_with_its_headers_and_query() -> None:
    template = {"title": "{subject}", "to": ["duty"], "body": {"text": "{text}", "level": "{severity}", "n": 1}}
    asked, outcome = told(template, queued(), headers={"Authorization": "Bearer fictitious"}, languages=("en",))
    assert outcome.result == "told"
    assert asked.query == {"account": "A"}
    assert asked.headers["content-type"] == "application/json"
    assert asked.headers["authorization"] == "Bearer fictitious"
    body = {"text": "37 orders overdue", "level": "info", "n": 1}
    assert json.loads(asked.body) == {"title": "Backlog", "to": ["duty"], "body": body}


def test_a_template_is_filled_as_a_form() -> None:
    asked, _ = told({"mobile": "duty", "content": "【测试】{subject}"}, queued(), form=True)
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert asked.form == {"mobile": "duty", "content": "【测试】积压 Backlog"}


@pytest.mark.parametrize("form", [False, True])
def test_no_text_changes_the_form_of_what_is_posted(form: bool) -> None:
    evil = '","to":"all"}&to=all{key}{text}\\'
    asked, _ = told({"to": "duty", "content": "{subject}"}, queued(subject_zh=evil), form=form, languages=("zh",))
    body = asked.form if form else json.loads(asked.body)
    assert body == {"to": "duty", "content": evil}


def test_the_same_notice_has_the_same_key_and_another_has_another() -> None:
    first, again, other = (
        told({"t": "{subject}"}, queued(key=key))[0].headers["idempotency-key"] for key in ("a", "a", "b")
    )
    assert first == again != other


@pytest.mark.parametrize(
    ("answer", "result"),
    [(b'{"code":0}', "told"), (b'{"code":"0"}', "told"), (b'{"code":1}', "later"), (b"{}", "later"), (b"ok", "later")],
)
def test_a_gateway_that_says_no_in_a_200_answer_did_not_take_it(answer: bytes, result: str) -> None:
    _, outcome = told({"t": "{subject}"}, queued(), answer, good={"code": "0"})
    assert outcome.result == result
    assert (result == "told") is (outcome.said == "")


def test_an_sms_is_one_segment_without_the_number_of_an_order_or_a_person() -> None:
    subject = "订单 TEST2611000001 与 13800000000 超时 37 单，最早 2026-11-11 09:12，" + "请登录处理台处理" * 10
    template = {"content": "【测试签名】{subject}"}
    asked, _ = told(template, queued(subject_zh=subject), sms=True, form=True, languages=("zh",))
    content = asked.form["content"]
    assert len(content) == SMS_SEGMENT
    assert content.startswith("【测试签名】订单 … 与 … 超时 37 单，最早 2026-11-11 09:12，请登录")
    assert content.endswith("…")


def test_the_text_of_a_notice_has_no_place_in_an_sms() -> None:
    asked, _ = told({"content": "{subject}{text}{key}"}, queued(), sms=True, form=True)
    assert "37" not in asked.form["content"]
