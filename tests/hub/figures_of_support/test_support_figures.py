"""Figures of support: each is counted from the log, and a workbook and lines say the same."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest

from customs.hub.cases.entries import MACHINE
from customs.hub.cases.folded import HubCase
from customs.hub.cases.kept import entries_of_case, titles_of
from customs.hub.cases.lookups import count_lookups, note_lookups
from customs.hub.cases.opening import CaseLink, NewCase, open_case
from customs.hub.cases.settings import CaseSettings
from customs.hub.cases.states import CaseState
from customs.hub.cases.working import comment_on_case, link_case, move_case, queue_case
from customs.hub.knowledge.articles import write_article
from customs.hub.knowledge.content import ArticleContent, ArticleText
from customs.hub.knowledge.suggestions import note_use
from customs.hub.orders.retention import RetentionSettings
from customs.hub.procedures.running import RunPlace, begin_run, take_step
from customs.hub.procedures.runs import entries_of_run
from customs.hub.procedures.said import cases_retention_turn, erase_said_of_order
from customs.hub.procedures.steps import read_procedure
from customs.hub.reports.measures import HealthShare
from customs.hub.reports.report_files import csv_of_report, workbook_of_report
from customs.hub.reports.windows import ReportWindow
from customs.hub.support.support_figures import support_figures
from customs.hub.support.support_report import SupportReport
from customs.ledger import LedgerConnection
from customs.signing import Signer
from support import some
from support.cases import NINE, act, opened, orders, seen
from support.hub_office import hub_at_work
from support.ledgers import LedgerDatabases

SETTINGS = CaseSettings()
WINDOW = ReportWindow(NINE - timedelta(hours=1), NINE + timedelta(days=1))
LATER = NINE + timedelta(days=2)


def solved(connection: LedgerConnection, case: HubCase, answer: float, waits: float, done: float) -> HubCase:
    """A case is answered, waits for customs, and is resolved, at minutes after nine."""
    case = move_case(connection, seen(case), CaseState.WORKING, act("li", answer))
    case = comment_on_case(connection, seen(case), "在查", act("li", answer), outside=True)
    case = move_case(connection, seen(case), CaseState.WAITING_CUSTOMS, act("li", waits))
    return move_case(connection, seen(case), CaseState.RESOLVED, act("li", done))


def test_times_promises_reopenings_and_hand_overs_are_those_of_the_log(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        first = solved(connection, opened(connection, "identity/over_yearly", links=orders(1)), 10, 30, 90)
        second = solved(connection, opened(connection, "identity/over_yearly", links=orders(2)), 20, 60, 170)
        move_case(connection, seen(second), CaseState.REOPENED, act("buyer", 24 * 60, "not mended"))
        third = opened(connection, "tax/tax_differs")
        queue_case(connection, seen(third), "goods", act("li", 5))
        cancelled = opened(connection, "tax/tax_differs")
        move_case(connection, seen(cancelled), CaseState.CANCELLED, act("li", 5, "no case"))
        opened(connection, "tax/tax_differs", by=act("li", 60 * 24 * 3))  # after the window
        found = support_figures(connection, "shop", WINDOW, SETTINGS, now=LATER)
        of_class = found.by_class["identity/over_yearly"]
        assert (found.total.count, found.total.open, found.total.resolved) == (3, 2, 1)
        assert (of_class.answer.p50, of_class.answer.p90) == (600, 1200)
        assert (of_class.customer.p50, of_class.desk.p50) == (90 * 60, 30 * 60)  # the second is open again
        assert of_class.reopened == HealthShare(1, 2)
        assert found.total.hand_overs == HealthShare(1, 3)
        assert found.total.first_contact == HealthShare(2, 3)
        # decided: all three of the first, the answer of the second, and the answer of the third that is overdue
        assert found.total.kept == HealthShare(4, 5)
        assert sum(found.ages) == 2
        assert found.ages[1] == 2
        assert {each: found.by_priority[each].count for each in found.by_priority} == {4: 3}
        assert first.resolved_at is not None


def test_the_causes_that_took_most_of_the_desk_come_first(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        solved(connection, opened(connection, cause="code/1313/2991/", links=orders(1, 2, 3)), 10, 120, 130)
        solved(connection, opened(connection, "delivery/lost", links=orders(4)), 10, 30, 40)
        found = support_figures(connection, "shop", WINDOW, SETTINGS, now=LATER).causes
        assert [(each.cause, each.cases, each.orders, each.desk_seconds) for each in found] == [
            ("code/1313/2991/", 1, 3, 7200),
            ("delivery/lost", 1, 1, 1800),
        ]


def test_a_look_up_that_no_case_follows_within_a_day_was_answered_by_itself(
    sqlite_databases: LedgerDatabases,
) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        names = [each.target for each in orders(1, 2, 3)]
        note_lookups(connection, "shop", names, at=NINE)
        note_lookups(connection, "other", names, at=NINE)
        opened(connection, links=orders(1), by=act(minutes=60))
        opened(connection, links=orders(2), by=act(minutes=25 * 60))
        found = count_lookups(connection, "shop", (WINDOW.since, WINDOW.until))
        assert (found.count, found.followed) == (3, 1)


def test_articles_and_what_the_hub_did_itself_are_counted(sqlite_databases: LedgerDatabases, signer: Signer) -> None:
    text = ArticleContent(zh=ArticleText(title="甲", issue="乙"))
    steps = 'version = 1\nname = ["A", "甲"]\nsteps = [{ key = "last", name = ["E", "终"], action = "resolve" }]'
    with sqlite_databases.ledger() as ledger:
        shop = hub_at_work(ledger, NINE, signer).enterprise
        with ledger.begin() as connection:
            case = opened(connection)
            article = write_article(connection, "shop", text, act())
            note_use(connection, article, act(), case=case.id, helped=True)
            note_use(connection, article, act())
            link_case(connection, seen(case), (CaseLink("article", str(article.id)),), act())
            place = RunPlace(enterprise="shop", case=case.id)
            run = begin_run(connection, read_procedure("a", steps), place, act())
            take_step(connection, shop, (run.id, "last"), "", act("li", 1))
            found = support_figures(connection, "shop", WINDOW, SETTINGS, now=LATER)
        assert found.knowledge.with_article == HealthShare(1, 1)
        assert (found.knowledge.used, found.knowledge.helped) == (2, HealthShare(1, 1))
        assert (dict(found.actions), found.minutes_saved) == ({"resolve": 1}, 1)


def test_no_cases_give_a_report_without_figures(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        report = SupportReport(figures=support_figures(connection, "shop", WINDOW, SETTINGS, now=LATER))
        assert report.figures.total.kept.percent == "-"
        assert csv_of_report(report).startswith("\ufeffreport,".encode())


def test_workbook_and_lines_say_the_same_and_no_text_becomes_a_formula(sqlite_databases: LedgerDatabases) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        solved(connection, opened(connection, cause="=cmd|'/c calc'!A1", links=orders(1)), 10, 20, 30)
        report = SupportReport(figures=support_figures(connection, "shop", WINDOW, SETTINGS, now=LATER))
        rows = list(csv.reader(io.StringIO(csv_of_report(report).decode("utf-8-sig"))))
        assert ["causes", "'=cmd|'/c calc'!A1", "1", "1", "1200"] in rows
        book = openpyxl.load_workbook(io.BytesIO(workbook_of_report(report)))
        assert len(book.sheetnames) == 1 + len(report.tables)
        cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
        assert [each.value for each in some(cells) if each.data_type == "f"] == []


def test_what_was_said_in_a_case_is_erased_with_its_time_and_the_figures_stay(
    sqlite_databases: LedgerDatabases,
) -> None:
    keeps = RetentionSettings()
    with sqlite_databases.ledger() as ledger:
        with ledger.begin() as connection:
            done = solved(connection, opened(connection, links=orders(1)), 10, 20, 30)
            open_one = opened(connection, links=orders(2))
            before = support_figures(connection, "shop", WINDOW, SETTINGS, now=LATER)
        ends = NINE + timedelta(minutes=30) + keeps.declared
        assert cases_retention_turn(ledger, "shop", keeps, now=ends - timedelta(seconds=1)) == 0
        assert cases_retention_turn(ledger, "shop", keeps, now=ends) == 1
        assert cases_retention_turn(ledger, "shop", keeps, now=ends) == 0
        with ledger.begin() as connection:
            assert titles_of(connection, [done.id, open_one.id]) == {open_one.id: "退单"}
            assert {each.words for each in entries_of_case(connection, done.id, words=True)} == {""}
            assert support_figures(connection, "shop", WINDOW, SETTINGS, now=LATER) == before


@pytest.mark.parametrize("several", [False, True])
def test_a_buyer_has_what_was_said_of_their_order_erased_and_not_that_of_others(
    several: bool, sqlite_databases: LedgerDatabases
) -> None:
    with sqlite_databases.ledger() as ledger, ledger.begin() as connection:
        links = orders(1, 2) if several else orders(1)
        new = NewCase(title="张三", links=links)
        case = open_case(connection, "shop", new, act(MACHINE)).case
        steps = 'version = 1\nname = ["A", "甲"]\nsteps = [{ key = "a", name = ["E", "终"] }]'
        run = begin_run(
            connection, read_procedure("a", steps), RunPlace(enterprise="shop", case=case.id), act(why="张三")
        )
        erased = erase_said_of_order(connection, "shop", orders(1)[0].target)
        assert (erased, case.id in titles_of(connection, [case.id])) == ((0, True) if several else (2, False))
        assert [each.words for each in entries_of_run(connection, run.id)] == (["张三"] if several else [""])
