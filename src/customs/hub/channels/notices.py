"""Notices (通知): what is told to people, in both languages, queued for a channel in the transaction of its cause.

A notice holds no personal data. Its key is the same whenever the same notice is queued again, and a channel is told once.

>>> notice = Notice(subject_zh="积压", subject_en="Backlog", text_zh="37 单超时", text_en="37 orders overdue", key="backlog/1")
>>> read_notice(notice_bytes(notice)) == notice
True
"""

import json
import re
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Literal, get_args

from customs.hub.channels.tables import HUB_NOTICES
from customs.ledger.accounts import upserting
from customs.ledger.database import LedgerConnection

NoticeSeverity = Literal["info", "warning", "serious"]

#: Characters of the key of a notice at most.
LONGEST_KEY = 200

#: Bytes of all attachments of a notice at most; mail servers commonly take 20 MB, of which the coding as text takes a third.
MOST_ATTACHED = 10 * 1024 * 1024

_SUBJECT = 200


class NoticeError(ValueError):
    """A notice cannot be told; the text says why, in both languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that a notice brings along by mail (附件): its name, its media type, its bytes. Raises ``NoticeError``."""

    name: str
    content_type: str
    content: bytes = field(repr=False)

    def __post_init__(self) -> None:
        media = re.fullmatch(r"(application|image|text)/[A-Za-z0-9.+-]+", self.content_type)
        if not media or not self.name or not self.name.isprintable() or "/" in self.name:
            raise NoticeError(
                "an attachment has a file name without a path, and a media type such as text/csv "
                "附件须有不含路径的文件名，以及 text/csv 之类的媒体类型"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A message to people (通知), in both languages, without personal data.

    The texts are plain lines. ``html`` and ``attachments`` go by mail only. Raises ``NoticeError`` for a severity that is
    not known, a subject of more than one line, a key that is too long, attachments that are too large.
    """

    subject_zh: str
    subject_en: str
    text_zh: str
    text_en: str
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    severity: NoticeSeverity = "info"
    key: str = ""

    def __post_init__(self) -> None:
        if self.severity not in get_args(NoticeSeverity):
            raise NoticeError(f"severity {self.severity!r}: info, warning or serious 级别应为 info、warning 或 serious")
        if not all(each.strip() and each.isprintable() for each in (self.subject_zh, self.subject_en)):
            raise NoticeError(
                "both subjects of a notice are one line that is not empty 通知标题中英文均不得为空，且只有一行"
            )
        if len(self.key) > LONGEST_KEY:
            raise NoticeError(
                f"the key of a notice has {LONGEST_KEY} characters at most 通知的键最长 {LONGEST_KEY} 个字符"
            )
        if sum(len(each.content) for each in self.attachments) > MOST_ATTACHED:
            raise NoticeError(
                f"the attachments of a notice have {MOST_ATTACHED} bytes at most 通知附件合计最大 {MOST_ATTACHED} 字节"
            )


def queue_notice(connection: LedgerConnection, channel: str, notice: Notice, *, at: datetime) -> bool:
    """Queue a notice for a channel; return False if one of the same key was queued for it before.

    It is told once the transaction of the connection is committed, and never if it is not.
    """
    values = {
        "channel": channel,
        "key": notice.key or None,
        "severity": notice.severity,
        "subject": f"{notice.subject_en} {notice.subject_zh}"[:_SUBJECT],
        "body": notice_bytes(notice),
        "state": "waiting",
        "due": at,
        "attempts": 0,
        "said": "",
        "at": at,
    }
    adding = upserting(connection, HUB_NOTICES).on_conflict_do_nothing(index_elements=["channel", "key"])
    return connection.sql.execute(adding.returning(HUB_NOTICES.c.id), [values]).first() is not None


def notice_bytes(notice: Notice) -> bytes:
    """Return a notice as it is kept: JSON, attachments in Base64."""
    kept = asdict(notice)
    kept["attachments"] = [{**each, "content": b64encode(each["content"]).decode()} for each in kept["attachments"]]
    return json.dumps(kept, ensure_ascii=False).encode()


def read_notice(content: bytes) -> Notice:
    """Return a notice that was kept."""
    kept = json.loads(content)
    attachments = tuple(
        Attachment(**{**each, "content": b64decode(each["content"])}) for each in kept.pop("attachments")
    )
    return Notice(**kept, attachments=attachments)
