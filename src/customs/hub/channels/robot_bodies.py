"""Bodies of robots (机器人消息体): a notice as the markdown, post or card that each robot shows.

What a text holds cannot format, link or call anyone: the letters by which markdown does are replaced by their wide forms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from customs.hub.channels.notices import NoticeSeverity

_PLAIN = str.maketrans("<>[]*`@", "＜＞［］＊｀＠")

_WECOM_COLOURS = {"info": "info", "warning": "warning", "serious": "warning"}

_FEISHU_COLOURS = {"warning": "orange", "serious": "red"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotText:
    """A notice as it is put into a body: subject, lines, severity, and the users who are called."""

    subject: str
    lines: Sequence[str]
    severity: NoticeSeverity
    mention: Sequence[str] = ()


def dingtalk_body(text: RobotText) -> dict[str, Any]:
    """Return DingTalk's markdown; its lines end with two blanks, or they run together."""
    called = " ".join(f"@{each}" for each in text.mention)
    lines = [f"#### {plain(text.subject)}", "", *map(plain, text.lines), *([called] if called else [])]
    return {
        "msgtype": "markdown",
        "markdown": {"title": text.subject, "text": "  \n".join(lines)},
        "at": {"atMobiles": [], "atUserIds": list(text.mention), "isAtAll": False},
    }


def wecom_body(text: RobotText) -> dict[str, Any]:
    """Return WeCom's markdown, the subject in the colour of its severity."""
    called = " ".join(f"<@{each}>" for each in text.mention)
    subject = f'**<font color="{_WECOM_COLOURS[text.severity]}">{plain(text.subject)}</font>**'
    lines = [subject, *map(plain, text.lines), *([called] if called else [])]
    return {"msgtype": "markdown", "markdown": {"content": "\n".join(lines)}}


def wecom_size(body: Mapping[str, Any]) -> int:
    """Return the bytes that WeCom counts: those of the content."""
    return len(body["markdown"]["content"].encode())


def feishu_body(text: RobotText) -> dict[str, Any]:
    """Return Feishu's post, or for what is not mere information a card, whose head has the colour of its severity."""
    if text.severity in _FEISHU_COLOURS:
        return _card(text)
    content = [[{"tag": "text", "text": line}] for line in text.lines]
    if text.mention:
        content.append([{"tag": "at", "user_id": each} for each in text.mention])
    return {"msg_type": "post", "content": {"post": {"zh_cn": {"title": text.subject, "content": content}}}}


def plain(text: str) -> str:
    """Return a text that markdown does not format.

    >>> plain("**9999** [click](https://example.com) <@all>")
    '＊＊9999＊＊ ［click］(https://example.com) ＜＠all＞'
    """
    return text.translate(_PLAIN)


def _card(text: RobotText) -> dict[str, Any]:
    elements: list[dict[str, Any]] = [
        {"tag": "div", "text": {"tag": "plain_text", "content": "\n".join(text.lines)}},
    ]
    if text.mention:
        called = " ".join(f"<at id={each}></at>" for each in text.mention)
        elements += [{"tag": "hr"}, {"tag": "div", "text": {"tag": "lark_md", "content": called}}]
    header = {"title": {"tag": "plain_text", "content": text.subject}, "template": _FEISHU_COLOURS[text.severity]}
    return {"msg_type": "interactive", "card": {"header": header, "elements": elements}}
