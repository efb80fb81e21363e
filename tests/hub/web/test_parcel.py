"""The page of a parcel (包裹页): masked, looked at for a reason, and acted on once."""

import json
from datetime import timedelta
from typing import Any

import pytest
from lxml import html
from sqlalchemy import select, update

from customs.exchange.standing import DeliveryState
from customs.hub.orders.stages import OrderStage
from customs.hub.orders.taking_in import take_in
from customs.hub.store.tables import HUB_ANSWERED, HUB_NODES, HUB_ORDERS, HUB_REQUESTS
from customs.hub.turns.turn import declare_turn
from customs.hub.web.parcel_facts import parcel_facts
from customs.hub.web.tables import HUB_AUDIT
from customs.ledger.exchange import open_ledger_outbox
from customs.testing import sample_parcels
from support import exactly, some
from support.console import HOSTILE, REFUSED, ConsoleReader, FilledConsole, hostile


def personal(parcel: Any) -> set[str]:
    """Everything personal of a parcel, as it is."""
    return {fact.value for group in parcel_facts(parcel, unmasked=True) for fact in group.facts if fact.personal} - {""}


def audit(console: FilledConsole, action: str) -> list[Any]:
    with console.ledger.read() as connection:
        return list(connection.sql.execute(select(HUB_AUDIT).where(HUB_AUDIT.c.action == action)))


def text_of(answer: Any) -> str:
    return str(html.fromstring(answer.text).text_content())


def declare_anew(console: FilledConsole, place: int = 0) -> Any:
    """A parcel that was just taken in."""
    (parcel,) = [list(sample_parcels(place + 1, seed=99, mode="1210"))[place]]
    with console.ledger.begin() as connection:
        take_in(connection, "shop", [parcel], at=console.hub.now)
    return parcel


def path_of(parcel: Any) -> str:
    return f"/orders/{parcel.parties.platform_code}/{parcel.order.order_no}"


@pytest.mark.parametrize("role", ["look", "support", "admin"])
def test_a_parcel_is_shown_masked(console: FilledConsole, role: str) -> None:
    page = console.reader(role).shop(console.path(1))
    shown = text_of(page)
    for value in some(personal(console.parcels[1])):
        assert value not in shown
    assert console.parcels[1].order.buyer_name[0] + "**" in shown
    assert console.parcels[1].waybill.waybill_no in shown


@pytest.mark.long
def test_what_a_parcel_says_is_never_taken_for_a_tag(console: FilledConsole) -> None:
    reader = console.reader("support", "en")
    page = reader.shop(console.path(0))
    looked = reader.submit(page, "/look", reason="the address is asked for")
    assert HOSTILE in text_of(looked)
    assert HOSTILE not in looked.text
    assert len(html.fromstring(looked.text).xpath("//script")) == 1


def test_a_parcel_says_where_it_stands_what_happened_and_what_to_do(console: FilledConsole) -> None:
    zh, en = (text_of(console.reader("look", each).shop(console.path(1))) for each in ("zh-CN", "en"))
    assert "放行" in zh
    assert "可以出库" in zh
    assert "released" in en
    assert "may leave" in en
    with console.ledger.read() as connection:
        nodes = connection.sql.execute(select(HUB_NODES.c.node)).scalars()
        assert "接单" in zh
        assert "declared" in set(nodes)
    assert console.parcels[1].order.lines[0].item_name in zh


def test_personal_data_is_shown_once_for_a_reason_and_the_look_is_in_the_audit(console: FilledConsole) -> None:
    reader = console.reader("support")
    page = reader.shop(console.path(1))
    looked = reader.submit(page, "/look", reason="买家来电核对地址")
    for value in some(personal(console.parcels[1])):
        assert value in text_of(looked)
    (entry,) = audit(console, "look")
    assert (entry.person, entry.reason) == ("of-support", "买家来电核对地址")
    assert entry.subject.endswith(console.parcels[1].order.order_no)
    assert "order.buyer_id_number" in entry.detail
    again = reader.submit(page, "/look", reason="买家来电核对地址")  # as a reload posts it
    assert console.parcels[1].order.buyer_id_number not in again.text
    assert len(audit(console, "look")) == 1
    assert not personal(console.parcels[1]) & set(str(entry._mapping.values()).split())


@pytest.mark.parametrize("reason", ["", "why"])
def test_no_look_without_a_reason(console: FilledConsole, reason: str) -> None:
    reader = console.reader("support", "en")
    answer = reader.submit(reader.shop(console.path(1)), "/look", reason=reason)
    assert "Give a reason" in answer.text
    assert console.parcels[1].order.buyer_id_number not in answer.text
    assert audit(console, "look") == []


