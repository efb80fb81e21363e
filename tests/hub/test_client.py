"""The typed client: what it asks is answered typed, what is cut is sent again once, problems come in both languages."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from customs.fields.moments import CHINA_TIME
from customs.hub.client import HubClient, HubProblemError, HubUnreachableError, LinkLimits
from customs.hub.client.link import hub_link
from customs.hub.enterprises.belongings import Belongings
from customs.hub.turns.turn import declare_turn
from customs.ledger import Ledger
from customs.signing import Signer
from support import exactly
from support.hub_callers import EIGHT, Caller, calling, orders
from support.hub_office import PORT, HubAtWork, hub_at_work
from support.ledgers import LedgerDatabases

BOOK = "T2992W000001"


@pytest.fixture
def ledger(sqlite_databases: LedgerDatabases) -> Iterator[Ledger]:
    """A ledger in SQLite: ``test_interface.py`` calls the hub on both databases."""
    with sqlite_databases.ledger() as found:
        yield found


@pytest.fixture
def hub(ledger: Ledger, signer: Signer) -> HubAtWork:
    own = Belongings(account_books=frozenset({BOOK}), merchants=frozenset({"M1"}))
    return hub_at_work(ledger, EIGHT, signer, hooks=("wms",), belongings=own)


@pytest.fixture
def caller(hub: HubAtWork) -> Iterator[Caller]:
    with calling(hub) as found:
        yield found


@pytest.fixture
def client(caller: Caller) -> Iterator[HubClient]:
    with HubClient(f"http://127.0.0.1:{caller.port}", caller.token, plain=True) as found:
        yield found


def name(order: dict[str, Any]) -> tuple[str, str]:
    return order["parties"]["platform_code"], order["order"]["order_no"]


@pytest.mark.long
def test_an_order_is_given_followed_and_taken_back(hub: HubAtWork, client: HubClient) -> None:
    (order,) = orders(1)
    assert [each.outcome for each in client.take([order]).orders] == ["new"]
    assert client.check([order]).orders == [[]]
    assert Decimal(client.tax([order]).orders[0].taxes.due or 0) > 0  # type: ignore[union-attr]
    assert client.may_ship(*name(order)).may_ship is False
    assert client.tell([(*name(order), "packed", datetime(2026, 11, 11, 9, tzinfo=CHINA_TIME))]).new == 1
    hub.turn()
    step = client.next_step(*name(order)).next_step
    assert step is not None
    assert step.kind == "wait"
    assert [each.node for each in client.order(*name(order)).nodes][:3] == ["received", "declared", "packed"]
    assert client.give_back(*name(order), "不合适", items={1: "1"}).outcome == "refused"
    assert client.refund(*name(order)).outcome == "cancelling"
    assert client.cancel(*name(order), "买家不要了").outcome == "known"


def test_lists_are_read_to_their_end(client: HubClient) -> None:
    given = list(orders(205))
    client.take(given)
    found = [each.order_no for each in client.orders(stage="received")]
    assert sorted(found) == sorted(each["order"]["order_no"] for each in exactly(205, given))


def test_goods_books_bills_deliveries_and_calls_are_typed(hub: HubAtWork, client: HubClient) -> None:
    row = {"sku": "A1", "hs_code": "3304990039", "unit": "142", "account_book_no": BOOK, "state": "approved"}
    assert [each.outcome for each in client.enter_goods([row]).rows] == ["new"]
    assert [each.sku for each in client.goods(account_book_no=BOOK)] == ["A1"]
    assert client.move_goods("A1", BOOK, "suspended", ticket="T-1").record.state == "suspended"
    assert len(client.goods_record("A1", BOOK).history) == 2
    assert client.book(BOOK).items == []
    assert (list(client.bills(month="2026-11")), client.bill_month("2026-11").all.parcels) == ([], 0)
    client.take(orders(1))
    declare_turn(hub.ledger, hub.enterprise, now=hub.now)
    (port,) = client.destinations().destinations
    assert port.counts == {"prepared": 4}
    first = next(iter(client.deliveries(PORT)))
    assert client.say(PORT, first.id, "hold", reason="等待").state == "parked"
    assert [each.happening for each in client.delivery(PORT, first.id).history] == ["put", "held"]
    waiting = list(client.calls(standing="waiting"))
    assert [each.hook for each in exactly(2, waiting)] == ["wms", "wms"]
    assert client.retry_call(waiting[0].id).id == waiting[0].id
    assert list(client.receipts_aside()) == []
    with pytest.raises(HubProblemError, match="no receipt 7 is set aside 没有编号为 7 的搁置回执"):
        client.take_up_receipt(7)
    assert list(client.alarms()) == []
    with pytest.raises(HubProblemError, match="404"):
        client.take_alarm(1, "值班员")
    assert client.may_buy("110101180001010011", "5000").allowed
    assert client.explain("1313", receipt="CEB622").explanations[0].known


def test_a_problem_is_an_exception_in_both_languages(client: HubClient) -> None:
    with pytest.raises(HubProblemError, match="there is no such order 没有该订单") as raised:
        client.order("P1", "订单1")
    assert (raised.value.status, raised.value.zh) == (404, "没有该订单")
    with pytest.raises(HubProblemError, match="401"):
        HubClient(client._link.address, "cbhub_no", plain=True).order("P", "O")


@pytest.mark.parametrize(
    "address", ["http://hub.example", "https://u:p@hub.example", "ftp://hub.example", "hub.example"]
)
def test_a_token_goes_to_no_address_without_tls(address: str) -> None:
    with pytest.raises(ValueError, match="枢纽地址应为 https://"):
        HubClient(address, "cbhub_x")


class Cut:
    """Connections that are cut after a request arrived, some times; they count the requests and the keys."""

    def __init__(self, times: int, request: Callable[..., Any]) -> None:
        self.left, self._request, self.keys = times, request, list[str]()

    def request(self, method: str, url: str, **how: Any) -> Any:
        self.keys.append(how["headers"].get("Idempotency-Key", ""))
        answer = self._request(method, url, **how)
        if self.left:
            self.left -= 1
            raise OSError("cut")
        return answer

    def clear(self) -> None:
        pass


def cut_client(caller: Caller, times: int) -> tuple[HubClient, Cut, list[float]]:
    pauses = list[float]()
    link = hub_link(
        f"http://127.0.0.1:{caller.port}", caller.token, plain=True, limits=LinkLimits(tries=4), pause=pauses.append
    )
    cut = Cut(times, link.connections.request)
    object.__setattr__(link, "connections", cut)
    return HubClient.over(link), cut, pauses


def test_what_is_cut_is_sent_again_with_the_same_key_and_done_once(hub: HubAtWork, caller: Caller) -> None:
    client, cut, pauses = cut_client(caller, 2)
    assert [each.outcome for each in client.take(orders(2)).orders] == ["new", "new"], "the answer of the first time"
    assert len(cut.keys) == 3
    assert len(set(cut.keys)) == 1
    assert pauses == [0.5, 1.0]
    assert len(list(client.orders())) == 2


def test_who_never_answers_is_told(caller: Caller) -> None:
    client, cut, pauses = cut_client(caller, 10)
    with pytest.raises(HubUnreachableError, match="无应答"):
        list(client.orders())
    assert (len(cut.keys), pauses) == (4, [0.5, 1.0, 2.0])


def test_two_calls_have_two_keys_and_a_given_key_is_kept(caller: Caller) -> None:
    client, cut, _ = cut_client(caller, 0)
    one, other = orders(2)
    client.take([one])
    client.take([other])
    client.take([one], key="mine")
    client.check([one])
    assert cut.keys[2:] == ["mine", ""]
    assert len({*cut.keys[:2]}) == 2


def test_the_client_needs_no_database_and_no_server() -> None:
    program = (
        "import sys\n"
        "for each in ('fastapi', 'sqlalchemy', 'starlette', 'alembic', 'uvicorn'): sys.modules[each] = None\n"
        "from customs.hub.client import HubClient\n"
        "print(HubClient('https://hub.example', 'cbhub_x'))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (found.stdout.strip(), found.returncode) == ("HubClient('https://hub.example')", 0), found.stderr
