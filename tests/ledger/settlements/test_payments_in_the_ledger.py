"""Bills and declared payments in the ledger: files and rows count once, every difference is named, days are closed."""

import os
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Delete, Update, delete, func, select, update

from customs.intake.sheets import SheetError
from customs.ledger import EntryCause, Ledger, LedgerConnection, LedgerError, open_ledger
from customs.ledger.settlements import (
    DayNotClosedError,
    DeclaredPayment,
    SettlementTerms,
    TakenBill,
    answer,
    close_day,
    compared_bookings,
    compared_orders,
    days_of_bills,
    enter_payments,
    enter_refund_states,
    file_findings,
    open_payment_bills,
    payments_in_table,
    refunds_in_table,
    take_bill,
)
from customs.ledger.settlements.settlement_tables import DECLARED, FILES, FUNDS, PAYMENTS
from customs.rules.finding import Finding
from support import settlement_files as written
from support.ledgers import KEYS, LedgerDatabases
from support.settlement_files import DAY, MERCHANT, OLD, PARTNER, REFUND, SUCCESS, Refund, Sale, sales
from support.statements import reading_steps, statements_counted

SAMPLES = Path(os.environ["CUSTOMS_SPEC"]) / "ops" / "samples" if "CUSTOMS_SPEC" in os.environ else None

AT = datetime(2026, 11, 20, 10)
TERMS = SettlementTerms(merchants=frozenset({MERCHANT, PARTNER}), rates={PARTNER: Decimal("0.006")})
CAUSE = EntryCause("file", "declared")


def take(connection: LedgerConnection, path: Path, day: date | None = None) -> list[TakenBill]:
    with open_payment_bills(path) as bills:
        return [take_bill(connection, each, at=AT, day=day) for each in bills]


def put(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def declared_of(given: Sequence[Sale]) -> list[DeclaredPayment]:
    """What a shop declares that makes no mistake: an order that was refunded was cancelled."""
    return [
        DeclaredPayment(
            order_no=each.order, payment_no=each.number, amount=each.ordered, paid_at=each.at,
            declared_at=each.at + timedelta(minutes=20), standing="cancelled" if each.refunds else "released",
            standing_since=each.at + timedelta(hours=1), payer_is_buyer=True,
        )
        for each in given
    ]  # fmt: skip


def found_in(ledger: Ledger, terms: SettlementTerms = TERMS) -> dict[str, list[tuple[str, str]]]:
    with ledger.read() as connection:
        return {
            each.order_no: [(finding.code, finding.severity.value) for finding in each.findings]
            for each in compared_orders(connection, terms, AT)
            if each.findings
        }


def count(ledger: Ledger) -> list[int]:
    with ledger.read() as connection:
        tables = (FILES, PAYMENTS, FUNDS, DECLARED)
        return [connection.sql.execute(select(func.count()).select_from(each)).scalar_one() for each in tables]


def test_a_file_is_taken_once_and_a_row_once_whichever_files_it_stands_in(ledger: Ledger, tmp_path: Path) -> None:
    given = sales(30, 1)
    whole = put(tmp_path, "all.csv", written.wechat_trade(given))
    with ledger.begin() as connection:
        (taken,) = take(connection, whole)
    rows = 30 + sum(len(each.refunds) for each in given)
    assert (taken.is_new, taken.rows, taken.repeated, taken.days, taken.faults) == (True, rows, 0, (DAY,), ())
    before = count(ledger)
    with ledger.begin() as connection:
        assert [each.is_new for each in take(connection, whole)] == [False]
    assert count(ledger) == before
    for name, header in (("s.csv", SUCCESS), ("r.csv", REFUND), ("o.csv", OLD)):
        with ledger.begin() as connection:
            (taken,) = take(connection, put(tmp_path, name, written.wechat_trade(given, header)))
        assert (taken.is_new, taken.repeated, taken.faults) == (True, taken.rows, ()), name
    assert count(ledger)[1] == before[1]


def test_rows_of_earlier_files_are_found_without_reading_all_of_them(
    sqlite_databases: LedgerDatabases, tmp_path: Path
) -> None:
    given = sales(40, seed=3)
    trade = put(tmp_path, "trade.csv", written.wechat_trade(given))
    funds = put(tmp_path, "funds.csv", written.wechat_funds(given))
    with sqlite_databases.ledger() as ledger:
        with ledger.begin() as connection, statements_counted() as statements:
            assert [each.rows > 40 for path in (trade, funds) for each in take(connection, path)] == [True, True]
        with ledger.read() as connection:
            for table, columns in (
                ("payments", "company=? AND kind=? AND key=?"),
                ("funds", "company=? AND flow_no=?"),
            ):
                (step,) = reading_steps(connection, f"settlement_{table}", statements)
                assert step.endswith(f"({columns})")


def test_a_file_that_two_take_at_once_is_taken_by_one_of_them(ledger: Ledger, tmp_path: Path) -> None:
    path, together = put(tmp_path, "t.csv", written.wechat_trade(sales(600, 1))), Barrier(2)

    def taking(_: int) -> bool:
        together.wait()
        with ledger.begin() as connection:
            return take(connection, path)[0].is_new

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(taking, range(2))) == [False, True]
    assert count(ledger)[0] == 1


