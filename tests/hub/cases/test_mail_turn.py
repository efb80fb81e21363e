"""Mails that are fetched from a folder: each opens or joins a case once, killed wherever it is; what cannot be read holds up none."""

import threading
from email.message import EmailMessage
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from customs.exchange.contract import WayError
from customs.hub.cases import mail_turn
from customs.hub.cases.kept import titles_of
from customs.hub.cases.mail import LARGEST_MAIL, case_token, take_mail
from customs.hub.cases.mail_folder import MailFolder, MailWaiting
from customs.hub.cases.mail_turn import MailsReport, mails_turn
from customs.hub.cases.shown import CaseQuery, list_cases
from customs.hub.cases.tables import HUB_CASE_MAILS, HUB_CASES
from customs.hub.service.watching import watching_lanes
from customs.hub.service.works import WorkDone, WorkPace
from customs.hub.settings.hub_file import load_hub
from customs.intake.problems import EnterpriseError
from customs.ledger import Ledger
from support.alarm_rows import shop
from support.cases import NINE
from support.ledgers import KEYS, LedgerDatabases


def mail(subject: str = "退单了", number: str = "<1@shop>", text: str = "请帮忙") -> bytes:
    found = EmailMessage()
    found["From"], found["Subject"] = "buyer@example.com", subject
    if number:
        found["Message-ID"] = number
    found.set_content(text)
    return bytes(found)


def put(folder: Path, *mails: bytes) -> MailFolder:
    """A folder with mails as files, named in their order."""
    for place, content in enumerate(mails):
        (folder / f"{place}.eml").write_bytes(content)
    return MailFolder(folder)


def left(folder: Path) -> list[str]:
    return sorted(str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file())


def titles(ledger: Ledger) -> list[str]:
    with ledger.read() as connection:
        numbers = [each.case.id for each in list_cases(connection, "shop", CaseQuery())]
        return [titles_of(connection, numbers)[each] for each in numbers]


def test_mails_of_a_folder_open_cases_and_join_them_and_go(sqlite_databases: LedgerDatabases, tmp_path: Path) -> None:
    with sqlite_databases.ledger() as ledger:
        source = put(tmp_path, mail(), mail("再问", "<2@shop>"))
        (tmp_path / "half.eml.part").write_bytes(b"From:")
        assert mails_turn(ledger, "shop", source, now=NINE) == MailsReport(opened=2)
        assert titles(ledger) == ["退单了", "再问"]
        assert left(tmp_path) == ["half.eml.part"], "what is not whole is not looked at"
        with ledger.read() as connection:
            first = connection.sql.execute(select(HUB_CASES.c.id).order_by(HUB_CASES.c.id)).scalars().first()
            assert first is not None
        put(tmp_path, mail(f"Re: {case_token(KEYS, first)}", "<3@shop>"), mail())
        assert mails_turn(ledger, "shop", source, now=NINE) == MailsReport(joined=1, passed=1)
        assert (len(titles(ledger)), left(tmp_path)) == (2, ["half.eml.part"])


def test_a_mail_without_a_number_is_known_by_its_content(sqlite_databases: LedgerDatabases, tmp_path: Path) -> None:
    with sqlite_databases.ledger() as ledger:
        source = put(tmp_path, mail(number=""), mail(number=""), mail(number="", text="另一封"))
        assert mails_turn(ledger, "shop", source, now=NINE) == MailsReport(opened=2, passed=1)


def test_what_cannot_be_read_stands_aside_and_the_others_go_on(
    sqlite_databases: LedgerDatabases, tmp_path: Path
) -> None:
    with sqlite_databases.ledger() as ledger:
        source = put(tmp_path, b"no mail at all", b"x" * (LARGEST_MAIL + 1), mail())
        assert mails_turn(ledger, "shop", source, now=NINE) == MailsReport(opened=1, aside=2)
        assert left(tmp_path) == ["aside/0.eml", "aside/1.eml"]
        put(tmp_path, b"another that is none")
        assert mails_turn(ledger, "shop", source, now=NINE).aside == 1
        assert len(left(tmp_path)) == 3, "what stood aside before is kept"


