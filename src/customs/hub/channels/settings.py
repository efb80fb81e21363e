"""The channels of a hub's file (通知渠道设置): ``[channels.NAME]`` with its ``kind``, secrets from a variable or a file only."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from customs.bilingual import halves
from customs.hub.channels.mail import MailChannel
from customs.hub.channels.others import AppriseChannel
from customs.hub.channels.posting import ChannelSettingError, PostAddress
from customs.hub.channels.robots import ROBOTS, RobotChannel
from customs.hub.channels.smtp import MAIL_PORTS, MailServer
from customs.hub.channels.telling import Channel
from customs.hub.channels.webhooks import PLACES, SMS_PLACES, WebhookChannel, places_of
from customs.hub.channels.wording import LANGUAGES, NoticeLanguage
from customs.intake.enterprise_keys import Secret
from customs.intake.enterprise_reading import Reading, Steps
from customs.signing import SigningError

#: The form of a channel's name.
CHANNEL_NAME = r"[a-z0-9][a-z0-9-]{0,39}"

_MAIL_ADDRESS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """The table of one channel as it is read."""

    reading: Reading
    table: Mapping[str, Any]
    steps: Steps

    def wrong(self, name: str, en: str, zh: str) -> None:
        self.reading.wrong((*self.steps, name) if name else self.steps, en, zh)

    def text(self, name: str) -> str:
        return self.reading.text_at(self.table, name, self.steps)

    def flag(self, name: str) -> bool:
        value = self.table.get(name, False)
        if not isinstance(value, bool):
            self.wrong(name, "this is true or false", "此处应为 true 或 false")
        return value is True

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.table.get(name, [])
        if not (isinstance(value, list) and all(isinstance(each, str) and each.isprintable() for each in value)):
            self.wrong(name, 'this is a list of texts: ["...", "..."]', '此处应为文本列表：["…", "…"]')
            return ()
        return tuple(value)

    def secret(self, name: str, *, needed: bool = True) -> str:
        """Return what a variable or a file holds; a secret in the file itself is a mistake."""
        value = self.table.get(name)
        if value is None and not needed:
            return ""
        where = secret_place(self.reading, value)
        if where is None:
            self.wrong(
                name,
                f'{name} is a secret: write {{ env = "VARIABLE" }} or {{ file = "FILE" }}, which holds it',
                f'{name} 属于密钥，请写 {{ env = "环境变量名" }} 或 {{ file = "文件名" }}',
            )
            return ""
        try:
            return where.read()
        except (SigningError, OSError, ValueError):
            what = f"the variable {where.env}" if where.env else "the file"
            self.wrong(name, f"{what} has to hold this secret and nothing else", "该环境变量或文件应只含此密钥")
            return ""

    def ca_file(self) -> str | None:
        path = self.reading.path_at(self.table, "ca_file", self.steps)
        return str(path) if path else None

    def languages(self) -> tuple[NoticeLanguage, ...]:
        value = self.table.get("languages", list(LANGUAGES))
        found = tuple(each for each in LANGUAGES if isinstance(value, list) and each in value)
        if not found or len(found) != len(value):
            self.wrong("languages", 'this is ["zh"], ["en"] or ["zh", "en"]', '此处应为 ["zh"]、["en"] 或 ["zh", "en"]')
            return LANGUAGES
        return tuple(each for each in value if each in LANGUAGES)


def secret_place(reading: Reading, value: object) -> Secret | None:
    """Return where a secret is kept, None if the value does not say so."""
    match value:
        case {"env": str(name), **rest} if name and not rest:
            return Secret(env=name)
        case {"file": str(name), **rest} if name and not rest:
            return Secret(file=reading.text.path.parent / name)
        case _:
            return None


def read_channels(reading: Reading, table: Mapping[str, Any], steps: Steps = ("channels",)) -> dict[str, Channel]:
    """Return the channels of a hub's file by name; every mistake is noted in ``reading``."""
    found: dict[str, Channel] = {}
    for name, value in table.items():
        here = _Table(reading=reading, table=reading.table(value, (*steps, name)), steps=(*steps, name))
        if not re.fullmatch(CHANNEL_NAME, name):
            here.wrong(
                "",
                "the name of a channel has small letters, digits and hyphens, 40 at most",
                "渠道名称由小写字母、数字和连字符组成，最长 40 位",
            )
        channel = _channel(here)
        if channel is not None:
            found[name] = channel
    return found


def _channel(here: _Table) -> Channel | None:
    kind = here.table.get("kind")
    if not isinstance(kind, str) or kind not in _KINDS:
        names = ", ".join(_KINDS)
        here.wrong("kind", f"kind is one of {names}", f"kind 应为 {names.replace(', ', '、')} 之一")
        return None
    keys, read = _KINDS[kind]
    here.reading.known(here.table, ("kind", "languages", *keys), here.steps)
    mistakes = len(here.reading.problems)
    try:
        channel = read(here)
    except ChannelSettingError as error:
        if len(here.reading.problems) == mistakes:  # not because of one that is told already
            here.wrong("", *halves(str(error)))
        return None
    return channel if len(here.reading.problems) == mistakes else None