@pytest.mark.parametrize(
    "change", [update(PAYMENTS).values(ordered=Decimal(1)), delete(PAYMENTS)], ids=["change", "delete"]
)
def test_the_database_refuses_to_change_or_delete_a_row_of_a_bill(
    ledger: Ledger, tmp_path: Path, change: Update | Delete
) -> None:
    with ledger.begin() as connection:
        take(connection, put(tmp_path, "t.csv", written.wechat_trade(sales(2, 1))))
    with pytest.raises(LedgerError, match="refuses"), ledger.begin() as connection:
        connection.sql.execute(change)


def test_a_row_that_differs_from_the_one_in_an_earlier_file_is_a_fault(ledger: Ledger, tmp_path: Path) -> None:
    given = sales(5, 1)
    changed = [replace(given[0], settled=given[0].settled - 1), *given[1:]]
    with ledger.begin() as connection:
        take(connection, put(tmp_path, "first.csv", written.wechat_trade(given)))
    with ledger.begin() as connection:
        (taken,) = take(connection, put(tmp_path, "second.csv", written.wechat_trade(changed)))
    assert [(each.line, "line 2 of first.csv" in each.en) for each in taken.faults] == [(2, True)]


def test_a_row_that_stands_twice_in_a_file_is_a_fault(ledger: Ledger, tmp_path: Path) -> None:
    given = sales(5, 1)
    with ledger.begin() as connection:
        (taken,) = take(connection, put(tmp_path, "b.csv", written.wechat_trade([*given, given[0]])))
    assert "stands in the file twice" in taken.faults[0].en
    assert count(ledger)[1] == 5 + sum(len(each.refunds) for each in given)


def test_a_file_that_turns_out_damaged_leaves_nothing_in_the_ledger(ledger: Ledger, tmp_path: Path) -> None:
    lines = written.wechat_trade(sales(2_000, 1)).splitlines()
    path = put(tmp_path, "cut.csv", "\r\n".join(lines[:1_500]))
    with pytest.raises(SheetError), ledger.begin() as connection:
        take(connection, path)
    assert count(ledger) == [0, 0, 0, 0]


