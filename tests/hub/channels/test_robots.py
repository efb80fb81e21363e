"""Robots of DingTalk, WeCom and Feishu: signed as each asks, within its limits, and their code inside a 200 answer is read."""

import json
import logging
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from customs.exchange.ways.calls import CallLimits
from customs.hub.channels import posting
from customs.hub.channels.notices import Notice
from customs.hub.channels.posting import ChannelSettingError, PostAddress
from customs.hub.channels.robot_bodies import RobotText
from customs.hub.channels.robots import ROBOTS, RobotChannel, dingtalk_signature, feishu_signature
from customs.hub.channels.telling import QueuedNotice
from support import absent
from support.gateway_server import Answered, Asked, answers_without_end, drips, never_answers, refused_port, serving

FIVE = datetime(2026, 11, 11, 17)
GOOD = {
    "dingtalk": b'{"errcode":0,"errmsg":"ok"}',
    "wecom": b'{"errcode":0,"errmsg":"ok"}',
    "feishu": b'{"code":0,"msg":"success","data":{}}',
}
TOKEN = "fictitious-token-of-a-robot"  # noqa: S105
KEY = "SECfictitious"
PATHS = {
    "dingtalk": f"/robot/send?access_token={TOKEN}",
    "wecom": f"/cgi-bin/webhook/send?key={TOKEN}",
    "feishu": f"/open-apis/bot/v2/hook/{TOKEN}",
}
every_robot = pytest.mark.parametrize("kind", ROBOTS)


def sample(name: str) -> Any:
    if "CUSTOMS_SPEC" not in os.environ:
        absent("CUSTOMS_SPEC is not set")
    return json.loads(Path(os.environ["CUSTOMS_SPEC"], "ops", "samples", name).read_text(encoding="utf-8"))


def queued(attempts: int = 1, **changes: Any) -> QueuedNotice:
    said = {"subject_zh": "积压", "subject_en": "Backlog", "text_zh": "37 单超时", "text_en": "37 orders overdue"}
    notice = Notice(**{**said, **changes})
    return QueuedNotice(id=7, channel="duty", at=FIVE, attempts=attempts, notice=notice)


def robot(kind: str, base: str, **changes: Any) -> RobotChannel:
    address = PostAddress(url=base + PATHS[kind], inner=True)
    return RobotChannel(kind=ROBOTS[kind], address=address, **changes)


def told(kind: str, notice: QueuedNotice, answer: bytes = b"", **changes: Any) -> tuple[Asked, Any, Any]:
    """What a robot was asked, its body, and the outcome."""
    with serving() as server:
        server.answer = lambda asked: Answered(answer or GOOD[kind])
        outcome = robot(kind, server.address, **changes).tell(notice, now=FIVE)
    return server.asked[0], json.loads(server.asked[0].body), outcome


def test_dingtalk_signs_with_the_secret_over_milliseconds() -> None:
    example = sample("dingtalk_markdown.json")["_signature_example"]
    found = dingtalk_signature(example["secret"], FIVE).query
    assert found["timestamp"] == str(example["timestamp_ms"])
    assert urlencode({"sign": found["sign"]}) == f"sign={example['sign_urlencoded']}"


def test_feishu_signs_nothing_with_time_and_secret_as_key_over_seconds() -> None:
    example = sample("feishu_post.json")["_signature_example"]
    found = feishu_signature(example["secret"], FIVE).body
    assert found == {"timestamp": str(example["timestamp_s"]), "sign": example["sign"]}


def test_a_signature_stands_where_each_robot_looks_for_it() -> None:
    asked, body, _ = told("dingtalk", queued(), secret=KEY)
    assert asked.query == {"access_token": TOKEN, **dingtalk_signature(KEY, FIVE).query}
    assert "sign" not in body
    asked, body, _ = told("feishu", queued(), secret=KEY)
    assert asked.query == {}
    assert {each: body[each] for each in ("timestamp", "sign")} == feishu_signature(KEY, FIVE).body
    asked, body, _ = told("wecom", queued())
    assert asked.query == {"key": TOKEN}


def shape(value: Any) -> Any:
    """The keys of a body, all the way down; a list by its first element."""
    match value:
        case dict():
            return {name: shape(each) for name, each in value.items()}
        case [first, *_]:
            return [shape(first)]
        case _:
            return type(value).__name__


