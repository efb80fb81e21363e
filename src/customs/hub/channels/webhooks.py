"""Webhooks with a template (自定义推送), for SMS gateways and whatever else takes a request: JSON or a form with places to fill.

The places are ``{subject}``, ``{text}``, ``{severity}`` and ``{key}``. They are filled after the template was read, so that no
text can change its form. An SMS (短信) has the subject alone, at most 70 characters, and no number that could be that of an
order or a person.

>>> filled({"to": "duty", "text": "【Test】{subject}"}, {"subject": "Backlog", "text": "..."})
{'to': 'duty', 'text': '【Test】Backlog'}
>>> without_numbers("order TEST2611000001 late since 2026-11-11 09:12")
'order … late since 2026-11-11 09:12'
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from customs.hub.channels.posting import PostAddress, post_to
from customs.hub.channels.telling import QueuedNotice, Telling
from customs.hub.channels.wording import LANGUAGES, NoticeLanguage, clipped, fitted, lines_of, subject_of

#: The places of a template, and those of an SMS.
PLACES = ("subject", "text", "severity", "key")
SMS_PLACES = ("subject", "severity")

#: Characters of an SMS that is one segment.
SMS_SEGMENT = 70

#: Bytes of the text of a notice at most.
MOST_TEXT = 20_000

_PLACE = re.compile(r"\{([a-z_]+)\}")
_NUMBER = re.compile(r"[A-Za-z0-9]*\d[A-Za-z0-9]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookChannel:
    """A webhook (自定义推送通道): a template, as a form or as JSON; ``good`` are the values of the answer that mean success."""

    address: PostAddress
    template: Mapping[str, Any] = field(repr=False)
    form: bool = False
    sms: bool = False
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    good: Mapping[str, str] = field(default_factory=dict)
    languages: tuple[NoticeLanguage, ...] = LANGUAGES
    rate: float = 60

    def tell(self, queued: QueuedNotice, *, now: datetime) -> Telling:
        """Tell a notice once. Never raises for what the other side or the network does."""
        body = filled(self.template, self._values(queued))
        if self.form:
            content, media = urlencode(body).encode(), "application/x-www-form-urlencoded"
        else:
            content, media = json.dumps(body, ensure_ascii=False).encode(), "application/json"
        key = hashlib.sha256(f"{queued.channel}\n{queued.key}".encode()).hexdigest()[:40]
        reply = post_to(self.address, content, media, headers={**self.headers, "Idempotency-Key": key})
        return reply if isinstance(reply, Telling) else self._answered(reply.content)

    def _values(self, queued: QueuedNotice) -> dict[str, str]:
        if self.sms:
            room = SMS_SEGMENT - max((len(_PLACE.sub("", each)) for each in _with_subject(self.template)), default=0)
            subject = without_numbers(subject_of(queued.notice, self.languages))
            return {"subject": clipped(subject, max(room, 1)), "severity": queued.notice.severity}
        lines = fitted(lines_of(queued, self.languages), lambda each: len("\n".join(each).encode()), MOST_TEXT)
        return {
            "subject": subject_of(queued.notice, self.languages),
            "text": "\n".join(lines),
            "severity": queued.notice.severity,
            "key": queued.key,
        }

    def _answered(self, content: bytes) -> Telling:
        """Return the outcome of a 2xx answer: told, unless it has to hold values that it does not hold."""
        if not self.good:
            return Telling(result="told")
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            answer = None
        for name, value in self.good.items():
            if not isinstance(answer, dict) or str(answer.get(name)) != value:
                said = f"{self.address.host}: {name} of the answer is not {value} 应答中 {name} 不是 {value}"
                return Telling(result="later", said=said)
        return Telling(result="told")


def filled(template: Any, values: Mapping[str, str]) -> Any:
    """Return a template whose places are filled; a place without a value stays as it is."""
    match template:
        case str():
            return _PLACE.sub(lambda found: values.get(found[1], found[0]), template)
        case Mapping():
            return {name: filled(each, values) for name, each in template.items()}
        case list():
            return [filled(each, values) for each in template]
        case _:
            return template


def places_of(template: Any) -> list[str]:
    """Return the places of a template, known or not."""
    return [found for each in _texts(template) for found in _PLACE.findall(each)]


def without_numbers(text: str) -> str:
    """Return a text without numbers of eight letters and digits or more, half of them digits."""

    def hidden(found: re.Match[str]) -> str:
        number = found[0]
        return "…" if len(number) >= 8 and 2 * sum(map(str.isdigit, number)) >= len(number) else number

    return _NUMBER.sub(hidden, text)


def _with_subject(template: Any) -> list[str]:
    return [each for each in _texts(template) if "{subject}" in each]


def _texts(template: Any) -> list[str]:
    match template:
        case str():
            return [template]
        case Mapping():
            return [text for each in template.values() for text in _texts(each)]
        case list():
            return [text for each in template for text in _texts(each)]
        case _:
            return []