class Injected:
    """Sales of a company and what was declared, with some differences of each kind, and the code that each must get."""

    def __init__(self, company: str, seed: int, times: int) -> None:
        given = sales(90 + 20 * times, seed, company)
        self.company, self.expected = company, dict[str, str]()
        self.declared = {each.order_no: each for each in declared_of(given)}
        self.sold = {each.order: each for each in given}
        self.twice = list[Sale]()
        self._fresh = iter([each for each in given if not each.refunds])
        for _ in range(times):
            self._inject()

    def _one(self, code: str) -> Sale:
        sale = next(self._fresh)
        self.expected[sale.order] = code
        return sale

    def _change(self, code: str, **values: object) -> None:
        order = self._one(code).order
        self.declared[order] = replace(self.declared[order], **values)  # type: ignore[arg-type]

    def _refund(self, sale: Sale, number: str, **values: object) -> None:
        back = Refund(
            number=f"{number}{sale.number}"[:32], at=sale.at + timedelta(hours=2), asked=sale.ordered,
            refunded=sale.settled, fee=sale.fee,
        )  # fmt: skip
        sold = self.sold[sale.order]
        self.sold[sale.order] = replace(sold, refunds=(*sold.refunds, replace(back, **values)))  # type: ignore[arg-type]

    def _inject(self) -> None:
        del self.declared[self._one("PAY01").order]
        del self.sold[self._one("PAY02").order]
        self._change("PAY03", amount=Decimal("1.23"))
        self.twice.append(self._one("PAY04"))
        self._change("PAY05", payment_no=f"4299{len(self.expected):024}")
        self._refund(self._one("PAY06"), "6")
        self._change("PAY07", standing="returned", standing_since=datetime(2026, 11, 11, 23))
        over = self._one("PAY08")
        self._refund(over, "8")
        self._refund(over, "9")
        self.declared[over.order] = replace(self.declared[over.order], standing="returned")
        if self.company == "wechat":
            self._refund(self._one("PAY09"), "5", state="FAIL")
        fee = self._one("PAY10")
        self.sold[fee.order] = replace(fee, fee=fee.fee + Decimal("0.05"))
        self._change("PAY13", paid_at=datetime(2026, 11, 12, 0, 0, 3))
        self._change("PAY14", payer_is_buyer=False)


def again(sale: Sale, company: str, at: int) -> Sale:
    """The payment of an order once more, by the other company."""
    number = f"2026111122{at:018}" if company == "alipay" else f"4277{at:024}"
    return replace(sale, number=number, settled=sale.ordered, fee=written.fee_of(sale.ordered), refunds=())


@pytest.mark.parametrize(("seed", "times"), [(7, 1), (8, 4)])
def test_each_injected_difference_is_named_and_nothing_else(
    ledger: Ledger, tmp_path: Path, seed: int, times: int
) -> None:
    one, two = Injected("wechat", seed, times), Injected("alipay", seed, times)
    wechat = [*one.sold.values(), *(again(each, "wechat", at) for at, each in enumerate(two.twice))]
    alipay = [*two.sold.values(), *(again(each, "alipay", at) for at, each in enumerate(one.twice))]
    (stranger,) = sales(1, 99)
    expected = one.expected | two.expected | {stranger.order: "PAY12"}
    paths = (
        put(tmp_path, "wechat.csv", written.wechat_trade(wechat)),
        put(tmp_path, "alipay.csv", written.alipay_trade(alipay), "gb18030"),
        put(tmp_path, "stranger.csv", written.wechat_trade([stranger]).replace(MERCHANT, "1999000008")),
        put(tmp_path, "funds.csv", written.wechat_funds([*wechat, stranger], net=False)),
        put(tmp_path, "account.csv", written.alipay_account(alipay), "gb18030"),
    )
    with ledger.begin() as connection:
        assert [each.faults for path in paths for each in take(connection, path)] == [()] * 5
        declared = (*one.declared.values(), *two.declared.values(), *declared_of([stranger]))
        enter_payments(connection, declared, cause=CAUSE, at=AT)
    found = found_in(ledger)
    assert {order: codes for order, codes in found.items() if order not in expected} == {}
    assert {order: {code for code, _ in codes} for order, codes in found.items()} == {
        order: {code} for order, code in expected.items()
    }
    with ledger.read() as connection:
        assert list(compared_bookings(connection)) == []
        sums = connection.sql.execute(
            select(PAYMENTS.c.company, func.sum(PAYMENTS.c.ordered), func.sum(PAYMENTS.c.asked))
            .where(PAYMENTS.c.merchant != "1999000008")
            .group_by(PAYMENTS.c.company)
        )
        told = {company: (ordered, asked) for company, ordered, asked in sums}
    for company, given in (("wechat", wechat), ("alipay", alipay)):
        asked = sum((back.asked for each in given for back in each.refunds), Decimal(0))
        assert told[company] == (sum(each.ordered for each in given), asked)


def test_the_day_of_a_bill_without_rows_is_not_that_of_others(ledger: Ledger, tmp_path: Path) -> None:
    path = put(tmp_path, "t.csv", written.wechat_trade(sales(3, 1)))
    with ledger.begin() as connection:
        assert [each.days for each in take(connection, path, date(2026, 11, 10))] == [(DAY,)]
        assert [each.is_new for each in take(connection, path)] == [False]
        assert [each.is_new for each in take(connection, path, date(2026, 11, 12))] == [False]