@pytest.mark.parametrize(
    ("kind", "name", "changes"),
    [
        ("dingtalk", "dingtalk_markdown.json", {"severity": "serious"}),
        ("wecom", "wecom_markdown.json", {}),
        ("feishu", "feishu_post.json", {"secret": KEY}),
    ],
)
def test_a_body_has_the_form_of_the_vendors_sample(kind: str, name: str, changes: dict[str, str]) -> None:
    severity, secret = changes.get("severity", "info"), changes.get("secret", "")
    _, body, _ = told(kind, queued(severity=severity), secret=secret, mention=("ops-duty",))
    assert shape(body) == shape(sample(name)["body"])


def test_an_alarm_in_feishu_is_a_card_in_the_colour_of_its_severity() -> None:
    _, body, _ = told("feishu", queued(severity="warning"), secret=KEY)
    given = sample("feishu_card.json")["body"]
    assert body["msg_type"] == given["msg_type"] == "interactive"
    assert shape(body["card"]["header"]) == shape(given["card"]["header"])
    assert body["card"]["header"]["template"] == given["card"]["header"]["template"] == "orange"
    assert shape(body["card"]["elements"][0]) == shape(given["card"]["elements"][0])


@every_robot
def test_both_languages_are_told_and_only_serious_notices_call_people(kind: str) -> None:
    for severity, called in (("info", False), ("warning", False), ("serious", True)):
        asked, _, outcome = told(kind, queued(severity=severity), mention=("ops-duty",))
        text = asked.body.decode()
        assert outcome.result == "told"
        assert all(each in text for each in ("积压 Backlog", "37 单超时", "37 orders overdue"))
        assert ("ops-duty" in text) is called


@every_robot
def test_one_language_is_told_alone(kind: str) -> None:
    text = told(kind, queued(), languages=("zh",))[0].body.decode()
    assert "37 单超时" in text
    assert "Backlog" not in text
    assert "overdue" not in text


@pytest.mark.parametrize("kind", ["dingtalk", "wecom"])
def test_no_text_can_format_link_or_call_anyone(kind: str) -> None:
    evil = "**9999** [refund](https://evil.example.com) <@all> @13800000000 <font color='warning'>"
    body = told(kind, queued(text_en=evil, subject_en="<@all>"))[1]["markdown"]
    text = body.get("content") or body["text"]
    assert not any(each in text for each in ("[refund]", "<@all>", "@138", "**9999", "<font color='"))
    assert "9999" in text


@every_robot
def test_a_text_that_is_too_long_is_cut_at_a_line_in_both_languages(kind: str) -> None:
    zh, en = (
        [f"第 {each} 行：超时订单" for each in range(2000)],
        [f"line {each}: an order is overdue" for each in range(2000)],
    )
    asked, body, outcome = told(kind, queued(text_zh="\n".join(zh), text_en="\n".join(en)), secret=KEY)
    counted = len(body["markdown"]["content"].encode()) if kind == "wecom" else len(asked.body)
    assert outcome.result == "told"
    assert ROBOTS[kind].most * 0.9 < counted <= ROBOTS[kind].most
    text = asked.body.decode()
    kept = sum(f"第 {each} 行：超时订单" in text for each in range(2000))
    assert kept == sum(f"line {each}: an order is overdue" in text for each in range(2000))
    assert f"另有 {2000 - kept} 行" in text
    assert f"more: {2000 - kept} lines" in text


def test_the_signature_in_the_body_counts_too() -> None:
    for line in ("一", "一二", "一二三"):  # short ones leave no room that could hide it
        asked, _, _ = told("feishu", queued(text_zh="\n".join([line] * 2000)), secret=KEY, languages=("zh",))
        assert len(asked.body) <= ROBOTS["feishu"].most


@every_robot
def test_a_repeat_says_that_it_is_one(kind: str) -> None:
    assert "sent again" not in told(kind, queued())[0].body.decode()
    text = told(kind, queued(attempts=2))[0].body.decode()
    assert "sent again" in text
    assert "重发" in text