@pytest.mark.parametrize("role", ["look", "goods", "finance"])
@pytest.mark.long
def test_whoever_may_only_look_has_no_buttons_and_no_look(console: FilledConsole, role: str) -> None:
    reader = console.reader(role)
    page = html.fromstring(reader.shop(console.path(1)).text)
    actions = {str(form.action).rsplit("/", 1)[-1] for form in page.forms}
    assert actions == {"choices", "sign-out", "search"}
    key = page.xpath("string(//input[@name='key']/@value)")
    for end in some(["/look", "/acts/cancel", "/acts/hold", "/acts/return", "/acts/correct", "/message", "/calls/1"]):
        fields = {"key": key, "once": end, "reason": "none at all"}
        assert reader.post(f"/console/e/shop{console.path(1)}{end}", fields).status_code == 403


def test_an_order_that_was_not_declared_is_closed_once(console: FilledConsole) -> None:
    parcel, reader = declare_anew(console), console.reader("support")
    page = reader.shop(path_of(parcel))
    first, second = (reader.submit(page, "/acts/cancel", reason="买家取消") for _ in range(2))
    assert "订单已关闭" in text_of(first)
    assert second.status_code == 200
    (entry,) = audit(console, "cancel")
    assert (entry.person, entry.reason) == ("of-support", "买家取消")


def test_a_released_order_is_not_cancelled_when_its_goods_left(console: FilledConsole) -> None:
    reader, name = console.reader("support", "en"), console.parcels[1].order.order_no
    with console.ledger.begin() as connection:
        connection.sql.execute(update(HUB_ORDERS).where(HUB_ORDERS.c.order_no == name).values(refund=False))
        row = connection.sql.execute(select(HUB_ORDERS.c.id).where(HUB_ORDERS.c.order_no == name)).scalar_one()
        connection.sql.execute(
            HUB_NODES.insert().values(
                order=row,
                node="left_zone",
                attempt=1,
                source="warehouse",
                at=console.hub.now,
                arrived=console.hub.now,
                detail="",
            )
        )
    done = reader.submit(reader.shop(console.path(1)), "/acts/cancel", reason="the buyer cancels")
    assert "cannot be cancelled as it stands" in done.text
    with console.ledger.read() as connection:
        assert connection.sql.execute(select(HUB_REQUESTS)).all() == []


def test_goods_of_a_released_order_come_back(console: FilledConsole) -> None:
    reader = console.reader("support", "en")
    done = reader.submit(reader.shop(console.path(1)), "/acts/return", reason="broken on arrival", **{"qty-1": "1"})
    assert "its application goes to customs" in done.text
    with console.ledger.read() as connection:
        (request,) = connection.sql.execute(select(HUB_REQUESTS)).all()
    assert (request.kind, json.loads(request.quantities)) == ("return", {"1": "1"})


@pytest.mark.parametrize(
    "fields", [{"qty-1": "many"}, {"qty-1": "-1"}, {"back": "tomorrow"}, {"qty-1": "NaN"}], ids=str
)
@pytest.mark.long
def test_a_return_that_cannot_be_read_changes_nothing(console: FilledConsole, fields: dict[str, str]) -> None:
    reader = console.reader("support", "en")
    done = reader.submit(reader.shop(console.path(1)), "/acts/return", reason="broken on arrival", **fields)
    assert "Nothing was changed" in done.text
    with console.ledger.read() as connection:
        assert connection.sql.execute(select(HUB_REQUESTS)).all() == []


def test_a_refund_holds_the_goods(console: FilledConsole) -> None:
    reader = console.reader("support")
    done = reader.submit(reader.shop(console.path(2)), "/acts/hold")
    assert "不得出库" in text_of(done)
    assert "已申请退款" in text_of(done)


def test_an_order_that_the_checks_refused_is_corrected_and_declared_anew(console: FilledConsole) -> None:
    parcel = declare_anew(console)
    wrong = parcel.model_copy(
        update={"order": parcel.order.model_copy(update={"buyer_id_number": "110105184912310021"})}
    )
    with console.ledger.begin() as connection:
        take_in(connection, "shop", [wrong], at=console.hub.now)
    console.hub.turn()
    reader = console.reader("support", "en")
    page = reader.shop(path_of(parcel))
    assert "stopped by the own checks" in text_of(page)
    right = {"order.buyer_id_number": parcel.order.buyer_id_number}
    done = reader.submit(page, "/acts/correct", **right)
    assert "checked and declared anew" in done.text
    (entry,) = audit(console, "correct")
    assert entry.detail == "order.buyer_id_number"
    console.hub.turn()
    with console.ledger.read() as connection:
        stage = select(HUB_ORDERS.c.stage).where(HUB_ORDERS.c.order_no == parcel.order.order_no)
        assert connection.sql.execute(stage).scalar_one() == OrderStage.DECLARED