def _address(here: _Table, *, secret: bool) -> PostAddress:
    value = here.table.get("url")
    url = here.secret("url") if secret or isinstance(value, dict) else here.text("url")
    return PostAddress(url=url, inner=here.flag("inner"), ca_file=here.ca_file())


def _robot(here: _Table, kind: str) -> Channel:
    return RobotChannel(
        kind=ROBOTS[kind],
        address=_address(here, secret=True),
        secret=here.secret("secret", needed=False),
        mention=here.texts("mention"),
        keyword=here.text("keyword"),
        languages=here.languages(),
    )


def _mail(here: _Table) -> Channel:
    security = here.table.get("security", "starttls")
    if security not in MAIL_PORTS:
        here.wrong(
            "security",
            "this is starttls or tls: mail goes over TLS alone",
            "此处应为 starttls 或 tls：邮件仅经 TLS 发送",
        )
        security = "starttls"
    port = here.table.get("port", MAIL_PORTS[security])
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
        here.wrong("port", "a port is a number from 1 to 65535", "端口为 1 至 65535 的整数")
    if not (host := here.text("host")):
        here.wrong("host", "the mail server is missing: host = ...", "缺少邮件服务器：host = …")
    user = here.text("user")
    sender, to = here.text("from"), here.texts("to")
    for name, addresses in (("from", (sender,)), ("to", to)):
        if not addresses or not all(re.fullmatch(_MAIL_ADDRESS, each) for each in addresses):
            here.wrong(
                name,
                "mail addresses are written name@host, without the name of a person",
                "邮件地址写作 name@host，不带姓名",
            )
    server = MailServer(
        host=host,
        port=port,
        security=security,
        user=user,
        password=here.secret("password") if user else "",
        ca_file=here.ca_file(),
        inner=here.flag("inner"),
    )
    return MailChannel(server=server, sender=sender, to=to, languages=here.languages())


def _webhook(here: _Table, *, sms: bool) -> Channel:
    address = _address(here, secret=False)
    template = _secrets_read(here, "template", here.reading.table(here.table.get("template", {}), here.steps))
    known = SMS_PLACES if sms else PLACES
    places = places_of(template)
    if strange := [each for each in places if each not in known]:
        here.wrong(
            "template",
            f"there is no place {{{strange[0]}}}; there are {', '.join(known)}",
            f"没有占位符 {{{strange[0]}}}，可用的有 {'、'.join(known)}",
        )
    if not places:
        here.wrong("template", "the template has no place: {subject}", "模板中没有占位符，例如 {subject}")
    form = here.table.get("format", "json")
    if form not in ("json", "form"):
        here.wrong("format", "this is json or form", "此处应为 json 或 form")
    if form == "form" and any(isinstance(each, dict | list) for each in template.values()):
        here.wrong("template", "a form has texts alone, no tables or lists", "表单模板只能含文本，不能含表或列表")
    return WebhookChannel(
        address=address,
        template=template,
        form=form == "form",
        sms=sms,
        headers={
            name: str(each) for name, each in _secrets_read(here, "headers", here.table.get("headers", {})).items()
        },
        good={name: str(each) for name, each in here.reading.table(here.table.get("good", {}), here.steps).items()},
        languages=here.languages()[:1] if sms else here.languages(),
    )


def _secrets_read(here: _Table, name: str, value: Any) -> Any:
    """Return a table in which each secret stands for its place."""
    if secret_place(here.reading, value) is not None:
        return _Table(reading=here.reading, table={name: value}, steps=here.steps).secret(name)
    match value:
        case Mapping():
            return {key: _secrets_read(here, name, each) for key, each in value.items()}
        case list():
            return [_secrets_read(here, name, each) for each in value]
        case _:
            return value


def _other(here: _Table) -> Channel | None:
    url = here.secret("url")
    return AppriseChannel(url=url, languages=here.languages()) if url else None


_POSTED = ("url", "inner", "ca_file")
_TEMPLATE = (*_POSTED, "template", "format", "headers", "good")
_ROBOT = (*_POSTED, "mention", "keyword")

#: The kinds of channels: their keys, and how each is read.
_KINDS: Mapping[str, tuple[tuple[str, ...], Callable[[_Table], Channel | None]]] = {
    "mail": (("host", "port", "security", "user", "password", "from", "to", "ca_file", "inner"), _mail),
    "dingtalk": ((*_ROBOT, "secret"), partial(_robot, kind="dingtalk")),
    "wecom": (_ROBOT, partial(_robot, kind="wecom")),
    "feishu": ((*_ROBOT, "secret"), partial(_robot, kind="feishu")),
    "webhook": (_TEMPLATE, partial(_webhook, sms=False)),
    "sms": (_TEMPLATE, partial(_webhook, sms=True)),
    "apprise": (("url",), _other),
}
