"""Self-service (自助查询): order and digits tell where it stands; guessing learns nothing and has to wait."""

from datetime import timedelta
from typing import Any

import pytest
from lxml import html
from sqlalchemy import Engine, event, select

from customs.hub.cases.kept import links_of_case
from customs.hub.cases.tables import HUB_CASES
from customs.hub.store.tables import HUB_ORDERS
from customs.hub.web.tables import HUB_TRIES
from support import exactly
from support.console import ConsoleReader, FilledConsole

ASK = "/ask/shop"


def digits_of(console: FilledConsole, place: int = 1) -> tuple[str, str]:
    """The number of an order and the end of its telephone number."""
    order = console.parcels[place].order
    return order.order_no, order.consignee_telephone[-4:]


def asked(reader: ConsoleReader, order: str, digits: str) -> Any:
    return reader.submit(reader.get(ASK), ASK, order=order, digits=digits)


def wrong(digits: str) -> str:
    return f"{(int(digits) + 1) % 10000:04}"


def test_order_and_digits_tell_where_it_stands_and_what_to_tell(console: FilledConsole) -> None:
    answer = asked(console.stranger("en"), *digits_of(console))
    assert answer.status_code == 200
    text = html.fromstring(answer.text).text_content()
    assert "Customs has released it, and the warehouse sends it." in text
    assert "taken in" in text
    order = console.parcels[1].order
    for each in exactly(
        4, (order.buyer_name, order.buyer_id_number, order.consignee_telephone, order.consignee_address)
    ):
        assert each not in answer.text


def test_an_order_that_is_not_there_and_wrong_digits_are_answered_alike(console: FilledConsole) -> None:
    order, digits = digits_of(console)
    answers = [asked(console.stranger("en"), *each) for each in ((order, wrong(digits)), ("NOBODY", digits))]
    assert [each.status_code for each in answers] == [404, 404]
    key = html.fromstring(answers[0].text).xpath("string(//input[@name='key']/@value)")
    other = html.fromstring(answers[1].text).xpath("string(//input[@name='key']/@value)")
    assert answers[0].text.replace(order, "X").replace(key, "K") == answers[1].text.replace("NOBODY", "X").replace(
        other, "K"
    )


def test_the_order_that_is_opened_in_place_of_one_that_is_not_there_is_never_told(console: FilledConsole) -> None:
    orders = HUB_ORDERS.c
    with console.ledger.read() as connection:
        newest = connection.sql.execute(select(orders.order_no).order_by(orders.id.desc()).limit(1)).scalar_one()
    (place,) = [each for each, parcel in enumerate(console.parcels) if parcel.order.order_no == newest]
    answer = asked(console.stranger("en"), "NOBODY", digits_of(console, place)[1])
    assert answer.status_code == 404
    assert newest not in answer.text


@pytest.mark.long
def test_both_take_the_same_work(console: FilledConsole) -> None:
    order, digits = digits_of(console)
    statements, made = list[str](), list[list[str]]()

    def note(*given: Any) -> None:
        statements.append(str(given[2]))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        for each in ((order, wrong(digits)), ("NOBODY", digits)):
            reader = console.stranger()
            page = reader.get(ASK)
            statements.clear()
            reader.submit(page, ASK, order=each[0], digits=each[1])
            made.append(list(statements))
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert made[0] == made[1] != []


@pytest.mark.long
def test_guessing_has_to_wait_by_order_and_by_address(console: FilledConsole) -> None:
    order, digits = digits_of(console)
    answers = [asked(console.stranger("en"), order, wrong(digits)).status_code for _ in range(6)]
    assert answers == [404] * 5 + [429]
    assert asked(console.stranger(), order, digits).status_code == 429  # the right digits have to wait too
    assert asked(console.stranger(), *digits_of(console, 2)).status_code == 200  # other orders do not
    console.hub.rehearsal.now += timedelta(seconds=3)
    assert asked(console.stranger(), order, digits).status_code == 200
    over = [asked(console.stranger(), f"N{each}", "0000").status_code for each in range(30)]
    assert 429 in over  # many orders from one address
    with console.ledger.read() as connection:
        assert order not in repr(connection.sql.execute(select(HUB_TRIES)).all())


def test_an_answer_opens_one_case_of_its_order(console: FilledConsole) -> None:
    reader = console.stranger("en")
    answer = asked(reader, *digits_of(console))
    for _ in exactly(2, range(2)):
        opened = reader.submit(answer, f"{ASK}/case", text="It has not come.")
        assert "is open" in opened.text
    with console.ledger.read() as connection:
        (row,) = connection.sql.execute(select(HUB_CASES)).all()
        links = dict(links_of_case(connection, row.id))
    assert row.source == "self_service"
    assert links["order"].endswith(f"/{console.parcels[1].order.order_no}")


@pytest.mark.parametrize("forged", [{"order": "OTHER"}, {"ticket": "20991231235959-00"}, {"ticket": ""}, {"key": "x"}])
@pytest.mark.long
def test_no_case_is_opened_without_the_ticket_of_an_answer(console: FilledConsole, forged: dict[str, str]) -> None:
    reader = console.stranger("en")
    answer = asked(reader, *digits_of(console))
    assert reader.submit(answer, f"{ASK}/case", text="x", **forged).status_code == 403
    console.hub.rehearsal.now += timedelta(minutes=21)
    assert reader.submit(answer, f"{ASK}/case", text="x").status_code == 403
    with console.ledger.read() as connection:
        assert connection.sql.execute(select(HUB_CASES)).all() == []


@pytest.mark.parametrize(
    ("order", "digits"), [("", "1234"), ("X", "12"), ("X", "12a4"), ("X", "１２３４"), ("' or 1=1 --", "%%%%")]
)
def test_a_form_that_is_not_filled_in_is_refused_in_words(console: FilledConsole, order: str, digits: str) -> None:
    answer = asked(console.stranger("en"), order, digits)
    assert answer.status_code == 422
    assert "four digits" in answer.text


def test_no_other_site_asks_and_no_other_enterprise_answers(console: FilledConsole) -> None:
    order, digits = digits_of(console)
    reader = console.stranger()
    assert reader.post("/console/ask/shop", {"order": order, "digits": digits}).status_code == 403
    elsewhere = {"Origin": "https://evil.example"}
    assert reader.post("/console/ask/shop", {"order": order, "digits": digits}, headers=elsewhere).status_code == 403
    assert reader.get("/ask/other").status_code == 404
