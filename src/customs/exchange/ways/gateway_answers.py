"""Answers of gateways (网关应答): whether a message was taken, and what may follow if it was not.

A gateway takes a message with its own word in the answer, such as ``result: true``; a status of HTTP alone takes nothing.
An answer that cannot be read leaves open what the gateway did. Texts of an answer may hold personal data and are not
shown: what is said is the code, and its meaning where it is known. Source: section 4 of the facts on the exchange.

>>> taken = AnswerForm(kind="json", marks=("result",), accepted=frozenset({"true"}), code="errorCode")
>>> answer_to(taken, GatewayReply(200, b'{"result": true}')).outcome, answer_to(taken, GatewayReply(200, b'{"resu')).outcome
('sent', 'unknown')
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple
from urllib.parse import unquote_plus

from customs.areas.messages.reading import Tree, from_json, from_xml
from customs.exchange.contract import Again, HandedOver
from customs.exchange.ways.calls import GatewayReply
from customs.wire.parsing import ReadError, parse_tolerantly

#: A code that may be shown: nothing a person's data could hide in.
_SHOWABLE = re.compile(r"-?[A-Za-z_]{0,40}[-.]?[0-9]{0,5}(?:[-.][0-9]{1,4}){0,3}")

#: A text longer than this, in bytes, is no word of a gateway.
_LONGEST_WORD = 1_000

#: Statuses of HTTP with which a gateway or a proxy before it refuses a request unread, what may follow, and why.
_REFUSING: Mapping[int, tuple[Again, str, str]] = {
    301: ("after the outage", "被重定向，请改用新地址", "it redirects, which is not followed: give the new address"),
    307: ("after the outage", "被重定向，请改用新地址", "it redirects, which is not followed: give the new address"),
    308: ("after the outage", "被重定向，请改用新地址", "it redirects, which is not followed: give the new address"),
    400: ("never", "请求无法识别", "it does not understand the request"),
    401: ("after the outage", "身份未通过，请核对 credentials", "it does not know the caller: check the credentials"),
    403: ("after the outage", "无权发送，请核对账号与白名单", "the caller may not send there: check account and listed addresses"),
    404: ("after the outage", "地址不存在，请核对 address", "nothing is at this address: check it"),
    405: ("after the outage", "地址不接受 POST，请核对 address", "it takes no POST at this address: check it"),
    407: ("after the outage", "代理要求认证", "a proxy asks for a password"),
    411: ("never", "请求缺少长度", "it wants a length"),
    413: ("never", "报文过大，请减少每批单数", "the message is too large for it: put fewer documents into one"),
    415: ("never", "不接受该格式", "it does not take this form"),
    429: ("later", "请求过于频繁", "it wants fewer requests"),
}  # fmt: skip


class GatewayCode(NamedTuple):
    """The meaning of a gateway's code, and what may follow it; None where the gateway may have taken the message."""

    again: Again | None
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerForm:
    """Where an answer says that the message was taken (受理判定), as paths of names below the root."""

    kind: Literal["json", "xml", "text"]
    marks: tuple[str, ...] = ()
    """Each must be there with an accepted value; one of another value refuses. ``*`` is any value of the answer."""
    accepted: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    """Texts that accept where they are the whole answer. Of kind ``text``, any other short text refuses."""
    code: str = ""
    codes: Mapping[str, GatewayCode] = field(default_factory=dict, hash=False)
    """By the beginning of the code, the longest first. A code that is not here refuses for good."""
    repeated: tuple[str, str] | None = None
    """The path of a text, and the words in it that say that the gateway has the number already."""
    receipts: bool = False
    """True if the answer is itself a receipt of the message."""