def killed(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("step", ["read", "entered", "taken"])
def test_a_worker_that_is_killed_loses_no_mail_and_takes_none_twice(
    step: str, sqlite_databases: LedgerDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with sqlite_databases.ledger() as ledger:
        source = put(tmp_path, mail(), mail("再问", "<2@shop>"))
        with monkeypatch.context() as cut:
            if step == "read":
                cut.setattr(mail_turn, "take_mail", killed)
            elif step == "entered":  # within the transaction, after everything is entered
                take = take_mail
                cut.setattr(mail_turn, "take_mail", lambda *given: killed(take(*given)))
            else:
                cut.setattr(MailFolder, "taken", killed)
            with pytest.raises(KeyboardInterrupt):
                mails_turn(ledger, "shop", source, now=NINE)
        assert len(left(tmp_path)) == 2
        assert len(titles(ledger)) == (step == "taken")
        done = mails_turn(ledger, "shop", source, now=NINE)
        assert (done.opened, done.passed) == ((1, 1) if step == "taken" else (2, 0))
        assert (titles(ledger), left(tmp_path)) == (["退单了", "再问"], [])


def test_two_workers_take_a_mail_once(ledger: Ledger) -> None:
    begin, found = threading.Barrier(2), list[MailsReport]()

    class Both:
        """A place where a mail waits for both."""

        def waiting(self, most: int) -> list[MailWaiting]:
            begin.wait(10)
            return [MailWaiting(name="1", content=mail())]

        def taken(self, mail: MailWaiting) -> None:
            pass

        aside = taken

        def close(self) -> None:
            pass

    def work() -> None:
        found.append(mails_turn(ledger, "shop", Both(), now=NINE))  # type: ignore[arg-type]

    both = [threading.Thread(target=work) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(30)
    assert sorted((each.opened, each.passed) for each in found) == [(0, 1), (1, 0)]
    with ledger.read() as connection:
        assert len(connection.sql.execute(select(HUB_CASES.c.id)).all()) == 1
        assert len(connection.sql.execute(select(HUB_CASE_MAILS.c.hash)).all()) == 1


def hub_file(folder: Path, table: str, enterprises: tuple[str, ...] = ("shop",)) -> Path:
    named = "\n".join(f'[enterprises.{each}]\nfile = "{each}.toml"' for each in enterprises)
    (folder / "hub.toml").write_text(f'[ledger]\nurl = "sqlite:///hub.db"\n{named}\n{table}', encoding="utf-8")
    return folder / "hub.toml"


def test_a_worker_fetches_the_mails_of_each_place(sqlite_databases: LedgerDatabases, tmp_path: Path) -> None:
    with sqlite_databases.ledger() as ledger:
        settings = load_hub(hub_file(tmp_path, '[cases.mail.support]\nfolder = "mails"'))
        pace = WorkPace(clock=lambda: NINE, chance=Random(1))  # noqa: S311  a jitter
        lanes = watching_lanes(ledger, settings, [shop()], pace)
        (work,) = [each for lane in lanes for each in lane if each.kind == "mail"]
        assert (work.enterprise, work.source) == ("shop", "support")
        with pytest.raises(WayError, match=r"mails cannot be used.*邮件文件夹 mails 无法使用"):
            work.turn()
        (tmp_path / "mails").mkdir()
        put(tmp_path / "mails", mail())
        assert work.turn() == WorkDone(counts={"opened": 1, "joined": 0, "aside": 0}, more=True)
        assert work.turn().more is False


@pytest.mark.parametrize(
    ("table", "enterprises", "said"),
    [
        ("", ("shop",), "mails wait in a folder or in a mailbox"),
        ('folder = "m"', ("shop", "brand"), "name the enterprise .*: one of shop, brand"),
        ('folder = "m"\nenterprise = "other"', ("shop",), "name the enterprise"),
        ('folder = "m"\nhost = "x"', ("shop",), "in a folder or in a mailbox"),
    ],
)
def test_a_mistake_about_a_place_of_mails_is_told(
    table: str, enterprises: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    with pytest.raises(EnterpriseError, match=said):
        load_hub(hub_file(tmp_path, f"[cases.mail.support]\n{table}", enterprises))
