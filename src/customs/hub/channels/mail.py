"""Mail (邮件通知): a notice as text and HTML with its attachments, the same message each time it is sent.

Message-ID and Date come from the notice and the time it was queued, so that mail programs recognise a repeat.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from customs.fields.moments import CHINA_TIME
from customs.hub.channels.smtp import MailServer, hand_over_mail
from customs.hub.channels.telling import QueuedNotice, Telling
from customs.hub.channels.wording import LANGUAGES, NoticeLanguage, subject_of

_POLICY = SMTP.clone(cte_type="7bit")  # servers without 8BITMIME take it too


@dataclass(frozen=True, slots=True, kw_only=True)
class MailChannel:
    """Mail to the people on duty (邮件通道): the server, the sender, and to whom."""

    server: MailServer
    sender: str
    to: tuple[str, ...]
    languages: tuple[NoticeLanguage, ...] = LANGUAGES
    rate: float = 60

    def tell(self, queued: QueuedNotice, *, now: datetime) -> Telling:
        """Tell a notice once. Never raises for what the server or the network does."""
        return hand_over_mail(self.server, self.message(queued).as_bytes(), self.sender, self.to)

    def message(self, queued: QueuedNotice) -> EmailMessage:
        """Return the message of a notice, which is the same each time."""
        notice, texts = queued.notice, {"zh": queued.notice.text_zh, "en": queued.notice.text_en}
        message = EmailMessage(policy=_POLICY)
        message["Subject"] = subject_of(notice, self.languages)
        message["From"] = Address(addr_spec=self.sender)
        message["To"] = tuple(Address(addr_spec=each) for each in self.to)
        at = queued.at if queued.at.tzinfo else queued.at.replace(tzinfo=CHINA_TIME)
        message["Date"] = format_datetime(at)
        message["Message-ID"] = message_id(queued, self.sender)
        message["Auto-Submitted"] = "auto-generated"
        if notice.severity == "serious":
            message["Importance"] = "high"
        message.set_content("\n\n".join(texts[each].strip("\n") for each in self.languages) + "\n")
        if notice.html:
            message.add_alternative(notice.html, subtype="html")
        for each in notice.attachments:
            main, _, sub = each.content_type.partition("/")
            message.add_attachment(each.content, maintype=main, subtype=sub, filename=each.name)
        return message


def message_id(queued: QueuedNotice, sender: str) -> str:
    """Return the Message-ID of a notice: of its channel, its key and the time it was queued."""
    of = f"{queued.channel}\n{queued.key}\n{queued.at:%Y-%m-%dT%H:%M:%S.%f}"
    return f"<{hashlib.sha256(of.encode()).hexdigest()[:40]}@{sender.rpartition('@')[2]}>"
