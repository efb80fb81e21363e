"""Answers of robots (机器人应答): the code inside a 200 answer, and what each code asks for.

The text that comes with a code is not shown: it may repeat the address, which is a secret.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from customs.hub.channels.telling import Telling


@dataclass(frozen=True, slots=True)
class RobotAnswer:
    """The meaning of a code, in both languages, and what becomes of the notice."""

    zh: str
    en: str
    result: Literal["later", "refused"] = "later"
    wait: timedelta | None = None


_WAIT, _LONG_WAIT = timedelta(minutes=1), timedelta(minutes=10)

_FAST = ("发送过快，被限流", "it is told too fast and takes no more for a while")
_LONG = ("内容过长", "the text is too long")

#: Codes of DingTalk's robots (钉钉): open.dingtalk.com, custom robots, error codes.
DINGTALK_ANSWERS: Mapping[int, RobotAnswer] = {
    -1: RobotAnswer("系统繁忙", "the system is busy"),
    300001: RobotAnswer("access_token 不存在，请核对地址", "the access_token is not known: check the address"),
    310000: RobotAnswer(
        "安全设置不通过：请核对关键词、加签密钥、IP 白名单和本机时间",
        "its security setting refuses this: check the keyword, the secret, the permitted addresses, and the clock",
    ),
    400013: RobotAnswer("群已解散", "the group is dissolved"),
    400101: RobotAnswer("access_token 不存在，请核对地址", "the access_token is not known: check the address"),
    400102: RobotAnswer("机器人已停用", "the robot is switched off"),
    400106: RobotAnswer("机器人不存在", "the robot does not exist"),
    410100: RobotAnswer(*_FAST, wait=_LONG_WAIT),
    130101: RobotAnswer(*_FAST, wait=_LONG_WAIT),
    430101: RobotAnswer("含不安全的外链", "it holds a link that is not permitted", "refused"),
    430102: RobotAnswer("含不合适的文本", "it holds a text that is not permitted", "refused"),
    430104: RobotAnswer("含不合适的内容", "it holds content that is not permitted", "refused"),
    460101: RobotAnswer(*_LONG, "refused"),
}

#: Codes of Feishu's robots (飞书): open.feishu.cn, custom robots.
FEISHU_ANSWERS: Mapping[int, RobotAnswer] = {
    9499: RobotAnswer("请求体格式不符", "the form of the body is not accepted", "refused"),
    11232: RobotAnswer(*_FAST, wait=_WAIT),
    19001: RobotAnswer("机器人地址无效，请核对", "the address of the robot is not known: check it"),
    19021: RobotAnswer(
        "签名不符，或时间戳与当前时间相差超过 1 小时：请核对密钥和本机时间",
        "the signature does not match, or its time is an hour off: check the secret and the clock",
    ),
    19022: RobotAnswer("IP 不在白名单", "this machine is not among the permitted addresses"),
    19024: RobotAnswer("缺少自定义关键词", "the keyword of the robot is missing"),
}

#: Codes of WeCom's robots (企业微信): developer.work.weixin.qq.com, group robots and global codes.
WECOM_ANSWERS: Mapping[int, RobotAnswer] = {
    -1: RobotAnswer("系统繁忙", "the system is busy"),
    40058: RobotAnswer(*_LONG, "refused"),
    45002: RobotAnswer(*_LONG, "refused"),
    45009: RobotAnswer(*_FAST, wait=_WAIT),
    93000: RobotAnswer("机器人地址无效或已移除，请核对", "the address of the robot is not known: check it"),
}


def read_robot_answer(content: bytes, answers: Mapping[int, RobotAnswer], host: str) -> Telling:
    """Return the outcome that the body of a 200 answer says: code 0 alone is good.

    >>> read_robot_answer(b'{"errcode":40058,"errmsg":"..."}', WECOM_ANSWERS, "robot.example.com").said
    'robot.example.com answered 40058: the text is too long 返回 40058：内容过长'
    """
    code = _code(content)
    if code == 0:
        return Telling(result="told")
    if code is None:
        return Telling(result="later", said=f"{host} gave an answer without a code 应答中没有返回码")
    found = answers.get(code, RobotAnswer("未知返回码", "this code is not known"))
    said = f"{host} answered {code}: {found.en} 返回 {code}：{found.zh}"
    return Telling(result=found.result, said=said, wait=found.wait)


def _code(content: bytes) -> int | None:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict):
        return None
    codes = [answer[each] for each in ("errcode", "code", "StatusCode") if each in answer]
    return next((each for each in codes if isinstance(each, int) and not isinstance(each, bool)), None)