def test_what_the_fund_bill_books_otherwise_is_named(ledger: Ledger, tmp_path: Path) -> None:
    given = sales(40, 7)
    wrong = [replace(given[0], fee=given[0].fee + 1), *given[1:]]
    with ledger.begin() as connection:
        take(connection, put(tmp_path, "t.csv", written.wechat_trade(given)))
        take(connection, put(tmp_path, "f.csv", written.wechat_funds(wrong)))
    with ledger.read() as connection:
        ((company, day, finding),) = compared_bookings(connection, (DAY, DAY))
    assert (company, day, finding.code, finding.path) == ("wechat", DAY, "PAY11", given[0].order)


def test_an_order_split_without_a_word_on_it_is_found_by_its_transaction_number(ledger: Ledger, tmp_path: Path) -> None:
    (sale,) = sales(1, 1)
    whole = declared_of([sale])[0]
    parts = [
        replace(whole, order_no=f"{sale.order}-1", amount=Decimal("1.00")),
        replace(whole, order_no=f"{sale.order}-2", amount=sale.ordered - 1),
    ]
    with ledger.begin() as connection:
        take(connection, put(tmp_path, "t.csv", written.wechat_trade([replace(sale, refunds=())])))
        enter_payments(connection, parts, cause=CAUSE, at=AT)
    assert found_in(ledger) == {sale.order: [("PAY03", "note")]}


def test_an_order_split_by_word_is_compared_with_the_bill_or_missed_in_it(ledger: Ledger, tmp_path: Path) -> None:
    sale = replace(sales(1, 1)[0], refunds=())
    parts = [
        replace(declared_of([sale])[0], order_no=f"S{at}", payment_no=f"P{at}", amount=amount, bill_order_no=sale.order)
        for at, amount in enumerate((Decimal("1.00"), sale.ordered - 1))
    ]
    with ledger.begin() as connection:
        enter_payments(connection, parts, cause=CAUSE, at=AT)
    assert found_in(ledger) == {"S0": [("PAY02", "warning")], "S1": [("PAY02", "warning")]}
    with ledger.begin() as connection:
        take(connection, put(tmp_path, "t.csv", written.wechat_trade([sale])))
    assert found_in(ledger) == {sale.order: [("PAY03", "note")]}


def test_only_the_orders_of_some_days_are_compared_where_these_are_given(ledger: Ledger, tmp_path: Path) -> None:
    first, second = sales(3, 1), sales(3, 2, day=DAY + timedelta(days=1))
    with ledger.begin() as connection:
        take(connection, put(tmp_path, "t.csv", written.wechat_trade([*first, *second])))
        enter_payments(connection, declared_of(sales(2, 5, day=DAY + timedelta(days=2))), cause=CAUSE, at=AT)
        for days, count in ((0, 3), (1, 3), (2, 2)):
            day = DAY + timedelta(days=days)
            assert len(list(compared_orders(connection, TERMS, AT, (day, day)))) == count
        assert len(list(compared_orders(connection, TERMS, AT))) == 8


def test_who_paid_and_what_was_bought_is_not_kept(ledger_url: str, tmp_path: Path) -> None:
    if not ledger_url.startswith("sqlite"):
        return
    given = sales(20, 1, "alipay")
    with open_ledger(ledger_url, KEYS) as ledger, ledger.begin() as connection:
        take(connection, put(tmp_path, "t.csv", written.wechat_trade(sales(20, 1))))
        take(connection, put(tmp_path, "a.csv", written.alipay_trade(given), "gb18030"))
        take(connection, put(tmp_path, "f.csv", written.alipay_account(given), "gb18030"))
    kept = b"".join(
        each.read_bytes() for each in Path(ledger_url.removeprefix("sqlite:///")).parent.glob("ledger*.db*")
    )
    assert given[0].number.encode() in kept
    for hidden in ("oTEST", "tes***", "测试", "wx0"):
        assert hidden.encode() not in kept


