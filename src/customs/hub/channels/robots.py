"""Robots of group chats (群机器人): DingTalk 钉钉, WeCom 企业微信, Feishu 飞书, each with its signature, body and limits.

The trap is that key and message change places: DingTalk signs ``time LF secret`` with the secret and counts milliseconds;
Feishu signs nothing with ``time LF secret`` as key, and counts seconds. WeCom signs nothing: its address is the secret.
"""

import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from customs.fields.moments import CHINA_TIME
from customs.hub.channels.notices import NoticeError
from customs.hub.channels.posting import PostAddress, post_to
from customs.hub.channels.robot_answers import (
    DINGTALK_ANSWERS,
    FEISHU_ANSWERS,
    WECOM_ANSWERS,
    RobotAnswer,
    read_robot_answer,
)
from customs.hub.channels.robot_bodies import RobotText, dingtalk_body, feishu_body, wecom_body, wecom_size
from customs.hub.channels.telling import QueuedNotice, Telling
from customs.hub.channels.wording import LANGUAGES, NoticeLanguage, fitted, lines_of, subject_of


@dataclass(frozen=True, slots=True)
class RobotSignature:
    """A signature (加签): what it adds to the query of the address and to the body."""

    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, str] = field(default_factory=dict)


def dingtalk_signature(secret: str, at: datetime) -> RobotSignature:
    """Return DingTalk's signature, in the query.

    >>> dingtalk_signature("SECx", datetime(2026, 11, 11, 17)).query["timestamp"]
    '1794387600000'
    """
    stamp = str(_seconds(at) * 1000)
    signed = hmac.digest(secret.encode(), f"{stamp}\n{secret}".encode(), "sha256")
    return RobotSignature(query={"timestamp": stamp, "sign": b64encode(signed).decode()})


def feishu_signature(secret: str, at: datetime) -> RobotSignature:
    """Return Feishu's signature, in the body.

    >>> feishu_signature("x", datetime(2026, 11, 11, 17)).body["timestamp"]
    '1794387600'
    """
    stamp = str(_seconds(at))
    signed = hmac.digest(f"{stamp}\n{secret}".encode(), b"", "sha256")
    return RobotSignature(body={"timestamp": stamp, "sign": b64encode(signed).decode()})


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotKind:
    """A make of robot: notices in a minute, its body and the most of it in bytes, its signature, what its codes mean."""

    rate: float
    body: Callable[[RobotText], dict[str, Any]]
    most: int
    size: Callable[[Mapping[str, Any]], int]
    sign: Callable[[str, datetime], RobotSignature] | None
    answers: Mapping[int, RobotAnswer]


def written(body: Mapping[str, Any]) -> bytes:
    """Return a body as it is posted."""
    return json.dumps(body, ensure_ascii=False).encode()


def _whole(body: Mapping[str, Any]) -> int:
    return len(written(body))


#: The makes of robots. DingTalk and WeCom take 20 notices a minute; Feishu 100, 5 a second, with a body of 20 KB.
ROBOTS: Mapping[str, RobotKind] = {
    "dingtalk": RobotKind(
        rate=20, body=dingtalk_body, most=20_000, size=_whole, sign=dingtalk_signature, answers=DINGTALK_ANSWERS
    ),
    "wecom": RobotKind(rate=20, body=wecom_body, most=4096, size=wecom_size, sign=None, answers=WECOM_ANSWERS),
    "feishu": RobotKind(
        rate=100, body=feishu_body, most=20_000, size=_whole, sign=feishu_signature, answers=FEISHU_ANSWERS
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotChannel:
    """A robot of a group (群机器人通道). ``mention`` are the users called by serious notices; ``keyword`` is put into the
    subject where the robot asks for one.
    """

    kind: RobotKind = field(repr=False)
    address: PostAddress
    secret: str = field(default="", repr=False)
    mention: tuple[str, ...] = ()
    keyword: str = ""
    languages: tuple[NoticeLanguage, ...] = LANGUAGES

    @property
    def rate(self) -> float:
        """Notices in a minute."""
        return self.kind.rate

    def tell(self, queued: QueuedNotice, *, now: datetime) -> Telling:
        """Tell a notice once. Never raises for what the robot or the network does."""
        kind = self.kind
        try:
            body = self._body(queued)
        except NoticeError as error:
            return Telling(result="refused", said=str(error))
        signature = kind.sign(self.secret, now) if kind.sign and self.secret else RobotSignature()
        reply = post_to(self.address, written({**signature.body, **body}), "application/json", query=signature.query)
        return (
            reply if isinstance(reply, Telling) else read_robot_answer(reply.content, kind.answers, self.address.host)
        )

    def _body(self, queued: QueuedNotice) -> dict[str, Any]:
        subject = subject_of(queued.notice, self.languages)
        if self.keyword not in subject:
            subject = f"{self.keyword} {subject}"
        severity = queued.notice.severity
        mention = self.mention if severity == "serious" else ()

        def made(lines: list[str]) -> dict[str, Any]:
            return self.kind.body(RobotText(subject=subject, lines=lines, severity=severity, mention=mention))

        texts = lines_of(queued, self.languages)
        room = self.kind.most - (200 if self.kind.sign else 0)  # the signature in the body
        return made(fitted(texts, lambda lines: self.kind.size(made(lines)), room))


def _seconds(at: datetime) -> int:
    return int((at if at.tzinfo else at.replace(tzinfo=CHINA_TIME)).timestamp())
