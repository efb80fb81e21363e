"""A night at the hub: a peak, a wrong goods record, a payer out of order, a silent gateway, a warehouse that packs late.

What is told, when and to whom is all that is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from customs.hub.alarms.alarm import AlarmState, HubAlarm
from customs.hub.alarms.kept import list_alarms
from customs.hub.alarms.rules import alarm_rules
from customs.hub.cases.entries import CaseEntryKind
from customs.hub.cases.kept import entries_of_case, links_of_case
from customs.hub.cases.shown import CaseQuery, list_cases
from customs.hub.reports.health_report import HealthReport, health_report
from customs.hub.reports.page import page_of
from customs.hub.reports.report_files import csv_of_report, workbook_of_report
from customs.hub.reports.report_words import ReportEdition, district_title, node_words
from customs.hub.settings.hub_file import load_hub
from customs.signing import Signer
from support import ROOT, exactly, some
from support.gateway_server import Answered, Asked, serving
from support.ledgers import LedgerDatabases
from support.mail_server import Mailbox, mail_server
from support.night_money import NightMoney
from support.night_parcels import BRAND, BRAND_WAREHOUSE, GUARANTOR, PAYER, SHOP
from support.night_settings import TOLD, hub_file
from support.night_story import MORNING, NightStory, StoryWay, at, hub_of, night_passes, noted
from support.recounted import plain_rows, raw_orders
from support.recounted_report import counted_tables, recount_of

pytestmark = pytest.mark.long


@dataclass(frozen=True)
class Told:
    """The night that is over: everything of it, the money that finance entered, and the mails that came."""

    story: NightStory
    money: NightMoney
    box: Mailbox


@pytest.fixture(scope="module")
def night(
    sqlite_databases: LedgerDatabases, signer: Signer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    folder, money = tmp_path_factory.mktemp("night"), NightMoney()
    with sqlite_databases.ledger() as ledger, serving() as receiver, mail_server(folder) as box:
        settings = load_hub(hub_file(folder, receiver.address, box))
        shop, brand = hub_of(ledger, signer, "shop", SHOP), hub_of(ledger, signer, "brand", BRAND)
        story = NightStory(ledger, settings, shop, brand)
        note = noted(story)

        def answer(asked: Asked) -> Answered:
            note(asked.path.removeprefix("/"), asked.body)
            return Answered(b"{}")

        receiver.answer = answer
        night_passes(story, before_the_report=money.enter)
        yield Told(story, money, box)


def alarms(night: Told) -> list[HubAlarm]:
    """All alarms that ever opened or are about to, of both enterprises, the oldest first."""
    with night.story.ledger.read() as connection:
        found = [each for name in ("shop", "brand") for each in list_alarms(connection, name, states=tuple(AlarmState))]
    return sorted(found, key=lambda each: each.opened_at or MORNING)


def words(night: Told, *channels: str) -> list[tuple[datetime, str, str]]:
    """What was told of alarms: when, to whom, and the Chinese title."""
    found = [(each.at, each.channel, each.subject.split("：")[0].split(" [")[0]) for each in night.story.told]
    return sorted(each for each in found if "【" in each[2] and (not channels or each[1] in channels))


def report_of(night: Told, enterprise: str, edition: ReportEdition) -> HealthReport:
    """The report of the morning, as it was made when it went out."""
    story = night.story
    merchants = {each.enterprise.name: each.enterprise.belongings.only_merchants for each in story.hubs}[enterprise]
    scope = story.settings.reports.scope(edition, "day")
    with story.ledger.read() as connection:
        return health_report(connection, enterprise, MORNING, scope, merchants=merchants, now=MORNING)


def test_each_trouble_is_one_alarm_that_ends_with_it_and_there_is_no_other(night: Told) -> None:
    opened = [each for each in alarms(night) if each.opened_at]
    found = [(each.enterprise, *each.place, each.opened_at, each.closed_at) for each in opened]
    assert found == [
        ("shop", "rejections", "2991", "", "data", at(21, 15), at(22, 30)),
        ("shop", "lacking", "2991", f"payer:{PAYER}", "CEB411", at(22, 20), at(22, 50)),
        ("shop", "silent_gateway", "2910", "", "", at(23, 20), at(23, 55)),
        ("shop", "unattended", "2991", "", "customs", at(1), None),
        ("brand", "goods_late", "4600", f"warehouse:{BRAND_WAREHOUSE}", "packed", at(1, 15), at(4, 30)),
        ("shop", "guarantee_low", "", "", GUARANTOR, at(8), None),
    ]
    assert [(each.place.rule, each.explained_by) for each in alarms(night) if not each.opened_at] == [
        ("guarantee_runs_out", "guarantee_low")
    ]


def test_what_needs_somebody_is_a_case_with_its_orders_and_its_end(night: Told) -> None:
    known = {number: parcel.parties.platform_code for number, (_, _, parcel) in night.story.first_given().items()}
    by_rule = {(each.enterprise, each.place.rule): each for each in alarms(night) if each.opened_at}
    found = dict[tuple[str, str], list[tuple[str, datetime, str]]]()
    with night.story.ledger.read() as connection:
        for name in ("shop", "brand"):
            for line in list_cases(connection, name, CaseQuery()):
                entries, links = entries_of_case(connection, line.case.id), links_of_case(connection, line.case.id)
                (number,) = [int(target) for kind, target in links if kind == "alarm"]
                (rule,) = [place[1] for place, each in by_rule.items() if each.id == number]
                alarm = by_rule[name, rule]
                assert line.case.opened_at == alarm.opened_at
                ended = [each.at for each in entries if each.kind is CaseEntryKind.ALARM_ENDED]
                assert ended == ([alarm.closed_at] if alarm.closed_at else [])
                tied = {target for kind, target in links if kind == "order"}
                assert tied >= {f"{known[each]}/{each}" for each in alarm.examples}
                found[name, rule] = [(line.case.queue, line.case.opened_at, line.case.state.value)]
    assert found == {
        ("shop", "rejections"): [("operations", at(21, 15), "new")],
        ("shop", "lacking"): [("operations", at(22, 20), "new")],
        ("shop", "silent_gateway"): [("operations", at(23, 20), "new")],
        ("brand", "goods_late"): [("warehouse", at(1, 15), "new")],
        ("shop", "guarantee_low"): [("finance", at(8), "new")],
    }, "orders that wait for somebody are told of and are no case of their own"


def test_everybody_hears_what_is_theirs_when_it_is_theirs_and_nothing_else(night: Told) -> None:
    refused, lacking, silent = "同类退单集中", "服务商单证缺失", "回执静默"
    late, unattended, guarantee = "货物环节超时", "退单无人处理", "担保余额不足"
    assert words(night, "head") == [
        (at(21, 30), "head", f"【严重】{refused}"),
        (at(22, 30), "head", f"【已恢复】{refused}"),
        (at(23, 35), "head", f"【严重】{silent}"),
        (at(23, 55), "head", f"【已恢复】{silent}"),
        (at(8, 15), "head", f"【严重】{guarantee}"),
    ], "what is grave and nobody takes on within 15 minutes"
    assert words(night, "li", "wang") == [
        (at(22, 20), "li", f"【警告】{lacking}"),
        (at(22, 50), "li", f"【已恢复】{lacking}"),
        (at(23, 20), "li", f"【严重】{silent}"),
        (at(23, 55), "li", f"【已恢复】{silent}"),
        (at(1, 15), "li", f"【警告】{late}"),
        (at(2, 15), "li", f"【警告】{late}"),
        (at(3, 15), "li", f"【警告】{late}"),
        (at(4, 30), "li", f"【已恢复】{late}"),
    ], "who is on duty, from ten on; wang has the next night"
    assert words(night, "payer") == [
        (at(22, 20), "payer", f"【新告警】{lacking}"),
        (at(22, 50), "payer", f"【已恢复】{lacking}"),
    ]
    assert words(night, "warehouse") == [
        (at(1, 15), "warehouse", f"【新告警】{late}"),
        (at(2, 15), "warehouse", f"【仍未恢复】{late}"),
        (at(3, 15), "warehouse", f"【仍未恢复】{late}"),
        (at(4, 30), "warehouse", f"【已恢复】{late}"),
    ]
    assert words(night, "finance") == [(at(8), "finance", f"【严重】{guarantee}")]
    of_others = {each for each in words(night, "li", "payer", "warehouse", "finance", "head") if "新" not in each[2]}
    of_the_desk = {(when, title) for when, _, title in words(night, "desk")}
    assert {(when, title.replace("仍未恢复", "警告")) for when, _, title in of_others} - of_the_desk == {
        (at(21, 30), f"【严重】{refused}"),
        (at(23, 35), f"【严重】{silent}"),
        (at(8, 15), f"【严重】{guarantee}"),
    }, "the desk knows everything, but that the head was told"
    assert (at(21, 15), f"【严重】{refused}") in of_the_desk
    assert (at(7), f"【提示】{unattended}") in of_the_desk, "opened in the quiet hours, told after them"
    assert len(words(night, "desk")) == len(of_the_desk) == 12


def test_lists_behind_the_silent_gateway_raise_nothing_of_their_own(night: Told) -> None:
    (silent,) = [each for each in alarms(night) if each.place.rule == "silent_gateway"]
    waiting = [each for each in raw_orders(night.story, "shop") if each.told.district == "2910"]
    behind = [each for each in waiting if at(23) <= each.told.received < at(23, 50)]
    assert silent.peak <= len(behind)
    for each in some(behind):
        assert (each.told.first("released") or MORNING) < at(0), "all were answered once it spoke again"
    assert not any(each.place.rule in ("unanswered", "overdue") for each in alarms(night))


@pytest.mark.parametrize(("channel", "code"), [("payer", PAYER), ("warehouse", BRAND_WAREHOUSE)])
def test_a_provider_hears_of_its_own_orders_and_nothing_of_the_hub(night: Told, channel: str, code: str) -> None:
    own, others = set[str](), set[str]()
    for number, (_, _, parcel) in night.story.first_given().items():
        parts = (parcel.parties.payment_company_code, parcel.parties.area_operator_code)
        (own if code in parts else others).add(number)
    texts = [each.subject + each.text for each in night.story.told if each.channel == channel]
    for text in some(texts):
        assert not any(number in text for number in others)
        assert "customs hub" not in text
    assert any(number in texts[0] for number in own)


@pytest.mark.parametrize(
    ("enterprise", "edition"),
    [
        ("shop", ReportEdition.FULL),
        ("brand", ReportEdition.FULL),
        ("shop", ReportEdition.FINANCE),
        ("brand", ReportEdition.WAREHOUSE),
    ],
)
def test_each_number_of_the_report_is_a_count_of_the_raw_events(
    night: Told, enterprise: str, edition: ReportEdition
) -> None:
    report = report_of(night, enterprise, edition)
    found = {each.name: plain_rows(each.rows) for each in report.tables}
    counted = counted_tables(night.story, night.money, report)
    for name, rows in some(counted.items()):
        assert found.pop(name) == rows, name
    assert found.keys() - {"formulas"} <= {"waiting", "overdue", "silent"}


def test_the_report_names_what_waits_in_the_morning(night: Told) -> None:
    shop, brand = (report_of(night, name, ReportEdition.FULL) for name in ("shop", "brand"))
    tables = {
        name: {each.name: plain_rows(each.rows) for each in report.tables}
        for name, report in (("shop", shop), ("brand", brand))
    }
    of_shop, of_brand = recount_of(night.story, shop), recount_of(night.story, brand)
    for name, count in exactly(2, (("shop", of_shop), ("brand", of_brand))):
        waiting = count.waiting()
        assert {row[0]: row[1:] for row in tables[name]["waiting"]} == {
            node_words(node).en: row for node, row in waiting.items()
        }
    assert "overdue" not in tables["shop"]
    assert [row[0] for row in tables["brand"]["overdue"]] == [number for number, _ in of_brand.overdue()]
    assert len(of_brand.overdue()) == 5, "those for which the truck had no room"
    way = night.story.shop.way
    assert isinstance(way, StoryWay)
    silent = int((MORNING - way.last["9610"]).total_seconds())
    assert tables["shop"]["silent"] == [(district_title("2910").en, 3, silent)], "those that came while it was written"


def texts_of_the_morning(night: Told) -> str:
    """Everything that went out: what was told through webhooks, the mails with their pages, and every cell of the workbooks."""
    found = [each.subject + each.text for each in night.story.told]
    for message in exactly(4, night.box.messages):
        for part in message.walk():
            if part.get_content_maintype() == "text":
                found.append(str(part.get_content()))
            elif part.get_content_type().endswith("sheet"):
                book = load_workbook(BytesIO(part.get_content()))
                found += [
                    str(cell.value) for sheet in some(book.worksheets) for row in sheet.iter_rows() for cell in row
                ]
    for enterprise, edition in exactly(6, [(name, edition) for name in ("shop", "brand") for edition in ReportEdition]):
        report = report_of(night, enterprise, edition)
        found += [page_of(report, chinese=True), csv_of_report(report).decode("utf-8-sig")]
    return "\n".join(found)


def test_nothing_that_goes_out_holds_personal_data(night: Told) -> None:
    said = texts_of_the_morning(night)
    assert "EX1210" in said, "orders are named"
    for _, _, parcel in exactly(300, night.story.first_given().values()):
        order = parcel.order
        assert parcel.payment
        for secret in (
            order.buyer_name, order.buyer_id_number, order.buyer_telephone, order.consignee_address, order.buyer_reg_no,
            parcel.payment.payment_no,
        ):  # fmt: skip
            assert secret
            assert secret not in said


def test_the_mails_bring_the_reports_as_they_stand_to_whom_each_is_for(night: Told) -> None:
    wanted = {
        ("office@example.com", "shop", ReportEdition.FULL),
        ("office@example.com", "brand", ReportEdition.FULL),
        ("finance@example.com", "shop", ReportEdition.FINANCE),
        ("warehouse@example.com", "brand", ReportEdition.WAREHOUSE),
    }
    books = {
        (str(message["To"]), part.get_content())
        for message in exactly(4, night.box.messages)
        for part in message.walk()
        if part.get_content_type().endswith("sheet")
    }
    assert books == {(to, workbook_of_report(report_of(night, name, edition))) for to, name, edition in wanted}


def told_row(night: Told, alarm: HubAlarm, *, chinese: bool) -> str:
    """The row of an alarm in the pages: who was told when it opened, who later, and its end."""
    title = alarm_rules()[alarm.place.rule].title
    found = [each for each in words(night) if title.zh in each[2]]
    first = [each for each in found if each[0] == alarm.opened_at]
    later = [each for each in found if each not in first and "已恢复" not in each[2]]
    order = [*TOLD]
    assert alarm.opened_at
    opened = f"{alarm.opened_at:%H:%M}"
    quiet = f"{opened} 免打扰" if chinese else f"{opened}, quiet hours"
    at_once = f"{opened} {', '.join(sorted((each[1] for each in first), key=order.index))}" if first else quiet
    times = sorted({f"{when:%H:%M}" for when, _, _ in later}, key=[f"{when:%H:%M}" for when, _, _ in later].index)
    again = later and {each[1] for each in later} == {each[1] for each in first}
    after = " ".join([*(f"{when:%H:%M} {who}" for when, who, _ in later)])
    if again:
        after = f"{'、'.join(times)} 再次" if chinese else f"{', '.join(times)} again"
    place = f"（{alarm.place.district}）" if chinese else f" ({alarm.place.district})"
    name = (title.zh if chinese else title.en) + (place if alarm.place.district else "")
    over = f"{alarm.closed_at:%H:%M}" if alarm.closed_at else ""
    return f"| {name} | {at_once} | {after} | {over} |"


@pytest.mark.parametrize("page", ["docs/howto/watch-the-hub.md", "docs/zh/howto/watch-the-hub.md"])
def test_the_page_tells_the_night_as_it_was(night: Told, page: str) -> None:
    text, chinese = (ROOT / page).read_text(encoding="utf-8"), "/zh/" in page
    for alarm in exactly(6, [each for each in alarms(night) if each.opened_at]):
        assert told_row(night, alarm, chinese=chinese) in text
    shop, brand = (report_of(night, name, ReportEdition.FULL).figures.cohort.total for name in ("shop", "brand"))
    for share in (shop.share("released"), shop.share("first_pass"), brand.share("packed_in_time")):
        assert f"{share.part} / {share.whole}" in text
    assert len(night.story.first_given()) == 300
