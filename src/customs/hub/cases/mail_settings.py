"""Settings of mails for cases (来信配置, tables ``[cases.mail.NAME]``): where mails wait, and whose cases they open."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from customs.hub.cases.mail_folder import MailFolder, MailSource
from customs.intake.enterprise_reading import Reading, Steps


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPlace:
    """A place where mails wait for an enterprise; without one they are for the only enterprise of the hub."""

    folder: Path
    enterprise: str = ""

    def source(self) -> MailSource:
        """Return what fetches the mails."""
        return MailFolder(self.folder)


def read_mail_places(reading: Reading, table: Mapping[str, Any], steps: Steps) -> dict[str, MailPlace]:
    """Read the tables ``[cases.mail.NAME]``; mistakes are noted in ``reading``."""
    found = dict[str, MailPlace]()
    for name, value in table.items():
        at = (*steps, name)
        given = reading.table(value, at)
        reading.known(given, ("folder", "enterprise"), at)
        folder, enterprise = reading.path_at(given, "folder", at), reading.text_at(given, "enterprise", at)
        if folder is None and "folder" not in given:
            reading.wrong(
                (*at, "folder"), "the folder of the mails is missing: folder = ...", "缺少邮件文件夹：folder = ..."
            )
        if folder is not None:
            found[name] = MailPlace(folder=folder, enterprise=enterprise)
    return found


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
