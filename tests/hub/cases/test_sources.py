"""Where cases come from: alarms, look-ups and mails; and the files that they bring."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from customs.hub.alarms.alarm import HubAlarm
from customs.hub.alarms.condition import AlarmPlace
from customs.hub.alarms.rules import AlarmSeverity
from customs.hub.cases.acts import SeenCase
from customs.hub.cases.attachments import LARGEST_FILE, CaseFile, attach_file, read_file
from customs.hub.cases.entries import MACHINE, CaseEntryKind
from customs.hub.cases.kept import CaseError, NoCaseError, entries_of_case, links_of_case, read_opening, titles_of
from customs.hub.cases.mail import case_token, read_mail, take_mail
from customs.hub.cases.opening import CaseLink, OpenedCase, open_case
from customs.hub.cases.priorities import CaseImpact, CaseUrgency
from customs.hub.cases.shown import CaseQuery, count_cases, list_cases
from customs.hub.cases.sources import case_of_alarm, case_of_receipt
from customs.hub.cases.states import CaseState
from customs.hub.cases.tables import HUB_CASE_FILES
from customs.hub.cases.working import assign_case, move_case, prioritise_case
from customs.ledger import LedgerConnection
from support.cases import NINE, act, assert_as_its_log_says, opened, orders, seen
from support.ledgers import KEYS, LedgerDatabases

PNG = b"\x89PNG\r\n\x1a\n and what follows"


def mail(subject: str = "退单了", number: str = "<1@shop>", text: str = "请帮忙", **headers: str) -> EmailMessage:
    found = EmailMessage()
    found["From"], found["Subject"], found["Message-ID"] = "Buyer <buyer@example.com>", subject, number
    for name, value in headers.items():
        found[name.replace("_", "-")] = value
    found.set_content(text)
    return found


def taken(connection: LedgerConnection, message: EmailMessage, minutes: float = 0) -> OpenedCase | None:
    return take_mail(connection, "shop", read_mail(bytes(message)), act(MACHINE, minutes))


def test_an_alarm_opens_one_case_however_often_it_is_told(sqlite_databases: LedgerDatabases) -> None:
    place = AlarmPlace("guarantee_low", "2991", "", "4401000001")
    alarm = HubAlarm(enterprise="shop", place=place, severity=AlarmSeverity.SERIOUS, since=NINE, held_from=NINE, id=7)
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        first = open_case(connection, "shop", case_of_alarm(alarm, orders(1)), act(MACHINE))
        again = open_case(connection, "shop", case_of_alarm(alarm, orders(1)), act(MACHINE, 5))
        assert (again.case.id, again.is_new, first.is_new) == (first.case.id, False, True)
        assert (first.case.case_class, first.case.queue, first.case.priority) == ("tax/guarantee_low", "finance", 1)
        assert {("alarm", "7"), *orders(1)} <= links_of_case(connection, first.case.id)
        assert again.case.entries == first.case.entries  # nothing new was said


def test_orders_refused_with_one_code_in_a_district_are_one_case(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        found = [
            open_case(connection, "shop", case_of_receipt("1313", order, district), act("li")).case
            for order, district in zip(orders(1, 2, 3), ("2991", "2991", "5165"), strict=True)
        ]
        assert [each.id for each in found] == [found[0].id, found[0].id, found[2].id]
        assert found[0].case_class == "identity/over_yearly"
        (line,) = list_cases(connection, "shop", CaseQuery(link=orders(2)[0]))
        assert (line.case, line.title) == (found[1], "1313 2991")


def test_a_list_shows_what_is_urgent_first_page_by_page(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        cases = [opened(connection, each) for each in ("tax/tax_differs", "back/return_deadline", "tax/bill_missing")]
        prioritise_case(connection, seen(cases[2]), (CaseImpact.ALL, CaseUrgency.GOODS), act())
        assign_case(connection, seen(cases[0]), "li", act())
        order = [each.case.id for each in list_cases(connection, "shop", CaseQuery())]
        assert order == [cases[2].id, cases[1].id, cases[0].id]
        pages, after = list[int](), None
        while page := list_cases(connection, "shop", CaseQuery(), after=after, most=1):
            after = page[-1].case.priority, page[-1].case.id
            pages.append(page[-1].case.id)
        assert pages == order
        assert [each.case.id for each in list_cases(connection, "shop", CaseQuery(case_class="back"))] == [cases[1].id]
        assert [each.case.id for each in list_cases(connection, "shop", CaseQuery(assignee="li"))] == [cases[0].id]
        assert len(list_cases(connection, "shop", CaseQuery(assignee="", queues=("finance",)))) == 1
        assert list_cases(connection, "shop", CaseQuery(open=False)) == []
        assert count_cases(connection, "shop")["finance", CaseState.ASSIGNED] == 1


def test_a_mail_opens_a_case_and_its_answer_goes_into_it_once(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        found = taken(connection, mail())
        assert found is not None
        number = found.case.id
        assert (found.is_new, found.case.source, titles_of(connection, [number])) == (True, "mail", {number: "退单了"})
        first = entries_of_case(connection, number, words=True)[0]
        assert read_opening(first.words)[1] == "buyer@example.com\n\n请帮忙\n"
        assert first.by == "mail"  # and not the address
        assert taken(connection, mail()) is None  # the server gives it once more
        answer = mail(f"Re: 退单了 {case_token(KEYS, number)}", "<2@shop>", "还没好")
        again = taken(connection, answer, 5)
        assert again is not None
        assert (again.case.id, again.is_new) == (number, False)
        threaded = mail("Re:", "<3@shop>", "在吗", References=f"<a@b> <case-{case_token(KEYS, number)[2:-1]}.1@hub>")
        found = taken(connection, threaded, 6)
        assert found is not None
        assert found.case.id == number
        assert assert_as_its_log_says(connection, number).answered_at is None  # the asker is no answer


def test_who_writes_to_a_closed_case_reopens_it_and_an_absence_note_does_not(
    sqlite_databases: LedgerDatabases,
) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        case = move_case(connection, seen(opened(connection)), CaseState.RESOLVED, act())
        token = case_token(KEYS, case.id)
        away = taken(connection, mail(f"不在 {token}", "<4@shop>", "休假", Auto_Submitted="auto-replied"))
        assert away is not None
        assert away.case.state is CaseState.RESOLVED
        assert taken(connection, mail("不在", "<5@shop>", "休假", Auto_Submitted="auto-replied")) is None
        again = taken(connection, mail(f"Re: {token}", "<6@shop>", "还是不行"), 9)
        assert again is not None
        assert (again.case.state, again.case.reopened) == (CaseState.REOPENED, 1)


def test_a_token_of_another_enterprise_or_a_guessed_one_opens_a_case_of_its_own(
    sqlite_databases: LedgerDatabases,
) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        case = opened(connection)
        for place, subject in enumerate((f"[#{case.id}-000000000000]", case_token(KEYS, case.id))):
            enterprise = "shop" if place == 0 else "other"
            found = take_mail(connection, enterprise, read_mail(bytes(mail(subject, f"<{place}@x>"))), act(MACHINE))
            assert found is not None
            assert found.is_new
        assert len(entries_of_case(connection, case.id)) == case.entries


def test_files_of_a_mail_are_kept_sealed_and_what_is_not_taken_is_named(sqlite_databases: LedgerDatabases) -> None:
    message = mail()
    message.add_attachment(PNG, maintype="image", subtype="png", filename="../../截图.png")
    message.add_attachment(b"MZ", maintype="application", subtype="x-msdownload", filename="run.exe")
    message.add_attachment(b"<html>", maintype="image", subtype="jpeg", filename="page.jpg")
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        found = taken(connection, message)
        assert found is not None
        entries = entries_of_case(connection, found.case.id, words=True)
        (attached,) = [each for each in entries if each.kind is CaseEntryKind.ATTACHED]
        assert read_file(connection, "shop", found.case.id, int(attached.after)) == CaseFile(
            name="截图.png", content_type="image/png", content=PNG
        )
        assert "run.exe" in entries[-1].words
        assert "page.jpg" in entries[-1].words
        assert PNG not in connection.sql.execute(select(HUB_CASE_FILES.c.sealed)).scalar_one()
        with pytest.raises(NoCaseError):
            read_file(connection, "other", found.case.id, int(attached.after))
        assert_as_its_log_says(connection, found.case.id)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (CaseFile(name="a.png", content_type="image/png", content=b"<script>"), "not of the type"),
        (CaseFile(name="a.svg", content_type="image/svg+xml", content=b"<svg/>"), "are not taken"),
        (CaseFile(name="../a.txt", content_type="text/plain", content=b"a"), "without a path"),
        (CaseFile(name="a.txt", content_type="text/plain", content=b""), "1 to"),
        (CaseFile(name="a.txt", content_type="text/plain", content=bytes(5)), "not of the type"),
        (CaseFile(name="a.txt", content_type="text/plain", content=b"a" * (LARGEST_FILE + 1)), "1 to"),
    ],
)
def test_a_file_that_is_not_taken_leaves_nothing(file: CaseFile, said: str, sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        case = opened(connection)
        with pytest.raises(CaseError, match=said):
            attach_file(connection, seen(case), file, act())
        assert connection.sql.execute(select(HUB_CASE_FILES.c.id)).all() == []
        assert assert_as_its_log_says(connection, case.id) == case


def test_a_page_is_read_as_words_and_a_broken_mail_does_not_stop_the_others(
    sqlite_databases: LedgerDatabases,
) -> None:
    page = mail()
    page.set_content("<style>p{}</style><p>第一行<br>第二行</p><script>x()</script>", subtype="html")
    assert read_mail(bytes(page)).text == "第一行\n第二行"
    for broken in (b"", b"\xff\xfe\x00", b"Subject: no sender\n\n"):
        with pytest.raises(CaseError, match=r"no sender .*没有发件人"):
            read_mail(broken)
    odd = b"From: a@b\nSubject: =?gb2312?B?zcu1pQ==?=\nContent-Type: text/plain; charset=none\n\n\xcd\xcb"
    assert read_mail(odd).subject == "退单"
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        found = take_mail(connection, "shop", read_mail(odd), act(MACHINE))
        assert found is not None
        assert found.case.opened_at - NINE == timedelta(0)
        assert CaseLink("order", "1") not in links_of_case(connection, found.case.id)
        assert SeenCase("shop", found.case.id).version is None