def test_what_is_declared_again_without_news_is_not_entered_and_the_last_word_counts(ledger: Ledger) -> None:
    declared = declared_of(sales(3, 1))
    with ledger.begin() as connection:
        assert enter_payments(connection, declared, cause=CAUSE, at=AT) == 3
        assert enter_payments(connection, declared, cause=EntryCause("file", "again"), at=AT) == 0
        news = [replace(declared[0], standing="returned")]
        assert enter_payments(connection, news, cause=EntryCause("file", "news"), at=AT) == 1
    assert count(ledger)[3] == 4


def test_how_a_refund_ended_takes_the_place_of_what_the_bill_said(ledger: Ledger, tmp_path: Path) -> None:
    sale = replace(sales(1, 3)[0], refunds=())
    back = Refund(
        number="5012", at=sale.at, asked=sale.ordered, refunded=sale.settled, fee=sale.fee, state="PROCESSING"
    )
    with ledger.begin() as connection:
        take(connection, put(tmp_path, "t.csv", written.wechat_trade([replace(sale, refunds=(back,))])))
        enter_payments(connection, declared_of([replace(sale, refunds=(back,))]), cause=CAUSE, at=AT)
    assert found_in(ledger) == {sale.order: [("PAY09", "warning")]}
    ended = put(tmp_path, "refunds.csv", "微信退款单号,退款状态\n5012,SUCCESS\n")
    with ledger.begin() as connection:
        assert enter_refund_states(connection, refunds_in_table(ended), cause=CAUSE, at=AT) == 1
        assert enter_refund_states(connection, refunds_in_table(ended), cause=CAUSE, at=AT) == 0
    assert found_in(ledger) == {}
    with ledger.begin() as connection:
        enter_refund_states(connection, {"5012": "FAIL"}, cause=EntryCause("file", "later"), at=AT)
    assert found_in(ledger)[sale.order][0] == ("PAY07", "error")


def open_findings(ledger: Ledger) -> list[Finding]:
    with ledger.read() as connection:
        return [finding for each in compared_orders(connection, TERMS, AT) for finding in each.findings]


def test_a_day_is_closed_when_every_row_is_matched_explained_or_answered(ledger: Ledger, tmp_path: Path) -> None:
    given = sales(30, 1)
    declared = declared_of(given)
    declared[0] = replace(declared[0], amount=Decimal("1.00"))
    with ledger.begin() as connection:
        take(connection, put(tmp_path, "t.csv", written.wechat_trade(given)))
        enter_payments(connection, declared, cause=CAUSE, at=AT)
    closing = EntryCause("ticket", "close", "clerk")
    with pytest.raises(DayNotClosedError, match=r"1 open difference.*1 项差异未处理"), ledger.begin() as connection:
        close_day(connection, "wechat", DAY, TERMS, cause=closing, at=AT)
    (finding,) = open_findings(ledger)
    with ledger.begin() as connection:
        ticket = EntryCause("ticket", "T1", "clerk")
        assert answer(connection, finding, "ticket", "T1", cause=ticket, at=AT)
        assert not answer(connection, finding, "ticket", "T1", cause=ticket, at=AT)
        assert close_day(connection, "wechat", DAY, TERMS, cause=closing, at=AT).state == "closed"
    with ledger.read() as connection:
        (day,) = days_of_bills(connection, TERMS, AT)
    assert (day.company, day.day, day.rows, day.open, day.state) == (
        "wechat", DAY, 30 + sum(len(each.refunds) for each in given), 0, "closed",
    )  # fmt: skip
    assert day.outcomes == {"different": 1, "matched": 29}


def test_an_answer_holds_for_the_figures_it_was_given_for(ledger: Ledger, tmp_path: Path) -> None:
    (sale,) = sales(1, 1)
    wrong = replace(declared_of([sale])[0], amount=Decimal("1.00"))
    with ledger.begin() as connection:
        take(connection, put(tmp_path, "t.csv", written.wechat_trade([sale])))
        enter_payments(connection, [wrong], cause=CAUSE, at=AT)
    (finding,) = open_findings(ledger)
    with ledger.begin() as connection:
        answer(connection, finding, "explanation", "seen", cause=EntryCause("ticket", "T1", "clerk"), at=AT)
        assert [each.open for each in days_of_bills(connection, TERMS, AT)] == [0]
        enter_payments(connection, [replace(wrong, amount=Decimal("2.00"))], cause=EntryCause("file", "2"), at=AT)
        assert [each.open for each in days_of_bills(connection, TERMS, AT)] == [1]


