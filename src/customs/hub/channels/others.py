"""Other services (其他通知服务) by Apprise, an optional extra: Telegram, Slack, Teams and a hundred more.

Apprise says yes or no: why a notice was not taken, the code inside a 200 answer and limits of pace stay hidden, the address of
a service is fixed, and there is no deadline over a whole request. Where a channel of its own exists, that one is better.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime

from customs.hub.channels.posting import ChannelSettingError, keep_addresses_unlogged
from customs.hub.channels.telling import QueuedNotice, Telling
from customs.hub.channels.wording import LANGUAGES, NoticeLanguage, fitted, lines_of, subject_of

_TYPES = {"info": "info", "warning": "warning", "serious": "failure"}

#: Bytes of a text; services with less room cut it themselves.
_MOST = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class AppriseChannel:
    """A service that Apprise knows, by its URL, which is a secret. Raises ``ChannelSettingError``."""

    url: str = field(repr=False)
    languages: tuple[NoticeLanguage, ...] = LANGUAGES
    rate: float = 20

    def __post_init__(self) -> None:
        try:
            import apprise
        except ImportError:
            raise ChannelSettingError(
                'this kind needs the extra apprise: pip install "cbec-customs[apprise]" 此类渠道需要扩展 apprise'
            ) from None
        logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it logs addresses and answers
        if not apprise.Apprise().add(self.url):
            raise ChannelSettingError("Apprise does not know a URL of this form Apprise 不支持该 URL")

    def tell(self, queued: QueuedNotice, *, now: datetime) -> Telling:
        """Tell a notice once. Apprise does not say why one was not taken."""
        import apprise

        keep_addresses_unlogged()
        service = apprise.Apprise()
        service.add(self.url)
        lines = fitted(lines_of(queued, self.languages), lambda each: len("\n".join(each).encode()), _MOST)
        taken = service.notify(
            title=subject_of(queued.notice, self.languages),
            body="\n".join(lines),
            notify_type=_TYPES[queued.notice.severity],
            interpret_escapes=False,
        )
        said = "the service did not take it, and Apprise does not say why 服务未接收，Apprise 不提供原因"
        return Telling(result="told") if taken else Telling(result="later", said=said)
