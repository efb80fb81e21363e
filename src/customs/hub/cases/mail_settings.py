"""Settings of mails for cases (来信配置, tables ``[cases.mail.NAME]``): where mails wait, and whose cases they open."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from customs.hub.cases.imap_mails import IMAP_PORT, ImapMails, ImapServer
from customs.hub.cases.mail_folder import MailFolder, MailSource
from customs.hub.channels.settings import secret_place
from customs.intake.enterprise_reading import Reading, Steps
from customs.signing import SigningError

_KEYS = ("enterprise", "folder", "host", "port", "user", "password", "mailbox", "ca_file", "inner")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPlace:
    """A folder or a mailbox where mails wait for an enterprise; without one they are for the only enterprise of the hub."""

    where: Path | ImapServer = field(repr=False)
    enterprise: str = ""

    def source(self) -> MailSource:
        """Return what fetches the mails; it is closed after use."""
        return ImapMails(self.where) if isinstance(self.where, ImapServer) else MailFolder(self.where)


def read_mail_places(reading: Reading, table: Mapping[str, Any], steps: Steps) -> dict[str, MailPlace]:
    """Read the tables ``[cases.mail.NAME]``; mistakes are noted in ``reading``."""
    found = dict[str, MailPlace]()
    for name, value in table.items():
        at = (*steps, name)
        given = reading.table(value, at)
        reading.known(given, _KEYS, at)
        where = reading.path_at(given, "folder", at) if "host" not in given else _server(reading, given, at)
        if ("folder" in given) == ("host" in given):
            reading.wrong(
                at,
                "mails wait in a folder or in a mailbox: folder = ..., or host = ... with user and password",
                "来信位置为文件夹或邮箱：folder = ...，或 host = ... 及 user、password",
            )
        elif where is not None:
            found[name] = MailPlace(where=where, enterprise=reading.text_at(given, "enterprise", at))
    return found


def _server(reading: Reading, table: Mapping[str, Any], at: Steps) -> ImapServer | None:
    port, inner = table.get("port", IMAP_PORT), table.get("inner", False)
    mistakes = len(reading.problems)
    if isinstance(port, bool) or not isinstance(port, int) or not 0 < port < 65536:
        reading.wrong((*at, "port"), "a port is a number from 1 to 65535", "端口为 1 至 65535 的整数")
    if not isinstance(inner, bool):
        reading.wrong((*at, "inner"), "this is true or false", "此处应为 true 或 false")
    texts = {name: reading.text_at(table, name, at) for name in ("host", "user", "mailbox")}
    if not texts["user"] and "user" not in table:
        reading.wrong((*at, "user"), "the user of the mailbox is missing: user = ...", "缺少邮箱用户：user = ...")
    if set(texts["mailbox"]) & set('"\\'):
        reading.wrong((*at, "mailbox"), "a mailbox has no quotes in its name", "邮箱文件夹名称不含引号")
    password, ca_file = _password(reading, table, at), reading.path_at(table, "ca_file", at)
    if len(reading.problems) > mistakes:
        return None
    return ImapServer(
        host=texts["host"],
        port=port,
        user=texts["user"],
        password=password,
        mailbox=texts["mailbox"] or "INBOX",
        ca_file=str(ca_file) if ca_file else None,
        inner=inner,
    )


def _password(reading: Reading, table: Mapping[str, Any], at: Steps) -> str:
    place = secret_place(reading, table.get("password"))
    try:
        if place is not None:
            return place.read()
    except (SigningError, OSError, ValueError):
        pass
    reading.wrong(
        (*at, "password"),
        'the password is { env = "VARIABLE" } or { file = "FILE" }, which holds it',
        '密码请写 { env = "环境变量名" } 或 { file = "文件名" }',
    )
    return ""


def mails_have_enterprises(reading: Reading, places: Mapping[str, MailPlace], enterprises: tuple[str, ...]) -> None:
    """Note mails whose enterprise the hub does not have, or that name none where there are several."""
    for name, place in places.items():
        if place.enterprise not in (*enterprises, *("",) * (len(enterprises) == 1)):
            known = ", ".join(enterprises)
            reading.wrong(
                ("cases", "mail", name, "enterprise"),
                f"name the enterprise whose cases these mails open: one of {known}",
                f"请写明来信所属企业：{known} 之一",
            )