def test_a_later_bill_with_rows_of_a_closed_day_opens_it_again(ledger: Ledger, tmp_path: Path) -> None:
    first, later = sales(5, 1), sales(1, 9)
    with ledger.begin() as connection:
        take(connection, put(tmp_path, "t.csv", written.wechat_trade(first)))
        enter_payments(connection, declared_of([*first, *later]), cause=CAUSE, at=AT)
    with ledger.begin() as connection:
        again = take(connection, put(tmp_path, "l.csv", written.wechat_trade(later)))
        assert [each.rows for each in again] == [1 + len(later[0].refunds)]
        close_day(connection, "wechat", DAY, TERMS, cause=EntryCause("ticket", "c", "clerk"), at=AT)
    with ledger.begin() as connection:
        more = sales(1, 11)
        take(connection, put(tmp_path, "m.csv", written.wechat_trade(more)))
        assert [(each.state, each.open > 0) for each in days_of_bills(connection, TERMS, AT)] == [("open", True)]


def test_a_faulty_file_holds_its_day_open_until_a_good_one_comes(ledger: Ledger, tmp_path: Path) -> None:
    given = sales(10, 1)
    text = written.wechat_trade(given)
    with ledger.begin() as connection:
        take(connection, put(tmp_path, "bad.csv", _off(text)))
        enter_payments(connection, declared_of(given), cause=CAUSE, at=AT)
        assert [each.open for each in days_of_bills(connection, TERMS, AT)] == [1]
        assert [(company, days) for company, days, _ in file_findings(connection)] == [("wechat", (DAY,))]
        take(connection, put(tmp_path, "good.csv", text))
        assert [each.open for each in days_of_bills(connection, TERMS, AT)] == [0]


def _off(text: str) -> str:
    """A bill of which the summary counts one row more."""
    lines = text.splitlines()
    figures = lines[-1].split(",")
    return "\r\n".join((*lines[:-1], ",".join((f"`{int(figures[0][1:]) + 1}", *figures[1:])), ""))


def test_a_day_without_rows_is_closed_by_the_day_that_is_given(ledger: Ledger, tmp_path: Path) -> None:
    empty = put(tmp_path, "e.csv", written.wechat_trade([]))
    with ledger.begin() as connection:
        take(connection, empty, DAY)
        take(connection, empty, DAY + timedelta(days=1))
        assert [(each.day, each.rows) for each in days_of_bills(connection, TERMS, AT)] == [
            (DAY, 0),
            (DAY + timedelta(days=1), 0),
        ]
        closed = close_day(connection, "wechat", DAY, TERMS, cause=EntryCause("ticket", "c", "clerk"), at=AT)
    assert closed.state == "closed"


def test_a_day_without_a_bill_cannot_be_closed(ledger: Ledger) -> None:
    with pytest.raises(LookupError, match=r"no trade bill.*请先导入"), ledger.begin() as connection:
        close_day(connection, "wechat", DAY, TERMS, cause=EntryCause("ticket", "c", "clerk"), at=AT)


@pytest.mark.skipif(SAMPLES is None, reason="CUSTOMS_SPEC is not set")
def test_the_day_of_the_samples_has_the_differences_that_it_was_made_with(ledger: Ledger) -> None:
    assert SAMPLES is not None
    with ledger.begin() as connection:
        for name in (
            "wechat_trade_all.csv",
            "wechat_fundflow_basic.csv",
            "alipay_trade.zip",
            "alipay_account_detail.gbk.csv",
        ):
            take(connection, SAMPLES / name)
        enter_payments(connection, payments_in_table(SAMPLES / "declared_payments.csv"), cause=CAUSE, at=AT)
    found = defaultdict[str, set[str]](set)
    for order, codes in found_in(ledger, SettlementTerms()).items():
        found[order.removeprefix("TEST26110000")] |= {code for code, _ in codes}
    assert found == {
        "02": {"PAY03"}, "03": {"PAY06"}, "07": {"PAY04"}, "08": {"PAY01"}, "09": {"PAY02"}, "11": {"PAY06"},
        "13": {"PAY05"}, "90": {"PAY08", "PAY09"},
    }  # fmt: skip
    with ledger.read() as connection:
        assert list(compared_bookings(connection)) == []