def test_an_order_that_customs_holds_is_not_corrected(console: FilledConsole) -> None:
    reader = console.reader("support", "en")
    page = reader.shop(console.path(1))
    assert "/acts/correct" not in page.text
    key = html.fromstring(page.text).xpath("string(//input[@name='key']/@value)")
    address = f"/console/e/shop{console.path(1)}/acts/correct"
    done = reader.post(address, {"key": key, "once": "1", "order.buyer_name": "贾宝玉"})
    assert "cancel it instead" in done.text


def test_an_order_that_customs_refused_says_why_and_is_declared_again(console: FilledConsole) -> None:
    reader = console.reader("support", "en")
    page = reader.shop(console.path(REFUSED[0]))
    assert "refused" in text_of(page)
    assert "/acts/return" not in page.text
    assert "毛重有误" not in page.text
    looked = reader.submit(page, "/look", reason="what does the officer say")
    assert "毛重有误" in looked.text  # a receipt may name a person
    done = reader.submit(page, "/acts/correct", **{"waybill.gross_weight": "9.999"})
    assert "checked and declared anew" in done.text


@pytest.mark.long
def test_a_correction_that_cannot_be_read_says_so(console: FilledConsole) -> None:
    reader, parcel = console.reader("support", "en"), declare_anew(console)
    done = reader.submit(reader.shop(path_of(parcel)), "/acts/correct", **{"waybill.gross_weight": "heavy"})
    assert "nothing was changed" in done.text
    assert "heavy" not in done.text


def test_a_message_is_held_released_and_sent_again(console: FilledConsole) -> None:
    parcel = declare_anew(console)
    while declare_turn(console.ledger, console.hub.enterprise, now=console.hub.now).taken:
        pass
    reader = console.reader("support", "en")

    def state() -> DeliveryState:
        with open_ledger_outbox(console.ledger, "shop/port") as outbox:
            return next(iter(outbox.of_number(parcel.order.order_no))).standing.state

    for word, after in exactly(
        3, [("hold", DeliveryState.PARKED), ("release", DeliveryState.PREPARED), ("retry", DeliveryState.PREPARED)]
    ):
        console.hub.rehearsal.now += timedelta(seconds=1)
        page = reader.shop(path_of(parcel))
        done = reader.submit(page, "/message", word=word)
        assert done.status_code == 200
        assert state() is after, word
    assert [row.action for row in audit(console, "message_hold")] == ["message_hold"]


@pytest.mark.parametrize("number", ["order_no", "waybill_no", "payment_no"])
@pytest.mark.long
def test_a_parcel_is_found_by_each_of_its_numbers(console: FilledConsole, number: str) -> None:
    parcel, reader = console.parcels[1], console.reader("look")
    value = {
        "order_no": parcel.order.order_no,
        "waybill_no": parcel.waybill.waybill_no,
        "payment_no": parcel.payment.payment_no,
    }[number]
    found = reader.submit(reader.shop("/orders"), "/orders/search", asked=f" {value} ")
    assert found.url.path == f"/console/e/shop{console.path(1)}"


def test_an_identity_number_finds_orders_and_stands_nowhere(console: FilledConsole) -> None:
    parcel, reader = console.parcels[1], console.reader("look")
    identity = parcel.order.buyer_id_number
    found = reader.submit(reader.shop("/orders"), "/orders/search", asked=identity)
    assert found.url.path == "/console/e/shop/orders/search"
    assert parcel.order.order_no in found.text
    assert identity not in found.text
    (entry,) = audit(console, "search_person")
    assert identity not in str(entry)
    with console.ledger.read() as connection:
        assert identity.encode() not in b"".join(
            row.key + row.request for row in connection.sql.execute(select(HUB_ANSWERED))
        )


def test_nothing_found_says_what_to_check(console: FilledConsole) -> None:
    reader: ConsoleReader = console.reader("look", "en")
    found = reader.submit(reader.shop("/orders"), "/orders/search", asked="nothing-of-ours")
    assert "Check the number" in found.text
    assert reader.shop("/orders/P/nothing-of-ours").status_code == 404


def test_a_hostile_parcel_is_of_this_fixture() -> None:
    (parcel,) = sample_parcels(1, seed=1, mode="1210")
    assert HOSTILE in str(hostile(parcel).order.note)