def answer_to(form: AnswerForm, reply: GatewayReply) -> HandedOver:
    """Return the outcome of a message by the whole answer to it."""
    status, content = reply.status, reply.content
    if status in _REFUSING:
        again, zh, en = _REFUSING[status]
        return HandedOver(
            outcome="not sent", again=again, said=f"HTTP {status}, {en} {zh}（HTTP {status}）", answer=content
        )
    if status // 100 != 2:
        own = _refusal_of_its_own(form, content)
        return own or _open(
            content, f"HTTP {status}, it may have taken the message 网关出错（HTTP {status}），可能已接收"
        )
    if not content.strip():
        return _open(content, "its answer is empty 应答为空")
    word = _word(content)
    if word in form.words:
        return HandedOver(outcome="sent", said="accepted 网关已接收", answer=content)
    if form.kind == "text":
        if word is None:
            return _open(content, "its answer is none of its own 应答不是网关的回应")
        return HandedOver(
            outcome="not sent", again="never", said=f"refused{_shown(word)} 网关拒收{_shown(word)}", answer=content
        )
    tree = tree_of(form.kind, content)
    if tree is None:
        return _open(content, "its answer cannot be read 应答无法识别")
    return verdict(form, tree, content)


def _refusal_of_its_own(form: AnswerForm, content: bytes) -> HandedOver | None:
    """The outcome of an answer that failed, where the gateway itself says with a known code that it took nothing."""
    tree = tree_of(form.kind, content) if form.kind != "text" and content.strip() else None
    if tree is None or _coded(form, tree)[1] is None:
        return None
    own = verdict(form, tree, content)
    return own if own.outcome == "not sent" else None


def verdict(form: AnswerForm, tree: Tree, content: bytes) -> HandedOver:
    """Return the outcome by an answer that was read as a tree."""
    found = [[text for text in texts_at(tree, path) if text] for path in form.marks]
    if found and all(form.accepted & set(texts) for texts in found):
        return HandedOver(outcome="sent", said="accepted 网关已接收", answer=content)
    if form.repeated and any(form.repeated[1] in text for text in texts_at(tree, form.repeated[0])):
        return _open(content, "it has this number already: ask for it 网关已有此单，请查询")
    code, known = _coded(form, tree)
    refused = any(
        texts and path != "*" and not form.accepted & set(texts) for path, texts in zip(form.marks, found, strict=True)
    )
    if not refused and not code:
        return _open(content, "its answer does not say if the message was taken 应答未说明是否接收")
    shown = _shown(code)
    said = f"refused{shown}: {known.en} 网关拒收{shown}：{known.zh}" if known else f"refused{shown} 网关拒收{shown}"
    if known and known.again is None:
        return _open(content, said)
    return HandedOver(outcome="not sent", again=known.again or "never" if known else "never", said=said, answer=content)


def _coded(form: AnswerForm, tree: Tree) -> tuple[str, GatewayCode | None]:
    """The code of an answer and its meaning: of several texts the first that is known."""
    texts = [text for text in texts_at(tree, form.code) if text] if form.code else []
    for text in texts:
        for beginning in sorted(form.codes, key=len, reverse=True):
            if text.startswith(beginning):
                return text, form.codes[beginning]
    return (texts[0] if texts and form.code != "*" else ""), None


def tree_of(kind: str, content: bytes) -> Tree | None:
    """Return an answer in JSON, plain or percent-encoded, or XML as a tree; None if it cannot be read."""
    try:
        if kind == "json":
            text = content.strip()
            return from_json(unquote_plus(text.decode()).encode() if text[:1] == b"%" else text)
        tree = from_xml(parse_tolerantly(content.strip()).root)
    except (ReadError, UnicodeError):
        return None
    return tree if isinstance(tree, list) else []


def texts_at(tree: Tree, path: str) -> Iterator[str]:
    """Yield the texts at a path of names, without blanks at their ends; ``*`` stands for every text of the tree."""
    step, _, rest = path.partition("/")
    for name, below in tree:
        if isinstance(below, list):
            if path == "*" or name == step:
                yield from texts_at(below, path if path == "*" else rest)
        elif path == "*" or (name == step and not rest):
            yield below.strip()


def _open(content: bytes, said: str) -> HandedOver:
    return HandedOver(outcome="unknown", said=said, answer=content)


def _word(content: bytes) -> str | None:
    """A short plain text, which may stand in quotes; None for anything else."""
    try:
        text = content.decode().strip().strip('"')
    except UnicodeDecodeError:
        return None
    return None if len(content) > _LONGEST_WORD or text[:1] in ("", "<", "{", "[") else text


def _shown(code: str) -> str:
    code = re.split("[:：]", code, maxsplit=1)[0]
    return f" ({code})" if code and _SHOWABLE.fullmatch(code) else ""