@pytest.mark.parametrize(
    ("kind", "answer", "result", "said", "wait"),
    [
        ("dingtalk", b'{"errcode":310000,"errmsg":"sign not match"}', "later", "check the keyword, the secret", 0),
        ("dingtalk", b'{"errcode":130101,"errmsg":"send too fast"}', "later", "too fast", 600),
        ("dingtalk", b'{"errcode":460101}', "refused", "too long", 0),
        ("feishu", b'{"code":19021,"msg":"sign match fail"}', "later", "check the secret and the clock", 0),
        ("feishu", b'{"code":19024}', "later", "keyword", 0),
        ("feishu", b'{"code":11232}', "later", "too fast", 60),
        ("feishu", b'{"StatusCode":9499}', "refused", "form of the body", 0),
        ("wecom", b'{"errcode":40058}', "refused", "too long", 0),
        ("wecom", b'{"errcode":45009}', "later", "too fast", 60),
        ("wecom", b'{"errcode":93000,"errmsg":"invalid key fictitious-token-of-a-robot"}', "later", "check it", 0),
        ("wecom", b'{"errcode":4711}', "later", "not known", 0),
        ("wecom", b"<html>", "later", "without a code", 0),
        ("feishu", b'{"code":true}', "later", "without a code", 0),
        ("dingtalk", b"[" * 100_000, "later", "without a code", 0),
    ],
)
@pytest.mark.long
def test_a_200_answer_with_a_code_is_no_success(kind: str, answer: bytes, result: str, said: str, wait: int) -> None:
    _, _, outcome = told(kind, queued(), answer[:60_000])
    assert outcome.result == result
    assert said in outcome.said
    assert outcome.wait == (timedelta(seconds=wait) if wait else None)
    assert any("\u4e00" <= char <= "\u9fff" for char in outcome.said)
    assert TOKEN not in outcome.said


def test_feishus_older_good_answer_is_good() -> None:
    assert told("feishu", queued(), b'{"Extra":null,"StatusCode":0,"StatusMessage":"success"}')[2].result == "told"


@every_robot
@pytest.mark.parametrize("status", [301, 302, 400, 404, 429, 500, 502])
@pytest.mark.long
def test_another_status_is_no_success_and_no_redirect_is_followed(kind: str, status: int) -> None:
    with serving() as elsewhere, serving() as server:
        server.answer = lambda asked: Answered(GOOD[kind], status=status, headers={"Location": elsewhere.address})
        outcome = robot(kind, server.address).tell(queued(), now=FIVE)
    assert outcome.result == "later"
    assert str(status) in outcome.said
    assert (len(server.asked), elsewhere.asked) == (1, [])


@pytest.mark.parametrize("fault", [never_answers, answers_without_end, drips])
@pytest.mark.long
def test_a_robot_that_never_ends_is_left(fault: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "POST_LIMITS", CallLimits(part=0.2, deadline=0.4, most_bytes=64 * 1024))
    with serving() as server:
        server.answer = lambda asked: fault
        outcome = robot("wecom", server.address).tell(queued(), now=FIVE)
    assert outcome.result == "later"
    assert outcome.said.startswith("127.0.0.1: ")
    assert TOKEN not in outcome.said


def test_a_robot_that_is_not_there_is_told_later() -> None:
    outcome = robot("feishu", f"http://127.0.0.1:{refused_port()}").tell(queued(), now=FIVE)
    assert outcome.result == "later"
    assert "takes no connection" in outcome.said


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.1", "169.254.169.254", "[::1]", "192.168.1.1"])
def test_no_robot_is_sought_in_the_inner_network_unless_it_is_meant(host: str) -> None:
    address = PostAddress(url=f"https://{host}/hook/{TOKEN}")
    outcome = RobotChannel(kind=ROBOTS["feishu"], address=address).tell(queued(), now=FIVE)
    assert outcome.result == "later"
    assert "inner network" in outcome.said
    assert TOKEN not in outcome.said


@pytest.mark.parametrize(
    "url", ["http://a.example.com", "ftp://a", "https://", "https://u:p@a.example.com", "https://a:x", ""]
)
def test_an_address_that_cannot_be_used_is_refused_without_showing_it(url: str) -> None:
    with pytest.raises(ChannelSettingError) as caught:
        PostAddress(url=url)
    assert len(url) < 9 or url not in str(caught.value)


@every_robot
def test_no_address_and_no_secret_comes_into_a_log(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        assert told(kind, queued(), secret=KEY)[2].result == "told"
        assert told(kind, queued(), b'{"errcode":1}', secret=KEY)[2].result == "later"
    assert not any(each in caplog.text for each in (TOKEN, KEY))


def test_neither_address_nor_secret_is_shown() -> None:
    channel = robot("dingtalk", "https://oapi.dingtalk.com", secret=KEY)
    assert TOKEN not in repr(channel)
    assert KEY not in repr(channel)


def test_the_keyword_of_a_robot_stands_in_what_it_is_told() -> None:
    assert told("dingtalk", queued(), keyword="履约")[1]["markdown"]["title"] == "履约 积压 Backlog"
    assert told("dingtalk", queued(), keyword="积压")[1]["markdown"]["title"] == "积压 Backlog"


@every_robot
def test_a_body_is_made_for_every_severity(kind: str) -> None:
    for severity in ("info", "warning", "serious"):
        text = RobotText(subject="s", lines=["l"], severity=severity, mention=("u",))
        assert ROBOTS[kind].body(text)
